//! All homes with what is known of each: put together from the tables of the earlier stages, for lists, pages and rankings.
//!
//! Pure. Must never guess: what no row says is absent.

use super::{Candidate, Criterion, Need, Ownership, distance_km};
use model::case::Evidence;
use model::{Date, Estimate, Standing, Table};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Datasets that a book is made from.
pub const DATASETS: [&str; 6] =
    ["homes", "home_members", "home_assessments", "home_trends", "agreed_prices", "free_places"];

/// A table at the version it was read.
pub type Versioned = (i64, Arc<Table>);

/// One home as the Entities know it.
#[derive(Clone, Debug, PartialEq)]
pub struct Home {
    /// Identifier of the Entity.
    pub id: String,
    /// Name.
    pub name: String,
    /// Earlier and other names, separated by `; `.
    pub other_names: String,
    /// Suburb or city.
    pub suburb: String,
    /// State.
    pub state: String,
    /// Country, ISO 3166 two letters.
    pub country: String,
    /// Who runs it.
    pub provider: String,
    /// Kind of owner.
    pub ownership: Option<Ownership>,
    /// Planning region.
    pub region: String,
    /// Size class as published.
    pub size: String,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
    /// How exact the place is: `address`, `locality`, `locality_many_postcodes`, `unknown`.
    pub place_exactness: String,
    /// Figures about it.
    pub figures: Vec<Figure>,
    /// Agreed price a week with the row that says so.
    pub price: Option<(f64, Pin)>,
    /// Free places by kind of care with the row that says so.
    pub places: BTreeMap<String, (u32, Pin)>,
    /// Rows that were brought together into it: dataset and `_id`.
    pub members: Vec<(String, String)>,
}

/// A row at its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// Dataset.
    pub dataset: &'static str,
    /// Version.
    pub version: i64,
    /// `_id`.
    pub record: String,
}

/// One assessed figure about a home.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// What of the home.
    pub aspect: String,
    /// Whose word it rests on.
    pub standing: Standing,
    /// Value and interval.
    pub estimate: Estimate,
    /// False where nearly nothing was said.
    pub enough: bool,
    /// The day it is of.
    pub as_of: Option<Date>,
    /// The row.
    pub pin: Pin,
}

/// All homes.
#[derive(Clone, Debug, Default)]
pub struct HomeBook {
    /// The homes, by name, then suburb.
    pub homes: Vec<Home>,
    /// Datasets whose rows are simulated.
    pub simulated: BTreeSet<String>,
    by_id: HashMap<String, usize>,
}

impl HomeBook {
    /// A book of the given tables; datasets that are missing are passed over.
    pub fn build(tables: &BTreeMap<&'static str, Versioned>, simulated: BTreeSet<String>) -> Self {
        let Some((_, entities)) = tables.get("homes") else { return Self::default() };
        let mut homes: Vec<Home> = (0..entities.len()).map(|row| home(entities, row)).collect();
        homes.sort_by(|a, b| (&a.name, &a.suburb, &a.id).cmp(&(&b.name, &b.suburb, &b.id)));
        let by_id = homes.iter().enumerate().map(|(index, home)| (home.id.clone(), index)).collect();
        let mut book = Self { homes, simulated, by_id };
        book.add_members(tables);
        book.add_figures(tables);
        book.add_trends(tables);
        book
    }

    /// The home of an identifier.
    pub fn home(&self, id: &str) -> Option<&Home> {
        self.by_id.get(id).map(|index| &self.homes[*index])
    }

    fn add_members(&mut self, tables: &BTreeMap<&'static str, Versioned>) {
        let Some((_, members)) = tables.get("home_members") else { return };
        let index_rows = |name| tables.get(name).map(|(version, table)| (*version, table, rows_by_id(table)));
        let prices = index_rows("agreed_prices");
        let places = index_rows("free_places");
        for row in 0..members.len() {
            let (Some(entity), Some(dataset), Some(record)) =
                (members.text(row, "entity"), members.text(row, "dataset"), members.text(row, "record"))
            else {
                continue;
            };
            let Some(&index) = self.by_id.get(entity) else { continue };
            let home = &mut self.homes[index];
            home.members.push((dataset.to_owned(), record.to_owned()));
            if let Some((version, table, rows)) = prices.as_ref().filter(|_| dataset == "agreed_prices") {
                let pin = Pin { dataset: "agreed_prices", version: *version, record: record.to_owned() };
                let price = rows.get(record).and_then(|row| table.number(*row, "weekly_price"));
                // A home may have prices for several rooms; the lowest is what a ceiling is held against.
                if let Some(price) = price.filter(|price| home.price.as_ref().is_none_or(|(known, _)| price < known)) {
                    home.price = Some((price, pin));
                }
            }
            if let Some((version, table, rows)) = places.as_ref().filter(|_| dataset == "free_places") {
                let pin = Pin { dataset: "free_places", version: *version, record: record.to_owned() };
                if let Some(&row) = rows.get(record) {
                    let kind = table.text(row, "kind_of_care").unwrap_or_default().to_owned();
                    let free = table.number(row, "places").unwrap_or(0.0).max(0.0) as u32;
                    home.places.insert(kind, (free, pin));
                }
            }
        }
    }

    fn add_figures(&mut self, tables: &BTreeMap<&'static str, Versioned>) {
        let Some((version, table)) = tables.get("home_assessments") else { return };
        for row in 0..table.len() {
            let Some(&index) = table.text(row, "entity").and_then(|entity| self.by_id.get(entity)) else { continue };
            let Some(estimate) = estimate(table, row) else { continue };
            let standing = match table.text(row, "standing") {
                Some("official") => Standing::Official,
                Some("contributor") => Standing::Contributor,
                _ => Standing::Community,
            };
            self.homes[index].figures.push(Figure {
                aspect: table.text(row, "aspect").unwrap_or_default().to_owned(),
                standing,
                estimate,
                enough: table.value(row, "enough") == model::Value::Flag(true),
                as_of: table.date(row, "as_of"),
                pin: Pin {
                    dataset: "home_assessments",
                    version: *version,
                    record: table.text(row, "_id").unwrap_or_default().to_owned(),
                },
            });
        }
    }

    fn add_trends(&mut self, tables: &BTreeMap<&'static str, Versioned>) {
        let Some((version, table)) = tables.get("home_trends") else { return };
        for row in (0..table.len()).filter(|row| table.text(*row, "aspect") == Some("overall")) {
            let Some(&index) = table.text(row, "entity").and_then(|entity| self.by_id.get(entity)) else { continue };
            let record = table.text(row, "_id").unwrap_or_default().to_owned();
            let pin = Pin { dataset: "home_trends", version: *version, record };
            let Some(estimate) = estimate(table, row) else { continue };
            let (aspect, standing) = (Criterion::Trend.word().to_owned(), Standing::Community);
            self.homes[index].figures.push(Figure { aspect, standing, estimate, enough: true, as_of: None, pin });
        }
    }

    /// Every home of a country as a candidate for a need.
    pub fn candidates(&self, need: &Need, country: &str) -> Vec<Candidate> {
        self.homes.iter().filter(|home| home.country == country).map(|home| self.candidate(home, need)).collect()
    }

    fn candidate(&self, home: &Home, need: &Need) -> Candidate {
        let place = home.latitude.zip(home.longitude);
        let wanted = need.latitude.zip(need.longitude);
        let mut official = BTreeMap::new();
        for figure in home.figures.iter().filter(|figure| figure.standing == Standing::Official && figure.enough) {
            official.insert(figure.aspect.clone(), figure.estimate);
        }
        let mut features = BTreeSet::new();
        if !home.size.is_empty() {
            features.insert(home.size.to_lowercase());
        }
        Candidate {
            entity: home.id.clone(),
            name: home.name.clone(),
            ownership: home.ownership,
            free_places: home.places.iter().map(|(kind, (places, _))| (kind.clone(), *places)).collect(),
            weekly_price: home.price.as_ref().map(|(price, _)| *price),
            distance_km: wanted.zip(place).map(|(from, to)| distance_km(from, to)),
            latitude: home.latitude,
            longitude: home.longitude,
            community: home.figure("overall", Standing::Community).filter(|figure| figure.enough).map(|f| f.estimate),
            official,
            trend: home.figure(Criterion::Trend.word(), Standing::Community).map(|figure| figure.estimate),
            features,
            evidence: self.evidence(home, need),
        }
    }

    /// What a ranking reads about a home, pinned.
    fn evidence(&self, home: &Home, need: &Need) -> Vec<Evidence> {
        let is_simulated = |pin: &Pin| self.simulated.contains(pin.dataset);
        let piece = |aspect: &str, pin: &Pin, standing, simulated, estimate, text: String| Evidence {
            entity: home.id.clone(),
            aspect: aspect.to_owned(),
            dataset: pin.dataset.to_owned(),
            version: pin.version,
            record: pin.record.clone(),
            standing,
            simulated,
            estimate,
            text,
        };
        let ranked = ["overall", "staffing", "compliance", "quality"];
        let mut evidence: Vec<Evidence> = home
            .figures
            .iter()
            .filter(|figure| figure.enough)
            .filter_map(|figure| {
                let aspect = match figure.standing {
                    Standing::Official => ranked.contains(&figure.aspect.as_str()).then_some(figure.aspect.as_str())?,
                    _ if figure.aspect == Criterion::Trend.word() => Criterion::Trend.word(),
                    _ => (figure.aspect == "overall").then_some("community")?,
                };
                // The assessments are one dataset for official and community words; only the latter rest on simulated posts.
                let simulated = figure.standing != Standing::Official && is_simulated(&figure.pin);
                Some(piece(aspect, &figure.pin, figure.standing, simulated, Some(figure.estimate), String::new()))
            })
            .collect();
        if let Some((price, pin)) = &home.price {
            let text = format!("{price}");
            evidence.push(piece("price", pin, Standing::Official, is_simulated(pin), None, text));
        }
        if let Some((places, pin)) = home.places.get(&need.kind_of_care) {
            let text = format!("{places}");
            evidence.push(piece("free_places", pin, Standing::Official, is_simulated(pin), None, text));
        }
        evidence
    }
}

impl Home {
    /// The figure of an aspect and standing.
    pub fn figure(&self, aspect: &str, standing: Standing) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.aspect == aspect && figure.standing == standing)
    }

    /// Suburb and state, as people write it.
    pub fn place(&self) -> String {
        [self.suburb.as_str(), self.state.as_str()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// Free places of any kind; `None` where nobody says.
    pub fn free_places(&self) -> Option<u32> {
        (!self.places.is_empty()).then(|| self.places.values().map(|(places, _)| places).sum())
    }
}

fn rows_by_id(table: &Table) -> HashMap<String, usize> {
    (0..table.len()).filter_map(|row| Some((table.text(row, "_id")?.to_owned(), row))).collect()
}

/// The estimate that a row of an assessed table holds; `None` where a part is missing.
fn estimate(table: &Table, row: usize) -> Option<Estimate> {
    let number = |column| table.number(row, column);
    Some(Estimate {
        value: number("value")?,
        low: number("low")?,
        high: number("high")?,
        level: number("level").unwrap_or(0.9),
        voices: number("voices").unwrap_or(0.0),
        independent_voices: number("independent_voices").unwrap_or(0.0),
    })
}

fn home(table: &Table, row: usize) -> Home {
    let text = |column| table.text(row, column).unwrap_or_default().to_owned();
    Home {
        id: text("_id"),
        name: text("name"),
        other_names: text("other_names"),
        suburb: text("suburb"),
        state: text("state"),
        country: text("country"),
        provider: text("provider"),
        ownership: ownership(&text("ownership")),
        region: text("region"),
        size: text("size"),
        latitude: table.number(row, "latitude"),
        longitude: table.number(row, "longitude"),
        place_exactness: text("place_exactness"),
        figures: Vec::new(),
        price: None,
        places: BTreeMap::new(),
        members: Vec::new(),
    }
}

/// Kinds of owner as registers write them: `Not for Profit`, `Non profit - Corporation`, `Government - County`.
fn ownership(text: &str) -> Option<Ownership> {
    let folded = text.to_lowercase().replace(['-', '_'], " ");
    let begins = |word: &str| folded.starts_with(word);
    if begins("government") {
        Some(Ownership::Government)
    } else if begins("not for profit") || begins("non profit") {
        Some(Ownership::NotForProfit)
    } else if begins("for profit") {
        Some(Ownership::ForProfit)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_are_read_from_both_registers() {
        for (text, owner) in [
            ("Government", Some(Ownership::Government)),
            ("Government - County", Some(Ownership::Government)),
            ("Not for Profit", Some(Ownership::NotForProfit)),
            ("Not-for-profit", Some(Ownership::NotForProfit)),
            ("Non profit - Church related", Some(Ownership::NotForProfit)),
            ("For-profit", Some(Ownership::ForProfit)),
            ("For profit - Limited Liability company", Some(Ownership::ForProfit)),
            ("", None),
        ] {
            assert_eq!(ownership(text), owner, "{text}");
        }
    }
}
