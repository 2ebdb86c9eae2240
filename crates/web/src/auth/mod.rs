//! Signing in, sessions, tokens and permissions. Must never decide what a page shows.

pub mod password;
pub mod permissions;
pub mod visit;
