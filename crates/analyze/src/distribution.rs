//! The standard normal distribution, as far as tests need it.
//!
//! Holds pure numbers in, numbers out. It must never know what is tested.

/// Probability that a standard normal number is greater than `z`.
///
/// Complementary error function by W. J. Cody's idea in the form of Numerical Recipes' Chebyshev fit; relative error
/// below 1.2e-7 everywhere, so that small probabilities stay small and do not become zero.
pub(crate) fn upper_tail(z: f64) -> f64 {
    const FIT: [f64; 10] = [
        -1.265_512_23,
        1.000_023_68,
        0.374_091_96,
        0.096_784_18,
        -0.186_288_06,
        0.278_868_07,
        -1.135_203_98,
        1.488_515_87,
        -0.822_152_23,
        0.170_872_77,
    ];
    let x = z.abs() / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.5 * x);
    let fit = FIT.iter().rev().fold(0.0, |sum, term| sum * t + term);
    let tail = 0.5 * t * (fit - x * x).exp();
    if z >= 0.0 { tail } else { 1.0 - tail }
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
