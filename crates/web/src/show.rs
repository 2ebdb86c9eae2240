//! Pages as answers. Must never load anything.

use crate::error::WebError;
use crate::pages::Page;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};

/// A page, for this reader only.
pub fn page(page: &impl Page) -> Result<Response, WebError> {
    with_status(StatusCode::OK, page)
}

/// A page with another status: a form that was filled in wrong.
pub fn with_status(status: StatusCode, page: &impl Page) -> Result<Response, WebError> {
    let html = page.render().map_err(|error| WebError::Internal(error.to_string()))?;
    let mut response = (status, Html(html)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Sends the reader on after something was done; `done` is the key of the message.
pub fn go(path: &str, done: &str) -> Response {
    if done.is_empty() {
        return Redirect::to(path).into_response();
    }
    let join = if path.contains('?') { '&' } else { '?' };
    Redirect::to(&format!("{path}{join}done={done}")).into_response()
}
