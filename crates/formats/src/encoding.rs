//! Bytes of any encoding to text, as they come in. Must never hold more than one block.
//!
//! As long as all bytes are ASCII nothing is decided; the first block that is not decides, by its validity as UTF-8 or else by
//! chardetng's guess. Bytes that are wrong for the encoding become [`DAMAGE`], so that the cell they stand in can be told.

use crate::FormatError;
use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use std::io::Read;

/// Stands for bytes that are wrong for the encoding: a noncharacter (Unicode, 23.7), which no text holds.
pub(crate) const DAMAGE: char = '\u{FDD0}';

const BLOCK: usize = 1 << 18;
/// Bytes looked at before anything is decided.
const HEAD: usize = 1 << 16;

enum State {
    /// All ASCII so far.
    Open,
    Utf8,
    Other(Box<Decoder>),
}

/// Reads text from bytes.
pub(crate) struct TextInput<'a> {
    input: &'a mut dyn Read,
    state: State,
    pending: Vec<u8>,
    ended: bool,
    damaged: bool,
}

impl<'a> TextInput<'a> {
    /// Begins to read; `label` is the encoding where it is known.
    pub(crate) fn new(input: &'a mut dyn Read, label: Option<&str>) -> Result<Self, FormatError> {
        let mut reader = Self { input, state: State::Open, pending: Vec::new(), ended: false, damaged: false };
        while reader.pending.len() < HEAD && !reader.ended {
            reader.read_block()?;
        }
        let named = match label {
            None => None,
            Some(label) => {
                Some(Encoding::for_label(label.as_bytes()).ok_or_else(|| FormatError::Encoding(label.to_owned()))?)
            }
        };
        let mark = Encoding::for_bom(&reader.pending);
        let encoding = match (mark, named) {
            (Some((encoding, length)), _) => {
                reader.pending.drain(..length);
                Some(encoding)
            }
            (None, Some(encoding)) => Some(encoding),
            (None, None) => sixteen_bits(&reader.pending),
        };
        if let Some(encoding) = encoding {
            reader.state = state_of(encoding);
        }
        Ok(reader)
    }

    /// True once some bytes were wrong for the encoding.
    pub(crate) fn damaged(&self) -> bool {
        self.damaged
    }

    /// Adds the next text to `text`; false once there is none.
    pub(crate) fn more(&mut self, text: &mut String) -> Result<bool, FormatError> {
        if self.pending.is_empty() || !self.ended {
            self.read_block()?;
        }
        if self.pending.is_empty() && self.ended && !matches!(self.state, State::Other(_)) {
            return Ok(false);
        }
        let before = text.len();
        if matches!(self.state, State::Open)
            && let Some(first) = self.pending.iter().position(|byte| !byte.is_ascii())
        {
            // A lone character that the block's end may have cut decides nothing yet.
            if first + 4 > self.pending.len() && !self.ended {
                text.extend(self.pending.drain(..first).map(char::from));
                return Ok(true);
            }
            self.state = state_of(guess(&self.pending));
        }
        match &mut self.state {
            State::Open | State::Utf8 => self.take_utf8(text),
            State::Other(_) => self.take_other(text),
        }
        Ok(text.len() > before || !self.ended)
    }

    fn read_block(&mut self) -> Result<(), FormatError> {
        let from = self.pending.len();
        self.pending.resize(from + BLOCK, 0);
        let mut filled = from;
        while filled < self.pending.len() {
            match self.input.read(&mut self.pending[filled..]) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(count) => filled += count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.pending.truncate(filled);
        Ok(())
    }

    fn take_utf8(&mut self, text: &mut String) {
        match std::str::from_utf8(&self.pending) {
            Ok(good) => {
                text.push_str(good);
                self.pending.clear();
            }
            // A character that is cut by the end of the block waits for the rest.
            Err(error) if error.error_len().is_none() && !self.ended => {
                let good = error.valid_up_to();
                text.push_str(std::str::from_utf8(&self.pending[..good]).expect("valid up to there"));
                self.pending.drain(..good);
            }
            Err(_) => {
                self.damaged = true;
                let mut rest = 0;
                for piece in self.pending.utf8_chunks() {
                    text.push_str(piece.valid());
                    let invalid = piece.invalid();
                    rest += piece.valid().len() + invalid.len();
                    let cut = rest == self.pending.len()
                        && !self.ended
                        && std::str::from_utf8(invalid).is_err_and(|e| e.error_len().is_none());
                    if cut {
                        rest -= invalid.len();
                    } else if !invalid.is_empty() {
                        text.push(DAMAGE);
                    }
                }
                self.pending.drain(..rest);
            }
        }
    }

    fn take_other(&mut self, text: &mut String) {
        let State::Other(decoder) = &mut self.state else { return };
        let mut from = 0;
        loop {
            let bytes = &self.pending[from..];
            text.reserve(
                decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(bytes.len() * 3).max(16),
            );
            let (result, read) = decoder.decode_to_string_without_replacement(bytes, text, self.ended);
            from += read;
            match result {
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => {
                    self.damaged = true;
                    text.push(DAMAGE);
                }
            }
        }
        self.pending.clear();
        if self.ended {
            // The decoder must not be asked again after its last bytes.
            self.state = State::Utf8;
        }
    }
}

fn state_of(encoding: &'static Encoding) -> State {
    if encoding == UTF_8 { State::Utf8 } else { State::Other(Box::new(encoding.new_decoder_without_bom_handling())) }
}

/// UTF-16 without a mark: nearly every second byte of the head is zero.
fn sixteen_bits(head: &[u8]) -> Option<&'static Encoding> {
    let head = &head[..head.len().min(HEAD)];
    let zeros = |offset: usize| head.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    let half = head.len() / 2;
    match (zeros(0), zeros(1)) {
        (even, odd) if half > 1 && odd > half * 3 / 10 && even * 10 < odd => Some(UTF_16LE),
        (even, odd) if half > 1 && even > half * 3 / 10 && odd * 10 < even => Some(UTF_16BE),
        _ => None,
    }
}

/// UTF-8 with a few wrong bytes stays UTF-8: there are at least ten good characters for each wrong place.
fn guess(bytes: &[u8]) -> &'static Encoding {
    let (mut good, mut wrong) = (0, 0);
    for piece in bytes.utf8_chunks() {
        good += piece.valid().chars().filter(|letter| !letter.is_ascii()).count();
        let at_end = piece.invalid().as_ptr_range().end == bytes.as_ptr_range().end;
        // The part that was looked at may end in the middle of a letter.
        let cut_letter = at_end && piece.invalid().len() < 4 && good > 0;
        wrong += usize::from(!piece.invalid().is_empty() && !cut_letter);
    }
    if good >= wrong * 10 && good > 0 {
        return UTF_8;
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, chardetng::Utf8Detection::Allow)
}
