//! Named computations with a published method.
//!
//! Holds pure measures over slices. It must never know what is measured.

pub mod spearman;
