//! Finds candidates and makes probabilities of their weights.
//!
//! Holds the search and Bayes' rule. Must never look at which entity it is.

use super::background::Usage;
use super::candidate::{Candidate, Part, Way, parts, place_beside};
use super::index::{Alias, Index};
use super::reading::{ReadText, Reading};
use super::{LEAST_PROBABILITY, Mention, Surroundings};
use crate::normalize;
use model::Comparison;
use rustc_hash::FxHashMap;

/// Words of more aliases than this bring no candidates by themselves, only together with a neighbour.
const MOST_ALIASES: usize = 200;
/// Words of more aliases than this tell nothing even together.
const MOST_TOGETHER: usize = 5_000;
/// Most aliases that are looked at, those of the rarest words first.
const MOST_CANDIDATES: usize = 1_500;
/// Most entities of one place that are looked at for who runs them.
const MOST_AT_PLACE: usize = 300;
/// Share of texts in which somebody names an entity (log2).
const NAMED_AT_ALL: f64 = -1.0;
/// Words of the kind of thing that stands before a place.
const KINDS: &[&str] =
    &["home", "facility", "hostel", "centre", "village", "hospital", "clinic", "surgery", "practice", "school"];

/// What the context tells, folded, and the prior.
pub(super) struct Told {
    pub(super) place: Option<String>,
    pub(super) region: Option<String>,
    pub(super) prior: f64,
}

impl Told {
    fn new(index: &Index, context: Option<&Surroundings<'_>>) -> Self {
        let fold = |text: Option<&str>| text.map(normalize::fold).filter(|text| !text.is_empty());
        Self {
            place: fold(context.and_then(|context| context.place)),
            region: fold(context.and_then(|context| context.region)),
            prior: NAMED_AT_ALL - (index.len() as f64).log2(),
        }
    }
}

pub(super) fn find(index: &Index, text: &str, context: Option<&Surroundings<'_>>) -> Vec<Mention> {
    if index.len() == 0 {
        return Vec::new();
    }
    let read = ReadText::new(index, text);
    let told = Told::new(index, context);
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut room = Room::default();
    for alias in aliases(index, &read) {
        by_name(index, &read, &told, alias, &mut room, &mut candidates);
    }
    candidates.extend(by_place(index, &read, &told));
    candidates.sort_unstable_by(|one, other| {
        other.weight.total_cmp(&one.weight).then((one.from, one.alias).cmp(&(other.from, other.alias)))
    });
    let mut mentions = Vec::new();
    let mut covered: Vec<(u32, u32)> = Vec::new();
    for (at, best) in candidates.iter().enumerate() {
        if covered.iter().any(|&taken| overlap(taken, best.covers)) {
            continue;
        }
        covered.push(best.covers);
        let (probability, rival) = among_rivals(best, &candidates[at + 1..]);
        let Some(entity) = index.entities[best.entity as usize].as_ref().filter(|_| probability >= LEAST_PROBABILITY)
        else {
            continue;
        };
        let rival = rival.and_then(|(entity, probability)| {
            index.entities[entity as usize].as_ref().map(|entity| (entity.id.clone(), probability))
        });
        mentions.push(Mention {
            entity: entity.id.clone(),
            start: read.spans[best.from as usize].0,
            end: read.spans[best.to as usize - 1].1,
            weight: best.weight,
            probability,
            because: because(index, &read, &told, best, text),
            rival,
        });
    }
    mentions.sort_by_key(|mention| mention.start);
    mentions
}

fn overlap(one: (u32, u32), other: (u32, u32)) -> bool {
    one.0 < other.1 && other.0 < one.1
}

/// The best candidate's probability among all that overlap it and none at all, and the next likely entity.
fn among_rivals(best: &Candidate, rest: &[Candidate]) -> (f64, Option<(u32, f64)>) {
    let mut others: FxHashMap<u32, f64> = FxHashMap::default();
    for rival in rest.iter().filter(|rival| overlap(rival.covers, best.covers) && rival.entity != best.entity) {
        // Candidates come heaviest first: the first of an entity is its best.
        others.entry(rival.entity).or_insert(rival.weight);
    }
    let odds = |weight: f64| (weight - best.weight).exp2();
    // Summed in order of the entities, so that the sum is the same on every run.
    let mut others: Vec<(u32, f64)> = others.into_iter().collect();
    others.sort_unstable_by_key(|(entity, _)| *entity);
    let all = 1.0 + odds(0.0) + others.iter().map(|(_, weight)| odds(*weight)).sum::<f64>();
    let next = others.iter().copied().reduce(|one, other| if other.1 > one.1 { other } else { one });
    (1.0 / all, next.map(|(entity, weight)| (entity, odds(weight) / all)))
}

/// Aliases that the text may name: those with a telling word in it, or with two neighbouring common ones.
fn aliases(index: &Index, read: &ReadText) -> Vec<u32> {
    let mut found: Vec<u32> = Vec::new();
    let word = |reading: &Reading| &index.words[reading.word as usize];
    let mut telling: Vec<&Reading> = read
        .readings
        .iter()
        .filter(|reading| word(reading).usage == Usage::Other && word(reading).aliases.len() <= MOST_ALIASES)
        .collect();
    telling.sort_unstable_by_key(|reading| (reading.errors, word(reading).aliases.len(), reading.word, reading.unit));
    for reading in telling {
        if found.len() < MOST_CANDIDATES {
            found.extend(&word(reading).aliases);
        }
    }
    let mut by_unit: Vec<&Reading> =
        read.readings.iter().filter(|reading| word(reading).usage != Usage::Everywhere).collect();
    by_unit.sort_unstable_by_key(|reading| (reading.unit, reading.word));
    for (at, one) in by_unit.iter().enumerate() {
        let near = by_unit[at + 1..].iter().take_while(|other| other.unit <= one.unit + 2);
        for other in near.filter(|other| other.word != one.word) {
            let common =
                |reading: &Reading| word(reading).usage == Usage::Usual || word(reading).aliases.len() > MOST_ALIASES;
            let fewer = word(one).aliases.len().min(word(other).aliases.len());
            if common(one) && common(other) && fewer <= MOST_TOGETHER && found.len() < 2 * MOST_CANDIDATES {
                let both = intersect(&word(one).aliases, &word(other).aliases);
                if both.len() <= MOST_CANDIDATES {
                    found.extend(both);
                }
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Members of both rising lists. The longer one is gone through in leaps that double, as the next member is mostly near.
fn intersect(left: &[u32], right: &[u32]) -> Vec<u32> {
    let (few, mut many) = if left.len() <= right.len() { (left, right) } else { (right, left) };
    let mut both = Vec::new();
    for &alias in few {
        let mut leap = 1;
        while leap < many.len() && many[leap] < alias {
            leap *= 2;
        }
        let place = many[..many.len().min(leap + 1)].partition_point(|other| *other < alias);
        many = &many[place..];
        if many.first() == Some(&alias) {
            both.push(alias);
        }
    }
    both
}

/// What one alias after the other is read with: a text may have a thousand that it does not mean, and nothing is allocated for those.
#[derive(Default)]
struct Room {
    starts: Vec<u32>,
    taken: Vec<Option<Reading>>,
}

/// Adds the best candidate of each stretch of the text that may name the alias.
fn by_name(index: &Index, read: &ReadText, told: &Told, number: u32, room: &mut Room, into: &mut Vec<Candidate>) {
    let Some(alias) = index.alias(number) else { return };
    let telling = |word: &&u32| index.words[**word as usize].usage != Usage::Everywhere;
    let mut starts = std::mem::take(&mut room.starts);
    starts.clear();
    starts.extend(alias.words.iter().filter(telling).flat_map(|&word| read.of(word)).map(|reading| reading.unit));
    starts.sort_unstable();
    starts.dedup();
    let first = into.len();
    for &start in &starts {
        let Some(candidate) = name_at(index, read, told, (number, alias), start, &mut room.taken) else { continue };
        match into[first..].last_mut() {
            Some(last) if candidate.from < last.to => {
                if candidate.weight > last.weight {
                    *last = candidate;
                }
            }
            _ => into.push(candidate),
        }
    }
    room.starts = starts;
}

/// Reads the alias into the text from a unit on. What was taken stays in `room` unless a candidate keeps it.
fn name_at(
    index: &Index,
    read: &ReadText,
    told: &Told,
    (number, alias): (u32, &Alias),
    start: u32,
    room: &mut Vec<Option<Reading>>,
) -> Option<Candidate> {
    let reach = start + alias.words.len() as u32 + 3;
    let mut taken = std::mem::take(room);
    taken.clear();
    for (at, &word) in alias.words.iter().enumerate() {
        let again = alias.words[..at].iter().filter(|&&other| other == word).count();
        taken.push(read.of(word).iter().filter(|reading| (start..reach).contains(&reading.unit)).nth(again).copied());
    }
    // A word that only joins others counts where it stands between them.
    let telling = |at: usize| index.words[alias.words[at] as usize].usage != Usage::Everywhere;
    let ends = taken.iter().enumerate().filter(|(at, _)| telling(*at)).filter_map(|(_, reading)| *reading);
    let (from, to) = ends.fold(None, |ends: Option<(u32, u32)>, reading| {
        let (from, to) = (reading.unit, reading.unit + reading.further + 1);
        Some(ends.map_or((from, to), |(first, last)| (first.min(from), last.max(to))))
    })?;
    for (at, reading) in taken.iter_mut().enumerate() {
        if !telling(at) && reading.is_some_and(|reading| reading.unit < from || reading.unit >= to) {
            *reading = None;
        }
    }
    let entity = index.entities[alias.entity as usize].as_ref()?;
    let beside = place_beside(read, to).filter(|(_, _, words)| *words == entity.place);
    let covers = (from, beside.map_or(to, |(_, end, _)| *end));
    let candidate =
        Candidate { alias: number, entity: alias.entity, from, to, covers, way: Way::Name(taken), weight: 0.0 };
    match weighed(index, read, told, candidate) {
        Ok(candidate) => Some(candidate),
        Err(candidate) => {
            if let Way::Name(taken) = candidate.way {
                *room = taken;
            }
            None
        }
    }
}

/// Entities that the text names by their place, with who runs them or what kind of thing they are before it.
fn by_place(index: &Index, read: &ReadText, told: &Told) -> Vec<Candidate> {
    let mut found = Vec::new();
    for (from, to, words) in &read.places {
        let kind = kind_before(index, read, *from);
        for &number in index.at_place(words).iter().take(MOST_AT_PLACE) {
            let Some(entity) = index.entities[number as usize].as_ref() else { continue };
            let Some(&alias) = entity.aliases.first() else { continue };
            let mut add = |begin: u32, way: Way| {
                let candidate =
                    Candidate { alias, entity: number, from: begin, to: *to, covers: (begin, *to), way, weight: 0.0 };
                found.extend(weighed(index, read, told, candidate).ok());
            };
            let provider = provider_before(index, read, &entity.provider, *from);
            if let Some(first) = provider.first() {
                add(first.unit, Way::Provider(provider));
            }
            if let Some(begin) = kind {
                add(begin, Way::Kind);
            }
        }
    }
    found
}

/// The first words of the provider's name, where they end at most two units before the place.
fn provider_before(index: &Index, read: &ReadText, provider: &[u32], place: u32) -> Vec<Reading> {
    let everywhere = |word: &&u32| index.words[**word as usize].usage == Usage::Everywhere;
    let words = &provider[provider.iter().take_while(everywhere).count()..];
    let Some(&first) = words.first() else { return Vec::new() };
    let mut near = read.of(first).iter().filter(|reading| reading.unit < place && reading.unit + 5 > place);
    let Some(&begin) = near.next_back() else { return Vec::new() };
    let mut readings = vec![begin];
    for &word in &words[1..] {
        let unit = begin.unit + readings.len() as u32;
        match read.of(word).iter().find(|reading| reading.unit == unit && unit < place) {
            Some(&reading) => readings.push(reading),
            None => break,
        }
    }
    if begin.unit + readings.len() as u32 + 2 >= place { readings } else { Vec::new() }
}

/// Where "the nursing home in" begins, if it stands before the place.
fn kind_before(index: &Index, read: &ReadText, place: u32) -> Option<u32> {
    let text = |unit: u32| read.words[unit as usize].map(|word| index.words[word as usize].text.as_str());
    let kind = (place.checked_sub(2)?..place).find(|&unit| text(unit).is_some_and(|word| KINDS.contains(&word)))?;
    (kind.saturating_sub(3)..kind).rev().find(|&unit| text(unit) == Some("the"))
}

/// The candidate with its weight; an error where that is far below any probability that is told, or that could take a share from one
/// that is.
fn weighed(index: &Index, read: &ReadText, told: &Told, mut candidate: Candidate) -> Result<Candidate, Candidate> {
    let mut weight = 0.0;
    parts(index, read, told, &candidate, &mut |part| weight += part.weight);
    candidate.weight = weight;
    if weight > -12.0 { Ok(candidate) } else { Err(candidate) }
}

fn because(index: &Index, read: &ReadText, told: &Told, candidate: &Candidate, text: &str) -> Vec<Comparison> {
    let mut because = Vec::new();
    parts(index, read, told, candidate, &mut |Part { name, units, known, grade, weight }| {
        let left = units.map_or_else(String::new, |(from, to)| {
            text[read.spans[from as usize].0..read.spans[to as usize - 1].1].to_owned()
        });
        because.push(Comparison {
            name: name.to_owned(),
            left,
            right: known.to_owned(),
            grade: grade.to_owned(),
            weight,
        });
    });
    because
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_intersection_is_what_both_hold(
            left in proptest::collection::btree_set(0_u32..200, 0..60),
            right in proptest::collection::btree_set(0_u32..200, 0..150),
        ) {
            let (one, other): (Vec<u32>, Vec<u32>) = (left.iter().copied().collect(), right.iter().copied().collect());
            let expected: Vec<u32> = left.intersection(&right).copied().collect();
            prop_assert_eq!(intersect(&one, &other), &expected[..]);
            prop_assert_eq!(intersect(&other, &one), &expected[..]);
        }
    }
}
