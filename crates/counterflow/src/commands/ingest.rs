//! `counterflow ingest`: takes in what sources have now, or reads again what was received before.

use crate::OfficeArguments;
use crate::stages::{Specifications, look};
use crate::terminal::{WrongInput, say};
use crate::wiring::Opened;

pub(crate) async fn run(
    arguments: &OfficeArguments,
    source: Option<&str>,
    replay: bool,
    json: bool,
) -> anyhow::Result<()> {
    tokio::spawn(crate::wiring::hear_the_end());
    let opened = Opened::open(arguments).await?;
    let specifications = Specifications::sound(&opened.office)?;
    if let Some(name) = source.filter(|name| opened.office.sources.iter().all(|source| source.name != *name)) {
        let known: Vec<&str> = opened.office.sources.iter().map(|source| source.name.as_str()).collect();
        anyhow::bail!(WrongInput(format!("there is no source `{name}`; the office has {}", known.join(", "))));
    }
    let (report, failures) = look(&opened, &specifications, source, replay, opened.run()).await?;
    if json {
        say(&serde_json::to_string(&report)?);
    } else {
        crate::terminal::tell(&report);
    }
    if failures.is_empty() { Ok(()) } else { Err(anyhow::anyhow!(failures.join("\n"))) }
}
