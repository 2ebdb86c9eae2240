//! `counterflow work`: takes in what sources have and lets every stage catch up, once or until stopped.

use crate::OfficeArguments;
use crate::stages::{Specifications, catch_up, look};
use crate::terminal::{say, tell};
use crate::wiring::{CANCELLED, Opened};
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Pause between two rounds.
const PAUSE: Duration = Duration::from_secs(5);

pub(crate) async fn run(arguments: &OfficeArguments, forever: bool, json: bool) -> anyhow::Result<()> {
    let opened = Opened::open(arguments).await?;
    let specifications = Specifications::sound(&opened.office)?;
    ingest::stage::settle(&opened.store, &opened.lake, opened.run()).await?;
    tokio::spawn(crate::wiring::hear_the_end());
    loop {
        let (report, failures) = look(&opened, &specifications, None, false).await?;
        let mut reports = vec![report];
        reports.extend(catch_up(&opened, &specifications).await?);
        if json {
            say(&serde_json::to_string(&reports)?);
        } else {
            reports.iter().for_each(tell);
        }
        if !forever {
            return if failures.is_empty() { Ok(()) } else { Err(anyhow::anyhow!(failures.join("\n"))) };
        }
        for failure in &failures {
            tracing::warn!("{failure}");
        }
        let mut waited = Duration::ZERO;
        while waited < PAUSE {
            if CANCELLED.load(Ordering::Relaxed) {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
            waited += Duration::from_millis(200);
        }
    }
}
