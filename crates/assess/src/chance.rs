//! Tails and special functions of the distributions that the assessments use.
//!
//! Holds pure numbers in, numbers out. It must never hold anything about voices or entities.

/// Natural logarithm of the gamma function for `x` > 0.
pub(crate) fn ln_gamma(x: f64) -> f64 {
    ln_gamma_and_digamma(x).0
}

/// Natural logarithm of the gamma function and its derivative for `x` > 0: raised above 8 by the recurrence, then Stirling's series
/// (Abramowitz and Stegun 6.1.15, 6.1.41, 6.3.18; absolute error below 1e-12 up to 100, beyond it that of the last digit). Both
/// together cost little more than one.
#[inline]
pub(crate) fn ln_gamma_and_digamma(x: f64) -> (f64, f64) {
    /// Half the logarithm of twice pi.
    const CONSTANT: f64 = 0.918_938_533_204_672_8;
    // x (x + 1) ... (x + 7) and its derivative.
    let (mut product, mut slope, mut above) = (1.0, 0.0, x);
    let raised = x < 8.0;
    if raised {
        for _ in 0..8 {
            slope = slope * above + product;
            product *= above;
            above += 1.0;
        }
    }
    let inverse = 1.0 / above;
    let square = inverse * inverse;
    let log = above.ln();
    let gamma_series = inverse
        * (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square * (1.0 / 1680.0 - square / 1188.0))));
    let digamma_series = square
        * (1.0 / 12.0 - square * (1.0 / 120.0 - square * (1.0 / 252.0 - square * (1.0 / 240.0 - square / 132.0))));
    let gamma = (above - 0.5) * log - above + CONSTANT + gamma_series;
    let digamma = log - 0.5 * inverse - digamma_series;
    if raised { (gamma - product.ln(), digamma - slope / product) } else { (gamma, digamma) }
}

/// Probability of `count` or more under the negative binomial with this mean and `size` (variance mean + mean^2 / size).
pub(crate) fn negative_binomial_tail(count: u64, mean: f64, size: f64) -> f64 {
    if count == 0 {
        return 1.0;
    }
    if mean <= 0.0 {
        return 0.0;
    }
    let success = mean / (mean + size);
    let log_start = ln_gamma(count as f64 + size) - ln_gamma(size) - ln_gamma(count as f64 + 1.0)
        + size * (1.0 - success).ln()
        + count as f64 * success.ln();
    // Far above the mean the terms fall quickly; below it, summing downwards from 1 would be exact too, but nobody asks there.
    if (count as f64) < mean {
        return 1.0 - below(count, size, success);
    }
    let (mut term, mut sum, mut k) = (1.0, 1.0, count as f64);
    while term > sum * 1e-12 && k < count as f64 + 1e6 {
        term *= (k + size) / (k + 1.0) * success;
        sum += term;
        k += 1.0;
    }
    (log_start + sum.ln()).exp().min(1.0)
}

fn below(count: u64, size: f64, success: f64) -> f64 {
    let mut term = (size * (1.0 - success).ln()).exp();
    let mut sum = 0.0;
    for k in 0..count {
        sum += term;
        term *= (k as f64 + size) / (k as f64 + 1.0) * success;
    }
    sum.min(1.0)
}

/// Probability of `drawn_marked` or more marked among `drawn` drawn without return from `all`, of which `marked` are marked.
pub(crate) fn hypergeometric_tail(drawn_marked: u64, drawn: u64, marked: u64, all: u64) -> f64 {
    let choose = |n: u64, k: u64| ln_gamma(n as f64 + 1.0) - ln_gamma(k as f64 + 1.0) - ln_gamma((n - k) as f64 + 1.0);
    let least = (drawn + marked).saturating_sub(all);
    let most = drawn.min(marked);
    if drawn_marked <= least {
        return 1.0;
    }
    let total = choose(all, drawn);
    (drawn_marked..=most)
        .map(|hit| (choose(marked, hit) + choose(all - marked, drawn - hit) - total).exp())
        .sum::<f64>()
        .min(1.0)
}

/// Cumulative distribution function of the standard normal distribution (complement computed by a continued fraction
/// in the tails, by its power series in the middle; absolute error below 1e-12).
pub(crate) fn normal_cdf(x: f64) -> f64 {
    let density = (-0.5 * x * x).exp() / (2.0 * std::f64::consts::PI).sqrt();
    if x.abs() > 38.0 {
        return if x > 0.0 { 1.0 } else { 0.0 };
    }
    if x.abs() < 4.0 {
        let (mut term, mut sum, mut k) = (x, x, 1.0);
        while term.abs() > 1e-17 * sum.abs() && k < 400.0 {
            k += 2.0;
            term *= x * x / k;
            sum += term;
        }
        return 0.5 + density * sum;
    }
    let tail = (1..=60).rev().fold(0.0, |rest, k| f64::from(k) / (x.abs() + rest));
    let tail = density / (x.abs() + tail);
    if x > 0.0 { 1.0 - tail } else { tail }
}

/// The greatest p-value that the procedure of Benjamini and Hochberg (1995) accepts among `tests` tests at rate `rate`.
///
/// `p_values` may be the smallest ones only; those left out count as accepted by nobody.
pub(crate) fn false_discovery_threshold(p_values: &[f64], tests: usize, rate: f64) -> f64 {
    let mut sorted = p_values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
        .iter()
        .enumerate()
        .filter(|(rank, p)| **p <= rate * (*rank as f64 + 1.0) / tests.max(1) as f64)
        .map(|(_, p)| *p)
        .fold(0.0, f64::max)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    #[test]
    fn special_functions_are_the_tabulated_ones() {
        // Tabulated: minus Euler's constant at 1, and psi(x + 1) = psi(x) + 1 / x.
        let digamma = |x: f64| ln_gamma_and_digamma(x).1;
        assert!((digamma(1.0) + 0.577_215_664_901_532_9).abs() < 1e-11);
        assert!((digamma(10.0) - 2.251_752_589_066_721).abs() < 1e-11);
        assert!((digamma(0.001) - digamma(1.001) + 1_000.0).abs() < 1e-9);
        assert!((ln_gamma(10.0) - 362_880.0_f64.ln()).abs() < 1e-11);
        assert!((ln_gamma(0.5) - std::f64::consts::PI.sqrt().ln()).abs() < 1e-12);
        assert!((normal_cdf(1.644_853_627) - 0.95).abs() < 1e-9);
        assert!((normal_cdf(-6.0) / 9.865_876_45e-10 - 1.0).abs() < 1e-6);
    }

    #[test]
    fn tails_agree_with_sums_by_hand() {
        // Geometric: size 1, mean 1, so P(X >= n) = 2^-n.
        assert!((negative_binomial_tail(10, 1.0, 1.0) - 0.5_f64.powi(10)).abs() < 1e-12);
        assert!((negative_binomial_tail(1, 3.0, 1.0) - 0.75).abs() < 1e-12);
        // Poisson limit: P(X >= 3 | 1) = 1 - 2.5 / e.
        assert!((negative_binomial_tail(3, 1.0, 1e9) - (1.0 - 2.5 / std::f64::consts::E)).abs() < 1e-6);
        // Two aces or more in five cards.
        assert!((hypergeometric_tail(2, 5, 4, 52) - 0.041_684).abs() < 1e-5);
    }

    #[test]
    fn false_discoveries_are_limited_as_published() {
        // The example of Benjamini and Hochberg (1995), section 4.1: at .05 the four smallest of 15 are accepted.
        let published = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
            0.7590, 1.0,
        ];
        assert_eq!(false_discovery_threshold(&published, 15, 0.05), 0.0095);
    }

    /// Repeatable chance for tests, with normal deviates by Box and Muller.
    pub(crate) struct Dice(pub(crate) u64);

    impl Dice {
        pub(crate) fn next(&mut self) -> u64 {
            model::draws::next(&mut self.0)
        }

        pub(crate) fn uniform(&mut self) -> f64 {
            ((self.next() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
        }

        pub(crate) fn below(&mut self, end: usize) -> usize {
            ((self.uniform() * end as f64) as usize).min(end - 1)
        }

        pub(crate) fn normal(&mut self) -> f64 {
            (-2.0 * self.uniform().ln()).sqrt() * (2.0 * std::f64::consts::PI * self.uniform()).cos()
        }

        pub(crate) fn shuffle<T>(&mut self, slice: &mut [T]) {
            for end in (1..slice.len()).rev() {
                slice.swap(end, self.below(end + 1));
            }
        }
    }
}
