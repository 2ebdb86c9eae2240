//! Seeded chance: the same seed gives the same numbers on every machine and in every version.
//!
//! Holds xoshiro256++ (D. Blackman and S. Vigna, "Scrambled linear pseudorandom number generators", 2021), seeded through
//! SplitMix64. It must never read a clock or the operating system, and is never used for secrets.

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub struct Chance {
    state: [u64; 4],
}

impl Chance {
    /// The stream of a seed and a name: parts of a world draw from streams of their own, so that one part can change
    /// without changing the others.
    pub fn stream(seed: u64, name: &str) -> Self {
        let mut mixed = seed;
        for byte in name.bytes() {
            mixed = (mixed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        let mut next = || model::draws::next(&mut mixed);
        Self { state: [next(), next(), next(), next()] }
    }

    /// 64 random bits.
    pub fn bits(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let out = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let (mut c, mut d) = (c ^ a, d ^ b);
        let (b_next, a_next) = (b ^ c, a ^ d);
        c ^= b << 17;
        d = d.rotate_left(45);
        self.state = [a_next, b_next, c, d];
        out
    }

    /// A number in [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True with this probability.
    pub fn happens(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// A whole number in 0..`end`; 0 where `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        ((self.unit() * end as f64) as usize).min(end.saturating_sub(1))
    }

    /// A whole number from `low` to `high`, both included.
    pub fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }

    /// A normally distributed number (Box and Muller 1958).
    pub fn normal(&mut self, mean: f64, deviation: f64) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        mean + deviation * radius * (2.0 * std::f64::consts::PI * self.unit()).cos()
    }

    /// One of some things, each as likely as the other. The slice must not be empty.
    pub fn pick<T: Copy>(&mut self, things: &[T]) -> T {
        things[self.below(things.len())]
    }

    /// Puts things into a random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            things.swap(last, self.below(last + 1));
        }
    }
}

/// Things to draw in proportion to their weights.
#[derive(Clone, Debug)]
pub struct Urn {
    sums: Vec<f64>,
}

impl Urn {
    /// An urn of things with these weights, none of them negative.
    pub fn new(weights: impl IntoIterator<Item = f64>) -> Self {
        let mut sum = 0.0;
        let sums = weights.into_iter().map(|weight| {
            sum += weight;
            sum
        });
        Self { sums: sums.collect() }
    }

    /// The number of the thing drawn; `None` where nothing has weight.
    pub fn draw(&self, chance: &mut Chance) -> Option<usize> {
        let total = self.sums.last().copied().filter(|total| *total > 0.0)?;
        let point = chance.unit() * total;
        Some(self.sums.partition_point(|sum| *sum <= point).min(self.sums.len() - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_those_of_the_distributions() {
        let mut chance = Chance::stream(1, "test");
        let draws: Vec<f64> = (0..100_000).map(|_| chance.normal(2.0, 3.0)).collect();
        let mean = draws.iter().sum::<f64>() / 1e5;
        let variance = draws.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / 1e5;
        assert!((mean - 2.0).abs() < 0.05, "{mean}");
        assert!((variance - 9.0).abs() < 0.2, "{variance}");
    }

    #[test]
    fn an_urn_draws_by_weight_and_never_what_has_none() {
        let urn = Urn::new([1.0, 0.0, 3.0]);
        let mut chance = Chance::stream(2, "urn");
        let mut counts = [0_usize; 3];
        for _ in 0..40_000 {
            counts[urn.draw(&mut chance).expect("weights are there")] += 1;
        }
        assert_eq!(counts[1], 0);
        assert!((29_000..31_000).contains(&counts[2]), "{counts:?}");
        assert_eq!(Urn::new([0.0]).draw(&mut chance), None);
    }
}
