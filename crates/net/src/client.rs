//! Fetching one address: size and time limits, entity tags, retries with growing pauses.

use crate::guard::Guard;
use crate::{MOST_REDIRECTS, NetError};
use reqwest::header::{ACCEPT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, LOCATION};
use std::sync::Arc;
use std::time::Duration;

/// What one fetch may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes at most, after decompression.
    pub max_bytes: u64,
    /// Time for one try.
    pub timeout_ms: u64,
    /// Further tries after a failed connection or a 429 or 5xx answer.
    pub retries: u32,
}

/// What came of a fetch.
#[derive(Debug)]
pub enum Fetched {
    /// The server says that the entity tag still holds.
    Unchanged,
    /// Bytes.
    Body {
        /// The bytes.
        bytes: Vec<u8>,
        /// The entity tag to send next time.
        etag: Option<String>,
        /// The media type the server claims.
        content_type: Option<String>,
    },
}

/// Fetches addresses that its [`Guard`] lets through.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    guard: Guard,
}

impl Client {
    /// A client behind a guard.
    ///
    /// # Errors
    /// Where the machine's certificate store cannot be read.
    pub fn new(guard: Guard) -> Result<Self, NetError> {
        let http = reqwest::Client::builder()
            .user_agent(concat!("counterflow/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .dns_resolver(Arc::new(guard.clone()))
            .no_proxy()
            .build()
            .map_err(|source| NetError::Connection { url: String::new(), source })?;
        Ok(Self { http, guard })
    }

    /// Fetches an address; with `etag`, only where it changed.
    pub async fn get(&self, url: &str, etag: Option<&str>, limits: Limits) -> Result<Fetched, NetError> {
        let mut tries = 0;
        loop {
            let error = match self.get_once(url, etag, limits).await {
                Ok(fetched) => return Ok(fetched),
                Err(error) => error,
            };
            tries += 1;
            if tries > limits.retries || !passes_by_itself(&error) {
                return Err(error);
            }
            tracing::info!(%url, tries, %error, "trying again");
            tokio::time::sleep(Duration::from_millis(250 << tries.min(6))).await;
        }
    }

    async fn get_once(&self, url: &str, etag: Option<&str>, limits: Limits) -> Result<Fetched, NetError> {
        let mut address: url::Url = url.parse().map_err(|_| NetError::Address(url.to_owned()))?;
        for _ in 0..=MOST_REDIRECTS {
            self.guard.judge(&address)?;
            let connection = |source| connection_error(url, source);
            let mut request = self.http.get(address.clone()).timeout(Duration::from_millis(limits.timeout_ms));
            if let Some(etag) = etag {
                request = request.header(IF_NONE_MATCH, etag);
            }
            let answer = request.header(ACCEPT_ENCODING, "gzip").send().await.map_err(connection)?;
            let status = answer.status();
            if status.as_u16() == 304 {
                return Ok(Fetched::Unchanged);
            }
            if status.is_redirection() {
                let next = answer.headers().get(LOCATION).and_then(|next| next.to_str().ok());
                let next = next.and_then(|next| address.join(next).ok());
                address = next.ok_or_else(|| NetError::Status { url: url.to_owned(), status: status.as_u16() })?;
                continue;
            }
            if !status.is_success() {
                return Err(NetError::Status { url: url.to_owned(), status: status.as_u16() });
            }
            return body(url, answer, limits).await;
        }
        Err(NetError::Redirects(url.to_owned()))
    }
}

async fn body(url: &str, mut answer: reqwest::Response, limits: Limits) -> Result<Fetched, NetError> {
    let text = |name| answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (etag, content_type) = (text(ETAG), text(CONTENT_TYPE));
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|source| connection_error(url, source))? {
        if (bytes.len() + chunk.len()) as u64 > limits.max_bytes {
            return Err(NetError::TooLarge { url: url.to_owned(), limit_bytes: limits.max_bytes });
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Fetched::Body { bytes, etag, content_type })
}

/// The guard's refusal inside a connection error is the message people need, not "error sending request".
fn connection_error(url: &str, source: reqwest::Error) -> NetError {
    let mut cause: Option<&dyn std::error::Error> = Some(&source);
    while let Some(error) = cause {
        if let Some(NetError::Internal { host, address }) = error.downcast_ref() {
            return NetError::Internal { host: host.clone(), address: address.clone() };
        }
        cause = error.source();
    }
    NetError::Connection { url: url.to_owned(), source }
}

fn passes_by_itself(error: &NetError) -> bool {
    match error {
        NetError::Connection { .. } => true,
        NetError::Status { status, .. } => *status == 429 || *status >= 500,
        _ => false,
    }
}
