//! Edges in: pairs of numbers at once, anything else row by row, with a header or without.
//!
//! Holds edges as they were read, with what the vertices stand for. It must never leave a line out without saying so.

use super::super::input::{Begun, Input, Part, column, maybe};
use super::super::names::Names;
use super::Arguments;
use super::lists::List;
use crate::terminal::{Bar, WrongInput};
use analyze::graph::{PairReader, dense, parse_pairs};
use std::borrow::Cow;
use std::io::Read;

/// Bytes of such a list that are read at once, while those before are taken.
const PART: usize = 4 << 20;

/// Which edges count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Signs {
    /// Those that weigh more than 0
    Positive,
    /// Those that weigh less, with their weight without its sign
    Negative,
}

/// What vertices stand for, in order.
pub(super) enum Ids {
    Numbers(Vec<u32>),
    /// All names, and those of the vertices.
    Texts(Names, Vec<u32>),
}

impl Ids {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Numbers(numbers) => numbers.len(),
            Self::Texts(_, order) => order.len(),
        }
    }

    pub(super) fn get(&self, vertex: u32) -> Cow<'_, str> {
        match self {
            Self::Numbers(numbers) => Cow::Owned(numbers[vertex as usize].to_string()),
            Self::Texts(names, order) => Cow::Borrowed(names.get(order[vertex as usize])),
        }
    }
}

/// Edges as they were read: vertices by number, in the order of their names.
pub(super) struct Edges {
    pub(super) ids: Ids,
    pub(super) pairs: Vec<(u32, u32)>,
    pub(super) weights: Option<Vec<f64>>,
    /// Seconds since 1970.
    pub(super) times: Option<Vec<i64>>,
}

/// Reads all edges.
///
/// # Errors
/// What is wrong, with file, line and column, and what to write instead.
pub(super) fn read(input: &Input, arguments: &Arguments, bar: &Bar) -> Result<Edges, WrongInput> {
    let mut begun = input.begin()?;
    if arguments.signs.is_none()
        && arguments.common.columns.is_empty()
        && let Some(header) = Header::of(&begun.head)
        // What begins with a header may turn out to be names, and standard input cannot be read again.
        && (header == Header::None || !input.is_standard())
    {
        if let Some(found) = numbers(input, begun, header)? {
            return Ok(found);
        }
        begun = input.begin()?;
    }
    let mut rows = Rows::default();
    let wanted = [column("source"), column("target"), maybe("weight"), maybe("time")];
    input.check_names(&wanted)?;
    match List::of(input, &begun.head)? {
        Some(list) => list.each(input, begun, &wanted, bar, |part| rows.take(part, arguments))?,
        None => input.each_of(begun, &wanted, bar, |part| rows.take(part, arguments))?,
    }
    rows.ended(input, arguments)
}

/// The edges of a file that holds nothing but two whole numbers on each line; `None` where it has a header and other
/// lines as well.
fn numbers(input: &Input, begun: Begun, header: Header) -> Result<Option<Edges>, WrongInput> {
    let Begun { head, rest: mut file, length } = begun;
    let mut part = Vec::with_capacity(2 * PART);
    part.extend(head);
    let mut reader = PairReader::default();
    let (mut next, mut ended) = (Vec::with_capacity(2 * PART), false);
    let mut passed = 0;
    loop {
        let end = part.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        // What fills a part without an end is no line of two numbers, and is not waited for.
        let end = if ended || (end == 0 && part.len() > PART) { part.len() } else { end };
        let (lines, begun) = part.split_at(end);
        next.clear();
        next.extend_from_slice(begun);
        let more = || file.by_ref().take(PART as u64).read_to_end(&mut next);
        let (taken, more) = rayon::join(|| reader.take(lines), more);
        match (taken, header) {
            (Ok(()), _) => {}
            // Names may be numbers for a while; with a header they can be read as names.
            (Err(_), Header::There) => return Ok(None),
            (Err(error), Header::None) => {
                let name = input.name();
                return Err(WrongInput(format!(
                    "{name}: {error}; for names of other kinds, weights or times, begin the file with a header such as `source,target,weight,time`"
                )));
            }
        }
        if ended {
            break;
        }
        ended = more.map_err(|error| input.unreadable(&error))? == 0;
        passed += lines.len();
        if passed > PART / 2 && passed <= 3 * PART / 2 {
            // As many as the first part lets expect, and a few more: to grow would copy them all.
            let expected = 1.02 * length as f64 * reader.count() as f64 / passed as f64;
            reader.expect(expected as usize);
        }
        std::mem::swap(&mut part, &mut next);
    }
    drop((part, next));
    let mut pairs = reader.into_pairs();
    let ids = Ids::Numbers(dense(&mut pairs));
    Ok(Some(Edges { ids, pairs, weights: None, times: None }))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Header {
    None,
    There,
}

impl Header {
    /// Whether the first line of pairs of numbers is a header; `None` where these are no such pairs.
    fn of(head: &[u8]) -> Option<Self> {
        let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        let mut lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        let mut lines = lines.by_ref().filter(|line| !matches!(line.first(), None | Some(b'#' | b'%')));
        let first = lines.next()?;
        if first.first()?.is_ascii_digit() {
            return parse_pairs(first).is_ok().then_some(Self::None);
        }
        // Names in another order than this one are for the other reader.
        let names = [&b"source,target"[..], b"source;target", b"source\ttarget", b"src,dst", b"from,to"];
        let known = names.contains(&first.to_ascii_lowercase().as_slice());
        let pair = |line| parse_pairs(line).is_ok_and(|pairs| !pairs.is_empty());
        (known && lines.next().is_some_and(pair)).then_some(Self::There)
    }
}

#[derive(Default)]
struct Rows {
    names: Names,
    pairs: Vec<(u32, u32)>,
    weights: Vec<f64>,
    times: Vec<i64>,
    passed_over: usize,
}

impl Rows {
    fn take(&mut self, part: &Part<'_>, arguments: &Arguments) -> Result<(), WrongInput> {
        let (weights, times) = (part.has(2) && !arguments.simple, part.has(3));
        for row in 0..part.len() {
            let (source, target) = (part.filled(0, row)?, part.filled(1, row)?);
            let weight = if weights { part.number(2, row)? } else { 1.0 };
            let kept = match arguments.signs {
                None => true,
                Some(Signs::Positive) => weight > 0.0,
                Some(Signs::Negative) => weight < 0.0,
            };
            if !kept {
                self.passed_over += 1;
                continue;
            }
            self.pairs.push((self.names.number(&source), self.names.number(&target)));
            if weights {
                self.weights.push(if arguments.signs.is_some() { weight.abs() } else { weight });
            }
            if times {
                self.times.push(part.moment(3, row, arguments.milliseconds)?.floor() as i64);
            }
        }
        Ok(())
    }

    /// Vertices in the order of their names, numbers by size, so that the order of the rows changes nothing.
    fn ended(mut self, input: &Input, arguments: &Arguments) -> Result<Edges, WrongInput> {
        let rows = self.pairs.len() + self.passed_over;
        if self.pairs.is_empty() {
            let (name, sign) = (input.name(), arguments.signs.map_or("", Signs::word));
            return Err(WrongInput(format!("{name}: none of {rows} edges has a {sign} weight; leave `--signs` out")));
        }
        for (what, found) in [("weight", self.weights.len()), ("time", self.times.len())] {
            if found > 0 && found < self.pairs.len() {
                let name = input.name();
                return Err(WrongInput(format!(
                    "{name}: {found} of {} edges have a {what}; write one for each, or none",
                    self.pairs.len()
                )));
            }
        }
        let mut order = self.names.in_order();
        let number = |name: &u32| self.names.get(*name).parse::<u64>().ok();
        if order.iter().all(|name| number(name).is_some()) {
            order.sort_by_key(number);
        }
        let mut places = vec![0; order.len()];
        order.iter().zip(0..).for_each(|(name, place)| places[*name as usize] = place);
        self.pairs.iter_mut().for_each(|(a, b)| (*a, *b) = (places[*a as usize], places[*b as usize]));
        Ok(Edges {
            ids: Ids::Texts(self.names, order),
            pairs: self.pairs,
            weights: (!self.weights.is_empty()).then_some(self.weights),
            times: (!self.times.is_empty()).then_some(self.times),
        })
    }
}

impl Signs {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Positive => "positive",
            Self::Negative => "negative",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_of_numbers_are_recognized() {
        for (text, expected) in [
            ("0,1\n2,3\n", Some(Header::None)),
            ("# list\n0\t1\n", Some(Header::None)),
            ("source,target\r\n7,8\r\n", Some(Header::There)),
            ("\u{feff}Source,Target\n7,8", Some(Header::There)),
            ("target,source\n7,8\n", None),
            ("source,target\na,b\n", None),
            ("source,target,weight\n1,2,3\n", None),
            ("1 2 1082040961\n", None),
            ("{\"source\": 1}\n", None),
            ("", None),
        ] {
            assert_eq!(Header::of(text.as_bytes()), expected, "{text}");
        }
    }
}
