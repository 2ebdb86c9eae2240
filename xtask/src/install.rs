//! Brings what the checks need and the machine lacks: Debian packages, npm packages, one Python environment.
//!
//! Installs Debian packages only as root; otherwise it names them and the command. It must never fetch anything except
//! through the ordinary clients of the package registries, at pinned versions or from a lock file.

use crate::shell::{self, Lacking};
use crate::{environment, interface};
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};

/// The program that reads our OpenAPI description and tries to break what it promises.
const SCHEMATHESIS: &str = "4.32.5";

/// Something a check needs: how to see that it is there, and the Debian packages that bring it.
struct Need {
    name: &'static str,
    is_there: fn() -> bool,
    packages: &'static [&'static str],
}

const CHROMIUM: Need = Need {
    name: "Chromium",
    is_there: || shell::find("chromium").is_some(),
    // Fonts are only recommended by Debian's package, and without any, pages have no text.
    packages: &["chromium", "fonts-liberation"],
};

const POSTGRESQL: Need =
    Need { name: "PostgreSQL server", is_there: || crate::postgres::programs().is_some(), packages: &["postgresql"] };

const LOAD: Need = Need {
    name: "wrk and curl",
    is_there: || shell::find("wrk").is_some() && shell::find("curl").is_some(),
    packages: &["wrk", "curl"],
};

const PYTHON: Need = Need {
    name: "Python with venv",
    is_there: || {
        shell::output(&mut shell::command("python3", &["-c", "import venv, ensurepip"], Path::new("."))).is_ok()
    },
    packages: &["python3-venv"],
};

/// Makes sure that what asks for pages is there.
pub(crate) fn load() -> Result<()> {
    debian(&LOAD)
}

/// Makes sure that Chromium is there, and the packages of the browser journeys.
pub(crate) fn browser() -> Result<()> {
    debian(&CHROMIUM)?;
    node_packages(&environment::root().join("tests/browser"))
}

/// Makes sure that a PostgreSQL server can be started.
pub(crate) fn postgresql() -> Result<()> {
    debian(&POSTGRESQL)
}

/// Makes sure that schemathesis is there, in an environment of its own; gives its program.
pub(crate) fn schemathesis() -> Result<PathBuf> {
    debian(&PYTHON)?;
    let folder = environment::target().join("xtask").join(format!("schemathesis-{SCHEMATHESIS}"));
    let program = folder.join("bin/schemathesis");
    let whole = folder.join("installed");
    if whole.is_file() {
        return Ok(program);
    }
    shell::say(&format!("installing schemathesis {SCHEMATHESIS} into an environment of its own"));
    let place = folder.to_string_lossy().into_owned();
    let here = environment::root();
    shell::run(&mut shell::command("python3", &["-m", "venv", "--clear", &place], &here))?;
    let package = format!("schemathesis=={SCHEMATHESIS}");
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", &package];
    shell::run(&mut shell::command(folder.join("bin/python"), &pip, &here))?;
    // Written last, so that an installation that was cut short is made anew.
    std::fs::write(&whole, SCHEMATHESIS).context("cannot note that schemathesis is installed")?;
    Ok(program)
}

/// Runs `npm ci` in `folder`, unless its lock file is the one that was installed last.
pub(crate) fn node_packages(folder: &Path) -> Result<()> {
    if shell::find("npm").is_none() {
        return Err(Lacking::new(
            "`npm` is not on the PATH: install Node.js 20 or newer with npm, then run this again",
        ));
    }
    let stamp = folder.join("node_modules/.counterflow-installed");
    let lock = interface::fingerprint(&[folder.join("package-lock.json")])?;
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    shell::run(&mut shell::command("npm", &["ci", "--no-fund", "--no-audit"], folder))?;
    std::fs::write(&stamp, lock).context("cannot note that the npm packages are installed")
}

/// Makes sure that a need is met, by `apt-get` where that is allowed.
fn debian(need: &Need) -> Result<()> {
    if (need.is_there)() {
        return Ok(());
    }
    let packages = need.packages.join(" ");
    if !shell::is_root() || shell::find("apt-get").is_none() {
        return Err(Lacking::new(format!(
            "{} is missing and may not be installed from here; on Debian, run `sudo apt-get install {packages}`, then this again",
            need.name
        )));
    }
    shell::say(&format!("{} is missing: installing {packages}", need.name));
    let here = environment::root();
    shell::run(&mut shell::command("apt-get", &["update", "-q"], &here))?;
    let mut install = shell::command("apt-get", &["install", "-y", "-q", "--no-install-recommends"], &here);
    shell::run(install.args(need.packages).env("DEBIAN_FRONTEND", "noninteractive"))?;
    if !(need.is_there)() {
        return Err(Lacking::new(format!("{} is still missing after `apt-get install {packages}`", need.name)));
    }
    Ok(())
}
