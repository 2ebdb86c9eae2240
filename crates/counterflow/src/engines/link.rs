//! `counterflow link`: which records mean the same, within one file or between two.

use super::input::{column, cut, given, no_column};
use super::output::Columns;
use super::{Common, Run};
use crate::terminal::{WrongInput, note};
use model::{ColumnType, Table, Value, Verdict};
use resolve::cluster::{Bond, cluster};
use resolve::link::{Label, LinkError, LinkSpec, Linker, ScoredPair};
use resolve::records::Reading;
use resolve::spec::cannot_read;
use serde_json::json;
use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// How the command is called.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The records
    left: PathBuf,
    /// The records to link them with; without it, records of one file are linked with one another
    right: Option<PathBuf>,
    /// A specification (TOML): columns, comparators, blocking keys; guessed from the records where not given
    #[arg(long)]
    spec: Option<PathBuf>,
    /// Print the specification that would be used and end
    #[arg(long)]
    show_spec: bool,
    /// Column that names each record; `id`, `rec_id` or the first column where not given
    #[arg(long)]
    id: Option<String>,
    /// Probability from which a pair is written
    #[arg(long, value_parser = super::number)]
    least: Option<f64>,
    /// Pairs that persons have judged: left,right,same (yes or no). Weights are learned from them too, and their verdicts stand
    #[arg(long)]
    labels: Option<PathBuf>,
    /// Write what each comparison adds to the weight, a column for each, and the prior: they add up to the weight
    #[arg(long)]
    reasons: bool,
    /// Write only the best right record of each left one: whom does this mention mean?
    #[arg(long, requires = "right")]
    best: bool,
    /// Where to write which records form one thing: side,record,thing
    #[arg(long)]
    clusters: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut run = arguments.common.begin()?;
    let output = run.output(&arguments.common.output)?;
    let clusters_to = run.maybe_output(arguments.clusters.as_deref())?;
    let read = |path: &PathBuf| run.input(path, &arguments.common.columns)?.table(&run.bar);
    let left = read(&arguments.left)?;
    let right = arguments.right.as_ref().map(read).transpose()?;
    let left_id = id_column(&left, &arguments.left, arguments.id.as_deref())?;
    let right_id = match (&right, &arguments.right) {
        (Some(table), Some(path)) => Some(id_column(table, path, arguments.id.as_deref())?),
        _ => None,
    };
    let text = match &arguments.spec {
        Some(path) => {
            run.reads(path)?;
            let read = std::fs::read_to_string(path);
            read.map_err(|error| WrongInput(format!("{}: cannot be read: {error}", path.display())))?
        }
        None => {
            let ids: Vec<&str> = std::iter::once(left_id.as_str()).chain(right_id.as_deref()).collect();
            let guessed = run.work(|| resolve::guess::guess(&left, right.as_ref(), &ids));
            let file = |path: &PathBuf| path.display().to_string();
            let files: Vec<String> = std::iter::once(&arguments.left).chain(&arguments.right).map(file).collect();
            guessed.map_err(|error| WrongInput(format!("{}: {error}", files.join(" and "))))?
        }
    };
    if arguments.show_spec {
        crate::terminal::say(text.trim_end());
        return Ok(());
    }
    let files = Files { arguments, left: &left, right: right.as_ref() };
    let named = |error: LinkError| {
        if let LinkError::Unread { side, column, reads, values, row, value } = &error {
            let why = cannot_read(*reads, *values);
            let place = files.place(side, *row);
            return WrongInput(format!("{place}: column `{column}`: there is `{}`; {why}", cut(value)));
        }
        let file = arguments
            .spec
            .as_ref()
            .map_or_else(|| "the guessed specification".to_owned(), |path| path.display().to_string());
        WrongInput(format!("{file}: {error}"))
    };
    let mut spec = LinkSpec::from_toml(&text).map_err(named)?;
    if let Some(least) = arguments.least {
        if !(0.0..=1.0).contains(&least) {
            return Err(WrongInput(format!("`--least {least}`: write a probability from 0 to 1")).into());
        }
        spec.unsure = least.min(spec.same);
    }
    let names = Ids { left: &left, right: right.as_ref(), left_id: &left_id, right_id: right_id.as_deref() };
    names.check(arguments)?;
    let labels = match &arguments.labels {
        Some(path) => names.labels(path, &run)?,
        None => Vec::new(),
    };
    let linker = run.work(|| Linker::with_labels(&left, right.as_ref(), &spec, &labels)).map_err(named)?;
    output.write(pairs(&linker, &names, &spec, arguments))?;
    let same = linker.pairs().iter().filter(|pair| pair.verdict == Verdict::Same).count();
    if let Some(to) = clusters_to {
        to.write(clusters(&linker, &names))?;
    }
    let rules: Vec<serde_json::Value> = linker
        .blocking()
        .rules
        .iter()
        .map(|rule| json!({"rule": rule.rule, "pairs": rule.pairs, "refused": rule.refused_total, "not_compared": rule.refused_pairs}))
        .collect();
    let recall = linker.blocking_recall();
    let readings: Vec<&Reading> = linker.readings().collect();
    let columns: Vec<serde_json::Value> = readings.iter().map(|reading| files.told(reading)).collect();
    let read = json!({
        "left": left.len(), "right": right.as_ref().map(Table::len), "labels": labels.len(), "columns": columns,
    });
    if !arguments.common.json {
        readings.iter().flat_map(|reading| files.said(reading)).for_each(|line| note(&line));
    }
    // How often the weights alone say what persons said, where they say anything.
    let by_person = |pair: &&ScoredPair| pair.held == resolve::link::LABELLED;
    let agrees = |pair: &&ScoredPair| (pair.probability >= 0.5) == (pair.verdict == Verdict::Same);
    let agreed = linker.pairs().iter().filter(by_person).filter(agrees).count();
    let found = json!({
        "pairs": linker.pairs().len(), "same": same, "compared": linker.blocking().pairs, "labels_agreed": agreed,
        "blocking_recall_estimated": recall, "rules": rules, "prior_weight": linker.prior_weight(),
        "rows_repeated": linker.rows_repeated(),
    });
    let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
    let parameters = json!({
        "spec": text, "same": spec.same, "least": spec.unsure, "best": arguments.best, "reasons": arguments.reasons,
        "left": arguments.left.display().to_string(), "right": path(&arguments.right), "left_id": left_id, "right_id": right_id,
        "labels": path(&arguments.labels), "clusters": path(&arguments.clusters), "columns": arguments.common.columns,
    });
    let compared = recall.map_or_else(
        || {
            "how much of what is the same was compared cannot be told: no two block rules read different columns"
                .to_owned()
        },
        |recall| format!("about {:.1} % of what is the same was compared", 100.0 * recall),
    );
    let repeated = match linker.rows_repeated() {
        0 => String::new(),
        1 => "; 1 row agrees with an earlier one in everything compared".to_owned(),
        rows => format!("; {rows} rows agree with an earlier one in everything compared"),
    };
    let summary = format!(
        "{same} pairs are the same, {} more may be; {} of {:.3e} possible pairs compared; {compared}{repeated}",
        linker.pairs().len() - same,
        linker.blocking().pairs,
        linker.blocking().possible,
    );
    run.end(&read, &found, &parameters, &summary);
    Ok(())
}

/// Columns that name records, where nobody says which does.
const NAMES_RECORDS: [&str; 2] = ["id", "rec_id"];

/// The column that names records.
fn id_column(table: &Table, path: &Path, named: Option<&str>) -> Result<String, WrongInput> {
    let own: Vec<&str> = given(table).map(|column| column.name.as_str()).collect();
    let (name, wanted) = match named {
        Some(name) => (own.iter().find(|own| **own == name), name),
        None => (NAMES_RECORDS.iter().find_map(|known| own.iter().find(|own| *own == known)).or(own.first()), "id"),
    };
    let name = name.map(|name| (*name).to_owned());
    name.ok_or_else(|| no_column(&path.display().to_string(), wanted, table, "say `--id NAME`"))
}

/// The names of records.
struct Ids<'a> {
    left: &'a Table,
    right: Option<&'a Table>,
    left_id: &'a str,
    right_id: Option<&'a str>,
}

impl Ids<'_> {
    fn of(&self, record: u32) -> Value {
        let row = record as usize;
        match (self.right, self.right_id) {
            (Some(right), Some(id)) if row >= self.left.len() => right.value(row - self.left.len(), id),
            _ => self.left.value(row, self.left_id),
        }
    }

    /// What persons said of pairs.
    fn labels(&self, path: &Path, run: &Run) -> Result<Vec<Label>, WrongInput> {
        let rows_of = |table: &Table, id: &str| -> HashMap<String, u32> {
            (0..table.len()).map(|row| (table.value(row, id).to_string(), row as u32)).collect()
        };
        let left = rows_of(self.left, self.left_id);
        let right = self.right.zip(self.right_id).map(|(table, id)| rows_of(table, id));
        let mut labels = Vec::new();
        let mut seen: HashMap<(u32, u32), (bool, u64)> = HashMap::new();
        run.another(path).each(&[column("left"), column("right"), column("same")], &run.bar, |part| {
            for row in 0..part.len() {
                let find = |at: usize, known: &HashMap<String, u32>| {
                    let row_of = known.get(part.filled(at, row)?.as_ref()).copied();
                    row_of.ok_or_else(|| part.wrong(at, row, "write the name of a record, or leave the line out"))
                };
                let (one, other) = (find(0, &left)?, find(1, right.as_ref().unwrap_or(&left))?);
                let same = match part.filled(2, row)?.to_lowercase().as_str() {
                    "yes" | "true" | "same" | "1" => true,
                    "no" | "false" | "different" | "0" => false,
                    _ => return Err(part.wrong(2, row, "write `yes` or `no`")),
                };
                if right.is_none() && one == other {
                    return Err(part.wrong(1, row, "a record is the same as itself; leave the line out"));
                }
                let pair = if right.is_none() { (one.min(other), one.max(other)) } else { (one, other) };
                match seen.insert(pair, (same, part.line(row))) {
                    Some((earlier, line)) if earlier != same => {
                        return Err(part.wrong(2, row, &format!("line {line} says otherwise of this pair; keep one")));
                    }
                    Some(_) => {}
                    None => labels.push(Label { left: one, right: other, same }),
                }
            }
            Ok(())
        })?;
        Ok(labels)
    }

    /// Two records of one name in a file could not be told apart in the result.
    fn check(&self, arguments: &Arguments) -> Result<(), WrongInput> {
        let taken = |id: &str| arguments.id.is_none() && !NAMES_RECORDS.contains(&id);
        unlike(self.left, self.left_id, &arguments.left, taken(self.left_id))?;
        match (self.right, self.right_id, &arguments.right) {
            (Some(table), Some(id), Some(path)) => unlike(table, id, path, taken(id)),
            _ => Ok(()),
        }
    }
}

/// The files that are linked, to say where something stands.
struct Files<'a> {
    arguments: &'a Arguments,
    left: &'a Table,
    right: Option<&'a Table>,
}

impl Files<'_> {
    fn of(&self, side: &str) -> (&Table, String) {
        match (self.right, &self.arguments.right) {
            (Some(table), Some(path)) if side == "right" => (table, path.display().to_string()),
            _ => (self.left, self.arguments.left.display().to_string()),
        }
    }

    /// The file and the line of a row.
    fn place(&self, side: &str, row: usize) -> String {
        let (table, file) = self.of(side);
        format!("{file}: line {}", table.value(row, "_line"))
    }

    /// How a column was read, as JSON.
    fn told(&self, reading: &Reading) -> serde_json::Value {
        let (table, file) = self.of(reading.side);
        let first = reading.first_unread.as_ref();
        let first = first.map(
            |(row, value)| json!({"line": table.number(*row, "_line").map(|line| line as u64), "value": cut(value)}),
        );
        let orders = reading.orders;
        let order = orders.asked().then(|| {
            json!({
                "taken": orders.taken().words(), "assumed": orders.assumed(), "only_day_first": orders.day_first,
                "only_month_first": orders.month_first, "either": orders.either,
            })
        });
        json!({
            "file": file, "column": reading.column, "values": reading.values, "unread": reading.unread, "first_unread": first,
            "order": order,
        })
    }

    /// What somebody should know of how a column was read.
    fn said(&self, reading: &Reading) -> Vec<String> {
        let (_, file) = self.of(reading.side);
        let (column, orders) = (&reading.column, reading.orders);
        let mut said = Vec::new();
        if orders.asked() {
            let why = match orders.assumed() {
                true if orders.day_first > 0 => {
                    format!("as many values ({}) can only be read so as only month first", orders.day_first)
                }
                true => format!(
                    "all {} such dates could be read either way; write 2019-03-04 if they are not",
                    orders.either
                ),
                false => format!(
                    "values that can only be read day first: {}, only month first: {}, either way: {}",
                    orders.day_first, orders.month_first, orders.either
                ),
            };
            said.push(format!("{file}: column `{column}`: dates are read {} ({why})", orders.taken().words()));
        }
        if let Some((row, value)) = &reading.first_unread {
            said.push(format!(
                "{}: column `{column}`: there is `{}`, which cannot be read; {} of {} values count as not known",
                self.place(reading.side, *row),
                cut(value),
                reading.unread,
                reading.values
            ));
        }
        said
    }
}

/// Refuses a table in which a record has no name, or two have the same one. `taken` where the column is the first only.
fn unlike(table: &Table, id: &str, path: &Path, taken: bool) -> Result<(), WrongInput> {
    let written = table.column(id).filter(|column| (0..table.len()).all(|row| column.text(row).is_some()));
    let named = |row: usize| match written {
        Some(column) => Cow::Borrowed(column.text(row).unwrap_or_default()),
        None => Cow::Owned(table.value(row, id).to_string()),
    };
    let line = |row: usize| table.value(row, "_line").to_string();
    // Nobody should rename persons because their names were taken for those of records.
    let mend = if taken {
        "the column was taken for the names of records, as none is called `id`; say with `--id NAME` which column names them, or add one"
    } else {
        "give each its own"
    };
    let mut seen: HashMap<Cow<'_, str>, u32> = HashMap::with_capacity(table.len());
    for row in 0..table.len() {
        if named(row).trim().is_empty() {
            return Err(WrongInput(format!(
                "{}: line {}: column `{id}`: there is nothing; write a name for the record, or say with `--id NAME` which column holds the names",
                path.display(),
                line(row)
            )));
        }
        if let Some(first) = seen.insert(named(row), row as u32) {
            return Err(WrongInput(format!(
                "{}: line {}: column `{id}`: `{}` names the record of line {} already; {mend}",
                path.display(),
                line(row),
                named(row),
                line(first as usize)
            )));
        }
    }
    Ok(())
}

fn pairs(linker: &Linker<'_>, ids: &Ids<'_>, spec: &LinkSpec, arguments: &Arguments) -> Table {
    let reasons = arguments.reasons;
    let best = arguments.best.then(|| best_of_left(linker, ids.left.len()));
    let learned = if reasons { linker.learned() } else { Vec::new() };
    let mut titles: Vec<String> = Vec::with_capacity(learned.len() + 2);
    for one in &learned {
        // One column may be compared in two ways.
        let again = learned.iter().filter(|other| other.name == one.name).count() > 1;
        titles.push(if again { format!("{} ({}) adds", one.name, one.about) } else { format!("{} adds", one.name) });
    }
    if reasons && spec.one_to_one {
        titles.push(format!("{} adds", resolve::link::RIVALS));
    }
    if reasons {
        titles.push("prior adds".to_owned());
    }
    let mut columns = vec![("left", ColumnType::Text), ("right", ColumnType::Text)];
    columns.extend([
        ("weight", ColumnType::Number),
        ("probability", ColumnType::Number),
        ("verdict", ColumnType::Text),
    ]);
    columns.extend(titles.iter().map(|title| (title.as_str(), ColumnType::Number)));
    let mut table = Table::with_columns(&columns);
    for (number, pair) in linker.pairs().iter().enumerate() {
        if best.as_ref().is_some_and(|best| best[pair.left as usize] != Some(number)) {
            continue;
        }
        let verdict = match pair.verdict {
            Verdict::Same => "same",
            Verdict::Unsure => "unsure",
            Verdict::Different => "different",
        };
        let mut row: Vec<Value> = vec![text(ids.of(pair.left)), text(ids.of(pair.right))];
        row.extend([pair.weight.into(), pair.probability.into(), verdict.into()]);
        if reasons {
            // The comparisons come in the order of what was learned; behind them what rivals took, where they took something.
            let comparisons = linker.comparisons(pair);
            row.extend(comparisons.iter().take(learned.len()).map(|one| Value::from(one.weight)));
            if spec.one_to_one {
                let rivals = comparisons.get(learned.len()).filter(|one| one.name == resolve::link::RIVALS);
                row.push(rivals.map_or(Value::Null, |one| one.weight.into()));
            }
            row.push(linker.prior_weight().into());
        }
        table.push_row(row).expect("values were made for these columns");
    }
    table
}

/// The strongest pair of each left record, of equal ones the first; one that a person called the same before all others, and none
/// that is held apart.
fn best_of_left(linker: &Linker<'_>, left: usize) -> Vec<Option<usize>> {
    let mut best: Vec<Option<usize>> = vec![None; left];
    let rank = |pair: &ScoredPair| (pair.held == resolve::link::LABELLED, pair.weight);
    for (number, pair) in linker.pairs().iter().enumerate().filter(|(_, pair)| pair.verdict != Verdict::Different) {
        let own = &mut best[pair.left as usize];
        if own.is_none_or(|known| rank(pair) > rank(&linker.pairs()[known])) {
            *own = Some(number);
        }
    }
    best
}

fn text(value: Value) -> Value {
    match value {
        Value::Text(_) | Value::Null => value,
        other => other.to_string().into(),
    }
}

/// Which records form one thing; records that stand alone as well.
fn clusters(linker: &Linker<'_>, ids: &Ids<'_>) -> Table {
    let all = ids.left.len() + ids.right.map_or(0, Table::len);
    // The side stands first: both files may use the same names.
    let name = |record: usize| {
        let side = if record < ids.left.len() { "left" } else { "right" };
        format!("{side}/{}", ids.of(record as u32))
    };
    let names: Vec<String> = (0..all).map(name).collect();
    let bond = |pair: &ScoredPair| Bond {
        left: &names[pair.left as usize],
        right: &names[pair.right as usize],
        verdict: pair.verdict,
        weight: pair.weight,
        by_person: pair.held == resolve::link::LABELLED,
    };
    let bonds: Vec<Bond<'_>> = linker.pairs().iter().map(bond).collect();
    let mut table = Columns::of(&["side", "record", "thing"], &[], &[], &[]);
    for found in cluster(names.iter().map(String::as_str), &bonds) {
        for member in &found.members {
            let (side, record) = member.split_once('/').unwrap_or(("left", member));
            table.row([side.into(), record.into(), found.id.as_str().into()]);
        }
    }
    table.0
}
