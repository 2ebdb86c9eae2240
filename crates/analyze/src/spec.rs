//! What is looked through for Signals: `analyses/*.toml` of the office.

use serde::Deserialize;
use std::collections::BTreeMap;

/// What the analysis of one kind of Entity reads.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnalysisSpec {
    /// Name of the file without its ending.
    #[serde(skip)]
    pub name: String,
    /// Dataset of the Entities.
    pub entities: String,
    /// Dataset that tells which row belongs to which Entity.
    pub members: String,
    /// Dataset of single voices with the share each one counts for.
    pub voices: String,
    /// Dataset of the gaps between what communities and officials say.
    pub gaps: String,
    /// Dataset of rows whose values look filled in.
    pub filled_in: String,
    /// Days before the newest row within which a finding is news.
    pub news_days: i32,
    /// Official ratings over time.
    #[serde(default, rename = "official")]
    pub official: Vec<OfficialSeries>,
}

/// Official ratings over time.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficialSeries {
    /// The dataset.
    pub dataset: String,
    /// Column of the day.
    pub on: String,
    /// Columns by aspect.
    pub aspects: BTreeMap<String, String>,
}

impl AnalysisSpec {
    /// The specification of a file.
    ///
    /// # Errors
    /// What is wrong, with key and line.
    pub fn parse(name: &str, text: &str) -> Result<Self, String> {
        let mut spec: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        name.clone_into(&mut spec.name);
        Ok(spec)
    }

    /// Every dataset it reads.
    pub fn inputs(&self) -> Vec<&str> {
        let mut inputs = vec![self.entities.as_str(), &self.members, &self.voices, &self.gaps, &self.filled_in];
        inputs.extend(self.official.iter().map(|rule| rule.dataset.as_str()));
        inputs
    }
}
