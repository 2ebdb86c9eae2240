//! A version of a dataset as one Parquet file, for people who take it along. CSV and JSON are made from [`model::Table`] elsewhere.

use crate::{Lake, LakeError, Version};

impl Lake {
    /// The rows of a version as a Parquet file in memory.
    pub async fn parquet(&self, dataset: &str, version: Version) -> Result<Vec<u8>, LakeError> {
        crate::parquet::write((*self.read(dataset, version).await?).clone())
    }
}
