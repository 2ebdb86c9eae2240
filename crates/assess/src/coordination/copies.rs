//! Texts copied or reworded from one another.
//!
//! Holds the comparison of texts about one entity. It must never call two texts copies because both use a common phrase.
//!
//! How alike is too alike is not a constant but read from the voices: pairs of texts about the same entity that are far
//! apart in time show how alike independent texts are; a grade of likeness counts as copying only among pairs that are
//! near in time, and only where such pairs are so many more than far pairs let expect that at most the given share is
//! chance. With times shuffled, near pairs are like far ones and nothing is found. Long texts that are the same word by
//! word are copies at any distance in time, unless texts about different entities are the same as often.

use super::{CoordinationSettings, Group, GroupKind, Reason, group};
use crate::Voice;
use crate::connected::Connected;
use crate::neardup;
use crate::words::{whole, words_of};
use rayon::prelude::*;

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

/// A pair of texts that are alike.
#[derive(Clone, Copy)]
struct Alike {
    left: usize,
    right: usize,
    similarity: f64,
    class: usize,
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
    let compared: Vec<(Vec<Alike>, Tally)> =
        told.par_iter().map(|entity| compare(voices, &texts, entity, settings)).collect();
    let mut tally = Tally::default();
    compared.iter().for_each(|(_, own)| tally.add(own));
    let chances = tally.chances(settings.false_discovery * WORST_GRADE);
    let verbatim = verbatim_chance(&texts, &told);
    told.iter()
        .zip(&compared)
        .flat_map(|(entity, (pairs, _))| {
            let mut accepted: Vec<(Alike, f64)> = pairs
                .iter()
                .map(|pair| (*pair, chances[pair.class][grade_of(pair.similarity)]))
                .filter(|(_, chance)| chance.is_finite())
                .collect();
            if verbatim <= settings.false_discovery {
                accepted.extend(verbatim_pairs(voices, &texts, entity).map(|pair| (pair, verbatim)));
            }
            groups_of(voices, &accepted)
        })
        .collect()
}

/// Compares all texts about one entity; gives the near pairs that are alike, and counts of near and far ones. Takes time proportional
/// to the near pairs and to those that share a rare shingle.
fn compare(voices: &[Voice], texts: &[Told], entity: &[usize], settings: &CoordinationSettings) -> (Vec<Alike>, Tally) {
    let mut tally = Tally::default();
    let class = |one: usize, other: usize| class_of(texts[one].words.min(texts[other].words));
    let own = |one: usize, other: usize| {
        let (one, other) = (&voices[one].contributor, &voices[other].contributor);
        !one.is_empty() && one == other
    };
    let exact = |index: usize| voices[index].when.width() <= COARSEST_DAYS;
    let near = |one: usize, other: usize| {
        exact(one) && exact(other) && voices[one].when.gap(voices[other].when) <= settings.near_days
    };
    for_all_pairs(entity, &|index| class_of(texts[index].words), 1.0, &mut tally.far_all);
    let mut known: Vec<usize> = entity.iter().copied().filter(|&index| !voices[index].contributor.is_empty()).collect();
    known.sort_by(|&one, &other| voices[one].contributor.cmp(&voices[other].contributor));
    for same in known.chunk_by(|&one, &other| own(one, other)) {
        for_all_pairs(same, &|index| class_of(texts[index].words), -1.0, &mut tally.far_all);
    }
    let mut dated: Vec<usize> = entity.iter().copied().filter(|&index| exact(index)).collect();
    dated.sort_by_key(|&index| (voices[index].when.first, index));
    for (place, &one) in dated.iter().enumerate() {
        let last = voices[one].when.last.saturating_add(settings.near_days);
        let later = dated[place + 1..].iter().take_while(|&&other| voices[other].when.first <= last);
        for &other in later.filter(|&&other| !own(one, other)) {
            tally.near_all[class(one, other)] += 1.0;
            tally.far_all[class(one, other)] -= 1.0;
        }
    }
    let sets = entity.iter().map(|&index| texts[index].shingles.clone()).collect();
    let mut pairs = Vec::new();
    for pair in neardup::alike(sets, LEAST).pairs() {
        let (left, right, similarity) = (entity[pair.left as usize], entity[pair.right as usize], pair.similarity);
        if own(left, right) {
            continue;
        }
        let class = class(left, right);
        if near(left, right) {
            tally.near[class][grade_of(similarity)] += 1.0;
            pairs.push(Alike { left, right, similarity, class });
        } else {
            tally.far[class][grade_of(similarity)] += 1.0;
        }
    }
    (pairs, tally)
}

/// Adds `times` for each pair of these texts, by the class of its shorter text.
fn for_all_pairs(of: &[usize], class: &impl Fn(usize) -> usize, times: f64, counts: &mut [f64; 3]) {
    let mut texts = [0.0; 3];
    of.iter().for_each(|&index| texts[class(index)] += 1.0);
    let mut longer = 0.0;
    for (count, own) in counts.iter_mut().zip(texts).rev() {
        *count += times * (own * (own - 1.0) / 2.0 + own * longer);
        longer += own;
    }
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
fn verbatim_pairs<'a>(voices: &'a [Voice], texts: &'a [Told], entity: &[usize]) -> impl Iterator<Item = Alike> + 'a {
    let mut long: Vec<(u64, usize)> = entity
        .iter()
        .filter(|&&index| texts[index].words >= VERBATIM_WORDS)
        .map(|&index| (texts[index].whole(), index))
        .collect();
    long.sort_unstable();
    let same = |pair: &[(u64, usize)]| {
        let (left, right) = (pair[0].1, pair[1].1);
        let alike = Alike { left, right, similarity: 1.0, class: class_of(texts[left].words) };
        let someone_else = voices[left].contributor.is_empty() || voices[left].contributor != voices[right].contributor;
        (pair[0].0 == pair[1].0 && someone_else).then_some(alike)
    };
    long.windows(2).filter_map(same).collect::<Vec<_>>().into_iter()
}

/// Connected texts as groups.
fn groups_of(voices: &[Voice], pairs: &[(Alike, f64)]) -> Vec<Group> {
    let mut members: Vec<usize> = pairs.iter().flat_map(|(pair, _)| [pair.left, pair.right]).collect();
    members.sort_unstable();
    members.dedup();
    let place = |index: usize| members.partition_point(|&other| other < index);
    let mut connected = Connected::alone(members.len());
    for (pair, _) in pairs {
        connected.connect(place(pair.left) as u32, place(pair.right) as u32);
    }
    let roots: Vec<u32> = (0..members.len() as u32).map(|own| connected.root(own)).collect();
    let mut linked: Vec<(u32, &(Alike, f64))> = pairs.iter().map(|pair| (roots[place(pair.0.left)], pair)).collect();
    linked.sort_by_key(|(root, _)| *root);
    linked
        .chunk_by(|a, b| a.0 == b.0)
        .map(|links| {
            let inside: Vec<usize> =
                (0..members.len()).filter(|&own| roots[own] == links[0].0).map(|own| members[own]).collect();
            let least = links.iter().map(|(_, link)| link.0.similarity).fold(1.0, f64::min);
            let chance = links.iter().map(|(_, link)| link.1).fold(0.0, f64::max);
            let reasons = vec![
                Reason { label: "voices", found: inside.len() as f64, expected: 1.0 },
                Reason { label: "least_similarity", found: least, expected: LEAST },
                Reason { label: "pairs_alike", found: links.len() as f64, expected: chance * links.len() as f64 },
            ];
            group(voices, GroupKind::Copies, inside, 1.0, chance, reasons)
        })
        .collect()
}
