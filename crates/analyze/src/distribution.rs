//! Tails of the normal distribution, the binomial, Student's t and the negative binomial, as far as tests and alarms need them.
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

/// Logarithm of the gamma function for positive arguments (C. Lanczos, 1964).
pub(crate) fn log_gamma(value: f64) -> f64 {
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
pub(crate) fn student_beyond(size: f64, freedom: f64) -> f64 {
    if size.is_infinite() { 0.0 } else { incomplete_beta(freedom / 2.0, 0.5, freedom / (freedom + size * size)) }
}

/// Probability that a count is at most `count`, where the mean is `mean` and the variance `mean + excess × mean²`.
pub(crate) fn count_at_most(count: f64, mean: f64, excess: f64) -> f64 {
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
