//! The JSON API: one resource a file, each with its operations, its wire types and their schemas.
//!
//! Addresses, parameters, permissions and the OpenAPI document come from one table, [`operations`]: an address that is not
//! described cannot be reached. Must never hand out a domain type, and never ignore a value that was sent.

mod ask;
mod cases;
mod datasets;
mod homes;
mod openapi;
mod operation;
mod outside_use;
mod problems;
mod refusal;
mod schema;
mod shared;
mod signals;
mod sources;

use crate::error::WebError;
use crate::state::App;
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::get;
use operation::Operation;
use schema::Component;

/// Address of the description.
pub(crate) const DESCRIPTION: &str = "/api/openapi.json";

pub(crate) fn routes() -> Router<App> {
    let described = Router::new().route(DESCRIPTION, get(openapi::show));
    operations()
        .into_iter()
        .fold(described, |router, operation| router.route(operation.path, (operation.route)()))
        .method_not_allowed_fallback(async || WebError::Method)
        .layer(middleware::from_fn(set_headers))
}

/// Everything that can be asked, in the order of the description.
fn operations() -> Vec<&'static Operation> {
    [
        homes::OPERATIONS,
        datasets::OPERATIONS,
        signals::OPERATIONS,
        cases::OPERATIONS,
        problems::OPERATIONS,
        sources::OPERATIONS,
        outside_use::OPERATIONS,
    ]
    .concat()
}

/// Every shape that is sent or taken.
fn components() -> Vec<Component> {
    [
        refusal::components(),
        shared::components(),
        homes::components(),
        datasets::components(),
        signals::components(),
        cases::components(),
        problems::components(),
        sources::components(),
        outside_use::components(),
    ]
    .concat()
}

/// How to come in for whoever is not (RFC 6750), and nothing kept by others unless the handler says so.
async fn set_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let unknown = response.status() == StatusCode::UNAUTHORIZED;
    let headers = response.headers_mut();
    if unknown {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"counterflow\""));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
