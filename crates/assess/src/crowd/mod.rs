//! What is true when many answer: one label for each task from what workers said, and how sure it is.
//!
//! Holds the entry points, their settings and results. It must never hold a name, read a file, or tell a person's number to
//! anything but the analyst who asked for the workers of a file: stages use the labels only.

mod answers;
mod common;
mod fold;
mod hierarchical;
mod numeric;
mod quick;
mod simple;
mod tags;
mod workers;

#[cfg(test)]
mod tests;

pub use answers::{Answer, Answers, Gold, TwoAnswers};
pub use fold::Folding;
pub use numeric::{NumericAnswer, NumericEstimate, NumericFit, NumericWorker, numeric};
pub use tags::{TagVote, votes_of_tags};
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
}

/// What a method found.
struct Fit {
    /// Belief in each label of each task: `tasks * labels`.
    belief: Vec<f32>,
    confusion: Confusion,
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
        let found = format!("{labels} labels");
        return Err(AssessError::Setting {
            name: "answers",
            found,
            write: "answers with two different labels at least",
        });
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
    })
}

impl Inference {
    /// Belief in each label of a task.
    pub fn belief(&self, task: usize) -> &[f32] {
        &self.belief[task * self.labels..(task + 1) * self.labels]
    }

    /// The label of a task. Of equal beliefs the lower number stands.
    pub fn label(&self, answers: &Answers, task: usize) -> Label {
        let belief = self.belief(task);
        let votes = answers.of(task).len();
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
        Label {
            label: known.then_some(first as u16),
            confidence: f64::from(belief[first]),
            second: second.filter(|_| known).map(|label| label as u16),
            answers: votes,
        }
    }

    /// Why a task has its label: what each worker said, and how much it speaks for the label against the second.
    ///
    /// The value of a contribution is the number of the label given; its weight is the share of all evidence, in either direction.
    pub fn explain(&self, answers: &Answers, task: usize) -> Explained<Label> {
        let found = self.label(answers, task);
        let (Some(first), Some(second)) = (found.label, found.second) else {
            return Explained::new(found, Explanation::default());
        };
        let evidence = |worker: u32, label: u16| {
            let chance = |class: u16| self.chance(worker as usize, usize::from(class), usize::from(label));
            (chance(first) / chance(second)).ln()
        };
        let said: Vec<(u32, u16, f64)> =
            answers.of_task(task).map(|(worker, label)| (worker, label, evidence(worker, label))).collect();
        let all: f64 = said.iter().map(|(.., evidence)| evidence.abs()).sum();
        let mut contributions: Vec<Contribution> = said
            .iter()
            .map(|&(_, label, evidence)| Contribution {
                record: None,
                label: "answer".to_owned(),
                value: f64::from(label),
                weight: if all > 0.0 { evidence.abs() / all } else { 0.0 },
                discounted: if evidence < 0.0 { "speaks_for_another".to_owned() } else { String::new() },
            })
            .collect();
        contributions.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        let group = self.groups.of_task(task) * self.labels;
        let common = |label: u16| self.share[group + usize::from(label)];
        let figures = vec![
            ("log_odds_of_answers".to_owned(), said.iter().map(|(.., evidence)| evidence).sum()),
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
