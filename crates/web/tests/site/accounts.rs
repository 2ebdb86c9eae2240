//! Accounts and tokens: what is offered is what may be done, and when they were last used is true.

use crate::office::{Ask, Office, PASSWORD, Who, account};
use model::Role;

#[tokio::test]
async fn a_role_is_changed_where_it_may_be() {
    let office = Office::open().await;
    let administrator = office.signed_in(Role::Administrator).await;
    let page = office.ask(&administrator, &Ask::get("/accounts")).await;
    let form = |name: &str| page.text.contains(&format!("action=\"/accounts/{name}/role\""));
    assert!(form("somebody") && form("second-administrator"), "{}", page.text);
    let own = account(Role::Administrator);
    assert!(!form(&own) && page.text.contains("This is you. Another administrator can change it."));
    let changed = office.ask(&administrator, &Ask::form("/accounts/somebody/role", &[("role", "reviewer")])).await;
    assert_eq!(changed.header("location"), "/accounts?done=done-account-role");
    let known = office.app.store.account("somebody").await.expect("reads").expect("it is there");
    assert_eq!(known.role, Role::Reviewer);
    for (path, answers, status) in [
        ("/accounts/somebody/role", vec![("role", "king")], 422),
        ("/accounts/somebody/role", vec![], 422),
        ("/accounts/nobody/role", vec![("role", "analyst")], 404),
    ] {
        assert_eq!(office.ask(&administrator, &Ask::form(path, &answers)).await.status, status, "{path} {answers:?}");
    }
    // The last other administrator can be made something else, the last one cannot be changed by anybody.
    let done =
        office.ask(&administrator, &Ask::form("/accounts/second-administrator/role", &[("role", "steward")])).await;
    assert_eq!(done.status, 303);
    let page = office.ask(&administrator, &Ask::get("/accounts")).await;
    assert!(page.text.contains("/accounts/second-administrator/role"), "it may become one again");
}

#[tokio::test]
async fn when_somebody_was_last_here_is_told() {
    let office = Office::open().await;
    let name = account(Role::Reviewer);
    let administrator = office.signed_in(Role::Administrator).await;
    let line = |text: &str| {
        let after = text.split(&format!("{name}</th>")).nth(1).expect("a line of its own").to_owned();
        after.split("</tr>").next().unwrap_or_default().to_owned()
    };
    let before = office.ask(&administrator, &Ask::get("/accounts")).await;
    assert!(line(&before.text).contains("never"), "{}", line(&before.text));
    let came = office.ask(&Who::Visitor, &Ask::form("/sign-in", &[("account", &name), ("password", PASSWORD)])).await;
    assert_eq!(came.status, 303);
    let after = office.ask(&administrator, &Ask::get("/accounts")).await;
    assert!(line(&after.text).contains("<time datetime=\"20"), "{}", line(&after.text));
    // A wrong password is no visit.
    let wrong = office.ask(&Who::Visitor, &Ask::form("/sign-in", &[("account", "somebody"), ("password", "no")])).await;
    assert_eq!(wrong.status, 422);
    assert!(!office.app.store.last_sign_ins().await.expect("reads").contains_key("somebody"));
}

#[tokio::test]
async fn when_a_token_was_last_used_is_told() {
    let office = Office::open().await;
    let analyst = office.signed_in(Role::Analyst).await;
    let answers = [("token_name", "nightly"), ("scopes", "read_open")];
    let made = office.ask(&analyst, &Ask::form("/account/tokens", &answers)).await;
    assert_eq!(made.status, 200, "{}", made.text);
    let page = office.ask(&analyst, &Ask::get("/account")).await;
    assert!(page.text.contains("Never used."), "{}", page.text);
    let is_secret = |word: &&str| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let words: Vec<&str> = made.text.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(is_secret).collect();
    let tokens = office.app.store.tokens(&account(Role::Analyst)).await.expect("reads");
    let secret = words.into_iter().find(|word| model::ids::content_hash(word.as_bytes()) == tokens[0].hash);
    let program = Who::Token(secret.expect("the page shows it once").to_owned());
    assert_eq!(office.ask(&program, &Ask::get("/api/v1/homes")).await.status, 200);
    let page = office.ask(&analyst, &Ask::get("/account")).await;
    assert!(page.text.contains("Last used") && !page.text.contains("Never used."), "{}", page.text);
}
