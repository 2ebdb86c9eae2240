//! `counterflow crowd`: labels, tags or numbers from what many answered.

use super::input::{Input, Part, column, cut};
use super::names::Names;
use super::output::{Columns, Output};
use super::{Common, Run};
use crate::terminal::WrongInput;
use assess::crowd::{
    Answer, Answers, Gold, Groups, Inference, Label, Method, NumericAnswer, Settings, TagVote, infer, numeric,
    votes_of_tags,
};
use model::{Table, Value};
use serde_json::json;
use std::path::PathBuf;

/// How the command is called.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Answers: task,worker,label
    input: PathBuf,
    /// Known labels: task,label
    #[arg(long)]
    gold: Option<PathBuf>,
    /// Where to write what is known of the workers
    #[arg(long)]
    workers: Option<PathBuf>,
    /// Groups of workers who lean on one another: worker,group
    #[arg(long)]
    worker_groups: Option<PathBuf>,
    /// Groups of tasks that share how common a label is: task,group
    #[arg(long)]
    task_groups: Option<PathBuf>,
    /// How labels are inferred
    #[arg(long, value_parser = method, default_value = "hierarchical")]
    method: Method,
    /// A worker may give a task several labels: each is accepted or not
    #[arg(long, conflicts_with = "numeric")]
    tags: bool,
    /// Answers are numbers
    #[arg(long, conflicts_with_all = ["gold", "worker_groups", "task_groups"])]
    numeric: bool,
    /// Rounds after which the work ends though beliefs still move
    #[arg(long, default_value_t = Settings::default().most_rounds)]
    most_rounds: usize,
    /// Mean change of a belief in one round below which nothing moves any more
    #[arg(long, default_value_t = Settings::default().tolerance)]
    tolerance: f64,
    #[command(flatten)]
    common: Common,
}

fn method(word: &str) -> Result<Method, String> {
    let known = Method::ALL.map(Method::word).join(", ");
    Method::ALL.into_iter().find(|method| method.word() == word).ok_or_else(|| format!("write one of {known}"))
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
    let output = Output::new(&arguments.common.output)?;
    let workers_to = arguments.workers.as_deref().map(Output::new).transpose()?;
    let input = run.input(&arguments.input, &arguments.common.columns)?;
    if arguments.numeric {
        return numbers(arguments, &input, &mut run, &output, workers_to.as_ref());
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
    let settings = Settings {
        method: arguments.method,
        most_rounds: arguments.most_rounds.max(1),
        tolerance: arguments.tolerance,
    };
    let made = if arguments.tags {
        tags(arguments, &rows, &order, &settings, &mut run)?
    } else {
        labels(arguments, &input, &rows, &order, &settings, &mut run)?
    };
    let Made { table, workers, inference, answers, doubles } = made;
    let found = json!({
        "tasks": rows.tasks.len(), "labels": table.len(), "method": inference.method.word(),
        "rounds": inference.rounds, "settled": inference.settled, "votes": answers,
    });
    output.write(table)?;
    if let Some(to) = workers_to {
        to.write(workers)?;
    }
    let read = json!({
        "rows": rows.answers.len(), "tasks": rows.tasks.len(), "workers": rows.workers.len(),
        "labels": rows.labels.len(), "said_twice": doubles,
    });
    let parameters = json!({
        "method": arguments.method.word(), "most_rounds": settings.most_rounds, "tolerance": settings.tolerance,
        "tags": arguments.tags,
    });
    let (answered, tasks, who) = (rows.answers.len(), rows.tasks.len(), rows.workers.len());
    let settled = if inference.settled { "" } else { "; beliefs still moved at the end: raise --most-rounds" };
    let rounds = inference.rounds;
    let summary = format!("{answered} answers of {who} workers about {tasks} tasks, {rounds} rounds{settled}");
    run.end(&read, &found, &parameters, &summary);
    Ok(())
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
    /// The label of each number in that order.
    label_at: Vec<u32>,
}

impl Order {
    fn of(rows: &Rows) -> Self {
        let (label, label_at) = (rows.labels.ranks(), rows.labels.in_order());
        Self { task: rows.tasks.ranks(), worker: rows.workers.ranks(), label, label_at }
    }

    fn label_name<'a>(&self, rows: &'a Rows, label: u16) -> &'a str {
        rows.labels.get(self.label_at[usize::from(label)])
    }
}

/// What comes out.
struct Made {
    table: Table,
    workers: Table,
    inference: Inference,
    answers: usize,
    doubles: usize,
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
        let said = |place: usize| rows.labels.get(rows.answers[place].2).to_owned();
        WrongInput(format!(
            "{}: line {}: worker `{}` answered task `{}` with `{}`, and with `{}` in line {}; keep one of both lines, or say `--tags`",
            input.name(), rows.lines[twice.second], cut(rows.workers.get(worker)), cut(rows.tasks.get(task)),
            cut(&said(twice.second)), cut(&said(twice.first)), rows.lines[twice.first],
        ))
    })?;
    drop(given);
    let inference =
        run.work(|| infer(&answers, &gold, &groups, settings)).map_err(|error| WrongInput(error.to_string()))?;
    let mut table = Columns::of(&["task", "label"], &["confidence"], &["second"], &["answers"]);
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
    }
    let workers = workers_table(arguments, rows, order, &inference, &answers);
    Ok(Made { table: table.0, workers, inference, answers: answers.len(), doubles: answers.doubles() })
}

fn tags(arguments: &Arguments, rows: &Rows, order: &Order, settings: &Settings, run: &mut Run) -> anyhow::Result<Made> {
    if arguments.gold.is_some() || arguments.task_groups.is_some() {
        let found = if arguments.gold.is_some() { "--gold" } else { "--task-groups" };
        return Err(WrongInput(format!(
            "`{found}` and `--tags`: known tags and groups of tasks are not taken yet; leave it out"
        ))
        .into());
    }
    let groups = groups(arguments, rows, order, run)?;
    let vote = |&(task, worker, label): &(u32, u32, u32)| TagVote {
        task: order.task[task as usize],
        worker: order.worker[worker as usize],
        tag: order.label[label as usize],
    };
    let given: Vec<TagVote> = rows.answers.iter().map(vote).collect();
    let (answers, pairs) = run.work(|| votes_of_tags(&given, rows.workers.len()));
    let inference =
        run.work(|| infer(&answers, &[], &groups, settings)).map_err(|error| WrongInput(error.to_string()))?;
    let mut task_at = vec![0; order.task.len()];
    order.task.iter().enumerate().for_each(|(number, rank)| task_at[*rank as usize] = number as u32);
    let mut table = Columns::of(&["task", "label"], &["confidence"], &["accepted"], &["answers"]);
    for (pair, &(task, tag)) in pairs.iter().enumerate() {
        let holds = f64::from(inference.belief(pair)[1]);
        let accepted = if holds >= 0.5 { "yes" } else { "no" };
        let said = answers.of_task(pair).count() as i64;
        let name = rows.labels.get(order.label_at[tag as usize]);
        table.row([
            rows.tasks.get(task_at[task as usize]).into(),
            name.into(),
            holds.into(),
            accepted.into(),
            said.into(),
        ]);
    }
    let workers = workers_table(arguments, rows, order, &inference, &answers);
    Ok(Made { table: table.0, workers, inference, answers: answers.len(), doubles: 0 })
}

fn numbers(
    arguments: &Arguments,
    input: &Input,
    run: &mut Run,
    output: &Output,
    workers_to: Option<&Output>,
) -> anyhow::Result<()> {
    let mut tasks = Names::default();
    let mut workers = Names::default();
    let mut answers: Vec<NumericAnswer> = Vec::new();
    input.each(&COLUMNS, &run.bar, |part| {
        for row in 0..part.len() {
            let (task, worker) = (tasks.number(&part.filled(0, row)?), workers.number(&part.filled(1, row)?));
            answers.push(NumericAnswer { task, worker, value: part.number(2, row)? });
        }
        Ok(())
    })?;
    let (task_ranks, worker_ranks) = (tasks.ranks(), workers.ranks());
    for answer in &mut answers {
        answer.task = task_ranks[answer.task as usize];
        answer.worker = worker_ranks[answer.worker as usize];
    }
    let fit = run.work(|| numeric(&answers, tasks.len(), workers.len(), arguments.most_rounds.max(1)))?;
    let mut table = Columns::of(&["task"], &["value", "low", "high"], &[], &["answers"]);
    for (task, rank) in task_ranks.iter().enumerate() {
        let found = &fit.tasks[*rank as usize];
        let value = found.value.map_or([Value::Null, Value::Null, Value::Null], |value| {
            [value.value.into(), value.low.into(), value.high.into()]
        });
        let [middle, low, high] = value;
        table.row([tasks.get(task as u32).into(), middle, low, high, (found.answers as i64).into()]);
    }
    output.write(table.0)?;
    if let Some(to) = workers_to {
        let mut table = Columns::of(&["worker"], &["bias", "spread"], &[], &["answers"]);
        for (worker, rank) in worker_ranks.iter().enumerate() {
            let found = &fit.workers[*rank as usize];
            let name = workers.get(worker as u32);
            table.row([name.into(), found.bias.into(), found.spread.into(), (found.answers as i64).into()]);
        }
        to.write(table.0)?;
    }
    let read = json!({"rows": answers.len(), "tasks": tasks.len(), "workers": workers.len()});
    let found = json!({"tasks": tasks.len(), "rounds": fit.rounds, "settled": fit.settled});
    let parameters = json!({"numeric": true, "most_rounds": arguments.most_rounds});
    let summary = format!("{} answers of {} workers about {} tasks", answers.len(), workers.len(), tasks.len());
    run.end(&read, &found, &parameters, &summary);
    Ok(())
}

fn gold(path: &std::path::Path, rows: &Rows, order: &Order, run: &Run) -> Result<Vec<Gold>, WrongInput> {
    let mut gold: Vec<Gold> = Vec::new();
    let mut seen: std::collections::HashMap<u32, (u16, u64)> = std::collections::HashMap::new();
    run.input(path, &[])?.each(&[column("task"), column("label")], &run.bar, |part| {
        for row in 0..part.len() {
            let (task, label) = (part.filled(0, row)?, part.filled(1, row)?);
            let nobody = |column| part.wrong(column, row, "leave the line out: nobody answered so");
            let task = order.task[rows.tasks.find(&task).ok_or_else(|| nobody(0))? as usize];
            let label = order.label[rows.labels.find(&label).ok_or_else(|| nobody(1))? as usize] as u16;
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

fn groups(arguments: &Arguments, rows: &Rows, order: &Order, run: &Run) -> Result<Groups, WrongInput> {
    let read = |path: &Option<PathBuf>, who: &'static str, names: &Names, ranks: &[u32]| {
        let Some(path) = path else { return Ok(Vec::new()) };
        let mut groups = Names::default();
        let mut of: Vec<Option<u32>> = vec![None; names.len()];
        run.input(path, &[])?.each(&[column(who), column("group")], &run.bar, |part| {
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
    let mut at = vec![0; order.worker.len()];
    order.worker.iter().enumerate().for_each(|(number, rank)| at[*rank as usize] = number as u32);
    for (worker, rank) in order.worker.iter().enumerate() {
        let one = &found[*rank as usize];
        let flags: Vec<&str> = one.flags.iter().map(|flag| flag.word()).collect();
        let copies = one.copies.map_or(Value::Null, |other| rows.workers.get(at[other as usize]).into());
        table.row([
            rows.workers.get(worker as u32).into(),
            one.reliability.into(),
            one.low.into(),
            one.high.into(),
            flags.join(" ").into(),
            copies,
            (one.answers as i64).into(),
        ]);
    }
    table.0
}
