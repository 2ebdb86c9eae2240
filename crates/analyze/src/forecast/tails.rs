//! Tail probabilities of the distributions that alarms are judged by.
//!
//! Holds Student's t and the negative binomial, by continued fractions of the incomplete beta and gamma functions (M. Abramowitz
//! and I. A. Stegun, "Handbook of Mathematical Functions", 6.5 and 26.5). It must never return what is no probability.

/// Logarithm of the gamma function for positive arguments (C. Lanczos, 1964).
pub(super) fn log_gamma(value: f64) -> f64 {
    const TERMS: [f64; 6] = [
        76.180_091_729_471_46,
        -86.505_320_329_416_77,
        24.014_098_240_830_91,
        -1.231_739_572_450_155,
        0.120_865_097_386_617_9e-2,
        -0.539_523_938_495_3e-5,
    ];
    let shifted = value + 5.5;
    let front = shifted - (value + 0.5) * shifted.ln();
    let series = TERMS
        .iter()
        .enumerate()
        .fold(1.000_000_000_190_015, |sum, (place, term)| sum + term / (value + 1.0 + place as f64));
    -front + (2.506_628_274_631_000_5 * series / value).ln()
}

/// Regularized incomplete beta function. 0 to 1.
fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let front = (log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * x.ln() + b * (-x).ln_1p()).exp();
    let share = if x < (a + 1.0) / (a + b + 2.0) {
        front * fraction(a, b, x) / a
    } else {
        1.0 - front * fraction(b, a, 1.0 - x) / b
    };
    share.clamp(0.0, 1.0)
}

/// Continued fraction of the incomplete beta function, by W. J. Lentz (1976).
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    let kept = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / kept(1.0 - (a + b) * x / (a + 1.0));
    let mut product = d;
    for term in 1..10_000 {
        let m = f64::from(term);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / kept(1.0 + even * d);
        c = kept(1.0 + even / c);
        product *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / kept(1.0 + odd * d);
        c = kept(1.0 + odd / c);
        product *= d * c;
        if (d * c - 1.0).abs() < 1e-13 {
            break;
        }
    }
    product
}

/// Probability that Student's t is at least so far from 0, on either side.
pub(super) fn student_beyond(size: f64, freedom: f64) -> f64 {
    if size.is_infinite() { 0.0 } else { incomplete_beta(freedom / 2.0, 0.5, freedom / (freedom + size * size)) }
}

/// Probability that a count is at most `count`, where the mean is `mean` and the variance `mean + excess × mean²`.
pub(super) fn count_at_most(count: f64, mean: f64, excess: f64) -> f64 {
    if count < 0.0 {
        0.0
    } else if mean <= 0.0 {
        1.0
    } else {
        // Below one in ten million the excess is nothing beside Poisson's own variance, as far as doubles tell.
        let size = 1.0 / excess.max(1e-7 / mean.max(1.0));
        incomplete_beta(size, count.floor() + 1.0, size / (size + mean))
    }
}
