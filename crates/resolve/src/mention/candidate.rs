//! What speaks for a candidate and against it, part by part.
//!
//! Holds the chances of the ways in which people name things. Must never look at which entity it is. Every weight is log2 of a
//! chance in a text that means the entity over its chance in a text that means none.

use super::background::{Usage, log2_chance, stands_behind_places};
use super::index::{Alias, Entity, Index};
use super::reading::{ReadText, Reading};
use super::weigh::Told;
use crate::normalize;

/// Chance that a word of the name is written as it is.
const WRITTEN: f64 = -0.15;
/// Cost of one typing error, of two: its chance, spread over the ways to err.
const ERRORS: [f64; 3] = [0.0, -4.5, -8.0];
/// Chance that a word of a name is left out: one that only tells the kind of place, one that tells which.
const LEFT_OUT: (f64, f64) = (-0.8, -2.5);
/// Cost of a name of which only words of its place are told, only words that tell the kind of thing: these words come
/// together anyway ("nursing home"), whatever is meant.
const ONLY_PLACE: f64 = -4.0;
const ONLY_KIND: f64 = -10.0;
/// Cost of every other word that stands between words of a name.
const GAP: f64 = -2.0;
/// What a common word tells more right behind the word of the place that it follows in the name ("Kanwal Gardens") than anywhere in
/// the text: a text has some forty words; half of that, as such words follow places also by chance.
const TOGETHER: f64 = 2.5;
/// Chance that the text tells the place beside the name, and that it does not.
const PLACE_TOLD: (f64, f64) = (-1.5, -0.6);
/// Share of texts that mean none and still tell some place.
const SOME_PLACE: f64 = -1.5;
/// Cost of another place where this one should stand, of another region.
const ELSEWHERE: (f64, f64) = (-5.0, -5.0);
/// Chance that somebody names a thing by who runs it and its place; by what kind of thing it is and its place.
const BY_PROVIDER: f64 = -4.0;
const BY_KIND: f64 = -5.0;
/// Chance that a text that means none speaks of "the home in" some place.
const KIND_IN_PLACE: f64 = -8.0;

/// How the text names the candidate.
pub(super) enum Way {
    /// By its name: the reading of each word of the alias.
    Name(Vec<Option<Reading>>),
    /// By who runs it, then its place.
    Provider(Vec<Reading>),
    /// By its kind, then its place: "the nursing home in ...".
    Kind,
}

/// A place in the text that may mean an entity.
pub(super) struct Candidate {
    pub(super) alias: u32,
    pub(super) entity: u32,
    /// The units of the name.
    pub(super) from: u32,
    pub(super) to: u32,
    /// The units that it explains: the name and the place beside it.
    pub(super) covers: (u32, u32),
    pub(super) way: Way,
    pub(super) weight: f64,
}

/// One part of what speaks for a candidate.
pub(super) struct Part<'a> {
    pub(super) name: &'static str,
    /// Units of the text that it rests on.
    pub(super) units: Option<(u32, u32)>,
    /// What the index says.
    pub(super) known: &'a str,
    pub(super) grade: &'static str,
    pub(super) weight: f64,
}

/// Tells every part of what speaks for the candidate; their weights add up to its own.
pub(super) fn parts<'a>(
    index: &'a Index,
    read: &ReadText,
    told: &Told,
    candidate: &Candidate,
    tell: &mut dyn FnMut(Part<'a>),
) {
    let (Some(alias), Some(entity)) = (index.alias(candidate.alias), &index.entities[candidate.entity as usize]) else {
        return;
    };
    tell(Part { name: "prior", units: None, known: "", grade: "prior", weight: told.prior });
    match &candidate.way {
        Way::Name(taken) => {
            name(index, alias, taken, tell);
            let known = alias.name.as_str();
            let units = Some((candidate.from, candidate.to));
            tell(Part { name: "order", units, known, grade: "gaps", weight: gaps(candidate, taken) });
            let units = place_and_common_word(index, read, alias, taken);
            if units.is_some() {
                tell(Part { name: "order", units, known, grade: "together", weight: TOGETHER });
            }
            place(index, read, told, candidate, entity, tell);
            provider(index, read, candidate, entity, tell);
        }
        Way::Provider(readings) => {
            let telling = |reading: &Reading| word_weight(index, reading.word, Some(reading));
            let weight = BY_PROVIDER + readings.iter().map(telling).sum::<f64>();
            let units = readings.first().map(|first| (first.unit, first.unit + readings.len() as u32));
            tell(Part { name: "provider", units, known: &entity.provider_name, grade: "instead_of_name", weight });
            let weight = (index.places() as f64).log2().min(11.0) - SOME_PLACE;
            tell(Part { name: "place", units: None, known: &entity.place_name, grade: "in_text", weight });
        }
        Way::Kind => {
            let weight = BY_KIND - KIND_IN_PLACE + (index.places() as f64).log2();
            let units = Some((candidate.from, candidate.to));
            tell(Part { name: "place", units, known: &entity.place_name, grade: "instead_of_name", weight });
        }
    }
    region(index, told, entity, tell);
}

/// log2 of the chance of a word in a text that means none that bears it.
fn chance(index: &Index, word: u32) -> f64 {
    let word = &index.words[word as usize];
    let share = f64::from(word.entities) / index.len() as f64;
    log2_chance(word.usage, share, word.places > 0)
}

fn word_weight(index: &Index, word: u32, reading: Option<&Reading>) -> f64 {
    let chance = chance(index, word);
    match reading {
        Some(reading) if reading.half => (-chance / 2.0 - 1.0).max(0.0),
        Some(reading) => (WRITTEN + ERRORS[reading.errors.min(2)] - chance).max(0.0),
        None if chance > -1.0 => 0.0,
        None if chance > -6.0 => LEFT_OUT.0,
        None => LEFT_OUT.1,
    }
}

fn name<'a>(index: &'a Index, alias: &Alias, taken: &[Option<Reading>], tell: &mut dyn FnMut(Part<'a>)) {
    let (mut told, mut place_told, mut kind_told, mut left_out) = (false, false, false, false);
    for (&word, reading) in alias.words.iter().zip(taken) {
        let known = &index.words[word as usize];
        let telling = known.usage == Usage::Other && known.places == 0;
        told |= reading.is_some() && telling;
        place_told |= reading.is_some() && known.usage == Usage::Other && known.places > 0;
        kind_told |= reading.is_some() && known.usage == Usage::Usual;
        left_out |= reading.is_none() && telling;
        let grade = match reading {
            None => "missing",
            Some(reading) if reading.errors > 0 => "misspelt",
            Some(_) => "exact",
        };
        let units = reading.map(|reading| (reading.unit, reading.unit + reading.further + 1));
        let weight = word_weight(index, word, reading.as_ref());
        tell(Part { name: "word", units, known: &known.text, grade, weight });
    }
    let poor = match (place_told, kind_told) {
        _ if told || !left_out => return,
        (true, false) => ("only_its_place", ONLY_PLACE),
        (true, true) => return,
        (false, _) => ("only_its_kind", ONLY_KIND),
    };
    tell(Part { name: "word", units: None, known: "", grade: poor.0, weight: poor.1 });
}

/// Words of the text between those of the name.
fn gaps(candidate: &Candidate, taken: &[Option<Reading>]) -> f64 {
    let of_name = |unit: u32| {
        taken.iter().flatten().any(|reading| (reading.unit..=reading.unit + reading.further).contains(&unit))
    };
    GAP * (candidate.from..candidate.to).filter(|&unit| !of_name(unit)).count() as f64
}

/// Where the text has a word of a place and right behind it the common word that follows it in the name, unless both are a place
/// ("Marsden Park") or such words stand behind places in any text ("Kanwal hospital").
fn place_and_common_word(
    index: &Index,
    read: &ReadText,
    alias: &Alias,
    taken: &[Option<Reading>],
) -> Option<(u32, u32)> {
    let mut pairs = alias.words.windows(2).zip(taken.windows(2));
    pairs.find_map(|(words, readings)| {
        let (place, common) = (&index.words[words[0] as usize], &index.words[words[1] as usize]);
        let (&[Some(first), Some(second)], Usage::Other, Usage::Usual) = (readings, place.usage, common.usage) else {
            return None;
        };
        let a_place = read.places.iter().any(|&(from, to, _)| from <= first.unit && second.unit < to);
        let together = second.unit == first.unit + first.further + 1 && place.places > 0;
        (together && !a_place && !stands_behind_places(&common.text))
            .then_some((first.unit, second.unit + second.further + 1))
    })
}

/// The place beside the name that the text tells, nearest first: from which unit to which, and its words.
pub(super) fn place_beside(read: &ReadText, to: u32) -> Option<&(u32, u32, Vec<u32>)> {
    read.places.iter().find(|(begin, ..)| *begin >= to && *begin <= to + 2)
}

fn place<'a>(
    index: &'a Index,
    read: &ReadText,
    told: &Told,
    candidate: &Candidate,
    entity: &'a Entity,
    tell: &mut dyn FnMut(Part<'a>),
) {
    if entity.place.is_empty() {
        return;
    }
    let mut part = |units: Option<(u32, u32)>, grade: &'static str, weight: f64| {
        tell(Part { name: "place", units, known: &entity.place_name, grade, weight });
    };
    let telling = (index.places() as f64).log2().min(11.0) - SOME_PLACE;
    if told.place.as_deref().is_some_and(|place| place == normalize::fold(&entity.place_name)) {
        return part(None, "context", telling);
    }
    let inside = |begin: u32, end: u32| begin < candidate.to && candidate.from < end;
    let in_text = read.places.iter().find(|(begin, end, words)| *words == entity.place && !inside(*begin, *end));
    if let Some(&(begin, end, _)) = in_text {
        return part(Some((begin, end)), "in_text", PLACE_TOLD.0 + telling);
    }
    let in_name =
        entity.place.iter().all(|word| read.of(*word).iter().any(|reading| inside(reading.unit, reading.unit + 1)));
    match place_beside(read, candidate.to) {
        _ if in_name => part(None, "in_name", 0.0),
        Some(&(begin, end, _)) => part(Some((begin, end)), "elsewhere", ELSEWHERE.0),
        None if told.place.is_some() => part(None, "elsewhere", ELSEWHERE.0),
        None => part(None, "missing", PLACE_TOLD.1),
    }
}

fn region<'a>(index: &'a Index, told: &Told, entity: &'a Entity, tell: &mut dyn FnMut(Part<'a>)) {
    let Some(region) = told.region.as_deref().filter(|_| !entity.region.is_empty()) else { return };
    let (grade, weight) = if region == entity.region {
        ("exact", -index.region_share(region).log2())
    } else {
        ("different", ELSEWHERE.1)
    };
    tell(Part { name: "region", units: None, known: &entity.region, grade, weight });
}

/// Words of the provider's name that the text tells beside the entity's.
fn provider<'a>(
    index: &'a Index,
    read: &ReadText,
    candidate: &Candidate,
    entity: &'a Entity,
    tell: &mut dyn FnMut(Part<'a>),
) {
    let outside =
        |reading: &&Reading| reading.errors == 0 && (reading.unit < candidate.from || reading.unit >= candidate.to);
    let readings = entity.provider.iter().filter_map(|&word| read.of(word).iter().find(outside));
    let rarest = readings.min_by(|one, other| chance(index, one.word).total_cmp(&chance(index, other.word)));
    if let Some(reading) = rarest.filter(|reading| chance(index, reading.word) < -6.0) {
        let weight = (-chance(index, reading.word) - 3.0).min(6.0);
        let units = Some((reading.unit, reading.unit + 1));
        tell(Part { name: "provider", units, known: &entity.provider_name, grade: "in_text", weight });
    }
}
