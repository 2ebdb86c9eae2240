//! What the answers tell about those who gave them: how often they are right, how sure that is, and what looks odd.
//!
//! For the analyst who asks for it, on a file. It must never reach a page about a person.

use super::{Answers, Groups, Inference};
use model::estimate::normal_quantile;
use rayon::prelude::*;
use std::collections::HashMap;

/// Probability that the interval of a reliability holds it.
const LEVEL: f64 = 0.9;
/// Answers below which nothing is said to look odd.
const FEWEST: f64 = 10.0;
/// Tasks that two workers must share before they are compared.
const FEWEST_SHARED: u32 = 8;
/// Standard deviations above chance from which agreement in what is wrong looks copied: one in a billion pairs by chance.
const COPIED: f64 = 6.0;
/// Tasks of more answers are not looked through for copies: every pair would be counted.
const MOST_ANSWERS: usize = 200;

/// What looks odd about a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flag {
    /// What they answer has nothing to do with the task.
    Spammer,
    /// They give one label always.
    AlwaysTheSame,
    /// They are wrong where another is wrong, in the same way.
    Copies,
}

impl Flag {
    /// The word that stands in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Spammer => "spammer",
            Self::AlwaysTheSame => "always_the_same",
            Self::Copies => "copies",
        }
    }
}

/// What is known about one worker.
#[derive(Clone, Debug, PartialEq)]
pub struct Worker {
    /// Share of their answers that are right, as far as the labels are known.
    pub reliability: f64,
    /// Lower end of its 90 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Answers that count.
    pub answers: usize,
    /// What looks odd.
    pub flags: Vec<Flag>,
    /// The worker they seem to copy, or who seems to copy them.
    pub copies: Option<u32>,
}

impl Inference {
    /// Every worker, by number. Takes time proportional to the answers, and to the pairs of answers within each task.
    pub fn workers(&self, answers: &Answers, groups: &Groups) -> Vec<Worker> {
        let copied = self.copies(answers, groups);
        let mut sums = vec![Sums::default(); answers.workers()];
        for sum in &mut sums {
            sum.given = vec![0.0; self.labels];
        }
        for task in 0..answers.tasks() {
            let belief = self.belief(task);
            for (worker, label) in answers.of_task(task) {
                let sum = &mut sums[worker as usize];
                sum.right += f64::from(belief[usize::from(label)]);
                sum.given[usize::from(label)] += 1.0;
            }
        }
        sums.iter()
            .enumerate()
            .map(|(worker, sum)| self.worker(groups, worker, sum, copied.get(&(worker as u32))))
            .collect()
    }

    fn worker(&self, groups: &Groups, worker: usize, sum: &Sums, copies: Option<&u32>) -> Worker {
        let all: f64 = sum.given.iter().sum();
        // Wilson's interval, around the share of right answers.
        let z = normal_quantile(0.5 + LEVEL / 2.0);
        let share = if all > 0.0 { sum.right / all } else { 0.0 };
        let (middle, half) = if all > 0.0 {
            let scale = 1.0 + z * z / all;
            let spread = (share * (1.0 - share) / all + z * z / (4.0 * all * all)).sqrt();
            ((share + z * z / (2.0 * all)) / scale, z * spread / scale)
        } else {
            (0.5, 0.5)
        };
        let mut flags = Vec::new();
        if all >= FEWEST {
            let same = sum.given.iter().any(|given| *given >= all);
            if same {
                flags.push(Flag::AlwaysTheSame);
            } else if self.tells(groups, worker) < 0.1 {
                flags.push(Flag::Spammer);
            }
        }
        if copies.is_some() {
            flags.push(Flag::Copies);
        }
        Worker {
            reliability: share,
            low: (middle - half).max(0.0),
            high: (middle + half).min(1.0),
            answers: all as usize,
            flags,
            copies: copies.copied(),
        }
    }

    /// How far the label that a worker gives depends on the class, 0 to 1: the mean distance between rows of the confusion matrix
    /// (V. C. Raykar and S. Yu, "Eliminating spammers and ranking annotators for crowdsourced labeling tasks", JMLR 13, 2012).
    fn tells(&self, groups: &Groups, worker: usize) -> f64 {
        let k = self.labels;
        let (mut sum, mut pairs) = (0.0, 0.0);
        for one in 0..k {
            for other in one + 1..k {
                let apart = |label| self.chance(groups, worker, one, label) - self.chance(groups, worker, other, label);
                sum += (0..k).map(|label| apart(label).powi(2)).sum::<f64>() / 2.0;
                pairs += 1.0;
            }
        }
        sum / pairs
    }

    /// Pairs of workers who agree in what is wrong more often than workers like them do by chance; each worker with the other
    /// of its most striking pair.
    fn copies(&self, answers: &Answers, groups: &Groups) -> HashMap<u32, u32> {
        // Expected and found agreements on labels that are not believed, and their variance.
        let merge = |mut into: HashMap<(u32, u32), Pair>, from: HashMap<(u32, u32), Pair>| {
            for (pair, sum) in from {
                into.entry(pair).or_default().add(&sum);
            }
            into
        };
        // Fixed parts, merged in their order, so that sums come out the same on any number of threads.
        let parts: Vec<HashMap<(u32, u32), Pair>> = (0..answers.tasks())
            .collect::<Vec<_>>()
            .par_chunks(1 << 14)
            .map(|tasks| {
                let mut pairs: HashMap<(u32, u32), Pair> = HashMap::new();
                for &task in tasks {
                    self.compare(answers, groups, task, &mut pairs);
                }
                pairs
            })
            .collect();
        let pairs = parts.into_iter().fold(HashMap::new(), merge);
        let mut striking: Vec<(f64, (u32, u32))> = pairs
            .into_iter()
            .filter(|(_, pair)| pair.shared >= FEWEST_SHARED)
            .map(|(workers, pair)| ((pair.found - pair.expected) / pair.variance.max(0.25).sqrt(), workers))
            .filter(|(excess, _)| *excess >= COPIED)
            .collect();
        striking.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut copies = HashMap::new();
        for (_, (one, other)) in striking {
            copies.entry(one).or_insert(other);
            copies.entry(other).or_insert(one);
        }
        copies
    }

    fn compare(&self, answers: &Answers, groups: &Groups, task: usize, pairs: &mut HashMap<(u32, u32), Pair>) {
        let found = self.label(answers, task);
        let (Some(believed), true) = (found.label, (2..=MOST_ANSWERS).contains(&found.answers)) else { return };
        let said: Vec<(u32, u16)> = answers.of_task(task).collect();
        for (place, &(one, its)) in said.iter().enumerate() {
            for &(other, theirs) in &said[place + 1..] {
                let class = usize::from(believed);
                let both = |label: usize| {
                    self.chance(groups, one as usize, class, label) * self.chance(groups, other as usize, class, label)
                };
                let expected: f64 = (0..self.labels).filter(|label| *label != class).map(both).sum();
                let agree = its == theirs && its != believed;
                pairs.entry((one, other)).or_default().add(&Pair {
                    shared: 1,
                    found: f64::from(u8::from(agree)),
                    expected,
                    variance: expected * (1.0 - expected),
                });
            }
        }
    }
}

#[derive(Clone, Debug, Default)]
struct Sums {
    right: f64,
    given: Vec<f64>,
}

/// What two workers did in the tasks they share.
#[derive(Clone, Copy, Debug, Default)]
struct Pair {
    shared: u32,
    found: f64,
    expected: f64,
    variance: f64,
}

impl Pair {
    fn add(&mut self, other: &Self) {
        self.shared += other.shared;
        self.found += other.found;
        self.expected += other.expected;
        self.variance += other.variance;
    }
}
