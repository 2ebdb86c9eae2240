//! Lines in, series out: each with a value or a gap at every position.
//!
//! Holds the reading of values and holidays. It must never fill a gap unasked, nor take one of two values for the same day.

use super::super::input::{Input, Part, column, maybe};
use super::super::names::Names;
use super::calendar::{At, Calendar, Every, Style};
use crate::terminal::{Bar, WrongInput};
use std::collections::{BTreeMap, BTreeSet};

/// Positions of a series at most, and of all together.
const MOST: i64 = 2_000_000;
const MOST_IN_ALL: i64 = 200_000_000;
/// Kinds of holidays at most.
const KINDS: usize = 60;

/// Values as they were read.
#[derive(Default)]
pub(super) struct Lines {
    names: Names,
    style: Option<Style>,
    /// Series, point, value (NaN where it is empty), line.
    rows: Vec<(u32, At, f64, u64)>,
}

/// All series of a file.
pub(super) struct All {
    pub(super) calendar: Calendar,
    /// By name.
    pub(super) series: Vec<OneSeries>,
}

pub(super) struct OneSeries {
    pub(super) name: String,
    /// When it begins.
    pub(super) first: At,
    pub(super) values: Vec<f64>,
}

impl Lines {
    pub(super) fn read(input: &Input, bar: &Bar) -> Result<Self, WrongInput> {
        let mut lines = Self::default();
        input.each(&[column("ds"), column("y"), maybe("unique_id")], bar, |part| lines.take(part))?;
        Ok(lines)
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    fn take(&mut self, part: &Part<'_>) -> Result<(), WrongInput> {
        for row in 0..part.len() {
            let at = point(part, row, &mut self.style)?;
            let value = if part.text(1, row).is_some() { part.number(1, row)? } else { f64::NAN };
            let name = if part.has(2) { self.names.number(&part.filled(2, row)?) } else { self.names.number("") };
            self.rows.push((name, at, value, part.line(row)));
        }
        Ok(())
    }
}

/// A point in the style of all others.
fn point(part: &Part<'_>, row: usize, style: &mut Option<Style>) -> Result<At, WrongInput> {
    let text = part.filled(0, row)?;
    let wrong = || {
        part.wrong(0, row, "write a date such as 2026-01-31, a moment such as 2026-01-31T09:00:00Z, or a whole number")
    };
    let (own, at) = Style::read(&text).ok_or_else(wrong)?;
    if *style.get_or_insert(own) != own {
        return Err(part.wrong(0, row, "write it as in the lines before: all dates, all moments or all numbers"));
    }
    Ok(at)
}

/// Brings lines into series.
///
/// # Errors
/// Two values for one point, points that do not fit the spacing, more positions than can be held.
pub(super) fn series(input: &Input, lines: &Lines, every: Option<Every>, zeros: bool) -> Result<All, WrongInput> {
    let file = input.name();
    let wrong = |line: u64, at: &str, write: &str| {
        WrongInput(format!("{file}: line {line}: column `ds`: there is `{at}`; {write}"))
    };
    let style = lines.style.unwrap_or(Style::Number);
    if (every == Some(Every::Number)) != (style == Style::Number) && every.is_some() {
        return Err(WrongInput(format!(
            "{file}: `--every` does not fit the column `ds`; say `--every number` for whole numbers, and another one for dates"
        )));
    }
    let ranks = lines.names.ranks();
    let mut rows: Vec<(u32, At, f64, u64)> =
        lines.rows.iter().map(|(name, at, value, line)| (ranks[*name as usize], *at, *value, *line)).collect();
    rows.sort_unstable_by_key(|(name, at, _, line)| (*name, *at, *line));
    let groups: Vec<&[(u32, At, f64, u64)]> = rows.chunk_by(|one, other| one.0 == other.0).collect();
    let points: Vec<Vec<At>> = groups
        .iter()
        .map(|group| group.chunk_by(|one, other| one.1 == other.1).map(|same| same[0].1).collect())
        .collect();
    let calendar = Calendar::of(style, every, &points);
    let order = lines.names.in_order();
    let (mut all, mut positions) = (Vec::with_capacity(groups.len()), 0);
    for group in groups {
        let first = group[0].1;
        let mut values = Vec::new();
        let mut before = group[0].3;
        for (_, at, value, line) in group {
            let position = calendar.position(*at, first).ok_or_else(|| {
                let (first, word) = (calendar.written(first), calendar.word());
                let write = format!("that is no whole number of steps ({word}) after {first}, where the series begins; say `--every`, or write other dates");
                wrong(*line, &calendar.written(*at), &write)
            })?;
            let too_many = position >= MOST || positions + position >= MOST_IN_ALL;
            if too_many {
                let write =
                    format!("the series would have {} positions; write at most {MOST}, or say `--every`", position + 1);
                return Err(wrong(*line, &calendar.written(*at), &write));
            }
            // Two moments may be one position: of a month, or of one day.
            if position < values.len() as i64 {
                let write = format!("line {before} of the same series is for the same; leave one out");
                return Err(wrong(*line, &calendar.written(*at), &write));
            }
            before = *line;
            values.resize(position as usize, if zeros { 0.0 } else { f64::NAN });
            values.push(*value);
        }
        positions += values.len() as i64;
        let name = lines.names.get(order[group[0].0 as usize]).to_owned();
        all.push(OneSeries { name, first, values });
    }
    Ok(All { calendar, series: all })
}

/// Days on which things are different, by kind.
#[derive(Default)]
pub(super) struct Holidays {
    kinds: BTreeMap<String, BTreeSet<i64>>,
}

impl Holidays {
    /// Reads the days of a file; numbers where the series have numbers.
    pub(super) fn read(input: &Input, calendar: &Calendar, bar: &Bar) -> Result<Self, WrongInput> {
        let mut kinds: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
        let numbers = calendar.word() == "number";
        input.each(&[column("ds"), maybe("holiday")], bar, |part| {
            for row in 0..part.len() {
                let text = part.filled(0, row)?;
                let found = Style::read(&text).filter(|(style, _)| (*style == Style::Number) == numbers);
                let (style, at) =
                    found.ok_or_else(|| part.wrong(0, row, "write it as in the series: a date, or a whole number"))?;
                let day = if style == Style::Number { at } else { at.div_euclid(86_400) };
                let kind = part.text(1, row).map_or_else(|| "holiday".to_owned(), std::borrow::Cow::into_owned);
                kinds.entry(kind).or_default().insert(day);
                if kinds.len() > KINDS {
                    return Err(part.wrong(1, row, "write at most 60 kinds of holidays"));
                }
            }
            Ok(())
        })?;
        Ok(Self { kinds })
    }

    /// Number of days.
    pub(super) fn days(&self) -> usize {
        self.kinds.values().map(BTreeSet::len).sum()
    }

    /// For each position of past and horizon the number of days of each kind that the past has any of, and the number of kinds.
    pub(super) fn flags(&self, series: &OneSeries, calendar: &Calendar, horizon: usize) -> (Vec<f64>, usize) {
        let spans: Vec<std::ops::Range<i64>> = (0..(series.values.len() + horizon) as i64)
            .filter(|_| !self.kinds.is_empty())
            .map(|position| calendar.days(series.first, position))
            .collect();
        let columns: Vec<Vec<f64>> = self
            .kinds
            .values()
            .map(|days| spans.iter().map(|span| days.range(span.clone()).count() as f64).collect::<Vec<f64>>())
            .filter(|column| column.iter().take(series.values.len()).any(|days| *days > 0.0))
            .collect();
        let flags = (0..spans.len()).flat_map(|position| columns.iter().map(move |column| column[position])).collect();
        (flags, columns.len())
    }
}
