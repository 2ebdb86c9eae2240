//! Hostile input: whatever is sent to an address that takes something, the office answers, says what is wrong, and stays up.

use crate::office::{Answer, Ask, BODY_BYTES, FORMULA, HOSTILE_NAME, Office, Who, signal};
use crate::roles::{Need, Row, TABLE};
use model::Role;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use web::routes::Patience;

/// Who may ask for an address, so that being refused is no way out.
async fn sender(office: &Office, need: Need) -> Who {
    let role = match need {
        Need::Nothing | Need::Open | Need::InPerson | Need::Signals => Role::Analyst,
        Need::ReadCases | Need::WorkCases | Need::WorkOneCase => Role::CaseManager,
        Need::Sources | Need::Judge => Role::Steward,
        Need::Accounts | Need::Audit => Role::Administrator,
    };
    office.signed_in(role).await
}

fn posts() -> impl Iterator<Item = &'static Row> {
    // Signing out takes nothing but the word of the session, and would end it.
    TABLE.iter().filter(|row| row.method == "POST" && row.path != "/sign-out")
}

/// The office stands, and whoever asked hears what is wrong in the form that they can read.
fn sound(answer: &Answer, what: &str) {
    assert!(answer.status < 500, "{what} gave {}", answer.status);
    let kind = answer.header("content-type");
    if answer.status >= 400 {
        assert!(
            kind.starts_with("text/html") || kind == "application/problem+json",
            "{what}: {} as `{kind}`",
            answer.status
        );
    }
    if kind == "application/problem+json" {
        let told = answer.json();
        assert_eq!(told["status"], answer.status, "{what}");
        assert!(told["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{what}: {told}");
    }
    let runs = kind.starts_with("text/html") && answer.text.contains("<script>alert");
    assert!(!runs, "{what} runs what was sent");
    assert!(
        !answer.text.contains("panicked") && !answer.text.contains("sqlx"),
        "{what} tells of its inside: {}",
        answer.text
    );
}

/// Names of the answers that a form or a body carries in the table, and those that pages ask for.
fn fields(ask: &Ask) -> Vec<String> {
    const OFTEN: [&str; 21] = [
        "account",
        "password",
        "back",
        "language",
        "person",
        "care",
        "place",
        "due",
        "ceiling",
        "distance",
        "wishes",
        "note",
        "objection",
        "reason",
        "signal_reason",
        "outcome",
        "left",
        "verdict",
        "action",
        "case",
        "token_name",
    ];
    let body = String::from_utf8_lossy(&ask.body).into_owned();
    let own = body.split('&').filter_map(|pair| pair.split_once('=')).map(|(name, _)| name.replace("%5F", "_"));
    own.chain(OFTEN.map(str::to_owned)).collect()
}

fn hostile_texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        HOSTILE_NAME,
        FORMULA,
        "+1+1",
        "@SUM(A1)",
        "\t=1",
        "\r\nSet-Cookie: a=b",
        "\u{1}\u{7}\u{1b}[31m\u{7f}",
        "\u{202e}gnp.exe",
        "NaN",
        "1e999",
        "-1e999",
        "inf",
        "-0",
        "9223372036854775808",
        "-1",
        "1e-320",
        "0x10",
        "1_000",
        "٣",
        "2026-02-30",
        "+262142-12-31",
        "-9999-01-01",
        "0000-00-00",
        "../../etc/passwd",
        "//evil.example",
        "/\\evil.example",
        "' or 1=1 --",
        "%",
        "_",
        "${jndi:ldap://x}",
        "{{7*7}}",
        "<!--",
        "]]>",
        "&amp;",
        "\u{fffd}",
        "\u{10ffff}",
        "",
        " ",
    ]
    .map(str::to_owned)
    .to_vec();
    texts.push("x".repeat(100_000));
    texts.push("é".repeat(50_000));
    texts
}

#[tokio::test]
async fn a_form_may_hold_anything() {
    let office = Office::open().await;
    for row in posts().filter(|row| !row.path.starts_with("/api/")) {
        let who = sender(&office, row.need).await;
        let usual = (row.ask)(&office.known);
        for text in hostile_texts() {
            let names = fields(&usual);
            let answers: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), text.as_str())).collect();
            // Too many long answers would only be too large: they come one by one.
            let sets: Vec<Vec<(&str, &str)>> =
                if text.len() > 1_000 { answers.into_iter().map(|one| vec![one]).collect() } else { vec![answers] };
            for set in sets {
                let answer = office.ask(&who, &Ask::form(&usual.path, &set)).await;
                let shown: String = text.chars().take(30).collect();
                sound(&answer, &format!("{} with `{shown}` as {:?}", row.path, set.first().map(|(name, _)| *name)));
                let location = answer.header("location");
                assert!(!location.contains("evil"), "{} leads to {location}", row.path);
            }
        }
    }
}

#[tokio::test]
async fn a_form_that_is_none_is_refused() {
    let office = Office::open().await;
    for row in posts() {
        let who = sender(&office, row.need).await;
        let path = (row.ask)(&office.known).path;
        let Who::Session { csrf, .. } = &who else { panic!("a session") };
        let bodies: [(&str, &str, Vec<u8>, &[u16]); 9] = [
            ("nothing", "", Vec::new(), &[]),
            ("an empty form", "application/x-www-form-urlencoded", Vec::new(), &[]),
            ("no UTF-8", "application/x-www-form-urlencoded", format!("csrf={csrf}&a=%ff").into_bytes(), &[400, 415]),
            (
                "raw bytes",
                "application/x-www-form-urlencoded",
                [b"a=\xff\xfe&csrf=", csrf.as_bytes()].concat(),
                &[400, 415],
            ),
            (
                "a zero",
                "application/x-www-form-urlencoded",
                format!("csrf={csrf}&note=a%00b").into_bytes(),
                &[400, 415],
            ),
            ("a broken list", "multipart/form-data; boundary=x", b"--x\r\nno head".to_vec(), &[400, 415]),
            ("no boundary", "multipart/form-data", b"--x--".to_vec(), &[400, 415]),
            ("text", "text/plain", b"hello".to_vec(), &[]),
            ("half of JSON", "application/json", b"{\"a\": ".to_vec(), &[]),
        ];
        for (name, kind, body, wanted) in bodies {
            let answer = office.ask(&who, &Ask::raw(&path, kind, body)).await;
            sound(&answer, &format!("{path} with {name}"));
            if !wanted.is_empty() {
                assert!(wanted.contains(&answer.status), "{path} with {name} gave {}", answer.status);
            }
        }
    }
}

#[tokio::test]
async fn a_body_of_the_api_may_hold_anything() {
    let office = Office::open().await;
    for row in posts().filter(|row| row.path.starts_with("/api/")) {
        let who = sender(&office, row.need).await;
        let usual = (row.ask)(&office.known);
        let good: Value = serde_json::from_slice(&usual.body).expect("the table sends JSON");
        let broken: [(&[u8], u16); 7] = [
            (b"", 400),
            (b"{", 400),
            (b"\xff\xfe", 400),
            (b"[]", 422),
            (b"null", 422),
            (b"{\"a\": 1}", 422),
            (b"\"x\"", 422),
        ];
        for (body, status) in broken {
            let answer = office.ask(&who, &Ask::raw(&usual.path, "application/json", body.to_vec())).await;
            sound(&answer, &format!("{} with {}", usual.path, String::from_utf8_lossy(body)));
            assert_eq!(answer.status, status, "{} with {}", usual.path, String::from_utf8_lossy(body));
        }
        let deep = [vec![b'['; 100_000], vec![b']'; 100_000]].concat();
        assert_eq!(
            office.ask(&who, &Ask::raw(&usual.path, "application/json", deep)).await.status,
            400,
            "{}",
            usual.path
        );
        for kind in ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"] {
            let answer = office.ask(&who, &Ask::raw(&usual.path, kind, usual.body.clone())).await;
            assert_eq!(answer.status, 415, "{} as `{kind}`", usual.path);
        }
        let values: Vec<Value> = hostile_texts()
            .into_iter()
            .chain(["a\u{0}b".to_owned()])
            .map(Value::from)
            .chain([json!(-1), json!(1e308), json!(u64::MAX), json!([]), json!({}), json!(true), json!(vec!["x"; 500])])
            .collect();
        for name in good.as_object().expect("an object").keys() {
            for value in &values {
                let mut body = good.clone();
                body[name] = value.clone();
                let answer = office.ask(&who, &Ask::json(&usual.path, &body)).await;
                sound(
                    &answer,
                    &format!("{} with {name} = {}", usual.path, value.to_string().chars().take(40).collect::<String>()),
                );
                if value.as_str().is_some_and(|text| text.contains('\0') || text.len() > 10_000) {
                    assert_eq!(answer.status, 422, "{} with {name}", usual.path);
                }
            }
        }
    }
}

#[tokio::test]
async fn a_query_may_hold_anything() {
    let office = Office::open().await;
    const NAMES: [&str; 22] = [
        "page",
        "q",
        "state",
        "owner",
        "kind",
        "sort",
        "heard",
        "country",
        "ownership",
        "region",
        "version",
        "source",
        "cause",
        "account",
        "subject",
        "home",
        "compare",
        "without",
        "ceiling",
        "distance",
        "lang",
        "back",
    ];
    for row in TABLE.iter().filter(|row| row.method == "GET") {
        let who = sender(&office, row.need).await;
        let usual = (row.ask)(&office.known).path;
        for text in hostile_texts().into_iter().filter(|text| text.len() < 1_000) {
            let value = percent_encoding::utf8_percent_encode(&text, percent_encoding::NON_ALPHANUMERIC).to_string();
            let all: Vec<String> = NAMES.iter().map(|name| format!("{name}={value}")).collect();
            let join = if usual.contains('?') { '&' } else { '?' };
            let answer = office.ask(&who, &Ask::get(&format!("{usual}{join}{}", all.join("&")))).await;
            sound(&answer, &format!("{} with `{text}`", row.path));
        }
        for number in ["0", "-1", "2", "999", "9223372036854775807", "18446744073709551615", "1e3", "%00", "%ff"] {
            for name in ["page", "limit", "version", "cursor"] {
                let join = if usual.contains('?') { '&' } else { '?' };
                let answer = office.ask(&who, &Ask::get(&format!("{usual}{join}{name}={number}"))).await;
                sound(&answer, &format!("{} with {name}={number}", row.path));
            }
        }
    }
}

#[tokio::test]
async fn a_page_beyond_the_end_is_the_last_one() {
    let office = Office::open().await;
    let mut writer = office.app.store.begin(&office.activity()).await.expect("a writer");
    let signals: Vec<_> = (0..3).map(|number| signal(&format!("signal-{number}"), "home-1")).collect();
    writer.replace_signals(&signals).await.expect("signals");
    writer.commit().await.expect("commits");
    let administrator = office.signed_in(Role::Administrator).await;
    for path in ["/homes", "/datasets/posts", "/signals", "/audit"] {
        // The audit grows with each look, so the page of all is taken as it is.
        let beyond = office.ask(&administrator, &Ask::get(&format!("{path}?page=9223372036854775807"))).await;
        assert_eq!(beyond.status, 200, "{path}");
        let body =
            beyond.text.split("<tbody").nth(1).and_then(|rest| rest.split("</tbody>").next()).unwrap_or_default();
        assert!(body.matches("<tr").count() > 0, "{path}: {}", beyond.text);
    }
}

#[tokio::test]
async fn a_cursor_that_is_not_ours_is_refused() {
    let office = Office::open().await;
    let hex = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    let cursors = [
        "zz".to_owned(),
        "5b".to_owned(),
        hex("[]"),
        hex("{}"),
        hex("null"),
        hex("[\"rows\",\"posts\",0]"),
        hex("[\"homes\",1,2,3]"),
        hex("[\"2026\",\"x\",\"y\",\"z\",7]"),
        hex("[\"' or 1=1 --\",\"\"]"),
        "%C3%A9".to_owned(),
        hex("[\"rows\",\"homes\",0,1]"),
        hex("[\"rows\",\"posts\",-1,-1]"),
        hex("[\"rows\",\"posts\",0,1e99]"),
    ];
    for (path, need) in [
        ("/api/v1/homes", Need::Open),
        ("/api/v1/datasets/posts/rows", Need::Open),
        ("/api/v1/signals", Need::Open),
        ("/api/v1/cases", Need::ReadCases),
        ("/api/v1/problems", Need::Sources),
    ] {
        let who = sender(&office, need).await;
        for cursor in &cursors {
            let answer = office.ask(&who, &Ask::get(&format!("{path}?cursor={cursor}"))).await;
            sound(&answer, &format!("{path} with {cursor}"));
            assert_eq!(answer.status, 400, "{path} with {cursor}: {}", answer.text);
        }
        assert_eq!(
            office.ask(&who, &Ask::get(&format!("{path}?cursor={}", "5b".repeat(5_000)))).await.status,
            422,
            "{path}"
        );
    }
    // One that points far beyond the end of its own list is one of ours.
    let beyond = hex("[\"rows\",\"posts\",0,18446744073709551615]");
    let answer = office.ask(&Who::Visitor, &Ask::get(&format!("/api/v1/datasets/posts/rows?cursor={beyond}"))).await;
    assert_eq!((answer.status, answer.json()["items"].as_array().map(Vec::len)), (200, Some(0)));
}

#[tokio::test]
async fn an_address_may_hold_anything() {
    let office = Office::open().await;
    for row in TABLE {
        let who = sender(&office, row.need).await;
        for part in [
            "%00",
            "%ff",
            "%2e%2e",
            "%2F",
            "a%0d%0ab",
            "%F0%9F%92%A9",
            &"x".repeat(5_000),
            "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        ] {
            let mut ask = (row.ask)(&office.known);
            let parts: Vec<&str> =
                row.path.split('/').map(|segment| if segment.starts_with('{') { part } else { segment }).collect();
            ask.path = parts.join("/");
            sound(&office.ask(&who, &ask).await, &format!("{} {}", row.method, ask.path));
        }
    }
}

#[tokio::test]
async fn what_was_written_by_strangers_stays_text() {
    let office = Office::open().await;
    let manager = office.signed_in(Role::CaseManager).await;
    for path in [
        "/homes",
        "/homes/home-1",
        "/homes/home-1/why/overall/community",
        "/datasets/posts",
        "/datasets/posts/rows/post-1",
        "/signals",
        "/signals/signal-1",
    ] {
        let answer = office.ask(&Who::Visitor, &Ask::get(path)).await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(!answer.text.contains("<script>alert"), "{path}");
    }
    let page = office.ask(&Who::Visitor, &Ask::get("/homes/home-1")).await;
    assert!(page.text.contains("alert(1)"), "it is shown, escaped");
    let case = office.ask(&manager, &Ask::get(&format!("/cases/{}", office.known.others))).await;
    assert!(case.text.contains("Person 2") && !case.text.contains("Person 2 <b>"), "{}", case.text);
    let feed = office.ask(&Who::Visitor, &Ask::get("/signals.atom")).await;
    assert!(!feed.text.contains("<script>"), "{}", feed.text);
}

#[tokio::test]
async fn no_cell_of_an_export_runs() {
    let office = Office::open().await;
    for name in ["posts", "homes"] {
        let csv = office.ask(&Who::Visitor, &Ask::get(&format!("/datasets/{name}.csv"))).await;
        assert_eq!(csv.status, 200, "{}", csv.text);
        let runs = |cell: &str| cell.trim_start_matches('"').starts_with(['=', '+', '@', '-', '\t', '\r']);
        for line in csv.text.lines() {
            let texts = line.split(',').filter(|cell| cell.trim_matches('"').parse::<f64>().is_err());
            assert_eq!(texts.filter(|cell| runs(cell)).collect::<Vec<_>>(), Vec::<&str>::new(), "{name}: {line}");
        }
        assert!(csv.text.contains("'="), "{name}: the formula is there, as text: {}", csv.text);
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let office = Office::open().await;
    for row in posts() {
        let who = sender(&office, row.need).await;
        let path = (row.ask)(&office.known).path;
        let kind = if row.path.starts_with("/api/") { "application/json" } else { "application/x-www-form-urlencoded" };
        let answer = office.ask(&who, &Ask::raw(&path, kind, vec![b'a'; BODY_BYTES + 1])).await;
        assert_eq!(answer.status, 413, "{path}: {}", answer.text);
        sound(&answer, &path);
    }
}

/// A site behind a socket, for what only a real connection can do.
async fn listening(patience: Patience) -> (std::net::SocketAddr, Office) {
    let office = Office::open_with(patience).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let site = web::routes::site_with(office.app.clone(), patience);
    tokio::spawn(web::routes::run(listener, site, std::future::pending()));
    (address, office)
}

async fn answered(stream: &mut TcpStream) -> String {
    let mut told = Vec::new();
    let mut buffer = [0; 4_096];
    let wait = Duration::from_secs(20);
    loop {
        match tokio::time::timeout(wait, stream.read(&mut buffer)).await.expect("an answer in time") {
            Ok(0) | Err(_) => break,
            Ok(read) => told.extend_from_slice(&buffer[..read]),
        }
        if told.windows(4).any(|window| window == b"\r\n\r\n") {
            break;
        }
    }
    String::from_utf8_lossy(&told).into_owned()
}

#[tokio::test]
async fn a_body_that_never_ends_is_cut_off() {
    let patience =
        Patience { request: Duration::from_secs(4), body: Duration::from_millis(300), ..Patience::default() };
    let (address, office) = listening(patience).await;
    let Who::Session { cookie, csrf } = office.signed_in(Role::CaseManager).await else { panic!("a session") };
    for (path, kind) in [
        ("/sign-in", "application/x-www-form-urlencoded"),
        ("/cases/list", "multipart/form-data; boundary=x"),
        ("/api/v1/cases", "application/json"),
    ] {
        let mut stream = TcpStream::connect(address).await.expect("connects");
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: office\r\ncontent-type: {kind}\r\ncontent-length: 1000\r\nx-csrf: {csrf}\r\n\
             cookie: counterflow_session={cookie}\r\n\r\na"
        );
        stream.write_all(head.as_bytes()).await.expect("sends");
        let told = answered(&mut stream).await;
        assert!(told.starts_with("HTTP/1.1 408"), "{path}: {told}");
    }
    // Others are answered meanwhile, and the office goes on.
    assert_eq!(office.ask(&Who::Visitor, &Ask::get("/healthz")).await.status, 200);
}

#[tokio::test]
async fn a_head_that_never_ends_is_cut_off() {
    let (address, office) = listening(Patience { head: Duration::from_millis(300), ..Patience::default() }).await;
    for begun in ["", "GET /healthz HT", "GET /healthz HTTP/1.1\r\nhost: office\r\n"] {
        let mut stream = TcpStream::connect(address).await.expect("connects");
        stream.write_all(begun.as_bytes()).await.expect("sends");
        let told = answered(&mut stream).await;
        assert!(told.is_empty() || told.starts_with("HTTP/1.1 408"), "{begun}: {told}");
    }
    // Of a connection that is kept, every head has its own time.
    let mut stream = TcpStream::connect(address).await.expect("connects");
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(150)).await;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: office\r\n\r\n").await.expect("sends");
        assert!(answered(&mut stream).await.starts_with("HTTP/1.1 200"), "the next request on the same connection");
    }
    assert_eq!(office.ask(&Who::Visitor, &Ask::get("/healthz")).await.status, 200);
}

#[tokio::test]
async fn a_running_answer_is_finished_when_the_office_ends() {
    let office = Office::open().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let site = web::routes::site_with(office.app.clone(), Patience::default());
    let serving = tokio::spawn(web::routes::run(listener, site, async {
        let _ = ended.await;
    }));
    // One that waits for nothing, and one that is asking when the end comes.
    let mut idle = TcpStream::connect(address).await.expect("connects");
    let mut asking = TcpStream::connect(address).await.expect("connects");
    let body = "account=nobody&password=x";
    let head = format!(
        "POST /sign-in HTTP/1.1\r\nhost: office\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    );
    asking.write_all(head.as_bytes()).await.expect("sends");
    tokio::time::sleep(Duration::from_millis(200)).await;
    end.send(()).expect("it listens");
    asking.write_all(body.as_bytes()).await.expect("sends");
    let told = answered(&mut asking).await;
    assert!(told.starts_with("HTTP/1.1 "), "the answer was begun and is given: {told}");
    assert!(answered(&mut idle).await.is_empty(), "nobody waits for a connection on which nothing is asked");
    tokio::time::timeout(Duration::from_secs(10), serving).await.expect("it ends").expect("without a fault");
    assert!(TcpStream::connect(address).await.is_err(), "nobody is let in any more");
}

#[tokio::test]
async fn an_endless_body_costs_no_more_than_the_limit() {
    let (address, _office) = listening(Patience::default()).await;
    let mut stream = TcpStream::connect(address).await.expect("connects");
    let head = "POST /sign-in HTTP/1.1\r\nhost: office\r\ncontent-type: application/x-www-form-urlencoded\r\n\
        transfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await.expect("sends");
    let (mut reader, mut writer) = stream.split();
    let chunk = [b"10000\r\n".as_slice(), &[b'a'; 0x10000], b"\r\n"].concat();
    let sending = async {
        let mut sent: usize = 0;
        while sent < 1 << 30 && writer.write_all(&chunk).await.is_ok() {
            sent += chunk.len();
        }
        sent
    };
    let reading = async {
        let mut told = vec![0; 4_096];
        let read = reader.read(&mut told).await.unwrap_or(0);
        told.truncate(read);
        String::from_utf8_lossy(&told).into_owned()
    };
    let both = async { tokio::join!(reading, sending) };
    let (told, sent) = tokio::time::timeout(Duration::from_secs(20), both).await.expect("the office ends it");
    // What lies in the buffers of both sockets was taken by the system, not by the office.
    assert!(sent < 32 << 20, "{sent} bytes were taken");
    assert!(told.is_empty() || told.starts_with("HTTP/1.1 413"), "{told}");
}

#[tokio::test]
async fn a_crowd_at_the_door_is_answered() {
    let office = std::sync::Arc::new(Office::open().await);
    let asked = (0..60).map(|number| {
        let office = office.clone();
        tokio::spawn(async move {
            let name = if number % 2 == 0 { format!("nobody-{number}") } else { "x".repeat(5_000) };
            office.ask(&Who::Visitor, &Ask::form("/sign-in", &[("account", &name), ("password", "x")])).await.status
        })
    });
    for one in asked.collect::<Vec<_>>() {
        let status = one.await.expect("it ends");
        assert!([422, 429, 503].contains(&status), "{status}");
    }
    let kept = office.app.store.failed_sign_ins(&"x".repeat(5_000), model::Timestamp::UNIX_EPOCH).await.expect("reads");
    assert_eq!(kept, 0, "what no account can be called is not kept");
}
