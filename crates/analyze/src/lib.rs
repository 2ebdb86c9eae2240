//! Analyze: what changed, what disagrees, what stands out, as Signals somebody can own.
//!
//! Holds pure functions over series and estimates. It must never assess how far a voice can be believed (that weight
//! comes in), and never use what lies later than the day it speaks for.

mod distribution;

pub mod indicators;
pub mod opinion;
pub mod series;
pub mod signals;
pub mod spec;
pub mod stage;
