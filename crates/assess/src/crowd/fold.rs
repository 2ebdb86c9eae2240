//! One more answer, without a new run: the belief about its task and what the answer tells about its worker.
//!
//! Holds the state between answers. It must never drift: after many answers run again, and take the new inference.

use super::quick::normalize;
use super::{Answers, Confusion, Inference, Label};
use std::collections::HashMap;

/// Answers that came since the inference, by task, and how workers look with them.
#[derive(Clone, Debug)]
pub struct Folding<'a> {
    answers: &'a Answers,
    inference: Inference,
    newer: HashMap<usize, Vec<(u32, u16)>>,
}

impl<'a> Folding<'a> {
    /// Begins with what was inferred.
    pub fn new(inference: Inference, answers: &'a Answers) -> Self {
        Self { answers, inference, newer: HashMap::new() }
    }

    /// Folds in one answer of a worker and a task that were there before, and gives the task's label. Takes time proportional to
    /// the answers of the task times the labels. `None` where task, worker or label are beyond what was inferred.
    ///
    /// A second answer of the same worker about the same task takes the place of the first.
    pub fn fold(&mut self, task: usize, worker: u32, label: u16) -> Option<Label> {
        let k = self.inference.labels;
        if task >= self.answers.tasks() || worker as usize >= self.answers.workers() || usize::from(label) >= k {
            return None;
        }
        let before = self.inference.belief(task).to_vec();
        let said_before = self.said(task);
        let newer = self.newer.entry(task).or_default();
        match newer.iter_mut().find(|(known, _)| *known == worker) {
            Some(known) => known.1 = label,
            None => newer.push((worker, label)),
        }
        let said = self.said(task);
        let group = self.inference.groups.of_task(task) * k;
        let mut new: Vec<f32> = self.inference.share[group..group + k].iter().map(|share| share.ln() as f32).collect();
        for &(worker, label) in &said {
            for (class, sum) in new.iter_mut().enumerate() {
                *sum += self.inference.chance(worker as usize, class, usize::from(label)).ln() as f32;
            }
        }
        normalize(&mut new);
        self.inference.belief[task * k..(task + 1) * k].copy_from_slice(&new);
        if let Confusion::Full { counts, .. } = &mut self.inference.confusion {
            for (said, belief, sign) in [(&said_before, &before, -1.0), (&said, &new, 1.0)] {
                for &(worker, label) in said {
                    let cell = (worker as usize * k + usize::from(label)) * k;
                    counts[cell..cell + k].iter_mut().zip(belief).for_each(|(count, belief)| *count += sign * belief);
                }
            }
        }
        Some(Label { answers: said.len(), ..self.inference.label(self.answers, task) })
    }

    /// The answers about a task that hold now.
    fn said(&self, task: usize) -> Vec<(u32, u16)> {
        let newer = self.newer.get(&task).map_or(&[][..], Vec::as_slice);
        let replaced = |worker: u32| newer.iter().any(|(known, _)| *known == worker);
        let older = self.answers.of_task(task).filter(|(worker, _)| !replaced(*worker));
        older.chain(newer.iter().copied()).collect()
    }
}
