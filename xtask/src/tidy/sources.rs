//! Rules about files: headers, SQL, leftovers, names, traces of a machine.

use super::{Repository, literals};
use crate::environment;
use anyhow::Result;

/// Names that say nothing, so no type may have one alone (style, vocabulary).
const BARE_WORDS: [&str; 11] =
    ["Event", "Object", "Data", "Info", "Manager", "Handler", "Helper", "Util", "Service", "Context", "Score"];

/// Where SQL may stand in the text: the two owners of a database, tests, and this tool.
const SQL_HOMES: [&str; 4] = ["crates/store/", "crates/lake/", "crates/testkit/", "xtask/"];

/// Every Rust file opens with `//!`.
pub(super) fn headers(repository: &Repository) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    // A file `tests.rs` is the test module of the file above it, which says it all.
    for name in repository.ending(".rs").filter(|name| !name.contains("/src/") || !name.ends_with("/tests.rs")) {
        let text = repository.text(name)?.unwrap_or_default();
        let first = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with("#!["));
        if !first.is_some_and(|line| line.starts_with("//!")) {
            findings.push(format!("{name}:1: say in a `//!` line what this file holds and what it must never hold"));
        }
    }
    Ok(findings)
}

/// No SQL statement stands in a string outside its homes.
pub(super) fn sql(repository: &Repository) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    for name in repository.ending(".rs") {
        if SQL_HOMES.iter().any(|home| name.starts_with(home))
            || name.contains("/tests/")
            || name.ends_with("/tests.rs")
        {
            continue;
        }
        let text = repository.text(name)?.unwrap_or_default();
        let product = text.split("#[cfg(test)]").next().unwrap_or_default();
        for literal in literals::strings(product).iter().filter(|literal| is_sql(&literal.text)) {
            findings.push(format!("{name}:{}: SQL belongs into `store` or `lake`; add a method there", literal.line));
        }
    }
    Ok(findings)
}

/// Whether a string opens like a statement of SQL.
fn is_sql(text: &str) -> bool {
    let text = text.trim_start().to_lowercase();
    let words: Vec<&str> = text.split_whitespace().collect();
    let opens = |with: &[&str]| words.starts_with(with);
    (opens(&["select"]) && words.contains(&"from"))
        || opens(&["insert", "into"])
        || opens(&["delete", "from"])
        || opens(&["create", "table"])
        || opens(&["create", "index"])
        || opens(&["alter", "table"])
        || (opens(&["update"]) && words.get(2) == Some(&"set"))
}

/// No stub, no ignored test, no promise in a comment.
pub(super) fn unfinished(repository: &Repository) -> Result<Vec<String>> {
    // Cut in two so that this file does not name what it forbids.
    let marks = [
        concat!("to", "do!("),
        concat!("unimple", "mented!("),
        concat!("#[ig", "nore"),
        concat!("FIX", "ME"),
        concat!("XX", "X"),
        concat!(".sk", "ip("),
        concat!("it.on", "ly("),
    ];
    let code = |name: &&str| [".rs", ".ts", ".js", ".mjs"].iter().any(|end| name.ends_with(end));
    let mut findings = Vec::new();
    for name in repository.ending("").filter(code) {
        let rust = name.ends_with(".rs");
        for (number, line) in repository.text(name)?.unwrap_or_default().lines().enumerate() {
            // The last two are words of JavaScript test runners; in Rust `skip` is an iterator's.
            let marks = if rust { &marks[..5] } else { &marks[..] };
            if let Some(mark) = marks.iter().find(|mark| line.contains(**mark)) {
                findings.push(format!("{name}:{}: `{mark}` is unfinished; finish it or file an issue", number + 1));
            }
        }
    }
    Ok(findings)
}

/// No public type is called by a word that says nothing.
pub(super) fn bare_words(repository: &Repository) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    for name in repository.ending(".rs").filter(|name| name.starts_with("crates/")) {
        for (number, line) in repository.text(name)?.unwrap_or_default().lines().enumerate() {
            if let Some(word) = type_named(line).filter(|word| BARE_WORDS.contains(word)) {
                findings
                    .push(format!("{name}:{}: `{word}` alone says nothing; say which (docs/glossary.md)", number + 1));
            }
        }
    }
    Ok(findings)
}

/// The type that a line makes public, if it does.
fn type_named(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix("pub")?;
    let rest = rest.strip_prefix("(crate)").or(rest.strip_prefix("(super)")).unwrap_or(rest).trim_start();
    let rest = ["struct ", "enum ", "trait ", "type ", "union "].iter().find_map(|kind| rest.strip_prefix(kind))?;
    rest.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next()
}

/// No tracked file names a folder of this machine or the host of a package registry.
pub(super) fn machine_traces(repository: &Repository) -> Result<Vec<String>> {
    let mut traces: Vec<(String, &str)> = [
        concat!("static.crates", ".io"),
        concat!("index.crates", ".io"),
        concat!("files.python", "hosted.org"),
        concat!("registry.npm", "js.org"),
        concat!("deb.deb", "ian.org"),
    ]
    .map(|host| (host.to_owned(), "the host of a registry; the clients know it by themselves"))
    .into();
    let path = "a path of one machine; write it relative to the repository";
    traces.extend(
        [concat!("/wo", "rk/main"), concat!("/wo", "rk/shared"), concat!("/ro", "ot/")].map(|at| (at.to_owned(), path)),
    );
    let compiled = concat!("env!(\"CARGO_MANI", "FEST_DIR\")");
    traces.push((compiled.to_owned(), "the folder of one clone for good; tests run in that of their crate"));
    let above = repository.root.canonicalize()?.parent().map(|folder| format!("{}/", folder.display()));
    // In a container the repository may lie right below the root, or the home be the root: both would match anything.
    let home = environment::variable("HOME").map(|home| format!("{}/", home.trim_end_matches('/')));
    traces.extend([above, home].into_iter().flatten().filter(|folder| folder.len() > 6).map(|folder| (folder, path)));
    let mut findings = Vec::new();
    for name in repository.files.iter().filter(|name| !name.ends_with("Cargo.lock")) {
        let Some(text) = repository.text(name)? else { continue };
        for (trace, why) in traces.iter().filter(|(trace, _)| text.contains(trace.as_str())) {
            let line = text.lines().position(|line| line.contains(trace.as_str())).unwrap_or(0) + 1;
            findings.push(format!("{name}:{line}: `{trace}` is {why}"));
        }
    }
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_told_from_sentences() {
        for statement in ["SELECT a FROM b", "\n  select a\n from b", "insert into t values ($1)", "update t set a = 1"]
        {
            assert!(is_sql(statement), "{statement}");
        }
        for sentence in ["select a home", "update the page", "deleted from the list", "created", ""] {
            assert!(!is_sql(sentence), "{sentence}");
        }
    }

    #[test]
    fn the_name_of_a_public_type_is_found() {
        assert_eq!(type_named("pub struct Data {"), Some("Data"));
        assert_eq!(type_named("    pub(crate) enum Score<T> {"), Some("Score"));
        assert_eq!(type_named("pub fn data() {}"), None);
        assert_eq!(type_named("struct Data;"), None);
    }
}
