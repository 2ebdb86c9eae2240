//! Builds the browser's part (`ui/`) when, and only when, something in it changed.
//!
//! Knows where inputs and output lie; it must never know what is in them.

use crate::{environment, install, shell};
use anyhow::{Context, Result, bail};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// Where Vite writes to, below `ui/`. The web crate embeds this folder.
const OUTPUT: &str = "dist";

/// Builds `ui/` if its inputs differ from those of the last build.
pub(crate) fn build() -> Result<()> {
    let folder = environment::root().join("ui");
    if !folder.join("package.json").is_file() {
        bail!("`ui/package.json` is missing: the pages' styles and islands are built from there");
    }
    let stamp = folder.join("node_modules/.counterflow-built");
    let inputs = fingerprint(&inputs_of(&folder)?)?;
    if folder.join(OUTPUT).is_dir() && std::fs::read_to_string(&stamp).is_ok_and(|built| built == inputs) {
        shell::say("interface: as built before, nothing changed");
        return Ok(());
    }
    install::node_packages(&folder)?;
    shell::run(&mut shell::command("npm", &["run", "build"], &folder))?;
    if !folder.join(OUTPUT).is_dir() {
        bail!("`npm run build` in `ui/` made no `ui/{OUTPUT}`, which the web crate embeds");
    }
    std::fs::write(&stamp, inputs).context("cannot note that the interface is built")
}

/// Every file below `folder` that the build reads, in a fixed order.
fn inputs_of(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).with_context(|| format!("cannot read `{}`", next.display()))? {
            let path = entry?.path();
            let made = path.ends_with("node_modules") || path == folder.join(OUTPUT);
            if path.is_dir() && !made {
                folders.push(path);
            } else if path.is_file() {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// One word for the names and contents of some files.
pub(crate) fn fingerprint(files: &[PathBuf]) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        std::fs::read(file).with_context(|| format!("cannot read `{}`", file.display()))?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}
