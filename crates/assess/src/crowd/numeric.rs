//! Numbers instead of labels: what a quantity is when many measured or guessed it.
//!
//! Holds the fit. It must never take an outlier for a fact: whoever is far off often counts little.
//!
//! Model: answer = value of the task + bias of the worker + noise of the worker. Values are normal around the mean of all, biases
//! around 0; each worker's noise variance leans on that of all (scaled inverse chi-squared prior), so that sparse workers pool.
//! Fitted by expectation maximization (V. C. Raykar et al., "Learning from crowds", JMLR 11, 2010, section 5, with biases).

use crate::AssessError;
use model::Estimate;
use model::estimate::normal_quantile;

/// Answers for which the prior of a worker's noise counts.
const LEAN: f64 = 4.0;
/// Probability that an interval holds the value.
const LEVEL: f64 = 0.9;

/// A worker's number for a task. Task and worker are numbers from 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NumericAnswer {
    /// What was asked about.
    pub task: u32,
    /// Who answered.
    pub worker: u32,
    /// The number; finite.
    pub value: f64,
}

/// The value of one task.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NumericEstimate {
    /// Value with its 90 % interval; `None` where nobody answered.
    pub value: Option<Estimate>,
    /// Answers.
    pub answers: usize,
}

/// What was found out about one worker.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NumericWorker {
    /// How much they answer too high, on average.
    pub bias: f64,
    /// Standard deviation of what remains.
    pub spread: f64,
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
    /// Rounds of computing.
    pub rounds: usize,
    /// False where values still moved when the rounds were over.
    pub settled: bool,
}

/// Infers the value of every task in at most `most_rounds` rounds, each in time proportional to the answers.
///
/// # Errors
/// An answer that is no finite number.
pub fn numeric(
    answers: &[NumericAnswer],
    tasks: usize,
    workers: usize,
    most_rounds: usize,
) -> Result<NumericFit, AssessError> {
    if let Some(wrong) = answers.iter().find(|answer| !answer.value.is_finite()) {
        let found = wrong.value.to_string();
        return Err(AssessError::Setting { name: "answers", found, write: "finite numbers" });
    }
    let mut sorted = answers.to_vec();
    sorted.sort_by(|a, b| (a.task, a.worker).cmp(&(b.task, b.worker)).then(a.value.total_cmp(&b.value)));
    sorted.dedup();
    let answers = sorted.as_slice();
    let count = answers.len().max(1) as f64;
    let mean = answers.iter().map(|answer| answer.value).sum::<f64>() / count;
    let whole = answers.iter().map(|answer| (answer.value - mean).powi(2)).sum::<f64>() / count;
    let floor = (whole * 1e-9).max(f64::MIN_POSITIVE);
    let mut fit = State {
        mean,
        between: whole.max(floor),
        bias_variance: 0.1 * whole.max(floor),
        noise: 0.5 * whole.max(floor),
        value: vec![mean; tasks],
        variance: vec![whole.max(floor); tasks],
        bias: vec![0.0; workers],
        spread: vec![0.5 * whole.max(floor); workers],
    };
    let (mut rounds, mut settled) = (0, false);
    while rounds < most_rounds && !settled {
        let moved = fit.round(answers, floor);
        rounds += 1;
        settled = moved <= 1e-6 * whole.max(floor).sqrt();
    }
    let mut of_task = vec![0usize; tasks];
    let mut of_worker = vec![0usize; workers];
    for answer in answers {
        of_task[answer.task as usize] += 1;
        of_worker[answer.worker as usize] += 1;
    }
    let z = normal_quantile(0.5 + LEVEL / 2.0);
    let estimate = |task: usize| {
        let half = z * fit.variance[task].sqrt();
        let (value, voices) = (fit.value[task], of_task[task] as f64);
        Estimate { value, low: value - half, high: value + half, level: LEVEL, voices, independent_voices: voices }
    };
    let tasks = (0..tasks)
        .map(|task| NumericEstimate { value: (of_task[task] > 0).then(|| estimate(task)), answers: of_task[task] });
    let workers = (0..workers).map(|worker| NumericWorker {
        bias: fit.bias[worker],
        spread: fit.spread[worker].sqrt(),
        answers: of_worker[worker],
    });
    Ok(NumericFit { tasks: tasks.collect(), workers: workers.collect(), rounds, settled })
}

struct State {
    mean: f64,
    /// Variance of values of tasks.
    between: f64,
    bias_variance: f64,
    /// Noise variance of a worker of whom nothing is known.
    noise: f64,
    value: Vec<f64>,
    variance: Vec<f64>,
    bias: Vec<f64>,
    /// Noise variance of each worker.
    spread: Vec<f64>,
}

impl State {
    /// Values from workers, then workers from values; gives the largest change of a value.
    fn round(&mut self, answers: &[NumericAnswer], floor: f64) -> f64 {
        let mut sums = vec![(1.0 / self.between, self.mean / self.between); self.value.len()];
        for answer in answers {
            let worker = answer.worker as usize;
            let precision = 1.0 / self.spread[worker];
            let sum = &mut sums[answer.task as usize];
            *sum = (sum.0 + precision, sum.1 + precision * (answer.value - self.bias[worker]));
        }
        let mut moved = 0.0f64;
        for (task, (precision, information)) in sums.into_iter().enumerate() {
            let value = information / precision;
            moved = moved.max((value - self.value[task]).abs());
            self.value[task] = value;
            self.variance[task] = 1.0 / precision;
        }
        let workers = self.bias.len();
        let (mut count, mut off) = (vec![0.0; workers], vec![0.0; workers]);
        for answer in answers {
            let worker = answer.worker as usize;
            count[worker] += 1.0;
            off[worker] += answer.value - self.value[answer.task as usize];
        }
        for worker in 0..workers {
            let precision = 1.0 / self.bias_variance + count[worker] / self.spread[worker];
            self.bias[worker] = off[worker] / self.spread[worker] / precision;
        }
        let mut left = vec![0.0; workers];
        for answer in answers {
            let (task, worker) = (answer.task as usize, answer.worker as usize);
            left[worker] += (answer.value - self.value[task] - self.bias[worker]).powi(2) + self.variance[task];
        }
        for worker in 0..workers {
            self.spread[worker] = ((left[worker] + LEAN * self.noise) / (count[worker] + LEAN)).max(floor);
        }
        // What all workers and tasks share.
        let answered = count.iter().filter(|count| **count > 0.0).count().max(1) as f64;
        self.noise = (left.iter().sum::<f64>() / answers.len().max(1) as f64).max(floor);
        let squares: f64 =
            self.bias.iter().zip(&count).filter(|(_, count)| **count > 0.0).map(|(bias, _)| bias * bias).sum();
        self.bias_variance = (squares / answered).max(floor);
        let tasks = self.value.len().max(1) as f64;
        self.mean = self.value.iter().sum::<f64>() / tasks;
        let spread = |(value, variance): (&f64, &f64)| (value - self.mean).powi(2) + variance;
        self.between = (self.value.iter().zip(&self.variance).map(spread).sum::<f64>() / tasks).max(floor);
        moved
    }
}
