//! Analyze: what changed, what disagrees, what stands out, as Signals somebody can own; who thinks alike, who is connected, and what comes next.
//!
//! Holds pure functions over series, estimates, votes and graphs. It must never assess how far a voice can be believed (that weight
//! comes in), and never use what lies later than the day it speaks for.

mod distribution;
mod equations;

pub mod forecast;
pub mod graph;
pub mod indicators;
pub mod opinion;
pub mod predict;
pub mod series;
pub mod signals;
pub mod spec;
pub mod stage;
