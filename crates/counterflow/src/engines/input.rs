//! Plain files in: CSV, JSON Lines and Parquet by their endings, or standard input, in parts, with the place of every cell.
//!
//! Holds what all engines need to read and to refuse. It must never know what a column means.

use crate::terminal::{Bar, WrongInput};
use formats::{Format, ReadOptions};
use model::run::Progress;
use model::{Column, Problem, Table};
use std::borrow::Cow;
use std::fs::File;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Bytes by which a format is recognized.
const HEAD: u64 = 8 << 10;

/// The encoding of text where nothing else is said.
const UTF_8: &str = "utf-8";

/// What to do where a file with a header lacks a column.
const IN_HEADER: &str = "write it into the header";

/// The largest number that is taken: squares of larger ones, and sums of them, are no numbers any more.
const LARGEST: f64 = 1e100;

/// A column that an engine reads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    /// Its name, unless the caller says that the file calls it otherwise.
    pub(crate) name: &'static str,
    /// True where the engine can do without it.
    pub(crate) optional: bool,
}

/// A column that must be there.
pub(crate) const fn column(name: &'static str) -> Wanted {
    Wanted { name, optional: false }
}

/// A column that may be there.
pub(crate) const fn maybe(name: &'static str) -> Wanted {
    Wanted { name, optional: true }
}

/// A part of a file: the wanted columns in the order they were asked for.
pub(crate) struct Part<'a> {
    file: &'a Input,
    columns: Vec<(Option<&'a Column>, Cow<'a, str>)>,
    table: &'a Table,
    lines: Option<&'a Column>,
    first: u64,
}

impl Part<'_> {
    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether the file has a column.
    pub(crate) fn has(&self, column: usize) -> bool {
        self.columns[column].0.is_some()
    }

    /// The text of a cell without white space around it; `None` where it is empty or there is no such column.
    pub(crate) fn text(&self, column: usize, row: usize) -> Option<Cow<'_, str>> {
        cell(self.columns[column].0?, row)
    }

    /// The text of a cell that must not be empty.
    pub(crate) fn filled(&self, column: usize, row: usize) -> Result<Cow<'_, str>, WrongInput> {
        self.text(column, row).ok_or_else(|| self.wrong(column, row, "write a value, or leave the line out"))
    }

    /// A finite number that must be there, and that can be reckoned with.
    pub(crate) fn number(&self, column: usize, row: usize) -> Result<f64, WrongInput> {
        let text = self.filled(column, row)?;
        match text.parse::<f64>() {
            Ok(number) if number.abs() <= LARGEST => Ok(number),
            Ok(number) if number.is_finite() => Err(self.wrong(column, row, "write a number between -1e100 and 1e100")),
            _ => Err(self.wrong(column, row, "write a finite number, with a point before its decimals")),
        }
    }

    /// A moment in seconds since 1970: as a number of them, or as date and time; without an offset, universal time.
    pub(crate) fn moment(&self, column: usize, row: usize, milliseconds: bool) -> Result<f64, WrongInput> {
        /// Seconds beyond the year 5000: those are thousandths.
        const FAR: f64 = 1e11;
        let text = self.filled(column, row)?;
        if let Some(number) = text.parse::<f64>().ok().filter(|number| number.is_finite()) {
            return match milliseconds {
                true => Ok(number / 1_000.0),
                false if number.abs() < FAR => Ok(number),
                false => Err(self.wrong(column, row, "say `--milliseconds` if these are thousandths of a second")),
            };
        }
        seconds(&text).ok_or_else(|| {
            self.wrong(column, row, "write seconds since 1970, or a moment such as 2026-01-31T09:30:00Z")
        })
    }

    /// The line of a row, or the number of its record where the file has no lines.
    pub(crate) fn line(&self, row: usize) -> u64 {
        match self.lines.map(|lines| lines.value(row)) {
            Some(model::Value::Integer(line)) => line.unsigned_abs(),
            _ => self.first + row as u64 + 1,
        }
    }

    /// What is wrong with a cell, and what to write instead.
    pub(crate) fn wrong(&self, column: usize, row: usize, write: &str) -> WrongInput {
        let found = self.text(column, row).map_or_else(|| "nothing".to_owned(), |text| format!("`{}`", cut(&text)));
        let (file, line, name) = (&self.file.name, self.line(row), &self.columns[column].1);
        WrongInput(format!("{file}: line {line}: column `{name}`: there is {found}; {write}"))
    }
}

/// The text of a cell without white space around it; `None` where it is empty.
pub(super) fn cell(column: &Column, row: usize) -> Option<Cow<'_, str>> {
    let text = match column.text(row) {
        Some(text) => Cow::Borrowed(text.trim()),
        None if column.kind() == model::ColumnType::Text => return None,
        None => match column.value(row) {
            model::Value::Null => return None,
            value => Cow::Owned(value.to_string()),
        },
    };
    (!text.is_empty()).then_some(text)
}

/// Seconds since 1970 of a date or a moment; without an offset, universal time.
pub(super) fn seconds(text: &str) -> Option<f64> {
    let zoned = text.parse::<model::Timestamp>().ok();
    let plain = || format!("{}{}Z", text.replace(' ', "T"), if text.len() > 10 { "" } else { "T00:00:00" }).parse();
    Some(zoned.or_else(|| plain().ok())?.as_nanosecond() as f64 / 1e9)
}

/// The columns that a file gave, without those that tell where its rows were.
pub(crate) fn given(table: &Table) -> impl Iterator<Item = &Column> {
    table.columns().iter().filter(|column| !matches!(&*column.name, "_line" | "_record"))
}

/// What to say where a file has no such column.
pub(crate) fn no_column(file: &str, name: &str, table: &Table, write: &str) -> WrongInput {
    let own = given(table).map(|column| format!("`{}`", cut(&column.name))).collect::<Vec<_>>().join(", ");
    WrongInput(format!("{file}: line 1: there is no column `{name}`, but {own}; {write}"))
}

/// Columns that an engine does not read, kept to be handed on with its result, row by row.
#[derive(Default)]
pub(crate) struct Others {
    parts: Vec<Table>,
}

impl Others {
    /// Keeps what a part has beside the wanted columns.
    pub(crate) fn take(&mut self, part: &Part<'_>) -> Result<(), WrongInput> {
        let is_wanted = |column: &Column| {
            part.columns.iter().any(|(wanted, _)| wanted.is_some_and(|wanted| std::ptr::eq(wanted, column)))
        };
        let columns: Vec<Column> = given(part.table).filter(|column| !is_wanted(column)).cloned().collect();
        let wrong = |error| WrongInput(format!("{}: {error}", part.file.name));
        self.parts.push(Table::from_columns(columns).map_err(wrong)?);
        Ok(())
    }

    /// Adds them to a result with a line for each row, after its own columns.
    ///
    /// # Errors
    /// A column that is called as one of the result.
    pub(crate) fn beside(self, input: &Input, mut result: Table) -> anyhow::Result<Table> {
        for column in model::table::concatenate(self.parts)?.into_columns() {
            let (file, name) = (input.name(), column.name.clone());
            if result.column(&name).is_some() {
                return Err(
                    WrongInput(format!("{file}: line 1: column `{name}` is what the result adds; rename it")).into()
                );
            }
            result.add_column(column)?;
        }
        Ok(result)
    }
}

/// A text that fits into a message.
pub(crate) fn cut(text: &str) -> String {
    const MOST: usize = 60;
    if text.chars().count() <= MOST { text.to_owned() } else { text.chars().take(MOST).chain(['…']).collect() }
}

/// A file, or standard input.
pub(crate) struct Input {
    path: PathBuf,
    name: String,
    columns: Vec<(String, String)>,
    /// The option that gives other names of its columns, where there is one.
    option: Option<&'static str>,
    encoding: String,
    /// Why it must not be read.
    refused: Option<String>,
}

/// A file that was begun: its first bytes, the rest, and its length, 0 where that is not known.
pub(crate) struct Begun {
    pub(crate) head: Vec<u8>,
    pub(crate) rest: Box<dyn Read + Send>,
    pub(crate) length: u64,
}

impl Input {
    /// The file of a path; `-` is standard input. Text that does not say its encoding by a mark is of the one given, or
    /// else UTF-8: what is only guessed would make other words of names.
    pub(crate) fn new(path: &Path, encoding: Option<&str>) -> Self {
        let name = if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() };
        let encoding = encoding.unwrap_or(UTF_8).to_owned();
        Self { path: path.to_owned(), name, columns: Vec::new(), option: None, encoding, refused: None }
    }

    /// The same, refused when it is begun where something speaks against it.
    pub(crate) fn unless(mut self, against: Option<WrongInput>) -> Self {
        self.refused = against.map(|against| against.0);
        self
    }

    /// The same with other names of columns, `task=question`, as an option gives them.
    ///
    /// # Errors
    /// Where they cannot be understood.
    pub(crate) fn renamed(mut self, option: &'static str, columns: &[String]) -> Result<Self, WrongInput> {
        let pair = |text: &String| {
            let wrong = || WrongInput(format!("`{option} {text}`: write WANTED=FOUND, such as `task=question`"));
            let (wanted, found) = text.split_once('=').ok_or_else(wrong)?;
            Ok((wanted.trim().to_owned(), found.trim().to_owned()))
        };
        self.columns = columns.iter().map(pair).collect::<Result<_, WrongInput>>()?;
        self.option = Some(option);
        Ok(self)
    }

    /// What the file calls a column, where an option says that.
    pub(crate) fn other_name(&self, wanted: &str) -> Option<&str> {
        self.columns.iter().find(|(name, _)| name == wanted).map(|(_, found)| found.as_str())
    }

    /// What messages call it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Reads all of it, part by part.
    ///
    /// # Errors
    /// What is wrong, with file, line and column, and what to write instead; or what `take` says.
    pub(crate) fn each(
        &self,
        wanted: &[Wanted],
        bar: &Bar,
        take: impl FnMut(&Part<'_>) -> Result<(), WrongInput>,
    ) -> Result<(), WrongInput> {
        self.each_of(self.begin()?, wanted, bar, take)
    }

    /// The same of a file that was begun.
    ///
    /// # Errors
    /// As [`Self::each`].
    pub(crate) fn each_of(
        &self,
        begun: Begun,
        wanted: &[Wanted],
        bar: &Bar,
        mut take: impl FnMut(&Part<'_>) -> Result<(), WrongInput>,
    ) -> Result<(), WrongInput> {
        self.check_names(wanted)?;
        let Begun { head, rest: mut input, length } = begun;
        if head.is_empty() {
            let columns: Vec<&str> = wanted.iter().filter(|one| !one.optional).map(|one| one.name).collect();
            let header = if columns.is_empty() { String::new() } else { format!(" `{}`", columns.join(",")) };
            let name = &self.name;
            return Err(WrongInput(format!(
                "{name}: the file is empty; write a header{header} and a line for each row"
            )));
        }
        if head.starts_with(b"PAR1") {
            return self.parquet(&head, &mut input, wanted, take);
        }
        let format = self.format(&head);
        let (is_lines, is_json) = (format.about().name == "json_lines", format.about().name.starts_with("json"));
        if is_lines && head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head).trim_ascii_start().starts_with(b"[") {
            let cells: Vec<String> =
                wanted.iter().filter(|one| !one.optional).map(|one| format!("\"{}\": …", one.name)).collect();
            let (name, such) = (
                &self.name,
                if cells.is_empty() { String::new() } else { format!(", such as `{{{}}}`", cells.join(", ")) },
            );
            return Err(WrongInput(format!(
                "{name}: line 1: there is an array; write one object into each line{such}"
            )));
        }
        let lacks = if is_json { "write it into each object" } else { IN_HEADER };
        let mut header = (format.about().name == "csv").then(|| head.clone());
        let mut first = 0;
        let mut failed = None;
        let mut read = 0;
        let mut input = head.as_slice().chain(input);
        let mut counted = Counted { input: &mut input, read: &mut read, length, what: &self.name, bar };
        let options = ReadOptions { encoding: Some(self.encoding.clone()), ..ReadOptions::default() };
        let done = format.read(&mut counted, &options, &mut |reading| {
            let table = reading.table;
            let taken = match reading.problems.iter().find(|problem| problem.severity > model::Severity::Note) {
                Some(problem) => Err(self.refused(problem)),
                // Only the first part has a header.
                None => (header.take().map_or(Ok(()), |head| self.once(&head, &table, wanted)))
                    .and_then(|()| self.part(&table, first, wanted, lacks))
                    .and_then(|part| take(&part)),
            };
            first += table.len() as u64;
            match taken {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            }
        });
        match (failed, done) {
            (Some(error), _) => Err(error),
            (None, Err(error)) => Err(WrongInput(format!("{}: {error}", self.name))),
            (None, Ok(())) if first == 0 => {
                Err(WrongInput(format!("{}: there is a header and no row; write a line for each row", self.name)))
            }
            (None, Ok(())) => Ok(()),
        }
    }

    /// Checks that an option gives other names to columns that are wanted only.
    ///
    /// # Errors
    /// Where it names another.
    pub(crate) fn check_names(&self, wanted: &[Wanted]) -> Result<(), WrongInput> {
        for (name, _) in self.columns.iter().filter(|_| !wanted.is_empty()) {
            if !wanted.iter().any(|wanted| wanted.name == name) {
                let known: Vec<&str> = wanted.iter().map(|wanted| wanted.name).collect();
                let option = self.option.unwrap_or_default();
                return Err(WrongInput(format!("`{option} {name}=…`: write one of {}", known.join(", "))));
            }
        }
        Ok(())
    }

    /// All of it as one table of text, with `_line` where the file has lines.
    ///
    /// # Errors
    /// As [`Self::each`].
    pub(crate) fn table(&self, bar: &Bar) -> Result<Table, WrongInput> {
        let mut parts = Vec::new();
        self.each(&[], bar, |part| {
            parts.push(part.table.clone());
            Ok(())
        })?;
        let mut table =
            model::table::concatenate(parts).map_err(|error| WrongInput(format!("{}: {error}", self.name)))?;
        let option = self.option.unwrap_or_default();
        for (wanted, found) in &self.columns {
            if table.column(found).is_none() {
                return Err(self.no_column(
                    found,
                    &table,
                    &format!("write one of these into `{option} {wanted}=NAME`"),
                ));
            }
            if wanted != found && table.column(wanted).is_some() {
                let file = &self.name;
                return Err(WrongInput(format!(
                    "{file}: line 1: there is a column `{wanted}` already, so `{option} {wanted}={found}` would make two of it; leave one out"
                )));
            }
            table.rename(found, wanted);
        }
        Ok(table)
    }

    /// Begins to read.
    ///
    /// # Errors
    /// No such file, a folder, or a file that a result goes to.
    pub(crate) fn begin(&self) -> Result<Begun, WrongInput> {
        if let Some(refused) = &self.refused {
            return Err(WrongInput(refused.clone()));
        }
        let (mut rest, length): (Box<dyn Read + Send>, u64) = if self.is_standard() {
            (Box::new(std::io::stdin()), 0)
        } else {
            let file = File::open(&self.path).map_err(|error| self.unreadable(&error))?;
            let about = file.metadata().map_err(|error| self.unreadable(&error))?;
            if about.is_dir() {
                return Err(WrongInput(format!("{}: this is a folder; name a file", self.name)));
            }
            (Box::new(file), about.len())
        };
        let mut head = Vec::new();
        rest.by_ref().take(HEAD).read_to_end(&mut head).map_err(|error| self.unreadable(&error))?;
        Ok(Begun { head, rest, length })
    }

    /// Whether it is standard input, which can be read once only.
    pub(crate) fn is_standard(&self) -> bool {
        self.path == Path::new("-")
    }

    /// What to say of a file that cannot be read.
    pub(crate) fn unreadable(&self, error: &std::io::Error) -> WrongInput {
        WrongInput(format!("{}: cannot be read: {error}", self.name))
    }

    /// The format by name and first bytes; lines of text where neither tells.
    fn format(&self, head: &[u8]) -> &'static dyn Format {
        let tabular = |format: &&dyn Format| ["csv", "json_lines", "json", "xlsx"].contains(&format.about().name);
        let found = formats::recognize(&self.name, head).filter(tabular);
        found.unwrap_or_else(|| formats::find("csv").expect("the format is there"))
    }

    fn refused(&self, problem: &Problem) -> WrongInput {
        let place = &problem.place;
        let line = place.line.or(place.record).map(|line| format!(" line {line}:")).unwrap_or_default();
        let column = place.column.as_ref().map(|column| format!(" column `{column}`:")).unwrap_or_default();
        let (name, cause) = (&self.name, problem.cause.replace('_', " "));
        let hint = match &*problem.cause {
            "wrong_bytes" if self.encoding == UTF_8 => {
                "the file is not UTF-8; save it as such, or say its encoding, such as `--encoding windows-1252`"
            }
            "wrong_bytes" => "the file is not of the encoding that `--encoding` says; say the one it is of",
            _ => &problem.hint,
        };
        WrongInput(format!("{name}:{line}{column} {cause}: there is `{}`; {hint}", cut(&problem.found)))
    }

    /// A part as a table, after so many rows. `lacks` is what to do where it has not the columns that are wanted.
    ///
    /// # Errors
    /// Where it has not.
    pub(crate) fn part<'a>(
        &'a self,
        table: &'a Table,
        first: u64,
        wanted: &[Wanted],
        lacks: &str,
    ) -> Result<Part<'a>, WrongInput> {
        let mut columns = Vec::with_capacity(wanted.len());
        for one in wanted {
            let other = self.other_name(one.name);
            let name = other.unwrap_or(one.name);
            let found = table.columns().iter().find(|column| column.name.trim() == name);
            if found.is_none() && (!one.optional || other.is_some()) {
                let say = self.option.map(|option| format!(", or say `{option} {}=NAME`", one.name));
                let write = format!("{lacks}{}", say.unwrap_or_default());
                return Err(self.no_column(name, table, &write));
            }
            columns.push((found, Cow::Owned(name.to_owned())));
        }
        Ok(Part { file: self, columns, table, lines: table.column("_line"), first })
    }

    /// Checks that no wanted column stands twice in a header: which of the two is meant nobody could say.
    fn once(&self, head: &[u8], table: &Table, wanted: &[Wanted]) -> Result<(), WrongInput> {
        let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let line = String::from_utf8_lossy(line);
        let blank = |sign: char| sign.is_whitespace() || matches!(sign, '"' | '\u{feff}');
        for one in wanted {
            let name = self.other_name(one.name).unwrap_or(one.name);
            // A name that comes again gets a number where the table is made.
            let again = table.column(&format!("{name}_2")).is_some();
            if again && line.split([',', ';', '\t', '|']).filter(|cell| cell.trim_matches(blank) == name).count() > 1 {
                let file = &self.name;
                return Err(WrongInput(format!(
                    "{file}: line 1: column `{name}` stands there twice; give one of them another name"
                )));
            }
        }
        Ok(())
    }

    /// What to say where a file lacks a column that an option needs.
    pub(crate) fn without(&self, column: &str, why: &str) -> WrongInput {
        WrongInput(format!("{}: line 1: there is no column `{column}`; {why}", self.name))
    }

    /// What to say where a column is not there.
    pub(crate) fn no_column(&self, name: &str, table: &Table, write: &str) -> WrongInput {
        no_column(&self.name, name, table, write)
    }

    /// Parquet must lie in memory as a whole: its index stands at its end.
    fn parquet(
        &self,
        head: &[u8],
        rest: &mut dyn Read,
        wanted: &[Wanted],
        mut take: impl FnMut(&Part<'_>) -> Result<(), WrongInput>,
    ) -> Result<(), WrongInput> {
        let mut bytes = head.to_vec();
        rest.read_to_end(&mut bytes).map_err(|error| self.unreadable(&error))?;
        let table = lake::parquet::read(bytes).map_err(|error| WrongInput(format!("{}: {error}", self.name)))?;
        if table.is_empty() {
            return Err(WrongInput(format!("{}: there is no row; write one for each answer", self.name)));
        }
        take(&self.part(&table, 0, wanted, "give the file such a column")?)
    }
}

/// A reader that tells how far it is.
struct Counted<'a> {
    input: &'a mut dyn Read,
    read: &'a mut u64,
    length: u64,
    what: &'a str,
    bar: &'a Bar,
}

impl Read for Counted<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.input.read(into)?;
        let before = *self.read >> 20;
        *self.read += read as u64;
        if *self.read >> 20 != before {
            self.bar.at(&format!("{}, KiB", self.what), *self.read >> 10, self.length >> 10);
        }
        Ok(read)
    }
}
