//! Every address, and what stands around all of them: limits, headers, tracing, the wording of refusals.

use crate::auth::visit::Visit;
use crate::error::Refusal;
use crate::handlers;
use crate::pages::RefusalPage;
use crate::pages::layout::Section;
use crate::show;
use crate::state::App;
use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use std::time::{Duration, Instant};
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

/// Time that one request may take; long work is a job.
const LONGEST: Duration = Duration::from_secs(60);

/// The whole site, ready to serve.
pub struct Site(Router);

impl Site {
    /// The site as a service, for tests.
    pub fn into_router(self) -> Router {
        self.0
    }
}

/// Serves a site until `end` comes; requests that run then are finished first.
///
/// # Errors
/// Where the listener fails.
pub async fn run(
    listener: tokio::net::TcpListener,
    site: Site,
    end: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, site.0).with_graceful_shutdown(end).await
}

/// Starts counting for Prometheus; a second start in one process (tests) counts for itself.
pub fn metrics_handle() -> metrics_exporter_prometheus::PrometheusHandle {
    let builder = metrics_exporter_prometheus::PrometheusBuilder::new;
    builder().install_recorder().unwrap_or_else(|_| builder().build_recorder().handle())
}

/// The whole site.
pub fn site(app: App) -> Site {
    let body_bytes = app.office.body_bytes;
    let router = Router::new()
        .merge(crate::api::routes())
        .merge(handlers::status::routes())
        .merge(handlers::assets::routes())
        .merge(handlers::first::routes())
        .merge(handlers::sign_in::routes())
        .merge(handlers::homes::routes())
        .merge(handlers::cases::routes())
        .merge(handlers::candidates::routes())
        .merge(handlers::sources::routes())
        .merge(handlers::review::routes())
        .merge(handlers::signals::routes())
        .merge(handlers::datasets::routes())
        .merge(handlers::problems::routes())
        .merge(handlers::audit::routes())
        .merge(handlers::accounts::routes())
        .fallback(async || crate::error::WebError::NotFound)
        .layer(DefaultBodyLimit::max(body_bytes))
        .layer(middleware::from_fn_with_state(app.clone(), word_refusals))
        .layer(middleware::from_fn(set_headers))
        .layer(middleware::from_fn(measure))
        .layer(CompressionLayer::new())
        .layer(TimeoutLayer::with_status_code(axum::http::StatusCode::SERVICE_UNAVAILABLE, LONGEST))
        .with_state(app);
    Site(router)
}

/// Refusals become pages for people; programs keep the problem details.
async fn word_refusals(State(app): State<App>, request: Request, next: Next) -> Response {
    let wants_page = wants_page(request.uri().path(), request.headers());
    let (mut parts, body) = request.into_parts();
    let visit = if wants_page { Visit::from_request_parts(&mut parts, &app).await.ok() } else { None };
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some(refusal) = response.extensions().get::<Refusal>().cloned() else { return response };
    let Some(visit) = visit else { return response };
    if refusal.name == "sign-in" {
        let back = percent_encoding::utf8_percent_encode(&visit.here, percent_encoding::NON_ALPHANUMERIC);
        return axum::response::Redirect::to(&format!("{}?back={back}", crate::pages::links::SIGN_IN)).into_response();
    }
    let detail = if refusal.name == "conflict" { refusal.detail.clone() } else { String::new() };
    let page = RefusalPage { frame: visit.frame(Section::Aside), name: refusal.name, detail, reference: String::new() };
    match show::with_status(refusal.status, &page) {
        Ok(mut worded) => {
            if let Some(wait) = response.headers().get(header::RETRY_AFTER) {
                worded.headers_mut().insert(header::RETRY_AFTER, wait.clone());
            }
            worded
        }
        Err(_) => response,
    }
}

fn wants_page(path: &str, headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    !path.starts_with("/api/") && accepts.contains("text/html")
}

/// Headers that keep a page from being framed, sniffed or fed with scripts from elsewhere (OWASP Secure Headers).
async fn set_headers(request: Request, next: Next) -> Response {
    const POLICY: &str = "default-src 'self'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
        object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
    let mut response = next.run(request).await;
    let fixed = [
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
        ("cross-origin-opener-policy", "same-origin"),
    ];
    for (name, value) in fixed {
        response.headers_mut().entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Counts and times requests by the pattern of their address, never by the address itself.
async fn measure(request: Request, next: Next) -> Response {
    let path = request.extensions().get::<axum::extract::MatchedPath>().map(|path| path.as_str().to_owned());
    let method = request.method().to_string();
    let began = Instant::now();
    let response = next.run(request).await;
    let labels = [
        ("path", path.unwrap_or_else(|| "other".to_owned())),
        ("method", method),
        ("status", response.status().as_u16().to_string()),
    ];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_seconds", &labels[..2]).record(began.elapsed().as_secs_f64());
    response
}
