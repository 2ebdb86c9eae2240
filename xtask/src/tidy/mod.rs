//! `cargo xtask tidy`: the rules of the house that a machine can judge. Also a test of this crate.
//!
//! Holds the list of rules; each rule is a function from the repository to findings. Sizes and taste are not judged here,
//! only what is right or wrong.

mod crates;
mod documents;
mod literals;
mod sources;
mod texts;

use crate::{environment, shell};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};

/// One rule: what it holds up, and how to look.
struct Rule {
    name: &'static str,
    look: fn(&Repository) -> Result<Vec<String>>,
}

const ALL: [Rule; 14] = [
    Rule { name: "crates depend downward only", look: crates::direction },
    Rule { name: "each heavy dependency has one owner", look: crates::owners },
    Rule { name: "every command builds dependencies with the same features", look: crates::features },
    Rule { name: "every Rust file says what it holds", look: sources::headers },
    Rule { name: "SQL has one home", look: sources::sql },
    Rule { name: "nothing is left unfinished or ignored", look: sources::unfinished },
    Rule { name: "no type has a bare word for its name", look: sources::bare_words },
    Rule { name: "no path or registry of a machine in a tracked file", look: sources::machine_traces },
    Rule { name: "ARCHITECTURE.md is one page and names every crate", look: documents::architecture },
    Rule { name: "the changelog has a place for what comes", look: documents::changelog },
    Rule { name: "every word of the glossary is defined once", look: documents::glossary },
    Rule { name: "links and paths in documents lead somewhere", look: documents::links },
    Rule { name: "the book lists every page", look: documents::summary },
    Rule { name: "every language has the same texts", look: texts::same_keys },
];

/// Judges every rule and tells every finding.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    if let Some(word) = arguments.first() {
        return Err(shell::Lacking::new(format!("`{word}` is not known here; write cargo xtask tidy")));
    }
    let repository = Repository::open(environment::root())?;
    let mut found = 0;
    for rule in &ALL {
        let findings =
            (rule.look)(&repository).with_context(|| format!("the rule `{}` could not be judged", rule.name))?;
        shell::say(&format!("tidy: {}: {}", rule.name, if findings.is_empty() { "yes" } else { "NO" }));
        for finding in &findings {
            shell::say(&format!("  {finding}"));
        }
        found += findings.len();
    }
    if found > 0 {
        bail!("{found} findings; each line above says where and what to write instead");
    }
    Ok(())
}

/// The files of the repository: tracked, or new and not ignored.
struct Repository {
    root: PathBuf,
    files: Vec<String>,
}

impl Repository {
    fn open(root: PathBuf) -> Result<Self> {
        let list = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
        let names = shell::output(&mut shell::command("git", &list, &root))?;
        let mut files: Vec<String> =
            names.split('\0').filter(|name| !name.is_empty() && root.join(name).is_file()).map(str::to_owned).collect();
        files.sort();
        Ok(Self { root, files })
    }

    /// The paths, relative to the root, that end as given.
    fn ending(&self, end: &'static str) -> impl Iterator<Item = &str> {
        self.files.iter().map(String::as_str).filter(move |name| name.ends_with(end))
    }

    /// The text of a file; `None` where it is not text.
    fn text(&self, name: &str) -> Result<Option<String>> {
        let bytes = std::fs::read(self.root.join(name)).with_context(|| format!("cannot read `{name}`"))?;
        Ok(String::from_utf8(bytes).ok())
    }

    /// The text of a file that must be there; a missing one is a finding of the caller.
    fn page(&self, name: &str) -> Result<Option<String>> {
        if self.root.join(name).is_file() { self.text(name) } else { Ok(None) }
    }

    fn has(&self, path: &Path) -> bool {
        self.root.join(path).exists()
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_repository_is_tidy() {
        super::run(&[]).unwrap();
    }
}
