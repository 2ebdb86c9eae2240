//! Official facts, assessed by the same method as what communities say.
//!
//! Holds two questions: how far self-reported figures can be believed beside measured ones ([`self_report`]), and how far
//! an official rating still holds after time and sanctions ([`rating`]). It must never take a blank or a zero for a
//! rating, and never treat an official figure as exact.

pub mod rating;
pub mod self_report;

pub use rating::{Ageing, OfficialRating, Sanction};
pub use self_report::{GroupBias, SelfReport, SelfReportSettings};
