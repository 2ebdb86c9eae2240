//! About which homes and regions nobody speaks, as the list of homes shows it.
//!
//! The dataset is made by a stage and may be missing: then nothing is shown. Must never take silence for an opinion.

use super::homes::SILENT;
use crate::auth::visit::Visit;
use crate::error::WebError;
use crate::form::Query;
use crate::pages::parts::{Figure, Link, Quantity, Voices};
use crate::pages::{CoverageLine, CoveragePart, links};
use crate::wording::Words;
use decide::rooms::care::Ownership;
use model::{Estimate, Table};

/// The dataset that counts of which homes somebody speaks.
const DATASET: &str = "home_coverage";
/// Stands for all regions or all owners; an empty text stands for those that no row tells.
const EVERY: &str = "*";

/// What is known of coverage; nothing where no stage has counted it.
pub(crate) async fn part(visit: &Visit) -> Result<Option<CoveragePart>, WebError> {
    let app = &visit.app;
    let dataset = app.store.dataset(DATASET).await?.filter(|dataset| !dataset.restricted);
    let Some((dataset, version)) = dataset.zip(app.store.dataset_version(DATASET).await?) else { return Ok(None) };
    let table = app.lake.read(DATASET, version).await?;
    let counted = Counted { words: &visit.words, table: &table, version, simulated: dataset.simulated };
    Ok(counted.part())
}

/// The rows of the dataset, read by name.
struct Counted<'a> {
    words: &'a Words,
    table: &'a Table,
    version: i64,
    simulated: bool,
}

impl<'a> Counted<'a> {
    fn part(&self) -> Option<CoveragePart> {
        let mut part = CoveragePart { whole: None, regions: Vec::new(), owners: Vec::new() };
        for row in 0..self.table.len() {
            let (region, owner) = (self.text(row, "region"), self.text(row, "ownership"));
            match (region == EVERY, owner == EVERY) {
                (true, true) => part.whole = self.share(row, self.words.say("coverage-title")),
                (false, true) if !region.is_empty() => {
                    part.regions.extend(self.line(row, region.to_owned(), ("region", region)));
                }
                (true, false) if !owner.is_empty() => part.owners.extend(self.owner(row, owner)),
                _ => {}
            }
        }
        for lines in [&mut part.regions, &mut part.owners] {
            lines.sort_by(|a, b| b.silent.cmp(&a.silent).then(a.name.text.cmp(&b.name.text)));
        }
        (part.whole.is_some() || !part.regions.is_empty()).then_some(part)
    }

    fn text(&self, row: usize, column: &str) -> &'a str {
        self.table.text(row, column).unwrap_or_default()
    }

    fn number(&self, row: usize, column: &str) -> Option<f64> {
        self.table.number(row, column)
    }

    fn count(&self, row: usize, column: &str) -> Option<u64> {
        self.number(row, column).filter(|count| *count >= 0.0).map(|count| count as u64)
    }

    /// Share of homes with a voice.
    fn share(&self, row: usize, about: String) -> Option<Figure> {
        let homes = self.number(row, "entities")?;
        let estimate = Estimate {
            value: self.number(row, "value")?,
            low: self.number(row, "low")?,
            high: self.number(row, "high")?,
            level: self.number(row, "level").unwrap_or(0.9),
            voices: homes,
            independent_voices: homes,
        };
        let shown = Figure::community(self.words, format!("coverage-{row}"), about, Some(estimate));
        Some(shown.counting(Quantity::Share).heard_from(Voices::Measurement).simulated(self.simulated))
    }

    fn line(&self, row: usize, name: String, narrowed: (&str, &str)) -> Option<CoverageLine> {
        Some(CoverageLine {
            share: self.share(row, name.clone())?.short(),
            name: Link::new(name, links::row(DATASET, self.version, self.text(row, "_id"))),
            homes: self.count(row, "entities")?,
            silent: self.count(row, "silent")?,
            silent_href: format!("{}{}", links::HOMES, Query::default().with(&[narrowed, ("heard", SILENT)])),
        })
    }

    /// A kind of owner: registers write `Not for Profit` where filters say `not_for_profit`.
    fn owner(&self, row: usize, owner: &str) -> Option<CoverageLine> {
        let folded = owner.to_lowercase().replace([' ', '-'], "_");
        let known = Ownership::ALL.into_iter().find(|known| folded.starts_with(known.word()));
        let name = known.map_or_else(|| owner.to_owned(), |known| self.words.of("ownership", known.word()));
        let word = match known {
            Some(known) => known.word(),
            None => owner,
        };
        self.line(row, name, ("ownership", word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wording::{Language, Wording};
    use model::ColumnType;

    const COLUMNS: [&str; 6] = ["entities", "heard", "silent", "value", "low", "high"];

    fn table(columns: &[&str], rows: &[(&str, &str, f64, f64)]) -> Table {
        let numbers = columns.iter().map(|name| (*name, ColumnType::Number));
        let texts = ["_id", "region", "ownership"].map(|name| (name, ColumnType::Text));
        let mut table = Table::with_columns(&texts.into_iter().chain(numbers).collect::<Vec<_>>());
        for (region, owner, homes, silent) in rows {
            let share = (homes - silent) / homes;
            let values = [*homes, homes - silent, *silent, share, share - 0.1, share + 0.1];
            let mut row = vec![format!("{region}-{owner}").into(), (*region).into(), (*owner).into()];
            row.extend(values.map(model::Value::from));
            table.push_row(row).expect("the row fits");
        }
        table
    }

    fn part(table: &Table) -> Option<CoveragePart> {
        let words = Wording::built_in().words(Language::English);
        Counted { words: &words, table, version: 3, simulated: true }.part()
    }

    #[test]
    fn regions_and_owners_stand_apart_and_the_most_silent_come_first() {
        let rows = [
            ("*", "*", 10.0, 4.0),
            ("North", "*", 6.0, 1.0),
            ("South", "*", 4.0, 3.0),
            ("*", "Not for Profit", 5.0, 2.0),
            ("South", "Not for Profit", 2.0, 2.0),
            // Homes of which no row tells the owner, or the region, are neither all homes of a region nor all of an owner.
            ("South", "", 1.0, 1.0),
            ("", "Not for Profit", 1.0, 1.0),
        ];
        let part = part(&table(&COLUMNS, &rows)).expect("it was counted");
        let told = |lines: &[CoverageLine]| {
            lines.iter().map(|line| (line.name.text.clone(), line.homes, line.silent)).collect::<Vec<_>>()
        };
        assert_eq!(told(&part.regions), [("South".to_owned(), 4, 3), ("North".to_owned(), 6, 1)]);
        assert_eq!(part.owners.len(), 1);
        assert_eq!(part.owners[0].silent_href, "/homes?ownership=not%5Ffor%5Fprofit&heard=silent");
        assert_eq!(part.regions[0].silent_href, "/homes?region=South&heard=silent");
        assert_eq!(part.regions[0].name.href, "/datasets/home_coverage/rows/South-%2A?version=3");
        let whole = part.whole.expect("all homes").sentence();
        assert!(whole.contains("60") && whole.contains("50") && whole.contains("70"), "{whole}");
    }

    #[test]
    fn a_dataset_of_another_shape_shows_nothing() {
        assert!(part(&table(&["a", "b", "c", "d", "e", "f"], &[("*", "*", 1.0, 1.0)])).is_none());
        assert!(part(&Table::default()).is_none());
    }
}
