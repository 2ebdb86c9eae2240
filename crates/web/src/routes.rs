//! Every address, and what stands around all of them: limits, headers, tracing, the wording of refusals.

use crate::auth::visit::Visit;
use crate::connections;
use crate::error::{FieldFault, Refusal, WebError};
use crate::handlers;
use crate::pages::RefusalPage;
use crate::pages::layout::Section;
use crate::show;
use crate::state::App;
use crate::wording::Words;
use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use std::time::{Duration, Instant};
use tower_http::compression::CompressionLayer;

/// How long things may take; long work is a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// A whole request, from its head to its answer.
    pub request: Duration,
    /// Its body, from the first byte to the last.
    pub body: Duration,
    /// Its head, from the first byte to the last, and the wait for it on a connection that is kept open.
    pub head: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { request: Duration::from_secs(60), body: Duration::from_secs(30), head: Duration::from_secs(20) }
    }
}

/// The whole site, ready to serve.
pub struct Site {
    router: Router,
    patience: Patience,
}

impl Site {
    /// The site as a service, for tests.
    pub fn into_router(self) -> Router {
        self.router
    }
}

/// Serves a site until `end` comes; requests that run then are finished first.
pub async fn run(listener: tokio::net::TcpListener, site: Site, end: impl Future<Output = ()> + Send) {
    connections::serve(listener, site.router, site.patience.head, end).await;
}

/// Starts counting for Prometheus; a second start in one process (tests) counts for itself.
pub fn metrics_handle() -> metrics_exporter_prometheus::PrometheusHandle {
    let builder = metrics_exporter_prometheus::PrometheusBuilder::new;
    builder().install_recorder().unwrap_or_else(|_| builder().build_recorder().handle())
}

/// The whole site.
pub fn site(app: App) -> Site {
    site_with(app, Patience::default())
}

/// The whole site, with as much patience as one likes.
pub fn site_with(app: App, patience: Patience) -> Site {
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
        .merge(handlers::letter::routes())
        .merge(handlers::sources::routes())
        .merge(handlers::review::routes())
        .merge(handlers::signals::routes())
        .merge(handlers::datasets::routes())
        .merge(handlers::problems::routes())
        .merge(handlers::audit::routes())
        .merge(handlers::accounts::routes())
        .fallback(async || WebError::NotFound)
        .layer(DefaultBodyLimit::max(body_bytes))
        .layer(middleware::from_fn_with_state(patience, end_in_time))
        .layer(middleware::from_fn_with_state(app.clone(), word_refusals))
        .layer(middleware::from_fn(set_headers))
        .layer(middleware::from_fn(measure))
        .layer(CompressionLayer::new())
        .with_state(app);
    Site { router, patience }
}

/// Ends what takes too long; what it had begun to write is taken back.
async fn end_in_time(State(patience): State<Patience>, mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(patience);
    match tokio::time::timeout(patience.request, next.run(request)).await {
        Ok(response) => response,
        Err(_) => WebError::Busy.into_response(),
    }
}

/// What the router refuses by itself takes the form of everything else that is refused.
fn in_our_form(response: Response) -> Response {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if response.extensions().get::<Refusal>().is_some() || kind.starts_with("application/problem+json") {
        return response;
    }
    let error = match response.status() {
        StatusCode::BAD_REQUEST => WebError::Malformed("this address cannot be read; write it in UTF-8".to_owned()),
        StatusCode::METHOD_NOT_ALLOWED => WebError::Method,
        StatusCode::PAYLOAD_TOO_LARGE => WebError::TooLarge,
        _ => return response,
    };
    let mut told = error.into_response();
    if let Some(methods) = response.headers().get(header::ALLOW) {
        told.headers_mut().insert(header::ALLOW, methods.clone());
    }
    told
}

/// What a page says about a refusal besides its name, in the reader's language as far as there is a wording.
fn detail(words: &Words, refusal: &Refusal) -> String {
    match refusal.name {
        "conflict" | "against" if refusal.key.is_empty() => refusal.detail.clone(),
        "against" => words.say(refusal.key),
        "invalid" => {
            let fault =
                |fault: &FieldFault| format!("{}: {}", words.of_or_itself("field", &fault.field), words.say(fault.key));
            refusal.faults.iter().map(fault).collect::<Vec<_>>().join(". ")
        }
        _ => String::new(),
    }
}

/// Refusals become pages for people; programs keep the problem details.
async fn word_refusals(State(app): State<App>, request: Request, next: Next) -> Response {
    let wants_page = wants_page(request.uri().path(), request.headers());
    let back = came_from(&request);
    let (mut parts, body) = request.into_parts();
    let visit = if wants_page { Visit::from_request_parts(&mut parts, &app).await.ok() } else { None };
    let response = in_our_form(next.run(Request::from_parts(parts, body)).await);
    let Some(refusal) = response.extensions().get::<Refusal>().cloned() else { return response };
    let Some(visit) = visit else { return response };
    if refusal.name == "sign-in" {
        let back = percent_encoding::utf8_percent_encode(&back, percent_encoding::NON_ALPHANUMERIC);
        return axum::response::Redirect::to(&format!("{}?back={back}", crate::pages::links::SIGN_IN)).into_response();
    }
    let page = RefusalPage {
        frame: visit.frame(Section::Aside),
        name: refusal.name,
        detail: detail(&visit.words, &refusal),
        reference: String::new(),
    };
    match show::with_status(refusal.status, &page) {
        Ok(mut worded) => {
            for name in [header::RETRY_AFTER, header::ALLOW] {
                if let Some(value) = response.headers().get(&name) {
                    worded.headers_mut().insert(name, value.clone());
                }
            }
            worded
        }
        Err(_) => response,
    }
}

/// Where somebody goes on after signing in: the page that was asked for, or the one with the form that was sent.
fn came_from(request: &Request) -> String {
    let here = request.uri().path_and_query().map_or("/", |both| both.as_str()).to_owned();
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return here;
    }
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let page = text(header::REFERER).split_once("://").and_then(|(_, rest)| rest.strip_prefix(text(header::HOST)));
    crate::form::local_path(page.unwrap_or("/"))
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
