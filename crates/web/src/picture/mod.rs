//! Pictures made on the server: SVG text from numbers, without scripts and without styles inside (the style sheet has them).
//!
//! Pure functions. A picture must never be the only place of a number: every one stands beside a table or a sentence that
//! says the same. It must never word anything itself: titles and labels are handed in.

pub mod bars;
pub mod map;
pub mod outline;
pub mod series;

use std::fmt::Write;

/// What a screen reader is told about a picture.
#[derive(Clone, Debug)]
pub struct Told {
    /// Identifier on the page, of letters, digits and dashes; unique.
    pub id: String,
    /// What the picture shows, as a heading would say it.
    pub title: String,
    /// What one sees in it, in a sentence.
    pub description: String,
}

/// Whose word a mark in a picture stands for: decides shape and colour, so that colour is never alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tint {
    /// A public authority: a square.
    Official,
    /// A community: a circle.
    Community,
    /// Somebody contributed it here: a diamond.
    Contributor,
}

impl From<model::Standing> for Tint {
    fn from(standing: model::Standing) -> Self {
        match standing {
            model::Standing::Official => Self::Official,
            model::Standing::Community => Self::Community,
            model::Standing::Contributor => Self::Contributor,
        }
    }
}

impl Tint {
    fn class(self) -> &'static str {
        match self {
            Self::Official => "cf-official",
            Self::Community => "cf-community",
            Self::Contributor => "cf-contributor",
        }
    }
}

/// Grows the text of one SVG picture.
pub(crate) struct Drawing {
    out: String,
}

impl Drawing {
    /// Opens a picture of the given kind and size in its own units; the page scales it.
    pub(crate) fn new(kind: &str, told: &Told, width: f64, height: f64) -> Self {
        let id = escape(&told.id);
        let out = format!(
            "<svg class=\"cf-picture cf-picture--{kind}\" viewBox=\"0 0 {} {}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" focusable=\"false\"><title id=\"{id}-title\">{}</title><desc id=\"{id}-desc\">{}</desc>",
            short(width),
            short(height),
            escape(&told.title),
            escape(&told.description),
        );
        Self { out }
    }

    /// A line.
    pub(crate) fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let (x1, y1, x2, y2) = (short(from.0), short(from.1), short(to.0), short(to.1));
        self.raw(format_args!("<line class=\"{class}\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"/>"));
    }

    /// A rectangle from its upper left corner.
    pub(crate) fn rectangle(&mut self, class: &str, at: (f64, f64), width: f64, height: f64) {
        let (x, y, width, height) = (short(at.0), short(at.1), short(width.max(0.0)), short(height.max(0.0)));
        self.raw(format_args!("<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>"));
    }

    /// The mark of a standing, `radius` to each side.
    pub(crate) fn mark(&mut self, tint: Tint, at: (f64, f64), radius: f64) {
        let class = format!("cf-mark {}", tint.class());
        match tint {
            Tint::Official => self.rectangle(&class, (at.0 - radius, at.1 - radius), radius * 2.0, radius * 2.0),
            Tint::Community => self.circle(&class, at, radius),
            Tint::Contributor => {
                let (x, y) = at;
                let corners = [(x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y)];
                self.path(&class, &format!("{}Z", moves(corners.into_iter())));
            }
        }
    }

    /// A circle.
    pub(crate) fn circle(&mut self, class: &str, at: (f64, f64), radius: f64) {
        let (x, y, radius) = (short(at.0), short(at.1), short(radius));
        self.raw(format_args!("<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>"));
    }

    /// A path from its commands.
    pub(crate) fn path(&mut self, class: &str, commands: &str) {
        self.raw(format_args!("<path class=\"{class}\" d=\"{commands}\"/>"));
    }

    /// Text; `anchor` is `start`, `middle` or `end`.
    pub(crate) fn text(&mut self, class: &str, at: (f64, f64), anchor: &str, text: &str) {
        let (x, y, text) = (short(at.0), short(at.1), escape(text));
        self.raw(format_args!("<text class=\"{class}\" x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{text}</text>"));
    }

    /// Closes the picture.
    pub(crate) fn close(mut self) -> String {
        self.out.push_str("</svg>");
        self.out
    }

    fn raw(&mut self, text: std::fmt::Arguments<'_>) {
        self.out.write_fmt(text).expect("writing into a string cannot fail");
    }
}

/// Path commands that move to the first point and draw lines to the others.
pub(crate) fn moves(points: impl Iterator<Item = (f64, f64)>) -> String {
    let mut out = String::new();
    for (place, (x, y)) in points.enumerate() {
        let command = if place == 0 { 'M' } else { 'L' };
        write!(out, "{command}{} {}", short(x), short(y)).expect("writing into a string cannot fail");
    }
    out
}

/// A coordinate with at most one decimal: finer than any screen shows.
pub(crate) fn short(value: f64) -> String {
    let text = format!("{value:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Text made safe for the inside of an element or of a quoted attribute.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Control characters are not allowed in XML at all, not even escaped.
            control if control.is_control() && !control.is_whitespace() => {}
            other => out.push(other),
        }
    }
    out
}

/// Maps values of a range to places on an axis.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Axis {
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) start: f64,
    pub(crate) end: f64,
}

impl Axis {
    /// The place of a value; values outside the range stand at its ends.
    pub(crate) fn at(&self, value: f64) -> f64 {
        if self.high <= self.low {
            return (self.start + self.end) / 2.0;
        }
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        self.start + share * (self.end - self.start)
    }
}

/// Round values that cover a range, for the marks of an axis: three to seven of them.
pub(crate) fn ticks(low: f64, high: f64) -> Vec<f64> {
    if low.is_nan() || high <= low || !(high - low).is_finite() {
        return vec![low];
    }
    let rough = (high - low) / 4.0;
    let power = 10_f64.powf(rough.log10().floor());
    let step =
        [1.0, 2.0, 5.0, 10.0].map(|factor| factor * power).into_iter().find(|step| *step >= rough).unwrap_or(rough);
    let first = (low / step).ceil();
    let last = (high / step).floor();
    (0..=(last - first) as usize).map(|place| (first + place as f64) * step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_text() {
        let told = Told { id: "x".to_owned(), title: "<script>&\"'\u{1}".to_owned(), description: String::new() };
        let picture = Drawing::new("test", &told, 10.0, 5.0).close();
        assert_eq!(
            picture,
            "<svg class=\"cf-picture cf-picture--test\" viewBox=\"0 0 10 5\" role=\"img\" aria-labelledby=\"x-title x-desc\" focusable=\"false\"><title id=\"x-title\">&lt;script&gt;&amp;&quot;&#39;</title><desc id=\"x-desc\"></desc></svg>"
        );
    }

    #[test]
    fn marks_of_an_axis_are_round() {
        assert_eq!(ticks(1.0, 5.0), [1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(ticks(0.0, 1838.0), [0.0, 500.0, 1000.0, 1500.0]);
        assert_eq!(ticks(3.0, 3.0), [3.0]);
        assert_eq!(short(-0.04), "0");
        let axis = Axis { low: 1.0, high: 5.0, start: 100.0, end: 300.0 };
        assert_eq!((axis.at(3.0), axis.at(9.0), axis.at(0.0)), (200.0, 300.0, 100.0));
    }
}
