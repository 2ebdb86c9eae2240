//! Free tags: several labels for one task, as yes or no for each tag.
//!
//! Holds the way from tags to votes. It must never weigh them.

use super::{Answer, Answers, Gold};
use std::collections::HashSet;

/// One worker gave one task one tag. All three are numbers from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TagVote {
    /// What was tagged.
    pub task: u32,
    /// Who tagged it.
    pub worker: u32,
    /// The tag.
    pub tag: u32,
}

/// What [`votes_of_tags`] makes of tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VotesOfTags {
    /// Votes on pairs of task and tag: label 1 from whoever gave the tag, label 0 from whoever tagged the task with
    /// others only.
    pub answers: Answers,
    /// The task and the tag behind each task of the votes, by task, then tag.
    pub pairs: Vec<(u32, u32)>,
    /// Pairs that are known, because the tags of their task are.
    pub gold: Vec<Gold>,
    /// Tags that the same worker had given the same task before; each counts once.
    pub doubles: usize,
}

/// Votes on pairs of task and tag. `known` holds all tags of some tasks: what else was given for these is known not to
/// hold, and a tag that nobody gave is one that all of them missed.
///
/// A tag that was given twice is one vote. Takes time proportional to the votes that come out: the tags of a task times
/// its workers.
pub fn votes_of_tags(tags: &[TagVote], known: &[(u32, u32)], workers: usize) -> VotesOfTags {
    let mut sorted = tags.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let doubles = tags.len() - sorted.len();
    let mut known_tags = known.to_vec();
    known_tags.sort_unstable();
    known_tags.dedup();
    let holds: HashSet<(u32, u32)> = known_tags.iter().copied().collect();
    let (mut votes, mut pairs, mut gold) = (Vec::new(), Vec::new(), Vec::new());
    for of_task in sorted.chunk_by(|a, b| a.task == b.task) {
        let task = of_task[0].task;
        let mut own_workers: Vec<u32> = of_task.iter().map(|vote| vote.worker).collect();
        own_workers.dedup();
        let from = known_tags.partition_point(|one| one.0 < task);
        let own_known = &known_tags[from..known_tags.partition_point(|one| one.0 <= task)];
        let mut own_tags: Vec<u32> =
            of_task.iter().map(|vote| vote.tag).chain(own_known.iter().map(|one| one.1)).collect();
        own_tags.sort_unstable();
        own_tags.dedup();
        let given: HashSet<(u32, u32)> = of_task.iter().map(|vote| (vote.tag, vote.worker)).collect();
        for tag in own_tags {
            let pair = pairs.len() as u32;
            pairs.push((task, tag));
            if !own_known.is_empty() {
                gold.push(Gold { task: pair, label: u16::from(holds.contains(&(task, tag))) });
            }
            votes.extend(own_workers.iter().map(|&worker| {
                let said = given.contains(&(tag, worker));
                Answer { task: pair, worker, label: u16::from(said) }
            }));
        }
    }
    let answers = Answers::new(&votes, pairs.len(), workers, 2).expect("each worker votes once on each pair");
    VotesOfTags { answers, pairs, gold, doubles }
}
