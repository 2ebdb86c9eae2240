//! Running other programs and talking to the person at the terminal.
//!
//! Holds no knowledge of any step: what runs and in which order is said elsewhere.

use anyhow::{Context, Result, bail};
use std::fmt;
use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The call is wrong or the machine lacks something: nothing was judged, and the exit status is 2.
#[derive(Debug)]
pub(crate) struct Lacking(String);

impl Lacking {
    /// An error that says what to write or install.
    #[expect(clippy::new_ret_no_self, reason = "only ever used as an error")]
    pub(crate) fn new(message: impl Into<String>) -> anyhow::Error {
        anyhow::Error::new(Self(message.into()))
    }
}

impl fmt::Display for Lacking {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Lacking {}

/// Writes a line to standard output. A reader that went away is no reason to stop.
pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _gone = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Writes a line to standard error.
pub(crate) fn complain(line: &str) {
    let _gone = writeln!(std::io::stderr().lock(), "{line}");
}

/// A command that will run in `folder`, without standard input.
pub(crate) fn command(program: impl AsRef<std::ffi::OsStr>, arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    // `cargo xtask` runs under cargo, which describes this package in the environment. Build scripts that look at these
    // variables (ring's does) would take them for a change, and DataFusion would be built again with everything above ring.
    for name in crate::environment::set_by_cargo() {
        command.env_remove(name);
    }
    command
}

/// Runs a command with its output shown; an exit status other than 0 is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = line_of(command);
    let status = command.status().with_context(|| format!("`{line}` could not be started"))?;
    if !status.success() {
        bail!("`{line}` ended with {status}");
    }
    Ok(())
}

/// Runs a command and gives what it printed; an exit status other than 0 is an error that shows standard error.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let line = line_of(command);
    let Output { status, stdout, stderr } =
        command.output().with_context(|| format!("`{line}` could not be started"))?;
    if !status.success() {
        bail!("`{line}` ended with {status}:\n{}", String::from_utf8_lossy(&stderr).trim());
    }
    Ok(String::from_utf8_lossy(&stdout).into_owned())
}

/// A command as a person would type it.
fn line_of(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

/// Where a program lies, if it is on the PATH.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = crate::environment::variable("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Whether this process may do everything, package installation included.
pub(crate) fn is_root() -> bool {
    output(&mut command("id", &["-u"], Path::new("."))).is_ok_and(|id| id.trim() == "0")
}

/// A port on the loopback interface that nobody listened on a moment ago.
pub(crate) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no free port on 127.0.0.1")?;
    Ok(listener.local_addr()?.port())
}

/// A folder that is gone when this value is.
pub(crate) struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    /// An empty folder under the system's temporary folder; `purpose` is a part of its name.
    pub(crate) fn new(purpose: &str) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("counterflow-{purpose}-{}", std::process::id()));
        if folder.exists() {
            std::fs::remove_dir_all(&folder).with_context(|| format!("cannot empty `{}`", folder.display()))?;
        }
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
        Ok(Self(folder))
    }

    /// Its path.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        let _best_effort = std::fs::remove_dir_all(&self.0);
    }
}

/// The folder that measures things for us beside the repository.
pub(crate) fn shared() -> PathBuf {
    let root = crate::environment::root();
    root.parent().unwrap_or(&root).join("shared")
}
