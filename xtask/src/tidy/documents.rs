//! Rules about what people read: the one-page map, the changelog, the glossary, links.

use super::{Repository, crates};
use anyhow::Result;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

/// Lines of ARCHITECTURE.md: what somebody reads in one sitting.
const ONE_PAGE: usize = 150;

/// Folders of the repository: a path in a document that begins with one must exist.
const FOLDERS: [&str; 8] = ["crates/", "xtask/", "docs/", "demo/", "tests/", "ui/", "deploy/", ".ci/"];

/// The map is one page, names every crate, and names none that is not there.
pub(super) fn architecture(repository: &Repository) -> Result<Vec<String>> {
    let Some(text) = repository.page("ARCHITECTURE.md")? else {
        return Ok(vec!["ARCHITECTURE.md is missing: the one page that says what is where".to_owned()]);
    };
    let mut findings = Vec::new();
    let lines = text.lines().count();
    if lines > ONE_PAGE {
        findings.push(format!("ARCHITECTURE.md has {lines} lines; at most {ONE_PAGE} are read"));
    }
    for name in crates::names(repository)? {
        let place = if name == "xtask" { "`xtask`".to_owned() } else { format!("`crates/{name}`") };
        if !text.contains(&place) {
            findings.push(format!("ARCHITECTURE.md does not name {place}; say in a line what it holds"));
        }
    }
    Ok(findings)
}

/// There is a changelog with a part for what is not released.
pub(super) fn changelog(repository: &Repository) -> Result<Vec<String>> {
    let text = repository.page("CHANGELOG.md")?.unwrap_or_default();
    let there = text.lines().any(|line| line.trim() == "## Unreleased");
    Ok(if there { Vec::new() } else { vec!["CHANGELOG.md needs a heading `## Unreleased`".to_owned()] })
}

/// Every word in the first column of the glossary's tables is defined once.
pub(super) fn glossary(repository: &Repository) -> Result<Vec<String>> {
    let Some(text) = repository.page("docs/glossary.md")? else {
        return Ok(vec!["docs/glossary.md is missing: the one word for each concept".to_owned()]);
    };
    Ok(twice_defined(&text))
}

fn twice_defined(text: &str) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut findings = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let Some(row) = line.trim().strip_prefix('|') else { continue };
        let words = row.split('|').next().unwrap_or_default();
        if words.trim() == "word" || words.trim_matches([' ', '-', ':']).is_empty() {
            continue;
        }
        for word in words.split(',').map(|word| word.trim().to_lowercase()) {
            if let Some(first) = seen.insert(word.clone(), number + 1) {
                findings.push(format!("docs/glossary.md:{}: `{word}` is defined in line {first} already", number + 1));
            }
        }
    }
    findings
}

/// Links lead to files and headings that exist, and so do paths in backticks.
pub(super) fn links(repository: &Repository) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    for name in repository.ending(".md").filter(|name| !name.starts_with("demo/data/")) {
        let text = repository.text(name)?.unwrap_or_default();
        for (line, target) in targets(&text) {
            if let Some(wrong) = wrong_link(repository, name, &target)? {
                findings.push(format!("{name}:{line}: {wrong}"));
            }
        }
        for (line, path) in paths(&text) {
            if !repository.has(Path::new(&path)) {
                findings.push(format!("{name}:{line}: `{path}` does not exist"));
            }
        }
    }
    Ok(findings)
}

/// What is wrong with a link, if anything. Addresses on the web are not followed: checks need no network.
fn wrong_link(repository: &Repository, page: &str, target: &str) -> Result<Option<String>> {
    if target.contains("://") || target.starts_with("mailto:") {
        return Ok(None);
    }
    let (file, heading) = target.split_once('#').unwrap_or((target, ""));
    let folder = Path::new(page).parent().unwrap_or(Path::new(""));
    let path = if file.is_empty() { PathBuf::from(page) } else { plain(&folder.join(file)) };
    if !repository.has(&path) {
        return Ok(Some(format!("the link `{target}` leads to no file")));
    }
    if !heading.is_empty() {
        let text = repository.text(&path.to_string_lossy())?.unwrap_or_default();
        if !anchors(&text).contains(heading) {
            return Ok(Some(format!("the link `{target}` leads to no heading")));
        }
    }
    Ok(None)
}

/// A path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                parts.pop();
            }
            Component::CurDir => {}
            other => parts.push(other),
        }
    }
    parts
}

/// The lines of a page that are not inside a code block, numbered from 1.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().enumerate().filter_map(move |(number, line)| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        (!fenced && !fence).then_some((number + 1, line))
    })
}

/// The targets of `[text](target)` and `![text](target)`, with their lines.
fn targets(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in prose(text) {
        for part in line.split("](").skip(1) {
            let target = part.split([')', ' ']).next().unwrap_or_default();
            found.push((number, target.to_owned()));
        }
    }
    found
}

/// Paths of the repository that a page names in backticks. A pattern (`*`, `{`, `<`) or a call with blanks is no path.
fn paths(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in prose(text) {
        for code in line.split('`').skip(1).step_by(2) {
            let is_path = FOLDERS.iter().any(|folder| code.starts_with(folder));
            if is_path && !code.contains(['*', '{', '<', ' ', '…']) {
                found.push((number, code.split([':', '#']).next().unwrap_or(code).to_owned()));
            }
        }
    }
    found
}

/// The names under which the headings of a page can be linked to.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings =
        prose(text).filter(|(_, line)| line.starts_with('#')).map(|(_, line)| line.trim_start_matches('#').trim());
    headings.map(anchor).collect()
}

fn anchor(heading: &str) -> String {
    let letters = heading.to_lowercase();
    let kept = letters.chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'));
    kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect()
}

/// The book's table of contents names every page below `docs/`.
pub(super) fn summary(repository: &Repository) -> Result<Vec<String>> {
    let Some(text) = repository.page("docs/SUMMARY.md")? else {
        return Ok(vec!["docs/SUMMARY.md is missing: the table of contents of the book".to_owned()]);
    };
    let listed: BTreeSet<PathBuf> = targets(&text).iter().map(|(_, to)| plain(&Path::new("docs").join(to))).collect();
    let pages = repository.ending(".md").filter(|name| name.starts_with("docs/") && *name != "docs/SUMMARY.md");
    let forgotten = pages.filter(|name| !listed.contains(Path::new(name)));
    Ok(forgotten.map(|name| format!("docs/SUMMARY.md does not list `{name}`")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_defined_twice_is_found() {
        let table = "| word | meaning |\n| --- | --- |\n| Case | one |\n| Log, Position | two |\n";
        assert!(twice_defined(table).is_empty());
        assert_eq!(twice_defined(&format!("{table}| position | three |\n")).len(), 1);
    }

    #[test]
    fn links_and_paths_are_read_outside_code() {
        let text = "see [a](b.md#c) and `crates/x/src` or `crates/*/y`\n```\n[no](no.md)\n```\n![p](q.png \"t\")\n";
        assert_eq!(targets(text), [(1, "b.md#c".to_owned()), (5, "q.png".to_owned())]);
        assert_eq!(paths(text), [(1, "crates/x/src".to_owned())]);
    }

    #[test]
    fn headings_become_anchors() {
        assert!(anchors("# How data flows\n## 2. Where, and why?\n").contains("2-where-and-why"));
        assert_eq!(plain(Path::new("docs/a/../b.md")), Path::new("docs/b.md"));
    }
}
