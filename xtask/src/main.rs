//! The project's own commands: `cargo xtask demo | test | tidy | bench`.
//!
//! Holds only what starts, checks and measures the other crates, from outside, as a developer or CI would. It must never
//! depend on a crate of the workspace, so that it builds in seconds, and the product must never need it.

mod bench;
mod demo;
mod engines;
mod environment;
mod install;
mod interface;
mod pages;
mod postgres;
mod shell;
mod test;
mod tidy;

use shell::Lacking;
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask demo [--once] [--json] [--port N]   build interface and program, fill the demo office, serve it
cargo xtask test [--only STEP]                  run every check; `cargo xtask test --help` lists the steps
cargo xtask tidy                                check the rules of the house (also a part of test)
cargo xtask bench [NAME] [--rows N]             measure beside the peers and write docs/benchmarks.md";

fn main() -> ExitCode {
    let arguments = environment::arguments();
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", &[][..]),
    };
    let outcome = match command {
        "demo" => demo::run(rest),
        "test" => test::run(rest),
        "tidy" => tidy::run(rest),
        "bench" => bench::run(rest),
        "help" | "--help" | "-h" => {
            shell::say(HELP);
            Ok(())
        }
        other => Err(Lacking::new(format!("there is no command `{other}`; write one of these:\n{HELP}"))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            shell::complain(&format!("xtask {command}: {error:#}"));
            // 2: the call or the machine is wrong, nothing was judged. 1: something was judged and failed.
            ExitCode::from(if error.is::<Lacking>() { 2 } else { 1 })
        }
    }
}
