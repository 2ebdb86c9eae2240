//! What is known beside the answers: gold, truth and groups.
//!
//! Holds the reading of these files. It must never let the truth be compared with near what is inferred from.

use super::Arguments;
use super::answers::{Order, Rows};
use crate::engines::Run;
use crate::engines::input::{Input, Part, Wanted, column, cut};
use crate::engines::names::Names;
use crate::terminal::WrongInput;
use assess::crowd::{Gold, Groups, NumericGold};
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

/// True labels by number of the task.
pub(super) type Truth = HashMap<u32, HashSet<String>>;

/// Columns of a file of what is known.
const KNOWN: [Wanted; 2] = [column("task"), column("label")];

/// What results are compared with.
pub(super) struct Beside<T> {
    pub(super) known: T,
    /// Tasks whose truth is known and that nobody answered.
    pub(super) not_answered: usize,
}

fn gold_file(arguments: &Arguments, run: &Run) -> Result<Option<Input>, WrongInput> {
    let file = arguments.gold.as_deref().map(|path| run.another(path));
    file.map(|file| file.renamed("--gold-columns", &arguments.gold_columns)).transpose()
}

fn truth_file(arguments: &Arguments, run: &Run) -> Result<Option<Input>, WrongInput> {
    let file = arguments.truth.as_deref().map(|path| run.another(path));
    file.map(|file| file.renamed("--truth-columns", &arguments.truth_columns)).transpose()
}

pub(super) fn gold(arguments: &Arguments, rows: &Rows, order: &Order, run: &Run) -> Result<Vec<Gold>, WrongInput> {
    let Some(file) = gold_file(arguments, run)? else { return Ok(Vec::new()) };
    let mut gold: Vec<Gold> = Vec::new();
    let mut seen: HashMap<u32, (u16, u64)> = HashMap::new();
    file.each(&KNOWN, &run.bar, |part| {
        for row in 0..part.len() {
            let (task, label) = found(part, row, rows)?;
            let (task, label) = (order.task[task as usize], order.label[label as usize] as u16);
            if let Some((_, line)) = seen.get(&task).filter(|(known, _)| *known != label) {
                return Err(part.wrong(1, row, &format!("line {line} says another label for this task; keep one")));
            }
            seen.insert(task, (label, part.line(row)));
            gold.push(Gold { task, label });
        }
        Ok(())
    })?;
    Ok(gold)
}

/// Known tags, by task and tag in their order.
pub(super) fn known_tags(
    arguments: &Arguments,
    rows: &Rows,
    order: &Order,
    run: &Run,
) -> Result<Vec<(u32, u32)>, WrongInput> {
    let Some(file) = gold_file(arguments, run)? else { return Ok(Vec::new()) };
    let mut known = Vec::new();
    file.each(&KNOWN, &run.bar, |part| {
        for row in 0..part.len() {
            let (task, label) = found(part, row, rows)?;
            known.push((order.task[task as usize], order.label[label as usize]));
        }
        Ok(())
    })?;
    Ok(known)
}

/// Task and label of a row, which somebody must have answered.
fn found(part: &Part<'_>, row: usize, rows: &Rows) -> Result<(u32, u32), WrongInput> {
    let (task, label) = (part.filled(0, row)?, part.filled(1, row)?);
    let nobody = |column| part.wrong(column, row, "leave the line out: nobody answered so");
    Ok((rows.tasks.find(&task).ok_or_else(|| nobody(0))?, rows.labels.find(&label).ok_or_else(|| nobody(1))?))
}

/// Known values by number of the task, all of which must have been answered.
pub(super) fn gold_numbers(
    arguments: &Arguments,
    tasks: &Names,
    run: &Run,
) -> Result<Option<Vec<NumericGold>>, WrongInput> {
    let Some(file) = gold_file(arguments, run)? else { return Ok(None) };
    let nobody = |part: &Part<'_>, row: usize| Err(part.wrong(0, row, "leave the line out: nobody answered so"));
    Ok(Some(known_numbers(&file, tasks, run, nobody)?))
}

/// True values by number of the task; tasks that nobody answered are left out and counted.
pub(super) fn true_numbers(
    arguments: &Arguments,
    tasks: &Names,
    answers: &Input,
    run: &Run,
) -> Result<Option<Beside<Vec<NumericGold>>>, WrongInput> {
    let Some(file) = truth_file(arguments, run)? else { return Ok(None) };
    let mut left_out = LeftOut::beside(answers, tasks);
    let known = known_numbers(&file, tasks, run, |part, row| left_out.take(part, row))?;
    let not_answered = left_out.unless_all(known.is_empty())?;
    Ok(Some(Beside { known, not_answered }))
}

/// Known values by number of the task. `nobody` gets the rows of tasks that nobody answered.
fn known_numbers(
    file: &Input,
    tasks: &Names,
    run: &Run,
    mut nobody: impl FnMut(&Part<'_>, usize) -> Result<(), WrongInput>,
) -> Result<Vec<NumericGold>, WrongInput> {
    let mut known: Vec<NumericGold> = Vec::new();
    let mut seen: HashMap<u32, (f64, u64)> = HashMap::new();
    file.each(&KNOWN, &run.bar, |part| {
        for row in 0..part.len() {
            let value = part.number(1, row)?;
            let Some(task) = tasks.find(&part.filled(0, row)?) else {
                nobody(part, row)?;
                continue;
            };
            if let Some((_, line)) = seen.get(&task).filter(|(known, _)| *known != value) {
                return Err(part.wrong(1, row, &format!("line {line} says another value for this task; keep one")));
            }
            if seen.insert(task, (value, part.line(row))).is_none() {
                known.push(NumericGold { task, value });
            }
        }
        Ok(())
    })?;
    Ok(known)
}

/// Tasks of a file that nobody answered.
struct LeftOut<'a> {
    answers: &'a Input,
    tasks: &'a Names,
    seen: HashSet<String>,
    /// What to say of the first of them, if no task was answered.
    refused: Option<WrongInput>,
}

impl<'a> LeftOut<'a> {
    fn beside(answers: &'a Input, tasks: &'a Names) -> Self {
        Self { answers, tasks, seen: HashSet::new(), refused: None }
    }

    fn take(&mut self, part: &Part<'_>, row: usize) -> Result<(), WrongInput> {
        if self.refused.is_none() {
            let (answers, such) = (self.answers.name(), cut(self.tasks.get(0)));
            let write =
                format!("no task of this file was answered: write tasks as `{answers}` has them, such as `{such}`");
            self.refused = Some(part.wrong(0, row, &write));
        }
        self.seen.insert(part.filled(0, row)?.into_owned());
        Ok(())
    }

    /// How many there are; refused where there is no other.
    fn unless_all(self, none_answered: bool) -> Result<usize, WrongInput> {
        self.refused.filter(|_| none_answered).map_or(Ok(self.seen.len()), Err)
    }
}

/// True labels by number of the task; tasks that nobody answered are left out and counted. Only with `--tags` may a task have
/// several.
pub(super) fn truth(
    arguments: &Arguments,
    tasks: &Names,
    answers: &Input,
    run: &Run,
) -> Result<Option<Beside<Truth>>, WrongInput> {
    let Some(file) = truth_file(arguments, run)? else { return Ok(None) };
    let mut truth = Truth::new();
    let mut left_out = LeftOut::beside(answers, tasks);
    file.each(&KNOWN, &run.bar, |part| {
        for row in 0..part.len() {
            let label = part.filled(1, row)?;
            let Some(task) = tasks.find(&part.filled(0, row)?) else {
                left_out.take(part, row)?;
                continue;
            };
            let known = truth.entry(task).or_default();
            if known.insert(label.into_owned()) && known.len() > 1 && !arguments.tags {
                return Err(part.wrong(1, row, "an earlier line says another label for this task; keep one"));
            }
        }
        Ok(())
    })?;
    let not_answered = left_out.unless_all(truth.is_empty())?;
    Ok(Some(Beside { known: truth, not_answered }))
}

pub(super) fn groups(arguments: &Arguments, rows: &Rows, order: &Order, run: &Run) -> Result<Groups, WrongInput> {
    let read = |path: &Option<PathBuf>, who: &'static str, names: &Names, ranks: &[u32]| {
        let Some(path) = path else { return Ok(Vec::new()) };
        let mut groups = Names::default();
        let mut of: Vec<Option<u32>> = vec![None; names.len()];
        run.another(path).each(&[column(who), column("group")], &run.bar, |part| {
            for row in 0..part.len() {
                let (name, group) = (part.filled(0, row)?, groups.number(&part.filled(1, row)?));
                let number = names.find(&name);
                let number = number.ok_or_else(|| part.wrong(0, row, "leave the line out: it has no answer"))?;
                let place = &mut of[ranks[number as usize] as usize];
                if place.is_some_and(|known| known != group) {
                    return Err(part.wrong(1, row, "an earlier line says another group; keep one"));
                }
                *place = Some(group);
            }
            Ok(())
        })?;
        // Those without a group are one of their own.
        let others = groups.len() as u32;
        Ok(of.into_iter().map(|group| group.unwrap_or(others)).collect())
    };
    let workers = read(&arguments.worker_groups, "worker", &rows.workers, &order.worker)?;
    let tasks = read(&arguments.task_groups, "task", &rows.tasks, &order.task)?;
    Ok(Groups::new(workers, tasks))
}
