//! `counterflow work`: takes in what sources have and lets every stage catch up, once; or does what the queue and the sources'
//! times call for, until stopped.

use crate::OfficeArguments;
use crate::jobs;
use crate::rules::Rules;
use crate::stages::{Specifications, catch_up_with_cases, look};
use crate::terminal::{say, tell};
use crate::wiring::Opened;
use std::sync::Arc;

pub(crate) async fn run(arguments: &OfficeArguments, forever: bool, json: bool) -> anyhow::Result<()> {
    let opened = Opened::open(arguments).await?;
    let specifications = Specifications::sound(&opened.office)?;
    let placement = Rules::read(&opened.office)?.placement;
    ingest::stage::settle(&opened.store, &opened.lake, opened.run()).await?;
    tokio::spawn(crate::wiring::hear_the_end());
    if forever {
        return jobs::work(Arc::new(opened), specifications, placement).await;
    }
    let (report, failures) = look(&opened, &specifications, None, false, opened.run()).await?;
    let mut reports = vec![report];
    reports.extend(catch_up_with_cases(&opened, &specifications, &placement).await?);
    if json {
        say(&serde_json::to_string(&reports)?);
    } else {
        reports.iter().for_each(tell);
    }
    if failures.is_empty() { Ok(()) } else { Err(anyhow::anyhow!(failures.join("\n"))) }
}
