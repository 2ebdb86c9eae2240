//! Distance between two places on the earth.

use super::{About, Comparator, Grade, Reads, Subject};

/// Mean radius of the earth in kilometres (IUGG).
const EARTH_RADIUS_KM: f64 = 6_371.008_8;

/// Likeness by distance.
pub struct PlaceDistance;

impl Comparator for PlaceDistance {
    fn about(&self) -> About {
        About {
            name: "place",
            title: "Distance",
            summary: "distance over ground: within 100 m, 1 km, 5 km, 25 km",
            reads: Reads::Place,
            grades: &["missing", "different", "within_25_km", "within_5_km", "within_1_km", "within_100_m"],
        }
    }

    fn grade(&self, left: &Subject<'_>, right: &Subject<'_>) -> Grade {
        let (Some(left), Some(right)) = (left.point, right.point) else { return Grade::MISSING };
        match haversine_km(left, right) {
            ..=0.1 => Grade(5),
            ..=1.0 => Grade(4),
            ..=5.0 => Grade(3),
            ..=25.0 => Grade(2),
            _ => Grade::DIFFERENT,
        }
    }
}

/// Kilometres between two points of latitude and longitude in degrees, on a sphere (haversine formula).
pub fn haversine_km(left: [f64; 2], right: [f64; 2]) -> f64 {
    let [latitude, longitude] = [0, 1].map(|axis| (right[axis] - left[axis]).to_radians() / 2.0);
    let chord =
        latitude.sin().powi(2) + left[0].to_radians().cos() * right[0].to_radians().cos() * longitude.sin().powi(2);
    2.0 * EARTH_RADIUS_KM * chord.clamp(0.0, 1.0).sqrt().asin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_the_known_ones() {
        let quarter = std::f64::consts::FRAC_PI_2 * EARTH_RADIUS_KM;
        assert!((haversine_km([0.0, 0.0], [0.0, 90.0]) - quarter).abs() < 1e-6);
        assert!((haversine_km([90.0, 12.0], [-90.0, 0.0]) - 2.0 * quarter).abs() < 1e-3);
        // Sydney to Melbourne, city centres: 713 km by the usual tables.
        assert!((haversine_km([-33.8688, 151.2093], [-37.8136, 144.9631]) - 713.0).abs() < 1.0);
        let [sydney, near] = [[-33.8688, 151.2093], [-33.8688, 151.2143]]
            .map(|point| Subject { point: Some(point), ..Subject::default() });
        assert_eq!(PlaceDistance.grade(&sydney, &near), Grade(4));
    }
}
