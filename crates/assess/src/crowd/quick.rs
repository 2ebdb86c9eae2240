//! Logarithm and exponential in single precision, without branches, so that all classes of a task go at once.
//!
//! Must never be used where more than six digits count.

/// From logarithms to shares of one.
pub(super) fn normalize(logs: &mut [f32]) {
    let most = logs.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    logs.iter_mut().for_each(|log| *log = exp(*log - most));
    let all: f32 = logs.iter().sum();
    logs.iter_mut().for_each(|share| *share /= all);
}

/// The same where the compiler knows the number of classes, so that all go at once.
#[inline]
pub(super) fn normalized<const K: usize>(logs: [f32; K]) -> [f32; K] {
    let most = logs.into_iter().fold(f32::NEG_INFINITY, |most, log| if log > most { log } else { most });
    let shares: [f32; K] = std::array::from_fn(|class| exp(logs[class] - most));
    let one = 1.0 / shares.iter().sum::<f32>();
    shares.map(|share| share * one)
}

/// Natural logarithm of a positive, normal number; relative error below 1e-6. Without branches, so that several run at once.
#[inline]
pub(super) fn ln(x: f32) -> f32 {
    let bits = x.to_bits();
    // The exponent such that the rest lies around 1.
    let shifted = bits.wrapping_sub(0x3F35_04F3);
    let exponent = (shifted as i32) >> 23;
    let rest = f32::from_bits(bits.wrapping_sub((exponent as u32) << 23));
    let t = (rest - 1.0) / (rest + 1.0);
    let square = t * t;
    let series = 2.0 * t * (1.0 + square * (1.0 / 3.0 + square * (0.2 + square / 7.0)));
    exponent as f32 * std::f32::consts::LN_2 + series
}

/// Exponential of a number that is not above 0; relative error below 1e-6, 0 from about -87 on.
#[inline]
fn exp(x: f32) -> f32 {
    /// Adding a number of so many digits rounds, on processors without an instruction for it as well; the whole number then stands
    /// in the last bits.
    const ROUNDS: f32 = 12_582_912.0;
    let scaled = x.max(-87.0) * std::f32::consts::LOG2_E + ROUNDS;
    let whole = scaled - ROUNDS;
    // The logarithm of 2 in two parts, so that large numbers lose no digits (W. J. Cody and W. Waite, 1980).
    let rest = (x.max(-87.0) - whole * 0.693_359_4) + whole * 2.121_944_4e-4;
    let series = 1.0 + rest * (1.0 + rest * (0.5 + rest * (1.0 / 6.0 + rest * (1.0 / 24.0 + rest * (1.0 / 120.0)))));
    let power = f32::from_bits(scaled.to_bits().wrapping_sub(ROUNDS.to_bits()).wrapping_add(127) << 23);
    if x < -87.0 { 0.0 } else { series * power }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_logarithm_and_exponential_are_ones() {
        for step in 1..200_000 {
            let x = step as f32 * 1e-4 * if step % 3 == 0 { 1e4 } else { 1.0 };
            let exact = f64::from(x).ln();
            assert!((f64::from(ln(x)) - exact).abs() <= 1e-6 * (1.0 + exact.abs()), "{x}");
            let below = -(step as f32) * 4e-4;
            let exact = f64::from(below).exp();
            assert!((f64::from(exp(below)) - exact).abs() <= 5e-6 * exact, "{below}");
        }
        assert_eq!((exp(0.0), exp(-100.0), exp(f32::NEG_INFINITY)), (1.0, 0.0, 0.0));
    }
}
