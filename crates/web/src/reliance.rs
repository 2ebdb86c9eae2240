//! In how many decisions something of a source was relied on: counted once, then only what was decided since.
//!
//! Must never hold more of a decision than which datasets it relied on.

use crate::error::WebError;
use crate::state::{App, SourceFacts};
use std::collections::{BTreeMap, BTreeSet};

/// Decisions read at once.
const AT_ONCE: i64 = 50;

/// What decisions relied on, as far as it was counted.
#[derive(Default)]
pub struct Counted(tokio::sync::Mutex<Known>);

#[derive(Default)]
struct Known {
    /// The newest decision that is counted.
    place: (String, String),
    total: i64,
    /// How many decisions relied on exactly these datasets, each with whose word it was.
    by_use: BTreeMap<BTreeSet<(String, String)>, u64>,
}

impl Known {
    async fn catch_up(&mut self, app: &App) -> Result<(), WebError> {
        loop {
            let found = app.store.reliance_after(&self.place, AT_ONCE).await?;
            let Some(last) = found.last() else { return Ok(()) };
            self.place = last.place.clone();
            self.total += i64::try_from(found.len()).unwrap_or(0);
            for one in found {
                *self.by_use.entry(one.on).or_default() += 1;
            }
        }
    }
}

/// Decisions that relied on a dataset of a source, or on the word of its kind in a dataset made from one of them.
pub async fn decisions_of(app: &App, source: &SourceFacts) -> Result<u64, WebError> {
    let own: BTreeSet<&str> = source.datasets.iter().map(String::as_str).collect();
    let made = made_from(app, &own).await?;
    let mut known = app.shelf.reliance.0.lock().await;
    known.catch_up(app).await?;
    if known.total != app.store.decisions_total().await? {
        // Somebody decided at an earlier moment and was recorded later.
        *known = Known::default();
        known.catch_up(app).await?;
    }
    let counts = |(dataset, standing): &(String, String)| {
        own.contains(dataset.as_str()) || (made.contains(dataset) && standing == source.standing.word())
    };
    Ok(known.by_use.iter().filter(|(on, _)| on.iter().any(counts)).map(|(_, count)| count).sum())
}

/// Datasets whose newest version was made from some of these, directly or by others in between.
async fn made_from(app: &App, own: &BTreeSet<&str>) -> Result<BTreeSet<String>, WebError> {
    let mut inputs: Vec<(String, Vec<String>)> = Vec::new();
    for dataset in app.store.datasets().await?.into_iter().filter(|dataset| dataset.derived) {
        let newest = app.store.dataset_history(&dataset.name).await?.into_iter().next();
        let names = newest.and_then(|entry| Some(entry.note["inputs"].as_object()?.keys().cloned().collect()));
        inputs.push((dataset.name, names.unwrap_or_default()));
    }
    Ok(closure(&inputs, own))
}

fn closure(inputs: &[(String, Vec<String>)], own: &BTreeSet<&str>) -> BTreeSet<String> {
    let mut made: BTreeSet<String> = BTreeSet::new();
    loop {
        let is_in = |name: &String| own.contains(name.as_str()) || made.contains(name);
        let more: Vec<String> = inputs
            .iter()
            .filter(|(name, from)| !made.contains(name) && from.iter().any(is_in))
            .map(|(name, _)| name.clone())
            .collect();
        if more.is_empty() {
            return made;
        }
        made.extend(more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_of_what_is_made_of_it_counts() {
        let made = |name: &str, from: &[&str]| (name.to_owned(), from.iter().map(|one| (*one).to_owned()).collect());
        let inputs = [
            made("assessments", &["voices", "homes"]),
            made("voices", &["posts"]),
            made("homes", &["register"]),
            made("circle", &["circle"]),
        ];
        let found = closure(&inputs, &BTreeSet::from(["posts"]));
        assert_eq!(found, BTreeSet::from(["assessments".to_owned(), "voices".to_owned()]));
    }
}
