//! A measured quantity and how far it can be believed.

use serde::{Deserialize, Serialize};

/// A value with an interval, and the voices behind it. There is no Estimate without an interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// Best guess, in the unit of the quantity.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
    /// Probability that the truth lies inside the interval: 0.9 unless said otherwise.
    pub level: f64,
    /// Number of voices (posts, answers, ratings) that speak to it.
    pub voices: f64,
    /// Number of voices that count once copies and bursts are taken as one.
    pub independent_voices: f64,
}

impl Estimate {
    /// Half the width of the interval.
    pub fn half_width(&self) -> f64 {
        (self.high - self.low) / 2.0
    }

    /// Standard deviation of a normal distribution with this interval at this level.
    pub fn standard_deviation(&self) -> f64 {
        self.half_width() / normal_quantile(0.5 + self.level / 2.0)
    }
}

/// Interval of a share of `count` that holds the true one with the probability `level` (E. B. Wilson, 1927); of nothing, anything from 0 to
/// 1.
pub fn wilson(part: f64, count: f64, level: f64) -> (f64, f64) {
    if count <= 0.0 {
        return (0.0, 1.0);
    }
    let (z, share) = (normal_quantile(0.5 + level / 2.0), part / count);
    let centre = (share + z * z / (2.0 * count)) / (1.0 + z * z / count);
    let half = z / (1.0 + z * z / count) * (share * (1.0 - share) / count + z * z / (4.0 * count * count)).sqrt();
    ((centre - half).max(0.0).min(share), (centre + half).min(1.0).max(share))
}

/// Quantile of the standard normal distribution for `probability` in (0, 1).
///
/// Rational approximation of P. J. Acklam (2003), relative error below 1.2e-9.
pub fn normal_quantile(probability: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const B: [f64; 5] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
    ];
    const C: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 4] =
        [7.784_695_709_041_462e-3, 3.224_671_290_700_398e-1, 2.445_134_137_142_996, 3.754_408_661_907_416];
    const TAIL: f64 = 0.024_25;
    if probability <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if probability >= 1.0 {
        return f64::INFINITY;
    }
    if probability > 1.0 - TAIL {
        return -normal_quantile(1.0 - probability);
    }
    if probability < TAIL {
        let q = (-2.0 * probability.ln()).sqrt();
        let top = ((((C[0] * q + C[1]) * q + C[2]) * q + C[3]) * q + C[4]) * q + C[5];
        return top / ((((D[0] * q + D[1]) * q + D[2]) * q + D[3]) * q + 1.0);
    }
    let q = probability - 0.5;
    let r = q * q;
    let top = (((((A[0] * r + A[1]) * r + A[2]) * r + A[3]) * r + A[4]) * r + A[5]) * q;
    top / (((((B[0] * r + B[1]) * r + B[2]) * r + B[3]) * r + B[4]) * r + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_the_tabulated_ones() {
        for (probability, quantile) in
            [(0.5, 0.0), (0.95, 1.644_853_627), (0.975, 1.959_963_985), (0.01, -2.326_347_874)]
        {
            assert!((normal_quantile(probability) - quantile).abs() < 1e-8, "{probability}");
        }
    }
}
