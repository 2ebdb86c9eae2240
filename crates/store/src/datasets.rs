//! The registry of datasets: what the rows are, whose they are, what one may do with them.

use crate::{Store, StoreError, Writer, number, text};
use model::Standing;
use sqlx::any::AnyRow;

/// What is known of a dataset besides its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dataset {
    /// Name: folder in the lake, table in SQL, last part of the address.
    pub name: String,
    /// Title.
    pub title: String,
    /// What the rows are.
    pub summary: String,
    /// Licence in words.
    pub licence: String,
    /// Address of the licence.
    pub licence_url: String,
    /// Who publishes it.
    pub publisher: String,
    /// Words that must stand wherever the rows are shown.
    pub attribution: String,
    /// Who stands behind the rows.
    pub standing: Standing,
    /// True where the rows come from a simulation, or from anything that does.
    pub simulated: bool,
    /// True where a stage made it: it can be dropped and made again.
    pub derived: bool,
    /// True where it holds personal data: never listed, never exported.
    pub restricted: bool,
}

impl Dataset {
    /// A dataset that a stage makes from others: it carries the terms of everything it is made from.
    pub fn derived(name: &str, title: &str, summary: &str, standing: Standing, sources: &[Self]) -> Self {
        let joined = |part: fn(&Self) -> &str| {
            // A source may itself be derived, and its terms be several: each is named once.
            let each = sources.iter().map(part).flat_map(|text| text.split("; "));
            let mut parts: Vec<&str> = each.filter(|text| !text.is_empty()).collect();
            parts.sort_unstable();
            parts.dedup();
            parts.join("; ")
        };
        Self {
            name: name.to_owned(),
            title: title.to_owned(),
            summary: summary.to_owned(),
            licence: joined(|dataset| &dataset.licence),
            licence_url: String::new(),
            publisher: joined(|dataset| &dataset.publisher),
            attribution: joined(|dataset| &dataset.attribution),
            standing,
            simulated: sources.iter().any(|dataset| dataset.simulated),
            derived: true,
            restricted: sources.iter().any(|dataset| dataset.restricted),
        }
    }
}

impl Store {
    /// The datasets of these names that are registered.
    pub async fn datasets_named(&self, names: &[&str]) -> Result<Vec<Dataset>, StoreError> {
        Ok(self.datasets().await?.into_iter().filter(|dataset| names.contains(&dataset.name.as_str())).collect())
    }

    /// Every dataset, by title.
    pub async fn datasets(&self) -> Result<Vec<Dataset>, StoreError> {
        let rows = sqlx::query("select * from datasets order by title, name").fetch_all(&self.pool).await?;
        rows.iter().map(dataset).collect()
    }

    /// The dataset of a name.
    pub async fn dataset(&self, name: &str) -> Result<Option<Dataset>, StoreError> {
        let row = sqlx::query("select * from datasets where name = $1").bind(name).fetch_optional(&self.pool).await?;
        row.as_ref().map(dataset).transpose()
    }
}

impl Writer {
    /// Registers a dataset, or renews what is known of it.
    pub async fn put_dataset(&mut self, dataset: &Dataset) -> Result<(), StoreError> {
        sqlx::query(
            "insert into datasets (name, title, summary, licence, licence_url, publisher, attribution, standing, simulated,
                derived, restricted)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
             on conflict (name) do update set title = excluded.title, summary = excluded.summary,
                licence = excluded.licence, licence_url = excluded.licence_url, publisher = excluded.publisher,
                attribution = excluded.attribution, standing = excluded.standing, simulated = excluded.simulated,
                derived = excluded.derived, restricted = excluded.restricted",
        )
        .bind(&dataset.name)
        .bind(&dataset.title)
        .bind(&dataset.summary)
        .bind(&dataset.licence)
        .bind(&dataset.licence_url)
        .bind(&dataset.publisher)
        .bind(&dataset.attribution)
        .bind(dataset.standing.word())
        .bind(i64::from(dataset.simulated))
        .bind(i64::from(dataset.derived))
        .bind(i64::from(dataset.restricted))
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }
}

fn dataset(row: &AnyRow) -> Result<Dataset, StoreError> {
    let standing = match text(row, "standing")?.as_str() {
        "official" => Standing::Official,
        "community" => Standing::Community,
        _ => Standing::Contributor,
    };
    Ok(Dataset {
        name: text(row, "name")?,
        title: text(row, "title")?,
        summary: text(row, "summary")?,
        licence: text(row, "licence")?,
        licence_url: text(row, "licence_url")?,
        publisher: text(row, "publisher")?,
        attribution: text(row, "attribution")?,
        standing,
        simulated: number(row, "simulated")? != 0,
        derived: number(row, "derived")? != 0,
        restricted: number(row, "restricted")? != 0,
    })
}
