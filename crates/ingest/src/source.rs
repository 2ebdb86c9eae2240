//! A Source as the office configures it in `sources/*.toml`. Must never hold what was fetched from it.

use model::Standing;
use serde::Deserialize;

/// One outside place we read from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Name of the file without its ending; the name under which the log knows it.
    #[serde(skip)]
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Which connector reads it: a name of [`crate::connectors::ALL`].
    pub connector: String,
    /// Folder or file in the office folder, or an http address.
    pub address: String,
    /// Name of the file in `mappings/`.
    pub mapping: String,
    /// Who stands behind its rows.
    pub kind: Standing,
    /// Under which terms the rows may be used, as people cite it.
    pub licence: String,
    /// Where the licence can be read.
    #[serde(default)]
    pub licence_url: String,
    /// Who publishes it.
    pub publisher: String,
    /// The words that must stand wherever the rows are shown.
    #[serde(default)]
    pub attribution: String,
    /// True where the rows come from a simulation; every page and export says so.
    #[serde(default)]
    pub simulated: bool,
    /// True where the rows are about persons: never listed, never exported.
    #[serde(default)]
    pub restricted: bool,
    /// Hours between two looks; 0 looks only when asked.
    #[serde(default)]
    pub every_hours: u32,
    /// Bytes of one file at most.
    #[serde(default = "default_max_bytes")]
    pub max_bytes: u64,
    /// Whether a received file replaces the rows of the file of that name, or adds to what is there.
    #[serde(default)]
    pub holds: Holds,
}

/// What one received file of a Source means for the rows received before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holds {
    /// The file is the whole truth: rows of earlier files of that name which are not in it are gone.
    #[default]
    Everything,
    /// The file is news: rows of earlier files stay.
    News,
}

fn default_max_bytes() -> u64 {
    1 << 30
}

impl Source {
    /// The source of a configuration file.
    ///
    /// # Errors
    /// What is wrong in the file, with the key and the line.
    pub fn parse(name: &str, text: &str) -> Result<Self, String> {
        let mut source: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        source.name = name.to_owned();
        if crate::connectors::find(&source.connector).is_none() {
            let known: Vec<_> = crate::connectors::ALL.iter().map(|connector| connector.about().name).collect();
            return Err(format!("`connector` is `{}`; write one of {}", source.connector, known.join(", ")));
        }
        if source.licence.trim().is_empty() {
            return Err("`licence` is empty; write under which terms the rows may be used".to_owned());
        }
        Ok(source)
    }
}
