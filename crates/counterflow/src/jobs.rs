//! Does queued jobs in the background, tells how far each is, and ends those that somebody cancelled.
//!
//! Must never hold what a job does to the data: that is the stages' part.

use crate::stages::{Specifications, catch_up_with_cases, look};
use crate::wiring::{CANCELLED, MachineChance, MachineClock, Opened};
use decide::case::casetype::CaseType;
use model::run::{Progress, Run};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use store::StoreError;
use store::jobs::Job;

/// Pause of the worker between two looks at the queue.
const PAUSE: Duration = Duration::from_secs(1);
/// Pause between two signs of life of a job.
const SIGN_OF_LIFE: Duration = Duration::from_secs(2);
/// Pause between two looks for sources that are due.
const SCHEDULE: Duration = Duration::from_secs(60);

/// Wait before a stage that failed is tried again; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(10);
/// The longest such wait.
const LONGEST_WAIT: Duration = Duration::from_secs(600);

/// How far the job at hand is.
#[derive(Default)]
struct JobProgress {
    what: Mutex<String>,
    done: AtomicU64,
    total: AtomicU64,
    cancelled: AtomicBool,
}

impl Progress for JobProgress {
    fn at(&self, what: &str, done: u64, total: u64) {
        self.done.store(done, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
        what.clone_into(&mut self.what.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed) || CANCELLED.load(Ordering::Relaxed)
    }
}

/// Works until the process is asked to end: queued jobs, sources that are due, and stages that something calls for.
pub(crate) async fn work(
    opened: Arc<Opened>,
    specifications: Specifications,
    placement: CaseType,
) -> anyhow::Result<()> {
    let mut head = opened.store.head().await?;
    let mut scheduled: Option<Instant> = None;
    // When stages that failed are tried again, and how long that wait is.
    let mut again: Option<(Instant, Duration)> = None;
    while !CANCELLED.load(Ordering::Relaxed) {
        if scheduled.is_none_or(|at| at.elapsed() >= SCHEDULE) {
            queue_due(&opened).await?;
            scheduled = Some(Instant::now());
        }
        while let Some(job) = opened.store.claim_job(opened.run().now()).await? {
            run(&opened, &specifications, &job).await?;
            if CANCELLED.load(Ordering::Relaxed) {
                return Ok(());
            }
        }
        let now = opened.store.head().await?;
        if now != head || again.is_some_and(|(at, _)| at <= Instant::now()) {
            again = match catch_up_with_cases(&opened, &specifications, &placement).await {
                Ok(_) => None,
                Err(error) => {
                    let wait = again.map_or(FIRST_WAIT, |(_, wait)| (2 * wait).min(LONGEST_WAIT));
                    tracing::error!("a stage failed and is tried again in {} s: {error:#}", wait.as_secs());
                    Some((Instant::now() + wait, wait))
                }
            };
            head = opened.store.head().await?;
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

async fn run(opened: &Opened, specifications: &Specifications, job: &Job) -> anyhow::Result<()> {
    let progress = JobProgress::default();
    let source = job.payload["source"].as_str().unwrap_or_default();
    let run = Run { clock: &MachineClock, chance: &MachineChance, progress: &progress };
    let work = async {
        match job.name.as_str() {
            "look" | "replay" => {
                let (_, failures) = look(opened, specifications, Some(source), job.name == "replay", run).await?;
                if failures.is_empty() { Ok(()) } else { Err(anyhow::anyhow!(failures.join("\n"))) }
            }
            other => Err(anyhow::anyhow!("no worker knows the job `{other}`")),
        }
    };
    let outcome = tokio::select! {
        outcome = work => outcome,
        lost = tell(opened, job, &progress) => Err(lost.into()),
    };
    match outcome {
        Ok(()) => drop(opened.store.finish_job(job, Ok(())).await?),
        // Cancelled by somebody, or taken over: the row says so already.
        Err(_) if progress.cancelled.load(Ordering::Relaxed) => {}
        // Whoever was asked may be better in a minute: it is tried again, each time after a longer wait.
        Err(error) => drop(opened.store.retry_job(job, &error.to_string(), opened.run().now()).await?),
    }
    Ok(())
}

/// Tells how far the job is until it ends. Gives only what keeps it from telling.
async fn tell(opened: &Opened, job: &Job, progress: &JobProgress) -> StoreError {
    loop {
        tokio::time::sleep(SIGN_OF_LIFE).await;
        let what = progress.what.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let number = |figure: &AtomicU64| i64::try_from(figure.load(Ordering::Relaxed)).unwrap_or(i64::MAX);
        let (done, total) = (number(&progress.done), number(&progress.total));
        match opened.store.report_job(job, done, total, &what, opened.run().now()).await {
            Ok(true) => {}
            Ok(false) => progress.cancelled.store(true, Ordering::Relaxed),
            Err(error) => return error,
        }
    }
}

/// Queues a look at every source whose time has come since its last one.
async fn queue_due(opened: &Opened) -> Result<(), StoreError> {
    let run = opened.run();
    let states = opened.store.source_states().await?;
    let looked: BTreeMap<&str, model::Timestamp> =
        states.iter().map(|state| (state.source.as_str(), state.at)).collect();
    for source in opened.office.sources.iter().filter(|source| source.every_hours > 0) {
        let wait = Duration::from_secs(u64::from(source.every_hours) * 3_600);
        let due = looked.get(source.name.as_str()).is_none_or(|at| *at + wait <= run.now());
        if due {
            let payload = serde_json::json!({"source": source.name});
            opened.store.queue_job(&run.new_id(), "look", &source.name, &payload, run.now()).await?;
        }
    }
    Ok(())
}
