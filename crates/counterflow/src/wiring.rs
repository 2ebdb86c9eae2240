//! Opens what a command needs: store, lake, client, clock, chance. Must never decide what they do.

use crate::OfficeArguments;
use crate::office::Office;
use crate::terminal::{Bar, WrongInput};
use lake::Lake;
use model::run::{Chance, Run};
use model::{Clock, Timestamp};
use std::sync::atomic::AtomicBool;
use store::Store;

/// True once the process was asked to end; long work looks at it between safe points.
pub(crate) static CANCELLED: AtomicBool = AtomicBool::new(false);

/// The machine's clock.
pub(crate) struct MachineClock;

impl Clock for MachineClock {
    #[expect(clippy::disallowed_methods, reason = "the binary is where the clock is read")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Random bytes of the operating system.
pub(crate) struct MachineChance;

impl Chance for MachineChance {
    fn bytes(&self) -> [u8; 10] {
        let mut bytes = [0; 10];
        getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
        bytes
    }
}

/// An opened office.
pub(crate) struct Opened {
    pub(crate) office: Office,
    pub(crate) store: Store,
    pub(crate) lake: Lake,
    pub(crate) client: net::Client,
    pub(crate) bar: Bar,
}

impl Opened {
    pub(crate) async fn open(arguments: &OfficeArguments) -> anyhow::Result<Self> {
        Self::open_office(Office::read(&arguments.office, &arguments.overrides())?).await
    }

    pub(crate) async fn open_office(office: Office) -> anyhow::Result<Self> {
        if !office.faults.is_empty() {
            anyhow::bail!(WrongInput(format!(
                "the office has faults; `counterflow check` lists them:\n{}",
                office.faults.join("\n")
            )));
        }
        if let Some(path) = office.store_url.strip_prefix("sqlite:")
            && let Some(folder) = std::path::Path::new(path).parent()
        {
            std::fs::create_dir_all(folder)?;
        }
        let store = Store::open(&office.store_url).await?;
        store.migrate().await?;
        let lake = Lake::open(&office.lake_folder, office.file.lake.resident_mb << 20).await?;
        let client = net::Client::new(net::Guard::new(office.file.net.allow_hosts.clone()))?;
        Ok(Self { office, store, lake, client, bar: Bar::new(&CANCELLED) })
    }

    pub(crate) fn run(&self) -> Run<'_> {
        Run { clock: &MachineClock, chance: &MachineChance, progress: &self.bar }
    }
}

/// Waits until the process is asked to end (Ctrl-C, SIGTERM), and notes it for long work.
pub(crate) async fn hear_the_end() {
    let interrupt = tokio::signal::ctrl_c();
    let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(terminate) => terminate,
        Err(_) => return,
    };
    tokio::select! {
        _ = interrupt => {}
        _ = terminate.recv() => {}
    }
    CANCELLED.store(true, std::sync::atomic::Ordering::Relaxed);
}
