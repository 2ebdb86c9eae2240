//! Where the real data lies that tests use.

/// The folder of real data, beside the repository.
pub(crate) fn data(path: &str) -> String {
    let path = format!("../../../shared/data/{path}");
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}
