//! About which entities and regions nobody speaks.
//!
//! Holds counts and shares with intervals. It must never take silence for a good or a bad opinion.

use crate::hierarchy::LEVEL;
use model::estimate::wilson;
use model::{Estimate, Explained, Explanation};
use std::collections::BTreeMap;

/// Name and version of the method.
const METHOD: &str = "coverage/1";

/// An entity, where it is, who owns it, and how many independent voices speak about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Heard {
    /// The Entity.
    pub entity: String,
    /// Its region; empty where unknown.
    pub region: String,
    /// Who owns it, as a stable word; empty where unknown.
    pub ownership: String,
    /// Independent voices about it.
    pub independent_voices: f64,
}

/// How many entities of a region and ownership are spoken about.
#[derive(Clone, Debug, PartialEq)]
pub struct Coverage {
    /// The region; `None` for all.
    pub region: Option<String>,
    /// The ownership; `None` for all.
    pub ownership: Option<String>,
    /// Share of entities with a voice, with the interval of Wilson (1927): how likely another entity like these has one.
    pub share: Explained<Estimate>,
    /// Entities nobody speaks about, by name.
    pub silent: Vec<String>,
}

/// Coverage of all, of each region, of each ownership, and of each region and ownership together; in sorted order, all first.
///
/// An entity counts as spoken about from `least` independent voices on.
pub fn coverage(entities: &[Heard], least: f64) -> Vec<Coverage> {
    let mut cells: BTreeMap<(Option<&str>, Option<&str>), Vec<&Heard>> = BTreeMap::new();
    for one in entities {
        let (region, ownership) = (Some(one.region.as_str()), Some(one.ownership.as_str()));
        for cell in [(None, None), (region, None), (None, ownership), (region, ownership)] {
            cells.entry(cell).or_default().push(one);
        }
    }
    cells.into_iter().map(|((region, ownership), own)| of_cell(region, ownership, &own, least)).collect()
}

fn of_cell(region: Option<&str>, ownership: Option<&str>, own: &[&Heard], least: f64) -> Coverage {
    let silent = |one: &&&Heard| one.independent_voices < least;
    let mut names: Vec<String> = own.iter().filter(silent).map(|one| one.entity.clone()).collect();
    names.sort_unstable();
    let (count, heard) = (own.len() as f64, (own.len() - names.len()) as f64);
    let voices: f64 = own.iter().map(|one| one.independent_voices).sum();
    let figures = vec![
        ("entities".to_owned(), count),
        ("entities_with_a_voice".to_owned(), heard),
        ("independent_voices".to_owned(), voices),
        ("voices_needed".to_owned(), least),
    ];
    Coverage {
        region: region.map(str::to_owned),
        ownership: ownership.map(str::to_owned),
        share: Explained::new(
            share_of(heard, count),
            Explanation { method: METHOD.to_owned(), figures, ..Explanation::default() },
        ),
        silent: names,
    }
}

/// A share with its Wilson interval; of nothing, anything from 0 to 1.
fn share_of(heard: f64, count: f64) -> Estimate {
    let share = if count > 0.0 { heard / count } else { 0.5 };
    let (low, high) = wilson(heard, count, LEVEL);
    Estimate { value: share, low, high, level: LEVEL, voices: count, independent_voices: count }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_counted_by_region_and_ownership() {
        let heard = |entity: &str, region: &str, ownership: &str, independent_voices: f64| Heard {
            entity: entity.to_owned(),
            region: region.to_owned(),
            ownership: ownership.to_owned(),
            independent_voices,
        };
        let entities = [
            heard("d", "north", "government", 0.0),
            heard("a", "north", "for_profit", 4.0),
            heard("b", "south", "government", 0.5),
            heard("c", "north", "government", 0.0),
        ];
        let found = coverage(&entities, 1.0);
        assert_eq!((found[0].region.clone(), found[0].share.value.value), (None, 0.25));
        let cell = found
            .iter()
            .find(|one| one.region.as_deref() == Some("north") && one.ownership.as_deref() == Some("government"))
            .expect("the cell is there");
        assert_eq!(cell.silent, ["c", "d"]);
        assert!(cell.share.value.low == 0.0 && cell.share.value.high > 0.5, "two silent homes prove little");
        assert_eq!(found.len(), 1 + 2 + 2 + 3);
    }

    #[test]
    fn wilson_intervals_are_the_published_ones() {
        // Newcombe (1998), table I, at 95 %: 81 of 263 gives .2553 to .3662. Here at 90 %, so narrower on both sides.
        let share = share_of(81.0, 263.0);
        assert!(share.low > 0.2553 && share.high < 0.3662 && share.low < 0.2700 && share.high > 0.3500, "{share:?}");
    }
}
