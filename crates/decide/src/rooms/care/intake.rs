//! What is asked when a case is opened: read from a form, an API call or a row of a list, and checked field by field.
//!
//! Pure. Must never guess an answer that was not given.

use super::{Criterion, Need, Wish};
use model::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Longest text of an answer, in letters.
const LONGEST: usize = 200;
/// Highest price a week that is no slip of the pen.
const MOST_A_WEEK: f64 = 100_000.0;
/// Furthest distance that is no slip of the pen, in kilometres.
const FURTHEST_KM: f64 = 5_000.0;

/// Answers as they came.
#[derive(Clone, Debug, Default)]
pub struct Answers<'a> {
    /// Who needs a place.
    pub person: &'a str,
    /// Kind of care.
    pub care: &'a str,
    /// Locality and state.
    pub place: &'a str,
    /// By when; may be empty.
    pub due: &'a str,
    /// What it may cost a week; may be empty.
    pub ceiling: &'a str,
    /// How far away it may be, in kilometres; may be empty.
    pub distance: &'a str,
    /// Wishes, as [`Wish::parse`] reads them.
    pub wishes: Vec<&'a str>,
}

/// A place that an answer names.
#[derive(Clone, Debug, PartialEq)]
pub struct Located {
    /// Locality and state as written in the list of places.
    pub name: String,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
}

/// What a case keeps of a person and a need.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseNeed {
    /// The name or number under which the office knows the person.
    pub person: String,
    /// Locality and state.
    pub place: String,
    /// What a home must meet.
    pub need: Need,
    /// True where person and need are simulated.
    pub simulated: bool,
    /// Weights that the worker chose in place of the table's.
    pub weights: Option<BTreeMap<Criterion, f64>>,
    /// Why.
    pub weights_reason: String,
    /// Who chose them.
    pub weights_account: String,
}

/// An answer that is wrong: its field and the key of the wording.
pub type Fault = (&'static str, &'static str);

/// Reads answers; all faults at once, so that nobody mends them one by one.
///
/// # Errors
/// Every field that is wrong.
pub fn read(
    answers: &Answers<'_>,
    kinds_of_care: &[String],
    locate: &dyn Fn(&str) -> Option<Located>,
    as_of: Date,
) -> Result<(CaseNeed, Option<Date>), Vec<Fault>> {
    let mut faults: Vec<Fault> = Vec::new();
    let person = answers.person.trim();
    if person.is_empty() {
        faults.push(("person", "fault-missing"));
    } else if person.chars().count() > LONGEST {
        faults.push(("person", "fault-too-long"));
    }
    let care = answers.care.trim();
    if !kinds_of_care.iter().any(|kind| kind == care) {
        faults.push(("care", "fault-choice"));
    }
    let located = locate(answers.place);
    if located.is_none() {
        faults.push(("place", "fault-place"));
    }
    let due = match answers.due.trim() {
        "" => None,
        text => text.parse::<Date>().map(Some).unwrap_or_else(|_| {
            faults.push(("due", "fault-date"));
            None
        }),
    };
    let mut number = |field, text: &str, most: f64| match text.trim().replace(',', ".") {
        empty if empty.is_empty() => None,
        text => {
            let found = text.parse::<f64>().ok().filter(|found| *found > 0.0 && *found <= most);
            if found.is_none() {
                faults.push((field, "fault-number"));
            }
            found
        }
    };
    let ceiling = number("ceiling", answers.ceiling, MOST_A_WEEK);
    let distance = number("distance", answers.distance, FURTHEST_KM);
    let wishes: Vec<Wish> = answers.wishes.iter().filter_map(|wish| Wish::parse(wish).ok()).collect();
    if wishes.len() != answers.wishes.len() {
        faults.push(("wishes", "fault-choice"));
    }
    let Some(located) = located.filter(|_| faults.is_empty()) else { return Err(faults) };
    let need = Need {
        kind_of_care: care.to_owned(),
        latitude: Some(located.latitude),
        longitude: Some(located.longitude),
        weekly_budget_ceiling: ceiling,
        max_distance_km: distance,
        wishes,
        as_of,
    };
    let case = CaseNeed {
        person: person.to_owned(),
        place: located.name,
        need,
        simulated: false,
        weights: None,
        weights_reason: String::new(),
        weights_account: String::new(),
    };
    Ok((case, due))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn somewhere(text: &str) -> Option<Located> {
        (text == "Jannali NSW").then(|| Located { name: "JANNALI NSW".to_owned(), latitude: -34.0, longitude: 151.0 })
    }

    #[test]
    fn all_faults_come_at_once() {
        let as_of = "2026-11-25".parse().expect("a day");
        let kinds = ["permanent".to_owned()];
        let wrong =
            Answers { care: "x", place: "Nowhere", due: "soon", ceiling: "lots", distance: "-3", ..Answers::default() };
        let faults = read(&wrong, &kinds, &somewhere, as_of).expect_err("everything is wrong");
        let fields: Vec<&str> = faults.iter().map(|(field, _)| *field).collect();
        assert_eq!(fields, ["person", "care", "place", "due", "ceiling", "distance"]);
        let right = Answers {
            person: " Person 1 ",
            care: "permanent",
            place: "Jannali NSW",
            due: "2026-12-01",
            ceiling: "1350,50",
            distance: "",
            wishes: vec!["owner:government", "with:small"],
        };
        let (case, due) = read(&right, &kinds, &somewhere, as_of).expect("everything is right");
        assert_eq!(case.person, "Person 1");
        assert_eq!(case.need.weekly_budget_ceiling, Some(1_350.5));
        assert_eq!((case.need.max_distance_km, case.need.wishes.len()), (None, 2));
        assert_eq!(due, "2026-12-01".parse().ok());
    }
}
