//! One command a file.

pub(crate) mod backup;
pub(crate) mod check;
pub(crate) mod demo;
pub(crate) mod ingest;
pub(crate) mod ingest_file;
pub(crate) mod new;
pub(crate) mod rebuild;
pub(crate) mod serve;
pub(crate) mod work;
