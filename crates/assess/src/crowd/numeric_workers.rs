//! What numbers tell about those who gave them: how far off they are, how sure that is, and what looks odd.
//!
//! For the analyst who asks for it, on a file. It must never reach a page about a person.

use super::chain::Numbers;
use super::numeric::{Drawn, LEVEL, NumericAnswer};
use super::workers::{COPIED, FEWEST, FEWEST_SHARED, Flag, MOST_ANSWERS};
use model::estimate::normal_quantile;
use std::collections::{HashMap, HashSet};

/// Share of the tasks of two workers in which they must have said the same.
const SAME: f64 = 0.6;
/// Standard deviations by which what they said must be further from what all others say than those are unsure.
const OFF: f64 = 4.0;
/// How many times further off than the middle worker is far off.
const FAR: f64 = 3.0;

/// What is known about one worker.
#[derive(Clone, Debug, PartialEq)]
pub struct NumericWorker {
    /// How much they answer too high, on average.
    pub bias: f64,
    /// Lower end of its 90 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Standard deviation of what remains.
    pub spread: f64,
    /// Answers.
    pub answers: usize,
    /// What looks odd.
    pub flags: Vec<Flag>,
    /// The worker they seem to copy, or who seems to copy them.
    pub copies: Option<u32>,
}

/// Every worker, by number, in the unit of the answers.
pub(super) fn tell(numbers: &Numbers, drawn: &Drawn, copies: &[(u32, u32)], unit: f64) -> Vec<NumericWorker> {
    let z = normal_quantile(0.5 + LEVEL / 2.0);
    let same = always_the_same(numbers);
    let off = |worker: usize| (drawn.bias[worker].0.powi(2) + drawn.spread[worker]).sqrt();
    let of_worker = |worker: usize| f64::from(numbers.of_worker[worker]);
    let mut all: Vec<f64> = (0..same.len()).filter(|worker| of_worker(*worker) > 0.0).map(off).collect();
    all.sort_by(f64::total_cmp);
    let middle = all.get(all.len() / 2).copied().unwrap_or_default();
    let mut other: HashMap<u32, u32> = HashMap::new();
    for &(one, second) in copies {
        other.entry(one).or_insert(second);
        other.entry(second).or_insert(one);
    }
    let worker = |worker: usize| {
        let (bias, variance) = match of_worker(worker) > 0.0 {
            true => drawn.bias[worker],
            false => (0.0, drawn.biases),
        };
        let half = z * variance.sqrt();
        let copies = other.get(&(worker as u32)).copied();
        let enough = of_worker(worker) >= FEWEST;
        let flags = [
            (enough && same[worker], Flag::AlwaysTheSame),
            (copies.is_some(), Flag::Copies),
            (enough && off(worker) > FAR * middle, Flag::FarOff),
        ];
        NumericWorker {
            bias: bias * unit,
            low: (bias - half) * unit,
            high: (bias + half) * unit,
            spread: drawn.spread[worker].sqrt() * unit,
            answers: of_worker(worker) as usize,
            flags: flags.into_iter().filter_map(|(holds, flag)| holds.then_some(flag)).collect(),
            copies,
        }
    };
    (0..same.len()).map(worker).collect()
}

/// Who gave one number always, where others gave another.
fn always_the_same(numbers: &Numbers) -> Vec<bool> {
    let mut first: Vec<Option<f64>> = vec![None; numbers.of_worker.len()];
    let mut same = vec![true; first.len()];
    let mut contradicted = vec![false; first.len()];
    for task in 0..numbers.tasks() {
        let own = &numbers.value[numbers.of(task)];
        let differ = own.iter().any(|value| *value != own[0]);
        for place in numbers.of(task) {
            let worker = numbers.worker[place] as usize;
            let before = *first[worker].get_or_insert(numbers.value[place]);
            same[worker] &= before == numbers.value[place];
            contradicted[worker] |= differ;
        }
    }
    same.iter().zip(contradicted).map(|(same, contradicted)| *same && contradicted).collect()
}

/// What two workers did in the tasks they share.
#[derive(Clone, Copy, Debug, Default)]
struct Pair {
    shared: u32,
    same: u32,
    /// Squared distance of what both said from what all others say, in variances of the latter.
    off: f64,
}

/// Pairs of workers who gave the same numbers more often than either did with anybody else, and off from what all
/// others say: two who are both right agree as well. The most striking first.
pub(super) fn copies(numbers: &Numbers, drawn: &Drawn) -> Vec<(u32, u32)> {
    let mut pairs: HashMap<(u32, u32), Pair> = HashMap::new();
    for task in 0..numbers.tasks() {
        if (2..=MOST_ANSWERS).contains(&numbers.of(task).len()) {
            compare(numbers, drawn, task, &mut pairs);
        }
    }
    // What each did with anybody.
    let mut all = vec![(0u32, 0u32); numbers.of_worker.len()];
    for ((one, other), pair) in &pairs {
        for worker in [*one, *other] {
            let sum = &mut all[worker as usize];
            *sum = (sum.0 + pair.shared, sum.1 + pair.same);
        }
    }
    let excess = |one: u32, other: u32, pair: &Pair| {
        let (shared, same) = (f64::from(pair.shared), f64::from(pair.same));
        let elsewhere = |worker: u32| {
            let (with_all, alike) = all[worker as usize];
            f64::from(alike - pair.same) / f64::from(with_all - pair.shared).max(1.0)
        };
        let chance = elsewhere(one).max(elsewhere(other));
        if pair.shared < FEWEST_SHARED || same < SAME * shared || pair.off < same + OFF * (2.0 * same).sqrt() {
            return 0.0;
        }
        (same - chance * shared) / (shared * chance * (1.0 - chance)).max(0.25).sqrt()
    };
    let mut striking: Vec<(f64, (u32, u32))> = pairs
        .iter()
        .map(|(&(one, other), pair)| (excess(one, other, pair), (one, other)))
        .filter(|(excess, _)| *excess >= COPIED)
        .collect();
    striking.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    striking.into_iter().map(|(_, pair)| pair).collect()
}

fn compare(numbers: &Numbers, drawn: &Drawn, task: usize, pairs: &mut HashMap<(u32, u32), Pair>) {
    let said: Vec<(u32, f64)> = numbers.of(task).map(|place| (numbers.worker[place], numbers.value[place])).collect();
    for (number, &one) in said.iter().enumerate() {
        for &other in &said[number + 1..] {
            let pair = pairs.entry((one.0, other.0)).or_default();
            pair.shared += 1;
            if one.1 != other.1 {
                continue;
            }
            pair.same += 1;
            // Summed anew without the two, for what they say may weigh so much that nothing is left when it is taken
            // away.
            let (mut precision, mut information) = (0.0, 0.0);
            for (worker, value) in said.iter().filter(|third| third.0 != one.0 && third.0 != other.0) {
                let (bias, unsure) = drawn.bias[*worker as usize];
                let own = 1.0 / (drawn.spread[*worker as usize] + unsure);
                (precision, information) = (precision + own, information + own * (value - bias));
            }
            if precision > 0.0 {
                let theirs = one.1 - f64::midpoint(drawn.bias[one.0 as usize].0, drawn.bias[other.0 as usize].0);
                // Two who are both right are both off by half a step of rounding.
                let unsure = 1.0 / precision + 3.0 * numbers.floor;
                pair.off += (theirs - information / precision).powi(2) / unsure;
            }
        }
    }
}

/// The answers without those that another of the pair gave as well; of two, the one of the higher number is left out.
pub(super) fn without_echoes(answers: &[NumericAnswer], copies: &[(u32, u32)]) -> Vec<NumericAnswer> {
    let copies: HashSet<(u32, u32)> = copies.iter().copied().collect();
    let mut kept = Vec::with_capacity(answers.len());
    for of_task in answers.chunk_by(|a, b| a.task == b.task) {
        let echo = |one: &NumericAnswer| {
            of_task.iter().any(|other| other.value == one.value && copies.contains(&(other.worker, one.worker)))
        };
        kept.extend(of_task.iter().filter(|one| !echo(one)));
    }
    kept
}
