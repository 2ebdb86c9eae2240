//! Rules about crates: who may depend on whom, who owns what is heavy, what is built once.
//!
//! Everything is read from `cargo metadata` and `cargo tree`; no manifest is parsed here.

use super::Repository;
use crate::shell;
use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The levels, lowest first. A crate depends only on lower levels, so the six stages never depend on each other.
const LEVELS: [&[&str]; 5] = [
    &["model"],
    &["store", "lake", "formats", "net", "simulate"],
    &["ingest", "resolve", "assess", "analyze", "decide", "publish"],
    &["web"],
    &["counterflow"],
];

/// Stands beside the levels: may depend on all, and others only for their tests.
const TESTKIT: &str = "testkit";

/// Stands beside the levels: depends on none, and none depends on it.
const XTASK: &str = "xtask";

/// What is heavy or dangerous, and the only crate that knows it.
const OWNERS: [(&str, &str); 12] = [
    ("sqlx", "store"),
    ("arrow", "lake"),
    ("parquet", "lake"),
    ("datafusion", "lake"),
    ("deltalake", "lake"),
    ("object_store", "lake"),
    ("reqwest", "net"),
    ("axum", "web"),
    ("argon2", "web"),
    ("cedar-policy", "web"),
    ("dsntk-model-evaluator", "decide"),
    ("clap", "counterflow"),
];

/// A dependency as a manifest names it.
struct Dependency {
    from: String,
    to: String,
    for_tests: bool,
}

/// Every crate's dependencies inside the workspace point to a lower level.
pub(super) fn direction(repository: &Repository) -> Result<Vec<String>> {
    let (crates, dependencies) = manifests(repository)?;
    Ok(wrong_directions(&crates, &dependencies))
}

fn wrong_directions(crates: &BTreeSet<String>, dependencies: &[Dependency]) -> Vec<String> {
    let level = |name: &str| LEVELS.iter().position(|names| names.contains(&name));
    let mut findings = Vec::new();
    for name in crates {
        if level(name).is_none() && name != TESTKIT && name != XTASK {
            findings.push(format!(
                "the crate `{name}` has no level; give it one in `xtask/src/tidy/crates.rs`, with a record in `docs/decisions`"
            ));
        }
    }
    for Dependency { from, to, for_tests } in dependencies.iter().filter(|dependency| crates.contains(&dependency.to)) {
        let allowed = match (from.as_str(), to.as_str()) {
            (XTASK, _) | (_, XTASK) => false,
            (TESTKIT, _) => true,
            (_, TESTKIT) => *for_tests,
            (from, to) => level(from).zip(level(to)).is_some_and(|(above, below)| below < above),
        };
        if !allowed {
            let kind = if *for_tests { "dev-dependency" } else { "dependency" };
            findings.push(format!("crates/{from}/Cargo.toml: the {kind} `{to}` does not stand on a lower level; hand it in from above, or move what is shared down"));
        }
    }
    findings
}

/// Each heavy dependency is named by its owner only.
pub(super) fn owners(repository: &Repository) -> Result<Vec<String>> {
    let (_, dependencies) = manifests(repository)?;
    let mut findings = Vec::new();
    for Dependency { from, to, .. } in &dependencies {
        if let Some((_, owner)) = OWNERS.iter().find(|(heavy, owner)| heavy == to && owner != from) {
            findings.push(format!("crates/{from}/Cargo.toml: `{to}` belongs to `{owner}`; use what that crate offers"));
        }
    }
    Ok(findings)
}

/// What `cargo build -p counterflow` (demo) and `cargo test --workspace` (test) build differs in no dependency's features,
/// else half an hour of dependencies would be built twice.
pub(super) fn features(repository: &Repository) -> Result<Vec<String>> {
    let demo = tree(repository, &["--package", "counterflow", "--edges", "normal,build"])?;
    let test = tree(repository, &["--workspace", "--edges", "normal,build,dev"])?;
    let mut findings = Vec::new();
    for (package, features) in &demo {
        let tested = test.get(package).with_context(|| format!("`cargo tree` lost `{package}`"))?;
        if features != tested {
            findings.push(format!(
                "{package} is built with features `{features}` for the demo and `{tested}` for the tests; ask for the difference in the root Cargo.toml too"
            ));
        }
    }
    Ok(findings)
}

/// Packages with their features, as `cargo tree` resolves them. A package built both for the machine and for build
/// scripts may stand twice with different features; all of them are kept.
fn tree(repository: &Repository, arguments: &[&str]) -> Result<BTreeMap<String, String>> {
    let mut command =
        shell::command("cargo", &["tree", "--locked", "--prefix", "none", "--format", "{p};{f}"], &repository.root);
    let text = shell::output(command.args(arguments))?;
    let mut sets: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in text.lines() {
        let line = line.trim_end_matches(" (*)");
        if let Some((package, features)) = line.split_once(';') {
            sets.entry(package.to_owned()).or_default().insert(features.to_owned());
        }
    }
    let join = |features: BTreeSet<String>| features.into_iter().collect::<Vec<_>>().join(" and ");
    Ok(sets.into_iter().map(|(package, features)| (package, join(features))).collect())
}

/// The crates of the workspace, and what their manifests depend on.
fn manifests(repository: &Repository) -> Result<(BTreeSet<String>, Vec<Dependency>)> {
    let arguments = ["metadata", "--locked", "--format-version", "1", "--no-deps"];
    let text = shell::output(&mut shell::command("cargo", &arguments, &repository.root))?;
    let metadata: Value = serde_json::from_str(&text).context("`cargo metadata` printed no JSON")?;
    let (mut crates, mut dependencies) = (BTreeSet::new(), Vec::new());
    for package in metadata["packages"].as_array().context("`cargo metadata` names no packages")? {
        let from = package["name"].as_str().context("a package without a name")?.to_owned();
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let to = dependency["name"].as_str().context("a dependency without a name")?.to_owned();
            dependencies.push(Dependency { from: from.clone(), to, for_tests: dependency["kind"] == "dev" });
        }
        crates.insert(from);
    }
    Ok((crates, dependencies))
}

/// The names of the workspace's crates.
pub(super) fn names(repository: &Repository) -> Result<BTreeSet<String>> {
    Ok(manifests(repository)?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(from: &str, to: &str, for_tests: bool) -> usize {
        let crates = [from, to].map(str::to_owned).into();
        wrong_directions(&crates, &[Dependency { from: from.to_owned(), to: to.to_owned(), for_tests }]).len()
    }

    #[test]
    fn only_downward() {
        assert_eq!(findings("web", "decide", false), 0);
        assert_eq!(findings("store", "model", false), 0);
        assert_eq!(findings("model", "store", false), 1);
        assert_eq!(findings("decide", "assess", false), 1, "stages never depend on each other");
        assert_eq!(findings("decide", "assess", true), 1, "not even for tests");
        assert_eq!(findings("store", "testkit", true), 0);
        assert_eq!(findings("store", "testkit", false), 1);
        assert_eq!(findings("testkit", "web", false), 0);
        assert_eq!(findings("xtask", "model", false), 1);
        assert_eq!(findings("web", "newcomer", false), 2, "no level, and so not below");
    }
}
