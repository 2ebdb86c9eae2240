//! Several labels for each task, each accepted or not.
//!
//! Holds what `--tags` does. It must never accept a tag that nobody gave and nobody knows.

use super::known::known_tags;
use super::{Asked, Made};
use crate::engines::Run;
use crate::engines::output::Columns;
use crate::terminal::WrongInput;
use assess::crowd::{TagVote, VotesOfTags, infer, votes_of_tags};

pub(super) fn tags(asked: &Asked<'_>, run: &mut Run) -> anyhow::Result<Made> {
    let Asked { arguments, rows, order, .. } = *asked;
    let known = known_tags(arguments, rows, order, run)?;
    let vote = |&(task, worker, label): &(u32, u32, u32)| TagVote {
        task: order.task[task as usize],
        worker: order.worker[worker as usize],
        tag: order.label[label as usize],
    };
    let given: Vec<TagVote> = rows.answers.iter().map(vote).collect();
    let VotesOfTags { answers, pairs, gold, doubles } = run.work(|| votes_of_tags(&given, &known, rows.workers.len()));
    // A pair of task and tag is of the group of its task.
    let groups = asked.groups.of_tasks(pairs.iter().map(|(task, _)| *task));
    let inference =
        run.work(|| infer(&answers, &gold, &groups, &asked.settings)).map_err(|error| WrongInput(error.to_string()))?;
    let mut table = Columns::of(&["task", "label"], &["confidence"], &["accepted"], &["answers"]);
    let mut reasons = Columns::of(&["task", "worker", "label"], &["weight", "evidence"], &["said", "speaks_for"], &[]);
    let yes = |holds: bool| if holds { "yes" } else { "no" };
    let mut told = Vec::new();
    for (pair, &(task, tag)) in pairs.iter().enumerate() {
        let holds = f64::from(inference.belief(pair)[1]);
        let accepted = holds >= 0.5;
        let said = answers.of_task(pair).count() as i64;
        let task = order.task_at[task as usize];
        let (task_name, name) = (rows.tasks.get(task), rows.labels.get(order.label_at[tag as usize]));
        table.row([task_name.into(), name.into(), holds.into(), yes(accepted).into(), said.into()]);
        if let Some(known) = asked.truth_of(task) {
            told.push((holds.max(1.0 - holds), known.contains(name) == accepted));
        }
        let found = inference.label(&answers, pair);
        for reason in arguments.reasons.iter().flat_map(|_| inference.reasons(&answers, pair)) {
            let side = if reason.evidence < 0.0 { found.second } else { found.label };
            reasons.row([
                task_name.into(),
                rows.workers.get(order.worker_at[reason.worker as usize]).into(),
                name.into(),
                reason.weight.into(),
                reason.evidence.into(),
                yes(reason.label == 1).into(),
                yes(side == Some(1)).into(),
            ]);
        }
    }
    Ok(Made { table: table.0, reasons: reasons.0, inference, doubles, answers, told })
}
