//! A feed (RSS, Atom, JSON Feed), read page by page where it links to older ones (RFC 5005, JSON Feed `next_url`).

use super::http_file::fetch_address;
use super::{About, Connector, Reach, Received};
use crate::{IngestError, Source};
use futures::FutureExt;
use futures::future::BoxFuture;

pub(super) struct Feed;

impl Connector for Feed {
    fn about(&self) -> About {
        About {
            name: "feed",
            summary: "an RSS, Atom or JSON feed with its older pages",
            address: "http or https address of the newest page",
        }
    }

    fn list<'a>(&'a self, source: &'a Source, _: Reach<'a>) -> BoxFuture<'a, Result<Vec<String>, IngestError>> {
        async move { Ok(vec![source.address.clone()]) }.boxed()
    }

    /// Pages are always fetched whole: an unchanged newest page says nothing about whether the older ones were all received.
    fn fetch<'a>(
        &'a self,
        source: &'a Source,
        name: &'a str,
        reach: Reach<'a>,
    ) -> BoxFuture<'a, Result<Option<Received>, IngestError>> {
        async move {
            let page = fetch_address(source, name, Reach { etag: None, ..reach }).await?;
            Ok(page.map(|page| Received { further: formats::social::paging::older_page(&page.bytes, name), ..page }))
        }
        .boxed()
    }
}
