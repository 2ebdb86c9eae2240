//! Truth inference by Dawid and Skene's model in which sparse workers lean on all.
//!
//! Holds the fit. It must never look at names, nor take a worker's number for how good they are before the data say so.
//!
//! Model: a task of class `c` gets from worker `w` the label `l` with probability `confusion[w][c][l]` (A. P. Dawid and A. M.
//! Skene, "Maximum likelihood estimation of observer error-rates using the EM algorithm", Applied Statistics 28, 1979). Each
//! row of a worker's confusion matrix is drawn from a Dirichlet distribution that all workers of a group share; its mean and
//! concentration are learnt (T. P. Minka, "Estimating a Dirichlet distribution", 2000), so that a worker of few answers is taken
//! for an average one, and a crowd that is alike pools.
//!
//! Fitted by variational Bayes (mean field), then by the zero-order collapsed bound (A. Asuncion, M. Welling, P. Smyth and Y. W.
//! Teh, "On smoothing and inference for topic models", UAI 2009): the belief about a task is computed from what a worker did in
//! all other tasks, without the echo of the task itself. This is what makes the stated confidence hold.
//!
//! Time and memory are proportional to the answers times the labels, plus the workers times the labels squared. Sums run over a
//! fixed number of blocks in a fixed order, so that any number of threads gives the same result.

use super::answers::Answers;
use super::{Confusion, Fit, Groups, Settings};
use crate::chance::digamma;
use rayon::prelude::*;

/// Blocks of tasks that are summed apart; fixed, so that the number of threads changes nothing.
const BLOCKS: usize = 16;
/// Tasks of one block at least.
const BLOCK_TASKS: usize = 2_048;
/// Rounds between two looks at the priors, once they have settled.
const PRIOR_EVERY: usize = 4;
/// Rounds in which the priors are learnt anew each time.
const PRIOR_FIRST: usize = 8;

/// How a round computes what an answer says about a task.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// From a table of expected logarithms for each worker.
    Table,
    /// From the worker's other tasks.
    Others,
}

/// Infers the labels. `known` holds labels that are certain.
pub(super) fn fit(answers: &Answers, known: &[Option<u16>], groups: &Groups, settings: &Settings) -> Fit {
    match answers.labels() {
        2 => Work::<2>::new(answers, known, groups).run(settings),
        3 => Work::<3>::new(answers, known, groups).run(settings),
        4 => Work::<4>::new(answers, known, groups).run(settings),
        5 => Work::<5>::new(answers, known, groups).run(settings),
        6 => Work::<6>::new(answers, known, groups).run(settings),
        8 => Work::<8>::new(answers, known, groups).run(settings),
        _ => Work::<0>::new(answers, known, groups).run(settings),
    }
}

/// The state of a fit. `K` is the number of labels where the compiler knows it, else 0.
struct Work<'a, const K: usize> {
    answers: &'a Answers,
    known: &'a [Option<u16>],
    groups: &'a Groups,
    /// First task of each block; one more at the end.
    blocks: Vec<usize>,
    belief: Vec<f32>,
    counts: Vec<f32>,
    /// Expected tasks of each class that a worker answered.
    totals: Vec<f32>,
    table: Vec<f32>,
    prior: Vec<f64>,
    share: Vec<f64>,
    sums: Vec<Sums>,
}

/// What one block adds up.
#[derive(Default)]
struct Sums {
    counts: Vec<f32>,
    classes: Vec<f64>,
    moved: f64,
}

impl<'a, const K: usize> Work<'a, K> {
    fn new(answers: &'a Answers, known: &'a [Option<u16>], groups: &'a Groups) -> Self {
        let k = answers.labels();
        let blocks = blocks(answers.tasks());
        let mut work = Self {
            answers,
            known,
            groups,
            belief: vec![0.0; answers.tasks() * k],
            counts: vec![0.0; answers.workers() * k * k],
            totals: vec![0.0; answers.workers() * k],
            table: vec![0.0; answers.workers() * k * k],
            prior: vec![0.0; groups.worker_groups() * k * k],
            share: vec![1.0 / k as f64; groups.task_groups() * k],
            sums: (1..blocks.len()).map(|_| Sums::default()).collect(),
            blocks,
        };
        work.begin();
        work
    }

    /// The number of labels, which the compiler knows where `K` is not 0.
    fn k(&self) -> usize {
        if K == 0 { self.answers.labels() } else { K }
    }

    /// Beliefs from the shares of votes, and what follows from them.
    fn begin(&mut self) {
        let k = self.k();
        for task in 0..self.answers.tasks() {
            let own = &mut self.belief[task * k..(task + 1) * k];
            match self.known[task] {
                Some(label) => own[usize::from(label)] = 1.0,
                None => {
                    let votes = self.answers.of(task);
                    let each = 1.0 / (votes.len() as f32 + 1.0);
                    own.fill(each / k as f32);
                    self.answers.label[votes].iter().for_each(|label| own[usize::from(*label)] += each);
                }
            }
        }
        self.round(None);
        // The crowd's mean confusion, with which a worker begins, and a concentration that the data soon correct.
        let mut pooled = vec![0.0f64; k * k];
        for row in self.counts.chunks_exact(k * k) {
            pooled.iter_mut().zip(row).for_each(|(sum, count)| *sum += f64::from(*count));
        }
        for class in 0..k {
            let all: f64 = (0..k).map(|label| pooled[label * k + class] + 1.0).sum();
            for label in 0..k {
                for prior in self.prior.chunks_exact_mut(k * k) {
                    prior[label * k + class] = 4.0 * (pooled[label * k + class] + 1.0) / all;
                }
            }
        }
    }

    fn run(mut self, settings: &Settings) -> Fit {
        let mut rounds = 0;
        let mut settled = false;
        for way in [Way::Table, Way::Others] {
            settled = false;
            for own in 0..settings.most_rounds {
                if own < PRIOR_FIRST || own % PRIOR_EVERY == 0 {
                    self.learn_prior();
                }
                if way == Way::Table {
                    self.fill_table();
                }
                let moved = self.round(Some(way));
                rounds += 1;
                // The first way only brings the second near: it need not be exact.
                let enough = if way == Way::Table { 20.0 * settings.tolerance } else { settings.tolerance };
                if moved <= enough {
                    settled = true;
                    break;
                }
            }
        }
        let Self { belief, counts, prior, share, .. } = self;
        let confusion = Confusion::Full { counts, prior, smoothing: 0.0 };
        Fit { belief, confusion, share, rounds, settled }
    }

    /// Beliefs from the workers as they are known now (kept where `way` is none), and from the beliefs the expected answers of
    /// each worker. Gives the mean change of a belief.
    fn round(&mut self, way: Option<Way>) -> f64 {
        let (k, answers, known, groups) = (self.k(), self.answers, self.known, self.groups);
        let cells = answers.workers() * k * k;
        let logs: Vec<f32> = self.share.iter().map(|share| share.ln() as f32).collect();
        let (counts, totals, table, prior) = (&self.counts, &self.totals, &self.table, &self.prior);
        let prior: Vec<f32> = prior.iter().map(|value| *value as f32).collect();
        let prior_totals: Vec<f32> = prior
            .chunks_exact(k * k)
            .flat_map(|group| (0..k).map(|class| (0..k).map(|label| group[label * k + class]).sum()))
            .collect();
        let mut parts = Vec::with_capacity(self.sums.len());
        let mut rest = self.belief.as_mut_slice();
        for (pair, sums) in self.blocks.windows(2).zip(&mut self.sums) {
            let (own, behind) = rest.split_at_mut((pair[1] - pair[0]) * k);
            parts.push((pair[0], own, sums));
            rest = behind;
        }
        parts.into_par_iter().for_each(|(first, belief, sums)| {
            sums.counts.clear();
            sums.counts.resize(cells, 0.0);
            sums.classes.clear();
            sums.classes.resize(groups.task_groups() * k, 0.0);
            sums.moved = 0.0;
            let mut new = vec![0.0f32; k];
            for (number, own) in belief.chunks_exact_mut(k).enumerate() {
                let task = first + number;
                let votes = answers.of(task);
                let group = groups.of_task(task);
                if let Some(way) = way.filter(|_| known[task].is_none()) {
                    new.copy_from_slice(&logs[group * k..(group + 1) * k]);
                    for place in votes.clone() {
                        let (worker, label) = (answers.worker[place] as usize, usize::from(answers.label[place]));
                        let cell = (worker * k + label) * k;
                        match way {
                            Way::Table => {
                                for (sum, log) in new.iter_mut().zip(&table[cell..cell + k]) {
                                    *sum += log;
                                }
                            }
                            Way::Others => {
                                let of_group = groups.of_worker(worker);
                                let prior = &prior[(of_group * k + label) * k..(of_group * k + label) * k + k];
                                let prior_totals = &prior_totals[of_group * k..of_group * k + k];
                                let count = &counts[cell..cell + k];
                                let total = &totals[worker * k..worker * k + k];
                                for class in 0..k {
                                    let said = (count[class] - own[class]).max(0.0) + prior[class];
                                    let all = (total[class] - own[class]).max(0.0) + prior_totals[class];
                                    new[class] += ln(said / all);
                                }
                            }
                        }
                    }
                    normalize(&mut new);
                    for (old, new) in own.iter_mut().zip(&new) {
                        sums.moved += f64::from((*old - new).abs());
                        *old = *new;
                    }
                }
                for place in votes {
                    let (worker, label) = (answers.worker[place] as usize, usize::from(answers.label[place]));
                    let cell = (worker * k + label) * k;
                    for (sum, belief) in sums.counts[cell..cell + k].iter_mut().zip(own.iter()) {
                        *sum += belief;
                    }
                }
                for (sum, belief) in sums.classes[group * k..(group + 1) * k].iter_mut().zip(own.iter()) {
                    *sum += f64::from(*belief);
                }
            }
        });
        self.add_up();
        self.sums.iter().map(|sums| sums.moved).sum::<f64>() / answers.tasks().max(1) as f64
    }

    /// The sums of all blocks, always in the same order.
    fn add_up(&mut self) {
        let k = self.k();
        let sums = &self.sums;
        let part = (4_096 / (k * k)).max(1) * k * k;
        self.counts.par_chunks_mut(part).enumerate().for_each(|(number, own)| {
            let from = number * part;
            own.fill(0.0);
            for block in sums {
                own.iter_mut().zip(&block.counts[from..]).for_each(|(sum, count)| *sum += count);
            }
        });
        let counts = &self.counts;
        self.totals.par_chunks_mut(k).zip(counts.par_chunks(k * k)).with_min_len(256).for_each(|(total, own)| {
            total.fill(0.0);
            for row in own.chunks_exact(k) {
                total.iter_mut().zip(row).for_each(|(sum, count)| *sum += count);
            }
        });
        for (group, share) in self.share.chunks_exact_mut(k).enumerate() {
            let own = |class: usize| sums.iter().map(|block| block.classes[group * k + class]).sum::<f64>() + 1.0;
            let classes: Vec<f64> = (0..k).map(own).collect();
            let all: f64 = classes.iter().sum();
            share.iter_mut().zip(classes).for_each(|(share, sum)| *share = sum / all);
        }
    }

    /// Expected logarithms of every worker's confusion.
    fn fill_table(&mut self) {
        let k = self.k();
        let (groups, prior, counts) = (self.groups, &self.prior, &self.counts);
        self.table.par_chunks_mut(k * k).zip(counts.par_chunks(k * k)).enumerate().with_min_len(64).for_each(
            |(worker, (table, counts))| {
                let of_group = groups.of_worker(worker);
                let prior = &prior[of_group * k * k..(of_group + 1) * k * k];
                for class in 0..k {
                    let at = |label: usize| label * k + class;
                    let all: f64 = (0..k).map(|label| prior[at(label)] + f64::from(counts[at(label)])).sum();
                    let all = digamma(all);
                    for label in 0..k {
                        table[at(label)] = (digamma(prior[at(label)] + f64::from(counts[at(label)])) - all) as f32;
                    }
                }
            },
        );
    }

    /// One step of Minka's fixed point for each row of each group's prior.
    fn learn_prior(&mut self) {
        /// Workers that are summed apart.
        const TOGETHER: usize = 512;
        let k = self.k();
        let groups = self.groups.worker_groups();
        let (counts, totals, prior, of_worker) = (&self.counts, &self.totals, &self.prior, self.groups);
        let prior_totals: Vec<f64> = prior
            .chunks_exact(k * k)
            .flat_map(|group| (0..k).map(|class| (0..k).map(|label| group[label * k + class]).sum()))
            .collect();
        // Numerators by group, label and class, then denominators by group and class.
        let cells = groups * k * k;
        let parts: Vec<Vec<f64>> = counts
            .par_chunks(k * k * TOGETHER)
            .zip(totals.par_chunks(k * TOGETHER))
            .enumerate()
            .map(|(part, (counts, totals))| {
                let mut sums = vec![0.0; cells + groups * k];
                for (number, (counts, totals)) in counts.chunks_exact(k * k).zip(totals.chunks_exact(k)).enumerate() {
                    let group = of_worker.of_worker(part * TOGETHER + number);
                    for (cell, count) in counts.iter().enumerate().filter(|(_, count)| **count > 1e-6) {
                        let alpha = prior[group * k * k + cell];
                        sums[group * k * k + cell] += digamma(alpha + f64::from(*count)) - digamma(alpha);
                    }
                    for (class, total) in totals.iter().enumerate().filter(|(_, total)| **total > 1e-6) {
                        let alpha = prior_totals[group * k + class];
                        sums[cells + group * k + class] += digamma(alpha + f64::from(*total)) - digamma(alpha);
                    }
                }
                sums
            })
            .collect();
        let mut sums = vec![0.0; cells + groups * k];
        for part in parts {
            sums.iter_mut().zip(part).for_each(|(sum, part)| *sum += part);
        }
        for group in 0..groups {
            for class in 0..k {
                let below = sums[cells + group * k + class];
                if below <= 0.0 {
                    continue;
                }
                for label in 0..k {
                    let cell = group * k * k + label * k + class;
                    // Kept off zero and infinity, where no answer would ever move it again.
                    self.prior[cell] = (self.prior[cell] * sums[cell] / below).clamp(1e-3, 1e4);
                }
            }
        }
    }
}

/// First task of each block, and one more.
fn blocks(tasks: usize) -> Vec<usize> {
    let number = (tasks / BLOCK_TASKS).clamp(1, BLOCKS);
    (0..=number).map(|block| block * tasks / number).collect()
}

/// From logarithms to shares of one.
pub(super) fn normalize(logs: &mut [f32]) {
    let most = logs.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut all = 0.0;
    for log in logs.iter_mut() {
        *log = (*log - most).exp();
        all += *log;
    }
    logs.iter_mut().for_each(|share| *share /= all);
}

/// Natural logarithm of a positive, normal number; relative error below 1e-6. Without branches, so that several run at once.
fn ln(x: f32) -> f32 {
    let bits = x.to_bits();
    // The exponent such that the rest lies around 1.
    let shifted = bits.wrapping_sub(0x3F35_04F3);
    let exponent = (shifted as i32) >> 23;
    let rest = f32::from_bits(bits.wrapping_sub((exponent as u32) << 23));
    let t = (rest - 1.0) / (rest + 1.0);
    let square = t * t;
    let series = 2.0 * t * (1.0 + square * (1.0 / 3.0 + square * (0.2 + square / 7.0)));
    exponent as f32 * std::f32::consts::LN_2 + series
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_logarithm_is_one() {
        for step in 1..200_000 {
            let x = step as f32 * 1e-4 * if step % 3 == 0 { 1e4 } else { 1.0 };
            let exact = f64::from(x).ln();
            assert!((f64::from(ln(x)) - exact).abs() <= 1e-6 * (1.0 + exact.abs()), "{x}");
        }
    }
}
