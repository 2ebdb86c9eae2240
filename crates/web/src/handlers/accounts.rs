//! The accounts of the office and the reader's own: who may come in and what for, passwords, tokens.
//!
//! Must never show a password or a hash of one, nor a token a second time, nor leave the office without an administrator.

use crate::auth::password;
use crate::auth::visit::{SESSION_COOKIE, Visit};
use crate::error::WebError;
use crate::form::Answers;
use crate::handlers::sign_in::{LONGEST_NAME, SESSION_HOURS, set_cookie};
use crate::pages::layout::Section;
use crate::pages::parts::{Choice, Field, Kind};
use crate::pages::{AccountLine, AccountPage, AccountsPage, NewToken, TokenLine, links};
use crate::show;
use crate::state::App;
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use model::time::{date_from_days, date_of, days_since_epoch, midnight};
use model::{Date, Permission, Role, Viewer};
use std::time::Duration;
use store::NewEntry;
use store::accounts::{Account, Token};

/// Letters that the name of an account has at least and at most.
const NAME_LETTERS: std::ops::RangeInclusive<usize> = 3..=LONGEST_NAME;
/// Names that stand for nobody, or for the program itself.
const NOBODYS: [&str; 2] = ["visitor", "counterflow"];
/// Letters that the name of a token has at most.
const TOKEN_NAME_LETTERS: usize = 80;
/// Days that a token lasts at most.
const TOKEN_DAYS: i32 = 365;
/// Wrong passwords within [`WINDOW`] after which further ones wait, as when signing in.
const MOST_TRIES: i64 = 8;
/// See [`MOST_TRIES`].
const WINDOW: Duration = Duration::from_secs(300);
const DAY: Duration = Duration::from_secs(86_400);

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route(links::ACCOUNTS, get(list).post(create))
        .route("/accounts/{name}/open", post(open))
        .route("/accounts/{name}/close", post(close))
        .route("/accounts/{name}/role", post(change_role))
        .route(links::ACCOUNT, get(own))
        .route("/account/password", post(change_password))
        .route("/account/tokens", post(make_token))
        .route("/account/tokens/{id}/withdraw", post(withdraw_token))
}

async fn list(visit: Visit) -> Result<Response, WebError> {
    visit.require(Permission::ManageAccounts).await?;
    let line = visit.audit_line(Permission::ManageAccounts, "accounts", "", "read");
    visit.app.store.note_audit(&visit.viewer, &line).await?;
    show::page(&accounts_page(&visit, "", Role::None, Faults::default()).await?)
}

/// What is wrong with the answers about a new account, as keys of the wording.
#[derive(Default)]
struct Faults {
    account: Option<&'static str>,
    role: Option<&'static str>,
    password: Option<&'static str>,
}

impl Faults {
    fn any(&self) -> bool {
        self.account.is_some() || self.role.is_some() || self.password.is_some()
    }
}

fn marked(field: Field, fault: Option<&'static str>) -> Field {
    match fault {
        Some(key) => field.wrong(key),
        None => field,
    }
}

async fn accounts_page(visit: &Visit, name: &str, role: Role, faults: Faults) -> Result<AccountsPage, WebError> {
    let words = &visit.words;
    let accounts = visit.app.store.accounts().await?;
    let seen = visit.app.store.last_sign_ins().await?;
    let choices = |role: Role| {
        Kind::Select(Role::ALL.map(|one| Choice::new(one.word(), words.of("role", one.word()), one == role)).to_vec())
    };
    let line = |account: &Account| {
        let fixed = fixed(&accounts, account, &visit.viewer);
        let question =
            || Field::new(words, "role", choices(account.role), "").within(&format!("role-{}", account.name));
        AccountLine {
            name: account.name.clone(),
            role: account.role,
            closed: !account.active,
            seen: seen.get(&account.name).copied(),
            change: fixed.is_none().then(question),
            fixed: fixed.unwrap_or_default(),
        }
    };
    let account = Field::new(words, "account", Kind::Text, name).required();
    let password = Field::new(words, "password", Kind::Password, "").required().autocomplete("new-password");
    Ok(AccountsPage {
        frame: visit.frame(Section::Accounts),
        lines: accounts.iter().map(line).collect(),
        fields: vec![
            marked(account, faults.account),
            marked(Field::new(words, "role", choices(role), "").required(), faults.role),
            marked(password, faults.password),
        ],
    })
}

/// Small letters, digits and dashes; nobody's name.
fn name_fault(name: &str) -> Option<&'static str> {
    let plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    match name {
        "" => Some("fault-missing"),
        name if !plain || !NAME_LETTERS.contains(&name.len()) => Some("fault-account-name"),
        name if NOBODYS.contains(&name) => Some("fault-taken"),
        _ => None,
    }
}

fn password_fault(password: &str) -> Option<&'static str> {
    if password.chars().count() < password::SHORTEST {
        return Some("fault-password-short");
    }
    (password.len() > password::LONGEST).then_some("fault-too-long")
}

/// The hash of a password that was found to fit; takes long, so it has a thread of its own.
async fn hashed(password: &str) -> Result<String, WebError> {
    let password = password.to_owned();
    let hash = password::in_turn(move || password::hash(&password)).await?;
    hash.ok_or_else(|| WebError::Internal("a password could not be hashed".to_owned()))
}

async fn create(answers: Answers) -> Result<Response, WebError> {
    let visit = &answers.visit;
    visit.require(Permission::ManageAccounts).await?;
    let app = &visit.app;
    let (name, secret) = (answers.get("account"), answers.raw("password"));
    let role = Role::from_word(answers.get("role"));
    let mut faults = Faults {
        account: name_fault(name),
        role: role.is_none().then_some("fault-choice"),
        password: password_fault(secret),
    };
    if let (Some(role), false) = (role, faults.any()) {
        let password_hash = hashed(secret).await?;
        let mut writer = app.store.begin(&app.activity("make_account", &visit.viewer.account)).await?;
        let note = serde_json::json!({"account": name, "role": role.word()});
        // The head of the log is held from here on: nobody else takes the name between looking and writing.
        writer.append(&NewEntry::about("account", note)).await?;
        if app.store.account(name).await?.is_none() {
            let (name, display_name) = (name.to_owned(), name.to_owned());
            writer.put_account(&Account { name, display_name, role, password_hash, active: true }).await?;
            writer.commit().await?;
            note_change(visit, answers.get("account")).await?;
            return Ok(show::go(links::ACCOUNTS, "done-account-made"));
        }
        faults.account = Some("fault-taken");
    }
    let page = accounts_page(visit, name, role.unwrap_or(Role::None), faults).await?;
    show::with_status(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

async fn note_change(visit: &Visit, account: &str) -> Result<(), WebError> {
    let line = visit.audit_line(Permission::ManageAccounts, "account", account, "changed");
    Ok(visit.app.store.note_audit(&visit.viewer, &line).await?)
}

async fn open(Path(name): Path<String>, answers: Answers) -> Result<Response, WebError> {
    change(&answers.visit, &name, |account| account.active = true).await?;
    Ok(show::go(links::ACCOUNTS, "done-account-opened"))
}

async fn close(Path(name): Path<String>, answers: Answers) -> Result<Response, WebError> {
    change(&answers.visit, &name, |account| account.active = false).await?;
    Ok(show::go(links::ACCOUNTS, "done-account-closed"))
}

async fn change_role(Path(name): Path<String>, answers: Answers) -> Result<Response, WebError> {
    let fault = || crate::error::FieldFault::new("role", "fault-choice", "write the word of a role");
    let role = Role::from_word(answers.get("role")).ok_or_else(|| WebError::Invalid(vec![fault()]))?;
    change(&answers.visit, &name, |account| account.role = role).await?;
    Ok(show::go(links::ACCOUNTS, "done-account-role"))
}

/// Changes an account and ends its sessions: whoever is signed in with it comes in again as what it is now.
async fn change(visit: &Visit, name: &str, how: impl FnOnce(&mut Account)) -> Result<(), WebError> {
    visit.require(Permission::ManageAccounts).await?;
    let app = &visit.app;
    let mut writer = app.store.begin(&app.activity("change_account", &visit.viewer.account)).await?;
    // The head of the log is held from here on: two administrators cannot close each other at once.
    writer.append(&NewEntry::about("account", serde_json::json!({"account": name}))).await?;
    let accounts = app.store.accounts().await?;
    let before = accounts.iter().find(|account| account.name == name).ok_or(WebError::NotFound)?;
    let mut after = before.clone();
    how(&mut after);
    may_become(&accounts, before, &after, &visit.viewer)?;
    writer.put_account(&after).await?;
    writer.end_sessions_of(name).await?;
    writer.commit().await?;
    note_change(visit, name).await
}

/// Why nothing about an account can be changed by whoever looks, as a key of the wording; the same rules as [`may_become`].
fn fixed(accounts: &[Account], account: &Account, viewer: &Viewer) -> Option<&'static str> {
    let closed = Account { active: !account.active, ..account.clone() };
    match may_become(accounts, account, &closed, viewer) {
        Err(WebError::Against { key: "against-own-account", .. }) => Some("account-fixed-own"),
        Err(_) => Some("account-fixed-last"),
        Ok(()) => None,
    }
}

/// Nobody changes what their own account may do, and one administrator stays.
fn may_become(accounts: &[Account], before: &Account, after: &Account, viewer: &Viewer) -> Result<(), WebError> {
    if before.name == viewer.account && before != after {
        let detail = "this is your own account; another administrator has to change it".to_owned();
        return Err(WebError::Against { key: "against-own-account", detail });
    }
    let administers = |account: &Account| account.active && account.role == Role::Administrator;
    let others = accounts.iter().filter(|account| account.name != before.name);
    if administers(before) && !administers(after) && !others.into_iter().any(administers) {
        let detail = "this is the last administrator; make another one first".to_owned();
        return Err(WebError::Against { key: "against-last-administrator", detail });
    }
    Ok(())
}

/// What is wrong with the answers on one's own account, and what was answered.
#[derive(Default)]
struct OwnForm<'a> {
    password_now: Option<&'static str>,
    password_new: Option<&'static str>,
    token_name: Option<&'static str>,
    scopes: Option<&'static str>,
    until: Option<&'static str>,
    answers: Option<&'a Answers>,
    new_token: Option<NewToken>,
}

/// Somebody signed in with a browser: a token manages neither passwords nor tokens.
fn in_person(visit: &Visit) -> Result<(), WebError> {
    if visit.viewer.account == Viewer::visitor().account {
        return Err(WebError::SignIn);
    }
    if visit.by_token { Err(WebError::Forbidden) } else { Ok(()) }
}

async fn own(visit: Visit) -> Result<Response, WebError> {
    in_person(&visit)?;
    show::page(&own_page(&visit, OwnForm::default()).await?)
}

async fn own_page(visit: &Visit, form: OwnForm<'_>) -> Result<AccountPage, WebError> {
    let (app, words) = (&visit.app, &visit.words);
    let now = app.now();
    let tokens = app.store.tokens(&visit.viewer.account).await?;
    let used = app.store.token_uses(&visit.viewer.account).await?;
    let lasting = tokens.into_iter().filter(|token| !token.revoked && token.expires_at > now);
    let line = |token: Token| TokenLine {
        used: used.get(&token.hash).copied(),
        id: token.hash,
        name: token.name,
        scopes: token.scopes,
        // It ends with the day before the moment at which it is no longer taken.
        until: Some(date_of(token.expires_at - Duration::from_secs(1))),
    };
    let given = |name: &str| form.answers.map_or("", |answers| answers.get(name));
    let chosen = form.answers.map(|answers| answers.all("scopes")).unwrap_or_default();
    let scopes = Permission::ALL.into_iter().filter(|scope| visit.may(*scope));
    let choice = |scope: Permission| {
        Choice::new(scope.word(), words.of("permission", scope.word()), chosen.contains(&scope.word()))
    };
    let now_field = Field::new(words, "password_now", Kind::Password, "").required().autocomplete("current-password");
    let new_field = Field::new(words, "password_new", Kind::Password, "").required().autocomplete("new-password");
    let token_name = Field::new(words, "token_name", Kind::Text, given("token_name")).required();
    let scopes = Field::new(words, "scopes", Kind::Checks(scopes.map(choice).collect()), "");
    Ok(AccountPage {
        frame: visit.frame(Section::Aside),
        password: vec![marked(now_field, form.password_now), marked(new_field, form.password_new)],
        tokens: lasting.map(line).collect(),
        new_token: form.new_token,
        token: vec![
            marked(token_name, form.token_name),
            marked(scopes, form.scopes),
            marked(Field::new(words, "until", Kind::Date, given("until")), form.until),
        ],
    })
}

async fn change_password(answers: Answers) -> Result<Response, WebError> {
    let visit = &answers.visit;
    in_person(visit)?;
    let (app, name) = (&visit.app, &visit.viewer.account);
    if app.store.failed_sign_ins(name, app.now() - WINDOW).await? >= MOST_TRIES {
        return Err(WebError::TooMany(WINDOW.as_secs()));
    }
    let account = app.store.account(name).await?.ok_or(WebError::SignIn)?;
    let (old, hash) = (answers.raw("password_now").to_owned(), account.password_hash.clone());
    let right = password::in_turn(move || password::verify(&old, &hash)).await?;
    if !right {
        app.store.note_failed_sign_in(name, app.now()).await?;
    }
    let new = answers.raw("password_new");
    let form = OwnForm {
        password_now: (!right).then_some("fault-password"),
        password_new: password_fault(new),
        ..OwnForm::default()
    };
    if form.password_now.is_some() || form.password_new.is_some() {
        return show::with_status(StatusCode::UNPROCESSABLE_ENTITY, &own_page(visit, form).await?);
    }
    let renewed = Account { password_hash: hashed(new).await?, ..account };
    let mut writer = app.store.begin(&app.activity("change_password", name)).await?;
    writer.append(&NewEntry::about("account", serde_json::json!({"account": name}))).await?;
    writer.put_account(&renewed).await?;
    // Whoever else is signed in with the old password is out; the reader stays, with a new word: somebody who knew the one
    // before is out as well.
    let word = password::random_word();
    let hash = model::ids::content_hash(word.as_bytes());
    let seconds = SESSION_HOURS * 3_600;
    writer.end_sessions_of(name).await?;
    writer.put_session(&hash, name, &password::random_word(), app.now() + Duration::from_secs(seconds)).await?;
    writer.commit().await?;
    let mut response = show::go(links::ACCOUNT, "done-password-changed");
    set_cookie(app, &mut response, SESSION_COOKIE, &word, seconds);
    Ok(response)
}

/// The last day of a token; nothing written means as long as may be.
fn last_day(today: Date, written: &str) -> Result<Date, &'static str> {
    let today = days_since_epoch(today);
    if written.is_empty() {
        return date_from_days(today + TOKEN_DAYS).ok_or("fault-date");
    }
    let day: Date = written.parse().map_err(|_| "fault-date")?;
    if (1..=TOKEN_DAYS).contains(&(days_since_epoch(day) - today)) { Ok(day) } else { Err("fault-token-days") }
}

async fn make_token(answers: Answers) -> Result<Response, WebError> {
    let visit = &answers.visit;
    in_person(visit)?;
    let (app, account, name) = (&visit.app, &visit.viewer.account, answers.get("token_name"));
    let scopes: Option<Vec<Permission>> = answers.all("scopes").into_iter().map(Permission::from_word).collect();
    let scopes = scopes.filter(|scopes| !scopes.is_empty() && scopes.iter().all(|scope| visit.may(*scope)));
    let until = last_day(app.today(), answers.get("until"));
    let name_fault = match name {
        "" => Some("fault-missing"),
        name => (name.chars().count() > TOKEN_NAME_LETTERS).then_some("fault-too-long"),
    };
    let (Some(scopes), Ok(until), None) = (&scopes, until, name_fault) else {
        let form = OwnForm {
            token_name: name_fault,
            scopes: scopes.is_none().then_some("fault-choice"),
            until: until.err(),
            answers: Some(&answers),
            ..OwnForm::default()
        };
        return show::with_status(StatusCode::UNPROCESSABLE_ENTITY, &own_page(visit, form).await?);
    };
    let secret = password::random_word();
    let token = Token {
        name: name.to_owned(),
        hash: model::ids::content_hash(secret.as_bytes()),
        account: account.clone(),
        scopes: scopes.clone(),
        expires_at: midnight(until) + DAY,
        revoked: false,
    };
    let mut writer = app.store.begin(&app.activity("make_token", account)).await?;
    writer.put_token(&token).await?;
    writer.append(&NewEntry::about("token", serde_json::json!({"account": account, "made": true}))).await?;
    writer.commit().await?;
    // Shown at once and not after a redirect: nobody else, and no address, ever holds it.
    let form = OwnForm { new_token: Some(NewToken { secret }), ..OwnForm::default() };
    show::page(&own_page(visit, form).await?)
}

async fn withdraw_token(Path(id): Path<String>, answers: Answers) -> Result<Response, WebError> {
    let visit = &answers.visit;
    in_person(visit)?;
    let (app, account) = (&visit.app, &visit.viewer.account);
    let mut writer = app.store.begin(&app.activity("withdraw_token", account)).await?;
    if !writer.revoke_token(account, &id).await? {
        return Err(WebError::NotFound);
    }
    writer.append(&NewEntry::about("token", serde_json::json!({"account": account, "made": false}))).await?;
    writer.commit().await?;
    Ok(show::go(links::ACCOUNT, "done-token-withdrawn"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(name: &str, role: Role) -> Account {
        let (name, display_name) = (name.to_owned(), name.to_owned());
        Account { name, display_name, role, password_hash: String::new(), active: true }
    }

    fn viewer(name: &str) -> Viewer {
        Viewer { account: name.to_owned(), role: Role::Administrator, scopes: None }
    }

    #[test]
    fn names_are_plain_and_somebodys() {
        for name in ["demo-analyst", "abc", "x-1"] {
            assert_eq!(name_fault(name), None, "{name}");
        }
        for name in ["ab", "Anna", "a b c", "näme", "a/b/c", &"x".repeat(41)] {
            assert_eq!(name_fault(name), Some("fault-account-name"), "{name}");
        }
        assert_eq!(name_fault("visitor"), Some("fault-taken"));
        assert_eq!(name_fault(""), Some("fault-missing"));
    }

    #[test]
    fn an_administrator_stays_and_nobody_changes_their_own_account() {
        let (first, second) = (account("first", Role::Administrator), account("second", Role::Administrator));
        let closed = |account: &Account| Account { active: false, ..account.clone() };
        let both = [first.clone(), second.clone()];
        assert!(may_become(&both, &second, &closed(&second), &viewer("first")).is_ok());
        assert!(may_become(&both, &first, &closed(&first), &viewer("first")).is_err());
        let alone = [first.clone(), closed(&second)];
        assert!(may_become(&alone, &first, &closed(&first), &viewer("a-token")).is_err());
        assert_eq!(fixed(&both, &first, &viewer("first")), Some("account-fixed-own"));
        assert_eq!(fixed(&both, &second, &viewer("first")), None);
        assert_eq!(fixed(&alone, &first, &viewer("a-token")), Some("account-fixed-last"));
        let steward = Account { role: Role::Steward, ..first.clone() };
        assert!(may_become(&alone, &first, &steward, &viewer("a-token")).is_err());
    }

    #[test]
    fn tokens_end_within_a_year() {
        let today: Date = "2026-11-25".parse().expect("a date");
        let day = |text: &str| last_day(today, text).map(|day| day.to_string());
        assert_eq!(day(""), Ok("2027-11-25".to_owned()));
        assert_eq!(day("2026-11-26"), Ok("2026-11-26".to_owned()));
        assert_eq!(day("2026-11-25"), Err("fault-token-days"));
        assert_eq!(day("2027-11-26"), Err("fault-token-days"));
        assert_eq!(day("tomorrow"), Err("fault-date"));
    }
}
