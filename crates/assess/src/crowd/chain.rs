//! Draws from what can be believed of numbers, their workers and what these share.
//!
//! Holds one chain of draws and its steps. It must never see a name, nor numbers that were not brought to a common
//! scale before.

use crate::chance::ln_gamma;
use model::draws;

/// Degrees of freedom that the noise of workers may be drawn from, each as likely as the next: at few, workers differ
/// much.
pub(super) const LIKENESS: [f64; 10] = [1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0, 50.0, 200.0];
/// Largest deviation of values, of biases and of noise that is expected, in the scale of the answers: half of the prior
/// lies below.
pub(super) const EXPECTED: [f64; 3] = [3.0, 1.0, 1.0];

/// What values and biases differ in at least, as a share of the noise of rounding: nothing at all could not be divided
/// by.
const LEAST: f64 = 1e-6;

/// Answers by task, on a common scale.
pub(super) struct Numbers {
    /// First answer of each task; one more at the end.
    pub(super) starts: Vec<u32>,
    /// Worker of each answer.
    pub(super) worker: Vec<u32>,
    /// What was answered.
    pub(super) value: Vec<f64>,
    /// Known value of each task.
    pub(super) known: Vec<Option<f64>>,
    /// Answers of each worker.
    pub(super) of_worker: Vec<u32>,
    /// Noise variance below which nobody comes: that of rounding.
    pub(super) floor: f64,
    /// Whether known values were answered: if so, biases are measured against them, and else against one another.
    pub(super) anchored: bool,
}

impl Numbers {
    pub(super) fn tasks(&self) -> usize {
        self.starts.len() - 1
    }

    pub(super) fn of(&self, task: usize) -> std::ops::Range<usize> {
        self.starts[task] as usize..self.starts[task + 1] as usize
    }

    /// Answers of each task.
    pub(super) fn of_tasks(&self) -> Vec<usize> {
        (0..self.tasks()).map(|task| self.of(task).len()).collect()
    }

    /// The middle answer of a task; that of all where nobody answered.
    pub(super) fn middle(&self, task: usize) -> f64 {
        let mut own = self.value[self.of(task)].to_vec();
        own.sort_by(f64::total_cmp);
        own.get(own.len() / 2).copied().unwrap_or_default()
    }
}

/// Drawn numbers of several kinds, from one stream.
#[derive(Clone, Debug)]
pub(super) struct Stream {
    state: u64,
    spare: Option<f64>,
}

impl Stream {
    pub(super) fn new(seed: u64) -> Self {
        Self { state: draws::scatter(seed), spare: None }
    }

    /// A number above 0 and below 1.
    pub(super) fn share(&mut self) -> f64 {
        draws::next_share(&mut self.state) + f64::EPSILON / 4.0
    }

    /// Standard normal, two at a time (Box and Muller 1958).
    pub(super) fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let radius = (-2.0 * self.share().ln()).sqrt();
        let (sine, cosine) = (2.0 * std::f64::consts::PI * self.share()).sin_cos();
        self.spare = Some(radius * sine);
        radius * cosine
    }

    /// Gamma of a shape and the scale 1 (G. Marsaglia and W. W. Tsang, "A simple method for generating gamma
    /// variables", 2000).
    pub(super) fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            let power = self.share().powf(1.0 / shape);
            return (self.gamma(shape + 1.0) * power).max(f64::MIN_POSITIVE);
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && self.share().ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v;
            }
        }
    }

    /// A variance of which `squares` of `count` deviations were seen, whose root is expected around `expected`
    /// (half-Cauchy, by way of another variable: M. P. Wand et al., "Mean field variational Bayes for elaborate
    /// distributions", 2011).
    pub(super) fn variance(&mut self, squares: f64, count: f64, expected: f64, now: f64) -> f64 {
        let between = (1.0 / now + 1.0 / (expected * expected)) / self.gamma(1.0);
        (1.0 / between + squares / 2.0) / self.gamma((count + 1.0) / 2.0)
    }
}

/// One chain.
#[derive(Clone, Debug)]
pub(super) struct Chain {
    pub(super) stream: Stream,
    /// Mean of values.
    pub(super) mean: f64,
    /// Variance of values.
    pub(super) between: f64,
    /// Variance of biases.
    pub(super) biases: f64,
    /// Noise variance that workers share, and how much they are alike in it.
    pub(super) noise: f64,
    pub(super) alike: f64,
    /// Value of each task.
    pub(super) value: Vec<f64>,
    /// What its answers and all values say of each task, before it is drawn: mean and variance.
    pub(super) told: Vec<(f64, f64)>,
    /// Bias of each worker.
    pub(super) bias: Vec<f64>,
    /// Noise variance of each worker.
    pub(super) spread: Vec<f64>,
    sums: Vec<(f64, f64)>,
}

impl Chain {
    /// Begins somewhere: chains that begin far from one another and meet have forgotten where they began.
    pub(super) fn new(numbers: &Numbers, seed: u64) -> Self {
        let mut stream = Stream::new(seed);
        let workers = numbers.of_worker.len();
        let value = (0..numbers.tasks())
            .map(|task| numbers.known[task].unwrap_or(numbers.middle(task) + 0.3 * stream.normal()))
            .collect();
        let noise = (0.1 * stream.normal().exp()).max(numbers.floor);
        let spread = (0..workers).map(|_| (noise * stream.normal().exp()).max(numbers.floor)).collect();
        Self {
            mean: stream.normal(),
            between: stream.normal().exp(),
            biases: 0.1 * stream.normal().exp(),
            noise,
            alike: 3.0,
            value,
            told: vec![(0.0, 0.0); numbers.tasks()],
            bias: vec![0.0; workers],
            spread,
            sums: vec![(0.0, 0.0); workers],
            stream,
        }
    }

    /// Draws everything once, each given all the rest.
    pub(super) fn round(&mut self, numbers: &Numbers) {
        self.draw_mean(numbers);
        self.draw_values(numbers);
        if numbers.anchored {
            self.shift(numbers);
        }
        self.draw_workers(numbers);
        self.draw_shared(numbers);
    }

    /// The mean of values, whatever they are themselves.
    fn draw_mean(&mut self, numbers: &Numbers) {
        let (mut all, mut sum) = (0.0, 0.0);
        for task in 0..numbers.tasks() {
            let (mut precision, mut information) = (0.0, 0.0);
            for place in numbers.of(task) {
                let worker = numbers.worker[place] as usize;
                let one = 1.0 / self.spread[worker];
                precision += one;
                information += one * (numbers.value[place] - self.bias[worker]);
            }
            self.told[task] = (precision, information);
            let (middle, own) = match numbers.known[task] {
                Some(known) => (known, self.between),
                None if precision > 0.0 => (information / precision, self.between + 1.0 / precision),
                None => continue,
            };
            all += 1.0 / own;
            sum += middle / own;
        }
        if all > 0.0 {
            self.mean = sum / all + self.stream.normal() / all.sqrt();
        }
    }

    fn draw_values(&mut self, numbers: &Numbers) {
        for task in 0..numbers.tasks() {
            let (precision, information) = self.told[task];
            let variance = 1.0 / (precision + 1.0 / self.between);
            let middle = (information + self.mean / self.between) * variance;
            if let Some(known) = numbers.known[task] {
                self.told[task] = (known, 0.0);
                self.value[task] = known;
            } else {
                self.told[task] = (middle, variance);
                self.value[task] = middle + variance.sqrt() * self.stream.normal();
            }
        }
    }

    /// All biases up and all unknown values down by as much: what known values alone can tell apart.
    fn shift(&mut self, numbers: &Numbers) {
        let (mut precision, mut information) = (0.0, 0.0);
        for (task, known) in numbers.known.iter().enumerate() {
            let Some(known) = known else { continue };
            precision += 1.0 / self.between;
            information -= (known - self.mean) / self.between;
            for place in numbers.of(task) {
                let worker = numbers.worker[place] as usize;
                precision += 1.0 / self.spread[worker];
                information += (numbers.value[place] - known - self.bias[worker]) / self.spread[worker];
            }
        }
        for (bias, answers) in self.bias.iter().zip(&numbers.of_worker) {
            if *answers > 0 {
                precision += 1.0 / self.biases;
                information -= bias / self.biases;
            }
        }
        let by = information / precision + self.stream.normal() / precision.sqrt();
        self.mean -= by;
        self.bias.iter_mut().for_each(|bias| *bias += by);
        for (task, value) in self.value.iter_mut().enumerate() {
            if numbers.known[task].is_none() {
                *value -= by;
                self.told[task].0 -= by;
            }
        }
    }

    /// Biases and noise variances of workers.
    fn draw_workers(&mut self, numbers: &Numbers) {
        self.sums.iter_mut().for_each(|sum| *sum = (0.0, 0.0));
        for task in 0..numbers.tasks() {
            let value = self.value[task];
            for place in numbers.of(task) {
                let worker = numbers.worker[place] as usize;
                let off = numbers.value[place] - value - self.bias[worker];
                let sum = &mut self.sums[worker];
                *sum = (sum.0 + off, sum.1 + off * off);
            }
        }
        // Each bias by itself, then all of them moved, each as far as it is unsure, so that they cancel out.
        let (mut all, mut unsure) = (0.0, 0.0);
        let before = self.bias.clone();
        for (worker, bias) in self.bias.iter_mut().enumerate() {
            let answers = f64::from(numbers.of_worker[worker]);
            if answers == 0.0 {
                *bias = 0.0;
                continue;
            }
            let variance = 1.0 / (answers / self.spread[worker] + 1.0 / self.biases);
            let middle = (self.sums[worker].0 + answers * *bias) / self.spread[worker] * variance;
            *bias = middle + variance.sqrt() * self.stream.normal();
            all += *bias;
            unsure += variance;
        }
        for (worker, bias) in self.bias.iter_mut().enumerate() {
            let answers = f64::from(numbers.of_worker[worker]);
            if answers == 0.0 {
                continue;
            }
            if !numbers.anchored {
                let variance = 1.0 / (answers / self.spread[worker] + 1.0 / self.biases);
                *bias -= all * variance / unsure;
            }
            let (off, squares) = self.sums[worker];
            let by = *bias - before[worker];
            let squares = (squares - 2.0 * by * off + answers * by * by).max(0.0);
            let shape = (self.alike + answers) / 2.0;
            let drawn = (self.alike * self.noise + squares) / 2.0 / self.stream.gamma(shape);
            self.spread[worker] = drawn.max(numbers.floor);
        }
    }

    /// What tasks have in common, and workers.
    fn draw_shared(&mut self, numbers: &Numbers) {
        let (mut count, mut squares) = (0.0, 0.0);
        for (task, value) in self.value.iter().enumerate() {
            if numbers.known[task].is_some() || !numbers.of(task).is_empty() {
                count += 1.0;
                squares += (value - self.mean).powi(2);
            }
        }
        let least = numbers.floor * LEAST;
        self.between = self.stream.variance(squares, count, EXPECTED[0], self.between).max(least);
        let (mut workers, mut squares, mut inverse, mut logs) = (0.0, 0.0, 0.0, 0.0);
        for (worker, answers) in numbers.of_worker.iter().enumerate() {
            if *answers > 0 {
                workers += 1.0;
                squares += self.bias[worker].powi(2);
                inverse += 1.0 / self.spread[worker];
                logs += self.spread[worker].ln();
            }
        }
        let free = if numbers.anchored { workers } else { (workers - 1.0f64).max(0.0) };
        self.biases = self.stream.variance(squares, free, EXPECTED[1], self.biases).max(least);
        // Noise: first what they share, then how alike they are.
        let rate = self.alike * inverse / 2.0 + 0.5 / (EXPECTED[2] * EXPECTED[2]);
        self.noise = self.stream.gamma(self.alike * workers / 2.0 + 0.5) / rate;
        let likely = LIKENESS.map(|alike| {
            let half = alike / 2.0;
            workers * (half * (half * self.noise).ln() - ln_gamma(half))
                - (half + 1.0) * logs
                - half * self.noise * inverse
        });
        let most = likely.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let all: f64 = likely.iter().map(|log| (log - most).exp()).sum();
        let mut left = all * self.stream.share();
        for (alike, log) in LIKENESS.iter().zip(likely) {
            left -= (log - most).exp();
            self.alike = *alike;
            if left <= 0.0 {
                break;
            }
        }
    }
}
