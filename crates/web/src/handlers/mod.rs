//! What the addresses do: one room a file, each with its own routes. Must never hold an address of another room's.

use crate::error::WebError;
use crate::pages::WhyPart;
use crate::state::App;
use std::collections::BTreeMap;
use store::{Page, PageOf, StoreError};

pub(crate) mod accounts;
pub(crate) mod assets;
pub(crate) mod audit;
pub(crate) mod candidates;
pub mod cases;
pub(crate) mod coverage;
pub(crate) mod datasets;
pub(crate) mod first;
pub(crate) mod homes;
pub(crate) mod letter;
pub(crate) mod problems;
pub(crate) mod review;
pub(crate) mod sign_in;
pub(crate) mod signals;
pub(crate) mod sources;
pub(crate) mod status;

/// Address of an embedded style sheet or script, with a hash of its content.
pub fn asset_address(name: &str) -> String {
    assets::address(name)
}

/// A page of a list in the store; the last one where the page that was asked for lies beyond the end.
pub(crate) async fn page_of<T, F>(page: Page, ask: impl Fn(Page) -> F) -> Result<PageOf<T>, StoreError>
where
    F: Future<Output = Result<PageOf<T>, StoreError>>,
{
    let found = ask(page).await?;
    if found.rows.is_empty() && found.total > 0 {
        return ask(Page::new(found.pages(), page.size)).await;
    }
    Ok(found)
}

/// Titles of the datasets that figures tell of.
pub(crate) async fn titles_of(app: &App, figures: &[(String, f64)]) -> Result<BTreeMap<String, String>, WebError> {
    let mut titles = BTreeMap::new();
    for name in WhyPart::datasets(figures) {
        if let Some(dataset) = app.store.dataset(name).await? {
            titles.insert(name.to_owned(), dataset.title);
        }
    }
    Ok(titles)
}

pub use cases::locate;
