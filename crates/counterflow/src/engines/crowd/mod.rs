//! `counterflow crowd`: labels, tags or numbers from what many answered.
//!
//! Holds the options, and what labels and tags have in common. It must never write a result whose run was refused.

mod answers;
mod known;
mod labels;
mod numbers;
mod tags;

use super::Common;
use super::input::{Input, cut};
use super::output::{Columns, Output};
use crate::terminal::{WrongInput, note};
use answers::{COLUMNS, Order, Rows};
use assess::crowd::{Answers, Calibration, Flag, Groups, Inference, Method, Settings, calibration};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use known::{Beside, Truth, groups, truth};
use labels::labels;
use model::{Table, Value};
use numbers::numbers;
use serde_json::json;
use std::collections::HashSet;
use std::path::PathBuf;
use tags::tags;

/// How the command is called.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Answers: task,worker,label
    input: PathBuf,
    /// What is known for certain: task,label; with `--tags` all tags of a task, with `--numeric` its value
    #[arg(long)]
    gold: Option<PathBuf>,
    /// Other names of columns in the file of what is known: `task=question,label=truth`
    #[arg(long, value_delimiter = ',', requires = "gold")]
    gold_columns: Vec<String>,
    /// Where to write what is known of the workers
    #[arg(long)]
    workers: Option<PathBuf>,
    /// Where to write why: what each worker said of each task, and what that weighs
    #[arg(long)]
    reasons: Option<PathBuf>,
    /// The truth to compare with, which nothing is inferred from: task,label
    #[arg(long)]
    truth: Option<PathBuf>,
    /// Other names of columns in the file of the truth: `task=question,label=truth`
    #[arg(long, value_delimiter = ',', requires = "truth")]
    truth_columns: Vec<String>,
    /// Groups of workers who lean on one another: worker,group
    #[arg(long)]
    worker_groups: Option<PathBuf>,
    /// Groups of tasks that share how common a label is: task,group
    #[arg(long)]
    task_groups: Option<PathBuf>,
    /// How labels are inferred: hierarchical where not given
    #[arg(long, value_parser = methods())]
    method: Option<Method>,
    /// A worker may give a task several labels: each is accepted or not
    #[arg(long, conflicts_with = "numeric")]
    tags: bool,
    /// Answers are numbers
    #[arg(long)]
    numeric: bool,
    /// Rounds after which the work ends though beliefs still move: 300 where not given; for numbers, 500 to 20,000 as there are answers
    #[arg(long, value_parser = super::count::<usize>)]
    most_rounds: Option<usize>,
    /// Mean change of a belief in one round below which nothing moves any more: 0.0002 where not given
    #[arg(long, value_parser = super::number)]
    tolerance: Option<f64>,
    #[command(flatten)]
    common: Common,
}

/// Methods by their words, which the help lists.
fn methods() -> impl TypedValueParser<Value = Method> {
    PossibleValuesParser::new(Method::ALL.map(Method::word))
        .try_map(|word| Method::ALL.into_iter().find(|method| method.word() == word).ok_or("this is no method"))
}

/// Where the results go.
struct Outputs {
    labels: Output,
    workers: Option<Output>,
    reasons: Option<Output>,
}

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
    let groups = groups(arguments, &rows, &order, &run)?;
    let truth = truth(arguments, &rows.tasks, &input, &run)?;
    let asked = Asked {
        arguments,
        input: &input,
        rows: &rows,
        order: &order,
        settings,
        groups: &groups,
        truth: truth.as_ref(),
    };
    let Made { table, reasons, inference, answers, doubles, told } = match arguments.tags {
        true => tags(&asked, &mut run)?,
        false => labels(&asked, &mut run)?,
    };
    let mut found = json!({
        "tasks": rows.tasks.len(), "labels": table.len(), "method": inference.method.word(),
        "rounds": inference.rounds, "settled": inference.settled, "votes": answers.len(),
    });
    let workers = outputs.workers.as_ref().map(|_| workers_table(&rows, &order, &inference, &answers));
    // Writing takes memory of its own.
    drop(answers);
    outputs.labels.write(table)?;
    if let Some((to, workers)) = outputs.workers.zip(workers) {
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
        "method": asked.settings.method.word(), "most_rounds": asked.settings.most_rounds,
        "tolerance": asked.settings.tolerance, "tags": arguments.tags,
    });
    arguments.name_files(&mut parameters);
    let (answered, tasks, who) = (rows.answers.len(), rows.tasks.len(), rows.workers.len());
    let settled = if inference.settled { "" } else { "; beliefs still moved at the end: raise --most-rounds" };
    let rounds = inference.rounds;
    let mut summary = format!("{answered} answers of {who} workers about {tasks} tasks, {rounds} rounds{settled}");
    if let Some(Beside { not_answered, .. }) = asked.truth {
        let truth = calibration(told);
        found["truth"] = truth_told(&truth);
        found["truth"]["not_answered"] = (*not_answered).into();
        if !run.json {
            note(&truth_table(&truth));
        }
        summary.push_str(&format!("; {:.4} of {} known ones are right", truth.accuracy, truth.known));
        summary.push_str(&left_out(*not_answered));
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

/// What a summary says of tasks whose truth is known and that nobody answered.
fn left_out(not_answered: usize) -> String {
    match not_answered {
        0 => String::new(),
        1 => "; 1 known task was left out, as nobody answered it".to_owned(),
        more => format!("; {more} known tasks were left out, as nobody answered them"),
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

/// What is asked for, and from what.
#[derive(Clone, Copy)]
struct Asked<'a> {
    arguments: &'a Arguments,
    input: &'a Input,
    rows: &'a Rows,
    order: &'a Order,
    settings: Settings,
    groups: &'a Groups,
    truth: Option<&'a Beside<Truth>>,
}

impl Asked<'_> {
    /// The true labels of a task, where they are known.
    fn truth_of(&self, task: u32) -> Option<&HashSet<String>> {
        self.truth?.known.get(&task)
    }
}

/// What comes out.
struct Made {
    table: Table,
    reasons: Table,
    inference: Inference,
    answers: Answers,
    /// Answers that were given before in the same words.
    doubles: usize,
    /// Confidence of what is compared with the truth, and whether it is right.
    told: Vec<(f64, bool)>,
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

fn words(flags: &[Flag]) -> String {
    flags.iter().map(|flag| flag.word()).collect::<Vec<_>>().join(" ")
}

fn workers_table(rows: &Rows, order: &Order, inference: &Inference, answers: &Answers) -> Table {
    let mut table = Columns::of(&["worker"], &["reliability", "low", "high"], &["flags", "copies"], &["answers"]);
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
