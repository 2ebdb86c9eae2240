//! Estimates with their intervals on one scale, one line each: official and community side by side.
//!
//! Must never draw a dot without its interval; an estimate that is not known is drawn as an empty, hatched line.

use super::{Axis, Drawing, Tint, Told, ticks};
use model::Estimate;

/// One line of the picture.
#[derive(Clone, Debug)]
pub struct Line {
    /// What stands at its left.
    pub label: String,
    /// The estimate, where enough is known.
    pub estimate: Option<Estimate>,
    /// Whose word it is.
    pub tint: Tint,
}

const WIDTH: f64 = 320.0;
const LABEL: f64 = 104.0;
const LINE: f64 = 26.0;
const FOOT: f64 = 18.0;

/// Draws lines on the scale from `low` to `high`. Labels of the scale are its round values.
///
/// An interval wider than half the scale is drawn weak: it says little, and should look so.
pub fn intervals(told: &Told, low: f64, high: f64, lines: &[Line]) -> String {
    let body = LINE * lines.len() as f64;
    let axis = Axis { low, high, start: LABEL, end: WIDTH - 10.0 };
    let mut drawing = Drawing::new("bars", told, WIDTH, body + FOOT);
    for tick in ticks(low, high) {
        drawing.line("cf-grid", (axis.at(tick), 0.0), (axis.at(tick), body));
        drawing.text("cf-tick", (axis.at(tick), body + 13.0), "middle", &super::short(tick));
    }
    for (place, line) in lines.iter().enumerate() {
        let middle = LINE * (place as f64 + 0.5);
        drawing.text("cf-label", (0.0, middle + 4.0), "start", &line.label);
        let Some(estimate) = &line.estimate else {
            drawing.rectangle("cf-unknown", (axis.start, middle - 4.0), axis.end - axis.start, 8.0);
            continue;
        };
        let (from, to) = (axis.at(estimate.low), axis.at(estimate.high));
        let weak = estimate.high - estimate.low > (high - low) / 2.0;
        let class = format!("cf-interval {}{}", line.tint.class(), if weak { " cf-weak" } else { "" });
        drawing.rectangle(&class, (from, middle - 4.0), to - from, 8.0);
        drawing.mark(line.tint, (axis.at(estimate.value), middle), 6.0);
    }
    drawing.close()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(value: f64, low: f64, high: f64) -> Estimate {
        Estimate { value, low, high, level: 0.9, voices: 61.0, independent_voices: 38.0 }
    }

    fn told() -> Told {
        Told { id: "b".to_owned(), title: "Overall".to_owned(), description: "Two views".to_owned() }
    }

    #[test]
    fn every_estimate_has_its_interval_at_its_place() {
        let lines = [
            Line { label: "Official".to_owned(), estimate: Some(estimate(3.0, 2.0, 4.0)), tint: Tint::Official },
            Line { label: "Residents".to_owned(), estimate: Some(estimate(4.0, 1.0, 5.0)), tint: Tint::Community },
        ];
        let picture = intervals(&told(), 1.0, 5.0, &lines);
        // The scale runs from 104 to 310, so 1 of 4 parts is 51.5 wide.
        assert!(
            picture
                .contains("<rect class=\"cf-interval cf-official\" x=\"155.5\" y=\"9\" width=\"103\" height=\"8\"/>"),
            "{picture}"
        );
        assert!(
            picture.contains("<rect class=\"cf-mark cf-official\" x=\"201\" y=\"7\" width=\"12\" height=\"12\"/>"),
            "{picture}"
        );
        assert!(
            picture.contains(
                "<rect class=\"cf-interval cf-community cf-weak\" x=\"104\" y=\"35\" width=\"206\" height=\"8\"/>"
            ),
            "{picture}"
        );
        assert!(
            picture.contains("<circle class=\"cf-mark cf-community\" cx=\"258.5\" cy=\"39\" r=\"6\"/>"),
            "{picture}"
        );
        assert_eq!(picture.matches("cf-tick").count(), 5);
    }

    #[test]
    fn what_is_not_known_has_no_mark() {
        let lines = [Line { label: "Residents".to_owned(), estimate: None, tint: Tint::Community }];
        let picture = intervals(&told(), 1.0, 5.0, &lines);
        assert!(picture.contains("cf-unknown") && !picture.contains("cf-mark") && !picture.contains("cf-interval"));
    }
}
