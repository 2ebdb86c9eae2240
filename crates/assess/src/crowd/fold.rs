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
    tasks: usize,
    workers: usize,
}

impl<'a> Folding<'a> {
    /// Begins with what was inferred.
    pub fn new(mut inference: Inference, answers: &'a Answers) -> Self {
        /// Tasks and workers that come without all of them having to move.
        const ROOM: usize = 4_096;
        let (tasks, workers, k) = (answers.tasks(), answers.workers(), inference.labels);
        inference.belief.reserve(ROOM * k);
        inference.known.reserve(ROOM);
        if let Confusion::Full { counts, prior, smoothing } = &mut inference.confusion {
            // Where no worker has a prior of their own, each has had the same.
            prior.resize(counts.len(), *smoothing as f32);
            prior.reserve(ROOM * k);
            counts.reserve(ROOM * k);
        }
        Self { answers, inference, newer: HashMap::new(), tasks, workers }
    }

    /// What is believed now.
    pub fn inference(&self) -> &Inference {
        &self.inference
    }

    /// A task that was not there before, of a group of tasks: its number. Nothing is known of it but how common labels
    /// are in its group. `None` where there is no such group.
    pub fn add_task(&mut self, group: usize) -> Option<usize> {
        let k = self.inference.labels;
        let share = self.inference.share.get(group * k..(group + 1) * k)?;
        self.inference.belief.extend(share.iter().map(|share| *share as f32));
        self.inference.known.push(None);
        self.inference.groups.add_task(self.tasks, group);
        self.tasks += 1;
        Some(self.tasks - 1)
    }

    /// A worker who was not there before, of a group of workers: their number. They are taken for one of their group.
    /// `None` where there is no such group.
    pub fn add_worker(&mut self, group: usize) -> Option<u32> {
        let k = self.inference.labels;
        let own = if matches!(self.inference.confusion, Confusion::OneCoin(_)) { 1 } else { k * k };
        let fresh = self.inference.fresh.get(group * own..(group + 1) * own)?;
        match &mut self.inference.confusion {
            Confusion::OneCoin(right) => right.extend(fresh.iter().map(|right| f64::from(*right))),
            Confusion::Full { counts, prior, .. } => {
                prior.extend(fresh);
                counts.resize(prior.len(), 0.0);
            }
        }
        self.inference.groups.add_worker(self.workers, group);
        self.workers += 1;
        Some((self.workers - 1) as u32)
    }

    /// Folds in one answer and gives the task's label. The next number of tasks, and of workers, is a new one of the
    /// first group; for another group say [`Self::add_task`] or [`Self::add_worker`] first. Takes time proportional to
    /// the answers of the task times the labels. A known label stays, and the answer tells about its worker only.
    /// `None` where the label, or the task or worker before this one, was never heard of: that takes a new run.
    ///
    /// A second answer of the same worker about the same task takes the place of the first.
    pub fn fold(&mut self, task: usize, worker: u32, label: u16) -> Option<Label> {
        let k = self.inference.labels;
        if task > self.tasks || worker as usize > self.workers || usize::from(label) >= k {
            return None;
        }
        if task == self.tasks {
            self.add_task(0)?;
        }
        if worker as usize == self.workers {
            self.add_worker(0)?;
        }
        let before = self.inference.belief(task).to_vec();
        let said_before = self.said(task);
        let newer = self.newer.entry(task).or_default();
        match newer.iter_mut().find(|(known, _)| *known == worker) {
            Some(known) => known.1 = label,
            None => newer.push((worker, label)),
        }
        let said = self.said(task);
        let new = if self.inference.known[task].is_some() { before.clone() } else { self.belief_of(task, &said) };
        self.inference.belief[task * k..(task + 1) * k].copy_from_slice(&new);
        if let Confusion::Full { counts, .. } = &mut self.inference.confusion {
            for (said, belief, sign) in [(&said_before, &before, -1.0), (&said, &new, 1.0)] {
                for &(worker, label) in said {
                    let cell = (worker as usize * k + usize::from(label)) * k;
                    counts[cell..cell + k].iter_mut().zip(belief).for_each(|(count, belief)| *count += sign * belief);
                }
            }
        }
        Some(Label::of(self.inference.belief(task), said.len()))
    }

    /// Belief in each label of a task of which this was said.
    fn belief_of(&self, task: usize, said: &[(u32, u16)]) -> Vec<f32> {
        let k = self.inference.labels;
        let group = self.inference.groups.of_task(task) * k;
        let mut new: Vec<f32> = self.inference.share[group..group + k].iter().map(|share| share.ln() as f32).collect();
        for &(worker, label) in said {
            for (class, sum) in new.iter_mut().enumerate() {
                *sum += self.inference.chance(worker as usize, class, usize::from(label)).ln() as f32;
            }
        }
        normalize(&mut new);
        new
    }

    /// The answers about a task that hold now.
    fn said(&self, task: usize) -> Vec<(u32, u16)> {
        let newer = self.newer.get(&task).map_or(&[][..], Vec::as_slice);
        let replaced = |worker: u32| newer.iter().any(|(known, _)| *known == worker);
        let older = (task < self.answers.tasks()).then(|| self.answers.of_task(task)).into_iter().flatten();
        older.filter(|(worker, _)| !replaced(*worker)).chain(newer.iter().copied()).collect()
    }
}
