//! `counterflow backup` and `restore`: the store as JSON Lines and the lake's files, beside each other in one folder.
//!
//! The store is written first and at one moment: every version it names is in the lake by then, and the lake only grows.

use crate::OfficeArguments;
use crate::office::Office;
use crate::terminal::{WrongInput, say};
use crate::wiring::Opened;
use std::path::Path;

const STORE: &str = "store.jsonl";
const LAKE: &str = "lake";

pub(crate) async fn backup(arguments: &OfficeArguments, folder: &Path) -> anyhow::Result<()> {
    if folder.exists() {
        anyhow::bail!(WrongInput(format!("`{}` exists already; name a folder that does not", folder.display())));
    }
    let opened = Opened::open(arguments).await?;
    std::fs::create_dir_all(folder)?;
    let mut file = std::io::BufWriter::new(std::fs::File::create(folder.join(STORE))?);
    let rows = opened.store.dump(&mut file).await?;
    std::io::Write::flush(&mut file)?;
    let files = copy(&opened.office.lake_folder, &folder.join(LAKE))?;
    say(&format!("wrote {rows} rows and {files} files to `{}`", folder.display()));
    Ok(())
}

pub(crate) async fn restore(arguments: &OfficeArguments, folder: &Path) -> anyhow::Result<()> {
    let dump = folder.join(STORE);
    if !dump.exists() {
        anyhow::bail!(WrongInput(format!("`{}` is no backup: it has no {STORE}", folder.display())));
    }
    let office = Office::read(&arguments.office, &arguments.overrides())?;
    let tables = office.lake_folder.join("tables");
    if std::fs::read_dir(&tables).is_ok_and(|mut entries| entries.next().is_some()) {
        anyhow::bail!(WrongInput(format!("`{}` is not empty; restore into a new place", tables.display())));
    }
    let files = copy(&folder.join(LAKE), &office.lake_folder)?;
    let opened = Opened::open_office(office).await?;
    let rows = opened.store.load(std::io::BufReader::new(std::fs::File::open(dump)?)).await?;
    say(&format!("put back {rows} rows and {files} files"));
    Ok(())
}

/// Copies a folder with all below it. A file that goes away meanwhile was not named by the log and is left out.
fn copy(from: &Path, to: &Path) -> anyhow::Result<usize> {
    std::fs::create_dir_all(to)?;
    let mut files = 0;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            files += copy(&entry.path(), &target)?;
        } else {
            match std::fs::copy(entry.path(), &target) {
                Ok(_) => files += 1,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(files)
}
