//! Tails of the normal and the binomial distribution, as far as tests need them.
//!
//! Holds pure numbers in, numbers out. It must never know what is tested.

/// Probability that a standard normal number is greater than `z`; small ones stay small and do not become zero.
pub(crate) fn upper_tail(z: f64) -> f64 {
    let tail = 0.5 * two_sided(z);
    if z >= 0.0 { tail } else { 1.0 - tail }
}

/// Probability that a standard normal number is at least so far from 0 either way; relative error below 1e-9.
pub(crate) fn two_sided(z: f64) -> f64 {
    let x = z.abs() / std::f64::consts::SQRT_2;
    if x < 2.0 {
        // Series of the error function (Abramowitz and Stegun 7.1.6): every term is positive.
        let (mut term, mut sum) = (x, x);
        for n in 1..80 {
            term *= 2.0 * x * x / f64::from(2 * n + 1);
            sum += term;
        }
        return (1.0 - 2.0 / std::f64::consts::PI.sqrt() * (-x * x).exp() * sum).max(0.0);
    }
    // Continued fraction (Abramowitz and Stegun 7.1.14), from its far end.
    let tail = (1..=80).rev().fold(x, |tail, n| x + f64::from(n) / 2.0 / tail);
    (-x * x).exp() / std::f64::consts::PI.sqrt() / tail
}

/// Probability of `count` or more of `all` where each is as likely as not.
pub(crate) fn binomial_tail(count: u32, all: u32) -> f64 {
    let mut log_choose = 0.0_f64;
    let base = -f64::from(all) * std::f64::consts::LN_2;
    let mut sum = 0.0;
    // From all of them down to `count`.
    for left_out in 0..=(all - count.min(all)) {
        if left_out > 0 {
            log_choose += (f64::from(all - left_out + 1) / f64::from(left_out)).ln();
        }
        sum += (log_choose + base).exp();
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::upper_tail;

    #[test]
    fn tails_are_the_tabulated_ones() {
        for (z, tail) in [(0.0, 0.5), (1.0, 0.158_655_254), (-1.96, 0.975_002_105), (4.5, 3.397_673e-6)] {
            assert!((upper_tail(z) / tail - 1.0).abs() < 1e-6, "{z}: {}", upper_tail(z));
        }
    }
}
