//! The client against small servers on loopback that behave well and badly.

use net::{Client, Fetched, Guard, Limits, NetError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const LIMITS: Limits = Limits { max_bytes: 1_000, timeout_ms: 1_000, retries: 2 };

/// Serves one answer for each connection, in turn, then closes; gives the address and what was asked.
async fn server(answers: Vec<String>) -> (String, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let asked = tokio::spawn(async move {
        let mut asked = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let mut request = vec![0; 4_096];
            let length = stream.read(&mut request).await.expect("a request");
            asked.push(String::from_utf8_lossy(&request[..length]).into_owned());
            stream.write_all(answer.as_bytes()).await.expect("an answer");
        }
        asked
    });
    (address, asked)
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

#[tokio::test]
async fn tags_are_remembered_and_busy_servers_asked_again() {
    let busy = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned();
    let unchanged = "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n".to_owned();
    let (address, asked) = server(vec![busy, ok("rows"), unchanged]).await;
    let client = Client::new(Guard::new(vec![address.clone()])).expect("a client");
    let url = format!("http://{address}/homes.csv");
    let Fetched::Body { bytes, etag, .. } = client.get(&url, None, LIMITS).await.expect("the second try") else {
        panic!("the first fetch has a body")
    };
    assert_eq!((bytes.as_slice(), etag.as_deref()), (&b"rows"[..], Some("\"v1\"")));
    let again = client.get(&url, etag.as_deref(), LIMITS).await.expect("unchanged");
    assert!(matches!(again, Fetched::Unchanged));
    let asked = asked.await.expect("the server ends");
    assert!(asked[2].to_ascii_lowercase().contains("if-none-match: \"v1\""), "{}", asked[2]);
}

#[tokio::test]
async fn too_much_too_slow_and_inward_redirects_end_clearly() {
    let (address, _) = server(vec![ok(&"x".repeat(2_000))]).await;
    let client = Client::new(Guard::new(vec![address.clone()])).expect("a client");
    let large = client.get(&format!("http://{address}/"), None, LIMITS).await.expect_err("too large");
    assert!(matches!(large, NetError::TooLarge { limit_bytes: 1_000, .. }), "{large}");

    let inward =
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let (address, _) = server(vec![inward.to_owned()]).await;
    let client = Client::new(Guard::new(vec![address.clone()])).expect("a client");
    let refused = client.get(&format!("http://{address}/"), None, LIMITS).await.expect_err("an internal address");
    assert!(matches!(refused, NetError::Internal { .. }), "{refused}");

    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port that never answers");
    let address = listener.local_addr().expect("an address").to_string();
    let client = Client::new(Guard::new(vec![address.clone()])).expect("a client");
    let patience = Limits { timeout_ms: 100, retries: 0, ..LIMITS };
    let slow = client.get(&format!("http://{address}/"), None, patience).await.expect_err("no answer");
    assert!(matches!(slow, NetError::Connection { .. }), "{slow}");
}

#[tokio::test]
async fn a_name_that_leads_inward_is_refused() {
    let client = Client::new(Guard::default()).expect("a client");
    let refused = client.get("http://localhost:9/", None, LIMITS).await.expect_err("localhost is internal");
    assert!(matches!(refused, NetError::Internal { .. }), "{refused}");
}
