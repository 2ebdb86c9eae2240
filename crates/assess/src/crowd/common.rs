//! What workers have in common, and how it is learnt: how good the kinds of workers are at each class, and what stands in a
//! class's place where they are wrong.
//!
//! Holds the prior distributions of [`super::hierarchical`] and the steps towards them. It must never look at a task: the counts
//! that a round expects of each worker are all it hears.

use super::Groups;
use super::answers::Answers;
use crate::chance::ln_gamma_and_digamma;
use rayon::prelude::*;

/// Kinds of workers.
pub(super) const KINDS: usize = 2;
/// Numbers known of a worker and a class.
pub(super) const KNOWN: usize = 4;
/// Lengths of a leap, in steps. The farther ones of a belief would be safe, those of priors lead astray.
const LEAPS: std::ops::RangeInclusive<f64> = 1.0..=8.0;
/// What parameters are kept within: at zero or infinity no answer would ever move them again.
const PRIORS: std::ops::RangeInclusive<f64> = 1e-3..=1e4;
/// Workers that are looked at together.
const TOGETHER: usize = 512;
/// Workers of a group that priors are learnt from. So many tell a mean within one or two hundredths of
/// its spread; more cost time only.
const SAMPLE: usize = 4_096;

/// What is believed of workers before any has answered, without which a handful of answers explains itself in any way: that
/// a label which nobody gave is the right one, for all are mistaken. It weighs as `weight` of a worker, in each kind and class, who
/// answered `tasks`, a `right` share of them rightly (the careless kind as chance would), and was wrong `wrong` times, with every
/// other label as often as any; and a class begins as if `begun` of its answers were as right as those of all classes. Among
/// hundreds of workers it changes nothing.
struct Before {
    weight: f64,
    tasks: f64,
    right: f64,
    wrong: f64,
    begun: f64,
}

const BEFORE: Before = Before { weight: 0.5, tasks: 4.0, right: 0.75, wrong: 10.0, begun: 10.0 };

/// What is known of a worker, each by class.
pub(super) struct Knows<'a> {
    /// Expected tasks of the class that they answered.
    pub(super) tasks: &'a [f32],
    /// Expected tasks of the class that they gave another label.
    pub(super) wrong: &'a [f32],
    /// Prior answers that are right.
    pub(super) right_prior: &'a [f32],
    /// Prior answers that are wrong.
    pub(super) wrong_prior: &'a [f32],
}

impl<'a> Knows<'a> {
    pub(super) fn of(own: &'a [f32], k: usize) -> Self {
        let (tasks, rest) = own.split_at(k);
        let (wrong, rest) = rest.split_at(k);
        let (right_prior, wrong_prior) = rest.split_at(k);
        Self { tasks, wrong, right_prior, wrong_prior }
    }
}

/// What workers have in common, by group of workers.
#[derive(Clone, Debug)]
pub(super) struct Common {
    /// Number of classes.
    k: usize,
    /// Share of each kind: group, kind.
    kinds: Vec<f64>,
    /// Parameters of being right and of being wrong: group, kind, class.
    right: Vec<[f64; 2]>,
    /// Parameters of the label that stands in a class's place: group, label, class; the class itself holds 0.
    pub(super) instead: Vec<f64>,
}

impl Common {
    /// Begins with what all workers do together (by label, class), at a concentration that the data soon correct, and with a kind that
    /// answers whatever comes to mind.
    pub(super) fn new(pooled: &[f64], groups: usize, k: usize) -> Self {
        let mut common = Self {
            k,
            kinds: [0.8, 0.2].repeat(groups),
            right: vec![[1.0, 1.0]; groups * KINDS * k],
            instead: vec![0.0; groups * k * k],
        };
        let diagonal: f64 = (0..k).map(|class| pooled[class * k + class]).sum();
        let in_all = (diagonal + BEFORE.right * BEFORE.tasks) / (pooled.iter().sum::<f64>() + BEFORE.tasks);
        for class in 0..k {
            let all: f64 = (0..k).map(|label| pooled[label * k + class]).sum();
            let right = (pooled[class * k + class] + BEFORE.begun * in_all) / (all + BEFORE.begun);
            let wrong: f64 = (0..k).filter(|label| *label != class).map(|label| pooled[label * k + class] + 1.0).sum();
            for group in 0..groups {
                common.right[(group * KINDS) * k + class] = [4.0 * right, 4.0 * (1.0 - right)];
                let chance = 1.0 / k as f64;
                common.right[(group * KINDS + 1) * k + class] = [8.0 * chance, 8.0 * (1.0 - chance)];
                for label in (0..k).filter(|label| *label != class) {
                    common.instead[(group * k + label) * k + class] = 4.0 * (pooled[label * k + class] + 1.0) / wrong;
                }
            }
        }
        common
    }

    /// What is to be expected of each worker, of which kind they may be: writes the prior answers into `workers` (worker, number known,
    /// class).
    pub(super) fn expect(&self, workers: &mut [f32], groups: &Groups) {
        let own = self.k * KNOWN;
        let priors = self.priors();
        workers.par_chunks_mut(own * TOGETHER).enumerate().for_each(|(part, workers)| {
            let mut evidence = vec![[Beta::default(); KINDS]; self.k];
            for (number, known) in workers.chunks_exact_mut(own).enumerate() {
                self.expect_of(&priors, groups.of_worker(part * TOGETHER + number), known, &mut evidence);
            }
        });
    }

    /// One step of Minka's fixed point for each distribution, from the workers of `sample`.
    pub(super) fn learn(&mut self, counts: &[f32], workers: &[f32], groups: &Groups, sample: &[u32]) {
        let k = self.k;
        let priors = self.priors();
        let common = &*self;
        let parts: Vec<Learnt> = sample
            .par_chunks(TOGETHER)
            .map(|part| {
                let mut learnt = Learnt::new(groups.worker_groups(), k);
                let mut evidence = vec![[Beta::default(); KINDS]; k];
                for worker in part.iter().map(|worker| *worker as usize) {
                    let group = groups.of_worker(worker);
                    let knows = Knows::of(&workers[worker * k * KNOWN..][..k * KNOWN], k);
                    let kinds = shares(common.kinds_of(&priors, group, &knows, &mut evidence));
                    learnt.add(common, group, &evidence, &knows, &counts[worker * k * k..][..k * k], kinds);
                }
                learnt
            })
            .collect();
        let mut all = Learnt::new(groups.worker_groups(), k);
        parts.iter().for_each(|part| all.merge(part));
        all.into_common(self);
    }

    /// Goes on along the way of two steps, each distribution for itself, as beliefs do: a fixed point of this kind is near its end
    /// long before it is there.
    pub(super) fn leap(&mut self, first: &Self, second: &Self) {
        let pairs = self.right.iter_mut().zip(&first.right).zip(&second.right);
        pairs.for_each(|((now, first), second)| leap_of_logs(now, first, second));
        let instead = self.instead.iter_mut().zip(&first.instead).zip(&second.instead);
        for ((now, first), second) in instead.filter(|((now, _), _)| **now > 0.0) {
            leap_of_logs(std::slice::from_mut(now), std::slice::from_ref(first), std::slice::from_ref(second));
        }
    }

    fn priors(&self) -> Vec<Beta> {
        self.right.iter().map(Beta::of).collect()
    }

    /// How likely what a worker did is under each kind, as logarithms. Leaves in `evidence` what each class says of it.
    fn kinds_of(
        &self,
        priors: &[Beta],
        group: usize,
        known: &Knows<'_>,
        evidence: &mut [[Beta; KINDS]],
    ) -> [f64; KINDS] {
        let mut logs: [f64; KINDS] = std::array::from_fn(|kind| self.kinds[group * KINDS + kind].ln());
        for (class, evidence) in evidence.iter_mut().enumerate() {
            let (tasks, wrong) = (f64::from(known.tasks[class]), f64::from(known.wrong[class]));
            for kind in 0..KINDS {
                let at = (group * KINDS + kind) * self.k + class;
                let [right_prior, wrong_prior] = self.right[at];
                evidence[kind] = Beta::of(&[right_prior + tasks - wrong, wrong_prior + wrong]).beyond(&priors[at]);
                logs[kind] += evidence[kind].ln_beta;
            }
        }
        logs
    }

    /// What their kind expects of a worker in each class, the kind being told by all other classes, so that no answer counts twice.
    fn expect_of(&self, priors: &[Beta], group: usize, known: &mut [f32], evidence: &mut [[Beta; KINDS]]) {
        let k = self.k;
        let logs = self.kinds_of(priors, group, &Knows::of(known, k), evidence);
        for (class, evidence) in evidence.iter().enumerate() {
            let others: [f64; KINDS] = std::array::from_fn(|kind| logs[kind] - evidence[kind].ln_beta);
            let (mut mean, mut square) = (0.0, 0.0);
            for (kind, share) in shares(others).into_iter().enumerate() {
                let [right, wrong] = self.right[(group * KINDS + kind) * k + class];
                let all = right + wrong;
                let own = right / all;
                mean += share * own;
                square += share * (own * own + own * (1.0 - own) / (all + 1.0));
            }
            // The Beta distribution of the same mean and variance as the mixture.
            let variance = (square - mean * mean).max(1e-9);
            let all = (mean * (1.0 - mean) / variance - 1.0).max(1e-2);
            known[2 * k + class] = (mean * all) as f32;
            known[3 * k + class] = ((1.0 - mean) * all) as f32;
        }
    }
}

/// The logarithm of the Beta function of two parameters, and its derivatives: digamma of both and of their sum.
#[derive(Clone, Copy, Debug, Default)]
struct Beta {
    ln_beta: f64,
    digamma: [f64; 3],
}

impl Beta {
    fn of(parameters: &[f64; 2]) -> Self {
        let [right, wrong] = *parameters;
        let (ln_right, of_right) = ln_gamma_and_digamma(right);
        let (ln_wrong, of_wrong) = ln_gamma_and_digamma(wrong);
        let (ln_both, of_both) = ln_gamma_and_digamma(right + wrong);
        Self { ln_beta: ln_right + ln_wrong - ln_both, digamma: [of_right, of_wrong, of_both] }
    }

    /// How much more than another.
    fn beyond(&self, other: &Self) -> Self {
        Self {
            ln_beta: self.ln_beta - other.ln_beta,
            digamma: std::array::from_fn(|place| self.digamma[place] - other.digamma[place]),
        }
    }
}

/// How much more digamma is after so many more.
fn more(prior: f64, count: f64) -> f64 {
    ln_gamma_and_digamma(prior + count).1 - ln_gamma_and_digamma(prior).1
}

/// The sums of Minka's fixed point: numerators and denominators.
struct Learnt {
    kinds: Vec<f64>,
    right: Vec<[f64; 3]>,
    instead: Vec<f64>,
    instead_all: Vec<f64>,
}

impl Learnt {
    fn new(groups: usize, k: usize) -> Self {
        Self {
            kinds: vec![0.0; groups * KINDS],
            right: vec![[0.0; 3]; groups * KINDS * k],
            instead: vec![0.0; groups * k * k],
            instead_all: vec![0.0; groups * k],
        }
    }

    /// Adds what one worker did, under what all have in common.
    fn add(
        &mut self,
        common: &Common,
        group: usize,
        evidence: &[[Beta; KINDS]],
        knows: &Knows<'_>,
        counts: &[f32],
        kinds: [f64; KINDS],
    ) {
        /// Counts below this tell nothing.
        const NOTHING: f32 = 1e-4;
        let k = common.k;
        for (class, evidence) in evidence.iter().enumerate().filter(|(class, _)| knows.tasks[*class] > NOTHING) {
            for (kind, share) in kinds.iter().enumerate() {
                let sums = &mut self.right[(group * KINDS + kind) * k + class];
                sums.iter_mut().zip(evidence[kind].digamma).for_each(|(sum, more)| *sum += share * more);
            }
            if k > 2 && knows.wrong[class] > NOTHING {
                let instead = |label: usize| common.instead[(group * k + label) * k + class];
                let all: f64 = (0..k).map(instead).sum();
                self.instead_all[group * k + class] += more(all, f64::from(knows.wrong[class]));
                for label in (0..k).filter(|label| *label != class && counts[label * k + class] > NOTHING) {
                    let sum = &mut self.instead[(group * k + label) * k + class];
                    *sum += more(instead(label), f64::from(counts[label * k + class]));
                }
            }
        }
        self.kinds[group * KINDS..][..KINDS].iter_mut().zip(kinds).for_each(|(sum, share)| *sum += share);
    }

    fn merge(&mut self, other: &Self) {
        let add = |sums: &mut [f64], parts: &[f64]| sums.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
        add(&mut self.kinds, &other.kinds);
        add(&mut self.instead, &other.instead);
        add(&mut self.instead_all, &other.instead_all);
        add(self.right.as_flattened_mut(), other.right.as_flattened());
    }

    fn into_common(self, common: &mut Common) {
        let k = common.k;
        let step = |prior: &mut f64, above: f64, below: f64| {
            if below > 0.0 {
                *prior = (*prior * above / below).clamp(*PRIORS.start(), *PRIORS.end());
            }
        };
        for (at, (prior, sums)) in common.right.iter_mut().zip(&self.right).enumerate() {
            let right = BEFORE.tasks * if (at / k).is_multiple_of(KINDS) { BEFORE.right } else { 1.0 / k as f64 };
            let before = Beta::of(&[prior[0] + right, prior[1] + BEFORE.tasks - right]).beyond(&Beta::of(prior));
            let [above_right, above_wrong, below] =
                std::array::from_fn(|place| sums[place] + BEFORE.weight * before.digamma[place]);
            step(&mut prior[0], above_right, below);
            step(&mut prior[1], above_wrong, below);
        }
        let before = |prior: f64, count: f64| BEFORE.weight * more(prior, count);
        for (group, instead) in common.instead.chunks_exact_mut(k * k).enumerate() {
            for class in 0..k {
                let all: f64 = (0..k).map(|label| instead[label * k + class]).sum();
                let below = self.instead_all[group * k + class] + before(all, BEFORE.wrong);
                for label in (0..k).filter(|label| *label != class) {
                    let prior = &mut instead[label * k + class];
                    let above = self.instead[(group * k + label) * k + class];
                    step(prior, above + before(*prior, BEFORE.wrong / (k - 1) as f64), below);
                }
            }
        }
        for (share, sums) in common.kinds.chunks_exact_mut(KINDS).zip(self.kinds.chunks_exact(KINDS)) {
            // Two workers more of each kind, so that none dies out before it was seen.
            let all: f64 = sums.iter().sum::<f64>() + 2.0 * KINDS as f64;
            share.iter_mut().zip(sums).for_each(|(share, sum)| *share = (sum + 2.0) / all);
        }
    }
}

/// The workers that priors are learnt from: all of a group, or every n-th from who answered most to who answered least.
pub(super) fn sample(answers: &Answers, groups: &Groups) -> Vec<u32> {
    let mut answered = vec![0u32; answers.workers()];
    answers.worker.iter().for_each(|worker| answered[*worker as usize] += 1);
    let mut of_group = vec![0usize; groups.worker_groups()];
    (0..answers.workers()).for_each(|worker| of_group[groups.of_worker(worker)] += 1);
    let mut by_answers: Vec<u32> = (0..answers.workers() as u32).collect();
    by_answers.sort_by_key(|worker| std::cmp::Reverse(answered[*worker as usize]));
    let mut seen = vec![0usize; of_group.len()];
    by_answers.retain(|worker| {
        let group = groups.of_worker(*worker as usize);
        seen[group] += 1;
        (seen[group] - 1).is_multiple_of(of_group[group].div_ceil(SAMPLE))
    });
    by_answers
}

/// Three values of positive numbers, one after the other: goes on from the last as far as the second step is from the first.
fn leap_of_logs(now: &mut [f64], first: &[f64], second: &[f64]) {
    let curve = |place: usize, now: f64| {
        let (before, between, now) = (first[place].ln(), second[place].ln(), now.ln());
        (between - before, now - 2.0 * between + before)
    };
    let both = now.iter().enumerate().map(|(place, now)| curve(place, *now));
    let (speed, bend) = both.fold((0.0, 0.0), |sum, (speed, bend)| (sum.0 + speed * speed, sum.1 + bend * bend));
    if bend <= 0.0 {
        return;
    }
    let length = (speed / bend).sqrt().clamp(*LEAPS.start(), *LEAPS.end());
    for (place, now) in now.iter_mut().enumerate() {
        let (speed, bend) = curve(place, *now);
        let there = first[place].ln() + length * (2.0 * speed + length * bend);
        *now = there.exp().clamp(*PRIORS.start(), *PRIORS.end());
    }
}

fn shares(logs: [f64; KINDS]) -> [f64; KINDS] {
    let most = logs.into_iter().fold(f64::NEG_INFINITY, f64::max);
    let parts = logs.map(|log| (log - most).exp());
    let all: f64 = parts.iter().sum();
    parts.map(|part| part / all)
}
