//! The criteria by which homes are compared: where each is read from and what it is worth between 0 and 1.
//!
//! What a figure is worth depends on the need and on comparable homes at large, never on who else stands in the list: so
//! that adding a home can't turn the order of two others.

use super::prior::Priors;
use super::{Candidate, Need};
use model::case::Evidence;
use model::{Estimate, Standing};
use serde::{Deserialize, Serialize};

/// Standard deviation of a distance: a home's place is only as exact as its locality.
const LOCALITY_KM: f64 = 2.0;
/// Distance at which nothing is left of the worth, where the need names no furthest one.
const FAR_KM: f64 = 100.0;
/// Rise in stars a year that is worth everything; the fall of the same size is worth nothing.
const STEEP_STARS_A_YEAR: f64 = 1.0;

/// One thing by which homes are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// What residents and communities say.
    Community,
    /// The official overall rating.
    Overall,
    /// Official rating of staffing.
    Staffing,
    /// Official rating of keeping the rules.
    Compliance,
    /// Official rating of measured quality.
    Quality,
    /// How near it is.
    Distance,
    /// How far its price is below the ceiling.
    Price,
    /// Whether it gets better or worse.
    Trend,
}

impl Criterion {
    /// Every criterion, in the order pages list them.
    pub const ALL: [Self; 8] = [
        Self::Community,
        Self::Overall,
        Self::Staffing,
        Self::Compliance,
        Self::Quality,
        Self::Distance,
        Self::Price,
        Self::Trend,
    ];

    /// The word that stands in decision tables, evidence, texts and addresses.
    pub fn word(self) -> &'static str {
        match self {
            Self::Community => "community",
            Self::Overall => "overall",
            Self::Staffing => "staffing",
            Self::Compliance => "compliance",
            Self::Quality => "quality",
            Self::Distance => "distance",
            Self::Price => "price",
            Self::Trend => "trend",
        }
    }

    /// The criterion of a word, if it is one.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|criterion| criterion.word() == word)
    }

    /// True where errors of a home's figures may have a common cause (the same visit, the same bad month).
    pub(super) fn shares_errors(self) -> bool {
        !matches!(self, Self::Distance | Self::Price)
    }

    /// What is known of a home in this criterion, in its own unit (stars, kilometres, money a week, stars a year).
    pub fn estimate(self, candidate: &Candidate) -> Option<Estimate> {
        match self {
            Self::Community => candidate.community,
            Self::Trend => candidate.trend,
            Self::Distance => candidate.distance_km.map(|km| around(km, LOCALITY_KM)),
            Self::Price => candidate.weekly_price.map(|price| around(price, 0.0)),
            official => candidate.official.get(official.word()).copied(),
        }
    }

    /// The straight line from the criterion's unit to its worth: worth at zero, and worth for each unit. Cut at 0 and 1.
    pub(super) fn line(self, need: &Need, priors: &Priors) -> (f64, f64) {
        match self {
            Self::Distance => (1.0, -1.0 / need.max_distance_km.unwrap_or(FAR_KM).max(1.0)),
            // Half the ceiling or less is worth everything, the ceiling nothing.
            Self::Price => {
                let ceiling = need.weekly_budget_ceiling.unwrap_or(1.5 * priors.of(Self::Price).mean).max(1.0);
                (2.0, -2.0 / ceiling)
            }
            Self::Trend => (0.5, 0.5 / STEEP_STARS_A_YEAR),
            _ => (-0.25, 0.25),
        }
    }
}

fn around(value: f64, standard_deviation: f64) -> Estimate {
    let half = standard_deviation * model::estimate::normal_quantile(0.95);
    Estimate { value, low: value - half, high: value + half, level: 0.9, voices: 1.0, independent_voices: 1.0 }
}

/// The criterion that a piece of evidence speaks to.
///
/// Aspects `price`, `distance` and `trend` are themselves; `community`, `residents` and what begins with `community.` are
/// what communities say, whoever published it; any other aspect is official where its standing is, else communities'.
pub fn criterion_of(evidence: &Evidence) -> Option<Criterion> {
    let aspect = evidence.aspect.as_str();
    if aspect == "residents" || aspect == "community" || aspect.starts_with("community.") {
        return Some(Criterion::Community);
    }
    match Criterion::from_word(aspect) {
        Some(own @ (Criterion::Price | Criterion::Distance | Criterion::Trend)) => Some(own),
        Some(official) if evidence.standing == Standing::Official => Some(official),
        _ if evidence.standing != Standing::Official => Some(Criterion::Community),
        _ => None,
    }
}

/// True for evidence from outside the office's and other authorities' own statements: what communities, residents and
/// contributors say.
pub fn is_outside(evidence: &Evidence) -> bool {
    evidence.standing != Standing::Official || criterion_of(evidence) == Some(Criterion::Community)
}

/// A home as it would be known without some of its evidence; `left_out` is asked with each piece's number.
///
/// A criterion whose evidence is partly left out is put together again from what stays, each piece weighted by its
/// precision; where nothing stays, nothing is known.
pub fn without_evidence(candidate: &Candidate, left_out: impl Fn(usize, &Evidence) -> bool) -> Candidate {
    let (mut stays, mut goes) = (Vec::new(), Vec::new());
    for (number, evidence) in candidate.evidence.iter().enumerate() {
        if left_out(number, evidence) { goes.push(evidence) } else { stays.push(evidence) }
    }
    let mut less = candidate.clone();
    for criterion in Criterion::ALL {
        if goes.iter().any(|evidence| criterion_of(evidence) == Some(criterion)) {
            let speaks = stays.iter().filter(|evidence| criterion_of(evidence) == Some(criterion));
            let estimates: Vec<Estimate> = speaks.filter_map(|evidence| evidence.estimate).collect();
            set(&mut less, criterion, together(&estimates));
        }
    }
    less.evidence = stays.into_iter().cloned().collect();
    less
}

fn set(candidate: &mut Candidate, criterion: Criterion, estimate: Option<Estimate>) {
    match criterion {
        Criterion::Community => candidate.community = estimate,
        Criterion::Trend => candidate.trend = estimate,
        Criterion::Distance => candidate.distance_km = estimate.map(|one| one.value),
        Criterion::Price => candidate.weekly_price = estimate.map(|one| one.value),
        official => match estimate {
            Some(estimate) => drop(candidate.official.insert(official.word().to_owned(), estimate)),
            None => drop(candidate.official.remove(official.word())),
        },
    }
}

/// Several estimates of one quantity as one, each weighted by its precision.
fn together(estimates: &[Estimate]) -> Option<Estimate> {
    let [first, rest @ ..] = estimates else { return None };
    if rest.is_empty() {
        return Some(*first);
    }
    let precision = |one: &Estimate| one.standard_deviation().max(1e-3).powi(-2);
    let sum: f64 = estimates.iter().map(precision).sum();
    let value = estimates.iter().map(|one| precision(one) * one.value).sum::<f64>() / sum;
    let mut whole = around(value, sum.sqrt().recip());
    whole.voices = estimates.iter().map(|one| one.voices).sum();
    whole.independent_voices = estimates.iter().map(|one| one.independent_voices).sum();
    Some(whole)
}
