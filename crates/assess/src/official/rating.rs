//! Official ratings, believed less the older they are and after a sanction.
//!
//! Holds how ratings age, learnt from their own history, and each entity's rating with the interval that follows. It must
//! never average a rating that was not given.

use crate::hierarchy::{Belief, Ground, Hierarchy, Leaning, Measured, Numbers, estimate_within};
use crate::{AssessError, Scale};
use model::{Contribution, Date, Explained, Explanation, RecordRef};

/// Name and version of the method.
const METHOD: &str = "official_rating/1";
/// Days of a year.
const YEAR: f64 = 365.25;
/// Pairs of ratings around a sanction needed before its effect is learnt.
const FEWEST_SANCTIONS: usize = 20;
/// Later ratings that each rating is compared with.
const LATER: usize = 4;

/// One official rating. Blank, zero and anything off the scale mean not rated.
#[derive(Clone, Debug, PartialEq)]
pub struct OfficialRating {
    /// The row it comes from.
    pub record: RecordRef,
    /// The Entity.
    pub entity: String,
    /// Its comparable group.
    pub group: String,
    /// The rating as published.
    pub value: Option<f64>,
    /// The day it was given, or published where only that is known.
    pub on: Date,
}

/// A penalty, or a regulator's decision against an entity.
#[derive(Clone, Debug, PartialEq)]
pub struct Sanction {
    /// The row it comes from.
    pub record: RecordRef,
    /// The Entity.
    pub entity: String,
    /// The day it applied from.
    pub on: Date,
}

/// How official ratings age, in the unit of the rating.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ageing {
    /// Variance of a rating on the day it is given: rounding to whole stars, and chance.
    pub fresh: f64,
    /// Variance that a year adds.
    pub per_year: f64,
    /// Mean change after a sanction; 0 until learnt.
    pub shift_after_sanction: f64,
    /// Variance that a sanction adds.
    pub after_sanction: f64,
    /// Pairs of ratings with a sanction between them.
    pub sanctions_seen: usize,
}

impl Ageing {
    /// Before anything is learnt: a twelfth for rounding to whole stars, a quarter star squared a year, and after a sanction one
    /// star either way.
    pub const UNLEARNT: Self =
        Self { fresh: 1.0 / 12.0, per_year: 0.25, shift_after_sanction: 0.0, after_sanction: 1.0, sanctions_seen: 0 };

    /// Learns from the history of ratings: squared changes grow with the years between; those across a sanction grow more.
    pub fn learn(history: &[OfficialRating], sanctions: &[Sanction], scale: Scale) -> Self {
        let (quiet, sanctioned) = changes(history, sanctions, scale);
        if quiet.len() < FEWEST_SANCTIONS {
            return Self::UNLEARNT;
        }
        let count = quiet.len() as f64;
        let mean = |value: fn(&(f64, f64)) -> f64| quiet.iter().map(value).sum::<f64>() / count;
        let (years, squares) = (mean(|pair| pair.0), mean(|pair| pair.1 * pair.1));
        let spread = quiet.iter().map(|pair| (pair.0 - years).powi(2)).sum::<f64>() / count;
        let together = quiet.iter().map(|pair| (pair.0 - years) * (pair.1 * pair.1 - squares)).sum::<f64>() / count;
        let per_year = if spread > 0.0 { (together / spread).max(0.0) } else { squares / years.max(0.1) };
        let fresh = ((squares - per_year * years) / 2.0).max(1.0 / 12.0);
        let learnt = Self { fresh, per_year, ..Self::UNLEARNT };
        if sanctioned.len() < FEWEST_SANCTIONS {
            return Self { sanctions_seen: sanctioned.len(), ..learnt };
        }
        let seen = sanctioned.len() as f64;
        let shift = sanctioned.iter().map(|pair| pair.1).sum::<f64>() / seen;
        let extra = |pair: &(f64, f64)| (pair.1 - shift).powi(2) - 2.0 * fresh - per_year * pair.0;
        let after_sanction = (sanctioned.iter().map(extra).sum::<f64>() / seen).max(0.0);
        // The mean change is itself unsure, and who was sanctioned once is watched: the shift is added to the doubt.
        Self {
            shift_after_sanction: shift,
            after_sanction: after_sanction + shift * shift,
            sanctions_seen: sanctioned.len(),
            ..learnt
        }
    }
}

/// Years between two ratings of an entity, and how much the later is above the earlier.
type Change = (f64, f64);

/// Changes without and with a sanction between.
fn changes(history: &[OfficialRating], sanctions: &[Sanction], scale: Scale) -> (Vec<Change>, Vec<Change>) {
    let mut rated: Vec<(&str, Date, f64)> = history
        .iter()
        .filter_map(|one| Some((one.entity.as_str(), one.on, one.value.filter(|value| scale.holds(*value))?)))
        .collect();
    rated.sort_by(|a, b| a.0.cmp(b.0).then(a.1.cmp(&b.1)).then(a.2.total_cmp(&b.2)));
    let dates = sanction_dates(sanctions);
    let (mut quiet, mut sanctioned) = (Vec::new(), Vec::new());
    for own in rated.chunk_by(|a, b| a.0 == b.0) {
        for (place, early) in own.iter().enumerate() {
            for late in own[place + 1..].iter().take(LATER).filter(|late| late.1 > early.1) {
                let change = (years_between(early.1, late.1), late.2 - early.2);
                let between = last_sanction(&dates, early.0, late.1).is_some_and(|on| on > early.1);
                if between { sanctioned.push(change) } else { quiet.push(change) }
            }
        }
    }
    (quiet, sanctioned)
}

fn years_between(early: Date, late: Date) -> f64 {
    f64::from(model::time::days_since_epoch(late) - model::time::days_since_epoch(early)) / YEAR
}

fn sanction_dates(sanctions: &[Sanction]) -> Vec<(&str, Date, &RecordRef)> {
    let mut dates: Vec<(&str, Date, &RecordRef)> =
        sanctions.iter().map(|one| (one.entity.as_str(), one.on, &one.record)).collect();
    dates.sort_unstable();
    dates
}

/// The last sanction of an entity up to a day.
fn last_sanction(dates: &[(&str, Date, &RecordRef)], entity: &str, until: Date) -> Option<Date> {
    sanction_row(dates, entity, until).map(|(_, on, _)| *on)
}

fn sanction_row<'a, 'b>(
    dates: &'b [(&'a str, Date, &'a RecordRef)],
    entity: &str,
    until: Date,
) -> Option<&'b (&'a str, Date, &'a RecordRef)> {
    let end = dates.partition_point(|(name, on, _)| (*name, *on) <= (entity, until));
    dates[..end].last().filter(|(name, _, _)| *name == entity)
}

/// What is believed of every rating on `as_of`, in the order given. Give each entity once, with its latest rating.
pub fn assess(
    ratings: &[OfficialRating],
    sanctions: &[Sanction],
    ageing: &Ageing,
    aspect: &str,
    scale: Scale,
    as_of: Date,
) -> Result<Vec<Belief>, AssessError> {
    let scale = scale.checked()?;
    let groups = Numbers::of(ratings.iter().map(|one| one.group.as_str()));
    let dates = sanction_dates(sanctions);
    let measured: Vec<Option<(Measured, bool)>> = ratings
        .iter()
        .map(|one| {
            let value = one.value.filter(|value| scale.holds(*value))?;
            let sanctioned = last_sanction(&dates, &one.entity, as_of).is_some_and(|on| on > one.on);
            let (shift, doubt) =
                if sanctioned { (ageing.shift_after_sanction, ageing.after_sanction) } else { (0.0, 0.0) };
            let variance = ageing.fresh + ageing.per_year * years_between(one.on, as_of).max(0.0) + doubt;
            Some((Measured { group: groups.get(&one.group)?, value: value + shift, variance }, sanctioned))
        })
        .collect();
    let known: Vec<Measured> = measured.iter().flatten().map(|(one, _)| *one).collect();
    let hierarchy = Hierarchy::fit(&known, groups.len());
    let belief = |(one, measured): (&OfficialRating, &Option<(Measured, bool)>)| {
        let group = groups.get(&one.group).unwrap_or(0);
        let prior = hierarchy.prior(group);
        let leaning = measured
            .map_or(Leaning { mean: prior.mean, variance: prior.variance, group_share: 1.0 }, |(measured, _)| {
                hierarchy.lean(measured)
            });
        let sanction = sanction_row(&dates, &one.entity, as_of).filter(|_| measured.is_some_and(|(_, after)| after));
        let because = explanation(one, &leaning, prior.mean, measured.is_some(), sanction, as_of);
        let voices = if measured.is_some() { 1.0 } else { 0.0 };
        let bounds = (scale.low, scale.high);
        Belief {
            entity: one.entity.clone(),
            aspect: aspect.to_owned(),
            estimate: Explained::new(estimate_within(leaning.mean, leaning.variance, bounds, voices, voices), because),
            ground: if measured.is_some() { Ground::Enough } else { Ground::NotEnough },
            prior,
        }
    };
    Ok(ratings.iter().zip(&measured).map(belief).collect())
}

fn explanation(
    rating: &OfficialRating,
    leaning: &Leaning,
    comparable: f64,
    rated: bool,
    sanction: Option<&(&str, Date, &RecordRef)>,
    as_of: Date,
) -> Explanation {
    let contribution = |record: Option<&RecordRef>, label: &str, value: f64, weight: f64| Contribution {
        record: record.cloned(),
        label: label.to_owned(),
        value,
        weight,
        discounted: String::new(),
    };
    let mut contributions = vec![contribution(None, "comparable_entities", comparable, leaning.group_share)];
    let mut figures =
        vec![("comparable_mean".to_owned(), comparable), ("comparable_share".to_owned(), leaning.group_share)];
    if let Some(value) = rating.value.filter(|_| rated) {
        let mut own = contribution(Some(&rating.record), "official_rating", value, 1.0 - leaning.group_share);
        figures.push(("years_old".to_owned(), years_between(rating.on, as_of).max(0.0)));
        if let Some((_, on, record)) = sanction {
            own.discounted = "older_than_sanction".to_owned();
            figures.push(("years_since_sanction".to_owned(), years_between(*on, as_of)));
            contributions.push(contribution(Some(record), "sanction", value, 0.0));
        }
        contributions.push(own);
    }
    contributions.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    Explanation { method: METHOD.to_owned(), figures, contributions_total: contributions.len(), contributions }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::tests::Dice;

    fn day(text: &str) -> Date {
        text.parse().expect("a valid date")
    }

    fn rating(entity: &str, value: Option<f64>, on: &str) -> OfficialRating {
        let record = RecordRef { dataset: "ratings".to_owned(), version: 1, id: format!("{entity}@{on}") };
        OfficialRating { record, entity: entity.to_owned(), group: "g".to_owned(), value, on: day(on) }
    }

    #[test]
    fn a_rating_older_than_the_last_sanction_is_believed_less() {
        let ratings: Vec<OfficialRating> = (0..40)
            .map(|home| rating(&format!("h{home:02}"), Some(1.0 + f64::from(home % 5)), "2025-01-01"))
            .chain([rating("zero", Some(0.0), "2025-01-01"), rating("blank", None, "2025-01-01")])
            .collect();
        let sanction = |entity: &str, on: &str| Sanction {
            record: RecordRef { dataset: "penalties".to_owned(), version: 1, id: entity.to_owned() },
            entity: entity.to_owned(),
            on: day(on),
        };
        let sanctions = [sanction("h04", "2025-03-01"), sanction("h09", "2024-03-01")];
        let beliefs = assess(&ratings, &sanctions, &Ageing::UNLEARNT, "overall", Scale::STARS, day("2025-06-01"));
        let beliefs = beliefs.expect("settings are right");
        let width = |place: usize| beliefs[place].estimate.value.value - beliefs[place].estimate.value.low;
        assert!(width(4) > 1.2 * width(14) && (width(9) - width(14)).abs() < 1e-9);
        let own = beliefs[4].estimate.because.contributions.iter().find(|one| one.label == "official_rating");
        assert_eq!(own.map(|one| one.discounted.as_str()), Some("older_than_sanction"));
        for unrated in &beliefs[40..] {
            assert_eq!((unrated.ground, unrated.estimate.value.voices), (Ground::NotEnough, 0.0));
            assert!((unrated.estimate.value.value - 3.0).abs() < 0.2, "zeros must not pull: {unrated:?}");
        }
    }

    #[test]
    fn ageing_is_learnt_from_history() {
        let mut dice = Dice(19);
        let mut history = Vec::new();
        for home in 0..600 {
            let mut quality = 3.0 + dice.normal();
            for quarter in 0..8 {
                let on = day("2023-01-01").saturating_add(jiff_days(91 * quarter));
                let mut one = rating(
                    &format!("h{home:03}"),
                    Some((quality + 0.4 * dice.normal()).clamp(-4.0, 10.0)),
                    "2023-01-01",
                );
                one.on = on;
                history.push(one);
                quality += 0.3 * dice.normal() * (91.0 / YEAR).sqrt();
            }
        }
        let learnt = Ageing::learn(&history, &[], Scale { low: -5.0, high: 11.0 });
        assert!((learnt.fresh - 0.16).abs() < 0.02 && (learnt.per_year - 0.09).abs() < 0.03, "{learnt:?}");
    }

    fn jiff_days(days: i32) -> std::time::Duration {
        std::time::Duration::from_secs(86_400 * days.unsigned_abs() as u64)
    }
}
