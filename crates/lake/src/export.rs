//! A version of a dataset as one Parquet file, for people who take it along. CSV and JSON are made from [`model::Table`] elsewhere.

use crate::columns::to_batch;
use crate::{Lake, LakeError, Version};
use deltalake::parquet::arrow::ArrowWriter;

impl Lake {
    /// The rows of a version as a Parquet file in memory.
    pub async fn parquet(&self, dataset: &str, version: Version) -> Result<Vec<u8>, LakeError> {
        let table = self.read(dataset, version).await?;
        let batch = to_batch((*table).clone())?;
        let mut file = Vec::new();
        let failed = |error| LakeError::Delta(deltalake::DeltaTableError::Parquet { source: error });
        let mut writer = ArrowWriter::try_new(&mut file, batch.schema(), None).map_err(failed)?;
        writer.write(&batch).map_err(failed)?;
        writer.close().map_err(failed)?;
        Ok(file)
    }
}
