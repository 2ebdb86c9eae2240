//! The real homes that the simulated world speaks about.
//!
//! Holds what the simulation must know of a home and how to read it from the two published files. It must never write
//! about a home anything that is not called simulated.

use crate::SimulateError;
use std::collections::BTreeMap;

/// A real home.
#[derive(Clone, Debug, PartialEq)]
pub struct Home {
    /// Identifier, whatever the caller uses.
    pub id: String,
    /// Name as published.
    pub name: String,
    /// Suburb.
    pub suburb: String,
    /// State.
    pub state: String,
    /// Who runs it.
    pub provider: String,
    /// Government, not for profit, for profit.
    pub purpose: String,
    /// Small, medium, large.
    pub size: String,
    /// Latitude of its locality, degrees.
    pub latitude: f64,
    /// Longitude of its locality, degrees.
    pub longitude: f64,
    /// Whether its locality is in the register of localities; where it is not, it lies in the middle of its state.
    pub placed: bool,
    /// What residents answered, 0 to 3 (never, some, most of the time, always) over the 12 questions, where asked.
    pub residents_mean: Option<f64>,
    /// Official overall stars, where rated.
    pub overall: Option<f64>,
}

/// Reads the homes of the Australian quarterly extract (`homes_2025-02_detailed.csv`) and their places (`localities.csv`).
///
/// The identifier is `name|suburb|state`, with `|provider` where the same three occur twice. A home whose locality is not
/// in the file gets the middle of its state's localities.
pub fn homes_from_csv(detailed: &str, localities: &str) -> Result<Vec<Home>, SimulateError> {
    let places = places(localities)?;
    let mut reader = csv::Reader::from_reader(detailed.as_bytes());
    let heads = reader.headers().map_err(|error| unreadable("homes", &error))?.clone();
    let answers: Vec<(usize, f64)> = heads
        .iter()
        .enumerate()
        .filter(|(_, head)| head.starts_with("[RE] "))
        .filter_map(|(column, head)| Some((column, answer_value(head)?)))
        .collect();
    let column = |name: &str| heads.iter().position(|head| head == name).unwrap_or(usize::MAX);
    let columns = [
        "Service Name",
        "Service Suburb",
        "State/Territory",
        "Provider Name",
        "Purpose",
        "Size",
        "Overall Star Rating",
    ]
    .map(column);
    let mut homes = Vec::new();
    let mut seen = BTreeMap::new();
    for record in reader.records() {
        let record = record.map_err(|error| unreadable("homes", &error))?;
        let [name, suburb, state, provider, purpose, size, overall] =
            columns.map(|column| record.get(column).unwrap_or("").trim().to_owned());
        let given: Vec<f64> = answers
            .iter()
            .filter_map(|(column, value)| Some(record.get(*column)?.parse::<f64>().ok()? / 100.0 * value))
            .collect();
        let key = format!("{name}|{suburb}|{state}");
        let count: &mut usize = seen.entry(key.clone()).or_default();
        *count += 1;
        let id = if *count > 1 { format!("{key}|{provider}") } else { key };
        let locality = places.of_locality(&suburb, &state);
        let (latitude, longitude) = locality.unwrap_or_else(|| places.middle_of(&state));
        homes.push(Home {
            id,
            latitude,
            longitude,
            placed: locality.is_some(),
            residents_mean: if given.is_empty() { None } else { Some(given.iter().sum::<f64>() / 12.0) },
            overall: overall.parse().ok(),
            name,
            suburb,
            state,
            provider,
            purpose,
            size,
        });
    }
    Ok(homes)
}

fn unreadable(file: &'static str, error: &csv::Error) -> SimulateError {
    SimulateError::Csv { file, reason: error.to_string() }
}

fn answer_value(head: &str) -> Option<f64> {
    let (_, answer) = head.rsplit_once(" - ")?;
    match answer {
        "Always" => Some(3.0),
        "Most of the time" => Some(2.0),
        "Some of the time" => Some(1.0),
        "Never" => Some(0.0),
        _ => None,
    }
}

struct Places {
    of_locality: BTreeMap<(String, String), (f64, f64)>,
    of_state: BTreeMap<String, (f64, f64, f64)>,
}

impl Places {
    fn of_locality(&self, suburb: &str, state: &str) -> Option<(f64, f64)> {
        self.of_locality.get(&(suburb.to_uppercase(), state.to_owned())).copied()
    }

    fn middle_of(&self, state: &str) -> (f64, f64) {
        self.of_state
            .get(state)
            .map_or((0.0, 0.0), |(latitude, longitude, count)| (latitude / count, longitude / count))
    }
}

fn places(localities: &str) -> Result<Places, SimulateError> {
    let mut reader = csv::Reader::from_reader(localities.as_bytes());
    let heads = reader.headers().map_err(|error| unreadable("localities", &error))?.clone();
    let columns = ["locality", "state", "latitude", "longitude"]
        .map(|name| heads.iter().position(|head| head == name).unwrap_or(usize::MAX));
    let mut places = Places { of_locality: BTreeMap::new(), of_state: BTreeMap::new() };
    for record in reader.records() {
        let record = record.map_err(|error| unreadable("localities", &error))?;
        let [locality, state, latitude, longitude] = columns.map(|column| record.get(column).unwrap_or(""));
        let (Ok(latitude), Ok(longitude)) = (latitude.parse::<f64>(), longitude.parse::<f64>()) else { continue };
        places.of_locality.entry((locality.to_uppercase(), state.to_owned())).or_insert((latitude, longitude));
        let sums = places.of_state.entry(state.to_owned()).or_default();
        *sums = (sums.0 + latitude, sums.1 + longitude, sums.2 + 1.0);
    }
    Ok(places)
}
