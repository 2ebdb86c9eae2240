//! Tables out: CSV, JSON Lines and Parquet by their endings, or standard output. A file is whole or not there.
//!
//! Must never write over a file that is read.

use crate::terminal::WrongInput;
use model::table::ColumnData;
use model::{ColumnType, Table, Value};
use publish::export::{self, Reader};
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Where a result goes. Checked before the work, so that an hour's work does not end at a folder that is not there.
pub(crate) struct Output {
    path: PathBuf,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Csv,
    JsonLines,
    Parquet,
}

impl Output {
    /// The file of a path; `-` is standard output, as CSV.
    ///
    /// # Errors
    /// An ending that nobody knows, or a folder that is not there.
    pub(crate) fn new(path: &Path) -> Result<Self, WrongInput> {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        let kind = match ending.as_deref() {
            _ if path == Path::new("-") => Kind::Csv,
            Some("csv" | "txt") => Kind::Csv,
            Some("jsonl" | "ndjson") => Kind::JsonLines,
            Some("parquet") => Kind::Parquet,
            _ => {
                let path = path.display();
                return Err(WrongInput(format!(
                    "`{path}`: write a name that ends in .csv, .jsonl or .parquet, or `-`"
                )));
            }
        };
        if path != Path::new("-") {
            check_place(path)?;
        }
        Ok(Self { path: path.to_owned(), kind })
    }

    /// Writes a table: beside its place first, then into it.
    pub(crate) fn write(&self, table: Table) -> anyhow::Result<()> {
        let table = without_minus_zero(table);
        if self.path == Path::new("-") {
            let mut out = BufWriter::new(std::io::stdout().lock());
            export::csv(&table, Reader::Program, &mut out)?;
            return Ok(out.flush()?);
        }
        whole(&self.path, |out| match self.kind {
            Kind::Csv => Ok(export::csv(&table, Reader::Program, out)?),
            Kind::JsonLines => Ok(export::json_lines(&table, out)?),
            Kind::Parquet => Ok(out.write_all(&lake::parquet::write(table)?)?),
        })
    }
}

/// A table whose numbers have no minus before a zero: sums of nothing have one, and no reader expects it.
pub(super) fn without_minus_zero(table: Table) -> Table {
    let mut columns = table.into_columns();
    for column in &mut columns {
        if let ColumnData::Number(numbers) = &mut column.data {
            numbers.values.iter_mut().filter(|value| **value == 0.0).for_each(|value| *value = 0.0);
        }
    }
    Table::from_columns(columns).expect("these columns were a table")
}

/// The same for the line of JSON.
pub(super) fn told_without_minus_zero(told: &mut serde_json::Value) {
    match told {
        serde_json::Value::Number(number) if number.is_f64() && number.as_f64() == Some(0.0) => *told = 0.0.into(),
        serde_json::Value::Array(values) => values.iter_mut().for_each(told_without_minus_zero),
        serde_json::Value::Object(entries) => entries.values_mut().for_each(told_without_minus_zero),
        _ => {}
    }
}

/// Where a file lies, however it is called.
pub(super) struct Place {
    /// As it was given.
    given: PathBuf,
    /// Without links and dots.
    whole: PathBuf,
    /// Which file of which device it is, where there is one: two names of one file have the same.
    file: Option<(u64, u64)>,
}

impl Place {
    /// The place of a path, whether a file is there or not.
    pub(super) fn of(path: &Path) -> Self {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let to_be = || Some(folder.canonicalize().ok()?.join(path.file_name()?));
        let whole = path.canonicalize().ok().or_else(to_be).unwrap_or_else(|| path.to_owned());
        Self { given: path.to_owned(), whole, file: file_number(path) }
    }

    /// The place of a file that is read; `None` where there is none. `-` is what standard input comes from.
    pub(super) fn of_input(path: &Path) -> Option<Self> {
        let standard = path == Path::new("-");
        let place = Self::of(if standard { Path::new("/dev/stdin") } else { path });
        place.given.exists().then(|| Self { given: path.to_owned(), ..place })
    }

    /// Whether both are one file.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.whole == other.whole || (self.file.is_some() && self.file == other.file)
    }

    /// Checks that what is written here does not take the place of what is read there.
    ///
    /// # Errors
    /// Where it would.
    pub(super) fn apart_from(&self, read: &Self) -> Result<(), WrongInput> {
        let (own, of_read) = (self.given.display(), read.given.display());
        if self.is(read) {
            let same = if self.given == read.given {
                format!("`{own}`")
            } else if read.given == Path::new("-") {
                format!("`{own}` is where standard input comes from; it")
            } else {
                format!("`{own}` is the same file as `{of_read}`, which")
            };
            return Err(WrongInput(format!("{same} is read as input; name another file")));
        }
        if Self::of(&beside(&self.given)).is(read) {
            return Err(WrongInput(format!(
                "`{own}` is made as `{of_read}` first, which is read as input; name another file"
            )));
        }
        Ok(())
    }
}

#[cfg(unix)]
fn file_number(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    let about = path.metadata().ok()?;
    Some((about.dev(), about.ino()))
}

#[cfg(not(unix))]
fn file_number(_: &Path) -> Option<(u64, u64)> {
    None
}

/// Checks that a file can be written at a path, before anything is done for it.
///
/// # Errors
/// A folder that is not there or that cannot be written to, or a folder in place of the file.
pub(super) fn check_place(path: &Path) -> Result<(), WrongInput> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        let (path, folder) = (path.display(), folder.display());
        return Err(WrongInput(format!("`{path}`: there is no folder `{folder}`; make it first")));
    }
    if path.is_dir() {
        return Err(WrongInput(format!("`{}`: this is a folder; name a file", path.display())));
    }
    // Whether one may write there only an attempt tells. What is there already is left alone.
    let beside = beside(path);
    match OpenOptions::new().write(true).create_new(true).open(&beside).map(drop) {
        Ok(()) => std::fs::remove_file(&beside).map_err(|error| unwritable(path, &error)),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(unwritable(path, &error)),
    }
}

/// Where a file is made, before it is moved to its place.
fn beside(path: &Path) -> PathBuf {
    let mut beside = path.to_owned().into_os_string();
    beside.push(".partial");
    PathBuf::from(beside)
}

fn unwritable(path: &Path, error: &std::io::Error) -> WrongInput {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let (path, folder) = (path.display(), folder.display());
    WrongInput(format!("`{path}`: the folder `{folder}` cannot be written to ({error}); name a file in another one"))
}

/// Writes a file beside its place first, then into it.
///
/// # Errors
/// What the writing says; nothing is left behind then.
pub(super) fn whole(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let beside = beside(path);
    let written = written(path, &beside, write).and_then(|()| Ok(std::fs::rename(&beside, path)?));
    if written.is_err() {
        // What was begun is of no use; the error itself is what counts.
        let _gone = std::fs::remove_file(&beside);
    }
    written
}

fn written(
    path: &Path,
    beside: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let file = File::create(beside).map_err(|error| unwritable(path, &error))?;
    let mut out = BufWriter::with_capacity(1 << 20, file);
    write(&mut out)?;
    Ok(out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?)
}

/// A table that grows by rows.
pub(super) struct Columns(pub(super) Table);

impl Columns {
    /// Columns of text, of numbers, of text again, and of counts.
    pub(super) fn of(texts: &[&str], numbers: &[&str], more: &[&str], counts: &[&str]) -> Self {
        let kinds = [
            (texts, ColumnType::Text),
            (numbers, ColumnType::Number),
            (more, ColumnType::Text),
            (counts, ColumnType::Integer),
        ];
        let columns: Vec<(&str, ColumnType)> =
            kinds.iter().flat_map(|(names, kind)| names.iter().map(|name| (*name, *kind))).collect();
        Self(Table::with_columns(&columns))
    }

    pub(super) fn row<const N: usize>(&mut self, values: [Value; N]) {
        self.0.push_row(values.to_vec()).expect("values were made for these columns");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_have_no_minus_in_any_kind_of_file() {
        let table = || {
            let mut columns = Columns::of(&["name"], &["sum"], &[], &["count"]);
            columns.row(["-0".into(), (-0.0).into(), 0.into()]);
            columns.row(["a".into(), (-1.5).into(), (-1).into()]);
            columns.0
        };
        let folder = tempfile::tempdir().expect("a folder");
        let written = |name: &str| {
            let path = folder.path().join(name);
            Output::new(&path).expect("a place").write(table()).expect("written");
            std::fs::read(path).expect("it is there")
        };
        assert_eq!(written("a.csv"), b"name,sum,count\n-0,0,0\na,-1.5,-1\n", "text stays as it is");
        let lines = String::from_utf8(written("a.jsonl")).expect("UTF-8");
        assert!(lines.contains("\"sum\":0.0") && !lines.contains("-0.0"), "{lines}");
        let back = lake::parquet::read(written("a.parquet")).expect("a table");
        assert_eq!(back.number(0, "sum").map(f64::is_sign_negative), Some(false));
        let mut told = serde_json::json!({"a": [-0.0, -1.5, "-0"], "b": {"c": -0.0, "d": 0}});
        told_without_minus_zero(&mut told);
        assert_eq!(told.to_string(), r#"{"a":[0.0,-1.5,"-0"],"b":{"c":0.0,"d":0}}"#);
    }
}
