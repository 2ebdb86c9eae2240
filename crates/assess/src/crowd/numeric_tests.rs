//! Numbers of simulated crowds: whether intervals hold what they say. Holds tests only; must never hold a law of its own.

use super::chain::{Chain, Numbers, Stream};
use super::*;
use simulate::Chance;

/// A crowd whose members have a bias, and a spread of which every fourth has the second.
struct Crowd {
    truth: Vec<f64>,
    bias: Vec<f64>,
    answers: Vec<NumericAnswer>,
}

/// What a crowd is like: tasks, workers, answers of each task, deviation of biases, spreads.
type Kind = (usize, usize, usize, f64, [f64; 2]);

/// Biases cancel out among all, as nothing could show otherwise.
fn crowd((tasks, workers, each, biases, spreads): Kind, seed: u64) -> Crowd {
    let mut chance = Chance::stream(seed, "numbers");
    let truth: Vec<f64> = (0..tasks).map(|_| chance.normal(50.0, 10.0)).collect();
    let mut bias: Vec<f64> = (0..workers).map(|_| chance.normal(0.0, biases)).collect();
    let mean = bias.iter().sum::<f64>() / workers as f64;
    bias.iter_mut().for_each(|bias| *bias -= mean);
    let mut answers = Vec::new();
    let mut all: Vec<usize> = (0..workers).collect();
    for (task, value) in truth.iter().enumerate() {
        chance.shuffle(&mut all);
        for &worker in &all[..each] {
            let spread = spreads[usize::from(worker % 4 == 0)];
            let value = value + bias[worker] + chance.normal(0.0, spread);
            answers.push(NumericAnswer { task: task as u32, worker: worker as u32, value });
        }
    }
    Crowd { truth, bias, answers }
}

fn fitted(answers: &[NumericAnswer], gold: &[NumericGold], tasks: usize, workers: usize) -> NumericFit {
    numeric(answers, gold, tasks, workers, numeric_rounds(answers.len())).expect("sound answers")
}

fn answer((task, worker, value): (u32, u32, f64)) -> NumericAnswer {
    NumericAnswer { task, worker, value }
}

/// Share of intervals that hold the value, and of those of biases that hold the bias, over many crowds of a kind.
fn coverage(kind: Kind, seeds: u64) -> (f64, f64) {
    let (mut tasks, mut held, mut workers, mut held_biases) = (0.0, 0.0, 0.0, 0.0);
    let one = |yes: bool| f64::from(u8::from(yes));
    for seed in 0..seeds {
        let crowd = crowd(kind, seed);
        let fit = fitted(&crowd.answers, &[], kind.0, kind.1);
        for (found, truth) in fit.tasks.iter().zip(&crowd.truth) {
            let value = found.value.expect("it was answered");
            tasks += 1.0;
            held += one((value.low..=value.high).contains(truth));
        }
        for (found, bias) in fit.workers.iter().zip(&crowd.bias).filter(|(found, _)| found.answers > 0) {
            workers += 1.0;
            held_biases += one((found.low..=found.high).contains(bias));
        }
    }
    (held / tasks, held_biases / workers)
}

#[test]
fn nine_in_ten_intervals_hold_the_value_in_crowds_of_any_size() {
    const UNLIKE: [f64; 2] = [1.5, 15.0];
    for (kind, seeds) in [
        ((600, 20, 4, 4.0, UNLIKE), 4),
        ((100, 20, 4, 4.0, UNLIKE), 16),
        ((30, 6, 3, 4.0, UNLIKE), 50),
        ((10, 4, 3, 4.0, UNLIKE), 150),
        ((600, 20, 4, 0.0, [3.0; 2]), 3),
        ((30, 6, 3, 0.0, [3.0; 2]), 50),
        ((10, 4, 3, 0.0, [3.0; 2]), 150),
        ((100, 50, 3, 4.0, [3.0; 2]), 20),
        ((20, 8, 2, 2.0, [3.0, 6.0]), 80),
    ] {
        let (values, biases) = coverage(kind, seeds);
        assert!((0.87..=0.93).contains(&values), "{kind:?}: {values:.3} of the values");
        // Where nobody is biased, no bias lies in the outer part of what was to be expected.
        let most = if kind.3 > 0.0 { 0.95 } else { 1.0 };
        assert!((0.85..=most).contains(&biases), "{kind:?}: {biases:.3} of the biases");
    }
    // Five tasks of three workers say little of how these differ: intervals are wide rather than wrong.
    for kind in [(5, 3, 3, 4.0, UNLIKE), (5, 3, 3, 0.0, [3.0; 2]), (3, 3, 2, 2.0, [3.0, 6.0])] {
        let (values, _) = coverage(kind, 250);
        assert!((0.87..=0.97).contains(&values), "{kind:?}: {values:.3} of the values");
    }
}

#[test]
fn numbers_of_biased_and_careless_workers_are_put_together() {
    let kind = (600, 20, 4, 4.0, [1.5, 15.0]);
    let crowd = crowd(kind, 12);
    let fit = fitted(&crowd.answers, &[], 600, 20);
    assert!(fit.settled);
    let error = |of: &dyn Fn(usize) -> f64| {
        ((0..600).map(|task| (of(task) - crowd.truth[task]).powi(2)).sum::<f64>() / 600.0).sqrt()
    };
    let plain = |task: usize| crowd.answers[task * 4..][..4].iter().map(|one| one.value).sum::<f64>() / 4.0;
    let ours = |task: usize| fit.tasks[task].value.expect("it was answered").value;
    assert!(error(&ours) < 0.3 * error(&plain), "ours {}, plain {}", error(&ours), error(&plain));
    let careless = (0..20).filter(|worker| fit.workers[*worker].spread > 6.0).collect::<Vec<_>>();
    assert_eq!(careless, [0, 4, 8, 12, 16]);
    // Nothing tells by how much all are off together; that much is said.
    let shift = fit.shared_shift.expect("nothing is known");
    assert!((0.8..3.0).contains(&shift), "{shift}");
}

/// Where biases come by chance, all values together are off by no more than is told in nine of ten crowds.
#[test]
fn what_all_values_may_be_off_by_holds_in_nine_of_ten_crowds() {
    let (mut held, mut chance) = (0, Chance::stream(71, "shift"));
    for seed in 0..200 {
        // Of twelve biases the mean, which the crowd was made without.
        let mean = chance.normal(0.0, 4.0 / 12f64.sqrt());
        let mut crowd = crowd((40, 12, 4, 4.0, [3.0; 2]), seed);
        crowd.answers.iter_mut().for_each(|one| one.value += mean);
        let fit = fitted(&crowd.answers, &[], 40, 12);
        held += usize::from(fit.shared_shift.is_some_and(|shift| mean.abs() <= shift));
    }
    assert!((172..=190).contains(&held), "{held} of 200");
}

#[test]
fn numbers_of_any_size_are_handled_alike() {
    let crowd = crowd((40, 8, 3, 2.0, [2.0, 6.0]), 3);
    // Rounded, so that what they are multiples of plays its part.
    let answers: Vec<NumericAnswer> =
        crowd.answers.iter().map(|one| NumericAnswer { value: one.value.round(), ..*one }).collect();
    let plain = fitted(&answers, &[], 40, 8);
    for power in [-90, -3, 9, 97] {
        let times = 10f64.powi(power);
        let turned: Vec<NumericAnswer> =
            answers.iter().map(|one| NumericAnswer { value: one.value * times, ..*one }).collect();
        let fit = fitted(&turned, &[], 40, 8);
        for (a, b) in plain.tasks.iter().zip(&fit.tasks) {
            let (a, b) = (a.value.expect("answered"), b.value.expect("answered"));
            for (a, b) in [(a.value, b.value), (a.low, b.low), (a.high, b.high)] {
                assert!((a - b / times).abs() < 1e-3 * a.abs().max(1.0), "{power}: {a} and {}", b / times);
            }
        }
    }
    let far = [(0, 0, 1e99), (0, 1, -1e99), (1, 1, 3.0), (1, 0, 4.0)].map(answer);
    for found in fitted(&far, &[], 2, 2).tasks {
        let value = found.value.expect("it was answered");
        assert!(value.low.is_finite() && value.high.is_finite() && value.low <= value.value, "{value:?}");
    }
    for wrong in [1.1e100, -1e200, f64::NAN, f64::INFINITY] {
        let said = numeric(&[answer((0, 0, wrong))], &[], 1, 1, 10).expect_err("too large").to_string();
        assert!(said.contains("write numbers between -1e100 and 1e100"), "{said}");
    }
}

#[test]
fn two_different_numbers_of_one_worker_are_refused_and_equal_ones_count_once() {
    let twice = [(0, 0, 1.0), (1, 1, 3.0), (0, 1, 2.0), (0, 0, 9.0)].map(answer);
    let error = numeric(&twice, &[], 2, 2, 100).expect_err("two answers");
    assert_eq!(error, NumericError::Twice(TwoAnswers { first: 0, second: 3 }));
    let equal = [(0, 0, 1.0), (1, 1, 3.0), (0, 1, 2.0), (0, 0, 1.0)].map(answer);
    let fit = fitted(&equal, &[], 2, 2);
    assert_eq!((fit.doubles, fit.tasks[0].answers), (1, 2));
    assert_eq!(fit.tasks, fitted(&equal[..3], &[], 2, 2).tasks);
}

#[test]
fn few_numbers_stay_near_what_was_said_and_what_is_unsettled_is_told() {
    let few = [(0, 0, 1.0), (0, 1, 2.0), (1, 1, 3.0), (1, 0, 4.0)].map(answer);
    let fit = fitted(&few, &[], 2, 2);
    let of = |task: usize| fit.tasks[task].value.expect("it was answered");
    assert!((0.8..2.2).contains(&of(0).value) && (2.8..4.2).contains(&of(1).value), "{:?}", fit.tasks);
    assert!(of(0).low < 1.2 && of(0).high > 1.8, "{:?}", of(0));
    assert!(fit.settled, "{} rounds", fit.rounds);
    let hasty = numeric(&few, &[], 2, 2, 3).expect("sound answers");
    assert!(!hasty.settled && hasty.rounds <= 3);
    // One answer, and none at all.
    let one = fitted(&few[..1], &[], 2, 1);
    let value = one.tasks[0].value.expect("it was answered");
    assert!((value.value - 1.0).abs() < 0.5 && value.low < 1.0 && value.high > 1.0, "{value:?}");
    assert_eq!(one.tasks[1].value, None);
    assert_eq!(fitted(&[], &[], 1, 0).tasks[0].value, None);
    // All the same.
    let same: Vec<NumericAnswer> =
        (0..5).flat_map(|task| (0..3).map(move |worker| answer((task, worker, 7.0)))).collect();
    let value = fitted(&same, &[], 5, 3).tasks[0].value.expect("it was answered");
    assert!((value.value - 7.0).abs() < 0.1 && value.half_width() < 1.0, "{value:?}");
}

#[test]
fn known_values_hold_and_tell_what_all_are_off_by() {
    let mut crowd = crowd((120, 10, 4, 2.0, [2.0, 4.0]), 5);
    crowd.answers.iter_mut().for_each(|one| one.value += 30.0);
    let gold: Vec<NumericGold> = (0..30).map(|task| NumericGold { task, value: crowd.truth[task as usize] }).collect();
    let off = |fit: &NumericFit| {
        let apart = (30..120).map(|task| fit.tasks[task].value.expect("answered").value - crowd.truth[task]);
        apart.sum::<f64>() / 90.0
    };
    let (without, with) = (fitted(&crowd.answers, &[], 120, 10), fitted(&crowd.answers, &gold, 120, 10));
    assert!((off(&without) - 30.0).abs() < 1.0, "{}", off(&without));
    assert!(off(&with).abs() < 1.0, "{}", off(&with));
    assert_eq!((with.shared_shift, without.shared_shift.is_some()), (None, true));
    for one in &gold {
        let found = with.tasks[one.task as usize].value.expect("known");
        let apart = [found.value, found.low, found.high].map(|value| (value - one.value).abs());
        assert!(apart.iter().all(|apart| *apart < 1e-9), "{found:?}");
    }
    let held = (30..120).filter(|task| {
        let found = with.tasks[*task].value.expect("answered");
        (found.low..=found.high).contains(&crowd.truth[*task])
    });
    let share = held.count() as f64 / 90.0;
    assert!((0.82..=0.97).contains(&share), "{share}");
    // Known, but answered by nobody.
    let alone = fitted(&crowd.answers, &[NumericGold { task: 120, value: 1.0 }], 121, 10);
    assert_eq!(alone.tasks[120].value.map(|value| value.value.round()), Some(1.0));
    let twice = [gold[0], NumericGold { value: gold[0].value + 1.0, ..gold[0] }];
    assert!(numeric(&crowd.answers, &twice, 120, 10, 100).is_err());
    assert!(numeric(&crowd.answers, &[NumericGold { task: 500, value: 1.0 }], 120, 10, 100).is_err());
}

#[test]
fn odd_workers_of_numbers_are_flagged_and_do_not_carry_others_along() {
    for (rounds_to, seed) in [(0.0, 21), (1.0, 22)] {
        let mut crowd = crowd((150, 12, 5, 2.0, [3.0, 3.0]), seed);
        let mut chance = Chance::stream(seed, "odd");
        crowd.answers.retain(|one| one.worker < 8);
        // The eighth answers everything, the ninth copies them; the tenth says 40 always, the eleventh anything.
        for task in 0..150u32 {
            let truth = crowd.truth[task as usize];
            let theirs = truth + chance.normal(0.0, 8.0);
            let more = [(8, theirs), (9, theirs), (10, 40.0), (11, truth + chance.normal(0.0, 60.0))];
            crowd.answers.extend(more.map(|(worker, value)| NumericAnswer { task, worker, value }));
        }
        if rounds_to > 0.0 {
            crowd.answers.iter_mut().for_each(|one| one.value = one.value.round());
        }
        let fit = fitted(&crowd.answers, &[], 150, 12);
        assert_eq!((fit.workers[8].copies, fit.workers[9].copies), (Some(9), Some(8)));
        assert!(fit.workers[10].flags.contains(&Flag::AlwaysTheSame), "{:?}", fit.workers[10]);
        assert_eq!(fit.workers[11].flags, [Flag::FarOff]);
        assert!((0..8).all(|worker| fit.workers[worker].flags.is_empty()), "{:?}", &fit.workers[..8]);
        let value = fit.tasks[0].value.expect("answered");
        assert_eq!(value.independent_voices, value.voices - 1.0);
        let squares = |task: usize| (fit.tasks[task].value.expect("answered").value - crowd.truth[task]).powi(2);
        let error = ((0..150).map(squares).sum::<f64>() / 150.0).sqrt();
        assert!(error < 3.0, "two who say the same to the last digit are not believed for that: {error}");
    }
}

#[test]
fn whole_numbers_of_good_workers_are_no_copies() {
    let mut chance = Chance::stream(31, "grades");
    let mut answers = Vec::new();
    for task in 0..300u32 {
        let truth = 1.0 + 4.0 * chance.unit();
        for worker in 0..8u32 {
            let spread = if worker < 2 { 0.2 } else { 1.0 };
            answers.push(answer((task, worker, (truth + chance.normal(0.0, spread)).round().clamp(1.0, 5.0))));
        }
    }
    let fit = fitted(&answers, &[], 300, 8);
    assert!(fit.workers.iter().all(|worker| worker.copies.is_none()), "{:?}", fit.workers);
}

#[test]
fn numbers_come_out_the_same_on_any_number_of_threads_and_in_any_order() {
    let crowd = crowd((200, 20, 3, 2.0, [2.0, 5.0]), 9);
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| fitted(&crowd.answers, &[], 200, 20))
    };
    let mut turned = crowd.answers.clone();
    turned.reverse();
    assert_eq!(run(1), run(3));
    assert_eq!(run(1), fitted(&turned, &[], 200, 20));
}

/// One round as it stands in the books: each step by going through all answers, nothing kept from the step before.
struct Plain {
    stream: Stream,
    mean: f64,
    between: f64,
    biases: f64,
    noise: f64,
    alike: f64,
    value: Vec<f64>,
    bias: Vec<f64>,
    spread: Vec<f64>,
}

impl Plain {
    fn round(&mut self, answers: &[NumericAnswer], known: &[Option<f64>], floor: f64, anchored: bool) {
        let tasks = 0..self.value.len();
        let workers = 0..self.bias.len();
        let of = |task: usize| answers.iter().filter(move |one| one.task as usize == task);
        let by = |worker: usize| answers.iter().filter(move |one| one.worker as usize == worker);
        // The mean, of which each task says what its answers say, less sure by what tasks differ.
        let precision =
            |task: usize, spread: &[f64]| of(task).map(|one| 1.0 / spread[one.worker as usize]).sum::<f64>();
        let weighted = |task: usize, spread: &[f64], bias: &[f64]| {
            of(task).map(|one| (one.value - bias[one.worker as usize]) / spread[one.worker as usize]).sum::<f64>()
        };
        let says: Vec<(f64, f64)> = tasks
            .clone()
            .filter_map(|task| match (known[task], precision(task, &self.spread)) {
                (Some(known), _) => Some((known, 1.0 / self.between)),
                (None, own) if own > 0.0 => {
                    Some((weighted(task, &self.spread, &self.bias) / own, 1.0 / (self.between + 1.0 / own)))
                }
                _ => None,
            })
            .collect();
        let all: f64 = says.iter().map(|one| one.1).sum();
        let sum: f64 = says.iter().map(|one| one.0 * one.1).sum();
        self.mean = sum / all + self.stream.normal() / all.sqrt();
        for task in tasks.clone() {
            let own = precision(task, &self.spread) + 1.0 / self.between;
            let middle = (weighted(task, &self.spread, &self.bias) + self.mean / self.between) / own;
            self.value[task] = match known[task] {
                Some(known) => known,
                None => middle + self.stream.normal() / own.sqrt(),
            };
        }
        if anchored {
            let (mut own, mut sum) = (0.0, 0.0);
            for task in tasks.clone() {
                let Some(known) = known[task] else { continue };
                own += 1.0 / self.between;
                sum += (self.mean - known) / self.between;
                for one in of(task) {
                    let worker = one.worker as usize;
                    own += 1.0 / self.spread[worker];
                    sum += (one.value - known - self.bias[worker]) / self.spread[worker];
                }
            }
            for worker in workers.clone() {
                own += 1.0 / self.biases;
                sum -= self.bias[worker] / self.biases;
            }
            let shift = sum / own + self.stream.normal() / own.sqrt();
            self.mean -= shift;
            workers.clone().for_each(|worker| self.bias[worker] += shift);
            tasks.clone().filter(|task| known[*task].is_none()).for_each(|task| self.value[task] -= shift);
        }
        let variance: Vec<f64> = workers
            .clone()
            .map(|worker| 1.0 / (by(worker).count() as f64 / self.spread[worker] + 1.0 / self.biases))
            .collect();
        for worker in workers.clone() {
            let off: f64 = by(worker).map(|one| one.value - self.value[one.task as usize]).sum();
            self.bias[worker] =
                off / self.spread[worker] * variance[worker] + variance[worker].sqrt() * self.stream.normal();
        }
        if !anchored {
            let (all, unsure) = (self.bias.iter().sum::<f64>(), variance.iter().sum::<f64>());
            workers.clone().for_each(|worker| self.bias[worker] -= all * variance[worker] / unsure);
        }
        for worker in workers.clone() {
            let squares: f64 =
                by(worker).map(|one| (one.value - self.value[one.task as usize] - self.bias[worker]).powi(2)).sum();
            let shape = (self.alike + by(worker).count() as f64) / 2.0;
            self.spread[worker] = ((self.alike * self.noise + squares) / 2.0 / self.stream.gamma(shape)).max(floor);
        }
        self.shared(if anchored { 0.0 } else { 1.0 });
    }

    /// What all share, by the same laws; so many of the biases follow from the others.
    fn shared(&mut self, fixed: f64) {
        let (tasks, workers) = (self.value.len() as f64, self.bias.len() as f64);
        let squares = self.value.iter().map(|value| (value - self.mean).powi(2)).sum();
        self.between = self.stream.variance(squares, tasks, chain::EXPECTED[0], self.between);
        let squares = self.bias.iter().map(|bias| bias * bias).sum();
        self.biases = self.stream.variance(squares, workers - fixed, chain::EXPECTED[1], self.biases);
        let inverse: f64 = self.spread.iter().map(|spread| 1.0 / spread).sum();
        self.noise = self.stream.gamma(self.alike * workers / 2.0 + 0.5)
            / (self.alike * inverse / 2.0 + 0.5 / chain::EXPECTED[2].powi(2));
        // The density of each worker's noise variance, multiplied out one by one.
        let density = |alike: f64| {
            let half = alike / 2.0;
            let one = |spread: &f64| {
                half * (half * self.noise).ln()
                    - crate::chance::ln_gamma(half)
                    - (half + 1.0) * spread.ln()
                    - half * self.noise / spread
            };
            self.spread.iter().map(one).sum::<f64>().exp()
        };
        let weights: Vec<f64> = chain::LIKENESS.iter().map(|alike| density(*alike)).collect();
        let mut left = weights.iter().sum::<f64>() * self.stream.share();
        for (alike, weight) in chain::LIKENESS.iter().zip(weights) {
            left -= weight;
            self.alike = *alike;
            if left <= 0.0 {
                break;
            }
        }
    }
}

#[test]
fn a_chain_does_what_the_plain_loops_do() {
    for (known_tasks, seed) in [(0, 41), (4, 42)] {
        let crowd = crowd((12, 5, 3, 1.0, [1.0, 2.0]), seed);
        // On the common scale already, as a chain wants it.
        let answers: Vec<NumericAnswer> = {
            let mut all: Vec<NumericAnswer> =
                crowd.answers.iter().map(|one| NumericAnswer { value: (one.value - 50.0) / 10.0, ..*one }).collect();
            all.sort_by_key(|one| (one.task, one.worker));
            all
        };
        let known: Vec<Option<f64>> =
            (0..12).map(|task| (task < known_tasks).then(|| (crowd.truth[task] - 50.0) / 10.0)).collect();
        let mut starts = vec![0u32];
        let mut of_worker = vec![0u32; 5];
        for task in 0..12u32 {
            starts.push(answers.iter().filter(|one| one.task <= task).count() as u32);
        }
        answers.iter().for_each(|one| of_worker[one.worker as usize] += 1);
        let numbers = Numbers {
            starts,
            worker: answers.iter().map(|one| one.worker).collect(),
            value: answers.iter().map(|one| one.value).collect(),
            known: known.clone(),
            of_worker,
            floor: 1e-12,
            anchored: known_tasks > 0,
        };
        let mut chain = Chain::new(&numbers, 7);
        let mut plain = Plain {
            stream: chain.stream.clone(),
            mean: chain.mean,
            between: chain.between,
            biases: chain.biases,
            noise: chain.noise,
            alike: chain.alike,
            value: chain.value.clone(),
            bias: chain.bias.clone(),
            spread: chain.spread.clone(),
        };
        for round in 0..12 {
            chain.round(&numbers);
            plain.round(&answers, &known, 1e-12, known_tasks > 0);
            let all = |values: &[f64], bias: &[f64], spread: &[f64]| [values, bias, spread].concat();
            let ours = all(&chain.value, &chain.bias, &chain.spread);
            let theirs = all(&plain.value, &plain.bias, &plain.spread);
            for (ours, theirs) in ours.iter().zip(&theirs) {
                assert!((ours - theirs).abs() <= 1e-6 * theirs.abs().max(1.0), "round {round}: {ours} and {theirs}");
            }
            assert_eq!(chain.alike, plain.alike);
        }
    }
}
