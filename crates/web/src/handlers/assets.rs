//! Styles, scripts and fonts, built by Vite and embedded in the program. Names carry a content hash, so they are kept for a year.

use crate::error::WebError;
use crate::state::App;
use axum::Router;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "../../ui/dist"]
#[allow_missing = true]
struct Built;

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/assets/{*name}", get(asset))
}

/// Address of an embedded file with a hash of its content, so that a changed file has another address.
pub(crate) fn address(name: &str) -> String {
    let hash = Built::get(name).map(|file| model::ids::content_hash(&file.data)).unwrap_or_default();
    format!("/assets/{name}?v={}", hash.get(..12).unwrap_or("none"))
}

async fn asset(Path(name): Path<String>) -> Result<Response, WebError> {
    let file = Built::get(&name).ok_or(WebError::NotFound)?;
    let kind = match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    };
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, file.data.into_owned()).into_response())
}
