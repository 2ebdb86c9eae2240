//! Identifiers made from content or from time. Never a counter, never chance that was not handed in.

use sha2::{Digest, Sha256};

/// Number of hexadecimal digits kept of a content hash: 128 bits, enough that two records never meet by accident.
const CONTENT_ID_DIGITS: usize = 32;

/// An identifier computed from the parts of a thing, so that the same content always gets the same identifier.
///
/// The length of each part goes into the hash: `["ab", "c"]` and `["a", "bc"]` differ.
pub fn content_id<P: AsRef<[u8]>>(parts: impl IntoIterator<Item = P>) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        let part = part.as_ref();
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hexadecimal(&hasher.finalize())[..CONTENT_ID_DIGITS].to_owned()
}

/// The full SHA-256 of some bytes in hexadecimal: the name under which received bytes are kept.
pub fn content_hash(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// [`content_hash`] of bytes that come bit by bit.
#[derive(Clone, Debug, Default)]
pub struct ContentHasher(Sha256);

impl ContentHasher {
    /// Takes the next bytes in.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all bytes taken in.
    pub fn finish(self) -> String {
        hexadecimal(&self.0.finalize())
    }
}

/// A UUID of version 7 (RFC 9562) for something that happened at `at`; `chance` is the random part.
pub fn time_id(at: crate::Timestamp, chance: [u8; 10]) -> String {
    let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &chance).into_uuid().to_string()
}

fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_parts_are_cut_matters() {
        assert_ne!(content_id(["ab", "c"]), content_id(["a", "bc"]));
        assert_eq!(content_id(["ab", "c"]), content_id(["ab", "c"]));
    }

    #[test]
    fn hash_of_nothing_is_the_published_one() {
        let mut hasher = ContentHasher::default();
        hasher.update(b"name;");
        hasher.update(b"beds");
        assert_eq!(hasher.finish(), content_hash(b"name;beds"));
        assert_eq!(content_hash(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
