//! Reads a whole file through its format and applies the mapping, part by part. Pure: the bytes come in as a reader.

use super::{Mapping, State, Told};
use formats::{Format, FormatError, Reading};
use model::{Place, Problem, Severity, Table};
use std::io::{Chain, Cursor, Read};
use std::ops::ControlFlow;
use std::sync::mpsc::sync_channel;

/// Bytes looked at to find out the format.
const HEAD: u64 = 1 << 13;

pub(super) fn file(
    mapping: &Mapping,
    file: &str,
    input: &mut (dyn Read + Send),
    sink: &mut dyn FnMut(usize, Table),
) -> Told {
    let mut told = Told::default();
    let (format, mut input) = match format_of(mapping, file, input) {
        Ok(found) => found,
        Err(error) => return left_out(error.problem(file)),
    };
    let Some(format) = format else {
        let place = Place { file: file.to_owned(), ..Place::default() };
        let known: Vec<_> = formats::ALL.iter().map(|format| format.about().name).collect();
        let hint = format!("name its format as `read.format` in the mapping; one of {}", known.join(", "));
        return left_out(Problem::new("unknown_format", Severity::FileLeftOut, place, file, hint));
    };
    let mut state = State::default();
    // One part is read while the one before is mapped; no more than three lie in memory.
    let (sender, parts) = sync_channel(1);
    let read = std::thread::scope(|scope| {
        let reader = scope.spawn(move || {
            format.read(&mut input, &mapping.read, &mut |reading| match sender.send(reading) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            })
        });
        for reading in parts {
            take(mapping, file, reading, &mut state, &mut told, sink);
        }
        reader.join()
    });
    let read = match read {
        Ok(read) => read,
        Err(panic) => std::panic::resume_unwind(panic),
    };
    if let Err(error) = read {
        return left_out(error.problem(file));
    }
    for dataset in mapping.datasets() {
        told.problems.extend(dataset.finish(file, &mut state));
    }
    told
}

fn take(
    mapping: &Mapping,
    file: &str,
    mut reading: Reading,
    state: &mut State,
    told: &mut Told,
    sink: &mut dyn FnMut(usize, Table),
) {
    for problem in &mut reading.problems {
        file.clone_into(&mut problem.place.file);
    }
    told.problems.append(&mut reading.problems);
    for (number, dataset) in mapping.datasets().iter().enumerate() {
        let mapped = dataset.apply(&reading, file, state);
        told.problems.extend(mapped.problems);
        sink(number, mapped.table);
    }
}

type Whole<'a> = Chain<Cursor<Vec<u8>>, &'a mut (dyn Read + Send)>;

fn format_of<'a>(
    mapping: &Mapping,
    file: &str,
    input: &'a mut (dyn Read + Send),
) -> Result<(Option<&'static dyn Format>, Whole<'a>), FormatError> {
    let mut head = Vec::new();
    Read::take(&mut *input, HEAD).read_to_end(&mut head)?;
    let format = mapping.format.or_else(|| formats::recognize(file, &head));
    Ok((format, Cursor::new(head).chain(input)))
}

fn left_out(problem: Problem) -> Told {
    Told { problems: vec![problem], left_out: true }
}
