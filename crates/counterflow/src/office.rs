//! The office folder as configured: `office.toml` and the files beside it, read once at the start.
//!
//! Must never hold a secret in a message: addresses of stores are printed without their password.

use ingest::Source;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// `office.toml` as it is written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfficeFile {
    pub(crate) name: String,
    pub(crate) languages: Vec<String>,
    pub(crate) public_address: String,
    pub(crate) contact: String,
    #[serde(default)]
    pub(crate) notice: String,
    pub(crate) currency: String,
    pub(crate) kinds_of_care: Vec<String>,
    pub(crate) country: String,
    pub(crate) localities: String,
    pub(crate) store: StoreSection,
    pub(crate) lake: LakeSection,
    #[serde(default)]
    pub(crate) limits: LimitsSection,
    #[serde(default)]
    pub(crate) net: NetSection,
    #[serde(default)]
    pub(crate) addresses: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StoreSection {
    pub(crate) url: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LakeSection {
    pub(crate) folder: String,
    #[serde(default = "default_resident_mb")]
    pub(crate) resident_mb: usize,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LimitsSection {
    pub(crate) body_mb: usize,
    pub(crate) rows_page: usize,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct NetSection {
    pub(crate) allow_hosts: Vec<String>,
}

impl Default for LimitsSection {
    fn default() -> Self {
        Self { body_mb: 8, rows_page: 200 }
    }
}

fn default_resident_mb() -> usize {
    1_024
}

/// What the command line changes about an office.
#[derive(Clone, Debug, Default)]
pub(crate) struct Overrides {
    /// Folder of store and lake in place of the configured ones.
    pub(crate) state: Option<PathBuf>,
    /// Address of the store in place of the configured one.
    pub(crate) store_url: Option<String>,
    /// Addresses that source files use in braces.
    pub(crate) addresses: BTreeMap<String, String>,
}

/// An office, ready to be opened.
#[derive(Clone, Debug)]
pub(crate) struct Office {
    pub(crate) folder: PathBuf,
    pub(crate) file: OfficeFile,
    pub(crate) store_url: String,
    pub(crate) lake_folder: PathBuf,
    pub(crate) sources: Vec<Source>,
    /// What is wrong, one complete sentence each, with file and key. An office with faults is not opened.
    pub(crate) faults: Vec<String>,
}

impl Office {
    /// Reads an office folder. What is wrong in single files is collected, not thrown.
    ///
    /// # Errors
    /// Where `office.toml` is missing or cannot be understood.
    pub(crate) fn read(folder: &Path, overrides: &Overrides) -> anyhow::Result<Self> {
        let path = folder.join("office.toml");
        let text = std::fs::read_to_string(&path).map_err(|error| {
            anyhow::anyhow!(
                "{}: {error}; `counterflow new {}` makes a new office there",
                path.display(),
                folder.display()
            )
        })?;
        let mut file: OfficeFile =
            toml::from_str(&text).map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
        file.addresses.extend(overrides.addresses.clone());
        let mut office = Self {
            folder: folder.to_owned(),
            store_url: store_url(folder, &file, overrides),
            lake_folder: match &overrides.state {
                Some(state) => state.join("lake"),
                None => folder.join(&file.lake.folder),
            },
            sources: Vec::new(),
            faults: Vec::new(),
            file,
        };
        office.read_sources()?;
        for address in overrides.addresses.values() {
            office.file.net.allow_hosts.extend(host_of(address));
        }
        Ok(office)
    }

    fn read_sources(&mut self) -> anyhow::Result<()> {
        for (name, text) in files(&self.folder.join("sources"), "toml")? {
            match Source::parse(&name, &text) {
                Ok(mut source) => {
                    match with_addresses(&source.address, &self.file.addresses) {
                        Ok(address) => source.address = address,
                        Err(unknown) => self.faults.push(format!(
                            "sources/{name}.toml: `address` names {{{unknown}}}; give it a value under [addresses] in office.toml"
                        )),
                    }
                    self.sources.push(source);
                }
                Err(fault) => self.faults.push(format!("sources/{name}.toml: {fault}")),
            }
        }
        Ok(())
    }
}

/// Files of one ending in a folder, by name without ending, sorted; nothing where there is no such folder.
pub(crate) fn files(folder: &Path, ending: &str) -> anyhow::Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(found),
        Err(error) => anyhow::bail!("{}: {error}", folder.display()),
    };
    for entry in entries {
        let path = entry?.path();
        let name = path.file_stem().and_then(|name| name.to_str()).map(str::to_owned);
        if let Some(name) = name.filter(|_| path.extension().is_some_and(|found| found == ending)) {
            let text =
                std::fs::read_to_string(&path).map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
            found.push((name, text));
        }
    }
    found.sort();
    Ok(found)
}

fn store_url(folder: &Path, file: &OfficeFile, overrides: &Overrides) -> String {
    if let Some(url) = &overrides.store_url {
        return url.clone();
    }
    match (file.store.url.strip_prefix("sqlite:"), &overrides.state) {
        (_, Some(state)) => format!("sqlite:{}", state.join("store.db").display()),
        (Some(path), None) => format!("sqlite:{}", folder.join(path).display()),
        (None, None) => file.store.url.clone(),
    }
}

/// Puts the values of names in braces into an address; gives back the first name that has none.
fn with_addresses(address: &str, values: &BTreeMap<String, String>) -> Result<String, String> {
    let mut out = address.to_owned();
    for (name, value) in values {
        out = out.replace(&format!("{{{name}}}"), value.trim_end_matches('/'));
    }
    match out.split_once('{').and_then(|(_, rest)| rest.split_once('}')) {
        Some((unknown, _)) => Err(unknown.to_owned()),
        None => Ok(out),
    }
}

fn host_of(address: &str) -> Option<String> {
    let rest = address.split_once("://")?.1;
    Some(rest.split('/').next().unwrap_or(rest).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_braces_get_their_value_or_are_named() {
        let values = BTreeMap::from([("simulator".to_owned(), "http://127.0.0.1:8090/".to_owned())]);
        assert_eq!(with_addresses("{simulator}/posts.rss", &values).as_deref(), Ok("http://127.0.0.1:8090/posts.rss"));
        assert_eq!(with_addresses("{other}/x", &values), Err("other".to_owned()));
        assert_eq!(host_of("http://127.0.0.1:8090/x").as_deref(), Some("127.0.0.1:8090"));
    }
}
