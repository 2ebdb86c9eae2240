//! One file behind an http address, fetched only where its entity tag changed.

use super::{About, Connector, Reach, Received};
use crate::{IngestError, Source};
use futures::FutureExt;
use futures::future::BoxFuture;

pub(super) struct HttpFile;

impl Connector for HttpFile {
    fn about(&self) -> About {
        About { name: "http_file", summary: "one file behind an http address", address: "http or https address" }
    }

    fn list<'a>(&'a self, source: &'a Source, _: Reach<'a>) -> BoxFuture<'a, Result<Vec<String>, IngestError>> {
        async move { Ok(vec![source.address.clone()]) }.boxed()
    }

    fn fetch<'a>(
        &'a self,
        source: &'a Source,
        name: &'a str,
        reach: Reach<'a>,
    ) -> BoxFuture<'a, Result<Option<Received>, IngestError>> {
        fetch_address(source, name, reach).boxed()
    }
}

/// Fetches an address within the limits of the source.
pub(super) async fn fetch_address(
    source: &Source,
    address: &str,
    reach: Reach<'_>,
) -> Result<Option<Received>, IngestError> {
    let limits = net::Limits { max_bytes: source.max_bytes, timeout_ms: 60_000, retries: 3 };
    Ok(match reach.client.get(address, reach.etag, limits).await? {
        net::Fetched::Unchanged => None,
        net::Fetched::Body { bytes, etag, .. } => {
            Some(Received { name: address.to_owned(), bytes: bytes.into(), etag, further: None })
        }
    })
}
