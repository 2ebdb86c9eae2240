//! The engines on plain files, for analysts without an office and for measuring beside others: each reads tables, calls one pure
//! module of a stage, and writes a table.
//!
//! Must never hold a method: what an engine does is in its stage.

pub(crate) mod coordination;
pub(crate) mod crowd;
pub(crate) mod forecast;
pub(crate) mod graph;
mod input;
pub(crate) mod link;
mod names;
pub(crate) mod neardup;
pub(crate) mod opinion;
mod output;
pub(crate) mod place;
pub(crate) mod predict;
pub(crate) mod reviews;
pub(crate) mod trust;

use crate::terminal::{Bar, WrongInput, note, say};
use crate::wiring::CANCELLED;
use input::Input;
use output::{Output, Place};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::{Duration, Instant};

/// What every engine takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Common {
    /// Where the result goes: .csv, .jsonl or .parquet; `-` is standard output
    #[arg(long, short, default_value = "-")]
    output: PathBuf,
    /// Other names of columns: `--columns task=question,label=answer`
    #[arg(long, value_delimiter = ',')]
    columns: Vec<String>,
    /// Encoding of text files: a label such as `windows-1252`; UTF-8, or UTF-16 with its mark, where not given
    #[arg(long)]
    encoding: Option<String>,
    /// End standard output with one line of JSON: what was read and found, how long it took, with which parameters
    #[arg(long)]
    json: bool,
    /// Threads; all cores where not given. The result does not depend on it
    #[arg(long, value_parser = count::<usize>)]
    threads: Option<usize>,
}

/// A number that an option gives.
fn number(text: &str) -> Result<f64, String> {
    let found = text.parse::<f64>().ok().filter(|number| number.is_finite());
    found.ok_or_else(|| "write a finite number such as 0.5, with a point before its decimals".to_owned())
}

/// A whole number that an option gives.
fn whole(text: &str) -> Result<i64, String> {
    text.parse().map_err(|_| "write a whole number such as 60, in figures alone".to_owned())
}

/// A number of things that an option gives.
fn count<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| "write a whole number of 0 or more such as 10, in figures alone".to_owned())
}

/// One run of an engine, from its start to its last line.
pub(crate) struct Run {
    began: Instant,
    worked: Duration,
    json: bool,
    encoding: Option<String>,
    /// Files that are written.
    outputs: RefCell<Vec<Place>>,
    /// Files that are read.
    inputs: RefCell<Vec<Place>>,
    /// How far it is.
    pub(crate) bar: Bar,
}

impl Common {
    /// Begins a run.
    ///
    /// # Errors
    /// No threads at all.
    pub(crate) fn begin(&self) -> anyhow::Result<Run> {
        if let Some(threads) = self.threads {
            if threads == 0 {
                return Err(WrongInput("`--threads 0`: write 1 or more, or leave it out".to_owned()).into());
            }
            rayon::ThreadPoolBuilder::new().num_threads(threads).build_global()?;
        }
        let (json, encoding) = (self.json, self.encoding.clone());
        let (outputs, inputs, bar) = (RefCell::default(), RefCell::default(), Bar::new(&CANCELLED));
        Ok(Run { began: Instant::now(), worked: Duration::ZERO, json, encoding, outputs, inputs, bar })
    }
}

impl Run {
    /// A file to read beside the first. Its columns have no other names. One that a result goes to is refused as soon as it is
    /// begun.
    pub(crate) fn another(&self, path: &Path) -> Input {
        Input::new(path, self.encoding.as_deref()).unless(self.reads(path).err())
    }

    /// Checks that no result goes to a file that is read, whichever of the two is named first: the result would take its place.
    ///
    /// # Errors
    /// Where one does.
    pub(crate) fn reads(&self, path: &Path) -> Result<(), WrongInput> {
        let Some(place) = Place::of_input(path) else { return Ok(()) };
        self.outputs.borrow().iter().try_for_each(|output| output.apart_from(&place))?;
        self.inputs.borrow_mut().push(place);
        Ok(())
    }

    /// The file to read. `columns` are other names of its columns, as `--columns` gives them.
    ///
    /// # Errors
    /// Where the other names cannot be understood, or a result goes to the file.
    pub(crate) fn input(&self, path: &Path, columns: &[String]) -> Result<Input, WrongInput> {
        self.reads(path)?;
        self.another(path).renamed("--columns", columns)
    }

    /// A file to write.
    ///
    /// # Errors
    /// An ending that nobody knows, a folder that is not there or cannot be written to, or a file that is read or that another
    /// result goes to already.
    pub(crate) fn output(&self, path: &Path) -> Result<Output, WrongInput> {
        let output = Output::new(path)?;
        self.only_once(path)?;
        Ok(output)
    }

    /// The same of one that may be left out.
    ///
    /// # Errors
    /// As [`Self::output`].
    pub(crate) fn maybe_output(&self, path: Option<&Path>) -> Result<Option<Output>, WrongInput> {
        path.map(|path| self.output(path)).transpose()
    }

    /// Checks that no two results go to one file, and none to a file that is read.
    ///
    /// # Errors
    /// Where another goes there already, or where it is read.
    pub(crate) fn only_once(&self, path: &Path) -> Result<(), WrongInput> {
        let place = Place::of(path);
        let mut outputs = self.outputs.borrow_mut();
        if outputs.iter().any(|known| known.is(&place)) {
            return Err(WrongInput(format!("`{}`: two results would go there; name two files", path.display())));
        }
        self.inputs.borrow().iter().try_for_each(|input| place.apart_from(input))?;
        outputs.push(place);
        Ok(())
    }

    /// Does the work itself, without reading and writing, and takes its time.
    pub(crate) fn work<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let began = Instant::now();
        let done = work();
        self.worked += began.elapsed();
        done
    }

    /// The last word: a line of JSON, or a summary for people.
    pub(crate) fn end(&self, read: &Value, found: &Value, parameters: &Value, summary: &str) {
        self.end_with(read, found, parameters, summary, &[]);
    }

    /// The same, with these findings at the top of the JSON as well.
    pub(crate) fn end_with(&self, read: &Value, found: &Value, parameters: &Value, summary: &str, top: &[&str]) {
        let (wall, total) = (self.worked.as_secs_f64(), self.began.elapsed().as_secs_f64());
        if self.json {
            let mut parameters = parameters.clone();
            if let Some(encoding) = &self.encoding {
                parameters["encoding"] = encoding.as_str().into();
            }
            // What was called, word by word: with it, all can be done again.
            let called: Vec<String> = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into()).collect();
            let mut line = json!({
                "read": read, "found": found, "wall_s": wall, "total_s": total, "parameters": parameters, "called": called,
                "threads": rayon::current_num_threads(), "version": env!("CARGO_PKG_VERSION"),
            });
            top.iter().for_each(|name| line[*name] = found[*name].clone());
            output::told_without_minus_zero(&mut line);
            say(&line.to_string());
        } else {
            note(&format!("{summary} ({wall:.2} s of work, {total:.2} s in all)"));
        }
    }
}
