//! Serves made files on loopback for demo and tests, with entity tags, so that simulated data comes in by the same door as
//! real data. Must never be mounted into the office's own server.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
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

/// Serves files by name on a port of 127.0.0.1 (0 chooses a free one) until the program ends; gives the address.
///
/// # Errors
/// Where the port is taken.
pub async fn serve(port: u16, files: BTreeMap<String, Served>) -> std::io::Result<String> {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    let address = format!("http://{}", listener.local_addr()?);
    let app = Router::new().route("/{name}", get(file)).with_state(Arc::new(files));
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(address)
}

async fn file(
    State(files): State<Arc<BTreeMap<String, Served>>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(file) = files.get(&name) else { return StatusCode::NOT_FOUND.into_response() };
    let etag = format!("\"{}\"", &model::ids::content_hash(&file.bytes)[..32]);
    if headers.get(header::IF_NONE_MATCH).is_some_and(|sent| sent.as_bytes() == etag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response();
    }
    ([(header::CONTENT_TYPE, file.media_type.to_owned()), (header::ETAG, etag)], file.bytes.clone()).into_response()
}
