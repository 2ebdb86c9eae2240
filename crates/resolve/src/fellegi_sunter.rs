//! What each grade of likeness is worth, learned without labels.
//!
//! Holds the model of Fellegi and Sunter (1969): a pair's grades are independent given whether both are the same; `m` is the
//! chance of a grade among pairs that are the same, `u` among pairs that are not, and the weight of a grade is log2(m / u). Must
//! never see a record: it works on counts of patterns of grades.
//!
//! `u` comes from pairs that are known to be two things where there are such, else from random pairs, less the share of them
//! that are the same. `m` and the prior come from expectation maximisation
//! (Dempster, Laird, Rubin 1977) over all pairs there could be, where a pair that no block brought counts as not the same: so
//! the blocks do not bend what is learned.

/// The grades of a pair, four bits each, the first comparison lowest.
pub type Pattern = u64;

/// Puts grades into a pattern.
pub fn pattern(grades: impl Iterator<Item = u8>) -> Pattern {
    grades.enumerate().fold(0, |pattern, (at, grade)| pattern | u64::from(grade) << (4 * at))
}

/// The grade of one comparison.
pub fn grade_of(pattern: Pattern, comparison: usize) -> usize {
    (pattern >> (4 * comparison) & 15) as usize
}

/// What expectation maximisation starts from.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    /// Number of grades of each comparison, `missing` included.
    pub grades: Vec<usize>,
    /// How many blocked pairs have each pattern, sorted by pattern.
    pub patterns: Vec<(Pattern, u64)>,
    /// How many random pairs reached each grade, for each comparison.
    pub random: Vec<Vec<u64>>,
    /// True where these pairs are known not to be the same; otherwise some of them are.
    pub random_differ: bool,
    /// Number of pairs there could be.
    pub possible: f64,
    /// Number of pairs expected to be the same, to begin with.
    pub expected: f64,
}

/// What was learned.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters {
    /// Probability that two records taken at random are the same.
    pub prior: f64,
    /// Chance of each grade among pairs that are the same; the first, `missing`, is not used.
    pub m: Vec<Vec<f64>>,
    /// Chance of each grade among pairs that are not.
    pub u: Vec<Vec<f64>>,
    /// Rounds until nothing moved.
    pub rounds: usize,
}

/// Most rounds of expectation maximisation.
const MOST_ROUNDS: usize = 300;
/// Largest movement of a parameter at which learning ends.
const SETTLED: f64 = 1e-6;
/// Pairs that each grade is given before any is seen, so that no chance is ever zero.
const GIVEN: f64 = 0.5;

impl Parameters {
    /// Learns from what was observed.
    pub fn learn(observed: &Observed) -> Self {
        let chance: Vec<Vec<f64>> =
            observed.random.iter().map(|counts| shares(counts.iter().map(|&count| count as f64))).collect();
        let mut parameters = Self {
            prior: (observed.expected / observed.possible.max(1.0)).clamp(1e-12, 0.5),
            m: observed.grades.iter().map(|&grades| first_guess(grades)).collect(),
            u: chance.clone(),
            rounds: 0,
        };
        while parameters.rounds < MOST_ROUNDS {
            parameters.rounds += 1;
            if parameters.improve(observed, &chance) < SETTLED {
                break;
            }
        }
        parameters
    }

    /// The weight of a grade, log2 of m over u; 0 for `missing`.
    pub fn weight(&self, comparison: usize, grade: usize) -> f64 {
        if grade == 0 { 0.0 } else { (self.m[comparison][grade] / self.u[comparison][grade]).log2() }
    }

    /// The prior's weight, log2 of the odds.
    pub fn prior_weight(&self) -> f64 {
        (self.prior / (1.0 - self.prior)).log2()
    }

    /// The weight of a pattern, the prior's included.
    pub fn pattern_weight(&self, pattern: Pattern) -> f64 {
        (0..self.m.len()).map(|comparison| self.weight(comparison, grade_of(pattern, comparison))).sum::<f64>()
            + self.prior_weight()
    }

    /// One round; the largest movement of a parameter.
    fn improve(&mut self, observed: &Observed, chance: &[Vec<f64>]) -> f64 {
        let mut same = 0.0;
        let mut counts: Vec<Vec<f64>> = observed.grades.iter().map(|&grades| vec![0.0; grades]).collect();
        for &(pattern, pairs) in &observed.patterns {
            let expected = probability(self.pattern_weight(pattern)) * pairs as f64;
            same += expected;
            for (comparison, counts) in counts.iter_mut().enumerate() {
                counts[grade_of(pattern, comparison)] += expected;
            }
        }
        let prior = (same / observed.possible.max(1.0)).clamp(1e-12, 0.5);
        let mut moved = (prior / self.prior - 1.0).abs();
        self.prior = prior;
        for (comparison, counts) in counts.iter().enumerate() {
            let m = shares(counts.iter().copied());
            moved = m.iter().zip(&self.m[comparison]).fold(moved, |moved, (new, old)| moved.max((new - old).abs()));
            let least = 1.0 / (observed.random[comparison].iter().skip(1).sum::<u64>() as f64 + 2.0);
            let among = if observed.random_differ { 0.0 } else { prior };
            let without = |(all, same): (&f64, &f64)| ((all - among * same) / (1.0 - among)).max(least);
            self.u[comparison] = chance[comparison].iter().zip(&m).map(without).collect();
            self.m[comparison] = m;
        }
        moved
    }
}

/// The probability of a weight (log2 of odds).
pub fn probability(weight: f64) -> f64 {
    1.0 / (1.0 + (-weight).exp2())
}

/// Counts as shares of those that are known, with [`GIVEN`] pairs added to each grade. The first stays 0.
fn shares(counts: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut shares: Vec<f64> = counts.map(|count| count + GIVEN).collect();
    shares[0] = 0.0;
    let total: f64 = shares.iter().sum();
    shares.iter_mut().for_each(|share| *share /= total);
    shares
}

/// Most of the same pairs agree fully, few differ.
fn first_guess(grades: usize) -> Vec<f64> {
    let better = (grades.max(3) - 2) as f64;
    let mut guess = vec![0.15 / better.max(1.0); grades];
    guess[0] = 0.0;
    guess[grades - 1] = 0.8;
    guess[1] = 0.05;
    let total: f64 = guess.iter().sum();
    guess.iter().map(|share| share / total).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::draws::scatter;

    /// Draws pairs from a known model; nothing of the truth reaches the learner.
    #[test]
    fn known_chances_are_found_again() {
        let m = [[0.0, 0.1, 0.2, 0.7], [0.0, 0.05, 0.15, 0.8], [0.0, 0.2, 0.2, 0.6]];
        let u = [[0.0, 0.95, 0.04, 0.01], [0.0, 0.8, 0.15, 0.05], [0.0, 0.9, 0.08, 0.02]];
        let (possible, prior) = (400_000_u64, 0.005);
        let mut patterns = std::collections::BTreeMap::new();
        let mut random = vec![vec![0_u64; 4]; 3];
        for at in 0..possible {
            let draw = |salt: u64| (scatter(at * 8 + salt) >> 11) as f64 / (1_u64 << 53) as f64;
            let chances = if draw(7) < prior { &m } else { &u };
            let grade = |c: usize| {
                let chance = draw(c as u64);
                (1..4).find(|&g| chance < chances[c][..=g].iter().sum()).unwrap_or(3)
            };
            let grades = [grade(0), grade(1), grade(2)];
            grades.iter().enumerate().for_each(|(c, &grade)| random[c][grade] += 1);
            *patterns.entry(pattern(grades.iter().map(|&grade| grade as u8))).or_insert(0) += 1;
        }
        let observed = Observed {
            grades: vec![4; 3],
            patterns: patterns.into_iter().collect(),
            random,
            random_differ: false,
            possible: possible as f64,
            expected: 200.0,
        };
        let learned = Parameters::learn(&observed);
        assert!((learned.prior / prior - 1.0).abs() < 0.1, "{}", learned.prior);
        for c in 0..3 {
            for g in 1..4 {
                assert!((learned.m[c][g] - m[c][g]).abs() < 0.05, "m {c} {g}: {}", learned.m[c][g]);
                assert!((learned.u[c][g] - u[c][g]).abs() < 0.005, "u {c} {g}: {}", learned.u[c][g]);
            }
        }
    }
}
