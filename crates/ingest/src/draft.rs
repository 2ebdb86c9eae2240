//! A mapping written for a file that has none: names and types of the columns, as its first rows show them.
//!
//! Must never leave a value out on a guess: a column whose first rows do not all fit a type is text. What does not fit later is a
//! Problem, and the drafted file can be mended and used like any other mapping.

use crate::mapping::Guess;
use formats::{ReadOptions, Reading};
use model::Table;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::ops::ControlFlow;

/// Rows that are looked at.
pub const ROWS: usize = 20_000;
/// Letters of a name at most.
const LONGEST_NAME: usize = 63;

/// The text of a mapping for a file, or what keeps it from being read.
///
/// # Errors
/// What is wrong with the file, and what to do.
pub fn draft(dataset: &str, file: &str, bytes: &[u8]) -> Result<String, String> {
    let head = &bytes[..bytes.len().min(1 << 13)];
    let Some(format) = formats::recognize(file, head) else {
        let known: Vec<_> = formats::ALL.iter().map(|format| format.about().name).collect();
        return Err(format!("`{file}` is of no format that is known here; known are {}", known.join(", ")));
    };
    let mut guesses: Vec<(String, Guess)> = Vec::new();
    let mut rows = 0;
    let mut input = bytes;
    let read = format.read(&mut input, &ReadOptions::default(), &mut |reading: Reading| {
        look(&reading.table, &mut guesses);
        rows += reading.table.len();
        if rows >= ROWS { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    read.map_err(|error| {
        let problem = error.problem(file);
        let line = problem.place.line.map(|line| format!(", line {line}")).unwrap_or_default();
        format!("`{file}`{line}: {}: {}", problem.found, problem.hint)
    })?;
    if guesses.is_empty() {
        return Err(format!("`{file}` has no columns; its first line must name them"));
    }
    Ok(written(dataset, format.about().name, &guesses))
}

fn look(table: &Table, guesses: &mut Vec<(String, Guess)>) {
    for column in table.columns().iter().filter(|column| !matches!(column.name.as_str(), "_line" | "_record")) {
        let place = guesses.iter().position(|(name, _)| *name == column.name).unwrap_or_else(|| {
            guesses.push((column.name.clone(), Guess::default()));
            guesses.len() - 1
        });
        let guess = &mut guesses[place].1;
        (0..table.len()).filter_map(|row| column.text(row)).for_each(|text| guess.see(text));
    }
}

fn written(dataset: &str, format: &str, guesses: &[(String, Guess)]) -> String {
    let mut text = format!(
        "# Drafted from the first {ROWS} rows. Types, names and a key can be changed by hand.\n\n[read]\nformat = \"{format}\"\n\n\
         [[dataset]]\nname = \"{}\"\ntitle = {}\ndoubles = \"keep\"\ncolumn = [\n",
        name_of(dataset, 0),
        quoted(dataset)
    );
    let mut taken = BTreeSet::new();
    for (number, (column, guess)) in guesses.iter().enumerate() {
        let mut name = name_of(column, number + 1);
        if !taken.insert(name.clone()) {
            name = format!("{}_{}", &name[..name.len().min(LONGEST_NAME - 6)], number + 1);
            taken.insert(name.clone());
        }
        let from = if name == *column { String::new() } else { format!(", from = {}", quoted(column)) };
        let kind = guess.word().map(|word| format!(", type = \"{word}\"")).unwrap_or_default();
        writeln!(text, "  {{ name = \"{name}\"{from}{kind} }},").expect("a text takes what is written");
    }
    text.push_str("]\n");
    text
}

/// A name as mappings want it: small letters, digits and `_`, a letter first.
fn name_of(text: &str, number: usize) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '_' };
    let folded: String = text.trim().chars().map(plain).collect();
    let words: Vec<&str> = folded.split('_').filter(|word| !word.is_empty()).collect();
    let mut name = words.join("_");
    name.truncate(LONGEST_NAME);
    match name.bytes().next() {
        None => format!("column_{number}"),
        Some(first) if first.is_ascii_digit() => format!("c_{}", &name[..name.len().min(LONGEST_NAME - 2)]),
        Some(_) => name,
    }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::Mapping;
    use model::ColumnType;

    #[test]
    fn types_are_told_from_all_rows_and_the_draft_is_a_mapping() {
        let csv = "Id,Name of it,Share,when,day,ok,code,mixed,empty,ID\n\
                   1,a,0.5,2024-01-02T03:04:05,2024-01-02,yes,007,1,,x\n\
                   2,b,3,2024-01-03 00:00:00,2024-02-29,no,012,n/a,,y\n";
        let text = draft("My file", "my.csv", csv.as_bytes()).expect("is drafted");
        let mapping = Mapping::parse("draft", &text).expect("is a mapping");
        let found = mapping.datasets()[0].columns();
        let expected = [
            ("id", ColumnType::Integer),
            ("name_of_it", ColumnType::Text),
            ("share", ColumnType::Number),
            ("when", ColumnType::Timestamp),
            ("day", ColumnType::Date),
            ("ok", ColumnType::Flag),
            ("code", ColumnType::Text),
            ("mixed", ColumnType::Text),
            ("empty", ColumnType::Text),
            ("id_10", ColumnType::Text),
        ];
        assert_eq!(found, expected, "{text}");
        assert_eq!(mapping.datasets()[0].dataset, "my_file");
        let parsed = mapping.read_file("my.csv", &mut csv.as_bytes());
        assert!(parsed.problems.is_empty(), "{:?}", parsed.problems);
    }

    #[test]
    fn any_heading_becomes_a_name() {
        let names = ["2 %", "Überschrift", "  ", "A--B", &"x".repeat(99)].map(|text| name_of(text, 7));
        assert_eq!(names[..4], ["c_2", "berschrift", "column_7", "a_b"]);
        assert_eq!(names[4].len(), LONGEST_NAME);
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let unknown = draft("x", "x.bin", &[0, 159, 146, 150]).expect_err("no format");
        assert!(unknown.contains("known are "), "{unknown}");
        assert!(draft("x", "x.csv", b"").is_err());
    }
}
