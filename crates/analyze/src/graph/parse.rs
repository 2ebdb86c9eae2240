//! Edge lists with whole numbers for ids, and numbers for ids of other kinds.
//!
//! Holds the reader of such lists and the numbering of ids. It must never guess: a line that is not two numbers is an
//! error with its place, and nothing is left out but comments and empty lines.

use super::GraphError;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Bytes that are worth a task.
const PIECE: usize = 1 << 18;
/// Signs of a faulty line that are shown.
const SHOWN: usize = 60;
/// Ids end here, as the last number stands for none.
const MOST: u32 = u32::MAX - 1;

/// Reads lines of two whole numbers with a comma, semicolon, tab or spaces between them. A number with zeros before it is none:
/// `01` and `1` may be names of two things.
///
/// The first line may name the columns. Empty lines, and lines that begin with `#` or `%`, are passed over. Takes time
/// proportional to the bytes, on all threads.
///
/// # Errors
/// The first line that holds anything else, with its number and what was found.
pub fn parse_pairs(bytes: &[u8]) -> Result<Vec<(u32, u32)>, GraphError> {
    let mut reader = PairReader::default();
    reader.take(bytes)?;
    Ok(reader.into_pairs())
}

/// As [`parse_pairs`], part by part, so that the text of a large list need not be in memory at once.
#[derive(Debug, Default)]
pub struct PairReader {
    /// The pairs so far, and room for more.
    pairs: Vec<(u32, u32)>,
    /// How many there are.
    filled: usize,
    /// Lines so far.
    lines: usize,
    /// Whether a header or a pair was seen, after which no header may come.
    begun: bool,
}

impl PairReader {
    /// Makes room for so many pairs in all, where there is as much. Memory is taken as it is filled, by all threads.
    pub fn expect(&mut self, pairs: usize) {
        // Asked first, as a file may say that it is longer than any memory; then they grow as they come.
        if pairs > self.pairs.len() && Vec::<(u32, u32)>::new().try_reserve_exact(pairs).is_ok() {
            let mut room = vec![(0, 0); pairs];
            room[..self.filled].copy_from_slice(&self.pairs[..self.filled]);
            self.pairs = room;
        }
    }

    /// Number of pairs so far.
    pub fn count(&self) -> usize {
        self.filled
    }

    /// The pairs.
    pub fn into_pairs(mut self) -> Vec<(u32, u32)> {
        self.pairs.truncate(self.filled);
        self.pairs
    }

    /// Takes the next lines, each of them whole; the last part may lack its end.
    ///
    /// # Errors
    /// The first line that holds no pair, with its number in the list and what was found.
    pub fn take(&mut self, lines: &[u8]) -> Result<(), GraphError> {
        let text = if self.lines == 0 { lines.strip_prefix(b"\xef\xbb\xbf").unwrap_or(lines) } else { lines };
        let (body, header) = if self.begun { (text, 0) } else { without_header(text) };
        self.lines += header;
        let pieces = pieces_of(body);
        let lines: Vec<usize> = pieces.par_iter().map(|piece| lines_in(piece)).collect();
        let begin = self.filled;
        let end = begin + lines.iter().sum::<usize>();
        if end > self.pairs.len() {
            self.pairs.resize(end, (0, 0));
        }
        let mut rooms = Vec::with_capacity(pieces.len());
        let mut rest = &mut self.pairs[begin..end];
        for count in &lines {
            let (room, tail) = rest.split_at_mut(*count);
            rooms.push(room);
            rest = tail;
        }
        let read: Vec<Result<usize, usize>> =
            rooms.into_par_iter().zip(&pieces).map(|(room, piece)| read_piece(piece, room)).collect();
        let (mut from, mut to) = (begin, begin);
        for (piece, (read, count)) in read.into_iter().zip(&lines).enumerate() {
            match read {
                Ok(kept) => {
                    if from != to {
                        self.pairs.copy_within(from..from + kept, to);
                    }
                    to += kept;
                }
                Err(line) => {
                    let found = pieces[piece].split(|byte| *byte == b'\n').nth(line).unwrap_or_default();
                    return Err(fault(self.lines + from - begin + line + 1, found));
                }
            }
            from += count;
        }
        self.filled = to;
        self.lines += from - begin;
        self.begun |= header > 0 || to > 0;
        Ok(())
    }
}

/// Numbers ids from 0 in the order in which they first come: the number of each entry, and the ids by their numbers.
///
/// # Errors
/// More different ids than 32 bits can count.
pub fn number<T: Copy + Eq + Hash>(ids: &[T]) -> Result<(Vec<u32>, Vec<T>), GraphError> {
    let mut numbers: FxHashMap<T, u32> = FxHashMap::default();
    let mut known = Vec::new();
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        let next = known.len();
        let number = *numbers.entry(*id).or_insert_with(|| {
            known.push(*id);
            next as u32
        });
        if known.len() > MOST as usize {
            return Err(GraphError::TooMany { what: "ids", found: known.len(), most: MOST as usize });
        }
        found.push(number);
    }
    Ok((found, known))
}

/// Replaces the ids of pairs by numbers from 0 in the order of the ids, and returns the ids, rising. So ids may leave
/// gaps of any size. O(m log m).
pub fn dense(pairs: &mut [(u32, u32)]) -> Vec<u32> {
    let highest = |piece: &[(u32, u32)]| piece.iter().map(|(a, b)| *a.max(b)).max().unwrap_or(0);
    let highest = pairs.par_chunks(PIECE).map(highest).max().map_or(0, |most| most as usize + 1);
    // Where gaps are small a table is faster than a search.
    if highest <= 4 * pairs.len() + 1024 {
        let seen: Vec<AtomicBool> = (0..highest).map(|_| AtomicBool::new(false)).collect();
        pairs.par_iter().with_min_len(PIECE).for_each(|(a, b)| {
            seen[*a as usize].store(true, Relaxed);
            seen[*b as usize].store(true, Relaxed);
        });
        let mut numbers = vec![0; highest];
        let mut ids = Vec::new();
        for (id, number) in numbers.iter_mut().enumerate().filter(|(id, _)| seen[*id].load(Relaxed)) {
            *number = ids.len() as u32;
            ids.push(id as u32);
        }
        pairs.par_iter_mut().for_each(|(a, b)| (*a, *b) = (numbers[*a as usize], numbers[*b as usize]));
        return ids;
    }
    let mut ids: Vec<u32> = pairs.iter().flat_map(|(a, b)| [*a, *b]).collect();
    ids.par_sort_unstable();
    ids.dedup();
    let number = |id: u32| ids.partition_point(|known| *known < id) as u32;
    pairs.par_iter_mut().for_each(|(a, b)| (*a, *b) = (number(*a), number(*b)));
    ids
}

/// What comes after the names of the columns, if the first line holds such, and the lines before it.
fn without_header(text: &[u8]) -> (&[u8], usize) {
    let mut at = 0;
    let mut lines = 0;
    while at < text.len() {
        let end = text[at..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |place| at + place + 1);
        let first = text[at..end].trim_ascii().first().copied();
        lines += 1;
        match first {
            None | Some(b'#' | b'%') => at = end,
            Some(sign) if sign.is_ascii_alphabetic() || matches!(sign, b'_' | b'"' | b'\'') => {
                return (&text[end..], lines);
            }
            Some(_) => break,
        }
    }
    (text, 0)
}

/// Pieces that end with a line.
fn pieces_of(mut text: &[u8]) -> Vec<&[u8]> {
    let mut pieces = Vec::with_capacity(text.len() / PIECE + 1);
    while !text.is_empty() {
        let from = PIECE.min(text.len());
        let end = text[from..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |place| from + place + 1);
        let (piece, rest) = text.split_at(end);
        pieces.push(piece);
        text = rest;
    }
    pieces
}

/// Lines, with the last one that has no end.
fn lines_in(piece: &[u8]) -> usize {
    // Counted in bytes first, as whole registers of them are added at once.
    let ends = piece.chunks(255).map(|part| {
        let count: u8 = part.iter().map(|byte| u8::from(*byte == b'\n')).sum();
        usize::from(count)
    });
    ends.sum::<usize>() + usize::from(piece.last().is_some_and(|byte| *byte != b'\n'))
}

/// Fills the room with the pairs of a piece; the place of the first faulty line where there is one.
fn read_piece(piece: &[u8], room: &mut [(u32, u32)]) -> Result<usize, usize> {
    let mut room = room.iter_mut();
    let (mut rest, mut line, mut kept) = (piece, 0_usize, 0);
    while !rest.is_empty() {
        let read = read_line(rest).ok_or(line)?;
        if let Some(pair) = read.0 {
            if let Some(place) = room.next() {
                *place = pair;
            }
            kept += 1;
        }
        rest = read.1;
        line += 1;
    }
    Ok(kept)
}

/// A line: its pair, if it holds one, and what comes after.
type Line<'a> = (Option<(u32, u32)>, &'a [u8]);

#[inline]
fn read_line(text: &[u8]) -> Option<Line<'_>> {
    let Some((source, rest)) = digits(text) else { return without_pair(text) };
    let rest = match rest.split_first()? {
        (b',', rest) if rest.first().is_some_and(u8::is_ascii_digit) => rest,
        _ => after_separator(rest)?,
    };
    let (target, rest) = digits(rest)?;
    match rest {
        [b'\n', rest @ ..] => Some((Some((source, target)), rest)),
        _ => Some((Some((source, target)), end_of_line(rest)?)),
    }
}

/// The number at the front, and what comes after. Up to seven digits are read at once, without a branch for each (D. Lemire, "Number
/// parsing at a gigabyte per second", 2021).
#[inline]
fn digits(text: &[u8]) -> Option<(u32, &[u8])> {
    let Some(eight) = text.first_chunk::<8>() else { return digits_one_by_one(text) };
    let figures = u64::from_le_bytes(*eight) ^ 0x3030_3030_3030_3030;
    // The highest bit of each byte that is no figure; carries spoil later bytes only.
    let others = (figures.wrapping_add(0x7676_7676_7676_7676) | figures) & 0x8080_8080_8080_8080;
    let count = others.trailing_zeros() / 8;
    match count {
        0 => None,
        // A name that begins with 0 is another one than the number without it.
        2.. if figures & 0xff == 0 => None,
        1..8 => {
            let eights = (figures << (64 - 8 * count)).wrapping_mul(2_561) >> 8;
            let pairs = (eights & 0x00ff_00ff_00ff_00ff).wrapping_mul(6_553_601) >> 16;
            let value = (pairs & 0x0000_ffff_0000_ffff).wrapping_mul(42_949_672_960_001) >> 32;
            Some((value as u32, &text[count as usize..]))
        }
        _ => digits_one_by_one(text),
    }
}

fn digits_one_by_one(text: &[u8]) -> Option<(u32, &[u8])> {
    if let [b'0', b'0'..=b'9', ..] = text {
        return None;
    }
    let mut value = 0_u64;
    let mut rest = text;
    // Ten digits hold every number of 32 bits, and cannot pass 64.
    while let [digit @ b'0'..=b'9', tail @ ..] = rest {
        value = value * 10 + u64::from(digit - b'0');
        rest = tail;
        if value > u64::from(MOST) {
            return None;
        }
    }
    (rest.len() < text.len()).then_some((value as u32, rest))
}

/// What comes after spaces and one comma, semicolon or tab, or after spaces alone.
fn after_separator(text: &[u8]) -> Option<&[u8]> {
    let spaces = without_spaces(text);
    match spaces {
        [b',' | b';' | b'\t', rest @ ..] => Some(without_spaces(rest)),
        _ if spaces.len() < text.len() => Some(spaces),
        _ => None,
    }
}

fn without_spaces(text: &[u8]) -> &[u8] {
    &text[text.iter().take_while(|byte| **byte == b' ').count()..]
}

/// What comes after the end of a line that holds nothing more.
fn end_of_line(text: &[u8]) -> Option<&[u8]> {
    let blank = text.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r')).count();
    match &text[blank..] {
        [] => Some(&[]),
        [b'\n', rest @ ..] => Some(rest),
        _ => None,
    }
}

/// An empty line, a comment, or a line that begins with spaces.
fn without_pair(text: &[u8]) -> Option<Line<'_>> {
    if let [b'#' | b'%', ..] = text {
        let end = text.iter().position(|byte| *byte == b'\n').map_or(text.len(), |place| place + 1);
        return Some((None, &text[end..]));
    }
    if let Some(rest) = end_of_line(text) {
        return Some((None, rest));
    }
    let spaces = without_spaces(text);
    if spaces.len() < text.len()
        && spaces.first().is_some_and(|byte| byte.is_ascii_digit() || matches!(byte, b'#' | b'%'))
    {
        read_line(spaces)
    } else {
        None
    }
}

fn fault(line: usize, found: &[u8]) -> GraphError {
    let text = String::from_utf8_lossy(found.trim_ascii());
    let mut found: String = text.chars().take(SHOWN).collect();
    if found.len() < text.len() {
        found.push('…');
    }
    GraphError::Line { line, found }
}
