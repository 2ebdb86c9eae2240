//! `counterflow rebuild`: drops every derived table and makes it again from what was received and judged.

use crate::OfficeArguments;
use crate::stages::{Specifications, catch_up};
use crate::terminal::{say, tell};
use crate::wiring::Opened;

pub(crate) async fn run(arguments: &OfficeArguments) -> anyhow::Result<()> {
    let opened = Opened::open(arguments).await?;
    let specifications = Specifications::sound(&opened.office)?;
    let before = fingerprints(&opened).await?;
    opened.store.drop_derived().await?;
    catch_up(&opened, &specifications).await?.iter().for_each(tell);
    let after = fingerprints(&opened).await?;
    let differing: Vec<&String> = after
        .iter()
        .filter(|(name, print)| before.get(*name).is_some_and(|old| old != *print))
        .map(|(name, _)| name)
        .collect();
    if differing.is_empty() {
        say(&format!("rebuilt {} datasets with the same result", after.len()));
        return Ok(());
    }
    anyhow::bail!("rebuilt, and these differ from before: {differing:?}; the inputs or methods have changed since")
}

/// What each derived dataset says, whatever order its rows stand in.
async fn fingerprints(opened: &Opened) -> anyhow::Result<std::collections::BTreeMap<String, String>> {
    let mut prints = std::collections::BTreeMap::new();
    for dataset in opened.store.datasets().await?.into_iter().filter(|dataset| dataset.derived) {
        let Some(version) = opened.store.dataset_version(&dataset.name).await? else { continue };
        let table = opened.lake.read(&dataset.name, version).await?;
        let mut rows: Vec<String> = (0..table.len())
            .map(|row| {
                table.columns().iter().map(|column| column.value(row).to_string()).collect::<Vec<_>>().join("\u{1f}")
            })
            .collect();
        rows.sort_unstable();
        prints.insert(dataset.name, model::content_id(rows));
    }
    Ok(prints)
}
