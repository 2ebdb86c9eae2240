//! Received bytes, kept under their SHA-256 and never changed. Must never interpret them.

use crate::{Lake, LakeError};
use std::path::PathBuf;
use std::sync::Arc;

impl Lake {
    /// Keeps received bytes under their hash ([`model::ids::content_hash`]). Keeping the same bytes twice changes nothing.
    pub async fn keep_bytes(&self, hash: &str, bytes: Arc<Vec<u8>>) -> Result<(), LakeError> {
        let path = self.bytes_path(hash);
        if tokio::fs::try_exists(&path).await.unwrap_or(false) {
            return Ok(());
        }
        let shown = path.display().to_string();
        let failed = move |source| LakeError::Storage { path: shown.clone(), source };
        // Written beside and renamed, so that a name never stands for half of its bytes. The name beside carries the
        // process, so that two processes that receive the same bytes don't write into one file.
        let beside = path.with_extension(format!("part-{}", std::process::id()));
        let written = tokio::task::spawn_blocking(move || {
            let folder = path.parent().expect("the path was built with a folder");
            std::fs::create_dir_all(folder)?;
            std::fs::write(&beside, bytes.as_slice())?;
            std::fs::rename(&beside, &path)
        });
        let written = written.await.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()));
        written.map_err(failed)
    }

    /// The bytes that lie under a hash.
    pub async fn received_bytes(&self, hash: &str) -> Result<Option<Vec<u8>>, LakeError> {
        let known = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !known {
            return Ok(None);
        }
        let path = self.bytes_path(hash);
        match tokio::fs::read(&path).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(LakeError::Storage { path: path.display().to_string(), source }),
        }
    }

    fn bytes_path(&self, hash: &str) -> PathBuf {
        self.root.join("received").join(&hash[..2]).join(hash)
    }
}
