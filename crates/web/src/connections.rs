//! Connections: taken in, given a time to send the head of a request, ended without losing a running answer.
//!
//! Must never look into a request; what is asked is the routes' business.

use axum::Router;
use axum::body::Body;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tower::Service;

/// Connections that are open at the same time; more wait until one is free. Below the 1,024 open files that a process may
/// usually have, so that files can still be opened when all are taken.
const MOST_CONNECTIONS: usize = 512;
/// What a failing `accept` waits: where open files have run out, trying at once would only burn time.
const REST: Duration = Duration::from_secs(1);

/// Serves until `end` comes; requests that run then are finished first. A connection on which no whole head of a request
/// has come within `head` is closed, also one that is kept open between two requests.
pub(crate) async fn serve(listener: TcpListener, router: Router, head: Duration, end: impl Future<Output = ()> + Send) {
    let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let (ending, _) = watch::channel(false);
    let mut end = pin!(end);
    loop {
        let stream = tokio::select! {
            stream = next(&listener, &room) => stream,
            () = &mut end => break,
        };
        let Some((stream, place)) = stream else { continue };
        let (router, ending) = (router.clone(), ending.subscribe());
        tokio::spawn(async move {
            answer(stream, router, head, ending).await;
            drop(place);
        });
    }
    drop(listener);
    // Nobody may be listening any more: then there is nobody to wait for either.
    let _heard = ending.send(true);
    ending.closed().await;
}

/// The next connection, once there is room for it; none where it broke before it was taken in.
async fn next(listener: &TcpListener, room: &Arc<Semaphore>) -> Option<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let place = Arc::clone(room).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => Some((stream, place)),
        Err(error) => {
            tracing::warn!(%error, "a connection could not be taken in");
            tokio::time::sleep(REST).await;
            None
        }
    }
}

async fn answer(stream: TcpStream, router: Router, head: Duration, mut ending: watch::Receiver<bool>) {
    // Answers are small and written whole: waiting for more to send would only delay them.
    let _set = stream.set_nodelay(true);
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        // A router is ready at any time.
        router.clone().call(request.map(Body::new))
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(head);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let end = async {
        // An office that is gone has ended too.
        let _ended = ending.wait_for(|ending| *ending).await;
    };
    // What goes wrong on a connection is the other side's doing: it left, was too slow, or does not speak HTTP.
    let whole = tokio::select! {
        _ = connection.as_mut() => true,
        () = end => false,
    };
    if !whole {
        connection.as_mut().graceful_shutdown();
        let _served = connection.await;
    }
}
