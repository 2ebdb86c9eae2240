//! A map of things with places: outlines, and clusters of points with their counts.
//!
//! Pure functions of points. Must never place a thing more exactly than its place is known: callers hand in the centre of
//! the locality, and points that meet become one cluster. Every map has a table beside it.

use super::outline::{self, Rings};
use super::{Drawing, Told, moves};
use std::collections::BTreeMap;

/// One thing on the map.
#[derive(Clone, Debug)]
pub struct Spot {
    /// Degrees east.
    pub longitude: f64,
    /// Degrees north.
    pub latitude: f64,
    /// What to call it.
    pub label: String,
    /// Drawn larger and on top: the homes somebody looks at.
    pub chosen: bool,
}

/// Spots that lie so near each other that they are drawn as one.
#[derive(Clone, Debug, PartialEq)]
struct Cluster {
    at: (f64, f64),
    members: Vec<usize>,
}

const WIDTH: f64 = 640.0;
const MARGIN: f64 = 24.0;
/// Edge of the squares within which spots are drawn as one.
const CELL: f64 = 28.0;
const MIN_DEGREES: f64 = 0.4;

/// A rectangle of the earth and how it lies on the picture. Plate carrée, narrowed by the cosine of the middle latitude,
/// which keeps shapes near the middle true.
#[derive(Clone, Copy, Debug)]
struct View {
    west: f64,
    north: f64,
    degrees_wide: f64,
    degrees_high: f64,
    narrowing: f64,
    scale: f64,
}

impl View {
    /// The view that holds all points with a margin; never narrower than [`MIN_DEGREES`], never taller than wide.
    fn around(points: &[(f64, f64)]) -> Option<Self> {
        let (first, rest) = points.split_first()?;
        let (mut west, mut east, mut south, mut north) = (first.0, first.0, first.1, first.1);
        for (x, y) in rest {
            (west, east, south, north) = (west.min(*x), east.max(*x), south.min(*y), north.max(*y));
        }
        let middle = ((west + east) / 2.0, (south + north) / 2.0);
        let narrowing = middle.1.to_radians().cos().max(0.1);
        let wide = ((east - west) * narrowing).max(MIN_DEGREES);
        let high = (north - south).max(MIN_DEGREES);
        let scale = (WIDTH - 2.0 * MARGIN) / wide.max(high);
        let (wide, high) = (WIDTH / scale, (high.max(wide / 2.0)) + 2.0 * MARGIN / scale);
        Some(Self {
            west: middle.0 - wide / narrowing / 2.0,
            north: middle.1 + high / 2.0,
            degrees_wide: wide / narrowing,
            degrees_high: high,
            narrowing,
            scale,
        })
    }

    fn at(&self, (longitude, latitude): (f64, f64)) -> (f64, f64) {
        ((longitude - self.west) * self.narrowing * self.scale, (self.north - latitude) * self.scale)
    }

    fn height(&self) -> f64 {
        self.degrees_high * self.scale
    }

    /// True where a ring reaches into the view.
    fn sees(&self, ring: &[(f64, f64)]) -> bool {
        let low = |values: &mut dyn Iterator<Item = f64>| values.fold(f64::INFINITY, f64::min);
        let high = |values: &mut dyn Iterator<Item = f64>| values.fold(f64::NEG_INFINITY, f64::max);
        let (east, south) = (self.west + self.degrees_wide, self.north - self.degrees_high);
        low(&mut ring.iter().map(|(x, _)| *x)) <= east
            && high(&mut ring.iter().map(|(x, _)| *x)) >= self.west
            && low(&mut ring.iter().map(|(_, y)| *y)) <= self.north
            && high(&mut ring.iter().map(|(_, y)| *y)) >= south
    }
}

/// Draws spots over the outlines that the view reaches, and `origin` (where the person lives) as a cross.
///
/// A cluster of several is a circle with its count. Nothing is a link: what one can open stands in the table.
pub fn spots(told: &Told, spots: &[Spot], origin: Option<(f64, f64)>) -> String {
    let mut points: Vec<(f64, f64)> = spots.iter().map(|spot| (spot.longitude, spot.latitude)).collect();
    points.extend(origin);
    let Some(view) = View::around(&points) else { return Drawing::new("map", told, WIDTH, 1.0).close() };
    let mut drawing = Drawing::new("map", told, WIDTH, view.height());
    for rings in outline::all() {
        draw_country(&mut drawing, &view, rings);
    }
    if let Some(origin) = origin {
        let (x, y) = view.at(origin);
        drawing.line("cf-origin", (x - 9.0, y), (x + 9.0, y));
        drawing.line("cf-origin", (x, y - 9.0), (x, y + 9.0));
    }
    for cluster in clusters(&view, spots) {
        draw_cluster(&mut drawing, &cluster, spots);
    }
    drawing.close()
}

fn draw_country(drawing: &mut Drawing, view: &View, rings: &Rings) {
    let mut commands = String::new();
    for ring in rings.iter().filter(|ring| view.sees(ring)) {
        commands.push_str(&moves(ring.iter().map(|point| view.at(*point))));
        commands.push('Z');
    }
    if !commands.is_empty() {
        drawing.path("cf-land", &commands);
    }
}

fn draw_cluster(drawing: &mut Drawing, cluster: &Cluster, spots: &[Spot]) {
    let chosen = cluster.members.iter().any(|member| spots[*member].chosen);
    let class = if chosen { "cf-spot cf-chosen" } else { "cf-spot" };
    match cluster.members[..] {
        [only] => {
            let radius = if chosen { 8.0 } else { 5.0 };
            drawing.circle(class, cluster.at, radius);
            if chosen {
                drawing.text("cf-label", (cluster.at.0 + 12.0, cluster.at.1 + 4.0), "start", &spots[only].label);
            }
        }
        _ => {
            let count = cluster.members.len();
            // The area grows with the count, as far as neighbours leave room.
            let radius = (7.0 + (count as f64).sqrt()).min(CELL / 2.0);
            drawing.circle(class, cluster.at, radius);
            drawing.text("cf-count", (cluster.at.0, cluster.at.1 + 4.0), "middle", &count.to_string());
        }
    }
}

/// Groups spots by squares of the picture; a cluster lies at the middle of its members. Chosen spots stand alone.
fn clusters(view: &View, spots: &[Spot]) -> Vec<Cluster> {
    let mut cells: BTreeMap<(i64, i64, usize), Cluster> = BTreeMap::new();
    for (place, spot) in spots.iter().enumerate() {
        let (x, y) = view.at((spot.longitude, spot.latitude));
        let alone = if spot.chosen { place + 1 } else { 0 };
        let cell = cells
            .entry(((x / CELL).floor() as i64, (y / CELL).floor() as i64, alone))
            .or_insert_with(|| Cluster { at: (0.0, 0.0), members: Vec::new() });
        cell.at = (cell.at.0 + x, cell.at.1 + y);
        cell.members.push(place);
    }
    let mut clusters: Vec<Cluster> = cells.into_values().collect();
    for cluster in &mut clusters {
        let count = cluster.members.len() as f64;
        cluster.at = (cluster.at.0 / count, cluster.at.1 / count);
    }
    // Chosen ones last, so that they lie on top.
    clusters.sort_by_key(|cluster| cluster.members.iter().any(|member| spots[*member].chosen));
    clusters
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spot(longitude: f64, latitude: f64, chosen: bool) -> Spot {
        Spot { longitude, latitude, label: "Home".to_owned(), chosen }
    }

    fn told() -> Told {
        Told { id: "m".to_owned(), title: "Where".to_owned(), description: "D".to_owned() }
    }

    #[test]
    fn a_degree_is_as_wide_as_the_latitude_makes_it() {
        let view = View::around(&[(150.0, -60.0), (154.0, -60.0)]).expect("two points");
        let (left, right) = (view.at((150.0, -60.0)), view.at((154.0, -60.0)));
        assert!((left.0 - 24.0).abs() < 1e-9 && (right.0 - 616.0).abs() < 1e-9, "{left:?} {right:?}");
        // At 60 degrees a degree of longitude is half as long as one of latitude.
        let (_, up) = view.at((150.0, -59.0));
        assert!(((left.1 - up) / ((right.0 - left.0) / 4.0) - 2.0).abs() < 1e-9);
        assert!(View::around(&[]).is_none());
    }

    #[test]
    fn near_spots_are_one_with_their_count_and_chosen_ones_stand_alone() {
        let spots_there = [
            spot(151.0, -33.0, false),
            spot(151.001, -33.0, false),
            spot(151.0005, -33.0, true),
            spot(148.0, -36.0, false),
        ];
        let picture = spots(&told(), &spots_there, Some((149.0, -35.0)));
        assert!(picture.contains(">2</text>"), "{picture}");
        assert_eq!(picture.matches("class=\"cf-spot\"").count(), 2);
        assert_eq!(picture.matches("cf-spot cf-chosen").count(), 1);
        assert_eq!(picture.matches("cf-origin").count(), 2);
        assert!(picture.contains("cf-land"), "the coast of New South Wales is in sight");
        assert!(picture.rfind("cf-chosen") > picture.rfind("cf-count"), "chosen ones lie on top");
    }

    #[test]
    fn a_map_of_nothing_is_empty() {
        assert!(!spots(&told(), &[], None).contains("cf-land"));
    }
}
