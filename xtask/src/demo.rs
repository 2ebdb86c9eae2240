//! `cargo xtask demo`: interface, program, demo office, in one command.
//!
//! Only builds and starts; filling and serving is the program's own `counterflow demo`.

use crate::shell::{self, Lacking};
use crate::{environment, interface};
use anyhow::Result;

const USAGE: &str = "cargo xtask demo [--once] [--json] [--port N]";

/// Builds what changed, then hands over to `counterflow demo`.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    check(arguments)?;
    interface::build()?;
    build_program()?;
    let here = environment::root();
    let mut serve = shell::command(program(), &["demo"], &here);
    shell::run(serve.args(arguments))
}

/// Builds the program with the one profile that demo, tests and bench share.
pub(crate) fn build_program() -> Result<()> {
    shell::run(&mut shell::command("cargo", &["build", "--locked", "--package", "counterflow"], &environment::root()))
}

/// Where the built program lies.
pub(crate) fn program() -> std::path::PathBuf {
    environment::target().join("debug/counterflow")
}

/// A wrong call is told at once, not after half an hour of building.
fn check(arguments: &[String]) -> Result<()> {
    let mut words = arguments.iter().map(String::as_str);
    while let Some(word) = words.next() {
        match word {
            "--once" | "--json" => {}
            "--port" => {
                let port = words.next().unwrap_or("");
                if port.parse::<u16>().is_err() {
                    return Err(Lacking::new(format!(
                        "`--port {port}` is no port; write a number up to 65535: {USAGE}"
                    )));
                }
            }
            other => return Err(Lacking::new(format!("`{other}` is not known here; write {USAGE}"))),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_call_is_refused_before_anything_is_built() {
        let call = |words: &[&str]| check(&words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>()).is_ok();
        assert!(call(&[]));
        assert!(call(&["--once", "--json", "--port", "9000"]));
        assert!(!call(&["--port"]));
        assert!(!call(&["--port", "70000"]));
        assert!(!call(&["--twice"]));
    }
}
