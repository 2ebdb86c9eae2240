//! Voices that are not independent: copied and reworded texts, bursts of extreme ratings, contributors who act together, one person
//! speaking again.
//!
//! Holds the groups, why each was found, and how many independent voices any set of voices amounts to. It must never
//! accuse a contributor: a group is about voices, and each keeps its reasons.

mod bursts;
mod copies;
pub mod shares;
mod together;

use crate::{AssessError, Scale, Voice};
use model::Date;

/// How coordinated voices are looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct CoordinationSettings {
    /// The scale on which voices rate.
    pub scale: Scale,
    /// Share of false groups among those found that is put up with.
    pub false_discovery: f64,
    /// Texts this many days apart or less are compared with those further apart.
    pub near_days: i32,
    /// Texts with fewer words (or signs, in scripts without spaces) say too little to tell a copy from a common phrase.
    pub least_words: usize,
    /// Voices of one contributor about one entity, each this many days after the last or less, count as one.
    pub same_person_days: i32,
    /// Voices this many days apart or less are together, where contributors speak about the same entities again and again.
    pub together_days: i32,
    /// Fewer voices than this are no burst.
    pub least_burst: usize,
    /// A burst has at least this many times the voices that were to be expected.
    pub burst_ratio: f64,
}

impl CoordinationSettings {
    /// Settings for a scale: one false group in a thousand, as taking voices away is grave; copies within a week, eight
    /// words, a month for one person, a day for contributors who act together.
    pub fn on(scale: Scale) -> Self {
        Self {
            scale,
            false_discovery: 0.001,
            near_days: 7,
            least_words: 8,
            same_person_days: 30,
            together_days: 1,
            least_burst: 5,
            burst_ratio: 2.0,
        }
    }
}

/// What makes the voices of a group one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GroupKind {
    /// Texts copied or reworded from one another.
    Copies,
    /// Far more extreme ratings in a few days than the entity's own rate explains.
    Burst,
    /// Contributors who speak about the same entities at the same time, again and again.
    Together,
    /// One contributor speaking again about the same entity.
    SamePerson,
}

impl GroupKind {
    /// The word that stands in explanations as the reason why a voice counted less.
    pub fn word(self) -> &'static str {
        match self {
            Self::Copies => "copy_of_another",
            Self::Burst => "burst",
            Self::Together => "acting_together",
            Self::SamePerson => "same_person_again",
        }
    }
}

/// One thing that speaks for a group: what was found, and what would have been expected.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// What was looked at, as a stable word: `voices`, `least_similarity`, `empty_texts`, `single_voice_accounts`,
    /// `entities_together`.
    pub label: &'static str,
    /// What was found.
    pub found: f64,
    /// What was to be expected; the same unit.
    pub expected: f64,
}

/// Voices about one entity that are not independent.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The Entity.
    pub entity: String,
    /// What makes them one.
    pub kind: GroupKind,
    /// Positions of its voices in the slice that was given, rising.
    pub voices: Vec<usize>,
    /// How many independent voices they count as: 1, and in a burst also those that were to be expected.
    pub counts_as: f64,
    /// Probability that so much is only chance: of a burst its p-value, of copies the expected share of false pairs,
    /// of contributors who act together a bound of the least likely tie.
    pub chance: f64,
    /// First day.
    pub since: Option<Date>,
    /// Last day.
    pub until: Option<Date>,
    /// Why it was found.
    pub reasons: Vec<Reason>,
}

/// The groups found among some voices.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coordination {
    /// The groups, by entity, kind and first voice.
    pub groups: Vec<Group>,
    /// For each voice, the share of a voice that it counts as: 0 to 1.
    pub shares: Vec<f64>,
    members: Vec<Vec<usize>>,
}

impl Coordination {
    /// No groups among `voices` voices.
    pub fn none(voices: usize) -> Self {
        Self { groups: Vec::new(), shares: vec![1.0; voices], members: vec![Vec::new(); voices] }
    }

    fn of(mut groups: Vec<Group>, voices: usize) -> Self {
        groups.sort_by(|a, b| (&a.entity, a.kind, a.voices.first()).cmp(&(&b.entity, b.kind, b.voices.first())));
        let mut found = Self::none(voices);
        for (number, group) in groups.iter().enumerate() {
            let share = group.counts_as / group.voices.len() as f64;
            for &voice in &group.voices {
                found.shares[voice] = found.shares[voice].min(share);
                found.members[voice].push(number);
            }
        }
        found.groups = groups;
        found
    }

    /// How many independent voices a set of voices amounts to, given by their positions.
    pub fn independent(&self, voices: &[usize]) -> f64 {
        let mut present: Vec<usize> = voices.iter().flat_map(|&voice| self.members[voice].iter().copied()).collect();
        present.sort_unstable();
        let inside = |group: usize| {
            let start = present.partition_point(|&other| other < group);
            (present.partition_point(|&other| other <= group) - start) as f64
        };
        let share = |voice: usize| {
            let of_group = |&group: &usize| (self.groups[group].counts_as / inside(group)).min(1.0);
            self.members[voice].iter().map(of_group).fold(1.0, f64::min)
        };
        voices.iter().map(|&voice| share(voice)).sum()
    }

    /// Why a voice counts less than one, as a stable word; empty where it counts in full.
    pub fn discounted(&self, voice: usize) -> &'static str {
        let share = |group: &&usize| self.groups[**group].counts_as / self.groups[**group].voices.len() as f64;
        let strongest = self.members[voice].iter().min_by(|a, b| share(a).total_cmp(&share(b)));
        strongest.filter(|group| share(group) < 1.0).map_or("", |&group| self.groups[group].kind.word())
    }
}

/// Finds the groups among voices. The order of the voices does not change which groups are found.
pub fn find(voices: &[Voice], settings: &CoordinationSettings) -> Result<Coordination, AssessError> {
    settings.scale.checked()?;
    if !(settings.false_discovery > 0.0 && settings.false_discovery < 1.0) {
        let found = settings.false_discovery.to_string();
        return Err(AssessError::Setting {
            name: "false_discovery",
            found,
            write: "a share between 0 and 1, such as 0.01",
        });
    }
    let entities = by_entity(voices);
    let mut groups = copies::find(voices, &entities, settings);
    groups.extend(together::find(voices, &entities, settings)?);
    groups.extend(same_person(voices, &entities, settings));
    let copied = Coordination::of(groups.clone(), voices.len());
    groups.extend(bursts::find(voices, &entities, &copied, settings));
    tracing::debug!(voices = voices.len(), groups = groups.len(), "coordination looked for");
    Ok(Coordination::of(groups, voices.len()))
}

/// Positions of the voices of each entity, by first day; entities in the order of their names.
fn by_entity(voices: &[Voice]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..voices.len()).collect();
    let key = |index: usize| (&voices[index].entity, voices[index].when, &voices[index].record);
    order.sort_by(|&a, &b| key(a).cmp(&key(b)).then(a.cmp(&b)));
    order.chunk_by(|&a, &b| voices[a].entity == voices[b].entity).map(<[usize]>::to_vec).collect()
}

/// Voices that one contributor gave about one entity soon after another.
fn same_person(voices: &[Voice], entities: &[Vec<usize>], settings: &CoordinationSettings) -> Vec<Group> {
    let mut groups = Vec::new();
    for entity in entities {
        let mut named: Vec<usize> =
            entity.iter().copied().filter(|&index| !voices[index].contributor.is_empty()).collect();
        // A stable sort: inside one contributor the voices stay in the order of their days.
        named.sort_by(|&a, &b| voices[a].contributor.cmp(&voices[b].contributor));
        let again = |&a: &usize, &b: &usize| {
            voices[a].contributor == voices[b].contributor
                && voices[a].when.gap(voices[b].when) <= settings.same_person_days
        };
        for run in named.chunk_by(again).filter(|run| run.len() > 1) {
            let reasons = vec![Reason { label: "voices", found: run.len() as f64, expected: 1.0 }];
            groups.push(group(voices, GroupKind::SamePerson, run.to_vec(), 1.0, 0.0, reasons));
        }
    }
    groups
}

/// A group of voices about one entity; `members` is not empty.
fn group(
    voices: &[Voice],
    kind: GroupKind,
    mut members: Vec<usize>,
    counts_as: f64,
    chance: f64,
    reasons: Vec<Reason>,
) -> Group {
    members.sort_unstable();
    let first = members.iter().min_by_key(|&&index| voices[index].when.first);
    let last = members.iter().max_by_key(|&&index| voices[index].when.last);
    Group {
        entity: first.map(|&index| voices[index].entity.clone()).unwrap_or_default(),
        kind,
        since: first.and_then(|&index| voices[index].when.first_date()),
        until: last.and_then(|&index| voices[index].when.last_date()),
        voices: members,
        counts_as,
        chance,
        reasons,
    }
}

#[cfg(test)]
mod tests;
