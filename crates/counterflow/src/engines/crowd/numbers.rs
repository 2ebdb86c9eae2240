//! Answers that are numbers.
//!
//! Holds what `--numeric` does. It must never take an option that numbers make nothing of.

use super::answers::COLUMNS;
use super::known::{Beside, gold_numbers, true_numbers};
use super::{Arguments, Outputs, left_out, two_answers, words};
use crate::engines::Run;
use crate::engines::input::Input;
use crate::engines::names::Names;
use crate::engines::output::Columns;
use crate::terminal::WrongInput;
use assess::crowd::{NumericAnswer, NumericError, NumericFit, NumericGold, TwoAnswers, numeric, numeric_rounds};
use model::Value;
use serde_json::json;

/// What numbers do not take, and why.
fn numbers_take(arguments: &Arguments) -> Result<(), WrongInput> {
    let one_law = "all workers and all tasks share one law of noise and of values";
    for (given, option, why) in [
        (arguments.method.is_some(), "--method", "there is one way to infer numbers"),
        (arguments.tolerance.is_some(), "--tolerance", "numbers are drawn until four chains of draws agree"),
        (arguments.worker_groups.is_some(), "--worker-groups", one_law),
        (arguments.task_groups.is_some(), "--task-groups", one_law),
        (arguments.reasons.is_some(), "--reasons", "what an answer weighs is told by `spread` of `--workers`"),
    ] {
        if given {
            return Err(WrongInput(format!("`{option}` and `--numeric`: {why}; leave it out")));
        }
    }
    Ok(())
}

pub(super) fn numbers(arguments: &Arguments, input: &Input, run: &mut Run, outputs: &Outputs) -> anyhow::Result<()> {
    numbers_take(arguments)?;
    let mut tasks = Names::default();
    let mut workers = Names::default();
    let mut answers: Vec<NumericAnswer> = Vec::new();
    let mut lines: Vec<u32> = Vec::new();
    input.each(&COLUMNS, &run.bar, |part| {
        for row in 0..part.len() {
            let (task, worker) = (tasks.number(&part.filled(0, row)?), workers.number(&part.filled(1, row)?));
            answers.push(NumericAnswer { task, worker, value: part.number(2, row)? });
            lines.push(u32::try_from(part.line(row)).unwrap_or(u32::MAX));
        }
        Ok(())
    })?;
    let (task_ranks, worker_ranks) = (tasks.ranks(), workers.ranks());
    let (task_at, worker_at) = (tasks.in_order(), workers.in_order());
    for answer in &mut answers {
        answer.task = task_ranks[answer.task as usize];
        answer.worker = worker_ranks[answer.worker as usize];
    }
    let gold = gold_numbers(arguments, &tasks, run)?.unwrap_or_default();
    let truth = true_numbers(arguments, &tasks, input, run)?;
    let gold: Vec<NumericGold> =
        gold.iter().map(|one| NumericGold { task: task_ranks[one.task as usize], ..*one }).collect();
    let most_rounds = arguments.most_rounds.unwrap_or_else(|| numeric_rounds(answers.len())).max(1);
    let fit = run.work(|| numeric(&answers, &gold, tasks.len(), workers.len(), most_rounds));
    let fit = fit.map_err(|error| match error {
        NumericError::Twice(TwoAnswers { first, second }) => {
            let (task, worker) = (answers[first].task as usize, answers[first].worker as usize);
            let said = |place: usize| (answers[place].value.to_string(), lines[place]);
            let (task, worker) = (tasks.get(task_at[task]), workers.get(worker_at[worker]));
            two_answers(input, task, worker, [said(first), said(second)], "")
        }
        NumericError::Wrong(error) => WrongInput(format!("{}: {error}", input.name())),
    })?;
    let mut table = Columns::of(&["task"], &["value", "low", "high"], &[], &["answers"]);
    for (task, rank) in task_ranks.iter().enumerate() {
        let found = &fit.tasks[*rank as usize];
        let [middle, low, high] = found.value.map_or([Value::Null, Value::Null, Value::Null], |value| {
            [value.value.into(), value.low.into(), value.high.into()]
        });
        table.row([tasks.get(task as u32).into(), middle, low, high, (found.answers as i64).into()]);
    }
    outputs.labels.write(table.0)?;
    if let Some(to) = &outputs.workers {
        let columns = (&["worker"], &["bias", "low", "high", "spread"], &["flags", "copies"], &["answers"]);
        let mut table = Columns::of(columns.0, columns.1, columns.2, columns.3);
        for (worker, rank) in worker_ranks.iter().enumerate() {
            let found = &fit.workers[*rank as usize];
            table.row([
                workers.get(worker as u32).into(),
                found.bias.into(),
                found.low.into(),
                found.high.into(),
                found.spread.into(),
                words(&found.flags).into(),
                found.copies.map_or(Value::Null, |other| workers.get(worker_at[other as usize]).into()),
                (found.answers as i64).into(),
            ]);
        }
        to.write(table.0)?;
    }
    let read = json!({
        "rows": answers.len(), "tasks": tasks.len(), "workers": workers.len(), "said_twice": fit.doubles,
    });
    let mut found = json!({
        "tasks": tasks.len(), "rounds": fit.rounds, "settled": fit.settled, "all_may_be_off_by": fit.shared_shift,
    });
    let mut parameters = json!({"numeric": true, "most_rounds": most_rounds});
    arguments.name_files(&mut parameters);
    let (answered, count, who, rounds) = (answers.len(), tasks.len(), workers.len(), fit.rounds);
    let settled = if fit.settled { "" } else { "; values still moved at the end: raise --most-rounds" };
    let mut summary = format!("{answered} answers of {who} workers about {count} tasks, {rounds} rounds{settled}");
    if let Some(Beside { known: truth, not_answered }) = truth {
        let (known, error, within) = beside_truth(&fit, &truth, &task_ranks);
        found["truth"] = json!({"known": known, "root_mean_square_error": error, "within_interval": within, "not_answered": not_answered});
        summary.push_str(&format!(
            "; of {known} known ones {within:.3} lie within their interval, and values are {error:.4} off (root mean square)"
        ));
        summary.push_str(&left_out(not_answered));
    }
    run.end(&read, &found, &parameters, &summary);
    Ok(())
}

/// How many values are known, how far off those found are (root mean square), and how many lie within their interval.
fn beside_truth(fit: &NumericFit, truth: &[NumericGold], ranks: &[u32]) -> (usize, f64, f64) {
    let (mut known, mut squares, mut within) = (0, 0.0, 0.0);
    for one in truth {
        if let Some(found) = fit.tasks[ranks[one.task as usize] as usize].value {
            known += 1;
            squares += (found.value - one.value).powi(2);
            within += f64::from(u8::from((found.low..=found.high).contains(&one.value)));
        }
    }
    let count = f64::from(known).max(1.0);
    (known as usize, (squares / count).sqrt(), within / count)
}
