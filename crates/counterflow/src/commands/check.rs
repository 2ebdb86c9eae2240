//! `counterflow check`: looks through an office folder and says what is wrong: file, key, what to write.

use crate::office::{Office, Overrides};
use crate::stages::Specifications;
use crate::terminal::{WrongInput, say};
use std::path::Path;

pub(crate) fn run(folder: &Path, overrides: &Overrides) -> anyhow::Result<()> {
    let office = Office::read(folder, overrides).map_err(|error| WrongInput(error.to_string()))?;
    let mut faults = office.faults.clone();
    let (specifications, found) = Specifications::read(&office)?;
    faults.extend(found);
    faults.extend(crate::rules::Rules::faults(&office)?);
    for fault in &faults {
        say(fault);
    }
    if !faults.is_empty() {
        anyhow::bail!(WrongInput(format!("{} faults; mend them and check again", faults.len())));
    }
    say(&format!(
        "`{}` is sound: {} sources, {} mappings, {} kinds of things, {} assessments",
        office.file.name,
        office.sources.len(),
        specifications.mappings.len(),
        specifications.entities.len(),
        specifications.assessments.len()
    ));
    say(&format!("store {}, lake {}", without_password(&office.store_url), office.lake_folder.display()));
    Ok(())
}

/// An address that may be printed.
fn without_password(address: &str) -> String {
    match address.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?))) {
        Some((scheme, (_, place))) => format!("{scheme}://...@{place}"),
        None => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn passwords_are_not_printed() {
        assert_eq!(super::without_password("postgres://u:p@ss@host/db"), "postgres://...@host/db");
        assert_eq!(super::without_password("sqlite:x.db"), "sqlite:x.db");
    }
}
