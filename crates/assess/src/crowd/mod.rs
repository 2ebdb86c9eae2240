//! What is true when many answer: one label for each task from what workers said, and how sure it is.
//!
//! Holds the entry points, their settings and results. It must never hold a name, read a file, or tell a person's number to
//! anything but the analyst who asked for the workers of a file: stages use the labels only.

mod answers;
mod calibration;
mod chain;
mod common;
mod fold;
mod hierarchical;
mod numeric;
mod numeric_workers;
mod quick;
mod simple;
mod tags;
mod workers;

#[cfg(test)]
mod numeric_tests;
#[cfg(test)]
mod plain_tests;
#[cfg(test)]
mod tests;

pub use answers::{Answer, Answers, Gold, TwoAnswers};
pub use calibration::{Calibration, ToldAlike, calibration};
pub use fold::Folding;
pub use numeric::{NumericAnswer, NumericError, NumericEstimate, NumericFit, NumericGold, numeric, numeric_rounds};
pub use numeric_workers::NumericWorker;
pub use tags::{TagVote, VotesOfTags, votes_of_tags};
pub use workers::{Flag, Worker};

use crate::AssessError;
use model::{Contribution, Explained, Explanation};

/// How labels are inferred.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// Dawid and Skene's model in which sparse workers lean on all: the default.
    #[default]
    Hierarchical,
    /// Dawid and Skene's model as published, fitted by expectation maximization.
    DawidSkene,
    /// One probability of being right for each worker, whatever the class.
    OneCoin,
    /// Votes weighted by how often a worker agrees with the majority (Wawa: worker agreement with aggregate).
    Wawa,
    /// The label that most voted for.
    Majority,
}

impl Method {
    /// Every method, the default first.
    pub const ALL: [Self; 5] = [Self::Hierarchical, Self::DawidSkene, Self::OneCoin, Self::Wawa, Self::Majority];

    /// The word that people write.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hierarchical => "hierarchical",
            Self::DawidSkene => "dawid-skene",
            Self::OneCoin => "one-coin",
            Self::Wawa => "wawa",
            Self::Majority => "majority",
        }
    }
}

/// Settings of an inference.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// The method.
    pub method: Method,
    /// Rounds after which an inference ends though beliefs still move.
    pub most_rounds: usize,
    /// Mean change of a task's belief in one round below which nothing moves any more.
    pub tolerance: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { method: Method::default(), most_rounds: 300, tolerance: 2e-4 }
    }
}

/// Groups of workers that lean on one another, and of tasks that share how common a class is. Without groups all are one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Groups {
    worker: Vec<u32>,
    task: Vec<u32>,
    worker_groups: usize,
    task_groups: usize,
}

impl Default for Groups {
    fn default() -> Self {
        Self { worker: Vec::new(), task: Vec::new(), worker_groups: 1, task_groups: 1 }
    }
}

impl Groups {
    /// Groups by number, from 0, one for each worker and one for each task; an empty slice where all are one group.
    pub fn new(worker: Vec<u32>, task: Vec<u32>) -> Self {
        let groups = |of: &[u32]| of.iter().max().map_or(1, |most| *most as usize + 1);
        Self { worker_groups: groups(&worker), task_groups: groups(&task), worker, task }
    }

    /// The same groups of workers, and of tasks those of other tasks, each of which belongs to one of these.
    #[must_use]
    pub fn of_tasks(&self, tasks: impl IntoIterator<Item = u32>) -> Self {
        let task = if self.task.is_empty() {
            Vec::new()
        } else {
            tasks.into_iter().map(|task| self.of_task(task as usize) as u32).collect()
        };
        Self { task, ..self.clone() }
    }

    fn of_worker(&self, worker: usize) -> usize {
        self.worker.get(worker).map_or(0, |group| *group as usize)
    }

    fn of_task(&self, task: usize) -> usize {
        self.task.get(task).map_or(0, |group| *group as usize)
    }

    fn worker_groups(&self) -> usize {
        self.worker_groups
    }

    fn task_groups(&self) -> usize {
        self.task_groups
    }

    /// Puts a new task, of the number that is next, into a group.
    fn add_task(&mut self, task: usize, group: usize) {
        put(&mut self.task, task, group);
    }

    /// Puts a new worker, of the number that is next, into a group.
    fn add_worker(&mut self, worker: usize, group: usize) {
        put(&mut self.worker, worker, group);
    }

    fn fit(&self, answers: &Answers) -> Result<(), AssessError> {
        for (what, found, expected) in [
            ("groups of workers", self.worker.len(), answers.workers()),
            ("groups of tasks", self.task.len(), answers.tasks()),
        ] {
            if found != 0 && found != expected {
                return Err(AssessError::Length { what, found, expected });
            }
        }
        Ok(())
    }
}

/// Groups of all up to one; where all were one group, none is written down.
fn put(groups: &mut Vec<u32>, number: usize, group: usize) {
    if group > 0 || !groups.is_empty() {
        groups.resize(number, 0);
        groups.push(group as u32);
    }
}

/// Cells that the confusion matrices of all workers may have together; beyond, one probability stands for a worker.
const MOST_CELLS: usize = 1 << 24;

/// What was inferred.
#[derive(Clone, Debug, PartialEq)]
pub struct Inference {
    /// The method that was used: one probability for each worker stands in where there are too many labels for matrices.
    pub method: Method,
    /// Rounds of computing.
    pub rounds: usize,
    /// False where beliefs still moved when the rounds were over.
    pub settled: bool,
    /// Share of each class among the tasks: group of tasks, class.
    pub share: Vec<f64>,
    labels: usize,
    belief: Vec<f32>,
    confusion: Confusion,
    groups: Groups,
    /// Labels that are certain, by task.
    known: Vec<Option<u16>>,
    /// As [`Fit::fresh`].
    fresh: Vec<f32>,
}

/// What a method found.
struct Fit {
    /// Belief in each label of each task: `tasks * labels`.
    belief: Vec<f32>,
    confusion: Confusion,
    /// What is expected of a worker of whom nothing is known: group of workers, then prior answers as [`Confusion::Full`] has them of a
    /// worker, or the probability of being right.
    fresh: Vec<f32>,
    /// Share of each class: group of tasks, class.
    share: Vec<f64>,
    rounds: usize,
    settled: bool,
}

/// How workers answer, as far as it was found out.
#[derive(Clone, Debug, PartialEq)]
enum Confusion {
    /// A matrix for each worker.
    Full {
        /// Expected answers: worker, label given, class.
        counts: Vec<f32>,
        /// Prior answers of each worker, as `counts`; empty where there are none.
        prior: Vec<f32>,
        /// Added to every count where there is no prior.
        smoothing: f64,
    },
    /// One probability of being right for each worker; what is wrong is any other label alike.
    OneCoin(Vec<f64>),
}

impl Confusion {
    /// Probability that a worker gives a label to a task of a class.
    fn chance(&self, labels: usize, worker: usize, class: usize, label: usize) -> f64 {
        match self {
            Self::Full { counts, prior, smoothing } => {
                let cell = |label: usize| {
                    let place = (worker * labels + label) * labels + class;
                    let prior = prior.get(place).map_or(*smoothing, |prior| f64::from(*prior));
                    f64::from(counts[place]).max(0.0) + prior
                };
                cell(label) / (0..labels).map(cell).sum::<f64>()
            }
            Self::OneCoin(right) => {
                let right = right[worker].clamp(1e-6, 1.0 - 1e-6);
                if label == class { right } else { (1.0 - right) / (labels - 1) as f64 }
            }
        }
    }
}

/// The label of one task.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Label {
    /// The label; `None` where nobody answered and nothing is known.
    pub label: Option<u16>,
    /// Probability that it is the right one.
    pub confidence: f64,
    /// The next one.
    pub second: Option<u16>,
    /// Answers that count.
    pub answers: usize,
}

impl Label {
    /// The label of a task of these beliefs, with so many votes. Of equal beliefs the lower number stands.
    fn of(belief: &[f32], votes: usize) -> Self {
        let (mut first, mut second) = (0, None::<usize>);
        for label in 1..belief.len() {
            if belief[label] > belief[first] {
                second = Some(first);
                first = label;
            } else if second.is_none_or(|second| belief[label] > belief[second]) {
                second = Some(label);
            }
        }
        let known = votes > 0 || belief[first] >= 1.0;
        Self {
            label: known.then_some(first as u16),
            confidence: f64::from(belief[first]),
            second: second.filter(|_| known).map(|label| label as u16),
            answers: votes,
        }
    }
}

/// What one worker said of a task, and what it is worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reason {
    /// Who said it.
    pub worker: u32,
    /// What they said.
    pub label: u16,
    /// How much it speaks for the label of the task and against the second: the logarithm of how much likelier it is to be heard if
    /// the first is right. Below 0 it speaks for the second.
    pub evidence: f64,
    /// Its share of all evidence, in either direction.
    pub weight: f64,
}

/// Infers the label of every task.
///
/// Takes time and memory proportional to the answers times the labels, for each round. Labels of `gold` are taken as certain,
/// and what workers said about them tells about the workers.
///
/// # Errors
/// Settings or groups that nothing can be computed with.
pub fn infer(answers: &Answers, gold: &[Gold], groups: &Groups, settings: &Settings) -> Result<Inference, AssessError> {
    groups.fit(answers)?;
    let labels = answers.labels();
    if labels < 2 {
        let (column, found) = ("label", format!("{labels} of two labels"));
        return Err(AssessError::Data { column, found, write: "two different labels at least" });
    }
    if !(settings.tolerance > 0.0 && settings.tolerance < 1.0) {
        let found = settings.tolerance.to_string();
        return Err(AssessError::Setting { name: "tolerance", found, write: "a small share, such as 0.00001" });
    }
    let known = answers::known(gold, answers)?;
    let cells = answers.workers().saturating_mul(labels).saturating_mul(labels);
    let full = matches!(settings.method, Method::Hierarchical | Method::DawidSkene);
    let method = if full && cells > MOST_CELLS { Method::OneCoin } else { settings.method };
    let fit = match method {
        Method::Hierarchical => hierarchical::fit(answers, &known, groups, settings),
        other => simple::fit(answers, &known, groups, other, settings),
    };
    Ok(Inference {
        method,
        rounds: fit.rounds,
        settled: fit.settled,
        share: fit.share,
        labels,
        belief: fit.belief,
        confusion: fit.confusion,
        groups: groups.clone(),
        known,
        fresh: fit.fresh,
    })
}

impl Inference {
    /// Belief in each label of a task.
    pub fn belief(&self, task: usize) -> &[f32] {
        &self.belief[task * self.labels..(task + 1) * self.labels]
    }

    /// The label of a task.
    pub fn label(&self, answers: &Answers, task: usize) -> Label {
        Label::of(self.belief(task), answers.of(task).len())
    }

    /// What each worker said of a task and what it is worth, the weightiest first.
    pub fn reasons(&self, answers: &Answers, task: usize) -> Vec<Reason> {
        let Label { label: Some(first), second: Some(second), .. } = self.label(answers, task) else {
            return Vec::new();
        };
        let evidence = |worker: u32, label: u16| {
            let chance = |class: u16| self.chance(worker as usize, usize::from(class), usize::from(label));
            (chance(first) / chance(second)).ln()
        };
        let reason = |(worker, label)| Reason { worker, label, evidence: evidence(worker, label), weight: 0.0 };
        let mut reasons: Vec<Reason> = answers.of_task(task).map(reason).collect();
        let all: f64 = reasons.iter().map(|reason| reason.evidence.abs()).sum();
        for reason in reasons.iter_mut().filter(|_| all > 0.0) {
            reason.weight = reason.evidence.abs() / all;
        }
        reasons.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        reasons
    }

    /// Why a task has its label: what each worker said, and how much it speaks for the label against the second.
    ///
    /// A contribution is called `worker` with the number of who said it; its value is the number of the label given, its weight the share
    /// of all evidence, in either direction.
    pub fn explain(&self, answers: &Answers, task: usize) -> Explained<Label> {
        let found = self.label(answers, task);
        let (Some(first), Some(second)) = (found.label, found.second) else {
            return Explained::new(found, Explanation::default());
        };
        let reasons = self.reasons(answers, task);
        let contributions: Vec<Contribution> = reasons
            .iter()
            .map(|reason| Contribution {
                record: None,
                label: format!("worker {}", reason.worker),
                value: f64::from(reason.label),
                weight: reason.weight,
                discounted: if reason.evidence < 0.0 { "speaks_for_another".to_owned() } else { String::new() },
            })
            .collect();
        let group = self.groups.of_task(task) * self.labels;
        let common = |label: u16| self.share[group + usize::from(label)];
        let figures = vec![
            ("log_odds_of_answers".to_owned(), reasons.iter().map(|reason| reason.evidence).sum()),
            ("log_odds_of_classes".to_owned(), (common(first) / common(second)).ln()),
        ];
        let contributions_total = contributions.len();
        let method = format!("crowd-{}/1", self.method.word());
        Explained::new(found, Explanation { method, figures, contributions, contributions_total })
    }

    /// Probability that a worker gives a label to a task of a class, as far as all their answers tell.
    pub fn chance(&self, worker: usize, class: usize, label: usize) -> f64 {
        self.confusion.chance(self.labels, worker, class, label)
    }
}
