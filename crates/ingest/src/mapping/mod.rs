//! Mappings: from columns of text to the typed rows of datasets, as `mappings/*.toml` says. No code for any one source.
//!
//! Holds the rules and applies them part by part. Pure: it must never read a file, and never drop a row without a Problem.

mod column;
mod compile;
mod file;
mod guess;
mod html;
mod keys;
mod melt;
mod read;
mod value;

pub use file::Doubles;
pub use guess::Guess;

use column::{CellSource, Cells, Converted, Rule};
use formats::{Format, ReadOptions, Reading};
use keys::{Seen, Standing};
use melt::Melt;
use model::table::{ColumnData, Fixed, TextColumn};
use model::{Column, ColumnType, Place, Problem, Severity, Table};
use rayon::prelude::*;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::Read;

/// A mapping file: how a file is read, and the datasets made of it.
#[derive(Clone)]
pub struct Mapping {
    /// Name of the file without its ending.
    pub name: String,
    /// The format it names; found out from the bytes where it names none.
    pub format: Option<&'static dyn Format>,
    /// How to read.
    pub read: ReadOptions,
    datasets: Vec<DatasetMapping>,
}

impl Mapping {
    /// The mapping of a configuration file.
    ///
    /// # Errors
    /// What is wrong, where, and what to write instead.
    pub fn parse(name: &str, text: &str) -> Result<Self, String> {
        compile::file(name, text)
    }

    /// What is made of a file. Apply them in this order, with one [`State`]: later ones may link to earlier ones.
    pub fn datasets(&self) -> &[DatasetMapping] {
        &self.datasets
    }

    /// Reads a whole file into the rows of its datasets. A file that cannot be read to its end gives one Problem and no rows.
    pub fn read_file(&self, file: &str, input: &mut (dyn Read + Send)) -> Parsed {
        let mut rows: Vec<(String, Vec<Table>)> =
            self.datasets().iter().map(|dataset| (dataset.dataset.clone(), Vec::new())).collect();
        let told = self.read_parts(file, input, &mut |dataset, part| rows[dataset].1.push(part));
        if told.left_out {
            rows.iter_mut().for_each(|(_, parts)| parts.clear());
        }
        Parsed { rows, problems: told.problems, left_out: told.left_out }
    }

    /// The same, handing on each part as soon as it is made, with the number of its dataset. Where the file turns out not to be
    /// readable to its end ([`Told::left_out`]), drop the parts that were handed on.
    pub fn read_parts(&self, file: &str, input: &mut (dyn Read + Send), sink: &mut dyn FnMut(usize, Table)) -> Told {
        read::file(self, file, input, sink)
    }
}

/// What was made of a whole file.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// The parts of each dataset, in the order of the mapping; each dataset is there, with an empty part where it has no row.
    pub rows: Vec<(String, Vec<Table>)>,
    /// What did not fit.
    pub problems: Vec<Problem>,
    /// True where the file could not be read to its end: its rows are left out, and what earlier files said still stands.
    pub left_out: bool,
}

/// What is to be said of a whole file besides its rows.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// What did not fit.
    pub problems: Vec<Problem>,
    /// True where the file could not be read to its end.
    pub left_out: bool,
}

impl std::fmt::Debug for Mapping {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mapping").field("name", &self.name).field("datasets", &self.datasets).finish_non_exhaustive()
    }
}

/// The rules of one dataset.
#[derive(Clone, Debug)]
pub struct DatasetMapping {
    /// Name of the dataset.
    pub dataset: String,
    /// What people call it.
    pub title: String,
    /// What it holds, in a sentence; may be empty.
    pub summary: String,
    key: Vec<usize>,
    doubles: Doubles,
    melt: Option<Melt>,
    columns: Vec<Rule>,
    is_linked: bool,
}

/// Typed rows, and what did not fit.
#[derive(Clone, Debug)]
pub struct Mapped {
    /// The columns of the mapping, in its order, behind `_id`.
    pub table: Table,
    /// What did not fit, in the order of the rows. Those of the reading itself are not among them.
    pub problems: Vec<Problem>,
}

/// What must be remembered between the parts of a file, for all its datasets. Begin each file with a new one.
#[derive(Clone, Debug, Default)]
pub struct State {
    datasets: HashMap<String, Memory>,
    links: HashMap<String, Vec<Option<String>>>,
}

#[derive(Clone, Debug, Default)]
struct Memory {
    seen: Seen,
    carried: Vec<Option<String>>,
    found: HashSet<String>,
    told: BTreeSet<String>,
}

impl DatasetMapping {
    /// Names and types of the columns, without `_id`.
    pub fn columns(&self) -> Vec<(&str, ColumnType)> {
        self.columns.iter().map(|rule| (rule.name.as_str(), rule.kind)).collect()
    }

    /// Names of the columns that tell rows apart; none where the whole content does.
    pub fn key(&self) -> Vec<&str> {
        self.key.iter().map(|&column| self.columns[column].name.as_str()).collect()
    }

    fn links(&self) -> impl Iterator<Item = &str> {
        self.columns
            .iter()
            .filter_map(|rule| if let CellSource::Link(dataset) = &rule.from { Some(dataset.as_str()) } else { None })
    }

    /// Applies the rules to one part of a file.
    pub fn apply(&self, reading: &Reading, file: &str, state: &mut State) -> Mapped {
        let State { datasets, links } = state;
        let memory = datasets.entry(self.dataset.clone()).or_default();
        memory.carried.resize(self.columns.len(), None);
        let wanted: Vec<&str> = self.columns.iter().flat_map(Rule::sources).map(String::as_str).collect();
        let melted = self.melt.as_ref().map(|melt| melt.apply(&reading.table, &wanted));
        let (table, origin) = match &melted {
            Some((table, origin)) => (table, Some(origin.as_slice())),
            None => (&reading.table, None),
        };
        let mut problems = self.missing_columns(table, reading.fixed_columns, file, memory);
        let cells = Cells { table, origin, links };
        let converted: Vec<Converted> = self
            .columns
            .par_iter()
            .zip(&memory.carried)
            .map(|(rule, carried)| rule.convert(cells, carried.clone()))
            .collect();
        let places = Places { file, table };
        let mut kept = vec![true; table.len()];
        let mut found = self.faults(&converted, &places, &mut kept);
        let mut columns = Vec::with_capacity(converted.len());
        for (position, part) in converted.into_iter().enumerate() {
            memory.carried[position] = part.carried;
            columns.push(part.column);
        }
        let rows = keys::Rows {
            dataset: &self.dataset,
            columns: &columns,
            key: &self.key,
            doubles: self.doubles,
            read: table,
            kept: &kept,
        };
        let standings = keys::identify(rows, &mut memory.seen);
        let ids = self.settle(&standings, &places, &mut kept, &mut found);
        if self.is_linked {
            links.insert(self.dataset.clone(), standings.iter().map(id_of).collect());
        }
        found.sort_by_key(|(row, _)| *row);
        problems.extend(found.into_iter().map(|(_, problem)| problem));
        Mapped { table: assemble(ids, columns, &kept), problems }
    }

    /// Columns of the mapping that no part of the file had, once the file is read. For formats that name their columns up
    /// front, [`DatasetMapping::apply`] has said so already.
    pub fn finish(&self, file: &str, state: &mut State) -> Vec<Problem> {
        let Some(memory) = state.datasets.get_mut(&self.dataset) else { return Vec::new() };
        let missing: Vec<String> =
            self.sources().filter(|name| !memory.found.contains(*name)).map(str::to_owned).collect();
        missing
            .into_iter()
            .filter(|name| memory.told.insert(name.clone()))
            .map(|name| missing_column(file, &name))
            .collect()
    }

    fn sources(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().flat_map(Rule::sources).map(String::as_str)
    }

    fn missing_columns(&self, table: &Table, fixed: bool, file: &str, memory: &mut Memory) -> Vec<Problem> {
        let mut problems = Vec::new();
        for name in self.sources() {
            if table.column(name).is_some() {
                if !memory.found.contains(name) {
                    memory.found.insert(name.to_owned());
                }
            } else if fixed && memory.told.insert(name.to_owned()) {
                problems.push(missing_column(file, name));
            }
        }
        problems
    }

    /// Problems of single cells, each with its row; marks rows that lack what is required.
    fn faults(&self, converted: &[Converted], places: &Places<'_>, kept: &mut [bool]) -> Vec<(usize, Problem)> {
        let mut problems = Vec::new();
        for (rule, part) in self.columns.iter().zip(converted) {
            for fault in &part.faults {
                let severity = if rule.required { Severity::RowLeftOut } else { Severity::ValueLeftOut };
                kept[fault.row] &= !rule.required;
                let place = places.at(fault.row, Some(rule.shown()));
                problems
                    .push((fault.row, Problem::new(fault.cause, severity, place, &fault.found, fault.hint.clone())));
            }
            if !rule.required {
                continue;
            }
            let mut faulty = part.faults.iter().map(|fault| fault.row).peekable();
            for (row, keeps) in kept.iter_mut().enumerate().take(part.column.len()) {
                let told = faulty.next_if_eq(&row).is_some();
                if !told && !is_known(&part.column, row) {
                    *keeps = false;
                    let place = places.at(row, Some(rule.shown()));
                    let hint = format!("`{}` must have a value in every row", rule.name);
                    problems.push((row, Problem::new("missing_value", Severity::RowLeftOut, place, "", hint)));
                }
            }
        }
        problems
    }

    /// Identifiers of the rows that stay; tells which said something before.
    fn settle(
        &self,
        standings: &[Option<Standing>],
        places: &Places<'_>,
        kept: &mut [bool],
        problems: &mut Vec<(usize, Problem)>,
    ) -> TextColumn {
        let key = self.key().join(", ");
        let mut ids = TextColumn::default();
        for (row, standing) in standings.iter().enumerate() {
            match standing {
                None => {}
                Some(Standing::New(id)) => ids.push(Some(id)),
                Some(Standing::Doubled(id)) => {
                    kept[row] = false;
                    let hint = "the row says exactly what an earlier one says, and is kept once";
                    let place = places.at(row, None);
                    problems.push((row, Problem::new("doubled_row", Severity::Note, place, id, hint)));
                }
                Some(Standing::OtherContent(id)) => {
                    ids.push(Some(id));
                    let (cause, hint) = if self.key.is_empty() {
                        (
                            "doubled_content",
                            "an earlier row differs only in what the mapping leaves out; both are kept".into(),
                        )
                    } else {
                        (
                            "doubled_key",
                            format!("an earlier row has the same {key} and says something else; both are kept"),
                        )
                    };
                    let place = places.at(row, None);
                    problems.push((row, Problem::new(cause, Severity::Note, place, id, hint)));
                }
            }
        }
        ids
    }
}

/// Where the rows of a part stand in the file.
struct Places<'a> {
    file: &'a str,
    table: &'a Table,
}

impl Places<'_> {
    fn at(&self, row: usize, column: Option<&str>) -> Place {
        let counted = |name: &str| match self.table.column(name).map(|column| &column.data) {
            Some(ColumnData::Integer(numbers)) => numbers.get(row).and_then(|number| u64::try_from(number).ok()),
            _ => None,
        };
        Place {
            file: self.file.to_owned(),
            line: counted("_line"),
            record: counted("_record"),
            column: column.map(str::to_owned),
        }
    }
}

fn missing_column(file: &str, name: &str) -> Problem {
    let place = Place { file: file.to_owned(), column: Some(name.to_owned()), ..Place::default() };
    let hint = format!("the file has no column `{name}`; name the right one in the mapping");
    Problem::new("missing_column", Severity::ValueLeftOut, place, name, hint)
}

fn id_of(standing: &Option<Standing>) -> Option<String> {
    match standing {
        None => None,
        Some(Standing::New(id) | Standing::Doubled(id) | Standing::OtherContent(id)) => Some(id.clone()),
    }
}

fn is_known(column: &Column, row: usize) -> bool {
    match &column.data {
        ColumnData::Text(column) => column.valid[row],
        ColumnData::Integer(column) | ColumnData::Timestamp(column) => column.valid[row],
        ColumnData::Number(column) => column.valid[row],
        ColumnData::Flag(column) => column.valid[row],
        ColumnData::Date(column) => column.valid[row],
    }
}

/// The table of the rows that stay; `ids` has only those.
fn assemble(ids: TextColumn, columns: Vec<Column>, kept: &[bool]) -> Table {
    let columns = if kept.iter().all(|kept| *kept) {
        columns
    } else {
        columns.into_par_iter().map(|column| only(column, kept)).collect()
    };
    let id = Column { name: "_id".to_owned(), data: ColumnData::Text(ids) };
    let all = std::iter::once(id).chain(columns).collect();
    Table::from_columns(all).expect("names were checked, and every column has the rows that stay")
}

fn only(column: Column, kept: &[bool]) -> Column {
    fn fixed<T: Copy>(values: Fixed<T>, kept: &[bool]) -> Fixed<T> {
        let chosen = |row: &usize| kept[*row];
        Fixed {
            values: (0..kept.len()).filter(chosen).map(|row| values.values[row]).collect(),
            valid: (0..kept.len()).filter(chosen).map(|row| values.valid[row]).collect(),
        }
    }
    let data = match column.data {
        ColumnData::Text(text) => {
            let mut out = TextColumn::default();
            for row in (0..kept.len()).filter(|row| kept[*row]) {
                out.push(text.get(row));
            }
            ColumnData::Text(out)
        }
        ColumnData::Integer(values) => ColumnData::Integer(fixed(values, kept)),
        ColumnData::Timestamp(values) => ColumnData::Timestamp(fixed(values, kept)),
        ColumnData::Number(values) => ColumnData::Number(fixed(values, kept)),
        ColumnData::Flag(values) => ColumnData::Flag(fixed(values, kept)),
        ColumnData::Date(values) => ColumnData::Date(fixed(values, kept)),
    };
    Column { name: column.name, data }
}
