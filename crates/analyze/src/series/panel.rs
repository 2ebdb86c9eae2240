//! Real changes of official stars from quarter to quarter, told from stars that jump and come back.
//!
//! Holds what the past of all homes teaches about one quarter's jump. It must never use a quarter later than the one it
//! speaks for.
//!
//! A jump is told by its direction, its length (one star, more) and how many quarters it has held. How often such jumps
//! went back at least half-way within a year, as far as known by then, is the probability that the jump is only chance.

use model::{Contribution, Date, Estimate, Explanation, RecordRef};

/// Name and version of the method.
const METHOD: &str = "official_change/1";
/// Quarters in which a jump may go back.
const YEAR: usize = 4;
/// Quarters up to which holding makes a difference.
const HELD: usize = 3;
/// Earlier jumps that must be known for every quarter of the year.
const LEAST_JUMPS: f64 = 30.0;
/// Half the width of the interval of a difference between two whole stars, each rounded, at 90 %.
const ROUNDING: f64 = 0.683_772;

/// The stars of one thing, quarter by quarter.
#[derive(Clone, Debug, PartialEq)]
pub struct Stars {
    /// The Entity.
    pub entity: String,
    /// What of the Entity.
    pub aspect: String,
    /// Quarter and stars, in order of time; quarters without stars left out.
    pub quarters: Vec<Quarter>,
}

/// The stars of one quarter.
#[derive(Clone, Debug, PartialEq)]
pub struct Quarter {
    /// First day of the quarter.
    pub date: Date,
    /// Stars.
    pub stars: f64,
    /// The row it comes from.
    pub record: Option<RecordRef>,
}

/// How jumps are judged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PanelSettings {
    /// Greatest probability of being only chance with which a jump is called a change.
    pub most_chance: f64,
    /// How many jumps of even odds the past counts for before it has any.
    pub prior_jumps: f64,
    /// Quarters after which a jump that is still not sure is looked at no more.
    pub patience: usize,
}

impl Default for PanelSettings {
    fn default() -> Self {
        Self { most_chance: 0.2, prior_jumps: 4.0, patience: HELD }
    }
}

/// A change of official stars.
#[derive(Clone, Debug, PartialEq)]
pub struct OfficialChange {
    /// Place of the series in the slice given.
    pub series: usize,
    /// First quarter of the new stars.
    pub since: Date,
    /// Quarter in which there was enough to say so.
    pub noticed: Date,
    /// New stars minus old.
    pub size: Estimate,
    /// Probability that it goes back within a year.
    pub chance: f64,
    /// Why.
    pub because: Explanation,
}

/// Every change of all series, of one aspect, in the order noticed.
pub fn official_changes(series: &[Stars], settings: &PanelSettings) -> Vec<OfficialChange> {
    let mut quarters: Vec<Date> =
        series.iter().flat_map(|one| one.quarters.iter().map(|quarter| quarter.date)).collect();
    quarters.sort_unstable();
    quarters.dedup();
    let rows: Vec<Vec<Option<&Quarter>>> = series.iter().map(|one| row(one, &quarters)).collect();
    let mut found = Vec::new();
    // Per series: the jump that already gave a change, so that it gives one only.
    let mut told = vec![None; series.len()];
    for now in 1..quarters.len() {
        let past = Past::until(&rows, now, settings);
        for (number, row) in rows.iter().enumerate() {
            let Some((at, before, after)) = open_jump(row, now, settings.patience) else { continue };
            let Some(chance) = past.chance(after - before, now - at).filter(|_| told[number] != Some(at)) else {
                continue;
            };
            if chance <= settings.most_chance {
                told[number] = Some(at);
                found.push(change(number, row, (at, now), chance, past.jumps(after - before, now - at)));
            }
        }
    }
    found
}

/// The quarters of a series under those of all; of a quarter given twice, the last.
fn row<'a>(stars: &'a Stars, quarters: &[Date]) -> Vec<Option<&'a Quarter>> {
    let mut row = vec![None; quarters.len()];
    for quarter in stars.quarters.iter().filter(|quarter| quarter.stars.is_finite()) {
        if let Ok(place) = quarters.binary_search(&quarter.date) {
            row[place] = Some(quarter);
        }
    }
    row
}

/// Stars at a quarter and the last ones before it.
fn jump_at(row: &[Option<&Quarter>], at: usize) -> Option<(f64, f64)> {
    let after = row[at]?.stars;
    let before = row[..at].iter().rev().flatten().next()?.stars;
    (before != after).then_some((before, after))
}

/// The latest jump of the last quarters that has not gone back up to `now`.
fn open_jump(row: &[Option<&Quarter>], now: usize, patience: usize) -> Option<(usize, f64, f64)> {
    let at = (1..=now).rev().take(patience + 1).find(|at| jump_at(row, *at).is_some())?;
    let (before, after) = jump_at(row, at)?;
    row[now].map(|_| (at, before, after))
}

/// What became of earlier jumps: by direction and length, and by quarters since the jump, how many had held until then and
/// how many of those went back in that quarter (the life table of E. L. Kaplan and P. Meier, 1958, so that jumps whose
/// year is not over count as far as they are known).
struct Past {
    counts: [[[(f64, f64); YEAR]; 2]; 2],
    prior: f64,
}

impl Past {
    fn until(rows: &[Vec<Option<&Quarter>>], now: usize, settings: &PanelSettings) -> Self {
        let mut counts = [[[(0.0, 0.0); YEAR]; 2]; 2];
        for row in rows {
            for at in 1..now {
                let Some((before, after)) = jump_at(row, at) else { continue };
                let [up, long] = class(after - before);
                for (age, count) in counts[up][long].iter_mut().enumerate().take(now - at) {
                    let Some(later) = row[at + age + 1] else { continue };
                    count.0 += 1.0;
                    count.1 += f64::from(u8::from(went_back(before, after, later.stars)));
                    // Stars that went on are another jump, judged for itself.
                    if later.stars != after {
                        break;
                    }
                }
            }
        }
        Self { counts, prior: settings.prior_jumps }
    }

    /// Probability that a jump that has held so many quarters goes back before its year is over.
    fn chance(&self, jump: f64, held: usize) -> Option<f64> {
        let [up, long] = class(jump);
        let ages = self.counts[up][long].get(held..)?;
        // Some stars are renewed once a year only: before the last quarter of the year is known, nothing is.
        if ages.is_empty() || ages.iter().any(|(all, _)| *all < LEAST_JUMPS) {
            return None;
        }
        // Even odds over a year before anything is known.
        let even = 1.0 - 0.5_f64.powf(1.0 / YEAR as f64);
        let stays = ages.iter().map(|(all, gone)| 1.0 - (gone + self.prior * even) / (all + self.prior));
        Some(1.0 - stays.product::<f64>())
    }

    /// Earlier jumps that had held as long, as far as they are known.
    fn jumps(&self, jump: f64, held: usize) -> f64 {
        let [up, long] = class(jump);
        self.counts[up][long].get(held).map_or(0.0, |count| count.0)
    }
}

fn went_back(before: f64, after: f64, later: f64) -> bool {
    (later - after) / (before - after) >= 0.5
}

fn class(jump: f64) -> [usize; 2] {
    [usize::from(jump > 0.0), usize::from(jump.abs() >= 1.5)]
}

fn change(
    series: usize,
    row: &[Option<&Quarter>],
    (at, now): (usize, usize),
    chance: f64,
    jumps: f64,
) -> OfficialChange {
    let before = row[..at].iter().rev().flatten().next().expect("a jump has stars before it");
    let after = row[at].expect("a jump has stars of its own");
    let noticed = row[now].expect("a jump is judged in quarters with stars");
    let value = after.stars - before.stars;
    let contribution = |label: &str, quarter: &Quarter| Contribution {
        record: quarter.record.clone(),
        label: label.to_owned(),
        value: quarter.stars,
        weight: 0.5,
        discounted: String::new(),
    };
    OfficialChange {
        series,
        since: after.date,
        noticed: noticed.date,
        size: Estimate {
            value,
            low: value - ROUNDING,
            high: value + ROUNDING,
            level: 0.9,
            voices: 2.0,
            independent_voices: 2.0,
        },
        chance,
        because: Explanation {
            method: METHOD.to_owned(),
            figures: vec![
                ("stars_before".to_owned(), before.stars),
                ("stars_since".to_owned(), after.stars),
                ("quarters_held".to_owned(), (now - at) as f64),
                ("earlier_jumps".to_owned(), jumps),
            ],
            contributions: vec![contribution("stars_before", before), contribution("stars_since", after)],
            contributions_total: 2,
        },
    }
}
