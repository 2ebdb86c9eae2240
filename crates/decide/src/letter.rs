//! The content of the letter that tells a person what was decided: data only, the office's texts word it.
//!
//! Names what was chosen, the reasons, each piece of data from outside with its source, and how to object. Must never hold
//! a sentence, nor a figure about the person.

use crate::DecideError;
use crate::decision::DecisionRecord;
use crate::rooms::care::criteria::{criterion_of, is_outside};
use crate::rooms::care::rank::Ranked;
use crate::rooms::care::{Criterion, Ownership};
use model::case::{Decision, Evidence};
use model::{Date, Estimate, Standing};
use serde::{Deserialize, Serialize};

/// Most reasons that a letter names.
const MOST_REASONS: usize = 4;

/// A home as the letter names it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LetterHome {
    /// The Entity.
    pub entity: String,
    /// What people call it.
    pub name: String,
    /// Who owns it, where known.
    pub ownership: Option<Ownership>,
    /// Kilometres from where the person wants to live.
    pub distance_km: Option<f64>,
    /// Agreed price a week.
    pub weekly_price: Option<f64>,
}

/// How the chosen home stands in a criterion beside the other homes that could be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Beside {
    /// Clearly better than most.
    Better,
    /// About as most.
    Similar,
    /// Clearly worse than most.
    Worse,
    /// Nothing is known of this home.
    Unknown,
}

/// One reason: a criterion that counted, and how the home stands in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// The criterion.
    pub criterion: Criterion,
    /// How the home stands in it.
    pub beside: Beside,
    /// What is known, in the criterion's unit.
    pub known: Option<Estimate>,
    /// Share of all weights, 0 to 1.
    pub share: f64,
}

/// What the office knows of a source, so that the letter can name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFacts {
    /// Its name in the office.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Who publishes it.
    pub publisher: String,
    /// Its licence.
    pub licence: String,
    /// True where its rows are simulated.
    pub simulated: bool,
}

/// A piece of evidence that the decision used of the chosen home, and every source that stands behind it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Used {
    /// Name of the dataset.
    pub dataset: String,
    /// Version that was read.
    pub version: i64,
    /// Whose word it is.
    pub standing: Standing,
    /// True where it comes from a simulation, in part or whole.
    pub simulated: bool,
    /// What it said.
    pub said: Said,
    /// Who said it; never empty where the office knows.
    pub sources: Vec<SourceFacts>,
}

/// One thing that was said of the chosen home.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// The aspect, as a stable word.
    pub aspect: String,
    /// The quantity, where it is one.
    pub estimate: Option<Estimate>,
    /// The text, where it is none.
    pub text: String,
}

/// How to object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HowToObject {
    /// Where to write to: the office's contact.
    pub contact: String,
    /// What to quote: the case.
    pub reference: String,
    /// Days that were given.
    pub days: u32,
}

/// The content of a letter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Letter {
    /// Whom it is for, as the case names them.
    pub person: String,
    /// The Case.
    pub case: String,
    /// The Decision.
    pub decision: String,
    /// What was chosen.
    pub home: LetterHome,
    /// Day of the decision, universal time.
    pub decided_on: Date,
    /// How many homes could be chosen from.
    pub homes_compared: usize,
    /// What counted, heaviest first.
    pub reasons: Vec<Reason>,
    /// Why the worker departed from the ranking, in the worker's words; empty where the choice follows it.
    pub departed_because: String,
    /// True where another home would have stood first without what communities say.
    pub outside_changed_the_first: bool,
    /// Data from outside the offices.
    pub outside_data: Vec<Used>,
    /// Official data.
    pub official_data: Vec<Used>,
    /// How to object.
    pub how_to_object: HowToObject,
    /// Last day to object.
    pub object_by: Date,
}

/// What the office sets for its letters.
#[derive(Clone, Copy)]
pub struct LetterSettings<'a> {
    /// Whom the letter is for.
    pub person: &'a str,
    /// Where objections go.
    pub contact: &'a str,
    /// Days to object, counted from the day of the decision.
    pub days_to_object: u32,
    /// The sources behind a piece of evidence.
    pub sources_of: &'a dyn Fn(&Evidence) -> Vec<SourceFacts>,
}

/// The content of the letter for a decision.
pub fn letter(decision: &Decision, settings: &LetterSettings<'_>) -> Result<Letter, DecideError> {
    let record = DecisionRecord::of(decision)?;
    let missing = || DecideError::NotACandidate(decision.chosen.clone());
    let chosen = record.ranking.home(&decision.chosen).ok_or_else(missing)?;
    let candidates = &record.inputs.candidates;
    let home = candidates.iter().find(|candidate| candidate.entity == decision.chosen).ok_or_else(missing)?;
    let decided_on = model::time::date_of(decision.at);
    let days = i32::try_from(settings.days_to_object).unwrap_or(i32::MAX);
    let last = model::time::days_since_epoch(decided_on).saturating_add(days);
    let object_by = model::time::date_from_days(last).ok_or_else(|| DecideError::Inputs {
        what: "days to object".to_owned(),
        wrong: format!("{days} days lead beyond the calendar; 28 are usual"),
    })?;
    let about: Vec<&Evidence> = decision.evidence.iter().filter(|one| one.entity == decision.chosen).collect();
    let (outside, official): (Vec<&Evidence>, Vec<&Evidence>) = about.into_iter().partition(|one| is_outside(one));
    Ok(Letter {
        person: settings.person.to_owned(),
        case: decision.case.clone(),
        decision: decision.id.clone(),
        home: LetterHome {
            entity: home.entity.clone(),
            name: home.name.clone(),
            ownership: home.ownership,
            distance_km: home.distance_km,
            weekly_price: home.weekly_price,
        },
        decided_on,
        homes_compared: record.ranking.homes.len(),
        reasons: reasons(chosen, &record.ranking.homes),
        departed_because: if decision.chosen == decision.ranked_first {
            String::new()
        } else {
            decision.reason.clone()
        },
        outside_changed_the_first: decision.ranked_first != decision.ranked_first_without_community,
        outside_data: used(&outside, settings),
        official_data: used(&official, settings),
        how_to_object: HowToObject {
            contact: settings.contact.to_owned(),
            reference: decision.case.clone(),
            days: settings.days_to_object,
        },
        object_by,
    })
}

/// The criteria that made the most of the difference between the chosen home and the others, and the heaviest ones.
fn reasons(chosen: &Ranked, homes: &[Ranked]) -> Vec<Reason> {
    let mut reasons: Vec<(f64, Reason)> = Vec::new();
    for part in &chosen.parts {
        let mut others: Vec<f64> = homes
            .iter()
            .flat_map(|home| home.parts.iter().filter(|other| other.criterion == part.criterion))
            .map(|other| other.worth)
            .collect();
        others.sort_by(f64::total_cmp);
        let below = others.iter().filter(|worth| **worth < part.worth - 0.02).count() as f64 / others.len() as f64;
        let above = others.iter().filter(|worth| **worth > part.worth + 0.02).count() as f64 / others.len() as f64;
        let beside = match part.known {
            None => Beside::Unknown,
            _ if below >= 0.6 => Beside::Better,
            _ if above >= 0.6 => Beside::Worse,
            _ => Beside::Similar,
        };
        let middle = others[others.len() / 2];
        let difference = part.share * (part.worth - middle).abs() + 0.1 * part.share;
        let reason = Reason { criterion: part.criterion, beside, known: part.known, share: part.share };
        reasons.push((difference, reason));
    }
    reasons.sort_by(|(left, _), (right, _)| right.total_cmp(left));
    reasons.into_iter().take(MOST_REASONS).map(|(_, reason)| reason).collect()
}

fn used(evidence: &[&Evidence], settings: &LetterSettings<'_>) -> Vec<Used> {
    let told = evidence.iter().map(|one| Used {
        dataset: one.dataset.clone(),
        version: one.version,
        standing: one.standing,
        simulated: one.simulated,
        said: Said { aspect: one.aspect.clone(), estimate: one.estimate, text: one.text.clone() },
        sources: (settings.sources_of)(one),
    });
    told.collect()
}

/// True where a decision used anything from outside the offices.
pub fn used_outside_evidence(decision: &Decision) -> bool {
    decision.evidence.iter().any(|evidence| criterion_of(evidence).is_some() && is_outside(evidence))
}
