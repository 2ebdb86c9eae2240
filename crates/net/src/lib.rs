//! The only door out: a client with limits that reaches no private address except those the office names.
//!
//! Must never follow a redirect without judging its address again, hold more than the size limit, or wait without an end.

mod client;
mod guard;

pub use client::{Client, Fetched, Limits};
pub use guard::{Guard, is_public};

/// Why something could not be fetched, with what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum NetError {
    /// Not an address this client opens.
    #[error("`{0}` is no http or https address")]
    Address(String),
    /// A private, loopback or otherwise internal address that the office did not name.
    #[error(
        "`{host}` leads to the internal address {address}; if the office means it, name `{host}` under `allow_hosts` in office.toml"
    )]
    Internal {
        /// The host asked for.
        host: String,
        /// Where it leads.
        address: String,
    },
    /// More than the limit.
    #[error("`{url}` sends more than {limit_bytes} bytes; raise `max_bytes` in the source if that is right")]
    TooLarge {
        /// The address.
        url: String,
        /// The limit.
        limit_bytes: u64,
    },
    /// An answer that is no success.
    #[error("`{url}` answered {status}")]
    Status {
        /// The address.
        url: String,
        /// The HTTP status.
        status: u16,
    },
    /// More redirects than a sound server needs.
    #[error("`{0}` redirects more than {MOST_REDIRECTS} times")]
    Redirects(String),
    /// The connection.
    #[error("`{url}` could not be read: {source}")]
    Connection {
        /// The address.
        url: String,
        /// Why.
        source: reqwest::Error,
    },
}

/// Redirects followed at most.
pub(crate) const MOST_REDIRECTS: usize = 5;
