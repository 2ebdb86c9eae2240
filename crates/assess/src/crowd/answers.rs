//! What workers answered about tasks, laid out for computing: task by task, each worker once.
//!
//! Holds numbers for tasks, workers and labels; names stay with whoever reads the file. It must never hold truth.

use crate::AssessError;

/// One answer: a worker said of a task that it has a label. All three are numbers from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Answer {
    /// What was asked about.
    pub task: u32,
    /// Who answered.
    pub worker: u32,
    /// What was answered.
    pub label: u16,
}

/// Answers sorted by task, then worker. A vote that was given twice is one vote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// First answer of each task; one more at the end.
    pub(crate) starts: Vec<u32>,
    /// Worker of each answer.
    pub(crate) worker: Vec<u32>,
    /// Label of each answer.
    pub(crate) label: Vec<u16>,
    /// Number of workers.
    pub(crate) workers: usize,
    /// Number of labels.
    pub(crate) labels: usize,
    /// Votes that were left out because the same worker had said the same before.
    pub(crate) doubles: usize,
}

impl Answers {
    /// Sorts answers, in time proportional to their number. `tasks`, `workers` and `labels` are how many there are of each;
    /// a number beyond them is a fault of the caller and panics.
    ///
    /// # Errors
    /// Where one worker gave two different labels for one task: the position of both answers in the slice.
    pub fn new(answers: &[Answer], tasks: usize, workers: usize, labels: usize) -> Result<Self, TwoAnswers> {
        let mut starts = vec![0u32; tasks + 1];
        for answer in answers {
            starts[answer.task as usize + 1] += 1;
        }
        for task in 0..tasks {
            starts[task + 1] += starts[task];
        }
        let mut next = starts.clone();
        let mut places = vec![0u32; answers.len()];
        for (place, answer) in answers.iter().enumerate() {
            let slot = &mut next[answer.task as usize];
            places[*slot as usize] = place as u32;
            *slot += 1;
        }
        let mut sorted = Self { starts: Vec::with_capacity(tasks + 1), workers, labels, ..Self::default() };
        sorted.worker.reserve_exact(answers.len());
        sorted.label.reserve_exact(answers.len());
        for task in 0..tasks {
            sorted.starts.push(sorted.worker.len() as u32);
            let own = &mut places[starts[task] as usize..starts[task + 1] as usize];
            own.sort_unstable_by_key(|place| (answers[*place as usize].worker, *place));
            for (number, &place) in own.iter().enumerate() {
                let answer = &answers[place as usize];
                assert!((answer.worker as usize) < workers && (answer.label as usize) < labels, "numbers are dense");
                let before = number.checked_sub(1).map(|before| (own[before], &answers[own[before] as usize]));
                match before.filter(|(_, before)| before.worker == answer.worker) {
                    Some((_, before)) if before.label == answer.label => sorted.doubles += 1,
                    Some((first, _)) => return Err(TwoAnswers { first: first as usize, second: place as usize }),
                    None => {
                        sorted.worker.push(answer.worker);
                        sorted.label.push(answer.label);
                    }
                }
            }
        }
        sorted.starts.push(sorted.worker.len() as u32);
        Ok(sorted)
    }

    /// Number of tasks.
    pub fn tasks(&self) -> usize {
        self.starts.len() - 1
    }

    /// Number of workers.
    pub fn workers(&self) -> usize {
        self.workers
    }

    /// Number of labels.
    pub fn labels(&self) -> usize {
        self.labels
    }

    /// Number of answers that count.
    pub fn len(&self) -> usize {
        self.worker.len()
    }

    /// True where nobody answered.
    pub fn is_empty(&self) -> bool {
        self.worker.is_empty()
    }

    /// Votes left out because they had been given before.
    pub fn doubles(&self) -> usize {
        self.doubles
    }

    /// Where the answers of a task stand.
    pub(crate) fn of(&self, task: usize) -> std::ops::Range<usize> {
        self.starts[task] as usize..self.starts[task + 1] as usize
    }

    /// The answers of a task: worker and label of each.
    pub fn of_task(&self, task: usize) -> impl Iterator<Item = (u32, u16)> + '_ {
        self.of(task).map(|place| (self.worker[place], self.label[place]))
    }
}

/// Two different answers of one worker about one task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("one worker answered one task in two ways, in answers {first} and {second}; keep the one that holds")]
pub struct TwoAnswers {
    /// Position of the first.
    pub first: usize,
    /// Position of the second.
    pub second: usize,
}

/// A task whose label is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gold {
    /// The task.
    pub task: u32,
    /// Its label.
    pub label: u16,
}

/// Known labels by task.
pub(crate) fn known(gold: &[Gold], answers: &Answers) -> Result<Vec<Option<u16>>, AssessError> {
    let mut known = vec![None; answers.tasks()];
    for one in gold {
        let (task, label) = (one.task as usize, one.label);
        if task >= known.len() || usize::from(label) >= answers.labels() {
            let found = format!("task {task} with label {label}");
            return Err(AssessError::Setting { name: "gold", found, write: "tasks and labels that were answered" });
        }
        if known[task].is_some_and(|before| before != label) {
            let found = format!("task {task} with two labels");
            return Err(AssessError::Setting { name: "gold", found, write: "one known label for each task" });
        }
        known[task] = Some(label);
    }
    Ok(known)
}
