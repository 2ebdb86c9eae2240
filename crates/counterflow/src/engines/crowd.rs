//! `counterflow crowd`: labels, tags or numbers from what many answered.

use super::input::{Input, Part, column, cut};
use super::names::Names;
use super::output::{Columns, Output};
use super::{Common, Run};
use crate::terminal::{WrongInput, note};
use assess::crowd::{
    Answer, Answers, Calibration, Flag, Gold, Groups, Inference, Label, Method, NumericAnswer, NumericError,
    NumericFit, NumericGold, Settings, TagVote, TwoAnswers, VotesOfTags, calibration, infer, numeric, numeric_rounds,
    votes_of_tags,
};
use model::{Table, Value};
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// How the command is called.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Answers: task,worker,label
    input: PathBuf,
    /// What is known for certain: task,label; with `--tags` all tags of a task, with `--numeric` its value
    #[arg(long)]
    gold: Option<PathBuf>,
    /// Where to write what is known of the workers
    #[arg(long)]
    workers: Option<PathBuf>,
    /// Where to write why: what each worker said of each task, and what that weighs
    #[arg(long)]
    reasons: Option<PathBuf>,
    /// The truth to compare with, which nothing is inferred from: task,label
    #[arg(long)]
    truth: Option<PathBuf>,
    /// Groups of workers who lean on one another: worker,group
    #[arg(long)]
    worker_groups: Option<PathBuf>,
    /// Groups of tasks that share how common a label is: task,group
    #[arg(long)]
    task_groups: Option<PathBuf>,
    /// How labels are inferred: hierarchical where not given
    #[arg(long, value_parser = method)]
    method: Option<Method>,
    /// A worker may give a task several labels: each is accepted or not
    #[arg(long, conflicts_with = "numeric")]
    tags: bool,
    /// Answers are numbers
    #[arg(long)]
    numeric: bool,
    /// Rounds after which the work ends though beliefs still move: 300 where not given; for numbers, 500 to 20,000 as there are answers
    #[arg(long)]
    most_rounds: Option<usize>,
    /// Mean change of a belief in one round below which nothing moves any more: 0.0002 where not given
    #[arg(long)]
    tolerance: Option<f64>,
    #[command(flatten)]
    common: Common,
}

fn method(word: &str) -> Result<Method, String> {
    let known = Method::ALL.map(Method::word).join(", ");
    Method::ALL.into_iter().find(|method| method.word() == word).ok_or_else(|| format!("write one of {known}"))
}

/// Where the results go.
struct Outputs {
    labels: Output,
    workers: Option<Output>,
    reasons: Option<Output>,
}

/// Answers as they were read: names, and for each row their numbers and its line.
#[derive(Default)]
struct Rows {
    tasks: Names,
    workers: Names,
    labels: Names,
    answers: Vec<(u32, u32, u32)>,
    lines: Vec<u32>,
}

const COLUMNS: [super::input::Wanted; 3] = [column("task"), column("worker"), column("label")];

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut run = arguments.common.begin()?;
    let outputs = Outputs {
        labels: run.output(&arguments.common.output)?,
        workers: run.maybe_output(arguments.workers.as_deref())?,
        reasons: run.maybe_output(arguments.reasons.as_deref())?,
    };
    let input = run.input(&arguments.input, &arguments.common.columns)?;
    if arguments.numeric {
        return numbers(arguments, &input, &mut run, &outputs);
    }
    let mut rows = Rows::default();
    input.each(&COLUMNS, &run.bar, |part| rows.take(part))?;
    let order = Order::of(&rows);
    if rows.labels.len() > usize::from(u16::MAX) && !arguments.tags {
        let (found, hint) = (rows.labels.len(), "bring alike labels together, or say `--tags`");
        return Err(
            WrongInput(format!("{}: there are {found} labels, 65,535 are allowed; {hint}", input.name())).into()
        );
    }
    let plain = Settings::default();
    let settings = Settings {
        method: arguments.method.unwrap_or_default(),
        most_rounds: arguments.most_rounds.unwrap_or(plain.most_rounds).max(1),
        tolerance: arguments.tolerance.unwrap_or(plain.tolerance),
    };
    let made = if arguments.tags {
        tags(arguments, &rows, &order, &settings, &mut run)?
    } else {
        labels(arguments, &input, &rows, &order, &settings, &mut run)?
    };
    let Made { table, workers, reasons, inference, answers, doubles, truth } = made;
    let mut found = json!({
        "tasks": rows.tasks.len(), "labels": table.len(), "method": inference.method.word(),
        "rounds": inference.rounds, "settled": inference.settled, "votes": answers,
    });
    outputs.labels.write(table)?;
    if let Some(to) = outputs.workers {
        to.write(workers)?;
    }
    if let Some(to) = outputs.reasons {
        to.write(reasons)?;
    }
    let read = json!({
        "rows": rows.answers.len(), "tasks": rows.tasks.len(), "workers": rows.workers.len(),
        "labels": rows.labels.len(), "said_twice": doubles,
    });
    let mut parameters = json!({
        "method": settings.method.word(), "most_rounds": settings.most_rounds, "tolerance": settings.tolerance,
        "tags": arguments.tags,
    });
    arguments.name_files(&mut parameters);
    let (answered, tasks, who) = (rows.answers.len(), rows.tasks.len(), rows.workers.len());
    let settled = if inference.settled { "" } else { "; beliefs still moved at the end: raise --most-rounds" };
    let rounds = inference.rounds;
    let mut summary = format!("{answered} answers of {who} workers about {tasks} tasks, {rounds} rounds{settled}");
    if let Some(truth) = truth {
        found["truth"] = truth_told(&truth);
        if !run.json {
            note(&truth_table(&truth));
        }
        summary.push_str(&format!("; {:.4} of {} known ones are right", truth.accuracy, truth.known));
    }
    run.end(&read, &found, &parameters, &summary);
    Ok(())
}

impl Arguments {
    /// Adds the files beside the answers to what is told of a run.
    fn name_files(&self, parameters: &mut serde_json::Value) {
        for (name, path) in [
            ("gold", &self.gold),
            ("truth", &self.truth),
            ("worker_groups", &self.worker_groups),
            ("task_groups", &self.task_groups),
        ] {
            parameters[name] = path.as_ref().map(|path| path.display().to_string()).into();
        }
    }
}

fn truth_told(truth: &Calibration) -> serde_json::Value {
    let part = |part: &assess::crowd::ToldAlike| json!({"from": part.from, "to": part.to, "told": part.told, "right": part.right, "number": part.number});
    let table: Vec<serde_json::Value> = truth.table.iter().map(part).collect();
    json!({"known": truth.known, "accuracy": truth.accuracy, "table": table})
}

/// What was told with which confidence and how much of it is right, for people.
fn truth_table(truth: &Calibration) -> String {
    let mut lines = vec!["confidence       told    right   number".to_owned()];
    for part in &truth.table {
        let (from, to) = (part.from, part.to);
        lines.push(format!("{from:.2} to {to:.2}   {:.3}   {:.3}   {:>6}", part.told, part.right, part.number));
    }
    lines.join("\n")
}

impl Rows {
    fn take(&mut self, part: &Part<'_>) -> Result<(), WrongInput> {
        for row in 0..part.len() {
            let task = self.tasks.number(&part.filled(0, row)?);
            let worker = self.workers.number(&part.filled(1, row)?);
            let label = self.labels.number(&part.filled(2, row)?);
            self.answers.push((task, worker, label));
            self.lines.push(u32::try_from(part.line(row)).unwrap_or(u32::MAX));
        }
        Ok(())
    }
}

/// Numbers by name, so that the order of the rows changes nothing.
struct Order {
    task: Vec<u32>,
    worker: Vec<u32>,
    label: Vec<u32>,
    /// The task, worker and label of each number in that order.
    task_at: Vec<u32>,
    worker_at: Vec<u32>,
    label_at: Vec<u32>,
}

impl Order {
    fn of(rows: &Rows) -> Self {
        Self {
            task: rows.tasks.ranks(),
            worker: rows.workers.ranks(),
            label: rows.labels.ranks(),
            task_at: rows.tasks.in_order(),
            worker_at: rows.workers.in_order(),
            label_at: rows.labels.in_order(),
        }
    }

    fn label_name<'a>(&self, rows: &'a Rows, label: u16) -> &'a str {
        rows.labels.get(self.label_at[usize::from(label)])
    }
}

/// What comes out.
struct Made {
    table: Table,
    workers: Table,
    reasons: Table,
    inference: Inference,
    answers: usize,
    doubles: usize,
    truth: Option<Calibration>,
}

/// What to say of two answers of one worker about one task; what each was, and its line.
fn two_answers(input: &Input, task: &str, worker: &str, said: [(String, u32); 2], hint: &str) -> WrongInput {
    let [(first, first_line), (second, second_line)] = said;
    WrongInput(format!(
        "{}: line {second_line}: worker `{}` answered task `{}` with `{}`, and with `{}` in line {first_line}; keep one of both lines{hint}",
        input.name(),
        cut(worker),
        cut(task),
        cut(&second),
        cut(&first),
    ))
}

fn labels(
    arguments: &Arguments,
    input: &Input,
    rows: &Rows,
    order: &Order,
    settings: &Settings,
    run: &mut Run,
) -> anyhow::Result<Made> {
    let gold = match &arguments.gold {
        Some(path) => gold(path, rows, order, run)?,
        None => Vec::new(),
    };
    let truth = truth(arguments, &rows.tasks, run)?;
    let groups = groups(arguments, rows, order, run)?;
    let answer = |&(task, worker, label): &(u32, u32, u32)| Answer {
        task: order.task[task as usize],
        worker: order.worker[worker as usize],
        label: order.label[label as usize] as u16,
    };
    let given: Vec<Answer> = rows.answers.iter().map(answer).collect();
    let (tasks, workers, count) = (rows.tasks.len(), rows.workers.len(), rows.labels.len());
    let sorted = run.work(|| Answers::new(&given, tasks, workers, count));
    let answers = sorted.map_err(|twice| {
        let (task, worker, _) = rows.answers[twice.first];
        let said = |place: usize| (rows.labels.get(rows.answers[place].2).to_owned(), rows.lines[place]);
        let said = [said(twice.first), said(twice.second)];
        two_answers(input, rows.tasks.get(task), rows.workers.get(worker), said, ", or say `--tags`")
    })?;
    drop(given);
    let inference =
        run.work(|| infer(&answers, &gold, &groups, settings)).map_err(|error| WrongInput(error.to_string()))?;
    let mut table = Columns::of(&["task", "label"], &["confidence"], &["second"], &["answers"]);
    let mut told = Vec::new();
    for (task, rank) in order.task.iter().enumerate() {
        let Label { label, confidence, second, answers } = inference.label(&answers, *rank as usize);
        let name = |label: Option<u16>| label.map_or(Value::Null, |label| order.label_name(rows, label).into());
        table.row([
            rows.tasks.get(task as u32).into(),
            name(label),
            confidence.into(),
            name(second),
            (answers as i64).into(),
        ]);
        if let (Some(known), Some(label)) = (truth.as_ref().and_then(|truth| truth.get(&(task as u32))), label) {
            told.push((confidence, known.contains(order.label_name(rows, label))));
        }
    }
    let mut reasons = Columns::of(&["task", "worker", "label"], &["weight", "evidence"], &["speaks_for"], &[]);
    for task in order.task_at.iter().filter(|_| arguments.reasons.is_some()) {
        let rank = order.task[*task as usize] as usize;
        let found = inference.label(&answers, rank);
        for reason in inference.reasons(&answers, rank) {
            let name = |label: Option<u16>| label.map_or(Value::Null, |label| order.label_name(rows, label).into());
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
    let workers = workers_table(arguments, rows, order, &inference, &answers);
    Ok(Made {
        table: table.0,
        workers,
        reasons: reasons.0,
        inference,
        answers: answers.len(),
        doubles: answers.doubles(),
        truth: truth.map(|_| calibration(told)),
    })
}

fn tags(arguments: &Arguments, rows: &Rows, order: &Order, settings: &Settings, run: &mut Run) -> anyhow::Result<Made> {
    let known: Vec<(u32, u32)> = match &arguments.gold {
        Some(path) => known_tags(path, rows, order, run)?,
        None => Vec::new(),
    };
    let truth = truth(arguments, &rows.tasks, run)?;
    let groups = groups(arguments, rows, order, run)?;
    let vote = |&(task, worker, label): &(u32, u32, u32)| TagVote {
        task: order.task[task as usize],
        worker: order.worker[worker as usize],
        tag: order.label[label as usize],
    };
    let given: Vec<TagVote> = rows.answers.iter().map(vote).collect();
    let VotesOfTags { answers, pairs, gold } = run.work(|| votes_of_tags(&given, &known, rows.workers.len()));
    // A pair of task and tag is of the group of its task.
    let groups = groups.of_tasks(pairs.iter().map(|(task, _)| *task));
    let inference =
        run.work(|| infer(&answers, &gold, &groups, settings)).map_err(|error| WrongInput(error.to_string()))?;
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
        if let Some(known) = truth.as_ref().and_then(|truth| truth.get(&task)) {
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
    let workers = workers_table(arguments, rows, order, &inference, &answers);
    Ok(Made {
        table: table.0,
        workers,
        reasons: reasons.0,
        inference,
        answers: answers.len(),
        doubles: 0,
        truth: truth.map(|_| calibration(told)),
    })
}

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

fn numbers(arguments: &Arguments, input: &Input, run: &mut Run, outputs: &Outputs) -> anyhow::Result<()> {
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
    let gold = match &arguments.gold {
        Some(path) => known_numbers(path, &tasks, run, true)?,
        None => Vec::new(),
    };
    let truth = arguments.truth.as_deref().map(|path| known_numbers(path, &tasks, run, false)).transpose()?;
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
    if let Some(truth) = truth {
        let (known, error, within) = beside_truth(&fit, &truth, &task_ranks);
        found["truth"] = json!({"known": known, "root_mean_square_error": error, "within_interval": within});
        summary.push_str(&format!(
            "; of {known} known ones {within:.3} lie within their interval, and values are {error:.4} off (root mean square)"
        ));
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

fn words(flags: &[Flag]) -> String {
    flags.iter().map(|flag| flag.word()).collect::<Vec<_>>().join(" ")
}

fn gold(path: &Path, rows: &Rows, order: &Order, run: &Run) -> Result<Vec<Gold>, WrongInput> {
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
fn known_tags(path: &Path, rows: &Rows, order: &Order, run: &Run) -> Result<Vec<(u32, u32)>, WrongInput> {
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
fn known_numbers(path: &Path, tasks: &Names, run: &Run, all: bool) -> Result<Vec<NumericGold>, WrongInput> {
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
fn truth(arguments: &Arguments, tasks: &Names, run: &Run) -> Result<Option<HashMap<u32, HashSet<String>>>, WrongInput> {
    let Some(path) = &arguments.truth else { return Ok(None) };
    let mut truth: HashMap<u32, HashSet<String>> = HashMap::new();
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

fn groups(arguments: &Arguments, rows: &Rows, order: &Order, run: &Run) -> Result<Groups, WrongInput> {
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

fn workers_table(arguments: &Arguments, rows: &Rows, order: &Order, inference: &Inference, answers: &Answers) -> Table {
    let mut table = Columns::of(&["worker"], &["reliability", "low", "high"], &["flags", "copies"], &["answers"]);
    if arguments.workers.is_none() {
        return table.0;
    }
    let found = inference.workers(answers);
    for (worker, rank) in order.worker.iter().enumerate() {
        let one = &found[*rank as usize];
        let copies = one.copies.map_or(Value::Null, |other| rows.workers.get(order.worker_at[other as usize]).into());
        table.row([
            rows.workers.get(worker as u32).into(),
            one.reliability.into(),
            one.low.into(),
            one.high.into(),
            words(&one.flags).into(),
            copies,
            (one.answers as i64).into(),
        ]);
    }
    table.0
}
