//! What is assessed and from which columns: `assessments/*.toml` of the office. Must never hold a method's numbers.

use serde::Deserialize;
use std::collections::BTreeMap;

/// What the assessment of one kind of Entity reads and makes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssessmentSpec {
    /// Name of the file without its ending.
    #[serde(skip)]
    pub name: String,
    /// Dataset of the Entities.
    pub entities: String,
    /// Dataset that tells which row belongs to which Entity.
    pub members: String,
    /// Dataset of the results.
    pub dataset: String,
    /// Dataset of single voices with the weight each one got.
    pub voices_dataset: String,
    /// Dataset of the gaps between what communities and officials say.
    pub gaps_dataset: String,
    /// Dataset of how many of a region's Entities are spoken about.
    pub coverage_dataset: String,
    /// Dataset of how what communities say of an Entity moves.
    pub trends_dataset: String,
    /// Dataset of rows whose values look filled in rather than measured.
    pub filled_in_dataset: String,
    /// What people call the results.
    pub title: String,
    /// Properties whose equal values make Entities comparable.
    pub comparable: Vec<String>,
    /// Properties that name the region of an Entity: the first that is filled in.
    pub region: Vec<String>,
    /// Property that tells who owns an Entity.
    pub ownership: String,
    /// Datasets whose number columns are looked through for values that look filled in.
    #[serde(default)]
    pub measured: Vec<String>,
    /// Aggregated surveys.
    #[serde(default, rename = "survey")]
    pub surveys: Vec<Survey>,
    /// Single voices.
    #[serde(default, rename = "voices")]
    pub voices: Vec<Voices>,
    /// Official ratings.
    #[serde(default, rename = "official")]
    pub official: Vec<Official>,
    /// What an authority did about a place: a rating older than that is believed less.
    #[serde(default, rename = "sanction")]
    pub sanctions: Vec<SanctionRows>,
    /// What places report of themselves, against what was measured.
    #[serde(default, rename = "self_report")]
    pub self_reports: Vec<SelfReports>,
}

/// Shares of answers to questions, one row for each answer to each question about each place.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Survey {
    /// The dataset.
    pub dataset: String,
    /// Dataset whose rows the answers belong to.
    pub register: String,
    /// Column that holds the `_id` of that row.
    pub row: String,
    /// Column of the question.
    pub question: String,
    /// Column of the answer.
    pub answer: String,
    /// Column of the percent.
    pub percent: String,
    /// The four answers, best first, as the rows write them.
    pub answers: [String; 4],
    /// Property of the Entity that tells its size class.
    #[serde(default)]
    pub size: String,
}

/// Single voices with what they are about.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Voices {
    /// The dataset.
    pub dataset: String,
    /// Dataset that tells which row mentions which Entity.
    pub mentions: String,
    /// Column of the rating from 1 to 5.
    pub rating: String,
    /// Column of the moment it was said.
    pub at: String,
    /// Column that tells who says it.
    pub contributor: String,
    /// Columns of text.
    pub text: Vec<String>,
}

/// Official ratings from 1 to 5.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Official {
    /// The dataset.
    pub dataset: String,
    /// Column of the day the rating is of.
    #[serde(default)]
    pub on: String,
    /// The day, where the rows have no such column.
    #[serde(default)]
    pub on_day: String,
    /// Columns by aspect.
    pub aspects: BTreeMap<String, String>,
}

/// What an authority did about a place.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SanctionRows {
    /// The dataset.
    pub dataset: String,
    /// Column of the day.
    pub on: String,
    /// Column of the identifier, and the property of the Entity that holds the same; empty where the rows are members.
    #[serde(default)]
    pub identifier: String,
    /// See `identifier`.
    #[serde(default)]
    pub property: String,
}

/// Hours that places report, and hours that were measured.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SelfReports {
    /// The dataset.
    pub dataset: String,
    /// The aspect it becomes.
    pub aspect: String,
    /// Column of what was measured.
    pub measured: String,
    /// Column of what was reported.
    pub reported: String,
    /// Ends of what is possible.
    pub bounds: [f64; 2],
}

impl AssessmentSpec {
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
        let mut inputs = vec![self.entities.as_str(), self.members.as_str()];
        inputs.extend(self.measured.iter().map(String::as_str));
        inputs.extend(self.surveys.iter().map(|rule| rule.dataset.as_str()));
        inputs.extend(self.voices.iter().flat_map(|rule| [rule.dataset.as_str(), rule.mentions.as_str()]));
        inputs.extend(self.official.iter().map(|rule| rule.dataset.as_str()));
        inputs.extend(self.sanctions.iter().map(|rule| rule.dataset.as_str()));
        inputs.extend(self.self_reports.iter().map(|rule| rule.dataset.as_str()));
        inputs.sort_unstable();
        inputs.dedup();
        inputs
    }
}
