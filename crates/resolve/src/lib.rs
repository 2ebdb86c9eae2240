//! Brings together what different sources say about one thing: records with records, mentions in texts with the things they mean.
//!
//! Holds pure functions over tables and texts. Nothing here may read a clock, a file or a network, and nobody edits a cluster:
//! Judgements are added or withdrawn, and clusters follow.

pub mod block;
pub mod cluster;
pub mod compare;
pub mod dates;
pub mod entities;
pub mod evaluate;
pub mod fellegi_sunter;
pub mod guess;
pub mod link;
pub mod mention;
pub mod mentions;
pub mod normalize;
pub mod records;
pub mod spec;
pub mod stage;
