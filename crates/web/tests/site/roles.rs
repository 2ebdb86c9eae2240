//! Who may do what: every address and method of the site, for every role, for nobody, and for tokens of every scope.
//!
//! The table is written by hand and does not ask the policies: it is what the office promises. An address that is not in it
//! fails the test.

use crate::office::{Ask, Known, Office, Who, account, addresses};
use decide::rooms::care::Criterion;
use model::{Permission, Role};
use serde_json::json;
use std::collections::BTreeSet;

/// What an address asks of whoever comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Nothing at all.
    Nothing,
    /// What everybody may, signed in or not.
    Open,
    ReadCases,
    /// Opening cases.
    WorkCases,
    /// Work on a case, which is also read.
    WorkOneCase,
    Signals,
    Sources,
    Judge,
    Accounts,
    Audit,
    /// Somebody of any role, signed in with a browser.
    InPerson,
}

impl Need {
    fn permissions(self) -> &'static [Permission] {
        match self {
            Self::Nothing | Self::InPerson => &[],
            Self::Open => &[Permission::ReadOpen],
            Self::ReadCases => &[Permission::ReadCases],
            Self::WorkCases => &[Permission::WorkCases],
            Self::WorkOneCase => &[Permission::ReadCases, Permission::WorkCases],
            Self::Signals => &[Permission::WorkSignals],
            Self::Sources => &[Permission::WorkSources],
            Self::Judge => &[Permission::Judge],
            Self::Accounts => &[Permission::ManageAccounts],
            Self::Audit => &[Permission::ReadAudit],
        }
    }
}

/// Who has a permission in the demo's office, as its policies promise in words.
fn holders(permission: Permission) -> &'static [Role] {
    match permission {
        Permission::ReadOpen => &Role::ALL,
        Permission::WorkSignals => &[Role::Analyst, Role::Steward, Role::CaseManager],
        Permission::WorkSources => &[Role::Steward],
        Permission::Judge => &[Role::Reviewer, Role::Steward],
        Permission::ReadCases | Permission::WorkCases => &[Role::CaseManager],
        Permission::ManageAccounts | Permission::ReadAudit => &[Role::Administrator],
    }
}

/// One address with one method.
pub(crate) struct Row {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) need: Need,
    /// A request to it.
    pub(crate) ask: fn(&Known) -> Ask,
    /// What whoever may gets.
    pub(crate) good: u16,
}

const fn row(method: &'static str, path: &'static str, need: Need, good: u16, ask: fn(&Known) -> Ask) -> Row {
    Row { method, path, need, ask, good }
}

fn of_case(id: &str, part: &str) -> String {
    format!("/cases/{id}/{part}")
}

fn weights(known: &Known) -> Ask {
    let names: Vec<String> = Criterion::ALL.iter().map(|criterion| format!("weight_{}", criterion.word())).collect();
    let mut answers: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "20")).collect();
    answers.push(("weights_reason", "the family lives nearby and visits every day"));
    Ask::form(&of_case(&known.others, "weights"), &answers)
}

fn judged(known: &Known) -> Ask {
    Ask::form("/review", &[("left", &known.pair.0), ("right", &known.pair.1), ("verdict", "same")])
}

fn list(_: &Known) -> Ask {
    let body = "--x\r\ncontent-disposition: form-data; name=\"list\"; filename=\"l.csv\"\r\n\r\nperson,care,place\r\n--x--\r\n";
    Ask::raw("/cases/list", "multipart/form-data; boundary=x", body.as_bytes().to_vec())
}

fn new_case(_: &Known) -> Ask {
    Ask::json("/api/v1/cases", &json!({"person": "Person 9", "care": "permanent", "place": "Jannali NSW"}))
}

/// Every address. Asking goes from top to bottom; the session ends last.
pub(crate) const TABLE: &[Row] = &[
    row("GET", "/healthz", Need::Nothing, 200, |_| Ask::get("/healthz")),
    row("GET", "/readyz", Need::Nothing, 200, |_| Ask::get("/readyz")),
    row("GET", "/metrics", Need::Nothing, 200, |_| Ask::get("/metrics")),
    row("GET", "/assets/{*name}", Need::Nothing, 404, |_| Ask::get("/assets/nothing.css")),
    row("GET", "/sign-in", Need::Nothing, 200, |_| Ask::get("/sign-in")),
    row("POST", "/sign-in", Need::Nothing, 422, |_| Ask::form("/sign-in", &[("account", "nobody"), ("password", "x")])),
    row("POST", "/language", Need::Nothing, 303, |_| Ask::form("/language", &[("language", "es"), ("back", "/homes")])),
    row("GET", "/", Need::Open, 200, |_| Ask::get("/")),
    row("GET", "/homes", Need::Open, 200, |_| Ask::get("/homes")),
    row("GET", "/homes/{id}", Need::Open, 200, |_| Ask::get("/homes/home-1")),
    row("GET", "/homes/{id}/why/{aspect}/{standing}", Need::Open, 200, |_| {
        Ask::get("/homes/home-1/why/overall/community")
    }),
    row("GET", "/sources", Need::Open, 200, |_| Ask::get("/sources")),
    row("GET", "/sources/{name}", Need::Open, 200, |_| Ask::get("/sources/posts")),
    row("GET", "/sources/{name}/received/{hash}", Need::Sources, 200, |known| {
        Ask::get(&format!("/sources/posts/received/{}?file=posts.rss", known.received))
    }),
    row("POST", "/sources/{name}/read", Need::Sources, 303, |_| Ask::form("/sources/posts/read", &[])),
    row("POST", "/sources/{name}/jobs/{id}/cancel", Need::Sources, 303, |_| {
        Ask::form("/sources/posts/jobs/j/cancel", &[])
    }),
    row("POST", "/sources/{name}/replay", Need::Sources, 303, |_| Ask::form("/sources/posts/replay", &[])),
    row("GET", "/signals", Need::Open, 200, |_| Ask::get("/signals")),
    row("GET", "/signals.atom", Need::Open, 200, |_| Ask::get("/signals.atom")),
    row("GET", "/signals/{id}", Need::Open, 200, |_| Ask::get("/signals/signal-1")),
    row("GET", "/signals/{id}/why", Need::Open, 200, |_| Ask::get("/signals/signal-1/why")),
    row("POST", "/signals/{id}/take", Need::Signals, 303, |_| Ask::form("/signals/signal-1/take", &[])),
    row("POST", "/signals/{id}/tasks", Need::Signals, 303, |_| Ask::form("/signals/signal-1/tasks", &[])),
    row("POST", "/signals/{id}/dismiss", Need::Signals, 303, |_| {
        Ask::form("/signals/signal-1/dismiss", &[("signal_reason", "one loud week, all from one voice")])
    }),
    row("POST", "/signals/{id}/settle", Need::Signals, 303, |_| {
        Ask::form("/signals/signal-2/settle", &[("outcome", "the provider answered")])
    }),
    row("GET", "/datasets", Need::Open, 200, |_| Ask::get("/datasets")),
    row("GET", "/datasets/{name}", Need::Open, 200, |_| Ask::get("/datasets/posts")),
    row("GET", "/datasets/{name}/rows/{id}", Need::Open, 200, |_| Ask::get("/datasets/posts/rows/post-1")),
    row("GET", "/data.json", Need::Open, 200, |_| Ask::get("/data.json")),
    row("GET", "/problems", Need::Sources, 200, |_| Ask::get("/problems?source=posts")),
    row("GET", "/review", Need::Judge, 200, |_| Ask::get("/review")),
    row("POST", "/review", Need::Judge, 303, judged),
    row("POST", "/review/{id}/withdraw", Need::Judge, 404, |_| Ask::form("/review/nothing/withdraw", &[])),
    row("GET", "/audit", Need::Audit, 200, |_| Ask::get("/audit")),
    row("GET", "/accounts", Need::Accounts, 200, |_| Ask::get("/accounts")),
    row("POST", "/accounts", Need::Accounts, 422, |_| Ask::form("/accounts", &[("account", "x")])),
    row("POST", "/accounts/{name}/close", Need::Accounts, 303, |_| Ask::form("/accounts/somebody/close", &[])),
    row("POST", "/accounts/{name}/open", Need::Accounts, 303, |_| Ask::form("/accounts/somebody/open", &[])),
    row("POST", "/accounts/{name}/role", Need::Accounts, 303, |_| {
        Ask::form("/accounts/somebody/role", &[("role", "analyst")])
    }),
    row("GET", "/account", Need::InPerson, 200, |_| Ask::get("/account")),
    row("POST", "/account/password", Need::InPerson, 422, |_| Ask::form("/account/password", &[("password_now", "x")])),
    row("POST", "/account/tokens", Need::InPerson, 422, |_| Ask::form("/account/tokens", &[("token_name", "")])),
    row("POST", "/account/tokens/{id}/withdraw", Need::InPerson, 404, |_| {
        Ask::form("/account/tokens/nothing/withdraw", &[])
    }),
    row("GET", "/cases", Need::ReadCases, 200, |_| Ask::get("/cases")),
    row("GET", "/cases/new", Need::WorkCases, 200, |_| Ask::get("/cases/new")),
    row("POST", "/cases/new", Need::WorkCases, 422, |_| Ask::form("/cases/new", &[("person", "")])),
    row("POST", "/cases/list", Need::WorkCases, 422, list),
    row("POST", "/cases/actions", Need::WorkCases, 303, |_| Ask::form("/cases/actions", &[("action", "claim")])),
    row("GET", "/cases/{id}", Need::ReadCases, 200, |known| Ask::get(&format!("/cases/{}", known.others))),
    row("GET", "/cases/{id}/candidates", Need::ReadCases, 200, |known| Ask::get(&of_case(&known.others, "candidates"))),
    row("GET", "/cases/{id}/decision", Need::WorkOneCase, 200, |known| Ask::get(&of_case(&known.others, "decision"))),
    row("GET", "/cases/{id}/letter", Need::ReadCases, 200, |known| Ask::get(&of_case(&known.decided, "letter"))),
    row("GET", "/cases/{id}/replay", Need::ReadCases, 303, |known| Ask::get(&of_case(&known.decided, "replay"))),
    row("POST", "/cases/{id}/claim", Need::WorkOneCase, 303, |known| Ask::form(&of_case(&known.others, "claim"), &[])),
    row("POST", "/cases/{id}/note", Need::WorkOneCase, 303, |known| {
        Ask::form(&of_case(&known.others, "note"), &[("note", "called")])
    }),
    row("POST", "/cases/{id}/objection", Need::WorkOneCase, 303, |known| {
        Ask::form(&of_case(&known.decided, "objection"), &[("objection", "too far away")])
    }),
    row("POST", "/cases/{id}/weights", Need::WorkOneCase, 303, weights),
    row("POST", "/cases/{id}/decision", Need::WorkOneCase, 409, |known| {
        Ask::form(&of_case(&known.others, "decision"), &[("home", "home-1"), ("seen", "something else")])
    }),
    row("POST", "/cases/{id}/letter", Need::WorkOneCase, 303, |known| {
        Ask::form(&of_case(&known.decided, "letter"), &[])
    }),
    row("GET", "/api/openapi.json", Need::Nothing, 200, |_| Ask::get("/api/openapi.json")),
    row("GET", "/api/v1/homes", Need::Open, 200, |_| Ask::get("/api/v1/homes")),
    row("GET", "/api/v1/homes/{id}", Need::Open, 200, |_| Ask::get("/api/v1/homes/home-1")),
    row("GET", "/api/v1/homes/{id}/why/{aspect}/{standing}", Need::Open, 200, |_| {
        Ask::get("/api/v1/homes/home-1/why/overall/community")
    }),
    row("GET", "/api/v1/datasets", Need::Open, 200, |_| Ask::get("/api/v1/datasets")),
    row("GET", "/api/v1/datasets/{name}", Need::Open, 200, |_| Ask::get("/api/v1/datasets/posts")),
    row("GET", "/api/v1/datasets/{name}/rows", Need::Open, 200, |_| Ask::get("/api/v1/datasets/posts/rows")),
    row("GET", "/api/v1/datasets/{name}/rows/{id}", Need::Open, 200, |_| {
        Ask::get("/api/v1/datasets/posts/rows/post-1")
    }),
    row("GET", "/api/v1/signals", Need::Open, 200, |_| Ask::get("/api/v1/signals")),
    row("GET", "/api/v1/signals/{id}", Need::Open, 200, |_| Ask::get("/api/v1/signals/signal-1")),
    row("POST", "/api/v1/signals/{id}/state", Need::Signals, 409, |_| {
        Ask::json("/api/v1/signals/signal-2/state", &json!({"state": "taken"}))
    }),
    row("POST", "/api/v1/signals/{id}/tasks", Need::Signals, 409, |_| {
        Ask::json("/api/v1/signals/signal-2/tasks", &json!({"cases": 0}))
    }),
    row("GET", "/api/v1/sources", Need::Open, 200, |_| Ask::get("/api/v1/sources")),
    row("GET", "/api/v1/outside-use", Need::Open, 200, |_| Ask::get("/api/v1/outside-use")),
    row("GET", "/api/v1/problems", Need::Sources, 200, |_| Ask::get("/api/v1/problems")),
    row("GET", "/api/v1/cases", Need::ReadCases, 200, |_| Ask::get("/api/v1/cases")),
    row("GET", "/api/v1/cases/{id}", Need::ReadCases, 200, |known| {
        Ask::get(&format!("/api/v1/cases/{}", known.others))
    }),
    row("POST", "/api/v1/cases", Need::WorkCases, 201, new_case),
    row("POST", "/sign-out", Need::Nothing, 303, |_| Ask::form("/sign-out", &[])),
];

#[tokio::test]
async fn every_address_is_in_the_table_and_nothing_else() {
    let office = Office::open().await;
    let there: BTreeSet<(String, String)> =
        addresses(&office.router).await.into_iter().map(|(method, path)| (method.to_string(), path)).collect();
    assert!(there.len() > 60, "only {} addresses were found: does the router tell them otherwise now?", there.len());
    let told: BTreeSet<(String, String)> =
        TABLE.iter().map(|row| (row.method.to_owned(), row.path.to_owned())).collect();
    assert_eq!(there.difference(&told).collect::<Vec<_>>(), Vec::<&(String, String)>::new(), "say who may ask for it");
    assert_eq!(
        told.difference(&there).collect::<Vec<_>>(),
        Vec::<&(String, String)>::new(),
        "it is not there any more"
    );
    assert_eq!(TABLE.len(), told.len(), "an address is in the table twice");
}

/// Asks for everything and compares with what `may` says.
async fn ask_for_everything(office: &Office, who: &Who, name: &str, may: impl Fn(Need) -> bool) -> Vec<String> {
    let mut wrong = Vec::new();
    for row in TABLE {
        let answer = office.ask(who, &(row.ask)(&office.known)).await;
        let as_it_should = if may(row.need) {
            answer.status == row.good && !(answer.asks_to_sign_in() && row.good != 401)
        } else if *who == Who::Visitor {
            answer.asks_to_sign_in()
        } else {
            answer.status == 403
        };
        if !as_it_should {
            let told: String = answer.text.chars().take(200).collect();
            wrong.push(format!("{name}: {} {} gave {} {told}", row.method, row.path, answer.status));
        }
        let tells = answer.text.contains("Person 2") || answer.text.contains("Person 3");
        if tells && !may(Need::ReadCases) {
            wrong.push(format!("{name}: {} {} tells of a person", row.method, row.path));
        }
        if answer.text.contains("Secret Person") || answer.text.contains("Title of persons") {
            wrong.push(format!("{name}: {} {} tells of a restricted dataset", row.method, row.path));
        }
    }
    wrong
}

#[tokio::test]
async fn every_role_may_do_what_the_table_says_and_nothing_more() {
    let mut wrong = Vec::new();
    for role in Role::ALL {
        let office = Office::open().await;
        let who = office.signed_in(role).await;
        let may = |need: Need| need.permissions().iter().all(|permission| holders(*permission).contains(&role));
        wrong.extend(ask_for_everything(&office, &who, role.word(), may).await);
    }
    let office = Office::open().await;
    let may = |need| matches!(need, Need::Nothing | Need::Open);
    wrong.extend(ask_for_everything(&office, &Who::Visitor, "visitor", may).await);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn a_token_carries_its_scopes_and_no_more() {
    let mut wrong = Vec::new();
    for scope in Permission::ALL {
        // The first who has it, so that the role is no reason to be refused.
        let role = *holders(scope).first().expect("every permission is somebody's");
        let office = Office::open().await;
        let who = office.token(role, &[scope]).await;
        let may = |need: Need| need != Need::InPerson && need.permissions().iter().all(|needed| *needed == scope);
        wrong.extend(ask_for_everything(&office, &who, &format!("token {}", scope.word()), may).await);
    }
    // A token with every scope carries no more than its account's role.
    let office = Office::open().await;
    let who = office.token(Role::Analyst, &Permission::ALL).await;
    let may = |need: Need| {
        need != Need::InPerson && need.permissions().iter().all(|needed| holders(*needed).contains(&Role::Analyst))
    };
    wrong.extend(ask_for_everything(&office, &who, "token of an analyst", may).await);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn who_may_not_read_cases_cannot_tell_one_that_is_there_from_one_that_is_not() {
    let office = Office::open().await;
    for role in Role::ALL.into_iter().filter(|role| *role != Role::CaseManager) {
        let who = office.signed_in(role).await;
        for path in ["/cases", "/api/v1/cases"] {
            let there = office.ask(&who, &Ask::get(&format!("{path}/{}", office.known.others))).await;
            let not = office.ask(&who, &Ask::get(&format!("{path}/00000000-0000-0000-0000-000000000000"))).await;
            assert_eq!((there.status, not.status), (403, 403), "{} {path}", role.word());
            let without = |text: &str| {
                text.replace(&office.known.others, "ID").replace("00000000-0000-0000-0000-000000000000", "ID")
            };
            assert_eq!(without(&there.text), without(&not.text), "{} {path}", role.word());
        }
    }
}

#[tokio::test]
async fn every_look_at_a_person_leaves_a_line() {
    let office = Office::open().await;
    let manager = office.signed_in(Role::CaseManager).await;
    let viewer = account(Role::CaseManager);
    let reading = [Need::ReadCases, Need::WorkOneCase];
    for row in TABLE.iter().filter(|row| reading.contains(&row.need)) {
        let before = office.audit_lines(&viewer, "").await;
        let answer = office.ask(&manager, &(row.ask)(&office.known)).await;
        assert_eq!(answer.status, row.good, "{} {}: {}", row.method, row.path, answer.text);
        let after = office.audit_lines(&viewer, "").await;
        assert!(after > before, "{} {} left no line", row.method, row.path);
        if row.path.contains("{id}") {
            let case = if row.path.contains("letter") || row.path.contains("replay") || row.path.contains("objection") {
                &office.known.decided
            } else {
                &office.known.others
            };
            assert!(office.audit_lines(&viewer, case).await > 0, "{} {} names no case", row.method, row.path);
        }
    }
    // Somebody who is refused leaves a line too, about the address and not about the person.
    let analyst = office.signed_in(Role::Analyst).await;
    let path = format!("/cases/{}", office.known.others);
    assert_eq!(office.ask(&analyst, &Ask::get(&path)).await.status, 403);
    assert_eq!(office.audit_lines(&account(Role::Analyst), &path).await, 1);
    // Reading who has an account, and reading the audit itself, are looks at persons as well.
    let administrator = office.signed_in(Role::Administrator).await;
    for path in ["/accounts", "/audit"] {
        let before = office.audit_lines(&account(Role::Administrator), "").await;
        assert_eq!(office.ask(&administrator, &Ask::get(path)).await.status, 200);
        assert_eq!(office.audit_lines(&account(Role::Administrator), "").await, before + 1, "{path}");
    }
}
