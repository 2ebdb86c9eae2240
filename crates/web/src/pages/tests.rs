//! Renders every page from its samples in every language, and holds what must be true of all of them.

use super::{ALL, RefusalPage};
use crate::wording::{Language, MISSING, Wording, Words};
use model::signal::SignalKind;
use model::{Permission, Role, Severity};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Renders all samples and hands each to `check` with a name to fail by.
fn every_page(check: impl Fn(&str, &str, &Words)) {
    let wording = Wording::built_in();
    for language in Language::ALL {
        let words = wording.words(language);
        for page in ALL {
            for (number, html) in (page.render)(&words).iter().enumerate() {
                check(&format!("{} {number} {}", page.name, language.code()), html, &words);
            }
        }
    }
}

/// The opening tags of a page with their attributes. Templates write attributes in double or single quotes.
fn tags(html: &str) -> Vec<(String, BTreeMap<String, String>)> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        if !rest.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
            continue;
        }
        let name_end = rest.find(|letter: char| !letter.is_ascii_alphanumeric()).expect("a tag ends");
        let name = rest[..name_end].to_lowercase();
        rest = &rest[name_end..];
        let mut attributes = BTreeMap::new();
        loop {
            rest = rest.trim_start();
            if let Some(after) = rest.strip_prefix('>').or_else(|| rest.strip_prefix("/>")) {
                rest = after;
                break;
            }
            let key_end = rest.find(['=', ' ', '>', '\n', '/']).expect("an attribute ends");
            assert!(key_end > 0, "`{}`", rest.chars().take(60).collect::<String>());
            let key = rest[..key_end].to_owned();
            rest = &rest[key_end..];
            let mut value = String::new();
            if let Some(quoted) = rest.strip_prefix('=') {
                let quote = quoted.chars().next().expect("a value follows");
                assert!(matches!(quote, '"' | '\''), "{key} is quoted");
                let end = quoted[1..].find(quote).expect("a quote closes") + 1;
                value = quoted[1..end].to_owned();
                rest = &quoted[end + 1..];
            }
            assert!(attributes.insert(key.clone(), value).is_none(), "{key} stands twice in one tag");
        }
        tags.push((name, attributes));
    }
    tags
}

#[test]
fn nothing_is_missing() {
    every_page(|name, html, words| {
        if let Some(place) = html.find(MISSING) {
            panic!("{name}: {}", html[place..].chars().take(80).collect::<String>());
        }
        assert!(html.contains(&format!("<html lang=\"{}\"", words.language().code())), "{name}: lang");
        let tags = tags(html);
        let headings = tags.iter().filter(|(tag, _)| tag == "h1").count();
        assert_eq!(headings, 1, "{name}: h1");
        assert_eq!(tags.iter().filter(|(tag, _)| tag == "title").count() - svg_titles(&tags), 1, "{name}: title");
    });
}

/// Titles inside pictures have identifiers, that of the page has none.
fn svg_titles(tags: &[(String, BTreeMap<String, String>)]) -> usize {
    tags.iter().filter(|(tag, attributes)| tag == "title" && attributes.contains_key("id")).count()
}

#[test]
fn identifiers_are_unique_and_what_is_pointed_at_exists() {
    every_page(|name, html, _| {
        let tags = tags(html);
        let mut ids = BTreeSet::new();
        for (_, attributes) in &tags {
            if let Some(id) = attributes.get("id") {
                assert!(ids.insert(id.as_str()), "{name}: `{id}` stands twice");
                let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
                assert!(!id.is_empty() && id.chars().all(plain), "{name}: `{id}`");
            }
        }
        for (tag, attributes) in &tags {
            for key in ["for", "aria-labelledby", "aria-describedby", "aria-controls"] {
                for target in attributes.get(key).into_iter().flat_map(|value| value.split_whitespace()) {
                    assert!(ids.contains(target), "{name}: <{tag} {key}=\"{target}\"> points nowhere");
                }
            }
            if let Some(target) = attributes.get("href").and_then(|href| href.strip_prefix('#')) {
                assert!(ids.contains(target), "{name}: #{target} points nowhere");
            }
        }
    });
}

#[test]
fn every_control_has_a_name() {
    every_page(|name, html, _| {
        let tags = tags(html);
        let labelled: BTreeSet<&str> = tags
            .iter()
            .filter(|(tag, _)| tag == "label")
            .filter_map(|(_, label)| label.get("for"))
            .map(String::as_str)
            .collect();
        for (tag, attributes) in &tags {
            let hidden = attributes.get("type").is_some_and(|kind| kind == "hidden");
            if matches!(tag.as_str(), "input" | "select" | "textarea") && !hidden {
                let id = attributes.get("id").unwrap_or_else(|| panic!("{name}: a <{tag}> without id"));
                assert!(labelled.contains(id.as_str()), "{name}: `{id}` has no label");
            }
            if tag == "svg" && attributes.get("role").is_some_and(|role| role == "img") {
                assert!(attributes.contains_key("aria-labelledby"), "{name}: a picture without a title");
            }
            if tag == "th" {
                assert!(attributes.contains_key("scope"), "{name}: a head without scope");
            }
        }
    });
}

#[test]
fn nothing_runs_or_looks_by_itself() {
    every_page(|name, html, _| {
        assert!(!html.contains("<style"), "{name}: a style inside");
        for (tag, attributes) in tags(html) {
            assert!(!attributes.contains_key("style"), "{name}: <{tag} style>");
            assert!(tag != "script" || attributes.contains_key("src"), "{name}: a script inside");
            let handler = attributes.keys().find(|key| key.starts_with("on"));
            assert!(handler.is_none(), "{name}: <{tag} {handler:?}>");
            let links = ["href", "src", "action", "hx-get"].iter().filter_map(|key| attributes.get(*key));
            for link in
                links.filter(|link| !link.starts_with("https://creativecommons.org/") && !link.starts_with("mailto:"))
            {
                let own = link.starts_with(['/', '?', '#']) && !link.starts_with("//");
                assert!(own, "{name}: `{link}` leaves the office");
            }
        }
    });
}

#[test]
fn every_form_that_changes_something_carries_the_token() {
    every_page(|name, html, _| {
        for form in html.split("<form ").skip(1) {
            let form = form.split("</form>").next().expect("a split has a first part");
            if form.split('>').next().is_some_and(|tag| tag.contains("method=\"post\"")) {
                assert!(form.contains("name=\"csrf\""), "{name}: {}", form.chars().take(60).collect::<String>());
            }
        }
    });
}

#[test]
fn hostile_text_stays_text() {
    every_page(|name, html, _| {
        for given in ["<b>", "<daily>", "<take>", "<took>", "<ARARAT>"] {
            assert!(!html.contains(given), "{name}: {given} came through");
        }
    });
}

/// All files below a folder of the crate with an ending.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).expect("a folder of this crate") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path);
            }
        }
    }
    found
}

fn keys(language: Language) -> BTreeSet<String> {
    let file = Path::new("texts").join(format!("{}.ftl", language.code()));
    let text = std::fs::read_to_string(file).expect("a wording file");
    let key = |line: &str| {
        let (key, _) = line.split_once(" =")?;
        let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
        (key.starts_with(|letter: char| letter.is_ascii_lowercase()) && key.chars().all(plain)).then(|| key.to_owned())
    };
    text.lines().filter_map(key).collect()
}

#[test]
fn both_languages_say_the_same_things() {
    let (english, spanish) = (keys(Language::English), keys(Language::Spanish));
    assert_eq!(english.symmetric_difference(&spanish).collect::<Vec<_>>(), Vec::<&String>::new());
    assert!(english.len() > 400, "only {} keys were found: is the file read?", english.len());
}

/// Keys that follow from stable words: their first parts, as [`Words::of`] takes them.
const KINDS: &[&str] = &[
    "aspect",
    "audit-action",
    "audit-kind",
    "candidates",
    "care",
    "case-state",
    "cause",
    "column",
    "column-type",
    "compared",
    "contribution",
    "criterion",
    "discounted",
    "done",
    "fault",
    "field",
    "figure",
    "first-changed",
    "first-flow",
    "first-waiting",
    "gap",
    "grade",
    "heard",
    "job",
    "job-state",
    "letter-reason",
    "limit",
    "mark",
    "method",
    "method-figure",
    "next-step",
    "next-why",
    "ownership",
    "permission",
    "plan-event",
    "plan-item",
    "plan-kind",
    "plan-state",
    "refusal",
    "refusal-do",
    "review-speaks",
    "role",
    "severity",
    "signal-kind",
    "signal-means",
    "signal-state",
    "size",
    "source-state",
    "timeline",
    "trend",
    "verdict",
    "voice-because",
    "wish",
    "worklist-reason",
];

#[test]
fn every_key_used_exists_and_every_key_is_used() {
    let known = keys(Language::English);
    let mut used = BTreeSet::new();
    for file in
        files("templates", ".html").into_iter().chain(files("src/pages", ".rs")).chain(files("src/handlers", ".rs"))
    {
        let text = std::fs::read_to_string(&file).expect("a file of this crate");
        for call in ["say(\"", "say1(\"", "say2(\"", "say_all(\"", "wrong(\""] {
            for after in text.split(call).skip(1) {
                let key = after.split('"').next().unwrap_or_default().to_owned();
                assert!(known.contains(&key), "{}: there is no message `{key}`", file.display());
                used.insert(key);
            }
        }
        // Keys that are chosen first and said later stand as plain texts.
        used.extend(text.split('"').filter(|part| known.contains(*part)).map(str::to_owned));
    }
    let unused: Vec<&String> = known
        .iter()
        .filter(|key| !used.contains(*key) && !KINDS.iter().any(|kind| key.starts_with(&format!("{kind}-"))))
        .collect();
    assert_eq!(unused, Vec::<&String>::new());
}

#[test]
fn every_stable_word_is_worded() {
    let words = Wording::built_in().words(Language::Spanish);
    let wording = |kind: &str, word: &str| assert!(words.has(&format!("{kind}-{word}")), "{kind}-{word}");
    Role::ALL.iter().for_each(|role| wording("role", role.word()));
    Permission::ALL.iter().for_each(|permission| wording("permission", permission.word()));
    for kind in SignalKind::ALL {
        wording("signal-kind", kind.word());
        wording("signal-means", kind.word());
    }
    let severities = [Severity::Note, Severity::ValueLeftOut, Severity::RowLeftOut, Severity::FileLeftOut];
    severities.iter().for_each(|severity| wording("severity", severity.word()));
    for name in RefusalPage::NAMES {
        wording("refusal", name);
        wording("refusal-do", name);
    }
}
