//! The rule that every language says the same things: equal keys and equal placeholders in Fluent files.
//!
//! Reads keys only; whether a translation is good is for people.

use super::Repository;
use anyhow::Result;
use std::collections::{BTreeMap, BTreeSet};

/// Messages of one file: key to the placeholders in it.
type Messages = BTreeMap<String, BTreeSet<String>>;

/// Files that say the same in different languages have the same keys with the same placeholders.
pub(super) fn same_keys(repository: &Repository) -> Result<Vec<String>> {
    let mut groups: BTreeMap<String, Vec<(String, Messages)>> = BTreeMap::new();
    for name in repository.ending(".ftl") {
        let text = repository.text(name)?.unwrap_or_default();
        groups.entry(group(name)).or_default().push((name.to_owned(), messages(&text)));
    }
    let mut findings = Vec::new();
    for (place, files) in &groups {
        if files.len() < 2 {
            findings.push(format!("{place}: there is one language only; English and Spanish belong together"));
        }
        for (name, own) in files {
            for (other, theirs) in files.iter().filter(|(other, _)| other != name) {
                findings.extend(differences(name, own, other, theirs));
            }
        }
    }
    findings.sort();
    findings.dedup();
    Ok(findings)
}

/// The path with the language taken out: files with the same rest belong together.
fn group(name: &str) -> String {
    let is_language = |part: &str| {
        let (language, region) = part.split_once('-').unwrap_or((part, "XX"));
        language.len() == 2
            && region.len() == 2
            && part.chars().all(|letter| letter.is_ascii_alphabetic() || letter == '-')
    };
    let rest = name.strip_suffix(".ftl").unwrap_or(name);
    rest.split('/').map(|part| if is_language(part) { "LANGUAGE" } else { part }).collect::<Vec<_>>().join("/")
}

/// What `name` lacks that `other` has.
fn differences(name: &str, own: &Messages, other: &str, theirs: &Messages) -> Vec<String> {
    let mut findings = Vec::new();
    for (key, placeholders) in theirs {
        match own.get(key) {
            None => findings.push(format!("{name}: `{key}` is missing; {other} has it")),
            Some(mine) if mine != placeholders => {
                let differing: Vec<&str> = mine.symmetric_difference(placeholders).map(String::as_str).collect();
                findings.push(format!("{name}: `{key}` and that of {other} differ in {}", differing.join(", ")));
            }
            Some(_) => {}
        }
    }
    findings
}

/// The messages, terms and attributes of a Fluent file, with their placeholders.
fn messages(text: &str) -> Messages {
    let mut found = Messages::new();
    let (mut message, mut current) = (String::new(), String::new());
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let head = line.split_once('=').map(|(head, _)| head.trim_end()).unwrap_or_default();
        let is_key = |key: &str| {
            key.starts_with(|letter: char| letter.is_ascii_alphabetic())
                && key.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_')
        };
        if !line.starts_with(' ') && is_key(head.trim_start_matches('-')) {
            message = head.to_owned();
            current.clone_from(&message);
        } else if let Some(attribute) = head.trim_start().strip_prefix('.').filter(|name| is_key(name)) {
            current = format!("{message}.{attribute}");
        }
        if !current.is_empty() {
            found.entry(current.clone()).or_default().extend(placeholders(line));
        }
    }
    found
}

/// The `$names` in a line.
fn placeholders(line: &str) -> impl Iterator<Item = String> {
    line.split('$').skip(1).map(|rest| {
        let name: String =
            rest.chars().take_while(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_')).collect();
        format!("${name}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_key_and_a_missing_placeholder_are_found() {
        let english = messages(
            "# note\nhome = Home\n    .title = For { $who }\n-term = T\ncount = { $n ->\n    [one] one\n   *[other] { $n }\n }\n",
        );
        assert_eq!(english.keys().collect::<Vec<_>>(), ["-term", "count", "home", "home.title"]);
        let spanish = messages("home = Inicio\n    .title = Para\n-term = T\n");
        let found = differences("es.ftl", &spanish, "en.ftl", &english);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(differences("en.ftl", &english, "en.ftl", &english).is_empty());
    }

    #[test]
    fn languages_are_told_from_other_names() {
        assert_eq!(group("texts/en.ftl"), group("texts/es.ftl"));
        assert_eq!(group("texts/en/letter.ftl"), group("texts/pt-BR/letter.ftl"));
        assert_ne!(group("texts/en/letter.ftl"), group("texts/en/pages.ftl"));
    }
}
