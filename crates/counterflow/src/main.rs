//! counterflow
fn main(){}
