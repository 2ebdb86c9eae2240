//! Free tags: several labels for one task, as yes or no for each tag.
//!
//! Holds the way from tags to votes. It must never weigh them.

use super::{Answer, Answers};

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

/// Votes on pairs of task and tag: label 1 from whoever gave the tag, label 0 from whoever tagged the task with others only.
///
/// Gives the votes and the pair behind each of their tasks, by task, then tag. A tag that was given twice is one vote. Takes time
/// proportional to the votes that come out: the tags of a task times its workers.
pub fn votes_of_tags(tags: &[TagVote], workers: usize) -> (Answers, Vec<(u32, u32)>) {
    let mut sorted = tags.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let (mut votes, mut pairs) = (Vec::new(), Vec::new());
    for of_task in sorted.chunk_by(|a, b| a.task == b.task) {
        let mut own_workers: Vec<u32> = of_task.iter().map(|vote| vote.worker).collect();
        own_workers.dedup();
        let mut by_tag: Vec<(u32, u32)> = of_task.iter().map(|vote| (vote.tag, vote.worker)).collect();
        by_tag.sort_unstable();
        for of_tag in by_tag.chunk_by(|a, b| a.0 == b.0) {
            let task = pairs.len() as u32;
            pairs.push((of_task[0].task, of_tag[0].0));
            votes.extend(own_workers.iter().map(|&worker| {
                let said = of_tag.binary_search_by_key(&worker, |(_, worker)| *worker).is_ok();
                Answer { task, worker, label: u16::from(said) }
            }));
        }
    }
    let answers = Answers::new(&votes, pairs.len(), workers, 2).expect("each worker votes once on each pair");
    (answers, pairs)
}
