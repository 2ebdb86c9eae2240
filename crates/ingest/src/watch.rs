//! How far the reading of a file is, seen from outside of it, and a way to end it.
//!
//! Must never look into what is read.

use model::Run;
use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// Pause between two reports.
const PAUSE: Duration = Duration::from_millis(200);
/// Bytes that are handed on at once: so many are read at most after somebody asked for the end.
const PART: usize = 1 << 20;

/// Shared by whoever reads a file and whoever tells how far it got.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watch(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    read: AtomicU64,
    ended: AtomicBool,
}

impl Watch {
    /// The bytes of a file, counted while they are read.
    pub(crate) fn over<'a>(&self, bytes: &'a [u8]) -> Watched<'a> {
        Watched { bytes, watch: self.clone() }
    }

    /// True where the reading was ended before its end.
    pub(crate) fn ended(&self) -> bool {
        self.0.ended.load(Ordering::Relaxed)
    }

    /// Does the work, and meanwhile tells how many KiB of how many are read. Once somebody cancels, reading fails.
    pub(crate) async fn while_doing<T>(
        &self,
        work: impl Future<Output = T>,
        what: &str,
        bytes: usize,
        run: Run<'_>,
    ) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return done,
                () = tokio::time::sleep(PAUSE) => {}
            }
            run.progress.at(what, self.0.read.load(Ordering::Relaxed) >> 10, bytes as u64 >> 10);
            if run.progress.cancelled() {
                self.0.ended.store(true, Ordering::Relaxed);
            }
        }
    }
}

/// A reader that is watched.
pub(crate) struct Watched<'a> {
    bytes: &'a [u8],
    watch: Watch,
}

impl Read for Watched<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.watch.ended() {
            return Err(std::io::Error::other("ended as asked"));
        }
        let most = into.len().min(PART);
        let read = self.bytes.read(&mut into[..most])?;
        self.watch.0.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
