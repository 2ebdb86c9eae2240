//! `counterflow neardup`: which texts are nearly the same, as pairs or as groups.

use super::input::{Others, column, cut};
use super::names::Names;
use super::output::Columns;
use super::{Common, count, number};
use crate::terminal::WrongInput;
use assess::neardup::{NearDuplicates, NeardupSettings, Unit, explain, near_duplicates};
use model::Table;
use serde_json::json;
use std::path::PathBuf;

/// How the command is called.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Texts: id,text
    input: PathBuf,
    /// Least similarity of a pair: shared shingles over all shingles of both
    #[arg(long, value_parser = number, default_value_t = NeardupSettings::default().least)]
    least: f64,
    /// Words (or letters) in a shingle
    #[arg(long, value_parser = count::<usize>, default_value_t = NeardupSettings::default().size)]
    size: usize,
    /// Shingles of letters in place of words: finds texts with many typing errors; say a --size of about 5
    #[arg(long)]
    letters: bool,
    /// Write the group of each text in place of pairs, with the other columns of its line
    #[arg(long)]
    groups: bool,
    /// Tell for each pair the longest passage that both share
    #[arg(long, conflicts_with = "groups")]
    reasons: bool,
    /// Pairs that are written at most; a thousand copies are half a million pairs
    #[arg(long, value_parser = count::<u64>, default_value_t = 10_000_000)]
    most_pairs: u64,
    #[command(flatten)]
    common: Common,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut run = arguments.common.begin()?;
    let output = run.output(&arguments.common.output)?;
    let input = run.input(&arguments.input, &arguments.common.columns)?;
    let (mut names, mut texts, mut lines) = (Names::default(), Vec::<Box<str>>::new(), Vec::<u64>::new());
    let mut others = Others::default();
    input.each(&[column("id"), column("text")], &run.bar, |part| {
        if arguments.groups {
            others.take(part)?;
        }
        for row in 0..part.len() {
            let name = part.filled(0, row)?;
            let number = names.number(&name) as usize;
            if number < texts.len() {
                let first = lines[number];
                return Err(part.wrong(0, row, &format!("line {first} has it already; give each text its own")));
            }
            texts.push(part.text(1, row).unwrap_or_default().into());
            lines.push(part.line(row));
        }
        Ok(())
    })?;
    let unit = if arguments.letters { Unit::Letters } else { Unit::Words };
    let settings = NeardupSettings { unit, size: arguments.size, least: arguments.least };
    let found = run
        .work(|| near_duplicates(&texts, &settings))
        .map_err(|error| WrongInput(format!("{}: {error}", input.name())))?;
    let total = found.pairs_total();
    let groups = run.work(|| found.groups());
    let shared = Shared::of(&groups);
    let table = if arguments.groups {
        others.beside(&input, group_table(&names, &groups, &shared))?
    } else if total > arguments.most_pairs {
        return Err(WrongInput(format!(
            "{}: {total} pairs are alike, {} may be written; say `--groups`, a higher `--least`, or `--most-pairs {total}`",
            input.name(),
            arguments.most_pairs
        ))
        .into());
    } else {
        pair_table(&names, &texts, &found, &settings, arguments.reasons)?
    };
    output.write(table)?;
    let read = json!({"texts": texts.len(), "without_a_word": found.empty()});
    let told = json!({
        "pairs": total, "groups": shared.groups, "texts_in_groups": shared.texts,
        "independent_texts": texts.len() - found.empty() - shared.texts + shared.groups,
    });
    let parameters = json!({
        "least": settings.least, "size": settings.size, "unit": if arguments.letters { "letters" } else { "words" },
        "groups": arguments.groups, "reasons": arguments.reasons, "most_pairs": arguments.most_pairs,
    });
    let summary = format!(
        "{total} pairs of {} texts are alike; {} texts form {} groups",
        texts.len(),
        shared.texts,
        shared.groups
    );
    run.end(&read, &told, &parameters, &summary);
    Ok(())
}

/// Groups of two texts or more.
struct Shared {
    /// Number of texts in the group that a text leads; 0 for others.
    members: Vec<u32>,
    groups: usize,
    texts: usize,
}

impl Shared {
    fn of(groups: &[u32]) -> Self {
        let mut members = vec![0u32; groups.len()];
        groups.iter().for_each(|group| members[*group as usize] += 1);
        let shared = members.iter().filter(|members| **members > 1);
        let (groups, texts) = shared.fold((0, 0), |(groups, texts), members| (groups + 1, texts + *members as usize));
        Self { members, groups, texts }
    }
}

fn group_table(names: &Names, groups: &[u32], shared: &Shared) -> Table {
    let mut table = Columns::of(&["id", "group"], &[], &[], &["texts"]);
    for (text, group) in groups.iter().enumerate() {
        let members = i64::from(shared.members[*group as usize]);
        table.row([names.get(text as u32).into(), names.get(*group).into(), members.into()]);
    }
    table.0
}

fn pair_table(
    names: &Names,
    texts: &[Box<str>],
    found: &NearDuplicates,
    settings: &NeardupSettings,
    reasons: bool,
) -> Result<Table, WrongInput> {
    let mut table = Columns::of(&["left", "right"], &["similarity"], if reasons { &["passage"] } else { &[] }, &[]);
    for pair in found.pairs() {
        let (left, right) = (names.get(pair.left).into(), names.get(pair.right).into());
        if reasons {
            let why = explain(&texts[pair.left as usize], &texts[pair.right as usize], settings)
                .map_err(|error| WrongInput(error.to_string()))?;
            let passage = why.because.contributions.first().map_or_else(String::new, |longest| cut(&longest.label));
            table.row([left, right, pair.similarity.into(), passage.into()]);
        } else {
            table.row([left, right, pair.similarity.into()]);
        }
    }
    Ok(table.0)
}
