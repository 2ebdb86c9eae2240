//! One label for each task.
//!
//! Holds what the command does unless told otherwise. It must never give one task two labels.

use super::known::gold;
use super::{Asked, Made, two_answers};
use crate::engines::Run;
use crate::engines::output::Columns;
use crate::terminal::WrongInput;
use assess::crowd::{Answer, Answers, Label, infer};
use model::Value;

pub(super) fn labels(asked: &Asked<'_>, run: &mut Run) -> anyhow::Result<Made> {
    let Asked { arguments, rows, order, .. } = *asked;
    let gold = gold(arguments, rows, order, run)?;
    let answer = |&(task, worker, label): &(u32, u32, u32)| Answer {
        task: order.task[task as usize],
        worker: order.worker[worker as usize],
        label: order.label[label as usize] as u16,
    };
    let given: Vec<Answer> = rows.answers.iter().map(answer).collect();
    // Where all said the same, a second label that nobody gave stands for whatever else might be true.
    let (tasks, workers, count) = (rows.tasks.len(), rows.workers.len(), rows.labels.len().max(2));
    let sorted = run.work(|| Answers::new(&given, tasks, workers, count));
    let answers = sorted.map_err(|twice| {
        let (task, worker, _) = rows.answers[twice.first];
        let said = |place: usize| (rows.labels.get(rows.answers[place].2).to_owned(), rows.lines[place]);
        let said = [said(twice.first), said(twice.second)];
        two_answers(asked.input, rows.tasks.get(task), rows.workers.get(worker), said, ", or say `--tags`")
    })?;
    drop(given);
    let inference = run
        .work(|| infer(&answers, &gold, asked.groups, &asked.settings))
        .map_err(|error| WrongInput(error.to_string()))?;
    let mut table = Columns::of(&["task", "label"], &["confidence"], &["second"], &["answers"]);
    let mut told = Vec::new();
    for (task, rank) in order.task.iter().enumerate() {
        let Label { label, confidence, second, answers } = inference.label(&answers, *rank as usize);
        let name = |label: Option<u16>| {
            let given = label.filter(|label| usize::from(*label) < rows.labels.len());
            given.map_or(Value::Null, |label| order.label_name(rows, label).into())
        };
        table.row([
            rows.tasks.get(task as u32).into(),
            name(label),
            confidence.into(),
            name(second),
            (answers as i64).into(),
        ]);
        if let (Some(known), Some(label)) = (asked.truth_of(task as u32), label) {
            told.push((confidence, known.contains(order.label_name(rows, label))));
        }
    }
    let mut reasons = Columns::of(&["task", "worker", "label"], &["weight", "evidence"], &["speaks_for"], &[]);
    for task in order.task_at.iter().filter(|_| arguments.reasons.is_some()) {
        let rank = order.task[*task as usize] as usize;
        let found = inference.label(&answers, rank);
        for reason in inference.reasons(&answers, rank) {
            let name = |label: Option<u16>| {
                let given = label.filter(|label| usize::from(*label) < rows.labels.len());
                given.map_or(Value::Null, |label| order.label_name(rows, label).into())
            };
            reasons.row([
                rows.tasks.get(*task).into(),
                rows.workers.get(order.worker_at[reason.worker as usize]).into(),
                order.label_name(rows, reason.label).into(),
                reason.weight.into(),
                reason.evidence.into(),
                name(if reason.evidence < 0.0 { found.second } else { found.label }),
            ]);
        }
    }
    Ok(Made { table: table.0, reasons: reasons.0, inference, doubles: answers.doubles(), answers, told })
}
