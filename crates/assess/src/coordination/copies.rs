//! Texts copied or reworded from one another.
//!
//! Holds the comparison of texts about one entity. It must never call two texts copies because both use a common phrase.
//!
//! How alike is too alike is not a constant but read from the voices: pairs of texts about the same entity that are far
//! apart in time show how alike independent texts are; a grade of likeness counts as copying only among pairs that are
//! near in time, and only where such pairs are so many more than far pairs let expect that at most the given share is
//! chance. With times shuffled, near pairs are like far ones and nothing is found. Long texts that are the same word by
//! word are copies at any distance in time, unless texts about different entities are the same as often.

mod near;
#[cfg(test)]
mod tests;

use super::{CoordinationSettings, Group, GroupKind, Reason, group};
use crate::Voice;
use crate::connected::Connected;
use crate::neardup;
use crate::words::{whole, words_of};
use near::{Same, Spoken, near_pairs, sweep};
use rayon::prelude::*;
use std::collections::HashMap;

/// Least similarity that is looked at.
const LEAST: f64 = 0.4;
/// Grades of similarity, each .05 wide; the last is for texts that are the same.
const GRADES: usize = 13;
/// Words from which a text is of middle and of great length. Short texts are alike more often.
const LENGTHS: [usize; 2] = [16, 40];
/// Words from which two texts are not the same by accident.
const VERBATIM_WORDS: usize = 25;
/// Dates known less exactly than this many days cannot be near each other.
const COARSEST_DAYS: i32 = 31;

/// The least sure grade may have this many times the share of chance that all pairs together may have.
const WORST_GRADE: f64 = 30.0;

/// A text as the set of its words and pairs of neighbouring words, which also short texts that were reworded share.
struct Told {
    /// Hashes, rising, each once.
    shingles: Vec<u64>,
    /// Number of words; in scripts without spaces, of signs.
    words: usize,
}

impl Told {
    fn of(text: &str) -> Self {
        let words = words_of(text);
        let mut shingles: Vec<u64> = words.iter().copied().chain(neardup::shingles(&words, 2)).collect();
        shingles.sort_unstable();
        shingles.dedup();
        Self { shingles, words: words.len() }
    }

    /// One hash for the whole text.
    fn whole(&self) -> u64 {
        whole(self.words, &self.shingles)
    }
}

/// Pairs by length and grade.
#[derive(Clone, Default)]
struct Tally {
    near: [[f64; GRADES]; 3],
    far: [[f64; GRADES]; 3],
    near_all: [f64; 3],
    far_all: [f64; 3],
}

impl Tally {
    fn add(&mut self, other: &Self) {
        for class in 0..3 {
            for grade in 0..GRADES {
                self.near[class][grade] += other.near[class][grade];
                self.far[class][grade] += other.far[class][grade];
            }
            self.near_all[class] += other.near_all[class];
            self.far_all[class] += other.far_all[class];
        }
    }

    /// For each length and grade, the expected share of chance among near pairs; above 1 where not copying.
    fn chances(&self, rate: f64) -> [[f64; GRADES]; 3] {
        let mut chances = [[f64::INFINITY; GRADES]; 3];
        for (class, chances) in chances.iter_mut().enumerate() {
            let ratio = self.near_all[class] / self.far_all[class].max(1e-9);
            for grade in (0..GRADES).rev() {
                let near = self.near[class][grade];
                let chance = (self.far[class][grade] + 1.0) * ratio / near.max(1e-9);
                // Less alike than a grade that is mostly chance cannot be copying.
                if near > 0.0 && chance > rate {
                    break;
                }
                chances[grade] = chance;
            }
        }
        chances
    }
}

fn grade_of(similarity: f64) -> usize {
    if similarity >= 1.0 { GRADES - 1 } else { (((similarity - LEAST) / 0.05).max(0.0) as usize).min(GRADES - 2) }
}

fn class_of(words: usize) -> usize {
    LENGTHS.iter().filter(|from| words >= **from).count()
}

pub(super) fn find(voices: &[Voice], entities: &[Vec<usize>], settings: &CoordinationSettings) -> Vec<Group> {
    let texts: Vec<Told> = voices.par_iter().map(|voice| Told::of(&voice.text)).collect();
    let told: Vec<Vec<usize>> = entities
        .iter()
        .map(|entity| entity.iter().copied().filter(|&index| texts[index].words >= settings.least_words).collect())
        .collect();
    let compared: Vec<(Links, Tally)> =
        told.par_iter().map(|entity| compare(voices, &texts, entity, settings)).collect();
    let mut tally = Tally::default();
    compared.iter().for_each(|(_, own)| tally.add(own));
    let chances = tally.chances(settings.false_discovery * WORST_GRADE);
    let verbatim = verbatim_chance(&texts, &told);
    told.iter()
        .zip(compared)
        .flat_map(|(entity, (mut links, _))| {
            links.joins.retain(|join| chances[join.class][join.grade].is_finite());
            links.counts.retain(|count| chances[count.class][count.grade].is_finite());
            let mut joins: Vec<[usize; 2]> = links.joins.iter().map(|join| join.texts).collect();
            let mut counts: Vec<Counted> = (links.counts.iter())
                .map(|count| Counted { chance: chances[count.class][count.grade], ..count.counted })
                .collect();
            if verbatim <= settings.false_discovery {
                for [left, right] in verbatim_pairs(voices, &texts, entity) {
                    joins.push([left, right]);
                    counts.push(Counted { text: left, pairs: 1, least: 1.0, chance: verbatim });
                }
            }
            groups_of(voices, &joins, &counts)
        })
        .collect()
}

/// What pairs of one length and grade connect, over all texts of an entity.
struct Grade {
    connected: Connected,
    /// As many pairs as connect what is connected.
    joins: Vec<[usize; 2]>,
    /// For each text, near pairs with earlier ones, and the least similarity among them.
    near: Vec<(u64, f64)>,
}

impl Grade {
    fn of(texts: usize) -> Self {
        Self { connected: Connected::alone(texts), joins: Vec::new(), near: vec![(0, 1.0); texts] }
    }

    fn link(&mut self, place: usize, pairs: u64, similarity: f64, others: &[usize]) {
        let (sum, least) = self.near[place];
        self.near[place] = (sum + pairs, least.min(similarity));
        for &other in others {
            let (one, two) = (place as u32, other as u32);
            if self.connected.root(one) != self.connected.root(two) {
                self.connected.connect(one, two);
                self.joins.push([place, other]);
            }
        }
    }
}

/// Two connected texts.
struct Join {
    texts: [usize; 2],
    class: usize,
    grade: usize,
}

/// How many pairs a text is in that are alike and near, each pair told of one of its texts.
#[derive(Clone, Copy)]
struct Counted {
    text: usize,
    pairs: u64,
    /// Least similarity among them.
    least: f64,
    /// The share of them that is expected to be chance.
    chance: f64,
}

/// The same of one length and grade.
struct Count {
    counted: Counted,
    class: usize,
    grade: usize,
}

/// What the near pairs of an entity connect: no more of it than texts for each length and grade, however many the pairs.
#[derive(Default)]
struct Links {
    joins: Vec<Join>,
    counts: Vec<Count>,
}

/// Compares all texts about one entity; gives what near pairs that are alike connect, and counts of near and far ones. Texts that are
/// the same are handled as one: a slogan that is written ten thousand times is fifty million pairs. Takes time proportional to the
/// pairs of different texts that share a rare shingle, and to the texts.
fn compare(voices: &[Voice], texts: &[Told], entity: &[usize], settings: &CoordinationSettings) -> (Links, Tally) {
    let mut tally = Tally::default();
    let spoken = spoken(voices, entity, settings);
    let class = |place: usize| class_of(texts[entity[place]].words);
    // Pairs whose shorter text is of a length: those of texts so long and longer, without those of longer ones only.
    let mut longer = (0, 0);
    for length in (0..3).rev() {
        let all = Same::of(spoken.iter().copied().filter(|text| class(text.place) >= length).collect(), length);
        let found = (all.pairs(), sweep(&all.texts, None, |_, _, _| ()));
        let (pairs, near) = (found.0 - longer.0, found.1 - longer.1);
        tally.near_all[length] = near as f64;
        tally.far_all[length] = (pairs - near) as f64;
        longer = found;
    }
    let alike = neardup::alike(entity.iter().map(|&index| texts[index].shingles.clone()).collect(), LEAST);
    let same: Vec<Vec<Same>> = (0..alike.classes())
        .map(|number| {
            let of = |length: usize| {
                let members = alike.of(number).iter().map(|place| *place as usize);
                members.filter(|place| class(*place) == length).map(|place| spoken[place]).collect::<Vec<_>>()
            };
            let sets = (0..3).map(|length| Same::of(of(length), length));
            sets.filter(|same| !same.texts.is_empty()).collect()
        })
        .collect();
    let mut grades: Vec<Option<Grade>> = (0..3 * GRADES).map(|_| None).collect();
    let mut add = |one: &Same, other: Option<&Same>, similarity: f64| {
        let pairs = other.map_or_else(|| one.pairs(), |other| one.pairs_with(other));
        if pairs == 0 {
            return;
        }
        let (class, grade) = (other.map_or(one.length, |other| one.length.min(other.length)), grade_of(similarity));
        let links = grades[class * GRADES + grade].get_or_insert_with(|| Grade::of(entity.len()));
        let near = near_pairs(one, other, |text, near, others| links.link(text.place, near, similarity, others));
        tally.near[class][grade] += near as f64;
        tally.far[class][grade] += (pairs - near) as f64;
    };
    for lengths in &same {
        for (place, one) in lengths.iter().enumerate() {
            add(one, None, 1.0);
            lengths[place + 1..].iter().for_each(|other| add(one, Some(other), 1.0));
        }
    }
    for &(left, right, similarity) in alike.alike_classes() {
        for one in &same[left as usize] {
            same[right as usize].iter().for_each(|other| add(one, Some(other), similarity));
        }
    }
    let mut links = Links::default();
    for (number, found) in grades.into_iter().enumerate().filter_map(|(number, found)| Some((number, found?))) {
        let (class, grade) = (number / GRADES, number % GRADES);
        let join = |join: &[usize; 2]| Join { texts: join.map(|place| entity[place]), class, grade };
        links.joins.extend(found.joins.iter().map(join));
        for (place, (pairs, least)) in found.near.into_iter().enumerate().filter(|(_, (pairs, _))| *pairs > 0) {
            let counted = Counted { text: entity[place], pairs, least, chance: f64::INFINITY };
            links.counts.push(Count { counted, class, grade });
        }
    }
    (links, tally)
}

fn spoken(voices: &[Voice], entity: &[usize], settings: &CoordinationSettings) -> Vec<Spoken> {
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let of = |(place, &index): (usize, &usize)| {
        let Voice { contributor, when, .. } = &voices[index];
        // Whoever is not named is numbered by the text: nobody else has a number of its place.
        let who = if contributor.is_empty() { place } else { *numbers.entry(contributor).or_insert(place) };
        let exact = when.width() <= COARSEST_DAYS && settings.near_days >= 0;
        Spoken { first: when.first, until: when.last.saturating_add(settings.near_days), who, place, exact }
    };
    entity.iter().enumerate().map(of).collect()
}

/// How often long texts about one entity would be the same word by word if entities did not matter, over how often they are.
fn verbatim_chance(texts: &[Told], told: &[Vec<usize>]) -> f64 {
    let pairs = |count: usize| count as f64 * (count as f64 - 1.0) / 2.0;
    let mut long: Vec<(u64, usize)> = Vec::new();
    let (mut all, mut inside) = (0, 0.0);
    for (number, entity) in told.iter().enumerate() {
        let own = entity.iter().filter(|&&index| texts[index].words >= VERBATIM_WORDS);
        let before = long.len();
        long.extend(own.map(|&index| (texts[index].whole(), number)));
        all = long.len();
        inside += pairs(all - before);
    }
    long.sort_unstable();
    let same: f64 = long.chunk_by(|a, b| a == b).map(|run| pairs(run.len())).sum();
    let anywhere: f64 = long.chunk_by(|a, b| a.0 == b.0).map(|run| pairs(run.len())).sum();
    let across = pairs(all) - inside;
    if same <= 0.0 {
        return f64::INFINITY;
    }
    if across <= 0.0 {
        // One entity only: nothing to compare with, and so long a text is not written twice by accident.
        return 0.0;
    }
    // The share of pairs across entities that are the same, as expected among the pairs inside entities. No pair seen
    // across counts as none: a single one would outweigh the true copies of small sets.
    (anywhere - same) / across * inside / same
}

/// Pairs of neighbours among long texts about one entity that are the same.
fn verbatim_pairs(voices: &[Voice], texts: &[Told], entity: &[usize]) -> Vec<[usize; 2]> {
    let mut long: Vec<(u64, usize)> = entity
        .iter()
        .filter(|&&index| texts[index].words >= VERBATIM_WORDS)
        .map(|&index| (texts[index].whole(), index))
        .collect();
    long.sort_unstable();
    let same = |pair: &[(u64, usize)]| {
        let (left, right) = (pair[0].1, pair[1].1);
        let someone_else = voices[left].contributor.is_empty() || voices[left].contributor != voices[right].contributor;
        (pair[0].0 == pair[1].0 && someone_else).then_some([left, right])
    };
    long.windows(2).filter_map(same).collect()
}

/// Connected texts as groups.
fn groups_of(voices: &[Voice], joins: &[[usize; 2]], counts: &[Counted]) -> Vec<Group> {
    let mut members: Vec<usize> = joins.iter().flatten().copied().collect();
    members.sort_unstable();
    members.dedup();
    let place = |index: usize| members.partition_point(|&other| other < index);
    let mut connected = Connected::alone(members.len());
    for [left, right] in joins {
        connected.connect(place(*left) as u32, place(*right) as u32);
    }
    let mut inside: Vec<(u32, usize)> =
        (0..members.len()).map(|own| (connected.root(own as u32), members[own])).collect();
    inside.sort_unstable();
    let mut counted: Vec<(u32, &Counted)> =
        counts.iter().map(|count| (connected.root(place(count.text) as u32), count)).collect();
    counted.sort_by_key(|(root, _)| *root);
    // Whatever is connected is counted: both go through the same groups.
    let groups = inside.chunk_by(|a, b| a.0 == b.0).zip(counted.chunk_by(|a, b| a.0 == b.0));
    groups
        .map(|(inside, counted)| {
            let inside: Vec<usize> = inside.iter().map(|(_, index)| *index).collect();
            let least = counted.iter().map(|(_, count)| count.least).fold(1.0, f64::min);
            let chance = counted.iter().map(|(_, count)| count.chance).fold(0.0, f64::max);
            let pairs = counted.iter().map(|(_, count)| count.pairs).sum::<u64>() as f64;
            let reasons = vec![
                Reason { label: "voices", found: inside.len() as f64, expected: 1.0 },
                Reason { label: "least_similarity", found: least, expected: LEAST },
                Reason { label: "pairs_alike", found: pairs, expected: chance * pairs },
            ];
            group(voices, GroupKind::Copies, inside, 1.0, chance, reasons)
        })
        .collect()
}
