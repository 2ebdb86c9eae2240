//! Code that reads one kind of Source each. A new kind is one new file and one line in [`ALL`].
//!
//! A connector gives bytes with their name. It must never interpret them, and never write.

mod feed;
mod folder;
mod http_file;

use crate::{IngestError, Source};
use futures::future::BoxFuture;
use std::path::Path;
use std::sync::Arc;

/// What a kind of Source is called and needs.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// The word that stands in `sources/*.toml`.
    pub name: &'static str,
    /// One line for lists.
    pub summary: &'static str,
    /// What `address` means for it.
    pub address: &'static str,
}

/// What a connector may use.
#[derive(Clone, Copy)]
pub struct Reach<'a> {
    /// The office folder.
    pub office: &'a Path,
    /// The way out.
    pub client: &'a net::Client,
    /// The entity tag of the last fetch.
    pub etag: Option<&'a str>,
}

/// One received file.
#[derive(Debug)]
pub struct Received {
    /// Name of the file: what a Problem points to.
    pub name: String,
    /// The bytes: kept while they are read.
    pub bytes: Arc<Vec<u8>>,
    /// The entity tag to send next time.
    pub etag: Option<String>,
    /// Name of a further file that this one leads to, such as the older page of a feed.
    pub further: Option<String>,
}

/// Reads one kind of Source.
pub trait Connector: Sync {
    /// What it is.
    fn about(&self) -> About;

    /// Names of the files to begin with, in the order to read them; each may lead to further ones.
    fn list<'a>(&'a self, source: &'a Source, reach: Reach<'a>) -> BoxFuture<'a, Result<Vec<String>, IngestError>>;

    /// Fetches one of them; `None` where it did not change since the entity tag.
    fn fetch<'a>(
        &'a self,
        source: &'a Source,
        name: &'a str,
        reach: Reach<'a>,
    ) -> BoxFuture<'a, Result<Option<Received>, IngestError>>;
}

/// Every kind of Source.
pub const ALL: &[&dyn Connector] = &[&folder::Folder, &http_file::HttpFile, &feed::Feed];

/// The connector of a name.
pub fn find(name: &str) -> Option<&'static dyn Connector> {
    ALL.iter().copied().find(|connector| connector.about().name == name)
}
