//! Rows that come in parts while others are still made, written as Parquet files of a few parts each, several files at the same time.
//!
//! Must never hold more than the parts of the files at hand, and never commit: it gives what a commit has to name.

use crate::LakeError;
use crate::columns::to_batch;
use crate::tables::writer_properties;
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use deltalake::DeltaTableError;
use deltalake::kernel::Add;
use deltalake::writer::{DeltaWriter, RecordBatchWriter};
use model::Table;
use std::collections::VecDeque;
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::task::JoinHandle;
use url::Url;

/// Parts of rows, or why no more come: then nothing of them is kept.
pub type Parts = Receiver<Result<Table, String>>;

/// Parts in a file. More of them make larger files, but the parts of a file that waits for its turn lie in memory.
const IN_FILE: usize = 4;
/// Files that are written at the same time, at most: packing rows takes longer than reading them.
const FILES: usize = 4;

/// A file that is being written by a task of its own.
type File = JoinHandle<Result<Vec<Add>, LakeError>>;

/// Writes all parts into the folder of a table and gives the files in the order of their rows.
///
/// # Errors
/// Also the word of the part that is an error. Nobody writes any more by then; files that are finished stay behind, unnamed.
pub(crate) async fn write(folder: &Url, first: RecordBatch, rest: Parts) -> Result<Vec<Add>, LakeError> {
    let mut files = VecDeque::new();
    let written = write_files(folder, first, rest, &mut files).await;
    for file in files {
        file.abort();
        // It was stopped, or ended before that: either way it writes no more.
        let _ended = file.await;
    }
    written
}

/// Like [`write`]; files that are still written when one fails are left in `files`.
async fn write_files(
    folder: &Url,
    first: RecordBatch,
    mut rest: Parts,
    files: &mut VecDeque<File>,
) -> Result<Vec<Add>, LakeError> {
    let at_once = std::thread::available_parallelism().map_or(1, usize::from).min(FILES);
    let schema = first.schema();
    let mut written = Vec::new();
    let mut next = Some(first);
    while let Some(batch) = next {
        if files.len() == at_once {
            written.extend(finish(files.pop_front()).await?);
        }
        let (sender, file) = begin(folder, schema.clone());
        files.push_back(file);
        next = fill(&sender, batch, &mut rest).await?;
    }
    while !files.is_empty() {
        written.extend(finish(files.pop_front()).await?);
    }
    Ok(written)
}

/// Gives a file its parts and returns the first one of the next file.
async fn fill(
    file: &Sender<RecordBatch>,
    first: RecordBatch,
    rest: &mut Parts,
) -> Result<Option<RecordBatch>, LakeError> {
    // A file that takes no more has failed, and says so itself when it is waited for.
    let mut _taken = file.send(first).await;
    for _ in 1..IN_FILE {
        let Some(batch) = receive(rest).await? else { return Ok(None) };
        _taken = file.send(batch).await;
    }
    receive(rest).await
}

async fn receive(rest: &mut Parts) -> Result<Option<RecordBatch>, LakeError> {
    rest.recv().await.map(|part| part.map_err(LakeError::Part).and_then(to_batch)).transpose()
}

fn begin(folder: &Url, schema: SchemaRef) -> (Sender<RecordBatch>, File) {
    let (sender, mut parts) = tokio::sync::mpsc::channel(IN_FILE);
    let folder = folder.to_string();
    let file = tokio::spawn(async move {
        let mut writer =
            RecordBatchWriter::try_new(folder, schema, None, None)?.with_writer_properties(writer_properties());
        while let Some(batch) = parts.recv().await {
            writer.write(batch).await?;
        }
        Ok(writer.flush().await?)
    });
    (sender, file)
}

async fn finish(file: Option<File>) -> Result<Vec<Add>, LakeError> {
    let Some(file) = file else { return Ok(Vec::new()) };
    file.await.map_err(|error| DeltaTableError::Generic(error.to_string()))?
}
