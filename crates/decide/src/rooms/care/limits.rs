//! Hard limits: which homes can be chosen at all, what each limit excludes, and what relaxing it would bring.
//!
//! A home of which it is not known whether it meets a limit does not count as meeting it, and is counted apart.

use super::{Candidate, Need, Wish};
use serde::{Deserialize, Serialize};

/// Steps by which a price ceiling is relaxed, in money a week.
const PRICE_STEPS: [f64; 3] = [50.0, 100.0, 200.0];
/// Steps by which a furthest distance is relaxed, in kilometres.
const DISTANCE_STEPS_KM: [f64; 3] = [10.0, 25.0, 50.0];

/// Whether a home meets a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It meets it.
    Kept,
    /// It does not.
    Excluded,
    /// Nobody knows.
    Unknown,
}

/// One limit of a need.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "limit")]
pub enum Limit {
    /// The home offers the kind of care.
    KindOfCare,
    /// It has a free place of that kind.
    FreePlace,
    /// It costs no more than the ceiling.
    Price,
    /// It is no further away than wanted.
    Distance,
    /// It meets one wish.
    Wish {
        /// The wish, as [`Wish::word`] writes it.
        word: String,
        /// Its place among the need's wishes, from 0.
        number: usize,
    },
}

/// What a limit would let in if it were relaxed, all others as they are.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Relaxed {
    /// By how much, in the limit's unit; `None` for dropping it.
    pub by: Option<f64>,
    /// How many more homes could be chosen.
    pub more: usize,
}

/// The home that fails a limit by the least and meets all others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NearestMiss {
    /// The Entity.
    pub entity: String,
    /// What people call it.
    pub name: String,
    /// By how much it fails, in the limit's unit; `None` where the limit has no unit.
    pub by: Option<f64>,
}

/// What one limit does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LimitEffect {
    /// The limit.
    pub limit: Limit,
    /// Homes that do not meet it, of all.
    pub excludes_alone: usize,
    /// Homes of which it is not known, of all.
    pub unknown_alone: usize,
    /// Homes that it takes from those left by the limits before it, unknown ones among them.
    pub excludes_in_turn: usize,
    /// Homes left after it.
    pub left: usize,
    /// Homes that meet all other limits and not this one.
    #[serde(default)]
    pub excludes_only: usize,
    /// What relaxing it would bring.
    pub relaxed: Vec<Relaxed>,
    /// Who misses it most narrowly.
    pub nearest_miss: Option<NearestMiss>,
}

/// What all limits do, in the order in which they are applied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LimitReport {
    /// All homes.
    pub homes: usize,
    /// Homes that can be chosen.
    pub left: usize,
    /// Each limit.
    pub limits: Vec<LimitEffect>,
}

/// The limits of a need, in the order in which they are applied.
pub fn limits(need: &Need) -> Vec<Limit> {
    let mut limits = vec![Limit::KindOfCare, Limit::FreePlace];
    limits.extend(need.weekly_budget_ceiling.map(|_| Limit::Price));
    limits.extend(need.max_distance_km.map(|_| Limit::Distance));
    let wishes = need.wishes.iter().enumerate();
    limits.extend(wishes.map(|(number, wish)| Limit::Wish { word: wish.word(), number }));
    limits
}

/// Whether a home meets one limit.
pub fn meets(limit: &Limit, need: &Need, home: &Candidate) -> Outcome {
    match limit {
        Limit::KindOfCare => outcome_of(Some(home.free_places.contains_key(&need.kind_of_care))),
        Limit::FreePlace => outcome_of(home.free_places.get(&need.kind_of_care).map(|places| *places > 0)),
        Limit::Price => outcome_of(over_price(need, home).map(|over| over <= 0.0)),
        Limit::Distance => outcome_of(over_distance(need, home).map(|over| over <= 0.0)),
        Limit::Wish { number, .. } => {
            need.wishes.get(*number).map_or(Outcome::Kept, |wish| outcome_of(grants(wish, home)))
        }
    }
}

/// Whether a home can be chosen: excluded by one limit, unknown in one, or kept.
pub fn outcome(need: &Need, home: &Candidate) -> Outcome {
    let outcomes: Vec<Outcome> = limits(need).iter().map(|limit| meets(limit, need, home)).collect();
    let has = |wanted: Outcome| outcomes.contains(&wanted);
    if has(Outcome::Excluded) {
        Outcome::Excluded
    } else if has(Outcome::Unknown) {
        Outcome::Unknown
    } else {
        Outcome::Kept
    }
}

/// The homes that can be chosen, in the order given.
pub fn left<'a>(need: &Need, homes: &'a [Candidate]) -> Vec<&'a Candidate> {
    homes.iter().filter(|home| outcome(need, home) == Outcome::Kept).collect()
}

/// What each limit excludes, alone and in turn, and what relaxing it would bring.
pub fn limit_report(need: &Need, homes: &[Candidate]) -> LimitReport {
    let limits = limits(need);
    // One row for each home: what it is to each limit.
    let table: Vec<Vec<Outcome>> =
        homes.iter().map(|home| limits.iter().map(|limit| meets(limit, need, home)).collect()).collect();
    let kept = |row: &[Outcome]| row.iter().all(|outcome| *outcome == Outcome::Kept);
    let effects = limits.iter().enumerate().map(|(column, limit)| {
        let alone = |wanted: Outcome| table.iter().filter(|row| row[column] == wanted).count();
        let before = table.iter().filter(|row| kept(&row[..column])).count();
        let left = table.iter().filter(|row| kept(&row[..=column])).count();
        let only = |row: &&Vec<Outcome>| {
            let others = row.iter().enumerate().all(|(other, outcome)| other == column || *outcome == Outcome::Kept);
            others && row[column] != Outcome::Kept
        };
        let failing: Vec<&Candidate> =
            table.iter().zip(homes).filter(|(row, _)| only(row)).map(|(_, home)| home).collect();
        LimitEffect {
            limit: limit.clone(),
            excludes_alone: alone(Outcome::Excluded),
            unknown_alone: alone(Outcome::Unknown),
            excludes_in_turn: before - left,
            left,
            excludes_only: failing.len(),
            relaxed: relaxed(limit, need, &failing),
            nearest_miss: nearest_miss(limit, need, &failing),
        }
    });
    let effects: Vec<LimitEffect> = effects.collect();
    LimitReport { homes: homes.len(), left: table.iter().filter(|row| kept(row)).count(), limits: effects }
}

/// Share of the homes that meet all other limits and have a known price, whose price is over the ceiling. `None` without a
/// ceiling or without prices. An input of the decision table.
pub fn budget_pressure(need: &Need, homes: &[Candidate]) -> Option<f64> {
    need.weekly_budget_ceiling?;
    let without_ceiling = Need { weekly_budget_ceiling: None, ..need.clone() };
    let over: Vec<f64> = left(&without_ceiling, homes).into_iter().filter_map(|home| over_price(need, home)).collect();
    let dear = over.iter().filter(|over| **over > 0.0).count();
    (!over.is_empty()).then(|| dear as f64 / over.len() as f64)
}

fn outcome_of(meets: Option<bool>) -> Outcome {
    match meets {
        Some(true) => Outcome::Kept,
        Some(false) => Outcome::Excluded,
        None => Outcome::Unknown,
    }
}

fn over_price(need: &Need, home: &Candidate) -> Option<f64> {
    Some(home.weekly_price? - need.weekly_budget_ceiling?)
}

fn over_distance(need: &Need, home: &Candidate) -> Option<f64> {
    Some(home.distance_km? - need.max_distance_km?)
}

fn grants(wish: &Wish, home: &Candidate) -> Option<bool> {
    match wish {
        Wish::Ownership { any_of } => home.ownership.map(|ownership| any_of.contains(&ownership)),
        Wish::Feature { word } => Some(home.features.contains(word)),
        Wish::Without { word } => Some(!home.features.contains(word)),
        Wish::AtLeast { aspect, stars } => {
            let estimate = if aspect == "community" { home.community } else { home.official.get(aspect).copied() };
            estimate.map(|estimate| estimate.value >= *stars)
        }
    }
}

fn over(limit: &Limit, need: &Need, home: &Candidate) -> Option<f64> {
    match limit {
        Limit::Price => over_price(need, home),
        Limit::Distance => over_distance(need, home),
        Limit::Wish { number, .. } => match need.wishes.get(*number)? {
            Wish::AtLeast { aspect, stars } if aspect == "community" => Some(stars - home.community?.value),
            Wish::AtLeast { aspect, stars } => Some(stars - home.official.get(aspect)?.value),
            _ => None,
        },
        Limit::KindOfCare | Limit::FreePlace => None,
    }
}

fn relaxed(limit: &Limit, need: &Need, failing: &[&Candidate]) -> Vec<Relaxed> {
    let steps: &[f64] = match limit {
        // A home without the kind of care can't give it.
        Limit::KindOfCare => return Vec::new(),
        Limit::Price => &PRICE_STEPS,
        Limit::Distance => &DISTANCE_STEPS_KM,
        _ => &[],
    };
    let within = |by: f64| failing.iter().filter(|home| over(limit, need, home).is_some_and(|over| over <= by)).count();
    let steps = steps.iter().map(|by| Relaxed { by: Some(*by), more: within(*by) });
    steps.chain([Relaxed { by: None, more: failing.len() }]).collect()
}

fn nearest_miss(limit: &Limit, need: &Need, failing: &[&Candidate]) -> Option<NearestMiss> {
    if *limit == Limit::KindOfCare {
        return None;
    }
    let misses = failing.iter().map(|home| (over(limit, need, home), *home));
    let nearest = misses.min_by(|(left, left_home), (right, right_home)| {
        let key = |over: &Option<f64>| over.unwrap_or(f64::INFINITY);
        key(left).total_cmp(&key(right)).then_with(|| left_home.entity.cmp(&right_home.entity))
    });
    nearest.map(|(by, home)| NearestMiss { entity: home.entity.clone(), name: home.name.clone(), by })
}
