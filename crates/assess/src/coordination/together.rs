//! Contributors who speak about the same entities at the same time, again and again.
//!
//! Holds how voices become shares and groups of accounts become groups of voices; what is chance is told by `shares`. It must
//! never take two contributors for one because they agree, only because of where and when they speak.

use super::shares::{Share, ShareSettings, Tie, acting_together};
use super::{CoordinationSettings, Group, GroupKind, Reason, group};
use crate::{AssessError, Voice};
use std::collections::BTreeMap;

/// Entities about which two contributors must have spoken together at least.
const LEAST_ENTITIES: u32 = 3;
const DAY: f64 = 86_400.0;

/// Voices of contributors who act together, about one entity at one time. Only voices with a contributor and a day can tell.
pub(super) fn find(
    voices: &[Voice],
    entities: &[Vec<usize>],
    settings: &CoordinationSettings,
) -> Result<Vec<Group>, AssessError> {
    let known = |index: &usize| !voices[*index].contributor.is_empty() && voices[*index].when.width() == 1;
    // By name, so that the order of the voices changes nothing.
    let mut accounts: BTreeMap<&str, u32> = voices
        .iter()
        .map(|voice| voice.contributor.as_str())
        .filter(|name| !name.is_empty())
        .map(|name| (name, 0))
        .collect();
    accounts.values_mut().zip(0..).for_each(|(own, number)| *own = number);
    let account = |index: usize| accounts[voices[index].contributor.as_str()];
    let mut shares = Vec::new();
    for (object, entity) in entities.iter().enumerate() {
        shares.extend(entity.iter().filter(|index| known(index)).map(|&index| Share {
            account: account(index),
            object: object as u32,
            seconds: f64::from(voices[index].when.first) * DAY,
        }));
    }
    if shares.is_empty() {
        return Ok(Vec::new());
    }
    let found = acting_together(
        &shares,
        &ShareSettings {
            window: f64::from(settings.together_days) * DAY,
            false_discovery: settings.false_discovery,
            least_objects: LEAST_ENTITIES,
        },
    )?;
    // The tie of each group that chance explains least.
    let mut strongest: Vec<Option<Tie>> = vec![None; found.groups.len()];
    for tie in &found.ties {
        if let Some(of_group) = found.group_of[tie.left as usize].map(|number| &mut strongest[number as usize])
            && of_group.is_none_or(|known| tie.chance < known.chance)
        {
            *of_group = Some(*tie);
        }
    }
    let of = |index: usize| found.group_of.get(account(index) as usize).copied().flatten();
    let mut groups = Vec::new();
    for entity in entities {
        let mut named: Vec<usize> =
            entity.iter().copied().filter(|index| known(index) && of(*index).is_some()).collect();
        // A stable sort: inside one group the voices stay in the order of their days.
        named.sort_by_key(|&index| of(index));
        let together =
            |&a: &usize, &b: &usize| of(a) == of(b) && voices[a].when.gap(voices[b].when) <= settings.together_days;
        for run in named.chunk_by(together) {
            let number = of(run[0]).unwrap_or_default() as usize;
            let several = run.iter().any(|&index| account(index) != account(run[0]));
            if let (true, Some(tie)) = (several, strongest[number]) {
                let reasons = vec![
                    Reason { label: "voices", found: run.len() as f64, expected: 1.0 },
                    Reason { label: "entities_together", found: f64::from(tie.objects), expected: tie.expected },
                ];
                groups.push(group(voices, GroupKind::Together, run.to_vec(), 1.0, tie.chance, reasons));
            }
        }
    }
    Ok(groups)
}
