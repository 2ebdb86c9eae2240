//! The home book of the versions that the log names, made once for each set of versions. Must never serve an older set.

use crate::error::WebError;
use crate::state::App;
use decide::rooms::care::book::{DATASETS, HomeBook, Versioned};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// A book and the version of each dataset that it was made from.
type Dated = (Vec<Option<i64>>, Arc<HomeBook>);

/// What is made once and kept: the newest book with the versions it was made from, and what decisions relied on.
#[derive(Default)]
pub struct Shelf {
    book: Mutex<Option<Dated>>,
    pub(crate) reliance: crate::reliance::Counted,
}

/// The book of what the log names now.
pub async fn current(app: &App) -> Result<Arc<HomeBook>, WebError> {
    let mut versions = Vec::with_capacity(DATASETS.len());
    for dataset in DATASETS {
        versions.push(app.store.dataset_version(dataset).await?);
    }
    let held = app.shelf.book.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some((_, book)) = held.filter(|(known, _)| *known == versions) {
        return Ok(book);
    }
    let mut tables: BTreeMap<&'static str, Versioned> = BTreeMap::new();
    for (dataset, version) in DATASETS.into_iter().zip(&versions) {
        if let Some(version) = version {
            tables.insert(dataset, (*version, app.lake.read(dataset, *version).await?));
        }
    }
    let registered = app.store.datasets().await?;
    let simulated: BTreeSet<String> =
        registered.into_iter().filter(|dataset| dataset.simulated).map(|dataset| dataset.name).collect();
    let book = tokio::task::spawn_blocking(move || Arc::new(HomeBook::build(&tables, simulated)))
        .await
        .map_err(|error| WebError::Internal(error.to_string()))?;
    *app.shelf.book.lock().unwrap_or_else(PoisonError::into_inner) = Some((versions, book.clone()));
    Ok(book)
}
