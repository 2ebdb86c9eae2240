//! The table as columns that may tell of what will happen: which are numbers, kinds, times, names of what a row is about, and which are
//! left out and why.
//!
//! Must never decide what a column is worth: that is `analyze::predict`'s.

use super::super::input::{Input, cell, cut, given, seconds};
use super::super::names::Names;
use crate::terminal::WrongInput;
use analyze::predict::{ColumnValues, Leak, LeakReason, PredictionColumn, PredictionTable, SubgroupValue};
use model::{Column, Table};
use std::borrow::Cow;
use std::collections::HashMap;

/// Share of filled cells that must be numbers for the others to be mistakes.
const MOSTLY: f64 = 0.9;
/// Seconds of a day.
const DAY: f64 = 86_400.0;
/// Share of rows of the same name that must agree in another column, where as many of any rows do not, for the name to be that of a thing.
const SAME: f64 = 0.95;
/// See [`SAME`].
const SAME_BY_CHANCE: f64 = 0.9;
/// Correlation with the times of the rows from which numbers within about their range are times as well.
const TOGETHER: f64 = 0.98;
/// Rows of the same name below which nothing is said.
const FEWEST_PAIRS: usize = 50;

/// What the caller says of columns.
pub(super) struct Choice<'a> {
    pub(super) target: &'a str,
    pub(super) time: &'a str,
    pub(super) positive: Option<&'a str>,
    pub(super) entities: &'a [String],
    pub(super) categories: &'a [String],
    pub(super) left_out: &'a [String],
    pub(super) known_before: &'a [String],
}

/// How times are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Dates and moments: counted in days.
    Days,
    /// Numbers.
    Numbers,
}

impl Unit {
    /// A time as it is written in the table.
    fn read(self, text: &str) -> Option<f64> {
        match self {
            Self::Days => seconds(text).map(|seconds| seconds / DAY),
            Self::Numbers => text.parse::<f64>().ok().filter(|number| number.is_finite()),
        }
    }

    /// `--from`.
    pub(super) fn parse(self, text: &str) -> Result<f64, WrongInput> {
        let write = match self {
            Self::Days => "a date such as 2026-01-31",
            Self::Numbers => "a number, as in the column of times",
        };
        self.read(text).ok_or_else(|| WrongInput(format!("`--from {text}`: write {write}")))
    }

    /// A time as people write it.
    pub(super) fn text(self, time: f64) -> String {
        match self {
            Self::Days => model::time::date_from_days(time.floor() as i32)
                .map_or_else(|| time.to_string(), |date| date.to_string()),
            Self::Numbers => time.to_string(),
        }
    }

    /// What times are counted in.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Days => "days",
            Self::Numbers => "units of time",
        }
    }
}

/// Columns of a table, read for learning.
pub(super) struct Columns {
    /// What may tell of it, whether it happened, and when.
    pub(super) table: PredictionTable,
    /// What each row is about, by each column that says so.
    pub(super) entities: Vec<Vec<Option<u32>>>,
    /// Names of those columns.
    entity_names: Vec<String>,
    /// How times are written.
    pub(super) unit: Unit,
    /// Columns that are left out, and why.
    pub(super) left_out: Vec<(String, String)>,
    /// Texts of the categories of each column.
    categories: HashMap<String, Vec<String>>,
}

impl Columns {
    /// Reads all columns.
    ///
    /// # Errors
    /// What is wrong with a cell or a name, and what to write instead.
    pub(super) fn read(input: &Input, table: &Table, choice: &Choice<'_>) -> Result<Self, WrongInput> {
        let reader = Reader { input, table };
        let target = reader.column("--target", choice.target)?;
        let time = reader.column("--time", choice.time)?;
        for (option, names) in [
            ("--entity", choice.entities),
            ("--categories", choice.categories),
            ("--leave-out", choice.left_out),
            ("--known-before", choice.known_before),
        ] {
            for name in names {
                let column = reader.column(option, name)?;
                if std::ptr::eq(column, target) || std::ptr::eq(column, time) {
                    return Err(WrongInput(format!(
                        "`{option} {name}`: that is the target or the time; name another column"
                    )));
                }
            }
        }
        let (times, unit) = reader.times(time)?;
        let mut found = Self {
            table: PredictionTable { columns: Vec::new(), happened: reader.happened(target, choice.positive)?, times },
            entities: Vec::new(),
            entity_names: Vec::new(),
            unit,
            left_out: Vec::new(),
            categories: HashMap::new(),
        };
        for column in given(table) {
            if !std::ptr::eq(column, target) && !std::ptr::eq(column, time) {
                found.take(&reader, column, choice)?;
            }
        }
        found.leave_out_names(choice);
        Ok(found)
    }

    fn take(&mut self, reader: &Reader<'_>, column: &Column, choice: &Choice<'_>) -> Result<(), WrongInput> {
        let name = column.name.as_str();
        let is_in = |names: &[String]| names.iter().any(|own| own == name);
        let kind = reader.kind(column, is_in(choice.categories), self.unit)?;
        let is_named = is_in(choice.entities);
        if let Some(names) = kind.names(column, reader.table.len()).filter(|_| is_named || choice.entities.is_empty()) {
            let repeated = names.len() < reader.table.len();
            // Kinds are few; what rows are about is many, and comes again.
            if is_named || (repeated && names.len() >= (reader.table.len() / 20).max(50)) {
                self.entities.push(ranked(&names, column, reader.table.len()));
                self.entity_names.push(name.to_owned());
            }
        }
        let mut leave = |why: &str| self.left_out.push((name.to_owned(), why.to_owned()));
        if is_in(choice.left_out) {
            leave("as asked for");
            return Ok(());
        }
        let rows = reader.table.len();
        let values = match kind {
            Kind::Empty => {
                leave("it is empty");
                return Ok(());
            }
            Kind::Numbers(values) if self.unit == Unit::Numbers && are_times(&values, &self.table.times) => {
                ColumnValues::Times(values)
            }
            Kind::Numbers(values) => {
                let whole = values.iter().all(|value| value.is_nan() || value.fract() == 0.0);
                let mut different: Vec<u64> = values.iter().map(|value| value.to_bits()).collect();
                different.sort_unstable();
                different.dedup();
                if whole && rows > 50 && different.len() == rows && !is_in(choice.known_before) {
                    leave("each row has a number of its own");
                    return Ok(());
                }
                ColumnValues::Numbers(values)
            }
            Kind::Times(values) => ColumnValues::Times(values),
            Kind::Categories(names) => {
                if names.len() > (rows / 5).max(50) && !is_in(choice.known_before) {
                    leave("almost each row has a text of its own");
                    return Ok(());
                }
                let values = ranked(&names, column, rows);
                let texts = names.in_order().into_iter().map(|one| names.get(one).to_owned()).collect();
                self.categories.insert(name.to_owned(), texts);
                ColumnValues::Categories(values)
            }
        };
        self.table.columns.push(PredictionColumn { name: name.to_owned(), values });
        Ok(())
    }

    /// Numbers that are names of things tell nothing that holds for another thing: they are left out.
    fn leave_out_names(&mut self, choice: &Choice<'_>) {
        let kinds: Vec<&Vec<Option<u32>>> = self
            .table
            .columns
            .iter()
            .filter_map(|column| match &column.values {
                ColumnValues::Categories(values) => Some(values),
                _ => None,
            })
            .collect();
        let mut names = Vec::new();
        for (name, entities) in self.entity_names.iter().zip(&self.entities) {
            let named = choice.entities.contains(name);
            if !choice.known_before.contains(name) && (named || kinds.iter().any(|kinds| agree(entities, kinds))) {
                names.push(name.clone());
            }
        }
        let places: Vec<usize> =
            (0..self.table.columns.len()).filter(|place| names.contains(&self.table.columns[*place].name)).collect();
        self.without(&places, "it names what a row is about");
    }

    /// Leaves out columns that are known only when it has happened.
    pub(super) fn leave_out(&mut self, places: &[usize]) {
        self.without(places, "it is known only when it has happened");
    }

    fn without(&mut self, places: &[usize], why: &str) {
        let mut place = 0;
        let left_out = &mut self.left_out;
        self.table.columns.retain(|column| {
            place += 1;
            let stays = !places.contains(&(place - 1));
            if !stays {
                left_out.push((column.name.clone(), why.to_owned()));
            }
            stays
        });
    }

    /// What to say of `--from` where it leaves too few rows on one side of it: when the first and the last row stand of which it
    /// is known.
    pub(super) fn known_between(&self, from: &str) -> Option<String> {
        let rows = self.table.times.iter().zip(&self.table.happened);
        let known: Vec<f64> = rows.filter(|(_, happened)| happened.is_some()).map(|(time, _)| *time).collect();
        let (first, last) = (known.iter().copied().reduce(f64::min)?, known.iter().copied().reduce(f64::max)?);
        let (first, last) = (self.unit.text(first), self.unit.text(last));
        Some(format!(
            " on that side of `--from {from}`; rows of which it is known reach from {first} to {last}: write a time between, or leave `--from` out"
        ))
    }

    /// Numbers of columns by their names.
    pub(super) fn places(&self, option: &str, names: &[String]) -> Result<Vec<usize>, WrongInput> {
        let place = |name: &String| {
            self.table.columns.iter().position(|column| column.name == *name).ok_or_else(|| {
                WrongInput(format!(
                    "`{option} {name}`: there is no such column, or it is left out; write a column that is used"
                ))
            })
        };
        names.iter().map(place).collect()
    }

    /// The name of a column that is known only afterwards, and how that is seen.
    pub(super) fn leak(&self, leak: &Leak) -> (String, String) {
        let name = |column: usize| self.table.columns[column].name.as_str();
        let why = match leak.reason {
            LeakReason::Follows { area } => format!("what happened follows from it alone (area {area:.3})"),
            LeakReason::Later { share } => {
                format!("it lies after the row's own time in {:.0} % of the rows", 100.0 * share)
            }
            LeakReason::KeptAsHistory { entities, history, area, beyond, .. } => format!(
                "the next row of the same `{}` keeps it in `{}`, so the row itself is what tells it; and it tells of what happened beyond that history (area {area:.3}, {beyond:.0} standard deviations beyond)",
                self.entity_names[entities],
                name(history)
            ),
        };
        (name(leak.column).to_owned(), why)
    }

    /// What a category of a column is called.
    pub(super) fn category(&self, column: usize, category: u32) -> &str {
        let texts = self.categories.get(&self.table.columns[column].name);
        texts.and_then(|texts| texts.get(category as usize)).map_or("", String::as_str)
    }

    /// What rows of a subgroup share.
    pub(super) fn shared(&self, column: usize, value: SubgroupValue) -> String {
        match value {
            SubgroupValue::Category(category) => self.category(column, category).to_owned(),
            SubgroupValue::Numbers(from, to) if from == to => from.to_string(),
            SubgroupValue::Numbers(from, to) => format!("{from} to {to}"),
            SubgroupValue::Unknown => "(nothing)".to_owned(),
        }
    }
}

/// All different texts of a column.
fn texts(column: &Column, rows: usize) -> Names {
    let mut names = Names::default();
    (0..rows).filter_map(|row| cell(column, row)).for_each(|text| {
        names.number(&text);
    });
    names
}

/// Each cell as the place of its text among all texts in their order, so that the order of the rows changes nothing.
fn ranked(names: &Names, column: &Column, rows: usize) -> Vec<Option<u32>> {
    let ranks = names.ranks();
    (0..rows).map(|row| Some(ranks[names.find(&cell(column, row)?)? as usize])).collect()
}

/// Whether rows of the same thing are of the same kind, where rows of any two things are not.
fn agree(entities: &[Option<u32>], kinds: &[Option<u32>]) -> bool {
    let mut last: HashMap<u32, Option<u32>> = HashMap::new();
    let (mut pairs, mut same) = (0_usize, 0_usize);
    let mut counts: HashMap<Option<u32>, usize> = HashMap::new();
    for (entity, kind) in entities.iter().zip(kinds) {
        *counts.entry(*kind).or_default() += 1;
        if let Some(entity) = entity
            && let Some(before) = last.insert(*entity, *kind)
        {
            pairs += 1;
            same += usize::from(before == *kind);
        }
    }
    let all = kinds.len().max(1) as f64;
    // Squares of whole numbers: their order in the map changes nothing.
    let squares: u128 = counts.values().map(|count| (*count as u128) * (*count as u128)).sum();
    let by_chance = squares as f64 / (all * all);
    pairs >= FEWEST_PAIRS && same as f64 >= SAME * pairs as f64 && by_chance < SAME_BY_CHANCE
}

/// Whether numbers are times, where times are numbers: they lie where the times of the rows lie and go with them.
fn are_times(values: &[f64], times: &[f64]) -> bool {
    let pairs = || values.iter().zip(times).filter(|(value, _)| !value.is_nan());
    let range = |of: &dyn Fn((&f64, &f64)) -> f64| {
        pairs().map(of).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), one| (low.min(one), high.max(one)))
    };
    let ((low, high), (first, last)) = (range(&|pair| *pair.0), range(&|pair| *pair.1));
    let (span, count) = (last - first, pairs().count() as f64);
    if !(span > 0.0 && low >= first - span && high <= last + span) {
        return false;
    }
    let sum = |of: &dyn Fn((&f64, &f64)) -> f64| pairs().map(of).sum::<f64>();
    let (own, their) = (sum(&|pair| *pair.0) / count, sum(&|pair| *pair.1) / count);
    let (across, squares, their_squares) = (
        sum(&|(value, time)| (value - own) * (time - their)),
        sum(&|(value, _)| (value - own).powi(2)),
        sum(&|(_, time)| (time - their).powi(2)),
    );
    squares > 0.0 && across >= TOGETHER * (squares * their_squares).sqrt()
}

/// What the cells of a column are.
enum Kind {
    Empty,
    Numbers(Vec<f64>),
    Times(Vec<f64>),
    Categories(Names),
}

impl Kind {
    /// All different cells, where they could be names: texts, or whole numbers.
    fn names(&self, column: &Column, rows: usize) -> Option<Cow<'_, Names>> {
        match self {
            Self::Categories(names) => Some(Cow::Borrowed(names)),
            Self::Numbers(values) if values.iter().all(|value| value.is_nan() || value.fract() == 0.0) => {
                Some(Cow::Owned(texts(column, rows)))
            }
            _ => None,
        }
    }
}

/// Reads cells of a table, and says where they are wrong.
struct Reader<'a> {
    input: &'a Input,
    table: &'a Table,
}

impl Reader<'_> {
    fn column(&self, option: &str, name: &str) -> Result<&Column, WrongInput> {
        let found = given(self.table).find(|column| column.name.trim() == name);
        found.ok_or_else(|| self.input.no_column(name, self.table, &format!("write one of these after `{option}`")))
    }

    fn wrong(&self, column: &Column, row: usize, write: &str) -> WrongInput {
        let found = cell(column, row).map_or_else(|| "nothing".to_owned(), |text| format!("`{}`", cut(&text)));
        let line = self.table.column("_line").and_then(|lines| lines.number(row)).unwrap_or(row as f64 + 1.0);
        let (file, name) = (self.input.name(), &column.name);
        WrongInput(format!("{file}: line {line}: column `{name}`: there is {found}; {write}"))
    }

    fn times(&self, column: &Column) -> Result<(Vec<f64>, Unit), WrongInput> {
        let first = (0..self.table.len()).find_map(|row| cell(column, row));
        let unit = match first.is_some_and(|text| text.parse::<f64>().is_ok()) {
            true => Unit::Numbers,
            false => Unit::Days,
        };
        let write = match unit {
            Unit::Days => "write a date such as 2026-01-31, or a moment such as 2026-01-31T09:30:00Z",
            Unit::Numbers => "write a finite number, as in the lines before",
        };
        let time =
            |row| cell(column, row).and_then(|text| unit.read(&text)).ok_or_else(|| self.wrong(column, row, write));
        Ok(((0..self.table.len()).map(time).collect::<Result<_, _>>()?, unit))
    }

    fn happened(&self, column: &Column, positive: Option<&str>) -> Result<Vec<Option<bool>>, WrongInput> {
        let of_row = |row| {
            let Some(text) = cell(column, row) else { return Ok(None) };
            match positive {
                Some(positive) => Ok(Some(text == positive)),
                None => match &*text.to_lowercase() {
                    "1" | "1.0" | "yes" | "true" => Ok(Some(true)),
                    "0" | "0.0" | "no" | "false" => Ok(Some(false)),
                    _ => Err(self.wrong(column, row, "write 1 or 0, yes or no, or say what it is with `--positive`")),
                },
            }
        };
        (0..self.table.len()).map(of_row).collect()
    }

    fn kind(&self, column: &Column, is_category: bool, unit: Unit) -> Result<Kind, WrongInput> {
        let rows = self.table.len();
        let filled = (0..rows).filter(|row| cell(column, *row).is_some()).count();
        if filled == 0 {
            return Ok(Kind::Empty);
        }
        if !is_category {
            let number = |row: usize| Some(cell(column, row)?.parse::<f64>());
            let numbers = (0..rows).filter_map(number).filter(Result::is_ok).count();
            if numbers as f64 >= MOSTLY * filled as f64 {
                let value = |row: usize| match number(row) {
                    None => Ok(f64::NAN),
                    Some(Ok(value)) if value.is_finite() => Ok(value),
                    Some(_) => {
                        let name = &column.name;
                        let write = format!(
                            "write a finite number, leave the cell empty, or say `--categories {name}` if these are names"
                        );
                        Err(self.wrong(column, row, &write))
                    }
                };
                return Ok(Kind::Numbers((0..rows).map(value).collect::<Result<_, _>>()?));
            }
            if unit == Unit::Days {
                let time = |row: usize| Some(cell(column, row).map(|text| seconds(&text))?.ok_or(row));
                let times = (0..rows).filter_map(time).filter(Result::is_ok).count();
                if times as f64 >= MOSTLY * filled as f64 {
                    let value = |row: usize| match time(row) {
                        None => Ok(f64::NAN),
                        Some(Ok(at)) => Ok(at / DAY),
                        Some(Err(row)) => {
                            let name = &column.name;
                            let write = format!(
                                "write a date or a moment as in the other lines, leave the cell empty, or say `--categories {name}` if these are names"
                            );
                            Err(self.wrong(column, row, &write))
                        }
                    };
                    return Ok(Kind::Times((0..rows).map(value).collect::<Result<_, _>>()?));
                }
            }
        }
        Ok(Kind::Categories(texts(column, rows)))
    }
}
