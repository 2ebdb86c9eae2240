//! What each grade of likeness is worth, learned without labels.
//!
//! Holds the model of Fellegi and Sunter (1969): `same` is the chance of a grade among pairs that are the same, `others` among
//! pairs that are not, and the weight of a grade is log2 of their ratio. Must never see a record: it works on counts of patterns
//! of grades.
//!
//! Grades are not always independent: who agrees in the town agrees in the postcode, and who has moved differs in all of an address.
//! Counted twice, such grades would tell too much. So each comparison may depend on one other, among the same and among others
//! apart (`dependence`), and its weight is what it tells beyond that one. Weights still add up.
//!
//! Chances among others come from pairs that are known to be two things where there are such, else from random pairs, each
//! weighed by how little it looks the same. The rest comes from expectation maximisation (Dempster, Laird, Rubin 1977) over
//! all pairs there could be, where a pair that no block brought counts as not the same: so the blocks do not bend what is
//! learned.
//!
//! Where each record means at most one other, the pairs of a record share one chance (`rivals`). What persons said of some pairs
//! counts as seen.

mod dependence;
mod rivals;

use dependence::Joint;
pub use rivals::{Rivals, beside_rivals};

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
    /// How many random pairs have each pattern, sorted by pattern.
    pub random: Vec<(Pattern, u64)>,
    /// True where these pairs are known not to be the same; otherwise some of them are.
    pub random_differ: bool,
    /// Number of pairs there could be.
    pub possible: f64,
    /// Number of pairs expected to be the same, to begin with.
    pub expected: f64,
    /// Most pairs that can be the same: a record has few others that mean what it means.
    pub most: f64,
    /// Whether comparisons may depend on one another.
    pub dependent: bool,
    /// The blocked pairs one by one, where each record means at most one other. The bound on pairs that are the same follows from it.
    pub rivals: Option<Rivals>,
    /// The comparison that only blocked pairs have: its chances among others come from these.
    pub of_blocked: Option<usize>,
    /// Patterns of pairs that persons have judged, and whether they are the same. They are not among the blocked pairs.
    pub labelled: Vec<(Pattern, bool)>,
}

impl Observed {
    /// For each comparison the grades that some pair has. Others tell nothing: no share of chance is kept for them.
    fn seen(&self) -> Vec<[bool; 16]> {
        let mut seen = vec![[false; 16]; self.grades.len()];
        let labelled = self.labelled.iter().map(|(pattern, _)| pattern);
        for pattern in self.patterns.iter().chain(&self.random).map(|(pattern, _)| pattern).chain(labelled) {
            seen.iter_mut().enumerate().for_each(|(at, seen)| seen[grade_of(*pattern, at)] = true);
        }
        seen
    }

    /// The number of pairs of each pattern expected to be the same, from the weights of the patterns.
    fn expected_same(&self, weights: &[f64]) -> Vec<(Pattern, f64)> {
        let numbers: Vec<f64> = match &self.rivals {
            Some(rivals) => rivals.expected(weights),
            None => weights
                .iter()
                .zip(&self.patterns)
                .map(|(weight, (_, pairs))| probability(*weight) * *pairs as f64)
                .collect(),
        };
        self.patterns.iter().zip(numbers).map(|((pattern, _), number)| (*pattern, number)).collect()
    }
}

/// Expected numbers of pairs by pattern, in a round.
struct Expected {
    same: Vec<(Pattern, f64)>,
    others: Vec<(Pattern, f64)>,
    /// Those of the blocked pairs that are not the same; empty where no comparison asks for them.
    blocked_others: Vec<(Pattern, f64)>,
}

impl Expected {
    /// From what is expected to be the same among blocked pairs, and what is not among random ones.
    fn new(observed: &Observed, mut same: Vec<(Pattern, f64)>, mut others: Vec<(Pattern, f64)>) -> Self {
        let of_blocked = |((pattern, pairs), (_, same)): (&(Pattern, u64), &(Pattern, f64))| {
            (*pattern, (*pairs as f64 - same).max(0.0))
        };
        let mut blocked_others: Vec<(Pattern, f64)> = match observed.of_blocked {
            Some(_) => observed.patterns.iter().zip(&same).map(of_blocked).collect(),
            None => Vec::new(),
        };
        for &(pattern, is_same) in &observed.labelled {
            let lists = if is_same { vec![&mut same] } else { vec![&mut others, &mut blocked_others] };
            lists.into_iter().for_each(|list| list.push((pattern, 1.0)));
        }
        Self { same, others, blocked_others }
    }
}

/// The chances of the grades of one comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Chances {
    /// The comparison on whose grade they depend.
    pub given: Option<usize>,
    /// First the chances whatever the other's grade, then those for each of its grades. The chance of `missing` is not used.
    rows: Vec<Vec<f64>>,
}

impl Chances {
    /// The chance of a grade, whatever other comparisons say.
    pub fn of(&self, grade: usize) -> f64 {
        self.rows[0][grade]
    }

    fn row(&self, pattern: Pattern) -> usize {
        self.given.map_or(0, |given| grade_of(pattern, given))
    }
}

/// What was learned.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameters {
    /// Probability that two records taken at random are the same.
    pub prior: f64,
    /// Chances among pairs that are the same, by comparison.
    pub same: Vec<Chances>,
    /// Chances among pairs that are not.
    pub others: Vec<Chances>,
    /// Rounds until nothing moved.
    pub rounds: usize,
}

/// Most rounds of expectation maximisation, once with independent grades and once with dependent ones.
const MOST_ROUNDS: usize = 300;
/// Largest movement of a chance, or relative movement of the prior, at which learning ends.
const SETTLED: f64 = 1e-6;
/// Pairs that each grade is given before any is seen, so that no chance is ever zero.
const GIVEN: f64 = 0.5;
/// The chance of a grade that no pair has, among the same and among others.
const UNSEEN: f64 = 1e-9;
/// Pairs that a chance which depends on another grade is given, shared out as if it did not.
const GIVEN_DEPENDENT: f64 = 20.0;

impl Parameters {
    /// Learns from what was observed. A round costs the number of patterns times that of comparisons.
    pub fn learn(observed: &Observed) -> Self {
        let independent = |rows: Vec<Vec<f64>>| rows.into_iter().map(|row| Chances { given: None, rows: vec![row] });
        let random = Joint::of_each(observed.grades.len(), &weighed(&observed.random, |_| 1.0));
        let seen = observed.seen();
        let mut parameters = Self {
            prior: (observed.expected / observed.possible.max(1.0)).clamp(1e-12, 0.5),
            same: independent(observed.grades.iter().map(|&grades| first_guess(grades)).collect()).collect(),
            others: independent(
                random
                    .iter()
                    .zip(&observed.grades)
                    .zip(&seen)
                    .map(|((counts, &grades), seen)| shares(&counts[..grades], seen))
                    .collect(),
            )
            .collect(),
            rounds: 0,
        };
        parameters.settle(observed, &seen);
        if observed.dependent {
            parameters.depend(observed, &seen);
        }
        parameters
    }

    /// The weight of the grade that a comparison has in this pattern: log2 of its chance among the same over that among others.
    /// 0 for `missing`.
    pub fn weight(&self, pattern: Pattern, comparison: usize) -> f64 {
        match grade_of(pattern, comparison) {
            0 => 0.0,
            grade => {
                let (same, others) = (&self.same[comparison], &self.others[comparison]);
                (same.rows[same.row(pattern)][grade] / others.rows[others.row(pattern)][grade]).log2()
            }
        }
    }

    /// The weight of a grade where nothing is known of the other comparisons.
    pub fn weight_alone(&self, comparison: usize, grade: usize) -> f64 {
        if grade == 0 { 0.0 } else { (self.same[comparison].of(grade) / self.others[comparison].of(grade)).log2() }
    }

    /// The most a grade can weigh, whatever the other comparisons say.
    pub fn most_of(&self, comparison: usize, grade: usize) -> f64 {
        let most = |chances: &Chances| chances.rows.iter().map(|row| row[grade]).fold(0.0, f64::max);
        let least = |chances: &Chances| chances.rows.iter().map(|row| row[grade]).fold(1.0, f64::min);
        if grade == 0 { 0.0 } else { (most(&self.same[comparison]) / least(&self.others[comparison])).log2() }
    }

    /// The share of what an agreement among others tells that is left where the comparison it depends on agrees: 1 where it
    /// depends on none, near 0 where the one follows from the other.
    pub fn left_of_agreement(&self, pattern: Pattern, comparison: usize) -> f64 {
        let others = &self.others[comparison];
        let best = others.rows[0].len() - 1;
        match others.row(pattern) {
            0 => 1.0,
            row => (others.rows[row][best].log2() / others.rows[0][best].log2()).clamp(0.0, 1.0),
        }
    }

    /// The prior's weight, log2 of the odds.
    pub fn prior_weight(&self) -> f64 {
        weight_of(self.prior)
    }

    /// The weight of a pattern, the prior's included.
    pub fn pattern_weight(&self, pattern: Pattern) -> f64 {
        (0..self.same.len()).map(|comparison| self.weight(pattern, comparison)).sum::<f64>() + self.prior_weight()
    }

    /// Finds which comparisons depend on one another, and learns on.
    fn depend(&mut self, observed: &Observed, seen: &[[bool; 16]]) {
        let weights: Vec<f64> = observed.patterns.iter().map(|(pattern, _)| self.pattern_weight(*pattern)).collect();
        let same = observed.expected_same(&weights);
        let other =
            |pattern| if observed.random_differ { 1.0 } else { 1.0 - probability(self.pattern_weight(pattern)) };
        let expected = Expected::new(observed, same, weighed(&observed.random, other));
        for (chances, patterns) in [(&mut self.same, &expected.same), (&mut self.others, &expected.others)] {
            for (own, given) in chances.iter_mut().zip(dependence::tree(&observed.grades, patterns)) {
                own.given = given;
                own.rows = vec![own.rows[0].clone(); given.map_or(1, |given| observed.grades[given])];
            }
        }
        if self.same.iter().chain(&self.others).any(|chances| chances.given.is_some()) {
            self.count(observed, seen, &expected);
            self.settle(observed, seen);
        }
    }

    /// Rounds until nothing moves.
    fn settle(&mut self, observed: &Observed, seen: &[[bool; 16]]) {
        for _ in 0..MOST_ROUNDS {
            self.rounds += 1;
            if self.improve(observed, seen) < SETTLED {
                break;
            }
        }
    }

    /// One round; the largest movement of a parameter.
    fn improve(&mut self, observed: &Observed, seen: &[[bool; 16]]) -> f64 {
        let tables = self.tables();
        let told = |pattern: Pattern| tables.iter().map(|table| table.weight(pattern)).sum::<f64>();
        let weights: Vec<f64> = observed.patterns.iter().map(|&(pattern, _)| told(pattern)).collect();
        let expected = |prior: f64| {
            let of = |(weight, &(_, pairs)): (&f64, &(Pattern, u64))| probability(weight + prior) * pairs as f64;
            weights.iter().zip(&observed.patterns).map(of).sum::<f64>()
        };
        // The pairs of a record that share one chance cannot be too many.
        let held = match &observed.rivals {
            Some(_) => self.prior_weight(),
            None => hold(self.prior_weight(), observed.most, expected),
        };
        let same = observed.expected_same(&weights.iter().map(|weight| weight + held).collect::<Vec<f64>>());
        let all: f64 = same.iter().map(|(_, pairs)| pairs).sum();
        let free = (all / observed.possible.max(1.0)).clamp(1e-12, 0.5);
        let prior = if held < self.prior_weight() { probability(held).max(1e-12) } else { free };
        let moved = (prior / self.prior - 1.0).abs();
        let other = |pattern| if observed.random_differ { 1.0 } else { 1.0 - probability(told(pattern) + held) };
        let expected = Expected::new(observed, same, weighed(&observed.random, other));
        self.prior = prior;
        moved.max(self.count(observed, seen, &expected))
    }

    /// Takes chances from expected numbers of pairs; the largest movement of one.
    fn count(&mut self, observed: &Observed, seen: &[[bool; 16]], expected: &Expected) -> f64 {
        let mut moved = 0.0f64;
        let sides = [(&mut self.same, &expected.same, true), (&mut self.others, &expected.others, false)];
        for (chances, patterns, is_same) in sides {
            let mut alone = Joint::of_each(observed.grades.len(), patterns);
            if let Some(at) = observed.of_blocked.filter(|_| !is_same) {
                alone[at] = Joint::of_each(observed.grades.len(), &expected.blocked_others)[at];
            }
            for (at, (own, counts)) in chances.iter_mut().zip(&alone).enumerate() {
                let counts = &counts[..observed.grades[at]];
                let known: f64 = counts[1..].iter().sum();
                let mut first = shares(counts, &seen[at]);
                if !is_same {
                    let least = 1.0 / (known + 2.0);
                    first[1..]
                        .iter_mut()
                        .zip(&seen[at][1..])
                        .filter(|(_, seen)| **seen)
                        .for_each(|(chance, _)| *chance = chance.max(least));
                }
                let mut rows = vec![first];
                if let Some(given) = own.given {
                    let joint = Joint::of(patterns, given, at);
                    for other in 1..observed.grades[given] {
                        let row = joint.row(other, observed.grades[at]);
                        let total = row[1..].iter().sum::<f64>() + GIVEN_DEPENDENT;
                        let share = |((count, alone), seen): ((&f64, &f64), &bool)| {
                            if *seen { (count + GIVEN_DEPENDENT * alone) / total } else { UNSEEN }
                        };
                        rows.push(row.iter().zip(&rows[0]).zip(&seen[at]).map(share).collect());
                    }
                }
                let old = own.rows.iter().flatten();
                moved = rows.iter().flatten().zip(old).fold(moved, |moved, (new, old)| moved.max((new - old).abs()));
                own.rows = rows;
            }
        }
        moved
    }

    /// The weights of all grades, ready to be looked up.
    fn tables(&self) -> Vec<WeightTable> {
        let logs = |chances: &Chances| -> Vec<[f64; 16]> {
            let row = |row: &Vec<f64>| {
                let mut logs = [0.0; 16];
                row.iter().enumerate().skip(1).for_each(|(grade, chance)| logs[grade] = chance.log2());
                logs
            };
            chances.rows.iter().map(row).collect()
        };
        let table = |(at, (same, others)): (usize, (&Chances, &Chances))| WeightTable {
            at,
            same: (same.given, logs(same)),
            others: (others.given, logs(others)),
        };
        self.same.iter().zip(&self.others).enumerate().map(table).collect()
    }
}

/// The logarithms of the chances of one comparison.
struct WeightTable {
    at: usize,
    same: (Option<usize>, Vec<[f64; 16]>),
    others: (Option<usize>, Vec<[f64; 16]>),
}

impl WeightTable {
    fn weight(&self, pattern: Pattern) -> f64 {
        let grade = grade_of(pattern, self.at);
        let row = |given: Option<usize>| given.map_or(0, |given| grade_of(pattern, given));
        self.same.1[row(self.same.0)][grade] - self.others.1[row(self.others.0)][grade]
    }
}

/// Each pattern with its number of pairs, weighed.
fn weighed(patterns: &[(Pattern, u64)], weight: impl Fn(Pattern) -> f64) -> Vec<(Pattern, f64)> {
    patterns.iter().map(|&(pattern, pairs)| (pattern, weight(pattern) * pairs as f64)).collect()
}

/// The highest prior weight, from the given one down, at which no more than `most` pairs are expected to be the same.
fn hold(prior: f64, most: f64, expected: impl Fn(f64) -> f64) -> f64 {
    if expected(prior) <= most {
        return prior;
    }
    let (mut low, mut high) = (prior - 100.0, prior);
    for _ in 0..40 {
        let middle = (low + high) / 2.0;
        if expected(middle) <= most { low = middle } else { high = middle }
    }
    low
}

/// The weight (log2 of odds) of a probability.
pub fn weight_of(probability: f64) -> f64 {
    (probability / (1.0 - probability)).log2()
}

/// The probability of a weight (log2 of odds).
pub fn probability(weight: f64) -> f64 {
    1.0 / (1.0 + (-weight).exp2())
}

/// Counts as shares of those that are known, with [`GIVEN`] pairs added to each grade that some pair has. The first stays 0; what no
/// pair has gets a share so small that it changes nothing, and is as likely either way.
fn shares(counts: &[f64], seen: &[bool; 16]) -> Vec<f64> {
    let given = |(count, seen): (&f64, &bool)| if *seen { count + GIVEN } else { UNSEEN };
    let mut shares: Vec<f64> = counts.iter().zip(seen).map(given).collect();
    shares[0] = 0.0;
    let total: f64 = shares.iter().sum();
    shares.iter_mut().zip(seen).for_each(|(share, seen)| *share = if *seen { *share / total } else { UNSEEN });
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
        for at in 0..possible {
            let draw = |salt: u64| (scatter(at * 8 + salt) >> 11) as f64 / (1_u64 << 53) as f64;
            let chances = if draw(7) < prior { &m } else { &u };
            let grade = |c: usize| {
                let chance = draw(c as u64);
                (1..4).find(|&g| chance < chances[c][..=g].iter().sum()).unwrap_or(3)
            };
            let grades = [grade(0), grade(1), grade(2)];
            *patterns.entry(pattern(grades.iter().map(|&grade| grade as u8))).or_insert(0) += 1;
        }
        let patterns: Vec<(Pattern, u64)> = patterns.into_iter().collect();
        let observed = Observed {
            grades: vec![4; 3],
            random: patterns.clone(),
            patterns,
            random_differ: false,
            possible: possible as f64,
            expected: 200.0,
            most: 100_000.0,
            dependent: true,
            rivals: None,
            of_blocked: None,
            labelled: Vec::new(),
        };
        let learned = Parameters::learn(&observed);
        assert!((learned.prior / prior - 1.0).abs() < 0.1, "{}", learned.prior);
        for c in 0..3 {
            for g in 1..4 {
                let (same, other) = (learned.same[c].of(g), learned.others[c].of(g));
                assert!((same - m[c][g]).abs() < 0.05, "m {c} {g}: {same}");
                assert!((other - u[c][g]).abs() < 0.005, "u {c} {g}: {other}");
            }
        }
    }
    /// A town tells its postcode: both agree by chance in one pair of ten thousand, and far more pairs share a town than mean the same.
    #[test]
    fn what_follows_from_another_grade_is_not_counted_twice() {
        let town = |agrees: bool| if agrees { 2 } else { 1 };
        let of = |name: u8, place: bool| pattern([name, town(place), town(place)].into_iter());
        let patterns = vec![(of(1, true), 9_990), (of(2, true), 900), (of(2, false), 10), (of(1, false), 100)];
        let mut patterns: Vec<(Pattern, u64)> = patterns;
        patterns.sort_unstable();
        let mut random = vec![(of(1, true), 100), (of(1, false), 999_890), (of(2, false), 10)];
        random.sort_unstable();
        let observed = Observed {
            grades: vec![3; 3],
            patterns,
            random,
            random_differ: true,
            possible: 1e8,
            expected: 300.0,
            most: 1_000.0,
            dependent: true,
            rivals: None,
            of_blocked: None,
            labelled: Vec::new(),
        };
        let learned = Parameters::learn(&observed);
        assert_eq!(learned.others[2].given, Some(1));
        let both = of(1, true);
        assert!(learned.weight(both, 2).abs() < 0.5, "{}", learned.weight(both, 2));
        assert!(learned.left_of_agreement(both, 2) < 0.05);
        assert!(probability(learned.pattern_weight(both)) < 0.1, "the same town is not the same thing");
        assert!(probability(learned.pattern_weight(of(2, true))) > 0.9, "the same name in the same town is");
    }
}
