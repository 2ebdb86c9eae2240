//! A quantity over time: a line for what communities say, steps for official ratings, each with its band, and events as rules.
//!
//! Must never draw a line across a gap in the data.

use super::{Axis, Drawing, Tint, Told, moves, short, ticks};
use model::time::days_since_epoch;
use model::{Date, Estimate};

/// How points are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// From point to point.
    Line,
    /// Each value holds until the next one: ratings that stand for a quarter.
    Steps,
}

/// One curve.
#[derive(Clone, Debug)]
pub struct Curve {
    /// What stands at its right end.
    pub label: String,
    /// Whose word it is.
    pub tint: Tint,
    /// How points are joined.
    pub join: Join,
    /// Days in order; `None` where nothing is known, which interrupts the curve.
    pub points: Vec<(Date, Option<Estimate>)>,
}

/// Something that happened on a day.
#[derive(Clone, Debug)]
pub struct Happening {
    /// The day.
    pub on: Date,
    /// A few words.
    pub label: String,
}

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 240.0;
const LEFT: f64 = 34.0;
const RIGHT: f64 = 530.0;
const TOP: f64 = 26.0;
const BOTTOM: f64 = 214.0;
/// Labels closer than this would stand on each other.
const LABEL_STEP: f64 = 14.0;

/// Draws curves on a scale from `low` to `high`; `day` words the first and last day of the axis.
pub fn series(
    told: &Told,
    (low, high): (f64, f64),
    curves: &[Curve],
    happenings: &[Happening],
    day: impl Fn(Date) -> String,
) -> String {
    let mut drawing = Drawing::new("series", told, WIDTH, HEIGHT);
    let days = || curves.iter().flat_map(|curve| curve.points.iter().map(|(day, _)| *day));
    let (Some(first), Some(last)) = (days().min(), days().max()) else { return drawing.close() };
    let across = Axis { low: at(first), high: at(last), start: LEFT, end: RIGHT };
    let up = Axis { low, high, start: BOTTOM, end: TOP };
    for tick in ticks(low, high) {
        drawing.line("cf-grid", (LEFT, up.at(tick)), (RIGHT, up.at(tick)));
        drawing.text("cf-tick", (LEFT - 6.0, up.at(tick) + 4.0), "end", &short(tick));
    }
    drawing.text("cf-tick", (LEFT, HEIGHT - 6.0), "start", &day(first));
    if last > first {
        drawing.text("cf-tick", (RIGHT, HEIGHT - 6.0), "end", &day(last));
    }
    for (place, happening) in
        happenings.iter().enumerate().filter(|(_, happening)| (first..=last).contains(&happening.on))
    {
        let x = across.at(at(happening.on));
        drawing.line("cf-happening", (x, TOP - 4.0), (x, BOTTOM));
        let anchor = if x > (LEFT + RIGHT) / 2.0 { "end" } else { "start" };
        drawing.text("cf-label", (x, TOP - 8.0 + LABEL_STEP * (place % 2) as f64), anchor, &happening.label);
    }
    for curve in curves {
        band(&mut drawing, curve, across, up);
    }
    let mut labels = Vec::new();
    for curve in curves {
        stroke(&mut drawing, curve, across, up);
        if let Some(estimate) = curve.points.iter().rev().find_map(|(_, estimate)| *estimate) {
            labels.push((up.at(estimate.value), curve));
        }
    }
    labels.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let mut free = TOP;
    for (y, curve) in labels {
        let y = y.max(free);
        free = y + LABEL_STEP;
        drawing.mark(curve.tint, (RIGHT + 10.0, y), 4.0);
        drawing.text("cf-label", (RIGHT + 19.0, y + 4.0), "start", &curve.label);
    }
    drawing.close()
}

fn at(day: Date) -> f64 {
    f64::from(days_since_epoch(day))
}

/// The parts of a curve without a gap, each point as (day, low, value, high) in places of the picture.
fn runs(curve: &Curve, across: Axis, up: Axis) -> Vec<Vec<(f64, [f64; 3])>> {
    let mut runs = vec![Vec::new()];
    for (day, estimate) in &curve.points {
        let run = runs.last_mut().expect("there is always one run");
        match estimate {
            Some(estimate) => {
                let heights = [estimate.low, estimate.value, estimate.high].map(|value| up.at(value));
                if let (Join::Steps, Some((_, before))) = (curve.join, run.last().copied()) {
                    run.push((across.at(at(*day)), before));
                }
                run.push((across.at(at(*day)), heights));
            }
            None if !run.is_empty() => runs.push(Vec::new()),
            None => {}
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

fn band(drawing: &mut Drawing, curve: &Curve, across: Axis, up: Axis) {
    for run in runs(curve, across, up).iter().filter(|run| run.len() > 1) {
        let there = run.iter().map(|(x, [low, ..])| (*x, *low));
        let back = run.iter().rev().map(|(x, [.., high])| (*x, *high));
        drawing.path(&format!("cf-band {}", curve.tint.class()), &format!("{}Z", moves(there.chain(back))));
    }
}

fn stroke(drawing: &mut Drawing, curve: &Curve, across: Axis, up: Axis) {
    for run in runs(curve, across, up) {
        if let [(x, [low, value, high])] = run[..] {
            drawing.line(&format!("cf-curve {}", curve.tint.class()), (x, low), (x, high));
            drawing.mark(curve.tint, (x, value), 3.0);
        } else {
            drawing.path(
                &format!("cf-curve {}", curve.tint.class()),
                &moves(run.iter().map(|(x, [_, value, _])| (*x, *value))),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(day: &str, value: Option<f64>) -> (Date, Option<Estimate>) {
        let estimate = value.map(|value| Estimate {
            value,
            low: value - 1.0,
            high: value + 1.0,
            level: 0.9,
            voices: 9.0,
            independent_voices: 9.0,
        });
        (day.parse().expect("a date"), estimate)
    }

    fn draw(join: Join, points: Vec<(Date, Option<Estimate>)>, happenings: &[Happening]) -> String {
        let told = Told { id: "s".to_owned(), title: "T".to_owned(), description: "D".to_owned() };
        let curve = Curve { label: "Residents".to_owned(), tint: Tint::Community, join, points };
        series(&told, (1.0, 5.0), &[curve], happenings, |day| day.to_string())
    }

    #[test]
    fn a_gap_interrupts_line_and_band() {
        let points = vec![
            point("2025-01-01", Some(3.0)),
            point("2025-01-11", Some(4.0)),
            point("2025-01-21", None),
            point("2025-01-31", Some(2.0)),
            point("2025-02-10", Some(2.0)),
        ];
        let picture = draw(Join::Line, points, &[]);
        // 40 days lie on 496 units, 4 steps of the scale on 188.
        assert!(picture.contains("<path class=\"cf-curve cf-community\" d=\"M34 120L158 73\"/>"), "{picture}");
        assert!(picture.contains("<path class=\"cf-curve cf-community\" d=\"M406 167L530 167\"/>"), "{picture}");
        assert!(
            picture.contains("<path class=\"cf-band cf-community\" d=\"M34 167L158 120L158 26L34 73Z\"/>"),
            "{picture}"
        );
        assert_eq!(picture.matches("cf-band").count(), 2);
    }

    #[test]
    fn a_rating_holds_until_the_next_one() {
        let points = vec![point("2025-01-01", Some(3.0)), point("2025-02-10", Some(4.0))];
        let event = Happening { on: "2025-01-21".parse().expect("a date"), label: "New owner".to_owned() };
        let outside = Happening { on: "2020-01-21".parse().expect("a date"), label: "Long ago".to_owned() };
        let picture = draw(Join::Steps, points, &[event, outside]);
        assert!(picture.contains("d=\"M34 120L530 120L530 73\""), "{picture}");
        assert!(
            picture.contains("<line class=\"cf-happening\" x1=\"282\" y1=\"22\" x2=\"282\" y2=\"214\"/>"),
            "{picture}"
        );
        assert!(!picture.contains("Long ago"));
    }

    #[test]
    fn one_point_shows_its_interval_and_none_shows_nothing() {
        let picture = draw(Join::Line, vec![point("2025-01-01", Some(3.0))], &[]);
        assert!(
            picture.contains("<line class=\"cf-curve cf-community\" x1=\"282\" y1=\"167\" x2=\"282\" y2=\"73\"/>"),
            "{picture}"
        );
        assert!(!draw(Join::Line, Vec::new(), &[]).contains("cf-curve"));
    }
}
