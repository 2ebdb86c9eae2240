//! Ad-hoc SQL over versions that the caller names, read-only, with a limit on rows and time. Must never see a version the
//! caller did not pass, a file outside the lake, or a statement that writes.

use crate::columns::from_batches;
use crate::{Lake, LakeError, Version};
use datafusion::execution::context::SQLOptions;
use datafusion::prelude::{SessionConfig, SessionContext};
use futures::TryStreamExt;
use model::Table;
use std::time::Duration;

/// What one query may cost.
#[derive(Clone, Copy, Debug)]
pub struct SqlLimits {
    /// Rows given at most; [`Answer::cut`] tells when there were more.
    pub rows: usize,
    /// Time at most.
    pub time_ms: u64,
    /// Memory of the running query at most.
    pub memory_bytes: usize,
}

/// Rows of a query.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The rows.
    pub table: Table,
    /// True where there were more rows than the limit.
    pub cut: bool,
}

impl Lake {
    /// Runs one SELECT over the given datasets, each at the version given with it.
    pub async fn query(
        &self,
        sql: &str,
        datasets: &[(String, Version)],
        limits: SqlLimits,
    ) -> Result<Answer, LakeError> {
        let runtime = datafusion::execution::runtime_env::RuntimeEnvBuilder::new()
            .with_memory_limit(limits.memory_bytes, 1.0)
            .build_arc()?;
        let session = SessionContext::new_with_config_rt(SessionConfig::new().with_target_partitions(1), runtime);
        for (dataset, version) in datasets {
            let table = self.open_version(dataset, *version).await?;
            table.update_datafusion_session(&session.state())?;
            session.register_table(dataset.as_str(), table.table_provider().await?)?;
        }
        let answering = async {
            let only_reading =
                SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
            let frame = session.sql_with_options(sql, only_reading).await?;
            let mut stream = frame.limit(0, Some(limits.rows + 1))?.execute_stream().await?;
            let schema = stream.schema();
            let mut batches = Vec::new();
            while let Some(batch) = stream.try_next().await? {
                batches.push(batch);
            }
            let table = from_batches(&schema, &batches)?;
            let cut = table.len() > limits.rows;
            let table = if cut { table.take(&(0..limits.rows).collect::<Vec<_>>()) } else { table };
            Ok(Answer { table, cut })
        };
        tokio::time::timeout(Duration::from_millis(limits.time_ms), answering)
            .await
            .unwrap_or(Err(LakeError::TooSlow(limits.time_ms)))
    }
}
