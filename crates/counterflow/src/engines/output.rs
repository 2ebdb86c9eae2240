//! Tables out: CSV, JSON Lines and Parquet by their endings, or standard output. A file is whole or not there.

use crate::terminal::WrongInput;
use model::{ColumnType, Table, Value};
use publish::export::{self, Reader};
use std::fs::File;
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
        check_place(path)?;
        Ok(Self { path: path.to_owned(), kind })
    }

    /// Writes a table: beside its place first, then into it.
    pub(crate) fn write(&self, table: Table) -> anyhow::Result<()> {
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

/// Checks that a file can be written at a path, before anything is done for it.
///
/// # Errors
/// A folder that is not there, or a folder in place of the file.
pub(super) fn check_place(path: &Path) -> Result<(), WrongInput> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        let (path, folder) = (path.display(), folder.display());
        return Err(WrongInput(format!("`{path}`: there is no folder `{folder}`; make it first")));
    }
    if path.is_dir() {
        return Err(WrongInput(format!("`{}`: this is a folder; name a file", path.display())));
    }
    Ok(())
}

/// Writes a file beside its place first, then into it.
///
/// # Errors
/// What the writing says; nothing is left behind then.
pub(super) fn whole(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let mut beside = path.to_owned().into_os_string();
    beside.push(".partial");
    let beside = PathBuf::from(beside);
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
    let file = File::create(beside).map_err(|error| WrongInput(format!("`{}`: {error}", path.display())))?;
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
