//! Series over time: where they change.
//!
//! Holds change detection for dated voices ([`change`]) and for quarterly official stars ([`panel`]). Both are online: what
//! is said to be noticed on a day rests on nothing later.

pub mod change;
pub mod panel;
