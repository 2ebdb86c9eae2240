//! Datasets as Delta tables: append, replace, read a version, adopt or undo what the log does not name.
//!
//! Each commit carries the id of the Activity that made it. Must never choose a version by itself except in [`Lake::settle`].

use crate::columns::{from_batches, to_batch};
use crate::parts::{self, Parts};
use crate::{Lake, LakeError, check_name};
use datafusion::execution::SessionState;
use datafusion::prelude::{SessionConfig, SessionContext};
use deltalake::delta_datafusion::DeltaSessionContext;
use deltalake::kernel::engine::arrow_conversion::TryFromArrow;
use deltalake::kernel::transaction::CommitProperties;
use deltalake::kernel::{Action, StructType};
use deltalake::operations::write::{SchemaMode, WriteBuilder};
use deltalake::parquet::basic::Compression;
use deltalake::parquet::file::properties::{EnabledStatistics, WriterProperties};
use deltalake::protocol::SaveMode;
use deltalake::{DeltaTable, DeltaTableBuilder};
use futures::TryStreamExt;
use model::Table;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// A version of a Delta table, from 0.
pub type Version = i64;

/// One commit to a dataset, as the Delta log has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// The version it made.
    pub version: Version,
    /// Id of the Activity that made it; empty for a commit by another program.
    pub activity: String,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// What Delta calls it: WRITE, RESTORE, OPTIMIZE.
    pub kind: String,
}

/// One lock for each dataset: Delta would retry a lost race, but two writers of this process need not run into one.
#[derive(Debug, Default)]
pub(crate) struct Writing(Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>);

impl Writing {
    fn of(&self, dataset: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut locks = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        locks.entry(dataset.to_owned()).or_default().clone()
    }
}

impl Lake {
    /// Adds rows and gives the new version. New columns are added to the dataset; older rows have nothing there.
    pub async fn append(&self, dataset: &str, rows: Table, activity: &str) -> Result<Version, LakeError> {
        self.write(dataset, vec![rows], activity, SaveMode::Append, SchemaMode::Merge).await
    }

    /// Puts these rows in place of all earlier ones and gives the new version; earlier versions can still be read.
    pub async fn replace(&self, dataset: &str, rows: Table, activity: &str) -> Result<Version, LakeError> {
        self.replace_parts(dataset, vec![rows], activity).await
    }

    /// Like [`Lake::replace`] with rows in several parts of the same columns, so that nobody has to join large ones.
    pub async fn replace_parts(&self, dataset: &str, parts: Vec<Table>, activity: &str) -> Result<Version, LakeError> {
        self.write(dataset, parts, activity, SaveMode::Overwrite, SchemaMode::Overwrite).await
    }

    /// Like [`Lake::replace_parts`] with parts that are still being made: those of a new dataset are written as they come, others when all
    /// are there. Where one of them is an error, nothing is committed, and the version that stands goes on to stand.
    ///
    /// # Errors
    /// Also the word of the part that is an error.
    pub async fn replace_as_they_come(
        &self,
        dataset: &str,
        first: Table,
        mut rest: Parts,
        activity: &str,
    ) -> Result<Version, LakeError> {
        check_name(dataset)?;
        let lock = self.writing.of(dataset);
        let _held = lock.lock().await;
        if self.exists(dataset).await {
            let mut parts = vec![first];
            while let Some(part) = rest.recv().await {
                parts.push(part.map_err(LakeError::Part)?);
            }
            return self.write_held(dataset, parts, activity, SaveMode::Overwrite, SchemaMode::Overwrite).await;
        }
        let first = to_batch(first)?;
        let columns = StructType::try_from_arrow(first.schema().as_ref())?;
        let folder = self.folder(dataset).await?;
        let files = match parts::write(&folder, first, rest).await {
            Ok(files) => files,
            Err(error) => {
                self.remove(dataset).await?;
                return Err(error);
            }
        };
        let table = DeltaTable::try_from_url(folder)
            .await?
            .create()
            .with_columns(columns.into_fields())
            .with_actions(files.into_iter().map(Action::Add))
            .with_commit_properties(made_by(activity))
            .await?;
        Ok(table.version().map(signed).expect("a table that was just written has a version"))
    }

    /// Like [`Lake::replace`], but writes nothing where the rows are those of the version that stands: doing work again changes nothing.
    pub async fn replace_if_changed(
        &self,
        dataset: &str,
        standing: Option<Version>,
        rows: Table,
        activity: &str,
    ) -> Result<Option<Version>, LakeError> {
        if let Some(version) = standing
            && *self.read(dataset, version).await? == rows
        {
            return Ok(None);
        }
        self.replace(dataset, rows, activity).await.map(Some)
    }

    /// The rows of a dataset at a version, kept in memory for the next reader.
    pub async fn read(&self, dataset: &str, version: Version) -> Result<Arc<Table>, LakeError> {
        if let Some(table) = self.resident.get(dataset, version) {
            return Ok(table);
        }
        let (_, stream) = self.open_version(dataset, version).await?.scan_table().with_session_state(session()).await?;
        let schema = stream.schema();
        let batches: Vec<_> = stream.try_collect().await?;
        let table = Arc::new(from_batches(&schema, &batches)?);
        self.resident.put(dataset, version, table.clone());
        Ok(table)
    }

    /// The newest version that exists, named by the log or not; `None` where there is no such dataset.
    pub async fn newest_version(&self, dataset: &str) -> Result<Option<Version>, LakeError> {
        Ok(self.open_newest(dataset).await?.and_then(|table| table.version()).map(signed))
    }

    /// The last commits of a dataset, newest first.
    pub async fn commits(&self, dataset: &str, limit: usize) -> Result<Vec<Commit>, LakeError> {
        let Some(table) = self.open_newest(dataset).await? else { return Ok(Vec::new()) };
        let newest = table.version().map_or(-1, signed);
        let history: Vec<_> = table.history(Some(limit)).try_collect().await?;
        let commits = history.into_iter().zip(0..).map(|(info, age)| Commit {
            version: newest - age,
            activity: info.info.get("activity").and_then(|id| id.as_str()).unwrap_or_default().to_owned(),
            at_ms: info.timestamp.unwrap_or_default(),
            kind: info.operation.unwrap_or_default(),
        });
        Ok(commits.collect())
    }

    /// Makes the dataset agree with the log after a crash: a version newer than `named` whose Activity the log does not know is
    /// taken back by restoring `named`. Gives the version that now stands, where that is a new one.
    pub async fn settle(
        &self,
        dataset: &str,
        named: Option<Version>,
        activity: &str,
    ) -> Result<Option<Version>, LakeError> {
        let lock = self.writing.of(dataset);
        let _held = lock.lock().await;
        // A folder without any version may be one that another process is just writing its first files into.
        let Some(table) = self.open_newest(dataset).await? else { return Ok(None) };
        let newest = table.version().map_or(-1, signed);
        let Some(named) = named else {
            // Nothing of this dataset was ever named: the folder is the remains of a first write that did not finish.
            self.remove(dataset).await?;
            return Ok(None);
        };
        if newest <= named {
            return Ok(None);
        }
        let (table, _) =
            table.restore().with_version_to_restore(unsigned(named)).with_commit_properties(made_by(activity)).await?;
        Ok(table.version().map(signed))
    }

    /// Names of all datasets that have a folder, sorted.
    pub async fn datasets(&self) -> Result<Vec<String>, LakeError> {
        let path = self.root.join("tables");
        let failed = |source| LakeError::Storage { path: path.display().to_string(), source };
        let mut names = Vec::new();
        let mut folders = tokio::fs::read_dir(&path).await.map_err(failed)?;
        while let Some(folder) = folders.next_entry().await.map_err(failed)? {
            names.extend(folder.file_name().into_string().ok().filter(|name| check_name(name).is_ok()));
        }
        names.sort();
        Ok(names)
    }

    async fn write(
        &self,
        dataset: &str,
        parts: Vec<Table>,
        activity: &str,
        mode: SaveMode,
        schema: SchemaMode,
    ) -> Result<Version, LakeError> {
        check_name(dataset)?;
        let lock = self.writing.of(dataset);
        let _held = lock.lock().await;
        self.write_held(dataset, parts, activity, mode, schema).await
    }

    /// Like `write`, for who holds the dataset's lock.
    async fn write_held(
        &self,
        dataset: &str,
        parts: Vec<Table>,
        activity: &str,
        mode: SaveMode,
        schema: SchemaMode,
    ) -> Result<Version, LakeError> {
        let batches = parts.into_iter().map(to_batch).collect::<Result<Vec<_>, _>>()?;
        let write = self.writer(dataset, activity, mode, schema).await?;
        let table = write.with_input_batches(batches).await?;
        Ok(table.version().map(signed).expect("a table that was just written has a version"))
    }

    /// What writes one version of a dataset; whoever calls holds its lock.
    async fn writer(
        &self,
        dataset: &str,
        activity: &str,
        mode: SaveMode,
        schema: SchemaMode,
    ) -> Result<WriteBuilder, LakeError> {
        check_name(dataset)?;
        let (table, schema) = match self.open_newest(dataset).await? {
            Some(table) => (table, Some(schema)),
            None => (DeltaTable::try_from_url(self.folder(dataset).await?).await?, None),
        };
        let mut write = table
            .write([])
            .with_save_mode(mode)
            .with_commit_properties(made_by(activity))
            .with_session_state(writing_session()?)
            .with_writer_properties(writer_properties());
        if let Some(schema) = schema {
            write = write.with_schema_mode(schema);
        }
        Ok(write)
    }

    pub(crate) async fn open_version(&self, dataset: &str, version: Version) -> Result<DeltaTable, LakeError> {
        check_name(dataset)?;
        if version < 0 || !self.exists(dataset).await {
            return Err(LakeError::NoVersion { dataset: dataset.to_owned(), version });
        }
        match DeltaTableBuilder::from_url(self.url(dataset)?)?.with_version(unsigned(version)).load().await {
            Ok(table) => Ok(table),
            // Delta says this in several ways; asking for the newest version is the one answer that is sure.
            Err(_) if self.newest_version(dataset).await?.is_none_or(|newest| newest < version) => {
                Err(LakeError::NoVersion { dataset: dataset.to_owned(), version })
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn open_newest(&self, dataset: &str) -> Result<Option<DeltaTable>, LakeError> {
        check_name(dataset)?;
        if !self.exists(dataset).await {
            return Ok(None);
        }
        Ok(Some(deltalake::open_table(self.url(dataset)?).await?))
    }

    async fn exists(&self, dataset: &str) -> bool {
        let log = self.root.join("tables").join(dataset).join("_delta_log");
        tokio::fs::try_exists(log).await.unwrap_or(false)
    }

    /// The folder of a dataset, which is there afterwards.
    async fn folder(&self, dataset: &str) -> Result<url::Url, LakeError> {
        let path = self.root.join("tables").join(dataset);
        let created = tokio::fs::create_dir_all(&path).await;
        created.map_err(|source| LakeError::Storage { path: path.display().to_string(), source })?;
        self.url(dataset)
    }

    /// Takes the folder of a dataset away, where there is one.
    async fn remove(&self, dataset: &str) -> Result<(), LakeError> {
        let path = self.root.join("tables").join(dataset);
        match tokio::fs::remove_dir_all(&path).await {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                Err(LakeError::Storage { path: path.display().to_string(), source })
            }
            _ => Ok(()),
        }
    }

    fn url(&self, dataset: &str) -> Result<url::Url, LakeError> {
        let path = self.root.join("tables").join(dataset);
        url::Url::from_directory_path(&path).map_err(|()| LakeError::Storage {
            path: path.display().to_string(),
            source: std::io::Error::other("the folder of the lake has no absolute path"),
        })
    }
}

/// One partition, so that rows come back in the order of the files and the same version always reads the same.
pub(crate) fn session() -> Arc<SessionState> {
    Arc::new(SessionContext::new_with_config(SessionConfig::new().with_target_partitions(1)).state())
}

/// Writes in one partition as well: rows lie in the files in the order in which they came.
fn writing_session() -> Result<Arc<SessionState>, LakeError> {
    let one = HashMap::from([("datafusion.execution.target_partitions".to_owned(), "1".to_owned())]);
    Ok(Arc::new(DeltaSessionContext::new_with_session_overrides(&one)?.state()))
}

/// How Parquet files are written. Identifiers differ in every row: a dictionary of them would be made only to be thrown away.
pub(crate) fn writer_properties() -> WriterProperties {
    WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_column_dictionary_enabled("_id".into(), false)
        .build()
}

fn made_by(activity: &str) -> CommitProperties {
    CommitProperties::default().with_metadata([("activity".to_owned(), serde_json::Value::from(activity))])
}

fn signed(version: deltalake::kernel::Version) -> Version {
    i64::try_from(version).expect("Delta versions are counted one by one and fit 63 bits")
}

fn unsigned(version: Version) -> deltalake::kernel::Version {
    u64::try_from(version).expect("callers pass versions from 0")
}
