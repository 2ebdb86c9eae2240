//! `counterflow coordination`: which accounts share the same things at the same time, again and again.

use super::input::{Input, Part, column, cut, maybe};
use super::names::Names;
use super::output::Columns;
use super::{Common, Run, count, number};
use crate::terminal::WrongInput;
use assess::coordination::shares::{ActingTogether, Share, ShareSettings, acting_together};
use assess::neardup::{NeardupSettings, near_duplicates};
use model::Table;
use serde_json::json;
use std::path::PathBuf;

/// Chances are bounds from above: below this they all say the same, and nobody reads forty zeros.
const LEAST_CHANCE: f64 = 1e-12;

/// How the command is called.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Shares: object_id,account_id,content_id,timestamp_share; times as seconds since 1970 or as 2026-01-31T09:30:00Z
    input: PathBuf,
    /// Two shares this many seconds apart or less are together
    #[arg(long, value_parser = number, default_value_t = ShareSettings::default().window)]
    window: f64,
    /// Share of false ties among those found that is put up with
    #[arg(long, value_parser = number, default_value_t = ShareSettings::default().false_discovery)]
    false_discovery: f64,
    /// Things that two accounts must have shared together at least
    #[arg(long, value_parser = count::<u32>, default_value_t = ShareSettings::default().least_objects)]
    least_objects: u32,
    /// Times are thousandths of a second
    #[arg(long)]
    milliseconds: bool,
    /// Read a column `text` in place of `object_id`: texts that are nearly the same are one object
    #[arg(long)]
    texts: bool,
    /// Least similarity of texts that are one object
    #[arg(long, value_parser = number, default_value_t = NeardupSettings::default().least, requires = "texts")]
    least: f64,
    /// Where to write the ties: left,right,expected,chance,objects
    #[arg(long)]
    ties: Option<PathBuf>,
    /// Where to write how many shared each object, and how many independent voices those amount to: object_id,accounts,independent
    #[arg(long)]
    voices: Option<PathBuf>,
    /// Where to write what groups shared together: group,object_id,accounts
    #[arg(long)]
    objects: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

/// Shares as they were read: accounts and things by number, in the order in which they came.
#[derive(Default)]
struct Rows {
    accounts: Names,
    things: Names,
    texts: Vec<Box<str>>,
    shares: Vec<Share>,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut run = arguments.common.begin()?;
    let output = run.output(&arguments.common.output)?;
    let ties_to = run.maybe_output(arguments.ties.as_deref())?;
    let objects_to = run.maybe_output(arguments.objects.as_deref())?;
    let voices_to = run.maybe_output(arguments.voices.as_deref())?;
    let input = run.input(&arguments.input, &arguments.common.columns)?;
    let mut rows = Rows::default();
    let thing = if arguments.texts { column("text") } else { column("object_id") };
    let wanted = [thing, column("account_id"), column("timestamp_share"), maybe("content_id")];
    input.each(&wanted, &run.bar, |part| rows.take(part, arguments))?;
    if arguments.texts {
        rows.bring_texts_together(arguments, &input, &mut run)?;
    }
    // Numbers by name, so that the order of the rows changes nothing.
    let (account_at, thing_at) = (rows.accounts.ranks(), rows.things.ranks());
    let names = Named { rows: &rows, accounts: rows.accounts.in_order(), things: rows.things.in_order() };
    let number = |share: &Share| Share {
        account: account_at[share.account as usize],
        object: if arguments.texts { share.object } else { thing_at[share.object as usize] },
        seconds: share.seconds,
    };
    let shares: Vec<Share> = rows.shares.iter().map(number).collect();
    let settings = ShareSettings {
        window: arguments.window,
        false_discovery: arguments.false_discovery,
        least_objects: arguments.least_objects,
    };
    let found = run
        .work(|| acting_together(&shares, &settings))
        .map_err(|error| WrongInput(format!("{}: {error}", input.name())))?;
    output.write(names.groups(&found))?;
    if let Some(to) = ties_to {
        to.write(names.ties(&found))?;
    }
    if let Some(to) = objects_to {
        to.write(names.objects(&found, arguments.texts))?;
    }
    if let Some(to) = voices_to {
        to.write(names.voices(&found, &shares, arguments.texts))?;
    }
    let inside: usize = found.groups.iter().map(|group| group.accounts.len()).sum();
    let (accounts, groups) = (rows.accounts.len(), found.groups.len());
    let things = if arguments.texts { rows.texts.len() } else { rows.things.len() };
    let independent = found.independent(0..accounts as u32);
    let read = json!({"shares": shares.len(), "accounts": accounts, "objects": things});
    let told = json!({
        "groups": groups, "accounts_in_groups": inside, "ties": found.ties.len(), "pairs_weighed": found.weighed,
        "independent_accounts": independent,
    });
    let parameters = json!({
        "window": settings.window, "false_discovery": settings.false_discovery, "least_objects": settings.least_objects,
        "texts": arguments.texts, "least": arguments.least, "milliseconds": arguments.milliseconds,
    });
    let summary = format!(
        "{inside} of {accounts} accounts act in concert, in {groups} groups; all of them amount to {independent} independent voices"
    );
    run.end(&read, &told, &parameters, &summary);
    Ok(())
}

impl Rows {
    fn take(&mut self, part: &Part<'_>, arguments: &Arguments) -> Result<(), WrongInput> {
        for row in 0..part.len() {
            let thing = part.filled(0, row)?;
            let object = if arguments.texts {
                self.texts.push(thing.into());
                (self.texts.len() - 1) as u32
            } else {
                self.things.number(&thing)
            };
            let account = self.accounts.number(&part.filled(1, row)?);
            let seconds = part.moment(2, row, arguments.milliseconds)?;
            self.shares.push(Share { account, object, seconds });
        }
        Ok(())
    }

    /// Texts that are nearly the same become one thing, numbered by the least of its texts.
    fn bring_texts_together(&mut self, arguments: &Arguments, input: &Input, run: &mut Run) -> Result<(), WrongInput> {
        let settings = NeardupSettings { least: arguments.least, ..NeardupSettings::default() };
        let found = run
            .work(|| near_duplicates(&self.texts, &settings))
            .map_err(|error| WrongInput(format!("{}: {error}", input.name())))?;
        let groups = found.groups();
        let mut least: Vec<u32> = groups.clone();
        for (text, group) in groups.iter().enumerate() {
            let known = &mut least[*group as usize];
            if self.texts[text] < self.texts[*known as usize] {
                *known = text as u32;
            }
        }
        let mut texts: Vec<Box<str>> = Vec::new();
        let mut leads: Vec<u32> = groups.iter().map(|group| least[*group as usize]).collect();
        leads.sort_by(|a, b| self.texts[*a as usize].cmp(&self.texts[*b as usize]).then(a.cmp(b)));
        leads.dedup();
        let mut number = vec![0; self.texts.len()];
        for lead in leads {
            number[lead as usize] = texts.len() as u32;
            texts.push(self.texts[lead as usize].clone());
        }
        for share in &mut self.shares {
            share.object = number[least[groups[share.object as usize] as usize] as usize];
        }
        self.texts = texts;
        Ok(())
    }
}

/// What was found, with names.
struct Named<'a> {
    rows: &'a Rows,
    /// The number of the name of each account, and of each thing.
    accounts: Vec<u32>,
    things: Vec<u32>,
}

impl Named<'_> {
    fn account(&self, number: u32) -> &str {
        self.rows.accounts.get(self.accounts[number as usize])
    }

    /// A line for each account that is in a group.
    fn groups(&self, found: &ActingTogether) -> Table {
        let mut table = Columns::of(&["account_id"], &["chance"], &[], &["group", "accounts", "objects", "ties"]);
        let mut ties = vec![0i64; self.accounts.len()];
        for tie in &found.ties {
            ties[tie.left as usize] += 1;
            ties[tie.right as usize] += 1;
        }
        for (number, group) in found.groups.iter().enumerate() {
            let (accounts, objects) = (group.accounts.len() as i64, group.objects.len() as i64);
            for account in &group.accounts {
                let name = self.account(*account).into();
                let own = ties[*account as usize];
                let number = number as i64 + 1;
                table.row([
                    name,
                    group.chance.max(LEAST_CHANCE).into(),
                    number.into(),
                    accounts.into(),
                    objects.into(),
                    own.into(),
                ]);
            }
        }
        table.0
    }

    fn ties(&self, found: &ActingTogether) -> Table {
        let mut table = Columns::of(&["left", "right"], &["expected", "chance"], &[], &["objects"]);
        for tie in &found.ties {
            let (left, right) = (self.account(tie.left).into(), self.account(tie.right).into());
            let objects = i64::from(tie.objects);
            table.row([left, right, tie.expected.into(), tie.chance.max(LEAST_CHANCE).into(), objects.into()]);
        }
        table.0
    }

    /// A line for each object: who spoke of it, and how many voices that is.
    fn voices(&self, found: &ActingTogether, shares: &[Share], texts: bool) -> Table {
        let mut pairs: Vec<(u32, u32)> = shares.iter().map(|share| (share.object, share.account)).collect();
        pairs.sort_unstable();
        pairs.dedup();
        let mut table = Columns::of(&["object_id"], &[], &[], &["accounts", "independent"]);
        for own in pairs.chunk_by(|one, other| one.0 == other.0) {
            let independent = found.independent(own.iter().map(|(_, account)| *account));
            table.row([self.object(own[0].0, texts).into(), (own.len() as i64).into(), (independent as i64).into()]);
        }
        table.0
    }

    fn object(&self, number: u32, texts: bool) -> String {
        match texts {
            true => cut(&self.rows.texts[number as usize]),
            false => self.rows.things.get(self.things[number as usize]).to_owned(),
        }
    }

    fn objects(&self, found: &ActingTogether, texts: bool) -> Table {
        let mut table = Columns::of(&["object_id"], &[], &[], &["group", "accounts"]);
        for (number, group) in found.groups.iter().enumerate() {
            for (object, accounts) in &group.objects {
                let name = self.object(*object, texts).into();
                table.row([name, (number as i64 + 1).into(), i64::from(*accounts).into()]);
            }
        }
        table.0
    }
}
