//! `counterflow opinion`: who thinks alike, and which comments stand for a group, bridge the groups or divide them.

use super::input::{Part, column, maybe};
use super::names::Names;
use super::output::Columns;
use super::{Common, count, number};
use crate::terminal::WrongInput;
use analyze::opinion::{Counts, OpinionError, OpinionSettings, Opinions, Side, Vote, opinions};
use model::{Table, Value};
use serde_json::json;
use std::path::PathBuf;

/// How the command is called.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Votes: voter-id,comment-id,vote (1 agrees, -1 disagrees, 0 passes) and, where known, timestamp: the last vote counts
    input: PathBuf,
    /// Where to write the comments: what each group said, and whether it stands for a group, bridges or divides
    #[arg(long)]
    comments: Option<PathBuf>,
    /// Where to write how far each vote moves its voter, and towards the own group: voter-id,comment-id,mean,x,y,towards_own,vote
    #[arg(long)]
    reasons: Option<PathBuf>,
    /// Number of groups; chosen where it is not given
    #[arg(long, value_parser = count::<usize>)]
    groups: Option<usize>,
    /// Most groups that are tried
    #[arg(long, value_parser = count::<usize>, default_value_t = OpinionSettings::default().most_groups)]
    most_groups: usize,
    /// Votes that a voter must have given to be placed
    #[arg(long, value_parser = count::<usize>, default_value_t = OpinionSettings::default().least_votes)]
    least_votes: usize,
    /// Share of false ones among the comments told, at most
    #[arg(long, value_parser = number, default_value_t = OpinionSettings::default().false_share)]
    false_share: f64,
    /// Seed of the starts of the search
    #[arg(long, value_parser = count::<u64>, default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    common: Common,
}

#[derive(Default)]
struct Rows {
    voters: Names,
    comments: Names,
    votes: Vec<Vote>,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut run = arguments.common.begin()?;
    let output = run.output(&arguments.common.output)?;
    let comments_to = run.maybe_output(arguments.comments.as_deref())?;
    let reasons_to = run.maybe_output(arguments.reasons.as_deref())?;
    let input = run.input(&arguments.input, &arguments.common.columns)?;
    let mut rows = Rows::default();
    let wanted = [column("voter-id"), column("comment-id"), column("vote"), maybe("timestamp")];
    input.each(&wanted, &run.bar, |part| rows.take(part))?;
    // Numbers by name, so that the order of the rows changes nothing but which of two votes at one time is the last.
    let (voters, comments) = (Order::of(&rows.voters), Order::of(&rows.comments));
    let number = |vote: &Vote| Vote {
        voter: voters.rank[vote.voter as usize],
        comment: comments.rank[vote.comment as usize],
        ..*vote
    };
    let votes: Vec<Vote> = rows.votes.iter().map(number).collect();
    let settings = OpinionSettings {
        least_votes: arguments.least_votes,
        groups: arguments.groups,
        most_groups: arguments.most_groups,
        false_share: arguments.false_share,
        seed: arguments.seed,
        ..OpinionSettings::default()
    };
    let found =
        run.work(|| opinions(&votes, &settings)).map_err(|error| WrongInput(format!("{}: {error}", input.name())))?;
    output.write(of_voters(&rows.voters, &voters, &found))?;
    if let Some(to) = comments_to {
        to.write(of_comments(&rows.comments, &comments, &found))?;
    }
    if let Some(to) = reasons_to {
        let names = (&rows.voters, &voters, &rows.comments, &comments);
        to.write(of_votes(names, &found).map_err(|error| WrongInput(format!("{}: {error}", input.name())))?)?;
    }
    let trials: Vec<_> = found
        .trials
        .iter()
        .map(|trial| {
            json!({
                "groups": trial.groups, "silhouette": trial.silhouette, "error": trial.error, "accounted": trial.accounted,
                "smallest": trial.smallest, "chosen": trial.chosen,
            })
        })
        .collect();
    let read = json!({
        "votes": votes.len(), "votes_counted": found.votes_counted(), "voters": found.voters.len(),
        "comments": found.comments.len(),
    });
    let told = json!({
        "groups": found.sizes.len(), "sizes": found.sizes, "placed": found.placed(), "trials": trials,
        "variance_on_axes": found.share, "stands": found.stands.len(), "bridges": found.bridges.len(),
        "divides": found.divides.len(),
    });
    let parameters = json!({
        "groups": settings.groups, "most_groups": settings.most_groups, "least_votes": settings.least_votes,
        "damping": settings.damping, "false_share": settings.false_share, "starts": settings.starts, "seed": settings.seed,
    });
    let sizes: Vec<String> = found.sizes.iter().map(ToString::to_string).collect();
    let summary = format!(
        "{} voters, {} placed, in groups of {}; {} comments bridge them, {} divide them",
        found.voters.len(),
        found.placed(),
        sizes.join(", "),
        found.bridges.len(),
        found.divides.len()
    );
    run.end(&read, &told, &parameters, &summary);
    Ok(())
}

impl Rows {
    fn take(&mut self, part: &Part<'_>) -> Result<(), WrongInput> {
        for row in 0..part.len() {
            let voter = self.voters.number(&part.filled(0, row)?);
            let comment = self.comments.number(&part.filled(1, row)?);
            let vote = match &*part.filled(2, row)? {
                "1" => 1,
                "0" => 0,
                "-1" => -1,
                _ => return Err(part.wrong(2, row, "write 1 for agree, -1 for disagree, 0 for pass")),
            };
            let time = match part.text(3, row) {
                // Only which of two is later counts, so that the unit does not matter.
                Some(_) => (part.moment(3, row, true)? * 1_000.0) as i64,
                None => 0,
            };
            self.votes.push(Vote { voter, comment, vote, time });
        }
        Ok(())
    }
}

/// Names in their order.
struct Order {
    /// Place of each name.
    rank: Vec<u32>,
    /// Name of each place.
    name: Vec<u32>,
}

impl Order {
    fn of(names: &Names) -> Self {
        Self { rank: names.ranks(), name: names.in_order() }
    }
}

fn of_voters(names: &Names, order: &Order, found: &Opinions) -> Table {
    let mut table = Columns::of(&["voter-id"], &["x", "y"], &[], &["group", "votes"]);
    for (place, voter) in found.voters.iter().enumerate() {
        let at = |axis: usize| found.place[place].map_or(Value::Null, |at| at[axis].into());
        let group = found.group[place].map_or(Value::Null, |group| i64::from(group + 1).into());
        let votes = i64::from(found.votes_of[place]).into();
        table.row([names.get(order.name[*voter as usize]).into(), at(0), at(1), group, votes]);
    }
    table.0
}

/// A line for each vote, the one that moves its voter most first; all moves of a voter add up to where it stands.
fn of_votes(names: (&Names, &Order, &Names, &Order), found: &Opinions) -> Result<Table, OpinionError> {
    let (voters, voter_order, comments, comment_order) = names;
    let numbers = ["mean", "x", "y", "towards_own"];
    let mut table = Columns::of(&["voter-id", "comment-id"], &numbers, &[], &["vote"]);
    for voter in &found.voters {
        for pull in found.explain(*voter)? {
            table.row([
                voters.get(voter_order.name[*voter as usize]).into(),
                comments.get(comment_order.name[pull.comment as usize]).into(),
                pull.mean.into(),
                pull.moves[0].into(),
                pull.moves[1].into(),
                pull.towards_own.into(),
                i64::from(pull.vote).into(),
            ]);
        }
    }
    Ok(table.0)
}

fn side(side: Side) -> &'static str {
    match side {
        Side::Agree => "agree",
        Side::Disagree => "disagree",
    }
}

/// A line for each thing that can be said of a comment: that it stands for a group, bridges or divides.
fn of_comments(names: &Names, order: &Order, found: &Opinions) -> Table {
    let numbers = ["share", "share_of_others", "chance"];
    let mut table = Columns::of(&["comment-id", "what", "side"], &numbers, &["votes_by_group"], &["group"]);
    let name = |comment: u32| names.get(order.name[comment as usize]).into();
    let said = |comment: u32| -> Value {
        let of = |counts: &Counts| format!("{}/{}/{}", counts.agree, counts.disagree, counts.pass);
        found.counts(comment).iter().map(of).collect::<Vec<_>>().join(" ").into()
    };
    for stand in &found.stands {
        table.row([
            name(stand.comment),
            "stands".into(),
            side(stand.side).into(),
            stand.share_inside.into(),
            stand.share_outside.into(),
            stand.q_value.into(),
            said(stand.comment),
            i64::from(stand.group + 1).into(),
        ]);
    }
    for bridge in &found.bridges {
        table.row([
            name(bridge.comment),
            "bridges".into(),
            side(bridge.side).into(),
            bridge.least_share.into(),
            Value::Null,
            bridge.q_value.into(),
            said(bridge.comment),
            i64::from(bridge.least_group + 1).into(),
        ]);
    }
    for divide in &found.divides {
        table.row([
            name(divide.comment),
            "divides".into(),
            "agree".into(),
            divide.share_most.into(),
            divide.share_least.into(),
            divide.q_value.into(),
            said(divide.comment),
            i64::from(divide.most + 1).into(),
        ]);
    }
    table.0
}
