//! What goes out: dataset rows as files, the catalogue, feeds. Cases never.
//!
//! Pure: callers hand in what the store and the lake hold. It must never read personal data; datasets marked restricted are
//! refused by type ([`catalog::Published`] is only made of open ones).

pub mod catalog;
pub mod export;
pub mod feed;
