//! The outlines of countries, from Natural Earth (public domain) by way of the npm package `world-atlas`.
//!
//! Holds the file made by `npm run outlines` in `ui/`. Must never hold anything that is not an outline.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Coordinates of the file are hundredths of a degree.
const STEPS_A_DEGREE: f64 = 100.0;

#[derive(Deserialize)]
struct Outlines {
    countries: BTreeMap<String, Vec<Vec<i32>>>,
}

/// The rings of one country: each a closed line of (longitude, latitude) in degrees.
pub type Rings = Vec<Vec<(f64, f64)>>;

static OUTLINES: LazyLock<BTreeMap<String, Rings>> = LazyLock::new(|| {
    let file: Outlines =
        serde_json::from_str(include_str!("../../assets/outlines.json")).expect("a test reads the bundled file");
    file.countries.into_iter().map(|(name, rings)| (name, rings.iter().map(|ring| decode(ring)).collect())).collect()
});

/// The outline of a country by its English short name as Natural Earth writes it, such as `Australia`.
pub fn of(country: &str) -> Option<&'static Rings> {
    OUTLINES.get(country)
}

/// The outlines of all countries.
pub fn all() -> impl Iterator<Item = &'static Rings> {
    OUTLINES.values()
}

/// Turns steps from point to point into points.
fn decode(steps: &[i32]) -> Vec<(f64, f64)> {
    let (mut x, mut y) = (0, 0);
    let (pairs, _) = steps.as_chunks::<2>();
    pairs
        .iter()
        .map(|[across, up]| {
            (x, y) = (x + across, y + up);
            (f64::from(x) / STEPS_A_DEGREE, f64::from(y) / STEPS_A_DEGREE)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_become_points() {
        assert_eq!(decode(&[15_100, -3_300, 50, 0, -50, 100]), [(151.0, -33.0), (151.5, -33.0), (151.0, -32.0)]);
    }

    #[test]
    fn australia_lies_where_it_lies() {
        let rings = of("Australia").expect("bundled");
        let points = || rings.iter().flatten();
        // Mainland and Tasmania: Steep Point 113.2 E, Cape Byron 153.6 E, Cape York 10.7 S, South East Cape 43.6 S.
        assert!(points().any(|(x, _)| (*x - 113.2).abs() < 0.5) && points().any(|(x, _)| (*x - 153.6).abs() < 0.3));
        assert!(points().any(|(_, y)| (*y + 10.7).abs() < 0.3) && points().any(|(_, y)| (*y + 43.6).abs() < 0.3));
        assert!(of("United States of America").is_some() && of("Spain").is_some() && all().count() > 150);
    }
}
