//! Truth inference by Dawid and Skene's model in which sparse workers lean on all.
//!
//! Holds the fit. It must never look at names, nor take a worker's number for how good they are before the data say so.
//!
//! Model: a task of class `c` gets from worker `w` the label `l` with probability `confusion[w][c][l]` (A. P. Dawid and A. M.
//! Skene, "Maximum likelihood estimation of observer error-rates using the EM algorithm", Applied Statistics 28, 1979). How often a
//! worker is right about a class is drawn from a Beta distribution of the worker's kind, and which label stands in a class's place
//! where they are wrong from a Dirichlet distribution that all workers of a group share: so that workers may differ much in how
//! good they are and little in what they confuse, or the other way round, as the data say. There are two kinds of workers, of which
//! one begins as those who answer whatever comes to mind; a worker is of a kind with a probability (M. Venanzi et al.,
//! "Community-based Bayesian aggregation models for crowdsourcing", WWW 2014). All parameters are learnt (T. P. Minka,
//! "Estimating a Dirichlet distribution", 2000), so that a worker of few answers is taken for an average one.
//!
//! Fitted by the zero-order collapsed variational bound (A. Asuncion, M. Welling, P. Smyth and Y. W. Teh, "On smoothing and
//! inference for topic models", UAI 2009): the belief about a task is computed from what a worker did in all other tasks, without
//! the echo of the task itself. This is what makes the stated confidence hold.
//!
//! Time and memory are proportional to the answers times the labels, plus the workers times the labels squared. Sums run over a
//! fixed number of blocks in a fixed order, so that any number of threads gives the same result.

use super::answers::Answers;
use super::quick::{ln, normalize};
use super::{Confusion, Fit, Groups, Settings};
use crate::chance::{digamma, ln_gamma};
use rayon::prelude::*;

/// Blocks of tasks that are summed apart; fixed, so that the number of threads changes nothing.
const BLOCKS: usize = 8;
/// Tasks of one block at least.
const BLOCK_TASKS: usize = 2_048;
/// Rounds between two looks at the priors, once they have settled.
const PRIOR_EVERY: usize = 3;
/// Rounds in which priors leap; later they are near their end and only settle.
const PRIOR_LEAPS: usize = 28;
/// Rounds in which the priors are learnt anew each time.
const PRIOR_FIRST: usize = 8;
/// Rounds from one leap to the next: two to see where beliefs are heading, and more to settle after it.
const LEAP_EVERY: usize = 3;
/// Lengths of a leap, in rounds.
const LEAPS: std::ops::RangeInclusive<f64> = 1.0..=32.0;
/// What parameters are kept within: at zero or infinity no answer would ever move them again.
const PRIORS: std::ops::RangeInclusive<f64> = 1e-3..=1e4;
/// Kinds of workers.
const KINDS: usize = 2;
/// Workers that are summed apart.
const TOGETHER: usize = 512;
/// Labels up to which a round works on the stack.
const FEW: usize = 8;

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

/// What workers have in common, by group of workers.
#[derive(Clone, Debug)]
struct Common {
    /// Share of each kind: group, kind.
    kinds: Vec<f64>,
    /// Parameters of being right and of being wrong: group, kind, class.
    right: Vec<[f64; 2]>,
    /// Parameters of the label that stands in a class's place: group, label, class; the class itself holds 0.
    instead: Vec<f64>,
}

/// The state of a fit. `K` is the number of labels where the compiler knows it, else 0.
struct Work<'a, const K: usize> {
    answers: &'a Answers,
    known: &'a [Option<u16>],
    groups: &'a Groups,
    /// First task of each block; one more at the end.
    blocks: Vec<usize>,
    belief: Vec<f32>,
    /// Expected answers: worker, label given, class.
    counts: Vec<f32>,
    /// For each worker by class: tasks, tasks where they were wrong, prior answers that are right, prior answers that are wrong.
    workers: Vec<f32>,
    /// What an answer says about each class: worker, label given, coefficient of a line, class.
    weights: Vec<f32>,
    common: Common,
    share: Vec<f64>,
    sums: Vec<Sums>,
}

/// What is known of a worker, each by class.
struct Knows<'a> {
    /// Expected tasks of the class that they answered.
    tasks: &'a [f32],
    /// Expected tasks of the class that they gave another label.
    wrong: &'a [f32],
    /// Prior answers that are right.
    right_prior: &'a [f32],
    /// Prior answers that are wrong.
    wrong_prior: &'a [f32],
}

/// Numbers known of a worker and a class.
const KNOWN: usize = 4;
/// Coefficients of a line.
const LINE: usize = 2;

impl<'a> Knows<'a> {
    fn of(own: &'a [f32], k: usize) -> Self {
        let (tasks, rest) = own.split_at(k);
        let (wrong, rest) = rest.split_at(k);
        let (right_prior, wrong_prior) = rest.split_at(k);
        Self { tasks, wrong, right_prior, wrong_prior }
    }
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
        let of_groups = groups.worker_groups();
        let mut work = Self {
            answers,
            known,
            groups,
            belief: vec![0.0; answers.tasks() * k],
            counts: vec![0.0; answers.workers() * k * k],
            workers: vec![0.0; answers.workers() * k * KNOWN],
            weights: vec![0.0; answers.workers() * k * k * LINE],
            common: Common {
                kinds: [0.8, 0.2].repeat(of_groups),
                right: vec![[1.0, 1.0]; of_groups * KINDS * k],
                instead: vec![0.0; of_groups * k * k],
            },
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
        self.round(false);
        // What all workers do together, with a concentration that the data soon correct.
        let mut pooled = vec![0.0f64; k * k];
        for row in self.counts.chunks_exact(k * k) {
            pooled.iter_mut().zip(row).for_each(|(sum, count)| *sum += f64::from(*count));
        }
        for class in 0..k {
            let all: f64 = (0..k).map(|label| pooled[label * k + class] + 1.0).sum();
            let right = (pooled[class * k + class] + 1.0) / all;
            for group in 0..self.groups.worker_groups() {
                self.common.right[(group * KINDS) * k + class] = [4.0 * right, 4.0 * (1.0 - right)];
                let chance = 1.0 / k as f64;
                self.common.right[(group * KINDS + 1) * k + class] = [8.0 * chance, 8.0 * (1.0 - chance)];
                for label in (0..k).filter(|label| *label != class) {
                    let share = (pooled[label * k + class] + 1.0) / (all * (1.0 - right));
                    self.common.instead[(group * k + label) * k + class] = 4.0 * share;
                }
            }
        }
    }

    fn run(mut self, settings: &Settings) -> Fit {
        let (mut rounds, mut settled) = (0, false);
        let (mut first, mut second) = (Vec::new(), Vec::new());
        while rounds < settings.most_rounds && !settled {
            if rounds < PRIOR_FIRST || rounds.is_multiple_of(PRIOR_EVERY) {
                let first = self.common.clone();
                self.learn();
                if rounds < PRIOR_LEAPS {
                    let second = self.common.clone();
                    self.learn();
                    self.common.leap(&first, &second);
                }
            }
            // Two rounds show where beliefs are heading; from then on every third begins further down that road.
            let leaps = rounds >= PRIOR_FIRST;
            if leaps && rounds.is_multiple_of(LEAP_EVERY) {
                first.clone_from(&self.belief);
            } else if leaps && rounds % LEAP_EVERY == 1 {
                second.clone_from(&self.belief);
            }
            settled = self.round(true) <= settings.tolerance;
            if leaps && rounds % LEAP_EVERY == 1 && first.len() == self.belief.len() && !settled {
                self.leap(&first, &second);
            }
            rounds += 1;
        }
        let k = self.k();
        // What is told about a worker is their own counts with the prior that was used for them.
        let mut prior = vec![0.0f32; self.answers.workers() * k * k];
        for (worker, prior) in prior.chunks_exact_mut(k * k).enumerate() {
            let instead = &self.common.instead[self.groups.of_worker(worker) * k * k..][..k * k];
            for class in 0..k {
                let knows = Knows::of(&self.workers[worker * k * KNOWN..][..k * KNOWN], k);
                let all: f64 = (0..k).map(|label| instead[label * k + class]).sum();
                for label in 0..k {
                    prior[label * k + class] = if label == class {
                        knows.right_prior[class]
                    } else {
                        knows.wrong_prior[class] * (instead[label * k + class] / all) as f32
                    };
                }
            }
        }
        let Self { belief, counts, share, .. } = self;
        Fit { belief, confusion: Confusion::Full { counts, prior, smoothing: 0.0 }, share, rounds, settled }
    }

    /// Beliefs from the workers as they are known now (left alone where `anew` is false), and from the beliefs the expected
    /// answers of each worker. Gives the mean change of a belief.
    fn round(&mut self, anew: bool) -> f64 {
        let (k, answers, known, groups) = (self.k(), self.answers, self.known, self.groups);
        let cells = answers.workers() * k * k;
        let logs: Vec<f32> = self.share.iter().map(|share| share.ln() as f32).collect();
        if anew {
            self.weigh();
        }
        let weights = &self.weights;
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
            let (mut few, mut many) = ([0.0f32; FEW], Vec::new());
            let new: &mut [f32] = if K == 0 {
                many.resize(k, 0.0f32);
                &mut many
            } else {
                &mut few[..k]
            };
            for (number, own) in belief.chunks_exact_mut(k).enumerate() {
                let task = first + number;
                let votes = answers.of(task);
                let group = groups.of_task(task);
                if anew && known[task].is_none() {
                    new.copy_from_slice(&logs[group * k..(group + 1) * k]);
                    for place in votes.clone() {
                        let (worker, label) = (answers.worker[place] as usize, usize::from(answers.label[place]));
                        hear::<K>(new, own, &weights[(worker * k + label) * LINE * k..][..LINE * k]);
                    }
                    normalize::<K>(new);
                    for (old, new) in own.iter_mut().zip(new.iter()) {
                        sums.moved += f64::from((*old - new).abs());
                        *old = *new;
                    }
                }
                for place in votes {
                    let (worker, label) = (answers.worker[place] as usize, usize::from(answers.label[place]));
                    let cell = (worker * k + label) * k;
                    add::<K>(&mut sums.counts[cell..cell + k], own);
                }
                for (sum, belief) in sums.classes[group * k..(group + 1) * k].iter_mut().zip(own.iter()) {
                    *sum += f64::from(*belief);
                }
            }
        });
        self.add_up();
        self.sums.iter().map(|sums| sums.moved).sum::<f64>() / answers.tasks().max(1) as f64
    }

    /// Goes on along the curve through the beliefs before two rounds, between them and now (R. Varadhan and C. Roland, "Simple
    /// and globally convergent methods for accelerating the convergence of any EM algorithm", Scandinavian Journal of Statistics
    /// 35, 2008; the third length of step). Where the curve leaves what can be believed, the belief of now stands.
    fn leap(&mut self, first: &[f32], second: &[f32]) {
        const PART: usize = 1 << 16;
        let k = self.k();
        let part = PART / k * k;
        let curve = |first: f32, second: f32, now: f32| (second - first, now - 2.0 * second + first);
        let before = first.par_chunks(part).zip(second.par_chunks(part));
        let sums: Vec<(f64, f64)> = before
            .clone()
            .zip(self.belief.par_chunks(part))
            .map(|((first, second), now)| {
                let both = first.iter().zip(second).zip(now);
                both.fold((0.0, 0.0), |sum, ((first, second), now)| {
                    let (speed, bend) = curve(*first, *second, *now);
                    (sum.0 + f64::from(speed * speed), sum.1 + f64::from(bend * bend))
                })
            })
            .collect();
        let (speed, bend) = sums.iter().fold((0.0, 0.0), |all, part| (all.0 + part.0, all.1 + part.1));
        let length = if bend > 0.0 { (speed / bend).sqrt().clamp(*LEAPS.start(), *LEAPS.end()) as f32 } else { return };
        let known = self.known;
        before.zip(self.belief.par_chunks_mut(part)).enumerate().for_each(|(number, ((first, second), now))| {
            let tasks = now.chunks_exact_mut(k).zip(first.chunks_exact(k).zip(second.chunks_exact(k)));
            for (task, (now, (first, second))) in tasks.enumerate() {
                if known[number * part / k + task].is_some() {
                    continue;
                }
                let mut all = 0.0;
                for ((now, first), second) in now.iter_mut().zip(first).zip(second) {
                    let (speed, bend) = curve(*first, *second, *now);
                    let there = first + length * (2.0 * speed + length * bend);
                    if there > 0.0 && there < 1.0 {
                        *now = there;
                    }
                    all += *now;
                }
                now.iter_mut().for_each(|share| *share /= all);
            }
        });
        self.round(false);
    }

    /// What each answer says about each class, as a function of how far the task itself is believed to be of the class: that
    /// part is taken out of all counts. The logarithm is replaced by the line that agrees with it where nothing and where all that a
    /// task can hold is taken out, as beliefs mostly are; so that logarithms are needed for each worker and not for each answer.
    fn weigh(&mut self) {
        let (k, groups, common) = (self.k(), self.groups, &self.common);
        let instead: Vec<f32> = common.instead.iter().map(|value| *value as f32).collect();
        let instead_all: Vec<f32> = instead
            .chunks_exact(k * k)
            .flat_map(|group| (0..k).map(|class| (0..k).map(|label| group[label * k + class]).sum()))
            .collect();
        let counts = self.counts.par_chunks(k * k).zip(self.workers.par_chunks(k * KNOWN));
        let all = self.weights.par_chunks_mut(k * k * LINE).zip(counts).enumerate();
        all.with_min_len(64).for_each(|(worker, (weights, (counts, workers)))| {
            let knows = Knows::of(workers, k);
            let group = groups.of_worker(worker);
            for (label, weights) in weights.chunks_exact_mut(k * LINE).enumerate() {
                for class in 0..k {
                    let count = counts[label * k + class];
                    let prior = knows.right_prior[class] + knows.wrong_prior[class];
                    let said = |echo: f32| {
                        let tasks = (knows.tasks[class] - echo).max(0.0) + prior;
                        let own = (count - echo).max(0.0);
                        if label == class {
                            return ln((own + knows.right_prior[class]) / tasks);
                        }
                        let wrong = (knows.wrong[class] - echo).max(0.0);
                        let share =
                            (wrong + knows.wrong_prior[class]) * (own + instead[(group * k + label) * k + class]);
                        ln(share / (tasks * (wrong + instead_all[group * k + class])))
                    };
                    let most = count.clamp(1e-3, 1.0);
                    let none = said(0.0);
                    weights[class] = none;
                    weights[k + class] = (said(most) - none) / most;
                }
            }
        });
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
        let workers = self.workers.par_chunks_mut(k * KNOWN).zip(counts.par_chunks(k * k));
        workers.with_min_len(256).for_each(|(knows, own)| {
            for class in 0..k {
                let tasks: f32 = (0..k).map(|label| own[label * k + class]).sum();
                knows[class] = tasks;
                knows[k + class] = (tasks - own[class * k + class]).max(0.0);
            }
        });
        for (group, share) in self.share.chunks_exact_mut(k).enumerate() {
            let own = |class: usize| sums.iter().map(|block| block.classes[group * k + class]).sum::<f64>() + 1.0;
            let classes: Vec<f64> = (0..k).map(own).collect();
            let all: f64 = classes.iter().sum();
            share.iter_mut().zip(classes).for_each(|(share, sum)| *share = sum / all);
        }
    }

    /// Which kind each worker is of and so what is to be expected of them; then what kinds are like: one step of Minka's fixed
    /// point for each distribution.
    fn learn(&mut self) {
        let k = self.k();
        let (groups, common, counts) = (self.groups, &self.common, &self.counts);
        let functions: Vec<Functions> = common.right.iter().map(Functions::of).collect();
        let parts: Vec<Learnt> = self
            .workers
            .par_chunks_mut(k * KNOWN * TOGETHER)
            .zip(counts.par_chunks(k * k * TOGETHER))
            .enumerate()
            .map(|(part, (workers, counts))| {
                let mut learnt = Learnt::new(groups.worker_groups(), k);
                let functions = &functions;
                let both = workers.chunks_exact_mut(k * KNOWN).zip(counts.chunks_exact(k * k));
                for (number, (knows, counts)) in both.enumerate() {
                    let group = groups.of_worker(part * TOGETHER + number);
                    let kinds = common.expect(functions, group, k, knows);
                    learnt.add(common, functions, group, k, &Knows::of(knows, k), counts, kinds);
                }
                learnt
            })
            .collect();
        let mut all = Learnt::new(groups.worker_groups(), k);
        parts.iter().for_each(|part| all.merge(part));
        all.into_common(&mut self.common, k);
    }
}

/// What is computed once of a pair of prior parameters, not for each worker.
struct Functions {
    ln_beta: f64,
    /// Of both parameters and of their sum.
    digamma: [f64; 3],
}

impl Functions {
    fn of(prior: &[f64; 2]) -> Self {
        let [right, wrong] = *prior;
        Self { ln_beta: ln_beta(right, wrong), digamma: [digamma(right), digamma(wrong), digamma(right + wrong)] }
    }
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

    #[expect(clippy::too_many_arguments, reason = "sums over what one worker did under what all have in common")]
    fn add(
        &mut self,
        common: &Common,
        functions: &[Functions],
        group: usize,
        k: usize,
        knows: &Knows<'_>,
        counts: &[f32],
        kinds: [f64; KINDS],
    ) {
        /// Counts below this tell nothing.
        const NOTHING: f32 = 1e-4;
        for class in (0..k).filter(|class| knows.tasks[*class] > NOTHING) {
            let (tasks, wrong) = (f64::from(knows.tasks[class]), f64::from(knows.wrong[class]));
            for (kind, share) in kinds.iter().enumerate().filter(|(_, share)| **share > 1e-6) {
                let at = (group * KINDS + kind) * k + class;
                let [right_prior, wrong_prior] = common.right[at];
                let (sums, prior) = (&mut self.right[at], functions[at].digamma);
                sums[0] += share * (digamma(right_prior + tasks - wrong) - prior[0]);
                sums[1] += share * (digamma(wrong_prior + wrong) - prior[1]);
                sums[2] += share * (digamma(right_prior + wrong_prior + tasks) - prior[2]);
            }
            if k > 2 && knows.wrong[class] > NOTHING {
                let instead = |label: usize| common.instead[(group * k + label) * k + class];
                let all: f64 = (0..k).map(instead).sum();
                self.instead_all[group * k + class] += digamma(all + wrong) - digamma(all);
                for label in (0..k).filter(|label| *label != class && counts[label * k + class] > NOTHING) {
                    let (prior, count) = (instead(label), f64::from(counts[label * k + class]));
                    self.instead[(group * k + label) * k + class] += digamma(prior + count) - digamma(prior);
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

    fn into_common(self, common: &mut Common, k: usize) {
        let step = |prior: &mut f64, above: f64, below: f64| {
            if below > 0.0 {
                *prior = (*prior * above / below).clamp(*PRIORS.start(), *PRIORS.end());
            }
        };
        for (prior, sums) in common.right.iter_mut().zip(&self.right) {
            step(&mut prior[0], sums[0], sums[2]);
            step(&mut prior[1], sums[1], sums[2]);
        }
        for (at, prior) in common.instead.iter_mut().enumerate().filter(|(_, prior)| **prior > 0.0) {
            let (group, class) = (at / (k * k), at % k);
            step(prior, self.instead[at], self.instead_all[group * k + class]);
        }
        for (share, sums) in common.kinds.chunks_exact_mut(KINDS).zip(self.kinds.chunks_exact(KINDS)) {
            // Two workers more of each kind, so that none dies out before it was seen.
            let all: f64 = sums.iter().sum::<f64>() + 2.0 * KINDS as f64;
            share.iter_mut().zip(sums).for_each(|(share, sum)| *share = (sum + 2.0) / all);
        }
    }
}

impl Common {
    /// Goes on along the way of two steps, each distribution for itself, as beliefs do: a fixed point of this kind is near its end
    /// long before it is there.
    fn leap(&mut self, first: &Self, second: &Self) {
        let pairs = self.right.iter_mut().zip(&first.right).zip(&second.right);
        pairs.for_each(|((now, first), second)| leap_of_logs(now, first, second));
        let instead = self.instead.iter_mut().zip(&first.instead).zip(&second.instead);
        for ((now, first), second) in instead.filter(|((now, _), _)| **now > 0.0) {
            leap_of_logs(std::slice::from_mut(now), std::slice::from_ref(first), std::slice::from_ref(second));
        }
    }

    /// Which kind a worker is of, and what their kind expects of them in each class: told by all other classes, so that no answer
    /// counts twice.
    fn expect(&self, functions: &[Functions], group: usize, k: usize, known: &mut [f32]) -> [f64; KINDS] {
        let mut logs = [0.0f64; KINDS];
        let mut by_class = vec![[0.0f64; KINDS]; k];
        for (class, by_class) in by_class.iter_mut().enumerate() {
            let (tasks, wrong) = (f64::from(known[class]), f64::from(known[k + class]));
            for kind in 0..KINDS {
                let at = (group * KINDS + kind) * k + class;
                let [right_prior, wrong_prior] = self.right[at];
                let with = ln_beta(right_prior + tasks - wrong, wrong_prior + wrong);
                by_class[kind] = with - functions[at].ln_beta;
                logs[kind] += by_class[kind];
            }
        }
        for (kind, log) in logs.iter_mut().enumerate() {
            *log += self.kinds[group * KINDS + kind].ln();
        }
        for (class, by_class) in by_class.iter().enumerate() {
            let others: [f64; KINDS] = std::array::from_fn(|kind| logs[kind] - by_class[kind]);
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
        shares(logs)
    }
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

fn ln_beta(a: f64, b: f64) -> f64 {
    ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b)
}

fn shares(logs: [f64; KINDS]) -> [f64; KINDS] {
    let most = logs.into_iter().fold(f64::NEG_INFINITY, f64::max);
    let parts = logs.map(|log| (log - most).exp());
    let all: f64 = parts.iter().sum();
    parts.map(|part| part / all)
}

/// First task of each block, and one more.
fn blocks(tasks: usize) -> Vec<usize> {
    let number = (tasks / BLOCK_TASKS).clamp(1, BLOCKS);
    (0..=number).map(|block| block * tasks / number).collect()
}

/// Adds what an answer says about each class: a line in how far the task itself is believed to be of the class. Where the compiler
/// knows the number of classes, all go at once.
fn hear<const K: usize>(new: &mut [f32], own: &[f32], weights: &[f32]) {
    let (constant, slope) = weights.split_at(weights.len() / LINE);
    match (new.first_chunk_mut::<K>(), own.first_chunk::<K>(), constant.first_chunk::<K>(), slope.first_chunk::<K>()) {
        (Some(new), Some(own), Some(constant), Some(slope)) if K > 0 => {
            *new = std::array::from_fn(|class| new[class] + constant[class] + own[class] * slope[class]);
        }
        _ => {
            for (class, new) in new.iter_mut().enumerate() {
                *new += constant[class] + own[class] * slope[class];
            }
        }
    }
}

/// Adds a belief to a row of counts.
fn add<const K: usize>(counts: &mut [f32], own: &[f32]) {
    match (counts.first_chunk_mut::<K>(), own.first_chunk::<K>()) {
        (Some(counts), Some(own)) if K > 0 => *counts = std::array::from_fn(|class| counts[class] + own[class]),
        _ => counts.iter_mut().zip(own).for_each(|(count, own)| *count += own),
    }
}
