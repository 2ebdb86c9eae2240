//! How much of anything a reader takes. Holds numbers only.

/// How much of anything is read at most, whatever the input claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one cell; a longer one is left out.
    pub cell_bytes: usize,
    /// Bytes of one record; a longer one is left out (JSON documents and feeds: ends the reading).
    pub record_bytes: usize,
    /// Columns of one file; values of further ones are left out.
    pub columns: usize,
    /// Levels of nesting inside one record.
    pub depth: usize,
    /// Bytes of a file that must lie in memory as a whole (workbooks, feeds).
    pub document_bytes: u64,
    /// Bytes of a workbook once it is unpacked.
    pub unpacked_bytes: u64,
    /// Rows of one part.
    pub chunk_rows: usize,
    /// Bytes of text in one part.
    pub chunk_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            cell_bytes: 1 << 20,
            record_bytes: 16 << 20,
            columns: 2_000,
            depth: 64,
            document_bytes: 256 << 20,
            unpacked_bytes: 256 << 20,
            chunk_rows: 65_536,
            chunk_bytes: 64 << 20,
        }
    }
}
