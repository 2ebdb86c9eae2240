//! Who is asking, in which language, from where: taken from cookies and headers of a request.
//!
//! A Visit is made for every request. Must never trust anything it did not look up.

use crate::error::WebError;
use crate::pages::layout::{Frame, Section, SignedIn};
use crate::state::App;
use crate::wording::{Language, Words};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use model::{Permission, Viewer};
use store::audit::NewAuditLine;

/// Cookie of a session. The prefix makes browsers refuse it from other hosts and paths; over plain http on loopback they
/// take it without `Secure`, so the demo uses a name without the prefix.
pub const SESSION_COOKIE: &str = "counterflow_session";
/// Letters of an address that the audit keeps of a refused request.
const LONGEST_ADDRESS: usize = 500;
/// How exactly the last use of a token is told.
const TOKEN_USE: std::time::Duration = std::time::Duration::from_secs(600);
/// Cookie of the chosen language.
pub const LANGUAGE_COOKIE: &str = "counterflow_language";

/// Who is asking.
#[derive(Clone)]
pub struct Visit {
    /// The app.
    pub app: App,
    /// The Agent with its permissions.
    pub viewer: Viewer,
    /// The words of the reader's language.
    pub words: Words,
    /// Word that forms of this session carry; empty for somebody not signed in.
    pub csrf: String,
    /// Hash of the session; empty where there is none.
    pub session: String,
    /// Path and query.
    pub here: String,
    /// Key of the message about what was just done.
    pub done: Option<String>,
    /// True where the request carries a token instead of a session.
    pub by_token: bool,
}

impl Visit {
    /// Refuses somebody who may not do this, and notes the refusal of somebody who is known.
    pub async fn require(&self, permission: Permission) -> Result<(), WebError> {
        if self.may(permission) {
            return Ok(());
        }
        if self.viewer.account == Viewer::visitor().account {
            return Err(WebError::SignIn);
        }
        // As much of the address as names what it was: a longer one is no page of ours.
        let here: String = self.here.chars().take(LONGEST_ADDRESS).collect();
        let line = self.audit_line(permission, "page", &here, "refused");
        self.app.store.note_audit(&self.viewer, &line).await?;
        Err(WebError::Forbidden)
    }

    /// True where the policies let them do this.
    pub fn may(&self, permission: Permission) -> bool {
        self.app.permissions.allow(&self.viewer, permission)
    }

    /// A line for the audit.
    pub fn audit_line<'a>(
        &self,
        permission: Permission,
        kind: &'a str,
        subject: &'a str,
        outcome: &'a str,
    ) -> NewAuditLine<'a> {
        NewAuditLine { id: self.app.new_id(), at: self.app.now(), permission, kind, subject, outcome }
    }

    /// What stands around a page of a section.
    pub fn frame(&self, section: Section) -> Frame {
        let office = &self.app.office;
        let known = self.viewer.account != Viewer::visitor().account;
        Frame {
            words: self.words.clone(),
            office: office.name.clone(),
            contact: office.contact.clone(),
            notice: if office.notice.is_empty() { String::new() } else { self.words.office_notice(&office.notice) },
            here: self.here.clone(),
            section,
            signed_in: known.then(|| SignedIn { name: self.viewer.account.clone(), role: self.viewer.role }),
            permissions: Permission::ALL.into_iter().filter(|permission| self.may(*permission)).collect(),
            csrf: self.csrf.clone(),
            done: self.done.as_ref().map(|key| self.words.say(key)),
            styles: self.app.styles.clone(),
            script: self.app.script.clone(),
        }
    }
}

impl FromRequestParts<App> for Visit {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, WebError> {
        let here = parts.uri.path_and_query().map_or("/", |both| both.as_str()).to_owned();
        let asked = query_value(&parts.uri, "lang").and_then(|code| Language::from_code(&code));
        let words = app.wording.words(asked.unwrap_or_else(|| language(&parts.headers)));
        let done = query_value(&parts.uri, "done").filter(|key| key.starts_with("done-") && words.has(key));
        let mut visit = Self {
            app: app.clone(),
            viewer: Viewer::visitor(),
            words,
            csrf: String::new(),
            session: String::new(),
            here,
            done,
            by_token: false,
        };
        if let Some(token) = bearer(&parts.headers) {
            let hash = model::ids::content_hash(token.as_bytes());
            let (token, account) = app.store.token(&hash, app.now()).await?.ok_or(WebError::SignIn)?;
            // What the page of the account shows as its last use need not be exact, and must not keep a program waiting.
            let now = app.now();
            if let Err(error) = app.store.note_token_use(&hash, now, now - TOKEN_USE).await {
                tracing::warn!(%error, "the use of a token could not be noted");
            }
            visit.viewer = Viewer { account: account.name, role: account.role, scopes: Some(token.scopes) };
            visit.by_token = true;
        } else if let Some(word) = cookie(&parts.headers, SESSION_COOKIE) {
            let hash = model::ids::content_hash(word.as_bytes());
            if let Some(session) = app.store.session(&hash, app.now()).await? {
                visit.viewer = Viewer { account: session.account.name, role: session.account.role, scopes: None };
                visit.csrf = session.csrf;
                visit.session = hash;
            }
        }
        Ok(visit)
    }
}

fn language(headers: &HeaderMap) -> Language {
    let chosen = cookie(headers, LANGUAGE_COOKIE).and_then(|code| Language::from_code(&code));
    let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    chosen.or_else(|| asked.and_then(Language::from_header)).unwrap_or(Language::English)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ").map(str::trim)
}

/// The value of a cookie.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(found, _)| *found == name).map(|(_, value)| value.to_owned())
}

/// The first value of a name in the query.
pub fn query_value(uri: &axum::http::Uri, name: &str) -> Option<String> {
    crate::form::pairs(uri.query().unwrap_or_default())
        .into_iter()
        .find(|(found, _)| found == name)
        .map(|(_, value)| value)
}
