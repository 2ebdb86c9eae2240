//! Sessions: forms come from our own pages, signing in gives a new word, and what ended stays ended.

use crate::office::{Ask, Office, PASSWORD, Who, account};
use crate::roles::TABLE;
use model::Role;

/// Who may send a form, so that only its origin is a reason to be refused.
fn sender(path: &str) -> Role {
    match path.split('/').nth(1).unwrap_or_default() {
        "cases" | "api" => Role::CaseManager,
        "accounts" => Role::Administrator,
        "review" | "sources" => Role::Steward,
        _ => Role::Analyst,
    }
}

#[tokio::test]
async fn a_form_without_the_word_of_its_session_changes_nothing() {
    let office = Office::open().await;
    let other = office.signed_in(Role::Reviewer).await;
    let Who::Session { csrf: foreign, .. } = other else { panic!("a session") };
    for row in TABLE.iter().filter(|row| row.method == "POST") {
        let who = office.signed_in(sender(row.path)).await;
        let Who::Session { cookie, .. } = &who else { panic!("a session") };
        for word in ["", &foreign] {
            // The word is left out, or it is somebody else's.
            let forged = Who::Session { cookie: cookie.clone(), csrf: word.to_owned() };
            let answer = office.ask(&forged, &(row.ask)(&office.known)).await;
            assert_eq!(answer.status, 403, "{} with `{word}`: {}", row.path, answer.text);
            assert!(!answer.headers.contains_key("set-cookie"), "{}", row.path);
        }
        if !row.path.starts_with("/api/") {
            for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
                let elsewhere = (row.ask)(&office.known).header(name, value);
                let answer = office.ask(&who, &elsewhere).await;
                assert_eq!(answer.status, 403, "{} from elsewhere: {}", row.path, answer.text);
            }
        }
    }
}

async fn sign_in(office: &Office, who: &Who, name: &str) -> String {
    let answer =
        office.ask(who, &Ask::form("/sign-in", &[("account", name), ("password", PASSWORD), ("back", "/cases")])).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/cases"), "{}", answer.text);
    let set = answer.header("set-cookie");
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax"), "{set}");
    answer.cookie().to_owned()
}

/// True where a cookie opens a page that only somebody signed in sees.
async fn comes_in(office: &Office, cookie: &str) -> bool {
    let who = Who::Session { cookie: cookie.to_owned(), csrf: String::new() };
    office.ask(&who, &Ask::get("/account")).await.status == 200
}

#[tokio::test]
async fn signing_in_gives_a_new_word_and_ends_the_one_before() {
    let office = Office::open().await;
    let name = account(Role::CaseManager);
    let planted = Who::Session { cookie: "f".repeat(64), csrf: String::new() };
    let first = sign_in(&office, &planted, &name).await;
    assert_ne!(first, "f".repeat(64), "a word that somebody planted is not taken over");
    assert!(!comes_in(&office, &"f".repeat(64)).await);
    assert!(comes_in(&office, &first).await);
    let csrf = office.app.store.session(&model::ids::content_hash(first.as_bytes()), office.app.now()).await;
    let csrf = csrf.expect("reads").expect("it lasts").csrf;
    let again = Who::Session { cookie: first.clone(), csrf };
    let second = sign_in(&office, &again, &name).await;
    assert_ne!(first, second);
    assert!(!comes_in(&office, &first).await, "the word before is worth nothing");
    assert!(comes_in(&office, &second).await);
}

#[tokio::test]
async fn another_role_a_closed_account_and_signing_out_end_every_session() {
    let office = Office::open().await;
    let administrator = office.signed_in(Role::Administrator).await;
    for (path, answers) in [
        ("/accounts/somebody/role", vec![("role", "analyst")]),
        ("/accounts/somebody/close", Vec::new()),
        ("/accounts/somebody/open", Vec::new()),
    ] {
        let before = office.session_of("somebody").await;
        let Who::Session { cookie, .. } = &before else { panic!("a session") };
        let known = office.app.store.account("somebody").await.expect("reads").expect("it is there");
        assert_eq!(comes_in(&office, cookie).await, known.active, "{path}");
        assert_eq!(office.ask(&administrator, &Ask::form(path, &answers)).await.status, 303, "{path}");
        assert!(!comes_in(&office, cookie).await, "{path} ends what was open");
    }
    let name = account(Role::Steward);
    let cookie = sign_in(&office, &Who::Visitor, &name).await;
    let session = office.app.store.session(&model::ids::content_hash(cookie.as_bytes()), office.app.now()).await;
    let csrf = session.expect("reads").expect("it lasts").csrf;
    let who = Who::Session { cookie: cookie.clone(), csrf };
    assert_eq!(office.ask(&who, &Ask::form("/sign-out", &[])).await.status, 303);
    assert!(!comes_in(&office, &cookie).await);
}

#[tokio::test]
async fn another_password_ends_the_other_sessions_and_renews_this_one() {
    let office = Office::open().await;
    let name = account(Role::Analyst);
    let here = office.session_of(&name).await;
    let elsewhere = office.session_of(&name).await;
    let (Who::Session { cookie, .. }, Who::Session { cookie: other, .. }) = (&here, &elsewhere) else {
        panic!("sessions")
    };
    let answers = [("password_now", PASSWORD), ("password_new", "another horse battery")];
    let changed = office.ask(&here, &Ask::form("/account/password", &answers)).await;
    assert_eq!(changed.status, 303, "{}", changed.text);
    assert!(!comes_in(&office, other).await, "whoever else is signed in is out");
    assert!(!comes_in(&office, cookie).await, "the word from before is worth nothing");
    assert!(comes_in(&office, changed.cookie()).await, "the reader stays, with a new word");
}

#[tokio::test]
async fn an_administrator_stays_and_is_told_why() {
    let office = Office::open().await;
    let administrator = office.signed_in(Role::Administrator).await;
    let own = format!("/accounts/{}", account(Role::Administrator));
    for (path, answers) in [(format!("{own}/close"), vec![]), (format!("{own}/role"), vec![("role", "steward")])] {
        let refused = office.ask(&administrator, &Ask::form(&path, &answers)).await;
        assert_eq!(refused.status, 409);
        assert!(refused.text.contains("This cannot be done as things stand"), "{}", refused.text);
        assert!(refused.text.contains("Another administrator has to change it"), "{}", refused.text);
        assert!(!refused.text.contains("Somebody else was faster"));
    }
    let closed = office.ask(&administrator, &Ask::form("/accounts/second-administrator/close", &[])).await;
    assert_eq!(closed.status, 303);
    let token = office.token(Role::Administrator, &[model::Permission::ManageAccounts]).await;
    let refused = office.ask(&token, &Ask::form(&format!("{own}/close"), &[])).await;
    assert_eq!(refused.status, 409, "nor with a token of one's own");
}

#[tokio::test]
async fn who_has_to_sign_in_comes_back_to_the_page_with_the_form() {
    let office = Office::open().await;
    let asked = |referer: &str| Ask::form("/signals/signal-1/take", &[]).header("referer", referer);
    for (referer, back) in [
        ("http://office.example/signals/signal-1?x=1", "%2Fsignals%2Fsignal%2D1%3Fx%3D1"),
        ("http://evil.example/signals/signal-1", "%2F"),
        ("http://office.example.evil.example/x", "%2F"),
        ("nonsense", "%2F"),
    ] {
        let answer = office.ask(&Who::Visitor, &asked(referer)).await;
        assert_eq!(answer.header("location"), format!("/sign-in?back={back}"), "{referer}");
    }
    let answer = office.ask(&Who::Visitor, &Ask::get("/cases?state=active")).await;
    assert_eq!(answer.header("location"), "/sign-in?back=%2Fcases%3Fstate%3Dactive");
}
