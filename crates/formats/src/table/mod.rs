//! Formats of rows: CSV, JSON, JSON Lines, XLSX, GeoJSON. One file (or folder) each, all of one shape.

pub mod csv;
pub mod geojson;
pub mod json;
pub mod json_lines;
mod tree;
pub mod xlsx;
