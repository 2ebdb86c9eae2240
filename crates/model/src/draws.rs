//! Numbers that look drawn by chance and follow from a seed: the same on every machine and in every version.
//!
//! Holds SplitMix64 (G. L. Steele, D. Lea and C. H. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
//! Must never read a clock or the operating system, and is never used for secrets.

/// What the state grows by: 2^64 over the golden ratio, odd.
const INCREMENT: u64 = 0x9e37_79b9_7f4a_7c15;

/// A number from 64 bits, each of which depends on all of those given.
pub const fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// Like [`mix`], where small numbers, 0 too, must give such as look drawn.
pub const fn scatter(number: u64) -> u64 {
    mix(number.wrapping_add(INCREMENT))
}

/// The next number of the sequence that `state` has come to.
pub const fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(INCREMENT);
    mix(*state)
}

/// The next number from 0, below 1, in steps of 2^-53.
pub const fn next_share(state: &mut u64) -> f64 {
    (next(state) >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_the_published_one() {
        // The reference implementation of S. Vigna (2015) from the seed 1234567.
        let mut state = 1_234_567;
        let expected = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ];
        assert_eq!(std::array::from_fn(|_| next(&mut state)), expected);
        assert_eq!(scatter(1_234_567), expected[0]);
    }

    #[test]
    fn shares_fill_the_range_evenly() {
        let mut state = 1;
        let shares: Vec<f64> = (0..100_000).map(|_| next_share(&mut state)).collect();
        assert!(shares.iter().all(|share| (0.0..1.0).contains(share)));
        assert!((shares.iter().sum::<f64>() / 100_000.0 - 0.5).abs() < 0.005);
    }
}
