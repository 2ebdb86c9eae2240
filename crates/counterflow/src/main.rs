//! counterflow
fn main() {}
