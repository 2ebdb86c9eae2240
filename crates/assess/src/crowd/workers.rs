//! What the answers tell about those who gave them: how often they are right, how sure that is, and what looks odd.
//!
//! For the analyst who asks for it, on a file. It must never reach a page about a person.

use super::{Answers, Inference};
use model::estimate::wilson;
use rayon::prelude::*;
use std::collections::HashMap;

/// Probability that the interval of a reliability holds it.
const LEVEL: f64 = 0.9;
/// Answers below which nothing is said to look odd.
pub(super) const FEWEST: f64 = 10.0;
/// Tasks that two workers must share before they are compared.
pub(super) const FEWEST_SHARED: u32 = 8;
/// Standard deviations above chance from which agreement in what is wrong looks copied: one in a billion pairs by chance.
pub(super) const COPIED: f64 = 6.0;
/// How little an answer may depend on the class before it looks like chance, see `tells`.
const SAYS_NOTHING: f64 = 0.04;
/// How sure all others must be of a task.
const SURE: f64 = 0.9;
/// Tasks of more answers are not looked through for copies: every pair would be counted.
pub(super) const MOST_ANSWERS: usize = 200;

/// What looks odd about a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flag {
    /// What they answer has nothing to do with the task.
    Spammer,
    /// They give one label always.
    AlwaysTheSame,
    /// They are wrong where another is wrong, in the same way.
    Copies,
    /// Their numbers are much further off than those of most.
    FarOff,
}

impl Flag {
    /// The word that stands in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Spammer => "spammer",
            Self::AlwaysTheSame => "always_the_same",
            Self::Copies => "copies",
            Self::FarOff => "far_off",
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
    pub fn workers(&self, answers: &Answers) -> Vec<Worker> {
        let copied = self.copies(answers);
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
        sums.iter().enumerate().map(|(worker, sum)| self.worker(worker, sum, copied.get(&(worker as u32)))).collect()
    }

    fn worker(&self, worker: usize, sum: &Sums, copies: Option<&u32>) -> Worker {
        let all: f64 = sum.given.iter().sum();
        let (low, high) = wilson(sum.right, all, LEVEL);
        let mut flags = Vec::new();
        if all >= FEWEST {
            let same = sum.given.iter().any(|given| *given >= all);
            if same {
                flags.push(Flag::AlwaysTheSame);
            } else if self.tells(worker) < SAYS_NOTHING {
                flags.push(Flag::Spammer);
            }
        }
        if copies.is_some() {
            flags.push(Flag::Copies);
        }
        Worker {
            reliability: if all > 0.0 { sum.right / all } else { 0.0 },
            low,
            high,
            answers: all as usize,
            flags,
            copies: copies.copied(),
        }
    }

    /// How far the label that a worker gives depends on the class, 0 to 1: the mean distance between rows of the confusion matrix
    /// (V. C. Raykar and S. Yu, "Eliminating spammers and ranking annotators for crowdsourced labeling tasks", JMLR 13, 2012).
    fn tells(&self, worker: usize) -> f64 {
        let k = self.labels;
        let (mut sum, mut pairs) = (0.0, 0.0);
        for one in 0..k {
            for other in one + 1..k {
                let apart = |label| self.chance(worker, one, label) - self.chance(worker, other, label);
                sum += (0..k).map(|label| apart(label).powi(2)).sum::<f64>() / 2.0;
                pairs += 1.0;
            }
        }
        sum / pairs
    }

    /// Pairs of workers who are wrong together more often than chance allows; each worker with the other of its most striking pair.
    fn copies(&self, answers: &Answers) -> HashMap<u32, u32> {
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
                    self.compare(answers, task, &mut pairs);
                }
                pairs
            })
            .collect();
        let pairs = parts.into_iter().fold(HashMap::new(), merge);
        let mut striking: Vec<(f64, (u32, u32))> = pairs
            .into_iter()
            .filter(|(_, pair)| pair.shared >= FEWEST_SHARED)
            .map(|(workers, pair)| (pair.excess(), workers))
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

    /// Compares every two workers of a task by what all others say of it: whoever copies is believed together with whom they copy,
    /// and would look right by their own belief.
    fn compare(&self, answers: &Answers, task: usize, pairs: &mut HashMap<(u32, u32), Pair>) {
        let said: Vec<(u32, u16)> = answers.of_task(task).collect();
        if !(3..=MOST_ANSWERS).contains(&said.len()) {
            return;
        }
        let k = self.labels;
        let group = self.groups.of_task(task) * k;
        let evidence: Vec<f64> = said
            .iter()
            .flat_map(|&(worker, label)| {
                (0..k).map(move |class| self.chance(worker as usize, class, usize::from(label)).ln())
            })
            .collect();
        let all: Vec<f64> = (0..k)
            .map(|class| self.share[group + class].ln() + evidence.iter().skip(class).step_by(k).sum::<f64>())
            .collect();
        for (one, &(worker, its)) in said.iter().enumerate() {
            for (other, &(second, theirs)) in said.iter().enumerate().skip(one + 1) {
                let log = |class: usize| all[class] - evidence[one * k + class] - evidence[other * k + class];
                let most = (0..k).max_by(|a, b| log(*a).total_cmp(&log(*b))).unwrap_or(0);
                let sure = 1.0 / (0..k).map(|class| (log(class) - log(most)).exp()).sum::<f64>();
                if sure < SURE {
                    continue;
                }
                let wrong = |label: u16| f64::from(u8::from(usize::from(label) != most));
                pairs.entry((worker, second)).or_default().add(&Pair {
                    shared: 1,
                    wrong: [wrong(its), wrong(theirs)],
                    alike: f64::from(u8::from(its == theirs)) * wrong(its),
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

/// What two workers did in the tasks they share and of which all others are sure.
#[derive(Clone, Copy, Debug, Default)]
struct Pair {
    shared: u32,
    /// How often each was wrong.
    wrong: [f64; 2],
    /// How often both were wrong in the same way.
    alike: f64,
}

impl Pair {
    fn add(&mut self, other: &Self) {
        self.shared += other.shared;
        self.wrong = [self.wrong[0] + other.wrong[0], self.wrong[1] + other.wrong[1]];
        self.alike += other.alike;
    }

    /// Standard deviations by which errors are shared above chance, even if both always err in the same way; 0 where most errors of
    /// either are their own.
    fn excess(&self) -> f64 {
        let [one, other] = self.wrong;
        let expected = one * other / f64::from(self.shared);
        if self.alike < 0.6 * one.max(other) {
            return 0.0;
        }
        (self.alike - expected) / (expected * (1.0 - expected / f64::from(self.shared))).max(0.25).sqrt()
    }
}
