//! Wire types that several resources send: slices of lists, rows, intervals, explanations.

use super::schema::{self, Component};
use model::{Estimate, Explanation};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

/// An address of the API of these parts.
pub(super) fn address(parts: &[&str]) -> String {
    let written: Vec<String> =
        parts.iter().map(|part| utf8_percent_encode(part, NON_ALPHANUMERIC).to_string()).collect();
    // Underscores and hyphens are safe in a path and far easier to read.
    format!("/api/v1/{}", written.join("/").replace("%5F", "_").replace("%2D", "-"))
}

/// A part of a list.
#[derive(Serialize)]
pub(super) struct SliceWire<T> {
    /// The items.
    pub(super) items: Vec<T>,
    /// Exact number in the whole list.
    pub(super) total: i64,
    /// Cursor of the rest.
    pub(super) next: Option<String>,
}

/// Points at a row at its version.
#[derive(Serialize)]
pub(super) struct RowLink {
    dataset: String,
    version: i64,
    id: String,
    href: String,
}

impl RowLink {
    /// The row of a dataset at a version.
    pub(super) fn new(dataset: &str, version: i64, id: &str) -> Self {
        let href = format!("{}?version={version}", address(&["datasets", dataset, "rows", id]));
        Self { dataset: dataset.to_owned(), version, id: id.to_owned(), href }
    }
}

/// A value with its interval.
#[derive(Serialize)]
pub(super) struct EstimateWire {
    value: f64,
    low: f64,
    high: f64,
    level: f64,
    voices: f64,
    independent_voices: f64,
}

impl From<Estimate> for EstimateWire {
    fn from(estimate: Estimate) -> Self {
        let Estimate { value, low, high, level, voices, independent_voices } = estimate;
        Self { value, low, high, level, voices, independent_voices }
    }
}

/// Why a value is what it is.
#[derive(Serialize)]
pub(super) struct ExplanationWire {
    method: String,
    figures: Vec<NamedNumber>,
    contributions: Vec<ContributionWire>,
    contributions_total: usize,
}

/// A figure of a method.
#[derive(Serialize)]
pub(super) struct NamedNumber {
    name: String,
    value: f64,
}

/// One thing that went into a value.
#[derive(Serialize)]
pub(super) struct ContributionWire {
    label: String,
    value: f64,
    weight: f64,
    discounted: Option<String>,
    row: Option<RowLink>,
}

impl From<&Explanation> for ExplanationWire {
    fn from(because: &Explanation) -> Self {
        let named = |(name, value): &(String, f64)| NamedNumber { name: name.clone(), value: *value };
        let part = |part: &model::Contribution| ContributionWire {
            label: part.label.clone(),
            value: part.value,
            weight: part.weight,
            discounted: Some(part.discounted.clone()).filter(|word| !word.is_empty()),
            row: part.record.as_ref().map(|record| RowLink::new(&record.dataset, record.version, &record.id)),
        };
        Self {
            method: because.method.clone(),
            figures: because.figures.iter().map(named).collect(),
            contributions: because.contributions.iter().map(part).collect(),
            contributions_total: because.contributions_total,
        }
    }
}

/// An interval as examples show it.
pub(super) const SAMPLE_ESTIMATE: Estimate =
    Estimate { value: 3.4, low: 2.9, high: 3.9, level: 0.9, voices: 41.0, independent_voices: 12.0 };

/// An explanation as examples show it.
pub(super) fn sample_explanation() -> Explanation {
    let record = model::RecordRef { dataset: "posts".to_owned(), version: 3, id: "5d3f9a".to_owned() };
    Explanation {
        method: "ratings/1".to_owned(),
        figures: vec![("prior_mean".to_owned(), 3.6)],
        contributions: vec![model::Contribution {
            record: Some(record),
            label: "post".to_owned(),
            value: 2.0,
            weight: 0.08,
            discounted: "copy_of_another".to_owned(),
        }],
        contributions_total: 41,
    }
}

pub(super) fn components() -> Vec<Component> {
    let row = schema::object(&[
        ("dataset", schema::name()),
        ("version", schema::count()),
        ("id", schema::text()),
        ("href", schema::address()),
    ]);
    let estimate = schema::object(&estimate_properties());
    let named = schema::object(&[("name", schema::name()), ("value", schema::number())]);
    let contribution = schema::object(&[
        ("label", schema::said("What it is, as a stable word.", schema::text())),
        ("value", schema::said("What it said, in the unit of the value.", schema::number())),
        ("weight", schema::said("Its share of the value.", schema::number())),
        ("discounted", schema::said("Why it counted less or not at all.", schema::maybe(schema::name()))),
        ("row", schema::maybe(schema::of("RowLink"))),
    ]);
    let explanation = schema::object(&[
        ("method", schema::said("Name and version of the method.", schema::text())),
        ("figures", schema::list(schema::of("NamedNumber"))),
        ("contributions", schema::said("Heaviest first; may be cut.", schema::list(schema::of("Contribution")))),
        ("contributions_total", schema::said("How many there are before any cut.", schema::count())),
    ]);
    let sample = ExplanationWire::from(&sample_explanation());
    vec![
        Component::new("RowLink", row, &RowLink::new("posts", 3, "5d3f9a")),
        Component::new("Estimate", estimate, &EstimateWire::from(SAMPLE_ESTIMATE)),
        Component::new("NamedNumber", named, &sample.figures[0]),
        Component::new("Contribution", contribution, &sample.contributions[0]),
        Component::new("Explanation", explanation, &sample),
    ]
}

/// Properties of a value with an interval.
pub(super) fn estimate_properties() -> Vec<(&'static str, serde_json::Value)> {
    vec![
        ("value", schema::said("Best guess.", schema::number())),
        ("low", schema::said("Lower end of the interval.", schema::number())),
        ("high", schema::said("Upper end of the interval.", schema::number())),
        ("level", schema::said("Probability that the truth lies inside.", schema::between(0.0, 1.0))),
        ("voices", schema::said("Voices that speak to it.", schema::number())),
        ("independent_voices", schema::said("Voices once copies and bursts are taken as one.", schema::number())),
    ]
}
