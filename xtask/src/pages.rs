//! `cargo xtask bench pages`: how long pages take while 64 connections ask for them, on an office of a county's size.
//!
//! The load comes from wrk, a program of its own, on the same machine: what it takes of the cores is missing from ours.

use crate::shell::{self, Lacking};
use crate::{demo, environment, install};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

/// Simulated posts and persons of the office; its homes are the real ones.
const POSTS: &str = "200000";
const PERSONS: &str = "20000";
/// Connections that ask at once, and for how long each page is asked.
const CONNECTIONS: &str = "64";
const SECONDS: &str = "8s";

/// A page: what it is, its address, and which link of another page leads to it where its name is not known beforehand.
struct Asked {
    what: &'static str,
    path: &'static str,
    /// Page on which the first link that begins with `path` is followed; empty where `path` is the whole address.
    found_on: &'static str,
    /// What stands behind that link.
    then: &'static str,
}

const fn page(what: &'static str, path: &'static str) -> Asked {
    Asked { what, path, found_on: "", then: "" }
}

const fn first_of(what: &'static str, path: &'static str, found_on: &'static str, then: &'static str) -> Asked {
    Asked { what, path, found_on, then }
}

const PAGES: [Asked; 14] = [
    page("first page", "/"),
    page("homes", "/homes"),
    page("homes, searched and sorted", "/homes?words=garden&sort=community"),
    first_of("one home", "/homes/", "/homes", ""),
    page("worklist", "/cases"),
    page("worklist, searched and sorted", "/cases?sort=title&words=1"),
    first_of("one case", "/cases/", "/cases?sort=due", ""),
    first_of("candidates of a case", "/cases/", "/cases?sort=due", "/candidates"),
    page("signals", "/signals"),
    page("sources", "/sources"),
    page("datasets", "/datasets"),
    page("rows of a dataset", "/datasets/posts"),
    page("rows of a dataset, sorted, far back", "/datasets/posts?sort=rating&page=1500"),
    page("homes as JSON", "/api/v1/homes"),
];

/// Measures every page; gives a table in Markdown.
pub(crate) fn measure(work: &Path) -> Result<String> {
    install::load()?;
    demo::build_program()?;
    std::fs::create_dir_all(work)?;
    let office = Office::serve(&work.join("pages"))?;
    let mut text = format!(
        "{POSTS} simulated posts, {PERSONS} simulated cases, all homes of the demo; {CONNECTIONS} connections for {SECONDS} on \
         each page, signed in as a case manager, program and load on the same machine.\n\n"
    );
    text.push_str("| page | alone, ms | median, ms | 99 of 100 within, ms | pages a second |\n");
    text.push_str("| --- | ---: | ---: | ---: | ---: |\n");
    for asked in &PAGES {
        let address = office.address_of(asked)?;
        let alone = office.alone(&address)?;
        let loaded = office.loaded(&address)?;
        text.push_str(&format!(
            "| {} | {alone:.0} | {:.0} | {:.0} | {:.0} |\n",
            asked.what, loaded.median, loaded.p99, loaded.per_second
        ));
    }
    text.push_str(&format!("\nThe program held {} MiB at the end.\n", office.memory_mib()?));
    Ok(text)
}

/// A served office.
struct Office {
    program: Child,
    address: String,
    access: String,
}

impl Drop for Office {
    fn drop(&mut self) {
        let _killed = self.program.kill();
        let _reaped = self.program.wait();
    }
}

/// What wrk says of a page.
#[derive(Debug, PartialEq)]
struct Loaded {
    median: f64,
    p99: f64,
    per_second: f64,
}

impl Office {
    fn serve(state: &Path) -> Result<Self> {
        let mut call = shell::command(demo::program(), &["demo", "--json", "--port", "0"], &environment::root());
        call.args(["--posts", POSTS, "--persons", PERSONS, "--state"]).arg(state);
        let mut program = call.stdout(Stdio::piped()).spawn().context("the program could not be started")?;
        let said = BufReader::new(program.stdout.take().context("the program says nothing")?);
        for line in said.lines() {
            let told: Value = serde_json::from_str(&line?).unwrap_or_default();
            let logins = told["logins"].as_array().into_iter().flatten();
            let token =
                logins.filter(|login| login["role"] == "case_manager").find_map(|login| login["token"].as_str());
            if let (Some(address), Some(token)) = (told["address"].as_str(), token) {
                let (address, access) = (address.to_owned(), format!("Authorization: Bearer {token}"));
                return Ok(Self { program, address, access });
            }
        }
        let _reaped = program.wait();
        bail!("the program ended before it served");
    }

    fn address_of(&self, asked: &Asked) -> Result<String> {
        if asked.found_on.is_empty() {
            return Ok(format!("{}{}", self.address, asked.path));
        }
        let page = self.curl(&format!("{}{}", self.address, asked.found_on), &[])?;
        let links = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let identifier =
            |link: &&str| link.strip_prefix(asked.path).is_some_and(|id| id.len() > 8 && !id.contains(['/', '?', '#']));
        let link = links.into_iter().find(identifier).with_context(|| format!("{}: no link to one", asked.what))?;
        Ok(format!("{}{link}{}", self.address, asked.then))
    }

    fn curl(&self, address: &str, more: &[&str]) -> Result<String> {
        let mut curl =
            shell::command("curl", &["--silent", "--show-error", "--fail", "-H", &self.access], Path::new("/"));
        shell::output(curl.args(more).arg(address))
    }

    /// Milliseconds of one page that nobody else asks for: the middle one of five.
    fn alone(&self, address: &str) -> Result<f64> {
        let mut times = Vec::new();
        for _ in 0..5 {
            times.push(self.curl(address, &["-o", "/dev/null", "-w", "%{time_total}"])?.parse::<f64>()? * 1e3);
        }
        times.sort_by(f64::total_cmp);
        Ok(times[2])
    }

    fn loaded(&self, address: &str) -> Result<Loaded> {
        let load = ["-t1", "-c", CONNECTIONS, "-d", SECONDS, "--timeout", "30s", "--latency", "-H", &self.access];
        let mut wrk = shell::command("wrk", &load, Path::new("/"));
        read(&shell::output(wrk.arg(address))?)
    }

    fn memory_mib(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.program.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        Ok(line.split_whitespace().next().context("no VmRSS")?.parse::<u64>()? >> 10)
    }
}

/// Reads what wrk prints; an answer that is no page is no measurement.
fn read(said: &str) -> Result<Loaded> {
    if let Some(wrong) = said.lines().find(|line| line.contains("Non-2xx") || line.contains("Socket errors")) {
        bail!("{}", wrong.trim());
    }
    let after = |mark: &str| {
        let line = said.lines().find(|line| line.trim_start().starts_with(mark));
        line.and_then(|line| line.split_whitespace().last())
            .with_context(|| format!("wrk does not say `{mark}`:\n{said}"))
    };
    Ok(Loaded {
        median: milliseconds(after("50%")?)?,
        p99: milliseconds(after("99%")?)?,
        per_second: after("Requests/sec:")?.parse()?,
    })
}

fn milliseconds(text: &str) -> Result<f64> {
    for (unit, factor) in [("us", 1e-3), ("ms", 1.0), ("s", 1e3)] {
        if let Some(Ok(number)) = text.strip_suffix(unit).map(str::parse::<f64>) {
            return Ok(number * factor);
        }
    }
    Err(Lacking::new(format!("wrk wrote the time `{text}`, which is not known here")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_wrk_says_is_read_and_errors_are_no_measurement() {
        let said = "  Latency Distribution\n     50%  387.59ms\n     75%  400.00ms\n     99%    1.01s \nRequests/sec:    151.72\n";
        let loaded = read(said).expect("is read");
        assert_eq!(loaded, Loaded { median: 387.59, p99: 1_010.0, per_second: 151.72 });
        assert!(read(&format!("{said}  Non-2xx or 3xx responses: 7\n")).is_err());
        assert_eq!(milliseconds("250us").expect("is read"), 0.25);
        assert!(milliseconds("3h").is_err());
    }
}
