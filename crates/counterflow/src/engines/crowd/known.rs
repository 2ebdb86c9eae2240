//! What is known beside the answers: gold, truth and groups.
//!
//! Holds the reading of these files. It must never let the truth be compared with near what is inferred from.

use super::Arguments;
use super::answers::{Order, Rows};
use crate::engines::Run;
use crate::engines::input::{Part, column};
use crate::engines::names::Names;
use crate::terminal::WrongInput;
use assess::crowd::{Gold, Groups, NumericGold};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// True labels by number of the task.
pub(super) type Truth = HashMap<u32, HashSet<String>>;

pub(super) fn gold(path: &Path, rows: &Rows, order: &Order, run: &Run) -> Result<Vec<Gold>, WrongInput> {
    let mut gold: Vec<Gold> = Vec::new();
    let mut seen: HashMap<u32, (u16, u64)> = HashMap::new();
    run.another(path).each(&[column("task"), column("label")], &run.bar, |part| {
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
pub(super) fn known_tags(path: &Path, rows: &Rows, order: &Order, run: &Run) -> Result<Vec<(u32, u32)>, WrongInput> {
    let mut known = Vec::new();
    run.another(path).each(&[column("task"), column("label")], &run.bar, |part| {
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

/// Known values by number of the task. Tasks that nobody answered are refused where `all` must be known, and else left out.
pub(super) fn known_numbers(path: &Path, tasks: &Names, run: &Run, all: bool) -> Result<Vec<NumericGold>, WrongInput> {
    let mut known: Vec<NumericGold> = Vec::new();
    let mut seen: HashMap<u32, (f64, u64)> = HashMap::new();
    run.another(path).each(&[column("task"), column("label")], &run.bar, |part| {
        for row in 0..part.len() {
            let value = part.number(1, row)?;
            let Some(task) = tasks.find(&part.filled(0, row)?) else {
                if all {
                    return Err(part.wrong(0, row, "leave the line out: nobody answered so"));
                }
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

/// True labels by number of the task; tasks that nobody answered are left out. Only with `--tags` may a task have several.
pub(super) fn truth(arguments: &Arguments, tasks: &Names, run: &Run) -> Result<Option<Truth>, WrongInput> {
    let Some(path) = &arguments.truth else { return Ok(None) };
    let mut truth = Truth::new();
    run.another(path).each(&[column("task"), column("label")], &run.bar, |part| {
        for row in 0..part.len() {
            let label = part.filled(1, row)?;
            let Some(task) = tasks.find(&part.filled(0, row)?) else { continue };
            let known = truth.entry(task).or_default();
            if known.insert(label.into_owned()) && known.len() > 1 && !arguments.tags {
                return Err(part.wrong(1, row, "an earlier line says another label for this task; keep one"));
            }
        }
        Ok(())
    })?;
    Ok(Some(truth))
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
