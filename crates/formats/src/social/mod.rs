//! Formats in which communities tell what is new. One file each, all of one shape.

pub mod feed;
pub mod paging;
