//! The only HTTP server: pages, API, widgets, signing in.
//!
//! Handlers have four steps: who, load, act, show. Must never hold a rule of a stage, SQL, or Arrow.

pub(crate) mod api;
pub mod auth;
pub mod book;
mod connections;
pub mod error;
pub mod form;
pub mod handlers;
pub mod number;
pub mod pages;
pub mod picture;
pub mod reliance;
pub mod routes;
pub mod show;
pub mod simulator;
pub mod state;
pub mod wording;
