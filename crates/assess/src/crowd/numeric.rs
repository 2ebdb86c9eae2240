//! Numbers instead of labels: what a quantity is when many measured or guessed it.
//!
//! Holds the entry point, and the way from answers to draws and from draws to intervals. It must never take an outlier
//! for a fact: whoever is far off often counts little.
//!
//! Model: answer = value of the task + bias of the worker + noise of the worker. Values are normal around the mean of
//! all, biases around 0; each worker's noise variance is drawn from one that all share (scaled inverse chi-squared),
//! and how alike workers are is learnt as well, so that sparse workers pool (V. C. Raykar et al., "Learning from
//! crowds", JMLR 11, 2010, section 5, with biases).
//!
//! All of it is drawn in turn, each given the rest (A. E. Gelfand and A. F. M. Smith, "Sampling-based approaches to
//! calculating marginal densities", JASA 85, 1990), in four chains that begin apart; see [`super::chain`]. An interval
//! so carries that biases, noise and what workers share are not known either, which no single best guess of them does.
//! Draws follow from a fixed seed.
//!
//! What is true is what the crowd as a whole would say: biases of all workers together are 0, for a shift that all
//! share shows nowhere in their answers. Where known values were answered, biases are measured against those instead.

use super::TwoAnswers;
use super::chain::{Chain, Numbers};
use super::numeric_workers::{self, NumericWorker};
use crate::AssessError;
use model::Estimate;
use model::estimate::normal_quantile;
use rayon::prelude::*;

/// Probability that an interval holds the value.
pub(super) const LEVEL: f64 = 0.9;
/// Largest number that is taken: squares of larger ones are no numbers any more.
const LARGEST: f64 = 1e100;
/// Chains of draws.
const CHAINS: usize = 4;
/// Rounds of a chain before it is first asked where it is: at least, at most, and answers times rounds in between.
const FIRST: (usize, usize, usize) = (60, 250, 40_000_000);
/// Rounds at most unless somebody says otherwise: the same.
const MOST: (usize, usize, usize) = (500, 20_000, 100_000_000);
/// What chains may differ in where a task is, on average and for 99 of 100 tasks: share of the variance of its value.
const SETTLED: (f64, f64) = (0.02, 0.1);
/// Draws that are kept of all tasks together.
const KEPT: usize = 1 << 24;

/// A worker's number for a task. Task and worker are numbers from 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NumericAnswer {
    /// What was asked about.
    pub task: u32,
    /// Who answered.
    pub worker: u32,
    /// The number, within 1e100 of 0.
    pub value: f64,
}

/// A task whose value is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NumericGold {
    /// The task.
    pub task: u32,
    /// Its value, within 1e100 of 0.
    pub value: f64,
}

/// The value of one task.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NumericEstimate {
    /// Value with its 90 % interval; `None` where nobody answered and nothing is known.
    pub value: Option<Estimate>,
    /// Answers.
    pub answers: usize,
}

/// What was inferred.
#[derive(Clone, Debug, PartialEq)]
pub struct NumericFit {
    /// Each task, by number.
    pub tasks: Vec<NumericEstimate>,
    /// Each worker, by number.
    pub workers: Vec<NumericWorker>,
    /// How far all values together may be off, as half of a 90 % interval, if the biases of workers are independent of
    /// one another: no interval of a value holds this. `None` where known values say where 0 is.
    pub shared_shift: Option<f64>,
    /// Answers that were left out because the same worker had given the same before.
    pub doubles: usize,
    /// Rounds of computing.
    pub rounds: usize,
    /// False where the chains of draws were not yet in the same place when the rounds were over.
    pub settled: bool,
}

/// What keeps values from being inferred.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NumericError {
    /// One worker gave two different numbers for one task.
    #[error(transparent)]
    Twice(#[from] TwoAnswers),
    /// Answers or known values that nothing can be computed with.
    #[error(transparent)]
    Wrong(#[from] AssessError),
}

/// Rounds at most for so many answers where nobody says otherwise.
pub fn numeric_rounds(answers: usize) -> usize {
    (MOST.2 / answers.max(1)).clamp(MOST.0, MOST.1)
}

/// Infers the value of every task in at most `most_rounds` rounds, each in time proportional to the answers.
///
/// Known values hold, and what workers said about those tasks tells about the workers. Of workers who copy from one
/// another, answers that are the same count once.
///
/// # Errors
/// Two different answers of one worker about one task, with their positions; a number that is none or beyond 1e100; two
/// known values for one task, or one for a task that is not there.
pub fn numeric(
    answers: &[NumericAnswer],
    gold: &[NumericGold],
    tasks: usize,
    workers: usize,
    most_rounds: usize,
) -> Result<NumericFit, NumericError> {
    let all = answers.iter().map(|answer| answer.value).chain(gold.iter().map(|one| one.value));
    if let Some(wrong) = all.into_iter().find(|value| value.is_nan() || value.abs() > LARGEST) {
        let (name, found) = ("answers", wrong.to_string());
        return Err(AssessError::Setting { name, found, write: "numbers between -1e100 and 1e100" }.into());
    }
    let (sorted, doubles) = sorted(answers)?;
    let scale = Scale::of(&sorted, gold);
    let known = scale.known(gold, tasks)?;
    let all = scale.numbers(&sorted, known.clone(), workers);
    let mut drawn = draw(&all, most_rounds.max(1));
    let copies = numeric_workers::copies(&all, &drawn);
    let mut once = all.of_tasks();
    if !copies.is_empty() {
        // Whoever only repeats is no second voice, and agreement to the last digit would look like perfect knowledge.
        let kept = numeric_workers::without_echoes(&sorted, &copies);
        let numbers = scale.numbers(&kept, known, workers);
        drawn = draw(&numbers, most_rounds.max(1));
        once = numbers.of_tasks();
    }
    let of_task = all.of_tasks();
    let tasks = (0..tasks).into_par_iter().map(|task| {
        let voices = of_task[task] as f64;
        let estimate = |value, low, high| Estimate {
            value: scale.back(value),
            low: scale.back(low),
            high: scale.back(high),
            level: LEVEL,
            voices,
            independent_voices: once[task] as f64,
        };
        let value = match all.known[task] {
            Some(known) => Some(estimate(known, known, known)),
            None if of_task[task] > 0 => {
                let (value, low, high) = drawn.interval(task);
                Some(estimate(value, low, high))
            }
            None => None,
        };
        NumericEstimate { value, answers: of_task[task] }
    });
    let tasks = tasks.collect();
    let workers = numeric_workers::tell(&all, &drawn, &copies, scale.unit);
    let answered = all.of_worker.iter().filter(|answers| **answers > 0).count().max(1) as f64;
    let shift = normal_quantile(0.5 + LEVEL / 2.0) * (drawn.biases / answered).sqrt() * scale.unit;
    let shared_shift = (!all.anchored).then_some(shift);
    Ok(NumericFit { tasks, workers, shared_shift, doubles, rounds: drawn.rounds, settled: drawn.settled })
}

/// Answers by task, then worker, each once, and how many were left out.
fn sorted(answers: &[NumericAnswer]) -> Result<(Vec<NumericAnswer>, usize), TwoAnswers> {
    let mut places: Vec<usize> = (0..answers.len()).collect();
    places.sort_by_key(|place| (answers[*place].task, answers[*place].worker, *place));
    let mut sorted: Vec<NumericAnswer> = Vec::with_capacity(answers.len());
    let mut first = 0;
    for place in places {
        let answer = answers[place];
        match sorted.last().filter(|last| (last.task, last.worker) == (answer.task, answer.worker)) {
            Some(last) if last.value == answer.value => {}
            Some(_) => return Err(TwoAnswers { first, second: place }),
            None => {
                sorted.push(answer);
                first = place;
            }
        }
    }
    let doubles = answers.len() - sorted.len();
    Ok((sorted, doubles))
}

/// Where numbers lie and how far apart, so that those of any size are handled alike.
struct Scale {
    centre: f64,
    unit: f64,
    /// What answers are multiples of.
    step: f64,
}

impl Scale {
    /// Median, and median distance from it: one slip of the pen moves neither.
    fn of(answers: &[NumericAnswer], gold: &[NumericGold]) -> Self {
        let mut values: Vec<f64> = answers.iter().map(|answer| answer.value).collect();
        if values.is_empty() {
            values.extend(gold.iter().map(|one| one.value));
        }
        values.sort_by(f64::total_cmp);
        let Some(&centre) = values.get(values.len() / 2) else { return Self { centre: 0.0, unit: 1.0, step: 0.0 } };
        let step = step(&values);
        let mut apart: Vec<f64> = values.iter().map(|value| (value - centre).abs()).collect();
        apart.sort_by(f64::total_cmp);
        let mean = apart.iter().map(|one| one / apart.len() as f64).sum::<f64>();
        let unit = [apart[apart.len() / 2], mean, step, centre.abs()].into_iter().find(|unit| *unit > 0.0);
        Self { centre, unit: unit.unwrap_or(1.0), step }
    }

    fn to(&self, value: f64) -> f64 {
        (value - self.centre) / self.unit
    }

    fn back(&self, value: f64) -> f64 {
        self.centre + value * self.unit
    }

    fn known(&self, gold: &[NumericGold], tasks: usize) -> Result<Vec<Option<f64>>, AssessError> {
        let mut known = vec![None; tasks];
        for one in gold {
            let (name, found) = ("gold", format!("task {} with {}", one.task, one.value));
            let value = Some(self.to(one.value));
            match known.get_mut(one.task as usize) {
                Some(place) if place.is_none() || *place == value => *place = value,
                Some(_) => return Err(AssessError::Setting { name, found, write: "one known value for each task" }),
                None => return Err(AssessError::Setting { name, found, write: "tasks that were answered" }),
            }
        }
        Ok(known)
    }

    /// Lays out sorted answers for computing.
    fn numbers(&self, answers: &[NumericAnswer], known: Vec<Option<f64>>, workers: usize) -> Numbers {
        /// Noise below this share of all differences is none that could be reckoned with.
        const LEAST: f64 = 1e-9;
        let mut starts = vec![0u32; known.len() + 1];
        let mut of_worker = vec![0u32; workers];
        for answer in answers {
            starts[answer.task as usize + 1] += 1;
            of_worker[answer.worker as usize] += 1;
        }
        for task in 0..known.len() {
            starts[task + 1] += starts[task];
        }
        let rounding = self.step / self.unit;
        let anchored = answers.iter().any(|answer| known[answer.task as usize].is_some());
        Numbers {
            starts,
            worker: answers.iter().map(|answer| answer.worker).collect(),
            value: answers.iter().map(|answer| self.to(answer.value)).collect(),
            known,
            of_worker,
            floor: (rounding * rounding / 12.0).max(LEAST * LEAST),
            anchored,
        }
    }
}

/// The greatest power of ten that nine in ten of the numbers are multiples of; 0 where there is none that could be told
/// from the last digits of any number.
fn step(values: &[f64]) -> f64 {
    const DIGITS: i32 = 9;
    let largest = values.iter().fold(0.0f64, |most, value| most.max(value.abs()));
    if largest == 0.0 {
        return 1.0;
    }
    let highest = largest.log10().floor() as i32;
    let is_multiple = |value: f64, step: f64| {
        let times = value / step;
        value == 0.0 || times.abs() > 0.5 && (times - times.round()).abs() <= 1e-5
    };
    (highest - DIGITS..=highest)
        .rev()
        .map(|power| 10.0f64.powi(power))
        .find(|step| {
            let whole = values.iter().filter(|value| is_multiple(**value, *step)).count();
            whole * 10 >= values.len() * 9
        })
        .unwrap_or(0.0)
}

/// What the chains found, in the common scale.
pub(super) struct Drawn {
    /// Mean and variance of each task.
    pub(super) value: Vec<(f64, f64)>,
    /// Mean and variance of each worker's bias.
    pub(super) bias: Vec<(f64, f64)>,
    /// Noise variance of each worker.
    pub(super) spread: Vec<f64>,
    /// Variance of biases.
    pub(super) biases: f64,
    /// Draws that were kept, round by round: what was told of each task, as mean (less its middle answer) and
    /// deviation.
    kept: Vec<Vec<(f32, f32)>>,
    /// The middle answer of each task.
    middle: Vec<f64>,
    rounds: usize,
    settled: bool,
}

/// What one chain adds up in a stage.
#[derive(Clone, Default)]
struct Sums {
    /// Mean, and variance plus squared mean, of each task.
    value: Vec<(f64, f64)>,
    bias: Vec<(f64, f64)>,
    /// Logarithms of noise variances.
    spread: Vec<f64>,
    biases: f64,
    kept: Vec<(f32, f32)>,
}

impl Sums {
    fn new(numbers: &Numbers) -> Self {
        let workers = numbers.of_worker.len();
        Self {
            value: vec![(0.0, 0.0); numbers.tasks()],
            bias: vec![(0.0, 0.0); workers],
            spread: vec![0.0; workers],
            ..Self::default()
        }
    }

    fn add(&mut self, chain: &Chain, middle: &[f64], keep: bool) {
        for ((sum, (mean, variance)), middle) in self.value.iter_mut().zip(&chain.told).zip(middle) {
            let mean = mean - middle;
            *sum = (sum.0 + mean, sum.1 + variance + mean * mean);
        }
        self.bias.iter_mut().zip(&chain.bias).for_each(|(sum, bias)| *sum = (sum.0 + bias, sum.1 + bias * bias));
        self.spread.iter_mut().zip(&chain.spread).for_each(|(sum, spread)| *sum += spread.ln());
        self.biases += chain.biases;
        if keep {
            let told = chain.told.iter().zip(middle);
            self.kept.extend(told.map(|((mean, variance), middle)| ((mean - middle) as f32, variance.sqrt() as f32)));
        }
    }
}

/// Draws in stages, each twice as long as the one before, until all chains are in the same place. What came before a
/// stage is forgotten.
fn draw(numbers: &Numbers, most_rounds: usize) -> Drawn {
    let middle: Vec<f64> = (0..numbers.tasks()).map(|task| numbers.middle(task)).collect();
    let mut chains: Vec<Chain> = (0..CHAINS as u64).map(|seed| Chain::new(numbers, seed)).collect();
    let first = (FIRST.2 / numbers.value.len().max(1)).clamp(FIRST.0, FIRST.1).min(most_rounds / 2);
    chains.par_iter_mut().for_each(|chain| (0..first).for_each(|_| chain.round(numbers)));
    let (mut rounds, mut length) = (first, first.max(1));
    loop {
        let every = (length * CHAINS * numbers.tasks()).div_ceil(KEPT).max(1);
        let sums: Vec<Sums> = chains
            .par_iter_mut()
            .map(|chain| {
                let mut sums = Sums::new(numbers);
                for round in 0..length {
                    chain.round(numbers);
                    sums.add(chain, &middle, round % every == 0);
                }
                sums
            })
            .collect();
        rounds += length;
        let settled = settled(numbers, &sums, length);
        length *= 2;
        if settled || most_rounds - rounds < length {
            return drawn(sums, length / 2, middle, rounds, settled);
        }
    }
}

/// Whether chains agree on where the values are (after A. Gelman and D. B. Rubin, "Inference from iterative simulation
/// using multiple sequences", Statistical Science 7, 1992).
fn settled(numbers: &Numbers, sums: &[Sums], length: usize) -> bool {
    let count = length as f64;
    let mut apart: Vec<f64> = (0..numbers.tasks())
        .filter(|task| numbers.known[*task].is_none() && !numbers.of(*task).is_empty())
        .map(|task| {
            let means: Vec<f64> = sums.iter().map(|sum| sum.value[task].0 / count).collect();
            let mean = means.iter().sum::<f64>() / means.len() as f64;
            let squares = sums.iter().map(|sum| sum.value[task].1 / count).sum::<f64>() / means.len() as f64;
            let between = means.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / (means.len() - 1) as f64;
            between / (squares - mean * mean).max(f64::MIN_POSITIVE)
        })
        .collect();
    apart.sort_by(f64::total_cmp);
    let mean = apart.iter().sum::<f64>() / apart.len().max(1) as f64;
    let high = apart.get(apart.len() * 99 / 100).copied().unwrap_or_default();
    // A few draws agree by chance.
    length >= FIRST.0 && mean <= SETTLED.0 && high <= SETTLED.1
}

fn drawn(sums: Vec<Sums>, length: usize, middle: Vec<f64>, rounds: usize, settled: bool) -> Drawn {
    let count = (length * sums.len()) as f64;
    let mean = |of: &dyn Fn(&Sums) -> f64| sums.iter().map(of).sum::<f64>() / count;
    let both = |of: &dyn Fn(&Sums) -> (f64, f64)| {
        let (own, squares) = (mean(&|sum| of(sum).0), mean(&|sum| of(sum).1));
        (own, (squares - own * own).max(0.0))
    };
    let value = middle.iter().enumerate().map(|(task, middle)| {
        let (mean, variance) = both(&|sum| sum.value[task]);
        (middle + mean, variance)
    });
    let workers = sums.first().map_or(0, |sum| sum.bias.len());
    Drawn {
        value: value.collect(),
        bias: (0..workers).map(|worker| both(&|sum| sum.bias[worker])).collect(),
        spread: (0..workers).map(|worker| mean(&|sum| sum.spread[worker]).exp()).collect(),
        biases: mean(&|sum| sum.biases),
        kept: sums.into_iter().map(|sum| sum.kept).collect(),
        middle,
        rounds,
        settled,
    }
}

impl Drawn {
    /// Mean of a task's value and the ends of its interval: what is left out on either side is as likely.
    fn interval(&self, task: usize) -> (f64, f64, f64) {
        let tasks = self.middle.len();
        let told: Vec<(f64, f64)> = self
            .kept
            .iter()
            .flat_map(|kept| kept.iter().skip(task).step_by(tasks))
            .map(|(mean, deviation)| (f64::from(*mean), f64::from(*deviation).max(1e-12)))
            .collect();
        let (value, variance) = self.value[task];
        // Those kept are some of all draws: their ends are brought to the mean and the deviation of all.
        let count = told.len() as f64;
        let mean = told.iter().map(|one| one.0).sum::<f64>() / count;
        let squares = told.iter().map(|one| one.1 * one.1 + (one.0 - mean).powi(2)).sum::<f64>() / count;
        let wide = (variance / squares).sqrt();
        let end = |probability| value + (quantile(&told, mean, squares.sqrt(), probability) - mean) * wide;
        (value, end(0.5 - LEVEL / 2.0).min(value), end(0.5 + LEVEL / 2.0).max(value))
    }
}

/// Quantile of normal distributions mixed in equal parts, by Newton's method between bounds.
fn quantile(parts: &[(f64, f64)], mean: f64, deviation: f64, probability: f64) -> f64 {
    let (mut low, mut high) = (mean - 50.0 * deviation, mean + 50.0 * deviation);
    let mut at = mean + normal_quantile(probability) * deviation;
    for _ in 0..60 {
        let (below, density) = parts.iter().fold((0.0, 0.0), |sum, (middle, own)| {
            let (below, density) = normal((at - middle) / own);
            (sum.0 + below, sum.1 + density / own)
        });
        let off = below / parts.len() as f64 - probability;
        if off.abs() < 1e-6 {
            break;
        }
        *(if off > 0.0 { &mut high } else { &mut low }) = at;
        let next = at - off * parts.len() as f64 / density;
        at = if next > low && next < high { next } else { f64::midpoint(low, high) };
    }
    at
}

/// Standard normal distribution function and density (Abramowitz and Stegun 26.2.17; absolute error below 1e-7).
/// Millions of them are needed, so no more digits than count.
fn normal(x: f64) -> (f64, f64) {
    const TERMS: [f64; 5] = [0.319_381_53, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429];
    let density = (-0.5 * x * x).exp() * 0.398_942_280_401_432_7;
    let t = 1.0 / (1.0 + 0.231_641_9 * x.abs());
    let tail = density * t * TERMS.iter().rev().fold(0.0, |sum, term| sum * t + term);
    (if x > 0.0 { 1.0 - tail } else { tail }, density)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_a_mixture_are_those_of_its_parts() {
        let one = [(3.0, 2.0)];
        assert!((quantile(&one, 3.0, 2.0, 0.95) - (3.0 + 2.0 * 1.644_853_6)).abs() < 1e-4);
        // Half at -10, half at 10: nine in ten lie between the fifth of a hundred of either side.
        let two = [(-10.0, 1.0), (10.0, 1.0)];
        assert!((quantile(&two, 0.0, 10.05, 0.05) - (-10.0 - 1.281_551_6)).abs() < 1e-4);
        for step in -60..=60 {
            let x = f64::from(step) / 10.0;
            assert!((normal(x).0 - crate::chance::normal_cdf(x)).abs() < 1e-7, "{x}");
        }
    }

    #[test]
    fn what_numbers_are_multiples_of_is_found() {
        assert_eq!(step(&[1.0, 2.0, 17.0]), 1.0);
        assert_eq!(step(&[100.0, 200.0, 1_700.0]), 100.0);
        assert!((step(&[0.25, 1.5, 3.75]) - 0.01).abs() < 1e-12);
        assert_eq!((step(&[0.0, 0.0]), step(&[])), (1.0, 1.0));
        assert!(step(&[std::f64::consts::PI, std::f64::consts::E]) < 1e-7);
        assert!((step(&[3e80, 7e80, 1e81]) / 1e80 - 1.0).abs() < 1e-9);
    }
}
