//! The methods that others know: majority, Wawa, one coin, and Dawid and Skene's model as published.
//!
//! Holds plain code, one loop after the other, by which the fast default is checked. It must never be made clever.

use super::answers::Answers;
use super::{Confusion, Fit, Groups, Method, Settings};

/// Added to every expected count, so that what never happened is not impossible.
const SMOOTHING: f64 = 0.01;
/// Answers that a worker of the one-coin model begins with: so many right, so many wrong.
const COIN: (f64, f64) = (2.0, 1.0);

/// Infers labels by one of the plain methods.
pub(super) fn fit(
    answers: &Answers,
    known: &[Option<u16>],
    groups: &Groups,
    method: Method,
    settings: &Settings,
) -> Fit {
    let mut belief = shares(answers, known, &vec![1.0; answers.workers()]);
    let mut rounds = 1;
    let mut settled = true;
    let mut confusion = Confusion::OneCoin(agreement(answers, &belief));
    match method {
        Method::Majority | Method::Hierarchical => {}
        Method::Wawa => {
            let Confusion::OneCoin(weights) = &confusion else { unreachable!("it was made above") };
            belief = shares(answers, known, weights);
            confusion = Confusion::OneCoin(agreement(answers, &belief));
            rounds = 2;
        }
        Method::OneCoin | Method::DawidSkene => {
            settled = false;
            while rounds < settings.most_rounds && !settled {
                confusion = match method {
                    Method::OneCoin => Confusion::OneCoin(coins(answers, &belief)),
                    _ => matrices(answers, &belief),
                };
                let share = classes(answers, groups, &belief);
                let moved = expect(answers, known, groups, &confusion, &share, &mut belief);
                settled = moved <= settings.tolerance;
                rounds += 1;
            }
        }
    }
    let share = classes(answers, groups, &belief);
    let fresh = fresh(&confusion, answers, groups);
    let belief = belief.into_iter().map(|share| share as f32).collect();
    Fit { belief, confusion, fresh, share, rounds, settled }
}

/// What is expected of a worker of whom nothing is known: what their group does, weighing one answer of each class.
fn fresh(confusion: &Confusion, answers: &Answers, groups: &Groups) -> Vec<f32> {
    let k = answers.labels();
    let own = if matches!(confusion, Confusion::OneCoin(_)) { 2 } else { k * k };
    let mut sums = vec![0.0f64; groups.worker_groups() * own];
    let mut answered = vec![0.0f64; answers.workers()];
    answers.worker.iter().for_each(|worker| answered[*worker as usize] += 1.0);
    for worker in 0..answers.workers() {
        let sums = &mut sums[groups.of_worker(worker) * own..][..own];
        match confusion {
            Confusion::OneCoin(right) => {
                sums[0] += right[worker] * answered[worker];
                sums[1] += answered[worker];
            }
            Confusion::Full { counts, .. } => {
                sums.iter_mut().zip(&counts[worker * own..]).for_each(|(sum, count)| *sum += f64::from(*count));
            }
        }
    }
    match confusion {
        Confusion::OneCoin(_) => {
            sums.chunks_exact(2).map(|sum| ((sum[0] + COIN.0) / (sum[1] + COIN.0 + COIN.1)) as f32).collect()
        }
        Confusion::Full { .. } => sums
            .chunks_exact(own)
            .flat_map(|group| {
                let all = |class: usize| (0..k).map(|label| group[label * k + class] + SMOOTHING).sum::<f64>();
                (0..own).map(move |cell| ((group[cell] + SMOOTHING) / all(cell % k)) as f32)
            })
            .collect(),
    }
}

/// Shares of votes, each vote with its worker's weight; all labels alike where nobody answered.
fn shares(answers: &Answers, known: &[Option<u16>], weights: &[f64]) -> Vec<f64> {
    let k = answers.labels();
    let mut belief = vec![0.0; answers.tasks() * k];
    for (task, own) in belief.chunks_exact_mut(k).enumerate() {
        if let Some(label) = known[task] {
            own[usize::from(label)] = 1.0;
            continue;
        }
        for (worker, label) in answers.of_task(task) {
            own[usize::from(label)] += weights[worker as usize].max(1e-9);
        }
        let all: f64 = own.iter().sum();
        own.iter_mut().for_each(|share| *share = if all > 0.0 { *share / all } else { 1.0 / k as f64 });
    }
    belief
}

/// How often each worker says what is believed: with how much belief, on average.
fn agreement(answers: &Answers, belief: &[f64]) -> Vec<f64> {
    let k = answers.labels();
    let mut sums = vec![(0.0, 0.0); answers.workers()];
    for task in 0..answers.tasks() {
        let own = &belief[task * k..(task + 1) * k];
        let most = own.iter().copied().fold(0.0, f64::max);
        for (worker, label) in answers.of_task(task) {
            let sum = &mut sums[worker as usize];
            sum.0 += f64::from(u8::from(own[usize::from(label)] >= most));
            sum.1 += 1.0;
        }
    }
    sums.into_iter().map(|(right, all)| if all > 0.0 { right / all } else { 0.5 }).collect()
}

/// Probability of being right, for each worker.
fn coins(answers: &Answers, belief: &[f64]) -> Vec<f64> {
    let k = answers.labels();
    let mut sums = vec![COIN; answers.workers()];
    for task in 0..answers.tasks() {
        for (worker, label) in answers.of_task(task) {
            let right = belief[task * k + usize::from(label)];
            let sum = &mut sums[worker as usize];
            *sum = (sum.0 + right, sum.1 + 1.0 - right);
        }
    }
    sums.into_iter().map(|(right, wrong)| right / (right + wrong)).collect()
}

/// The confusion matrix of each worker.
fn matrices(answers: &Answers, belief: &[f64]) -> Confusion {
    let k = answers.labels();
    let mut counts = vec![0.0f32; answers.workers() * k * k];
    for task in 0..answers.tasks() {
        for (worker, label) in answers.of_task(task) {
            let cell = (worker as usize * k + usize::from(label)) * k;
            for class in 0..k {
                counts[cell + class] += belief[task * k + class] as f32;
            }
        }
    }
    Confusion::Full { counts, prior: Vec::new(), smoothing: SMOOTHING }
}

/// Share of each class, by group of tasks.
fn classes(answers: &Answers, groups: &Groups, belief: &[f64]) -> Vec<f64> {
    let k = answers.labels();
    let mut share = vec![SMOOTHING; groups.task_groups() * k];
    for (task, own) in belief.chunks_exact(k).enumerate() {
        let group = groups.of_task(task) * k;
        own.iter().enumerate().for_each(|(class, belief)| share[group + class] += belief);
    }
    for group in share.chunks_exact_mut(k) {
        let all: f64 = group.iter().sum();
        group.iter_mut().for_each(|share| *share /= all);
    }
    share
}

/// Beliefs from workers and classes; gives the mean change.
fn expect(
    answers: &Answers,
    known: &[Option<u16>],
    groups: &Groups,
    confusion: &Confusion,
    share: &[f64],
    belief: &mut [f64],
) -> f64 {
    let k = answers.labels();
    let mut moved = 0.0;
    for task in (0..answers.tasks()).filter(|task| known[*task].is_none()) {
        let group = groups.of_task(task) * k;
        let mut new: Vec<f64> = share[group..group + k].iter().map(|share| share.ln()).collect();
        for (worker, label) in answers.of_task(task) {
            for (class, sum) in new.iter_mut().enumerate() {
                *sum += confusion.chance(k, worker as usize, class, usize::from(label)).ln();
            }
        }
        let most = new.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        new.iter_mut().for_each(|log| *log = (*log - most).exp());
        let all: f64 = new.iter().sum();
        for (old, new) in belief[task * k..(task + 1) * k].iter_mut().zip(new) {
            moved += (*old - new / all).abs();
            *old = new / all;
        }
    }
    moved / answers.tasks().max(1) as f64
}
