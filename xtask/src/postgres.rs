//! A PostgreSQL server for one test run: a new cluster in a temporary folder, on a free loopback port.
//!
//! It never touches a server that was there before, never listens beyond loopback, and is gone when its value is: also
//! when xtask is killed, because the kernel then ends the server (`setpriv --pdeathsig`).

use crate::shell::{self, TemporaryFolder};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a start or a stop may take before it counts as failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// Durability is not what these tests are about: nothing here outlives the run.
const SETTINGS: [&str; 6] = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
];

/// The programs of one PostgreSQL installation.
pub(crate) struct Programs {
    initdb: PathBuf,
    postgres: PathBuf,
}

/// Finds `initdb` and `postgres` on the PATH, else the newest where Debian keeps them.
pub(crate) fn programs() -> Option<Programs> {
    if let (Some(initdb), Some(postgres)) = (shell::find("initdb"), shell::find("postgres")) {
        return Some(Programs { initdb, postgres });
    }
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .map(|version: u32| (version, PathBuf::from(format!("/usr/lib/postgresql/{version}/bin"))))
        .filter(|(_, folder)| folder.join("initdb").is_file() && folder.join("postgres").is_file())
        .collect();
    versions.sort();
    let (_, folder) = versions.pop()?;
    Some(Programs { initdb: folder.join("initdb"), postgres: folder.join("postgres") })
}

/// A running server. Stopped, and its data removed, when dropped.
pub(crate) struct Cluster {
    server: Child,
    folder: TemporaryFolder,
    port: u16,
}

impl Cluster {
    /// Makes a cluster and starts it.
    pub(crate) fn start() -> Result<Self> {
        let programs = programs().context("no PostgreSQL server was found; install the Debian package `postgresql`")?;
        let folder = TemporaryFolder::new("postgres")?;
        let owner = unprivileged_user()?;
        if let Some(user) = &owner {
            let place = folder.path().to_string_lossy().into_owned();
            shell::run(&mut shell::command("chown", &["-R", user, &place], Path::new("/")))?;
        }
        let data = folder.path().join("data");
        let mut initialize = owned_by(owner.as_deref(), &programs.initdb);
        initialize.args(["--auth=trust", "--username=counterflow", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"]);
        shell::output(initialize.arg(&data).current_dir(folder.path()))?;

        let port = shell::free_port()?;
        let log = std::fs::File::create(folder.path().join("log")).context("cannot write the server's log")?;
        let mut serve = owned_by(owner.as_deref(), &programs.postgres);
        serve.arg("-D").arg(&data).args(["-p", &port.to_string()]);
        for setting in SETTINGS {
            serve.args(["-c", setting]);
        }
        serve.current_dir(folder.path()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let server = serve.spawn().context("the PostgreSQL server could not be started")?;
        let mut cluster = Self { server, folder, port };
        cluster.wait_until_ready()?;
        Ok(cluster)
    }

    /// Where tests reach it: the server, without a database, because each test makes its own.
    pub(crate) fn address(&self) -> String {
        format!("postgres://counterflow@127.0.0.1:{}", self.port)
    }

    /// The server writes this file's last line as `ready` once it takes connections.
    fn wait_until_ready(&mut self) -> Result<()> {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            let state = std::fs::read_to_string(self.folder.path().join("data/postmaster.pid")).unwrap_or_default();
            if state.lines().nth(7).is_some_and(|line| line.trim() == "ready") {
                return Ok(());
            }
            if let Some(status) = self.server.try_wait()? {
                bail!("the PostgreSQL server ended at once with {status}:\n{}", self.log());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("the PostgreSQL server was not ready after {} s:\n{}", PATIENCE.as_secs(), self.log())
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // SIGINT asks PostgreSQL to end open transactions and stop: its children and shared memory go with it.
        let process = self.server.id().to_string();
        let _asked = shell::output(&mut shell::command("kill", &["-INT", &process], Path::new("/")));
        let began = Instant::now();
        while began.elapsed() < PATIENCE && matches!(self.server.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(50));
        }
        let _forced = self.server.kill();
        let _reaped = self.server.wait();
    }
}

/// Whom the server runs as: PostgreSQL refuses root. `None` where this process is not root already.
fn unprivileged_user() -> Result<Option<String>> {
    if !shell::is_root() {
        return Ok(None);
    }
    for user in ["postgres", "nobody"] {
        if shell::output(&mut shell::command("id", &["-u", user], Path::new("/"))).is_ok() {
            return Ok(Some(user.to_owned()));
        }
    }
    let user = "counterflow-test";
    shell::run(&mut shell::command("useradd", &["--system", "--no-create-home", user], Path::new("/")))?;
    Ok(Some(user.to_owned()))
}

/// A command that runs as `user` and ends when xtask ends.
fn owned_by(user: Option<&str>, program: &Path) -> Command {
    if shell::find("setpriv").is_none() && user.is_none() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "INT"]);
    if let Some(user) = user {
        let group = shell::output(&mut shell::command("id", &["-g", user], Path::new("/")));
        command.args(["--reuid", user, "--clear-groups", "--regid"]);
        command.arg(group.map_or_else(|_| user.to_owned(), |id| id.trim().to_owned()));
    }
    command.arg("--").arg(program);
    command
}
