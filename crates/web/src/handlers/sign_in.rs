//! Signing in and out, and choosing a language.

use crate::auth::password;
use crate::auth::visit::{LANGUAGE_COOKIE, SESSION_COOKIE, Visit};
use crate::error::WebError;
use crate::form::{Answers, Query, local_path};
use crate::pages::layout::Section;
use crate::pages::parts::{Field, Kind};
use crate::pages::{SignInPage, links};
use crate::show;
use crate::state::App;
use crate::wording::Language;
use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};

use std::time::Duration;

/// How long a session lasts.
pub(crate) const SESSION_HOURS: u64 = 12;
/// Letters that the name of an account has at most.
pub(crate) const LONGEST_NAME: usize = 40;
/// Failed tries of one account within [`WINDOW_SECONDS`] after which further ones wait (OWASP ASVS 2.2.1).
const MOST_TRIES: i64 = 8;
/// See [`MOST_TRIES`].
const WINDOW_SECONDS: u64 = 300;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route(links::SIGN_IN, get(ask).post(sign_in))
        .route(links::SIGN_OUT, post(sign_out))
        .route(links::LANGUAGE, post(choose_language))
}

fn page(visit: &Visit, back: String, account: &str, wrong: bool) -> SignInPage {
    let words = &visit.words;
    let field = Field::new(words, "account", Kind::Text, account).required().autocomplete("username");
    let secret = Field::new(words, "password", Kind::Password, "").required().autocomplete("current-password");
    let logins = visit.app.office.demo_logins.iter();
    SignInPage {
        frame: visit.frame(Section::Aside),
        account: field,
        password: if wrong { secret.wrong("fault-sign-in") } else { secret },
        back,
        demo: logins.map(|(name, word)| (name.clone(), word.clone(), role_of(words, name))).collect(),
    }
}

/// Demo accounts are named after their role.
fn role_of(words: &crate::wording::Words, account: &str) -> String {
    words.of_or_itself("role", account.trim_start_matches("demo-").replace('-', "_").as_str())
}

async fn ask(visit: Visit, query: Query) -> Result<Response, WebError> {
    show::page(&page(&visit, local_path(query.get("back")), "", false))
}

async fn sign_in(answers: Answers) -> Result<Response, WebError> {
    let app = answers.visit.app.clone();
    let name = answers.get("account").to_lowercase();
    let since = app.now() - Duration::from_secs(WINDOW_SECONDS);
    if app.store.failed_sign_ins(&name, since).await? >= MOST_TRIES {
        return Err(WebError::TooMany(WINDOW_SECONDS));
    }
    let account = app.store.account(&name).await?.filter(|account| account.active);
    let hash = account.as_ref().map(|account| account.password_hash.clone());
    let secret = answers.raw("password").to_owned();
    let right = password::in_turn(move || match hash {
        Some(hash) => password::verify(&secret, &hash),
        // A name that does not exist takes as long as one that does.
        None => {
            let _ = password::hash("a password of the usual length");
            false
        }
    })
    .await?;
    let Some(account) = account.filter(|_| right) else {
        if name.len() > LONGEST_NAME {
            // No account is called so; what strangers write is not kept without need.
            return show::with_status(
                StatusCode::UNPROCESSABLE_ENTITY,
                &page(&answers.visit, answers.back(), "", true),
            );
        }
        app.store.note_failed_sign_in(&name, app.now()).await?;
        let page = page(&answers.visit, answers.back(), &name, true);
        return show::with_status(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    // A fresh word at every sign-in: one that somebody planted before is worth nothing.
    let word = password::random_word();
    let expires = app.now() + Duration::from_secs(SESSION_HOURS * 3_600);
    let mut writer = app.store.begin(&app.activity("sign_in", &account.name)).await?;
    if !answers.visit.session.is_empty() {
        writer.end_session(&answers.visit.session).await?;
    }
    let hash = model::ids::content_hash(word.as_bytes());
    writer.put_session(&hash, &account.name, &password::random_word(), expires).await?;
    writer.commit().await?;
    let mut response = show::go(&answers.back(), "");
    set_cookie(&app, &mut response, SESSION_COOKIE, &word, SESSION_HOURS * 3_600);
    Ok(response)
}

async fn sign_out(answers: Answers) -> Result<Response, WebError> {
    let app = &answers.visit.app;
    if !answers.visit.session.is_empty() {
        let mut writer = app.store.begin(&app.activity("sign_out", &answers.visit.viewer.account)).await?;
        writer.end_session(&answers.visit.session).await?;
        writer.commit().await?;
    }
    let mut response = show::go("/", "");
    set_cookie(app, &mut response, SESSION_COOKIE, "", 0);
    Ok(response)
}

async fn choose_language(answers: Answers) -> Result<Response, WebError> {
    let language = Language::from_code(answers.get("language")).ok_or(WebError::NotFound)?;
    let mut response = show::go(&answers.back(), "");
    set_cookie(&answers.visit.app, &mut response, LANGUAGE_COOKIE, language.code(), 31_536_000);
    Ok(response)
}

pub(crate) fn set_cookie(app: &App, response: &mut Response, name: &str, value: &str, seconds: u64) {
    let secure = if app.office.public_address.starts_with("https:") { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}
