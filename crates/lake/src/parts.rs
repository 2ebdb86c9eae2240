//! Rows that come in parts while others are still made, as one stream that DataFusion reads once. Must never hold more than one part.

use crate::columns::to_batch;
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use datafusion::error::DataFusionError;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::PartitionStream;
use futures::StreamExt;
use model::Table;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc::Receiver;

/// Parts of rows, or why no more come: then nothing of them is kept.
pub type Parts = Receiver<Result<Table, String>>;

/// The parts with the first one ahead, which tells the columns.
pub(crate) struct PartsInTurn {
    schema: SchemaRef,
    parts: Mutex<Option<(RecordBatch, Parts)>>,
}

impl PartsInTurn {
    pub(crate) fn new(first: RecordBatch, rest: Parts) -> Self {
        Self { schema: first.schema(), parts: Mutex::new(Some((first, rest))) }
    }
}

impl std::fmt::Debug for PartsInTurn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PartsInTurn")
    }
}

impl PartitionStream for PartsInTurn {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let taken = self.parts.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some((first, rest)) = taken else {
            let twice = DataFusionError::Execution("rows that come in parts can be read once only".to_owned());
            let failed = futures::stream::once(async { Err(twice) });
            return Box::pin(RecordBatchStreamAdapter::new(self.schema.clone(), failed));
        };
        let rest = futures::stream::unfold(rest, |mut rest| async move {
            let part = rest.recv().await?;
            let batch = part
                .map_err(DataFusionError::Execution)
                .and_then(|part| to_batch(part).map_err(|error| DataFusionError::External(Box::new(error))));
            Some((batch, rest))
        });
        let all = futures::stream::once(async { Ok(first) }).chain(rest);
        Box::pin(RecordBatchStreamAdapter::new(self.schema.clone(), all))
    }
}
