//! CellSource a mapping file as typed to rules: checks names, patterns and what belongs together. Says what to write instead.

use super::column::{CellSource, Rule};
use super::file::{OneOrMore, RawColumn, RawDataset, RawFile, RawMelt, RawRead};
use super::melt::Melt;
use super::value::Notation;
use super::{DatasetMapping, Mapping};
use formats::ReadOptions;
use model::ColumnType;
use regex::{Regex, RegexBuilder};
use std::collections::HashMap;

/// Bytes of a compiled pattern at most.
const PATTERN_BYTES: usize = 1 << 20;

pub(super) fn file(name: &str, text: &str) -> Result<Mapping, String> {
    let raw: RawFile = toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
    let (format, read) = read(raw.read)?;
    if raw.dataset.is_empty() {
        return Err("there is no `[[dataset]]`; write at least one".to_owned());
    }
    let mut datasets: Vec<DatasetMapping> = Vec::new();
    for raw in raw.dataset {
        let at = format!("dataset `{}`", raw.name);
        let earlier: Vec<&str> = datasets.iter().map(|mapping| mapping.dataset.as_str()).collect();
        if earlier.contains(&raw.name.as_str()) {
            return Err(format!("{at} is there twice; give one of them another name"));
        }
        let mapping = dataset(raw, &earlier).map_err(|fault| format!("{at}: {fault}"))?;
        datasets.push(mapping);
    }
    let linked: Vec<String> = datasets.iter().flat_map(DatasetMapping::links).map(str::to_owned).collect();
    for mapping in &mut datasets {
        mapping.is_linked = linked.contains(&mapping.dataset);
    }
    Ok(Mapping { name: name.to_owned(), format, read, datasets })
}

fn read(raw: RawRead) -> Result<(Option<&'static dyn formats::Format>, ReadOptions), String> {
    let format = match raw.format {
        None => None,
        Some(name) => {
            let known = || formats::ALL.iter().map(|format| format.about().name).collect::<Vec<_>>().join(", ");
            Some(formats::find(&name).ok_or_else(|| format!("read.format is `{name}`; write one of {}", known()))?)
        }
    };
    let sign = |key: &str, text: Option<String>| match text.as_deref() {
        None => Ok(None),
        Some("tab") => Ok(Some(b'\t')),
        Some(text) if text.len() == 1 && text.is_ascii() => Ok(Some(text.as_bytes()[0])),
        Some(text) => Err(format!("read.{key} is `{text}`; write one ASCII character, or `tab`")),
    };
    let options = ReadOptions {
        encoding: raw.encoding,
        delimiter: sign("delimiter", raw.delimiter)?,
        quote: sign("quote", raw.quote)?,
        header: raw.header,
        skip_lines: raw.skip_lines,
        records: raw.records,
        sheet: raw.sheet,
        limits: formats::Limits::default(),
    };
    Ok((format, options))
}

fn dataset(raw: RawDataset, earlier: &[&str]) -> Result<DatasetMapping, String> {
    check_name(&raw.name)?;
    let melt = raw.melt.map(melt).transpose()?;
    let mut columns: Vec<Rule> = Vec::new();
    for raw in raw.column {
        let at = format!("column `{}`", raw.name);
        if columns.iter().any(|column| column.name == raw.name) {
            return Err(format!("{at} is there twice; give one of them another name"));
        }
        columns.push(column(raw, earlier).map_err(|fault| format!("{at}: {fault}"))?);
    }
    if columns.is_empty() {
        return Err("it has no column; write at least one in `column`".to_owned());
    }
    let position = |name: &String| {
        let known = || columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ");
        let found = columns.iter().position(|column| column.name == *name);
        found.ok_or_else(|| format!("`key` names `{name}`, which is no column; write one of {}", known()))
    };
    let key = raw.key.iter().map(position).collect::<Result<Vec<_>, _>>()?;
    Ok(DatasetMapping {
        dataset: raw.name,
        title: raw.title,
        summary: raw.summary,
        key,
        doubles: raw.doubles,
        melt,
        columns,
        is_linked: false,
    })
}

fn melt(raw: RawMelt) -> Result<Melt, String> {
    let columns = pattern("melt.columns", &raw.columns)?;
    if columns.capture_names().flatten().next().is_none() {
        return Err(
            "melt.columns has no named group; write one for each new column, such as `(?<question>.+)`".to_owned()
        );
    }
    Ok(Melt { columns, value: raw.value, keep_empty: raw.keep_empty })
}

fn column(raw: RawColumn, earlier: &[&str]) -> Result<Rule, String> {
    check_name(&raw.name)?;
    let from = match (raw.from, raw.constant, raw.link) {
        (Some(from), None, None) => {
            CellSource::Columns { names: from.into_vec(), join: raw.join.unwrap_or_else(|| " ".to_owned()) }
        }
        (None, Some(text), None) => CellSource::Constant(text),
        (None, None, Some(dataset)) => {
            if !earlier.contains(&dataset.as_str()) {
                return Err(format!("`link` names `{dataset}`; write the name of a dataset above this one"));
            }
            CellSource::Link(dataset)
        }
        (None, None, None) => CellSource::Columns { names: vec![raw.name.clone()], join: String::new() },
        _ => return Err("write only one of `from`, `constant` and `link`".to_owned()),
    };
    let kind = ColumnType::from(raw.kind);
    let is_number = matches!(kind, ColumnType::Integer | ColumnType::Number);
    let for_numbers =
        raw.factor.is_some() || raw.min.is_some() || raw.max.is_some() || raw.decimal.is_some() || raw.group.is_some();
    if for_numbers && !is_number {
        return Err(
            "`factor`, `min`, `max`, `decimal` and `group` are for numbers; write type = \"number\" or leave them out"
                .to_owned(),
        );
    }
    if raw.format.is_some() && !matches!(kind, ColumnType::Date | ColumnType::Timestamp) {
        return Err("`format` is for dates and timestamps; write type = \"date\" or leave it out".to_owned());
    }
    let extract = raw.extract.as_deref().map(|text| pattern("extract", text)).transpose()?;
    if extract.as_ref().is_some_and(|pattern| pattern.captures_len() != 2) {
        return Err("`extract` must have exactly one group in round brackets; write (?: ) for the others".to_owned());
    }
    Ok(Rule {
        name: raw.name,
        from,
        kind,
        required: raw.required,
        nulls: raw.null,
        formats: raw.format.map(OneOrMore::into_vec).unwrap_or_default(),
        notation: Notation { decimal: raw.decimal.unwrap_or('.'), group: raw.group },
        factor: raw.factor,
        min: raw.min,
        max: raw.max,
        words: raw.words.map(words).transpose()?,
        extract,
        strip_html: raw.strip_html,
        case: raw.case,
        pad: raw.pad,
        carry_down: raw.carry_down,
    })
}

fn words(table: toml::Table) -> Result<HashMap<String, String>, String> {
    let mut words = HashMap::new();
    for (word, meaning) in table {
        let meaning = match meaning {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Float(number) => number.to_string(),
            toml::Value::Boolean(flag) => flag.to_string(),
            other => return Err(format!("words.\"{word}\" is {}; write a text or a number", other.type_str())),
        };
        words.insert(word, meaning);
    }
    Ok(words)
}

fn pattern(key: &str, text: &str) -> Result<Regex, String> {
    let built = RegexBuilder::new(text).size_limit(PATTERN_BYTES).build();
    built.map_err(|error| format!("{key} is no pattern: {error}"))
}

/// Names stand in SQL, addresses and exports.
fn check_name(name: &str) -> Result<(), String> {
    let right = name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && name.len() <= 63;
    if right {
        Ok(())
    } else {
        Err(format!("`{name}` is no name; write lower-case letters, digits and `_`, a letter first"))
    }
}
