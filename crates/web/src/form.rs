//! What a form or a query says. Must never hand on an answer to a form that was not sent from a page of this office.

use crate::auth::visit::Visit;
use crate::error::{NO_ZERO_CHARACTER, WebError};
use crate::routes::Patience;
use crate::state::App;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Multipart, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use percent_encoding::percent_decode_str;

/// Names and values of a query or a form body (WHATWG URL, `application/x-www-form-urlencoded`).
pub fn pairs(text: &str) -> Vec<(String, String)> {
    let decode = |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned();
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
        .collect()
}

/// The same, strictly: `None` where a part is no UTF-8.
fn exact_pairs(bytes: &[u8]) -> Option<Vec<(String, String)>> {
    let decode = |part: &str| Some(percent_decode_str(&part.replace('+', " ")).decode_utf8().ok()?.into_owned());
    let parts = std::str::from_utf8(bytes).ok()?.split('&').filter(|pair| !pair.is_empty());
    parts
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decode(name)?, decode(value)?))
        })
        .collect()
}

/// Refuses the one character that PostgreSQL cannot keep, so that both engines take the same.
fn without_zero(values: Vec<(String, String)>) -> Result<Vec<(String, String)>, WebError> {
    if values.iter().any(|(name, value)| name.contains('\0') || value.contains('\0')) {
        return Err(WebError::Malformed(NO_ZERO_CHARACTER.to_owned()));
    }
    Ok(values)
}

/// The whole body of a request, within the bytes and the time that there are for one.
pub(crate) async fn whole_body(request: Request) -> Result<Bytes, WebError> {
    let patience = request.extensions().get::<Patience>().copied().unwrap_or_default();
    match tokio::time::timeout(patience.body, Bytes::from_request(request, &())).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(rejection)) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(WebError::TooLarge),
        Ok(Err(_)) => Err(WebError::Malformed("the request ended too early; send it again".to_owned())),
        Err(_) => Err(WebError::TooSlow),
    }
}

/// The query of an address.
#[derive(Clone, Debug, Default)]
pub struct Query(pub Vec<(String, String)>);

impl Query {
    /// The first value of a name; empty where there is none.
    pub fn get(&self, name: &str) -> &str {
        first(&self.0, name)
    }

    /// All values of a name, in the order given.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.0
            .iter()
            .filter(|(found, value)| found == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
            .collect()
    }

    /// The number of the page, from 1.
    pub fn page(&self) -> i64 {
        self.get("page").parse().ok().filter(|page| *page > 0).unwrap_or(1)
    }

    /// The same query with other values; an empty value leaves the name out.
    pub fn with(&self, changes: &[(&str, &str)]) -> String {
        let kept =
            self.0.iter().filter(|(name, _)| name != "done" && changes.iter().all(|(changed, _)| changed != name));
        let kept = kept.map(|(name, value)| (name.as_str(), value.as_str()));
        let all = kept.chain(changes.iter().copied()).filter(|(_, value)| !value.is_empty());
        let encode =
            |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
        let written: Vec<String> = all.map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        format!("?{}", written.join("&"))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, WebError> {
        without_zero(pairs(parts.uri.query().unwrap_or_default())).map(Self)
    }
}

/// The answers of a form that was sent from a page of this office, with whoever sent it.
pub struct Answers {
    /// Who sent it.
    pub visit: Visit,
    values: Vec<(String, String)>,
    /// A file that came along: its name and bytes.
    pub file: Option<(String, Bytes)>,
}

impl Answers {
    /// The first answer of a name, without blanks around it; empty where there is none.
    pub fn get(&self, name: &str) -> &str {
        first(&self.values, name).trim()
    }

    /// All answers of a name.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.values.iter().filter(|(found, _)| found == name).map(|(_, value)| value.as_str()).collect()
    }

    /// An answer exactly as sent: a password keeps its blanks.
    pub fn raw(&self, name: &str) -> &str {
        first(&self.values, name)
    }

    /// Where to go afterwards: the form's `back`, if it is a path of this office.
    pub fn back(&self) -> String {
        local_path(self.get("back"))
    }
}

/// A path of this office; `/` for anything that would lead elsewhere.
pub fn local_path(path: &str) -> String {
    // Browsers leave out tabs and line ends before they read an address: `/<tab>/x` is another host to them.
    let inside = path.starts_with('/') && !path.starts_with("//");
    let inside = inside && !path.contains(|letter: char| letter == '\\' || letter.is_control());
    if inside { path.to_owned() } else { "/".to_owned() }
}

fn first<'a>(values: &'a [(String, String)], name: &str) -> &'a str {
    values.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value.as_str())
}

impl FromRequest<App> for Answers {
    type Rejection = WebError;

    async fn from_request(request: Request, app: &App) -> Result<Self, WebError> {
        let (mut parts, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, app).await?;
        if !from_here(&parts.headers) {
            return Err(WebError::Forged);
        }
        let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let multipart = kind.starts_with("multipart/form-data");
        let request = Request::from_parts(parts, body);
        let (values, file) = if multipart {
            read_multipart(request, app).await?
        } else {
            let not_text = || WebError::Malformed("the form is not written in UTF-8".to_owned());
            (exact_pairs(&whole_body(request).await?).ok_or_else(not_text)?, None)
        };
        let values = without_zero(values)?;
        let answers = Self { visit, values, file };
        // Somebody not signed in has nothing that a forged form could use, and the origin was looked at above.
        if !answers.visit.csrf.is_empty() && !same(answers.get("csrf"), &answers.visit.csrf) {
            return Err(WebError::Forged);
        }
        Ok(answers)
    }
}

type Read = (Vec<(String, String)>, Option<(String, Bytes)>);

async fn read_multipart(request: Request, app: &App) -> Result<Read, WebError> {
    let broken = || WebError::Malformed("the form is broken; open the page again and send it once more".to_owned());
    let (mut parts, sent) = request.into_parts();
    let mut whole = Request::new(sent);
    whole.extensions_mut().extend(parts.extensions.clone());
    let bytes = whole_body(whole).await?;
    parts.headers.remove(header::CONTENT_LENGTH);
    let mut form =
        Multipart::from_request(Request::from_parts(parts, Body::from(bytes)), app).await.map_err(|_| broken())?;
    let mut values = Vec::new();
    let mut file = None;
    while let Some(field) = form.next_field().await.map_err(|_| broken())? {
        let name = field.name().unwrap_or_default().to_owned();
        match field.file_name().map(str::to_owned) {
            Some(file_name) => {
                let bytes = field.bytes().await.map_err(|_| broken())?;
                if !bytes.is_empty() {
                    file = Some((file_name, bytes));
                }
            }
            None => values.push((name, field.text().await.map_err(|_| broken())?)),
        }
    }
    Ok((values, file))
}

/// True unless the browser says that the form was sent from another site (Fetch Metadata, Origin).
fn from_here(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text("origin"), text("host")) {
        (Some(site), ..) => matches!(site, "same-origin" | "none"),
        (None, Some(origin), Some(host)) => {
            origin.split_once("://").is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(host))
        }
        _ => true,
    }
}

/// Compares in a time that does not tell where the difference is.
fn same(left: &str, right: &str) -> bool {
    left.len() == right.len() && left.bytes().zip(right.bytes()).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_that_lead_elsewhere_lead_home() {
        for path in [
            "https://evil.example",
            "//evil.example",
            "/\\evil",
            "javascript:x",
            "",
            "/x\r\nSet-Cookie: a",
            "/\t/evil",
            "/\u{1}",
        ] {
            assert_eq!(local_path(path), "/", "{path}");
        }
        assert_eq!(local_path("/cases?state=active"), "/cases?state=active");
    }

    #[test]
    fn forms_are_taken_as_they_were_written_or_not_at_all() {
        let found = exact_pairs(b"a=1+2&b=%C3%BC").expect("UTF-8");
        assert_eq!(found, [("a".to_owned(), "1 2".to_owned()), ("b".to_owned(), "\u{fc}".to_owned())]);
        assert_eq!(exact_pairs(b"a=%FF"), None);
        assert_eq!(exact_pairs(b"a=\xff"), None);
        assert!(matches!(without_zero(pairs("a=%00")), Err(WebError::Malformed(_))));
    }

    #[test]
    fn queries_are_read_and_written() {
        let query = Query(pairs("state=active&q=a+b%26c&page=2&done=done-x"));
        assert_eq!((query.get("q"), query.page()), ("a b&c", 2));
        assert_eq!(query.with(&[("page", "3"), ("state", "")]), "?q=a%20b%26c&page=3");
    }

    #[test]
    fn forms_from_other_sites_are_told_apart() {
        let headers = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, value.parse().expect("a header"));
            }
            headers
        };
        assert!(from_here(&headers(&[("origin", "http://office:8080"), ("host", "office:8080")])));
        assert!(!from_here(&headers(&[("origin", "http://evil"), ("host", "office:8080")])));
        assert!(!from_here(&headers(&[("sec-fetch-site", "cross-site")])));
        assert!(!from_here(&headers(&[("origin", "null"), ("host", "office:8080")])));
    }
}
