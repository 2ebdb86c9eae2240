//! A file or a folder of files inside the office folder.

use super::{About, Connector, Reach, Received};
use crate::{IngestError, Source};
use futures::FutureExt;
use futures::future::BoxFuture;
use std::path::{Component, Path, PathBuf};

pub(super) struct Folder;

impl Connector for Folder {
    fn about(&self) -> About {
        About {
            name: "folder",
            summary: "a file, or every file of a folder, in the office folder",
            address: "path of the file or folder, from the office folder",
        }
    }

    fn list<'a>(&'a self, source: &'a Source, reach: Reach<'a>) -> BoxFuture<'a, Result<Vec<String>, IngestError>> {
        async move {
            let path = inside(reach.office, &source.address)?;
            let failed = |error| IngestError::file(&source.address, error);
            if !tokio::fs::metadata(&path).await.map_err(failed)?.is_dir() {
                return Ok(vec![source.address.clone()]);
            }
            let mut names = Vec::new();
            let mut entries = tokio::fs::read_dir(&path).await.map_err(failed)?;
            while let Some(entry) = entries.next_entry().await.map_err(failed)? {
                let name = entry.file_name().to_string_lossy().into_owned();
                if entry.file_type().await.map_err(failed)?.is_file() && !name.starts_with('.') {
                    names.push(format!("{}/{name}", source.address.trim_end_matches('/')));
                }
            }
            names.sort();
            Ok(names)
        }
        .boxed()
    }

    fn fetch<'a>(
        &'a self,
        source: &'a Source,
        name: &'a str,
        reach: Reach<'a>,
    ) -> BoxFuture<'a, Result<Option<Received>, IngestError>> {
        async move {
            let path = inside(reach.office, name)?;
            let failed = |error| IngestError::file(name, error);
            let length = tokio::fs::metadata(&path).await.map_err(failed)?.len();
            if length > source.max_bytes {
                return Err(IngestError::TooLarge { name: name.to_owned(), bytes: length, limit: source.max_bytes });
            }
            let bytes = tokio::fs::read(&path).await.map_err(failed)?;
            Ok(Some(Received { name: name.to_owned(), bytes: bytes.into(), etag: None, further: None }))
        }
        .boxed()
    }
}

/// The path of an address, which must stay inside the office folder.
fn inside(office: &Path, address: &str) -> Result<PathBuf, IngestError> {
    let relative = Path::new(address);
    if relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
        Ok(office.join(relative))
    } else {
        Err(IngestError::Outside(address.to_owned()))
    }
}
