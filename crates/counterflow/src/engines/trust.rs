//! `counterflow trust`: whose ratings follow what they rate, and what is well rated by those.

use super::input::{Part, column, maybe};
use super::names::Names;
use super::output::Columns;
use super::{Common, number};
use crate::terminal::WrongInput;
use assess::coordination::shares::{Share, ShareSettings, acting_together};
use assess::trust::{GivenRating, Trust, TrustMethod, TrustSettings, trust, what_ratings_speak};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use model::{Table, Value};
use serde_json::json;
use std::collections::HashMap;
use std::path::PathBuf;

/// Ratings below which a rater is flagged as one of whom little is known.
const FEW: u32 = 3;
/// Fairness below which a rater is flagged as rating against others.
const AGAINST: f64 = 0.1;

/// How the command is called.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Ratings: rater,rated,rating and, where known, time; as seconds since 1970 or as 2026-01-31T09:30:00Z
    input: PathBuf,
    /// What is rated are things, with names of their own, and not accounts that may rate as well
    #[arg(long)]
    things: bool,
    /// How fairness is found: mixture, or plain as a yardstick
    #[arg(long, value_parser = methods(), default_value = "mixture")]
    method: TrustMethod,
    /// Where to write what each rating says of its rater: rater,rated,rating,off,weight; needs the mixture
    #[arg(long)]
    reasons: Option<PathBuf>,
    /// Share of raters taken to be unfair before anything is known of them
    #[arg(long, value_parser = number, default_value_t = TrustSettings::default().unfair)]
    unfair: f64,
    /// Ratings of one account by two raters this many seconds apart or less are together: who does so again and again is flagged
    #[arg(long, value_parser = number, default_value_t = ShareSettings::default().window)]
    window: f64,
    /// Times are thousandths of a second
    #[arg(long)]
    milliseconds: bool,
    #[command(flatten)]
    common: Common,
}

/// Methods by their words, which the help lists.
fn methods() -> impl TypedValueParser<Value = TrustMethod> {
    PossibleValuesParser::new(TrustMethod::ALL.map(TrustMethod::word))
        .try_map(|word| TrustMethod::ALL.into_iter().find(|method| method.word() == word).ok_or("this is no method"))
}

/// Ratings as they were read; the last one of a rater for the same thing counts.
#[derive(Default)]
struct Rows {
    accounts: Names,
    things: Names,
    place: HashMap<(u32, u32), usize>,
    ratings: Vec<(GivenRating, Option<f64>)>,
    rows: usize,
    said_again: usize,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut run = arguments.common.begin()?;
    let output = run.output(&arguments.common.output)?;
    let reasons_to = run.maybe_output(arguments.reasons.as_deref())?;
    if reasons_to.is_some() && arguments.method != TrustMethod::Mixture {
        return Err(WrongInput("`--reasons`: the plain rule weighs no rating; leave `--method` out".to_owned()).into());
    }
    let input = run.input(&arguments.input, &arguments.common.columns)?;
    let mut rows = Rows::default();
    let wanted = [column("rater"), column("rated"), column("rating"), maybe("time")];
    input.each(&wanted, &run.bar, |part| rows.take(part, arguments))?;
    // Numbers by name, so that the order of the rows changes nothing.
    let accounts = rows.accounts.ranks();
    let things = if arguments.things { rows.things.ranks() } else { accounts.clone() };
    let number = |one: &GivenRating| GivenRating {
        rater: accounts[one.rater as usize],
        rated: things[one.rated as usize],
        rating: one.rating,
    };
    let ratings: Vec<GivenRating> = rows.ratings.iter().map(|(one, _)| number(one)).collect();
    let timed = rows
        .ratings
        .iter()
        .zip(&ratings)
        .filter_map(|((_, time), one)| Some(Share { account: one.rater, object: one.rated, seconds: (*time)? }));
    let timed: Vec<Share> = timed.collect();
    let settings = TrustSettings { method: arguments.method, unfair: arguments.unfair, ..TrustSettings::default() };
    let concert = ShareSettings { window: arguments.window, ..ShareSettings::default() };
    let wrong = |error: assess::AssessError| WrongInput(format!("{}: {error}", input.name()));
    let found = run.work(|| trust(&ratings, accounts.len(), things.len(), &settings)).map_err(wrong)?;
    let together = run.work(|| acting_together(&timed, &concert)).map_err(wrong)?;
    let group_of = |account: u32| together.group_of.get(account as usize).copied().flatten();
    let flags = |account: u32| flags(&found, account as usize, group_of(account).is_some());
    let flagged = (0..accounts.len() as u32).filter(|account| flags(*account).contains("against_others")).count();
    output.write(if arguments.things { rows.of_things(&found, &flags) } else { rows.of_accounts(&found, &flags) })?;
    if let Some(to) = reasons_to {
        to.write(rows.reasons(&ratings, &found, arguments.things))?;
    }
    let in_concert = together.group_of.iter().flatten().count();
    let raters = found.given.iter().filter(|given| **given > 0).count();
    let read = json!({
        "ratings": rows.rows, "raters": raters, "rated": found.received.iter().filter(|got| **got > 0).count(),
        "said_again": rows.said_again, "with_time": timed.len(),
    });
    let told = json!({
        "against_others": flagged, "in_concert": in_concert, "groups_in_concert": together.groups.len(),
        "rounds": found.rounds, "settled": found.settled, "mean": found.scatter.mean,
        "scatter_within": found.scatter.within.sqrt(), "scatter_between": found.scatter.between.sqrt(),
    });
    let parameters = json!({
        "method": settings.method.word(), "unfair": settings.unfair, "things": arguments.things, "window": concert.window,
        "milliseconds": arguments.milliseconds,
    });
    let settled = if found.settled { "" } else { "; fairness still moved at the end" };
    let summary = format!("{raters} raters, {flagged} rate against others, {in_concert} rate in concert{settled}");
    run.end(&read, &told, &parameters, &summary);
    Ok(())
}

impl Rows {
    fn take(&mut self, part: &Part<'_>, arguments: &Arguments) -> Result<(), WrongInput> {
        for row in 0..part.len() {
            let rater = self.accounts.number(&part.filled(0, row)?);
            let names = if arguments.things { &mut self.things } else { &mut self.accounts };
            let rated = names.number(&part.filled(1, row)?);
            let rating = part.number(2, row)?;
            let time = match part.text(3, row) {
                Some(_) => Some(part.moment(3, row, arguments.milliseconds)?),
                None => None,
            };
            self.rows += 1;
            let one = (GivenRating { rater, rated, rating }, time);
            match self.place.get(&(rater, rated)) {
                None => {
                    self.place.insert((rater, rated), self.ratings.len());
                    self.ratings.push(one);
                }
                Some(&place) => {
                    self.said_again += 1;
                    let (before, then) = &self.ratings[place];
                    if time.is_some() && time == *then && before.rating != rating {
                        return Err(part.wrong(
                            2,
                            row,
                            "another line has another rating of the same by the same at the same time; leave one out",
                        ));
                    }
                    if time >= *then {
                        self.ratings[place] = one;
                    }
                }
            }
        }
        Ok(())
    }

    /// A line for each rating: how far it is off what others say, and what that says of its rater, in log odds.
    fn reasons(&self, ratings: &[GivenRating], found: &Trust, things: bool) -> Table {
        let accounts = self.accounts.in_order();
        let (names, rated) =
            if things { (&self.things, self.things.in_order()) } else { (&self.accounts, accounts.clone()) };
        let mut order: Vec<usize> = (0..ratings.len()).collect();
        order.sort_unstable_by_key(|place| (ratings[*place].rater, ratings[*place].rated));
        let speaks = what_ratings_speak(ratings, found);
        let mut table = Columns::of(&["rater", "rated"], &["rating", "off", "weight"], &[], &[]);
        for place in order {
            let one = &ratings[place];
            let (rater, thing) =
                (self.accounts.get(accounts[one.rater as usize]), names.get(rated[one.rated as usize]));
            let (off, weight) = speaks[place].map_or((Value::Null, Value::Null), |own| (own.0.into(), own.1.into()));
            table.row([rater.into(), thing.into(), one.rating.into(), off, weight]);
        }
        table.0
    }

    /// A line for each account.
    fn of_accounts(&self, found: &Trust, flags: &dyn Fn(u32) -> String) -> Table {
        let numbers = ["fairness", "log_odds", "goodness", "goodness_error"];
        let mut table = Columns::of(&["account"], &numbers, &["flags"], &["given", "received"]);
        for (at, name) in self.accounts.in_order().into_iter().enumerate() {
            let (given, received) = (found.given[at], found.received[at]);
            let rater = |value: f64| if given > 0 { value.into() } else { Value::Null };
            let thing = |value: f64| if received > 0 && value.is_finite() { value.into() } else { Value::Null };
            table.row([
                self.accounts.get(name).into(),
                rater(found.fairness[at]),
                rater(found.log_odds[at]),
                thing(found.goodness[at]),
                thing(found.goodness_error[at]),
                flags(at as u32).into(),
                i64::from(given).into(),
                i64::from(received).into(),
            ]);
        }
        table.0
    }

    /// A line for each rater, then one for each thing.
    fn of_things(&self, found: &Trust, flags: &dyn Fn(u32) -> String) -> Table {
        let numbers = ["fairness", "log_odds", "goodness", "goodness_error"];
        let mut table = Columns::of(&["account", "thing"], &numbers, &["flags"], &["given", "received"]);
        for (at, name) in self.accounts.in_order().into_iter().enumerate() {
            table.row([
                self.accounts.get(name).into(),
                Value::Null,
                found.fairness[at].into(),
                found.log_odds[at].into(),
                Value::Null,
                Value::Null,
                flags(at as u32).into(),
                i64::from(found.given[at]).into(),
                0.into(),
            ]);
        }
        for (at, name) in self.things.in_order().into_iter().enumerate() {
            let error = Some(found.goodness_error[at]).filter(|error| error.is_finite());
            table.row([
                Value::Null,
                self.things.get(name).into(),
                Value::Null,
                Value::Null,
                found.goodness[at].into(),
                error.map_or(Value::Null, Into::into),
                "".into(),
                0.into(),
                i64::from(found.received[at]).into(),
            ]);
        }
        table.0
    }
}

/// What a reader should know of a rater, as words: `few_ratings`, `against_others`, `in_concert`.
fn flags(found: &Trust, account: usize, in_concert: bool) -> String {
    let given = found.given[account];
    let words = [
        (given > 0 && given < FEW, "few_ratings"),
        (given > 0 && found.fairness[account] < AGAINST, "against_others"),
        (in_concert, "in_concert"),
    ];
    words.iter().filter(|(holds, _)| *holds).map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
}
