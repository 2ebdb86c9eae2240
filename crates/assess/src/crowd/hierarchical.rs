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
//! "Estimating a Dirichlet distribution", 2000), so that a worker of few answers is taken for an average one; see [`super::common`].
//!
//! Fitted by the zero-order collapsed variational bound (A. Asuncion, M. Welling, P. Smyth and Y. W. Teh, "On smoothing and
//! inference for topic models", UAI 2009): the belief about a task is computed from what a worker did in all other tasks, without
//! the echo of the task itself. This is what makes the stated confidence hold.
//!
//! Priors are learnt until new ones move a belief by a hundredth on average: where a distribution is nearly a point, its parameters would
//! wander towards infinity for long, and nothing would change but they.
//!
//! Time and memory are proportional to the answers times the labels, plus the workers times the labels squared. Sums run over a
//! fixed number of blocks in a fixed order, so that any number of threads gives the same result.

use super::answers::Answers;
use super::common::{Common, KNOWN, Knows, sample};
use super::quick::{ln, normalize, normalized};
use super::{Confusion, Fit, Groups, Settings};
use rayon::prelude::*;

/// Blocks of tasks that are summed apart; fixed, so that the number of threads changes nothing.
const BLOCKS: usize = 8;
/// Tasks of one block at least.
const BLOCK_TASKS: usize = 2_048;
/// Rounds after which the priors are learnt anew, once they have taken shape: two show where beliefs are heading, and one more to settle
/// after the leap there.
const EVERY: usize = 3;
/// Rounds in which the priors are learnt anew each time.
const FIRST: usize = EVERY;
/// Leaps of the priors at a time.
const PRIOR_LEAPS: usize = 2;
/// Mean change of a task's belief that new priors bring, below which they stay.
const PRIORS_SETTLED: f64 = 0.01;
/// Rounds after which they stay in any case.
const PRIORS_MOST: usize = 60;
/// Lengths of a leap of beliefs, in rounds.
const LEAPS: std::ops::RangeInclusive<f64> = 1.0..=32.0;
/// Coefficients of a line.
const LINE: usize = 2;

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
    /// Expected answers: worker, label given, class.
    counts: Vec<f32>,
    /// For each worker by class: tasks, tasks where they were wrong, prior answers that are right, prior answers that are wrong.
    workers: Vec<f32>,
    /// What an answer says about each class: worker, label given, coefficient of a line, class.
    weights: Vec<f32>,
    common: Common,
    /// Workers that the priors are learnt from.
    sample: Vec<u32>,
    share: Vec<f64>,
    sums: Vec<Sums>,
}

/// What a round goes by.
struct GoesBy<'a> {
    answers: &'a Answers,
    known: &'a [Option<u16>],
    groups: &'a Groups,
    weights: &'a [f32],
    /// Logarithm of the share of each class: group, class.
    logs: &'a [f32],
    /// False where beliefs are left alone.
    anew: bool,
}

impl GoesBy<'_> {
    /// A round over the tasks of one block, from `first` on, where the compiler knows the number of classes, so that all go at once.
    fn few<const K: usize>(&self, first: usize, belief: &mut [f32], sums: &mut Sums) {
        let (weights, logs) = (self.weights.as_chunks::<K>().0, self.logs.as_chunks::<K>().0);
        let (counts, classes) = (sums.counts.as_chunks_mut::<K>().0, sums.classes.as_chunks_mut::<K>().0);
        for (number, own) in belief.as_chunks_mut::<K>().0.iter_mut().enumerate() {
            let task = first + number;
            let votes = self.answers.of(task);
            let group = self.groups.of_task(task);
            let said = || self.answers.worker[votes.clone()].iter().zip(&self.answers.label[votes.clone()]);
            if self.anew && self.known[task].is_none() {
                let (old, mut new) = (*own, logs[group]);
                for (worker, label) in said() {
                    let line = (*worker as usize * K + usize::from(*label)) * LINE;
                    let (constant, slope) = (&weights[line], &weights[line + 1]);
                    new = std::array::from_fn(|class| new[class] + constant[class] + old[class] * slope[class]);
                }
                *own = normalized(new);
                sums.moved += f64::from(own.iter().zip(&old).map(|(new, old)| (new - old).abs()).sum::<f32>());
            }
            let own = *own;
            for (worker, label) in said() {
                let counts = &mut counts[*worker as usize * K + usize::from(*label)];
                *counts = std::array::from_fn(|class| counts[class] + own[class]);
            }
            classes[group].iter_mut().zip(own).for_each(|(sum, belief)| *sum += f64::from(belief));
        }
    }

    /// The same for any number of classes.
    fn many(&self, k: usize, first: usize, belief: &mut [f32], sums: &mut Sums) {
        let mut new = vec![0.0f32; k];
        for (number, own) in belief.chunks_exact_mut(k).enumerate() {
            let task = first + number;
            let classes = self.groups.of_task(task) * k..(self.groups.of_task(task) + 1) * k;
            let cell = |place: usize| self.answers.worker[place] as usize * k + usize::from(self.answers.label[place]);
            if self.anew && self.known[task].is_none() {
                new.copy_from_slice(&self.logs[classes.clone()]);
                for place in self.answers.of(task) {
                    let (constant, slope) = self.weights[cell(place) * LINE * k..][..LINE * k].split_at(k);
                    for (class, new) in new.iter_mut().enumerate() {
                        *new += constant[class] + own[class] * slope[class];
                    }
                }
                normalize(&mut new);
                sums.moved += own.iter().zip(&new).map(|(old, new)| f64::from((old - new).abs())).sum::<f64>();
                own.copy_from_slice(&new);
            }
            for place in self.answers.of(task) {
                let counts = &mut sums.counts[cell(place) * k..][..k];
                counts.iter_mut().zip(own.iter()).for_each(|(count, own)| *count += own);
            }
            sums.classes[classes].iter_mut().zip(own.iter()).for_each(|(sum, belief)| *sum += f64::from(*belief));
        }
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
        let mut work = Self {
            answers,
            known,
            groups,
            belief: vec![0.0; answers.tasks() * k],
            counts: vec![0.0; answers.workers() * k * k],
            workers: vec![0.0; answers.workers() * k * KNOWN],
            weights: vec![0.0; answers.workers() * k * k * LINE],
            common: Common::new(&vec![0.0; k * k], groups.worker_groups(), k),
            sample: sample(answers, groups),
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
        let mut pooled = vec![0.0f64; k * k];
        for row in self.counts.chunks_exact(k * k) {
            pooled.iter_mut().zip(row).for_each(|(sum, count)| *sum += f64::from(*count));
        }
        self.common = Common::new(&pooled, self.groups.worker_groups(), k);
    }

    fn run(mut self, settings: &Settings) -> Fit {
        let (mut rounds, mut settled, mut priors_settled) = (0, false, false);
        let (mut first, mut second) = (Vec::new(), Vec::new());
        while rounds < settings.most_rounds && !settled {
            let learns = !priors_settled && (rounds < FIRST || rounds.is_multiple_of(EVERY));
            if learns {
                self.learn();
            }
            // Two rounds show where beliefs are heading; the next begins further down that road.
            let leaps = rounds >= FIRST && rounds % EVERY == 1;
            if rounds >= FIRST && rounds.is_multiple_of(EVERY) {
                first.clone_from(&self.belief);
            } else if leaps {
                second.clone_from(&self.belief);
            }
            let moved = self.round(true);
            priors_settled |= learns && (moved <= PRIORS_SETTLED || rounds >= PRIORS_MOST);
            settled = priors_settled && moved <= settings.tolerance;
            if leaps && !settled {
                self.leap(&first, &second);
            }
            rounds += 1;
        }
        let k = self.k();
        // What is told about a worker is their own counts with the prior that was used for them.
        let mut prior = vec![0.0f32; self.answers.workers() * k * k];
        for (worker, prior) in prior.chunks_exact_mut(k * k).enumerate() {
            self.prior(self.groups.of_worker(worker), &self.workers[worker * k * KNOWN..][..k * KNOWN], prior);
        }
        // Who comes later is one of their group.
        let groups = self.groups.worker_groups();
        let mut nobody = vec![0.0f32; groups * k * KNOWN];
        self.common.expect(&mut nobody, &Groups::new((0..groups as u32).collect(), Vec::new()));
        let mut fresh = vec![0.0f32; groups * k * k];
        for (group, prior) in fresh.chunks_exact_mut(k * k).enumerate() {
            self.prior(group, &nobody[group * k * KNOWN..][..k * KNOWN], prior);
        }
        let Self { belief, counts, share, .. } = self;
        Fit { belief, confusion: Confusion::Full { counts, prior, smoothing: 0.0 }, fresh, share, rounds, settled }
    }

    /// Prior answers (label given, class) of a worker of a group of whom this is known.
    fn prior(&self, group: usize, known: &[f32], prior: &mut [f32]) {
        let k = self.k();
        let instead = &self.common.instead[group * k * k..][..k * k];
        let knows = Knows::of(known, k);
        for class in 0..k {
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

    /// Beliefs from the workers as they are known now (left alone where `anew` is false), and from the beliefs the expected
    /// answers of each worker. Gives the mean change of a belief.
    fn round(&mut self, anew: bool) -> f64 {
        let (k, answers, known, groups) = (self.k(), self.answers, self.known, self.groups);
        if anew {
            self.weigh();
        }
        let logs: Vec<f32> = self.share.iter().map(|share| share.ln() as f32).collect();
        let goes_by = GoesBy { answers, known, groups, weights: &self.weights, logs: &logs, anew };
        let mut parts = Vec::with_capacity(self.sums.len());
        let mut rest = self.belief.as_mut_slice();
        for (pair, sums) in self.blocks.windows(2).zip(&mut self.sums) {
            let (own, behind) = rest.split_at_mut((pair[1] - pair[0]) * k);
            parts.push((pair[0], own, sums));
            rest = behind;
        }
        parts.into_par_iter().for_each(|(first, belief, sums)| {
            sums.counts.clear();
            sums.counts.resize(answers.workers() * k * k, 0.0);
            sums.classes.clear();
            sums.classes.resize(groups.task_groups() * k, 0.0);
            sums.moved = 0.0;
            if K == 0 { goes_by.many(k, first, belief, sums) } else { goes_by.few::<K>(first, belief, sums) }
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

    /// Brings the priors nearer to what the workers of the sample did, and writes down what they make one expect of every worker.
    fn learn(&mut self) {
        for _ in 0..PRIOR_LEAPS {
            let first = self.common.clone();
            self.common.learn(&self.counts, &self.workers, self.groups, &self.sample);
            let second = self.common.clone();
            self.common.learn(&self.counts, &self.workers, self.groups, &self.sample);
            self.common.leap(&first, &second);
        }
        self.common.expect(&mut self.workers, self.groups);
    }
}

/// First task of each block, and one more.
fn blocks(tasks: usize) -> Vec<usize> {
    let number = (tasks / BLOCK_TASKS).clamp(1, BLOCKS);
    (0..=number).map(|block| block * tasks / number).collect()
}
