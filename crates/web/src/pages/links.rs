//! Where each page is. Pages and handlers ask here, so that an address is written once.
//!
//! Must never hold a host: addresses are within the office.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but the letters, digits and marks that RFC 3986 leaves unreserved.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// The first page.
pub const FIRST: &str = "/";
/// The worklist.
pub const CASES: &str = "/cases";
/// The intake form, and where it is sent.
pub const CASES_NEW: &str = "/cases/new";
/// Where a list of cases (CSV) is sent.
pub const CASES_LIST: &str = "/cases/list";
/// Where an action on several chosen cases is sent.
pub const CASES_ACTIONS: &str = "/cases/actions";
/// The homes.
pub const HOMES: &str = "/homes";
/// The sources.
pub const SOURCES: &str = "/sources";
/// The review queue.
pub const REVIEW: &str = "/review";
/// The signals.
pub const SIGNALS: &str = "/signals";
/// The datasets.
pub const DATASETS: &str = "/datasets";
/// The problems.
pub const PROBLEMS: &str = "/problems";
/// The accounts of the office.
pub const ACCOUNTS: &str = "/accounts";
/// The reader's own account.
pub const ACCOUNT: &str = "/account";
/// Who read and did what.
pub const AUDIT: &str = "/audit";
/// Signing in.
pub const SIGN_IN: &str = "/sign-in";
/// Signing out (POST).
pub const SIGN_OUT: &str = "/sign-out";
/// Choosing a language (POST, with `language` and `back`).
pub const LANGUAGE: &str = "/language";

/// A case.
pub fn case(id: &str) -> String {
    format!("/cases/{}", segment(id))
}

/// A page or action of a case: `candidates`, `decision`, `letter`, `claim`, `objection`, `note`, `weights`.
pub fn of_case(id: &str, part: &str) -> String {
    format!("{}/{part}", case(id))
}

/// The page on which one home is decided for.
pub fn decide(case_id: &str, home_id: &str) -> String {
    format!("{}?home={}", of_case(case_id, "decision"), segment(home_id))
}

/// A home.
pub fn home(id: &str) -> String {
    format!("/homes/{}", segment(id))
}

/// Why a home's figure for one aspect is what it is; `standing` is `official` or `community`.
pub fn why(home_id: &str, aspect: &str, standing: &str) -> String {
    format!("/homes/{}/why/{}/{}", segment(home_id), segment(aspect), segment(standing))
}

/// A source.
pub fn source(name: &str) -> String {
    format!("/sources/{}", segment(name))
}

/// A signal.
pub fn signal(id: &str) -> String {
    format!("/signals/{}", segment(id))
}

/// An account, as the administrator sees it.
pub fn account(name: &str) -> String {
    format!("/accounts/{}", segment(name))
}

/// A dataset.
pub fn dataset(name: &str) -> String {
    format!("/datasets/{}", segment(name))
}

/// A dataset in another form, at one version: `csv`, `json`, `parquet`.
pub fn distribution(name: &str, extension: &str, version: i64) -> String {
    format!("/datasets/{}.{extension}?version={version}", segment(name))
}

/// One row of a dataset at one version.
pub fn row(name: &str, version: i64, id: &str) -> String {
    format!("/datasets/{}/rows/{}?version={version}", segment(name), segment(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_one_segment() {
        assert_eq!(home("a/b ?ñ"), "/homes/a%2Fb%20%3F%C3%B1");
        assert_eq!(row("homes_au", 3, "x"), "/datasets/homes_au/rows/x?version=3");
    }
}
