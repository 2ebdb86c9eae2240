//! `cargo xtask test`: every check there is, the same here and in CI, one after the other.
//!
//! The list of steps is [`STEPS`]. A step either passes, or ends the run with a clear word; there is no third outcome,
//! and what `--only` leaves out is named at the end.

use crate::postgres::Cluster;
use crate::shell::{self, Lacking, TemporaryFolder};
use crate::{demo, environment, install, interface, tidy};
use anyhow::{Context, Result};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// The crates whose tests reach a database: they run again on PostgreSQL.
const ON_POSTGRESQL: [&str; 4] = ["store", "testkit", "web", "counterflow"];

/// The variable through which those tests learn where PostgreSQL is.
const POSTGRESQL_ADDRESS: &str = "COUNTERFLOW_TEST_POSTGRES";

/// Free disk space below which a cold build may not fit, in GiB.
const DISK_GIB: u64 = 15;

/// One check.
struct Step {
    name: &'static str,
    about: &'static str,
    run: fn(&Office) -> Result<()>,
}

/// What the steps share: the state of the one demo office that the browser and the API check are served from.
struct Office {
    state: TemporaryFolder,
}

/// Every step, cheapest first, so that a small slip is told early.
const STEPS: [Step; 9] = [
    Step { name: "fmt", about: "the code is laid out as rustfmt lays it out", run: |_| fmt() },
    Step { name: "tidy", about: "the rules of the house (cargo xtask tidy)", run: |_| tidy::run(&[]) },
    Step { name: "interface", about: "styles and islands build", run: |_| interface::build() },
    Step { name: "clippy", about: "no lint in any target of any crate", run: |_| clippy() },
    Step { name: "sqlite", about: "all tests, the store on SQLite", run: |_| on_sqlite() },
    Step { name: "postgresql", about: "the tests that reach a database, on PostgreSQL", run: |_| on_postgresql() },
    Step { name: "docs", about: "the reference builds without a warning", run: |_| docs() },
    Step { name: "browser", about: "the journeys of people, in Chromium", run: browser },
    Step { name: "api", about: "schemathesis against the OpenAPI description", run: api },
];

/// Runs every step, or the one that `--only` names.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let only = match words.as_slice() {
        [] => None,
        ["--only", name] if STEPS.iter().any(|step| step.name == *name) => Some(*name),
        ["--help" | "-h"] => {
            shell::say(&usage());
            return Ok(());
        }
        other => return Err(Lacking::new(format!("`{}` is not known here; write\n{}", other.join(" "), usage()))),
    };
    warn_of_a_full_disk();
    let office = Office { state: TemporaryFolder::new("office")? };
    let began = Instant::now();
    let (chosen, left_out): (Vec<&Step>, Vec<&Step>) =
        STEPS.iter().partition(|step| only.is_none_or(|name| name == step.name));
    for (passed, step) in chosen.iter().enumerate() {
        shell::say(&format!("\n=== {}: {}", step.name, step.about));
        let start = Instant::now();
        let outcome = (step.run)(&office);
        let seconds = start.elapsed().as_secs_f64();
        if let Err(error) = outcome {
            shell::say(&format!("=== {}: FAILED after {seconds:.1} s", step.name));
            let waiting = chosen.len() - passed - 1;
            shell::say(&format!("steps: {passed} passed, 1 failed; {waiting} after it were not run"));
            return Err(
                error.context(format!("the step `{0}` failed; `cargo xtask test --only {0}` runs it alone", step.name))
            );
        }
        shell::say(&format!("=== {}: passed in {seconds:.1} s", step.name));
    }
    if !left_out.is_empty() {
        let names: Vec<&str> = left_out.iter().map(|step| step.name).collect();
        shell::say(&format!("\nnot run, because of --only: {}", names.join(", ")));
    }
    shell::say(&format!("\nall in {:.0} s", began.elapsed().as_secs_f64()));
    shell::say(&format!("steps: {} passed, 0 failed", chosen.len()));
    Ok(())
}

fn usage() -> String {
    let mut text = "cargo xtask test [--only STEP], where STEP is one of".to_owned();
    for step in &STEPS {
        text.push_str(&format!("\n  {:<11} {}", step.name, step.about));
    }
    text
}

fn fmt() -> Result<()> {
    cargo(&["fmt", "--all", "--check"])
}

fn clippy() -> Result<()> {
    cargo(&["clippy", "--locked", "--workspace", "--all-targets", "--", "--deny", "warnings"])
}

fn docs() -> Result<()> {
    let mut doc = cargo_command(&["doc", "--locked", "--workspace", "--no-deps"]);
    shell::run(doc.env("RUSTDOCFLAGS", "--deny warnings"))
}

fn on_sqlite() -> Result<()> {
    shell::run(tests(&[]).env_remove(POSTGRESQL_ADDRESS))?;
    // nextest leaves the examples in documentation to cargo.
    shell::run(cargo_command(&["test", "--locked", "--workspace", "--doc"]).env_remove(POSTGRESQL_ADDRESS))
}

fn on_postgresql() -> Result<()> {
    install::postgresql()?;
    let cluster = Cluster::start()?;
    shell::run(tests(&ON_POSTGRESQL).env(POSTGRESQL_ADDRESS, cluster.address()))
}

/// The command that runs the tests of the named crates that exist; of all, if none is named.
///
/// The whole workspace is always selected and the crates only filtered, because selecting some would resolve other
/// features of the dependencies and build them a second time. Without nextest there is no such filter: all tests run.
fn tests(crates: &[&str]) -> Command {
    if shell::find("cargo-nextest").is_none() {
        shell::say("cargo-nextest is not installed: running the tests with `cargo test`, which is slower");
        return cargo_command(&["test", "--locked", "--workspace", "--all-targets"]);
    }
    let mut command = cargo_command(&["nextest", "run", "--locked", "--workspace", "--no-fail-fast"]);
    let root = environment::root();
    let there = crates.iter().filter(|name| root.join("crates").join(name).is_dir());
    let filters: Vec<String> = there.map(|name| format!("package({name})")).collect();
    if !filters.is_empty() {
        command.args(["--filterset", &filters.join(" + ")]);
    }
    command
}

fn browser(office: &Office) -> Result<()> {
    install::browser()?;
    let folder = environment::root().join("tests/browser");
    // A check that has never said no proves nothing: the harness first judges pages that are wrong on purpose.
    shell::run(&mut shell::command("node", &["selfcheck.mjs"], &folder))?;
    demo::build_program()?;
    let pictures = environment::target().join("xtask/pictures");
    let mut journeys = shell::command("node", &["run.mjs", "--program"], &folder);
    journeys.arg(demo::program()).arg("--state").arg(office.state.path()).arg("--pictures").arg(&pictures);
    shell::run(&mut journeys)?;
    shell::say(&format!("pictures of every page: {}", pictures.display()));
    Ok(())
}

fn api(office: &Office) -> Result<()> {
    let schemathesis = install::schemathesis()?;
    demo::build_program()?;
    let mut check = shell::command("node", &["api.mjs", "--program"], &environment::root().join("tests/browser"));
    check.arg(demo::program()).arg("--state").arg(office.state.path()).arg("--schemathesis").arg(schemathesis);
    shell::run(&mut check)
}

fn cargo(arguments: &[&str]) -> Result<()> {
    shell::run(&mut cargo_command(arguments))
}

fn cargo_command(arguments: &[&str]) -> Command {
    shell::command("cargo", arguments, &environment::root())
}

fn warn_of_a_full_disk() {
    let target = environment::target();
    let place = target.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("/"));
    match free_gib(place) {
        Ok(free) if free < DISK_GIB => shell::say(&format!(
            "warning: {free} GiB are free where cargo builds ({}); a cold build wants {DISK_GIB}",
            place.display()
        )),
        Ok(_) => {}
        Err(error) => shell::say(&format!("warning: cannot tell how much disk is free: {error:#}")),
    }
}

/// Free space of the disk that holds `folder`, in GiB, from `df`.
fn free_gib(folder: &Path) -> Result<u64> {
    let table = shell::output(shell::command("df", &["-Pk"], Path::new("/")).arg(folder))?;
    let row = table.lines().nth(1).context("`df` printed no row")?;
    let kib: u64 = row.split_whitespace().nth(3).context("`df` printed no free space")?.parse()?;
    Ok(kib >> 20)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_is_not_known_is_refused_with_the_list() {
        let error = run(&["--only".to_owned(), "nothing".to_owned()]).expect_err("no such step");
        assert!(error.is::<Lacking>());
        assert!(STEPS.iter().all(|step| error.to_string().contains(step.name)), "{error}");
    }

    #[test]
    fn the_disk_has_some_space() {
        assert!(free_gib(Path::new("/")).is_ok());
    }
}
