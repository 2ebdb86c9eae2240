//! What xtask reads from outside: arguments, environment variables, the day.
//!
//! The only module of xtask that may read them; everything else is handed values.

use std::path::{Path, PathBuf};

/// The arguments after the program's name.
#[expect(clippy::disallowed_methods, reason = "xtask is a binary, and this is its one door")]
pub(crate) fn arguments() -> Vec<String> {
    std::env::args().skip(1).collect()
}

/// An environment variable; unset and empty are the same.
#[expect(clippy::disallowed_methods, reason = "xtask is a binary, and this is its one door")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The folder of the repository: the one above this crate.
pub(crate) fn root() -> PathBuf {
    let own = variable("CARGO_MANIFEST_DIR").map(PathBuf::from);
    own.as_deref().and_then(Path::parent).unwrap_or(Path::new(".")).to_owned()
}

/// The folder that cargo builds into.
pub(crate) fn target() -> PathBuf {
    let named = variable("CARGO_TARGET_DIR").map(PathBuf::from);
    // A relative folder is meant from where cargo runs, which is always the repository's folder here.
    named.map_or_else(|| root().join("target"), |folder| root().join(folder))
}

/// Names of the variables with which cargo describes the package it runs: all of its own but those that people set.
pub(crate) fn set_by_cargo() -> Vec<String> {
    let given = ["CARGO_TARGET_DIR", "CARGO_HOME", "CARGO_TERM_COLOR", "CARGO_INCREMENTAL", "CARGO_BUILD_JOBS"];
    std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| name == "CARGO" || name.starts_with("CARGO_"))
        .filter(|name| {
            !given.contains(&name.as_str()) && !name.starts_with("CARGO_NET_") && !name.starts_with("CARGO_REGISTRIES_")
        })
        .collect()
}
