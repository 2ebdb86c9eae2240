//! Serves made files on loopback for demo and tests, with entity tags, so that simulated data comes in by the same door as
//! real data. Must never be mounted into the office's own server.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One file to serve.
#[derive(Clone, Debug)]
pub struct Served {
    /// Media type.
    pub media_type: &'static str,
    /// The bytes.
    pub bytes: Bytes,
}

/// A server of made files on loopback, bound before its files are made: feeds name their own address.
pub struct Simulator {
    listener: tokio::net::TcpListener,
    address: String,
}

impl Simulator {
    /// Takes a port of 127.0.0.1; 0 chooses a free one.
    ///
    /// # Errors
    /// Where the port is taken.
    pub async fn bind(port: u16) -> std::io::Result<Self> {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
        let address = format!("http://{}", listener.local_addr()?);
        Ok(Self { listener, address })
    }

    /// Its address, without a slash at the end.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Serves files by path and query (`posts.rss?page=2`) until the program ends.
    pub fn serve(self, files: BTreeMap<String, Served>) {
        let app = Router::new().route("/{name}", get(file)).with_state(Arc::new(files));
        tokio::spawn(async move { axum::serve(self.listener, app).await });
    }
}

async fn file(State(files): State<Arc<BTreeMap<String, Served>>>, address: Uri, headers: HeaderMap) -> Response {
    let name = address.path_and_query().map_or("", |both| both.as_str()).trim_start_matches('/');
    let Some(file) = files.get(name) else { return StatusCode::NOT_FOUND.into_response() };
    let etag = format!("\"{}\"", &model::ids::content_hash(&file.bytes)[..32]);
    if headers.get(header::IF_NONE_MATCH).is_some_and(|sent| sent.as_bytes() == etag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response();
    }
    ([(header::CONTENT_TYPE, file.media_type.to_owned()), (header::ETAG, etag)], file.bytes.clone()).into_response()
}
