//! The whole site as browsers and programs meet it: who may do what, what hostile input does, what acts leave behind.
//!
//! Every test runs against an office of its own, made in memory and in a folder that goes away, with the demo's rules.

mod accounts;
mod homes;
mod hostile;
mod office;
mod roles;
mod sessions;
mod signals;
mod sources;
