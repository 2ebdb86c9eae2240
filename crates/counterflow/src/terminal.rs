//! What people see on a terminal: log lines, progress, the last word of a failure. Quiet in a pipe.

use anyhow::Error;
use model::run::Progress;
use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// The call or the input is wrong: mend it and call again. Anything else that fails exits with 1.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct WrongInput(pub(crate) String);

/// What is logged unless `RUST_LOG` says otherwise. Delta's kernel calls it an error that a new table has no log yet.
const QUIET: &str = "warn,counterflow=info,delta_kernel=off,buoyant_kernel=off";

/// Log lines go to standard error; `RUST_LOG` chooses how many.
pub(crate) fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(QUIET));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false).init();
}

/// Prints why the command failed and chooses the exit status: 2 for wrong input, 1 for all else.
pub(crate) fn failed(error: &Error) -> ExitCode {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "counterflow: {error:#}");
    if error.downcast_ref::<WrongInput>().is_some() { ExitCode::from(2) } else { ExitCode::from(1) }
}

/// A progress bar on a terminal, nothing in a pipe; ends the work at the next safe point after Ctrl-C.
pub(crate) struct Bar {
    bar: Mutex<Option<(String, indicatif::ProgressBar)>>,
    shown: bool,
    cancelled: &'static AtomicBool,
}

impl Bar {
    pub(crate) fn new(cancelled: &'static AtomicBool) -> Self {
        Self { bar: Mutex::new(None), shown: std::io::stderr().is_terminal(), cancelled }
    }
}

impl Progress for Bar {
    fn at(&self, what: &str, done: u64, total: u64) {
        if !self.shown {
            return;
        }
        let mut held = self.bar.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if held.as_ref().is_none_or(|(name, _)| name != what) {
            if let Some((_, earlier)) = held.take() {
                earlier.finish();
            }
            let style = indicatif::ProgressStyle::with_template("{msg:28} {bar:30} {pos}/{len} {per_sec} {eta}")
                .unwrap_or_else(|_| indicatif::ProgressStyle::default_bar());
            let bar = indicatif::ProgressBar::new(total).with_style(style).with_message(what.to_owned());
            *held = Some((what.to_owned(), bar));
        }
        if let Some((_, bar)) = held.as_ref() {
            bar.set_length(total.max(done));
            bar.set_position(done);
        }
    }

    fn cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

/// A line on standard output: what a command is for.
pub(crate) fn say(line: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// What a stage made, for people.
pub(crate) fn tell(report: &crate::stages::StageReport) {
    say(&format!("{:8} {:6.1} s  {}", report.stage, report.seconds, report.made));
}

/// A line on standard error: what people want to know and pipes do not.
pub(crate) fn note(line: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "{line}");
}
