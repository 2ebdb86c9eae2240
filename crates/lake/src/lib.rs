//! Rows at rest: every Dataset is a Delta Lake table of Parquet files, received bytes lie beside them under their hash.
//!
//! The only crate that knows Delta, Arrow and DataFusion; everybody else sees [`model::Table`]. It must never decide which
//! version readers see: that is the log's word (crate `store`), and callers pass the version.

mod bytes;
mod columns;
mod export;
pub mod parquet;
mod parts;
mod resident;
mod sql;
mod tables;

pub use parts::Parts;
pub use resident::Resident;
pub use sql::{Answer, SqlLimits};
pub use tables::{Commit, Version};

use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What can go wrong in the lake.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// A dataset name that could escape its folder or clash on another object store.
    #[error("`{0}` is no dataset name; use small letters, digits and underscores, at most 100, starting with a letter")]
    Name(String),
    /// A dataset or version that is not there.
    #[error("dataset `{dataset}` has no version {version}")]
    NoVersion {
        /// The dataset.
        dataset: String,
        /// The version asked for.
        version: Version,
    },
    /// A statement that is not one reading query.
    #[error("only one SELECT statement is allowed here; `{0}` is something else")]
    NotReadOnly(String),
    /// A query that ran into its time limit.
    #[error("the query took longer than {0} ms; narrow it down or ask for fewer columns")]
    TooSlow(u64),
    /// The Delta table.
    #[error("delta table: {0}")]
    Delta(#[from] deltalake::DeltaTableError),
    /// The SQL engine.
    #[error("query: {0}")]
    Query(#[from] datafusion::error::DataFusionError),
    /// A column.
    #[error("column: {0}")]
    Arrow(#[from] arrow::error::ArrowError),
    /// A table that cannot be put together.
    #[error("table: {0}")]
    Table(#[from] model::table::TableError),
    /// Rows whose making failed half way.
    #[error("{0}")]
    Part(String),
    /// The disk or object store.
    #[error("lake storage `{path}`: {source}")]
    Storage {
        /// Where.
        path: String,
        /// Why.
        source: std::io::Error,
    },
}

/// The lake of one office.
#[derive(Clone, Debug)]
pub struct Lake {
    root: PathBuf,
    resident: Arc<Resident>,
    writing: Arc<tables::Writing>,
}

impl Lake {
    /// Opens (and creates, where it is missing) the lake under a folder, keeping at most `resident_bytes` of tables in memory.
    pub async fn open(root: &Path, resident_bytes: usize) -> Result<Self, LakeError> {
        for folder in ["tables", "received"] {
            let path = root.join(folder);
            tokio::fs::create_dir_all(&path)
                .await
                .map_err(|source| LakeError::Storage { path: path.display().to_string(), source })?;
        }
        let root = std::path::absolute(root)
            .map_err(|source| LakeError::Storage { path: root.display().to_string(), source })?;
        Ok(Self { root, resident: Arc::new(Resident::new(resident_bytes)), writing: Arc::default() })
    }

    /// The tables that are kept in memory.
    pub fn resident(&self) -> &Resident {
        &self.resident
    }
}

/// Dataset names become folders, SQL names and addresses, so the narrowest of the three rules holds.
fn check_name(dataset: &str) -> Result<(), LakeError> {
    let plain = dataset.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if plain && dataset.starts_with(|first: char| first.is_ascii_lowercase()) && dataset.len() <= 100 {
        Ok(())
    } else {
        Err(LakeError::Name(dataset.to_owned()))
    }
}
