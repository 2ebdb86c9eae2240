//! Chance that comes from content: the same inputs always draw the same numbers, on every machine.

/// A small generator.
pub(super) struct Draws {
    state: u64,
}

impl Draws {
    /// A generator seeded by text.
    pub(super) fn from_content(parts: &[&str]) -> Self {
        let id = model::content_id(parts);
        Self { state: u64::from_str_radix(&id[..16], 16).expect("a content identifier is hexadecimal") }
    }

    /// A number between 0 and 1, never one of both.
    fn uniform(&mut self) -> f64 {
        ((model::draws::next(&mut self.state) >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// A number of the standard normal distribution.
    pub(super) fn normal(&mut self) -> f64 {
        model::estimate::normal_quantile(self.uniform())
    }
}

/// Density of the standard normal distribution.
pub(super) fn density(at: f64) -> f64 {
    (-at * at / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt()
}

/// Probability that a standard normal quantity lies below `at`, by the series of G. Marsaglia (2004); absolute error
/// below 1e-14.
pub(super) fn below(at: f64) -> f64 {
    if at.abs() > 8.0 {
        return if at > 0.0 { 1.0 } else { 0.0 };
    }
    let (mut term, mut sum, mut odd) = (at, at, 1.0);
    while term.abs() > 1e-17 * sum.abs().max(1e-300) && odd < 400.0 {
        odd += 2.0;
        term *= at * at / odd;
        sum += term;
    }
    (0.5 + sum * density(at)).clamp(0.0, 1.0)
}

/// Mean and standard deviation of a normal quantity that is cut at 0 and 1.
pub(super) fn cut_normal(mean: f64, standard_deviation: f64) -> (f64, f64) {
    if standard_deviation < 1e-12 {
        return (mean.clamp(0.0, 1.0), 0.0);
    }
    let (low, high) = (-mean / standard_deviation, (1.0 - mean) / standard_deviation);
    let inside = below(high) - below(low);
    let above = 1.0 - below(high);
    let first = mean * inside + standard_deviation * (density(low) - density(high)) + above;
    let second = (mean * mean + standard_deviation * standard_deviation) * inside
        + standard_deviation * (mean * density(low) - (mean + 1.0) * density(high))
        + above;
    (first.clamp(0.0, 1.0), (second - first * first).max(0.0).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distribution_is_the_inverse_of_its_quantile() {
        for probability in [1e-6, 0.01, 0.2, 0.5, 0.77, 0.999] {
            let back = below(model::estimate::normal_quantile(probability));
            assert!((back - probability).abs() < 2e-9, "{probability} {back}");
        }
    }

    #[test]
    fn cut_moments_are_those_of_many_draws() {
        for (mean, deviation) in [(0.5, 0.1), (0.9, 0.4), (-0.2, 0.5), (1.4, 0.3), (0.5, 3.0)] {
            let mut draws = Draws::from_content(&["test", &format!("{mean} {deviation}")]);
            let count = 200_000;
            let values: Vec<f64> = (0..count).map(|_| (mean + deviation * draws.normal()).clamp(0.0, 1.0)).collect();
            let first = values.iter().sum::<f64>() / f64::from(count);
            let second = values.iter().map(|value| (value - first).powi(2)).sum::<f64>() / f64::from(count);
            let (found_mean, found_deviation) = cut_normal(mean, deviation);
            assert!((found_mean - first).abs() < 0.004, "{mean} {deviation}: {found_mean} {first}");
            assert!((found_deviation - second.sqrt()).abs() < 0.004, "{mean} {deviation}: {found_deviation}");
        }
    }
}
