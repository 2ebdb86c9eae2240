//! `cargo xtask bench`: ours and the peers on the same machine in the same run, written into `docs/benchmarks.md`.
//!
//! The peers are run by the scripts in `../shared/bench`; their results are only read here. Seconds mean nothing across
//! machines, so each figure is a ratio between the peer before, ours, and the peer after.

use crate::shell::{self, Lacking};
use crate::{demo, engines, environment, pages};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;

/// One measurement beside a peer.
struct Bench {
    name: &'static str,
    run: fn(&Workshop, &Call) -> Result<String>,
}

/// Every measurement. Each has a part of its own in `docs/benchmarks.md`.
const ALL: [Bench; 9] = [
    Bench { name: "ingest", run: ingest },
    Bench { name: "crowd", run: |workshop, call| engines::crowd(workshop, call.large) },
    Bench { name: "link", run: |workshop, call| engines::link(workshop, call.large) },
    Bench { name: "neardup", run: |workshop, call| engines::neardup(workshop, call.large) },
    Bench { name: "graph", run: |workshop, call| engines::graph(workshop, call.large) },
    Bench { name: "forecast", run: |workshop, _| engines::forecast(workshop) },
    Bench { name: "predict", run: |workshop, _| engines::predict(workshop) },
    Bench { name: "place", run: |workshop, call| engines::place(workshop, call.large) },
    Bench { name: "pages", run: |workshop, _| Ok(format!("{}\n\n{}", setting(&[])?, pages::measure(&workshop.work)?)) },
];

const USAGE: &str = "cargo xtask bench [ingest | crowd | link | neardup | graph | forecast | predict | place | pages] [--rows N] [--large]";

/// What is measured, and how much of it.
struct Call {
    name: Option<String>,
    /// Rows of the table that is loaded.
    rows: u64,
    /// True where sets are measured on which a peer takes ten minutes.
    large: bool,
}

/// Rows of the table that is loaded, unless `--rows` says otherwise.
const ROWS: u64 = 1_000_000;

/// Measures what is named, or everything.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let call = read(arguments)?;
    let workshop = Workshop::open()?;
    for bench in ALL.iter().filter(|bench| call.name.as_deref().is_none_or(|name| name == bench.name)) {
        shell::say(&format!("=== bench {}", bench.name));
        let found = (bench.run)(&workshop, &call)?;
        shell::say(&found);
        write_part(bench.name, &found)?;
    }
    Ok(())
}

fn read(arguments: &[String]) -> Result<Call> {
    let mut call = Call { name: None, rows: ROWS, large: false };
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        if word == "--rows" {
            let number = words.next().map_or("", String::as_str);
            call.rows = number.parse().map_err(|_| Lacking::new(format!("`--rows {number}` is no number: {USAGE}")))?;
        } else if ALL.iter().any(|bench| bench.name == word) {
            call.name = Some(word.clone());
        } else if word == "--large" {
            call.large = true;
        } else {
            return Err(Lacking::new(format!("`{word}` is not measured here; write {USAGE}")));
        }
    }
    Ok(call)
}

/// Where the peers' scripts, environments, data and results are.
pub(crate) struct Workshop {
    scripts: PathBuf,
    pub(crate) work: PathBuf,
}

impl Workshop {
    fn open() -> Result<Self> {
        let scripts = shell::shared().join("bench");
        if !scripts.join("setup.sh").is_file() {
            return Err(Lacking::new(
                "the peers' scripts are not at `../shared/bench`; nothing can be compared without them",
            ));
        }
        Ok(Self { scripts, work: environment::target().join("xtask/bench") })
    }

    /// Makes the environment of a group of peers, once.
    pub(crate) fn set_up(&self, group: &str) -> Result<()> {
        let whole = self.work.join(format!("{group}.installed"));
        if whole.is_file() {
            return Ok(());
        }
        shell::say(&format!("installing the peers of group `{group}`"));
        std::fs::create_dir_all(&self.work)?;
        let mut setup = shell::command("bash", &["setup.sh", group], &self.scripts);
        shell::run(self.with_places(&mut setup))?;
        std::fs::write(&whole, "").context("cannot note that the peers are installed")
    }

    /// A script of the peers, run with the Python of their group.
    pub(crate) fn script(&self, group: &str, script: &str, arguments: &[&str]) -> Command {
        let python = self.work.join("venv").join(group).join("bin/python");
        let mut command = shell::command(python, &["-W", "ignore", script], &self.scripts);
        command.args(arguments);
        self.with_places(&mut command);
        command
    }

    fn with_places<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("BENCH_VENV", self.work.join("venv"))
            .env("BENCH_DATA", self.work.join("data"))
            .env("BENCH_OUT", self.work.join("out"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            // Where these two are set, they slow a current numpy and with it the peers.
            .env_remove("OPENBLAS_CORETYPE")
            .env_remove("OPENBLAS_L2_SIZE")
    }

    /// A file of the data.
    pub(crate) fn data(&self, name: &str) -> PathBuf {
        self.work.join("data").join(name)
    }

    /// The results of every case so far, oldest first.
    pub(crate) fn results(&self) -> Result<Vec<Value>> {
        let text = std::fs::read_to_string(self.work.join("out/results.jsonl")).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).context("a line of results.jsonl is not JSON")).collect()
    }
}

/// A CSV of 20 columns into a queryable, versioned table, beside DuckDB's bare `create table`.
fn ingest(workshop: &Workshop, call: &Call) -> Result<String> {
    let rows = call.rows;
    let peer = "load/duckdb create table (file)";
    workshop.set_up("data")?;
    demo::build_program()?;
    let file = workshop.work.join(format!("data/open/311_{rows}.csv"));
    let rows = rows.to_string();
    if !file.is_file() {
        shell::run(&mut workshop.script("data", "gen_311.py", &[&rows]))?;
    }
    let before = workshop.results()?.len();
    let run_peer = || {
        let mut command = workshop.script("data", "bench_tables.py", &[&rows, "load"]);
        shell::run(command.env("BENCH_ONLY", "^load/duckdb create table"))
    };
    run_peer()?;
    let mut ours =
        workshop.script("data", "own.py", &["--area", "tables", "load/duckdb create table (file) ours", "--"]);
    shell::run(ours.arg(demo::program()).arg("ingest-file").arg(&file).arg("--json"))?;
    run_peer()?;
    let new = workshop.results()?.split_off(before);
    let megabytes = std::fs::metadata(&file)?.len() >> 20;
    table(&format!("{rows} rows x 20 columns, {megabytes} MiB of CSV"), peer, &new)
}

/// The measured rows as Markdown, with the ratio of ours to the mean of the peer's two runs.
fn table(what: &str, peer: &str, rows: &[Value]) -> Result<String> {
    let mut text = format!("{}\n\n{what}.\n\n", setting(rows)?);
    text.push_str("| case | wall s (least to most) | CPU s | peak MiB | load of the machine |\n");
    text.push_str("| --- | ---: | ---: | ---: | ---: |\n");
    let (mut ours, mut peers) = (Vec::new(), Vec::new());
    for row in rows {
        let name = row["name"].as_str().context("a result without a name")?;
        if let Some(failed) = row["failed"].as_str() {
            bail!("`{name}` failed: {failed}");
        }
        let figure = |key: &str| row[key].as_f64().with_context(|| format!("`{name}` has no `{key}`"));
        let walls: Vec<f64> = row["wall"].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
        let least = walls.iter().copied().fold(f64::INFINITY, f64::min);
        let most = walls.iter().copied().fold(0.0, f64::max);
        let wall = figure("wall_med")?;
        if name == peer {
            peers.push(wall)
        } else {
            ours.push(wall)
        }
        text.push_str(&format!(
            "| {name} | {wall:.2} ({least:.2} to {most:.2}) | {:.2} | {:.0} | {:.1} |\n",
            figure("cpu_med")?,
            figure("peak_mb")?,
            figure("load1")?
        ));
    }
    let ([ours], [first, second]) = (ours.as_slice(), peers.as_slice()) else {
        bail!("expected the peer, ours, the peer; got {} of the peer and {} of ours", peers.len(), ours.len());
    };
    let ratio = ours / ((first + second) / 2.0);
    text.push_str(&format!("\nOurs takes {ratio:.2} times the peer's time.\n"));
    Ok(text)
}

/// Day, machine and versions, in a sentence.
pub(crate) fn setting(rows: &[Value]) -> Result<String> {
    let root = environment::root();
    let words = |program: &str, arguments: &[&str]| {
        shell::output(&mut shell::command(program, arguments, &root)).map(|text| text.trim().to_owned())
    };
    let day = words("date", &["-u", "+%Y-%m-%d"])?;
    let revision = words("git", &["rev-parse", "--short", "HEAD"])?;
    let changed =
        if words("git", &["status", "--porcelain", "--", "crates"])?.is_empty() { "" } else { " with changes" };
    let compiler = words("rustc", &["--version"])?;
    let cores = std::thread::available_parallelism()?.get();
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib: u64 = memory.split_whitespace().nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
    let processor = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let processor = processor.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("");
    let processor = processor.trim_start_matches([' ', '\t', ':']);
    let versions = rows.iter().find_map(|row| row["versions"].as_object());
    let named = versions
        .into_iter()
        .flatten()
        .map(|(name, version)| format!("; {name} {}", version.as_str().unwrap_or_default()));
    let peer: String = named.collect();
    Ok(format!(
        "{day}; {cores} cores ({processor}), {} GiB; Counterflow {revision}{changed}, the one build profile, {compiler}{peer}.",
        kib >> 20
    ))
}

/// Puts text between the marks of a bench in `docs/benchmarks.md`.
fn write_part(name: &str, text: &str) -> Result<()> {
    let file = environment::root().join("docs/benchmarks.md");
    let page = std::fs::read_to_string(&file).context("cannot read `docs/benchmarks.md`")?;
    std::fs::write(&file, replaced(&page, name, text)?).context("cannot write `docs/benchmarks.md`")
}

fn replaced(page: &str, name: &str, text: &str) -> Result<String> {
    let (begin, end) = (format!("<!-- bench:{name} -->"), format!("<!-- /bench:{name} -->"));
    let lost = || format!("`docs/benchmarks.md` has lost its marks `{begin}` and `{end}`; put them back");
    let (head, rest) = page.split_once(&begin).with_context(lost)?;
    let (_, tail) = rest.split_once(&end).with_context(lost)?;
    Ok(format!("{head}{begin}\n{}\n{end}{tail}", text.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_the_part_of_its_name_is_replaced() {
        let page = "a\n<!-- bench:x -->\nold\n<!-- /bench:x -->\nb";
        assert_eq!(replaced(page, "x", "new").unwrap(), "a\n<!-- bench:x -->\nnew\n<!-- /bench:x -->\nb");
        assert!(replaced(page, "y", "new").is_err());
    }

    #[test]
    fn the_ratio_is_against_the_peer_before_and_after() {
        let row = |name: &str, wall: f64| {
            json!({"name": name, "wall": [wall], "wall_med": wall, "cpu_med": 1.0, "peak_mb": 1.0, "load1": 0.0,
                "versions": {"duckdb": "2"}})
        };
        let text = table("t", "peer", &[row("peer", 1.0), row("peer ours", 3.0), row("peer", 2.0)]).unwrap();
        assert!(text.contains("Ours takes 2.00 times"), "{text}");
        assert!(table("t", "peer", &[row("peer", 1.0)]).is_err());
        assert!(table("t", "peer", &[json!({"name": "peer", "failed": "status 1"})]).is_err());
    }
}
