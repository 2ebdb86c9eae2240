//! Whose ratings follow what they rate, and what is well rated by those.
//!
//! Holds the fairness of raters and the goodness of the rated, found from one another. It must never use a label of who is honest,
//! never judge a rater by its own rating, and never call a rater unfair for being alone: who rated first, or where few rated, is
//! judged as far as others tell.
//!
//! A fair rater gives what the rated is worth, give or take; an unfair one gives ratings like everybody's that have nothing to do with
//! what it rates. How far fair ratings scatter and how much the rated differ is estimated once from all ratings (analysis of variance).
//! Each rating then speaks for its rater being fair or not, given what the *others* who are believed say of the same thing, and
//! goodness is the mean of ratings, each weighed by how likely its rater is fair, drawn towards the mean of all where few speak.

#[cfg(test)]
mod tests;

use crate::AssessError;
use model::{Contribution, Explained, Explanation};

/// One rating.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GivenRating {
    /// Number of the rater.
    pub rater: u32,
    /// Number of what is rated.
    pub rated: u32,
    /// The rating, on any scale: signed, graded, stars.
    pub rating: f64,
}

/// How fairness and goodness are found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrustSettings {
    /// By what rule.
    pub method: TrustMethod,
    /// Share of raters taken to be unfair before anything is known of them.
    pub unfair: f64,
    /// Rounds at most.
    pub most_rounds: usize,
    /// Change of a fairness in one round below which nothing moves any more.
    pub tolerance: f64,
}

impl Default for TrustSettings {
    fn default() -> Self {
        Self { method: TrustMethod::Mixture, unfair: 0.1, most_rounds: 500, tolerance: 1e-9 }
    }
}

/// The rules there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TrustMethod {
    /// Fair and unfair raters as the module says.
    #[default]
    Mixture,
    /// The plain iteration of S. Kumar, F. Spezzano, V. S. Subrahmanian and C. Faloutsos, "Edge weight prediction in weighted signed
    /// networks", ICDM 2016, as a yardstick: fairness is one less the mean distance to goodness, goodness the mean of ratings weighed
    /// by fairness.
    Plain,
}

impl TrustMethod {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Mixture, Self::Plain];

    /// The word that a call names it with.
    pub fn word(self) -> &'static str {
        match self {
            Self::Mixture => "mixture",
            Self::Plain => "plain",
        }
    }
}

/// What is found of raters and rated.
#[derive(Clone, Debug, PartialEq)]
pub struct Trust {
    /// How fair each rater is, from 0 to 1: under the mixture the probability that it is, under the plain rule the measure itself.
    pub fairness: Vec<f64>,
    /// The same on a scale that never ends: the logarithm of the odds, by which raters are ordered.
    pub log_odds: Vec<f64>,
    /// What each rated thing is worth, on the scale of the ratings.
    pub goodness: Vec<f64>,
    /// Standard error of each goodness; not a number under the plain rule.
    pub goodness_error: Vec<f64>,
    /// Number of ratings that each rater gave.
    pub given: Vec<u32>,
    /// Number of ratings that each rated thing got.
    pub received: Vec<u32>,
    /// What all ratings have in common.
    pub scatter: Scatter,
    /// Rounds that it took.
    pub rounds: usize,
    /// False where fairness still moved at the end.
    pub settled: bool,
}

/// How ratings scatter.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scatter {
    /// Mean of all ratings.
    pub mean: f64,
    /// Variance of all ratings.
    pub all: f64,
    /// Variance of the ratings of one thing.
    pub within: f64,
    /// Variance of what things are worth.
    pub between: f64,
}

/// Finds fairness and goodness. `raters` and `rated` are how many there are; numbers run from 0. Time is proportional to the ratings,
/// for each round. The result does not depend on the order of the ratings, but for rounding.
///
/// # Errors
/// A number that is too high, a rating that is no number, a pair of rater and rated that comes twice, or settings without sense.
pub fn trust(
    ratings: &[GivenRating],
    raters: usize,
    rated: usize,
    settings: &TrustSettings,
) -> Result<Trust, AssessError> {
    settings.check()?;
    let mut order: Vec<GivenRating> = ratings.to_vec();
    order.sort_by_key(|one| (one.rated, one.rater));
    check(&order, raters, rated)?;
    let scatter = scatter(&order, rated);
    let mut found = Trust {
        fairness: vec![1.0 - settings.unfair; raters],
        log_odds: vec![0.0; raters],
        goodness: vec![scatter.mean; rated],
        goodness_error: vec![scatter.between.sqrt(); rated],
        given: vec![0; raters],
        received: vec![0; rated],
        scatter,
        rounds: 0,
        settled: order.is_empty(),
    };
    for one in &order {
        found.given[one.rater as usize] += 1;
        found.received[one.rated as usize] += 1;
    }
    match settings.method {
        TrustMethod::Mixture => mixture(&order, settings, &mut found),
        TrustMethod::Plain => plain(&order, settings, &mut found),
    }
    Ok(found)
}

impl TrustSettings {
    fn check(&self) -> Result<(), AssessError> {
        let wrong = |name, found: f64, write| Err(AssessError::Setting { name, found: found.to_string(), write });
        if !(self.unfair > 0.0 && self.unfair < 1.0) {
            return wrong("unfair", self.unfair, "a share between 0 and 1, such as 0.1");
        }
        if !(self.tolerance > 0.0 && self.tolerance.is_finite()) {
            return wrong("tolerance", self.tolerance, "a small number above 0, such as 1e-9");
        }
        Ok(())
    }
}

fn check(order: &[GivenRating], raters: usize, rated: usize) -> Result<(), AssessError> {
    let wrong = |name, found: String, write| Err(AssessError::Setting { name, found, write });
    for one in order {
        if one.rater as usize >= raters || one.rated as usize >= rated {
            let found = format!("rater {} of {raters}, rated {} of {rated}", one.rater, one.rated);
            return wrong("ratings", found, "numbers from 0, each less than how many there are");
        }
        if !one.rating.is_finite() {
            return wrong("ratings", one.rating.to_string(), "finite numbers");
        }
    }
    match order.windows(2).find(|pair| (pair[0].rated, pair[0].rater) == (pair[1].rated, pair[1].rater)) {
        Some(pair) => {
            let found = format!("two ratings of {} by {}", pair[0].rated, pair[0].rater);
            wrong("ratings", found, "one rating of each rater for each thing: the last one")
        }
        None => Ok(()),
    }
}

/// Variance components of a one-way layout of unequal groups (S. R. Searle, G. Casella and C. E. McCulloch, "Variance Components",
/// 1992, section 3.6), none below a hundredth of the whole.
fn scatter(order: &[GivenRating], rated: usize) -> Scatter {
    let count = order.len() as f64;
    if order.is_empty() {
        return Scatter::default();
    }
    let mean = order.iter().map(|one| one.rating).sum::<f64>() / count;
    let all = order.iter().map(|one| (one.rating - mean).powi(2)).sum::<f64>() / count;
    // Ratings that are the same but for rounding are the same.
    let size = order.iter().map(|one| one.rating.abs()).fold(0.0, f64::max);
    let all = if all.sqrt() <= 1e-12 * size { 0.0 } else { all };
    let mut sums = vec![(0.0, 0.0); rated];
    for one in order {
        sums[one.rated as usize].0 += 1.0;
        sums[one.rated as usize].1 += one.rating;
    }
    let things = sums.iter().filter(|(number, _)| *number > 0.0).count() as f64;
    let squares: f64 = order
        .iter()
        .map(|one| {
            let (number, sum) = sums[one.rated as usize];
            (one.rating - sum / number).powi(2)
        })
        .sum();
    let least = 0.01 * all;
    // Where nothing is rated twice, nothing tells one from the other: half and half.
    let within = if count > things { squares / (count - things) } else { 0.5 * all };
    let sizes: f64 = sums.iter().map(|(number, _)| number * number).sum();
    let usual = (count - sizes / count) / (things - 1.0).max(1.0);
    let of_means: f64 = sums
        .iter()
        .filter(|(number, _)| *number > 0.0)
        .map(|(number, sum)| number * (sum / number - mean).powi(2))
        .sum();
    let between = (of_means / (things - 1.0).max(1.0) - within) / usual.max(f64::MIN_POSITIVE);
    Scatter { mean, all, within: within.max(least), between: between.clamp(least, all.max(least)) }
}

/// What the ratings of one thing add up to, each weighed by how fair its rater is.
struct Sums {
    weight: Vec<f64>,
    weighed: Vec<f64>,
}

impl Sums {
    fn of(order: &[GivenRating], rated: usize, fairness: &[f64]) -> Self {
        let mut sums = Self { weight: vec![0.0; rated], weighed: vec![0.0; rated] };
        for one in order {
            let weight = fairness[one.rater as usize];
            sums.weight[one.rated as usize] += weight;
            sums.weighed[one.rated as usize] += weight * one.rating;
        }
        sums
    }
}

impl Scatter {
    /// Mean of what is known of a thing and the variance of that, from the weight of its ratings and their weighed sum.
    fn known(&self, weight: f64, weighed: f64) -> (f64, f64) {
        let prior = self.within / self.between;
        let all = weight.max(0.0) + prior;
        ((weighed + prior * self.mean) / all, self.within / all)
    }

    /// What a rating speaks for its rater being fair, as a logarithm, where the others' ratings of the same thing are known.
    fn speaks(&self, rating: f64, weight: f64, weighed: f64) -> f64 {
        let (expected, variance) = self.known(weight, weighed);
        let fair = self.within + variance;
        let deviation = |from: f64, variance: f64| 0.5 * (variance.ln() + (rating - from).powi(2) / variance);
        deviation(self.mean, self.all) - deviation(expected, fair)
    }
}

fn mixture(order: &[GivenRating], settings: &TrustSettings, found: &mut Trust) {
    let scatter = found.scatter;
    let prior = ((1.0 - settings.unfair) / settings.unfair).ln();
    if scatter.all <= 0.0 {
        // All ratings are the same: nothing speaks for or against anybody.
        found.log_odds.fill(prior);
        found.settled = true;
        return;
    }
    let rated = found.goodness.len();
    while found.rounds < settings.most_rounds && !found.settled {
        found.rounds += 1;
        let sums = Sums::of(order, rated, &found.fairness);
        let mut log_odds = vec![prior; found.fairness.len()];
        for one in order {
            let (own, thing) = (found.fairness[one.rater as usize], one.rated as usize);
            log_odds[one.rater as usize] +=
                scatter.speaks(one.rating, sums.weight[thing] - own, sums.weighed[thing] - own * one.rating);
        }
        let mut moved = 0.0f64;
        for (fairness, log_odds) in found.fairness.iter_mut().zip(&log_odds) {
            let mut new = 1.0 / (1.0 + (-log_odds).exp());
            // Where two answers alternate, half steps find the one between.
            if found.rounds > 50 {
                new = 0.5 * (new + *fairness);
            }
            moved = moved.max((new - *fairness).abs());
            *fairness = new;
        }
        found.log_odds = log_odds;
        found.settled = moved < settings.tolerance;
    }
    let sums = Sums::of(order, rated, &found.fairness);
    for thing in 0..rated {
        let (goodness, variance) = scatter.known(sums.weight[thing], sums.weighed[thing]);
        found.goodness[thing] = goodness;
        found.goodness_error[thing] = variance.sqrt();
    }
}

fn plain(order: &[GivenRating], settings: &TrustSettings, found: &mut Trust) {
    let low = order.iter().map(|one| one.rating).fold(f64::INFINITY, f64::min);
    let high = order.iter().map(|one| one.rating).fold(f64::NEG_INFINITY, f64::max);
    let range = (high - low).max(f64::MIN_POSITIVE);
    found.fairness.fill(1.0);
    found.goodness_error.fill(f64::NAN);
    let rated = found.goodness.len();
    while found.rounds < settings.most_rounds && !found.settled {
        found.rounds += 1;
        let sums = Sums::of(order, rated, &found.fairness);
        for thing in 0..rated {
            found.goodness[thing] = sums.weighed[thing] / f64::from(found.received[thing].max(1));
        }
        let mut distance = vec![0.0; found.fairness.len()];
        for one in order {
            distance[one.rater as usize] += (one.rating - found.goodness[one.rated as usize]).abs() / range;
        }
        let mut moved = 0.0f64;
        for (rater, distance) in distance.into_iter().enumerate() {
            let new = 1.0 - distance / f64::from(found.given[rater].max(1));
            moved = moved.max((new - found.fairness[rater]).abs());
            found.fairness[rater] = new;
        }
        found.settled = moved < settings.tolerance;
    }
    let odds = |fairness: &f64| (fairness.max(f64::MIN_POSITIVE) / (1.0 - fairness).max(f64::MIN_POSITIVE)).ln();
    found.log_odds = found.fairness.iter().map(odds).collect();
}

/// For each rating, how far it is off what others say of the thing, and what it adds to the logarithm of the odds that its rater is fair;
/// `None` for ratings of raters and things beyond those of the result. Only under the mixture. O(ratings).
pub fn what_ratings_speak(ratings: &[GivenRating], found: &Trust) -> Vec<Option<(f64, f64)>> {
    let rated = found.goodness.len();
    let inside = |one: &GivenRating| {
        (one.rater as usize) < found.fairness.len() && (one.rated as usize) < rated && one.rating.is_finite()
    };
    let order: Vec<GivenRating> = ratings.iter().copied().filter(inside).collect();
    let sums = Sums::of(&order, rated, &found.fairness);
    let speaks = |one: &GivenRating| {
        inside(one).then(|| {
            let (thing, own) = (one.rated as usize, found.fairness[one.rater as usize]);
            // What others say is all that is said, without this one.
            let (weight, weighed) = (sums.weight[thing] - own, sums.weighed[thing] - own * one.rating);
            (one.rating - found.scatter.known(weight, weighed).0, found.scatter.speaks(one.rating, weight, weighed))
        })
    };
    ratings.iter().map(speaks).collect()
}

/// Why a rater is as fair as it is: its ratings with what each speaks for or against, the strongest first. The value of a
/// contribution is the rating less what others say of the thing, its weight what it adds to the logarithm of the odds; the label is the
/// number of the thing. Only under the mixture.
pub fn explain_rater(ratings: &[GivenRating], found: &Trust, rater: u32) -> Explained<f64> {
    let own = found.fairness.get(rater as usize).copied().unwrap_or(0.0);
    let mut contributions: Vec<Contribution> = ratings
        .iter()
        .zip(what_ratings_speak(ratings, found))
        .filter(|(one, _)| one.rater == rater)
        .filter_map(|(one, speaks)| {
            let (off, weight) = speaks?;
            let label = one.rated.to_string();
            Some(Contribution { record: None, label, value: off, weight, discounted: String::new() })
        })
        .collect();
    contributions.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()).then_with(|| a.label.cmp(&b.label)));
    let figures = vec![
        ("mean_of_all".to_owned(), found.scatter.mean),
        ("scatter_of_fair_ratings".to_owned(), found.scatter.within.sqrt()),
        ("scatter_of_things".to_owned(), found.scatter.between.sqrt()),
    ];
    let contributions_total = contributions.len();
    Explained::new(own, Explanation { method: "trust/1".to_owned(), figures, contributions, contributions_total })
}
