//! Who thinks alike, and what bridges: opinion groups from votes on comments, and the comments that stand for them.
//!
//! Holds the entry point, the settings and the result. It must never place a voter on a few votes, know what a comment
//! says, or take a group for more than a way to read the votes: whoever votes is sorted, whoever does not vote is not
//! heard.
//!
//! Follows C. T. Small, M. Bjorkegren, T. Erkkila, L. Shaw and C. Megill, "Polis: Scaling deliberation by mapping high
//! dimensional opinion spaces", Recerca 26, 2021: principal components of the votes, missing votes at the mean of their
//! comment, k-means on two coordinates, the number of groups by the silhouette. It differs in that the few votes of a
//! voter are damped before they are scaled up, and that a voter pulls on the centre of its group with the root of its
//! number of votes: both as a position that rests on few votes is mostly chance.

mod axes;
mod groups;
mod statements;
mod table;

#[cfg(test)]
mod tests;

pub use groups::Trial;
pub use statements::{Bridge, Counts, Divide, Side, Stand};

use axes::Axes;
use table::Table;

/// One vote. Of several by one voter on one comment the one with the latest time counts; at the same time, the last
/// given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vote {
    /// Any number that stands for the voter.
    pub voter: u32,
    /// Any number that stands for the comment.
    pub comment: u32,
    /// 1 agrees, -1 disagrees, 0 passes.
    pub vote: i8,
    /// When, in any unit; 0 throughout where the order given is the order in time.
    pub time: i64,
}

/// How voters are placed and grouped.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OpinionSettings {
    /// Votes that a voter must have given to be placed; where there are fewer comments, all of them.
    pub least_votes: usize,
    /// Share of the comments that every voter is taken to have voted on at the mean beside its own votes. 0 trusts few
    /// votes as much as many.
    ///
    /// The default of 0.25 was picked with the groups that Polis published for four conversations in sight, so that
    /// agreement with those is no independent proof of it. Below 0.2 one of the four agrees less.
    pub damping: f64,
    /// Number of groups; chosen where it is `None`.
    pub groups: Option<usize>,
    /// Most groups that are tried.
    pub most_groups: usize,
    /// Share of false ones among the comments told, at most (false discovery rate).
    pub false_share: f64,
    /// Starts of the search for each number of groups.
    pub starts: usize,
    /// Seed of the starts.
    pub seed: u64,
}

impl Default for OpinionSettings {
    fn default() -> Self {
        Self { least_votes: 7, damping: 0.25, groups: None, most_groups: 5, false_share: 0.05, starts: 16, seed: 0 }
    }
}

/// Why nothing was computed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum OpinionError {
    /// A setting that nothing can be computed with.
    #[error("`{name}` is {found}: write {write}")]
    Setting {
        /// Name of the setting.
        name: &'static str,
        /// What it is.
        found: String,
        /// What to write instead.
        write: &'static str,
    },
    /// A vote that is none of the three.
    #[error("vote {row} (from 0) is {found}: write 1 for agree, -1 for disagree, 0 for pass")]
    Vote {
        /// Position in the votes given.
        row: usize,
        /// What was found.
        found: i8,
    },
    /// No votes at all.
    #[error("there are no votes: give at least one")]
    NoVotes,
    /// More votes than can be numbered.
    #[error("{found} votes: give at most 4294967294 at a time")]
    TooMany {
        /// Number of votes.
        found: usize,
    },
    /// A voter that did not vote.
    #[error("voter {voter} gave no vote: ask for one of those in `voters`")]
    NoVoter {
        /// The number asked for.
        voter: u32,
    },
}

/// What the votes say.
#[derive(Clone, Debug, PartialEq)]
pub struct Opinions {
    /// Voters, rising.
    pub voters: Vec<u32>,
    /// Comments with a vote, rising.
    pub comments: Vec<u32>,
    /// Votes given, repeated ones too.
    pub votes_given: usize,
    /// Votes of each voter that count.
    pub votes_of: Vec<u32>,
    /// Where each voter stands; `None` for one with too few votes.
    pub place: Vec<Option<[f64; 2]>>,
    /// Group of each voter, the largest group being 0; `None` for one with too few votes.
    pub group: Vec<Option<u32>>,
    /// Voters in each group.
    pub sizes: Vec<usize>,
    /// Centre of each group.
    pub centres: Vec<[f64; 2]>,
    /// Numbers of groups that were tried, with what speaks for each.
    pub trials: Vec<Trial>,
    /// Share of the variance of the votes along each coordinate.
    pub share: [f64; 2],
    /// Agree, disagree and pass of each group on each comment: the groups of the first comment, then of the second, and
    /// so on.
    counts: Vec<Counts>,
    /// Comments that stand for a group, by group, the strongest first.
    pub stands: Vec<Stand>,
    /// Comments that all groups agree on, or all disagree with, the most shared first.
    pub bridges: Vec<Bridge>,
    /// Comments that divide the groups, the most dividing first.
    pub divides: Vec<Divide>,
    table: Table,
    axes: Axes,
    damping: f64,
}

/// One vote of a voter and how far it moves the voter. The moves of all votes of a voter add up to where it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pull {
    /// The comment.
    pub comment: u32,
    /// The vote.
    pub vote: i8,
    /// Mean vote on this comment.
    pub mean: f64,
    /// How far the vote moves the voter along each coordinate.
    pub moves: [f64; 2],
    /// How far of that is towards the centre of its own group, away from the nearest other; 0 for a voter without a
    /// group.
    pub towards_own: f64,
}

/// Finds the opinion groups of some votes and the comments that stand for them.
///
/// The coordinates are the first two principal components of the votes, each as its distance from the mean of its
/// comment and a missing one at the mean. They are scaled by `(comments / (votes + damping * comments)).sqrt()` of a
/// voter. Time is proportional to the votes and, at most 400 times, to the square of the comments or the votes,
/// whichever is less; the silhouette compares at most 4,000 voters with each other. The result does not depend on the
/// order of the votes, but for repeated ones at the same time, nor on the number of threads.
///
/// With the sign of every vote turned, everybody is in the same group and stands at the point opposite.
///
/// # Errors
/// No votes, a vote that is none of the three, settings that nothing can be computed with.
pub fn opinions(votes: &[Vote], settings: &OpinionSettings) -> Result<Opinions, OpinionError> {
    settings.check()?;
    let table = Table::of(votes)?;
    let axes = Axes::of(&table);
    let scale = |votes: usize| scale(votes, table.comments.len(), settings.damping);
    let least = settings.least_votes.min(table.comments.len()).max(1);
    let place: Vec<Option<[f64; 2]>> = (0..table.voters.len())
        .map(|voter| {
            let given = table.row(voter).len();
            (given >= least).then(|| axes.place(&table, voter).map(|along| along * scale(given)))
        })
        .collect();
    let placed: Vec<u32> = (0..place.len() as u32).filter(|voter| place[*voter as usize].is_some()).collect();
    let points: Vec<[f64; 2]> = place.iter().flatten().copied().collect();
    let weights: Vec<f64> = placed.iter().map(|voter| (table.row(*voter as usize).len() as f64).sqrt()).collect();
    let grouped = groups::group(&points, &weights, settings);
    let mut group = vec![None; place.len()];
    placed.iter().zip(&grouped.label).for_each(|(voter, label)| group[*voter as usize] = Some(*label));
    let counts = statements::count(&table, &group, grouped.sizes.len());
    let told = statements::tell(&table.comments, &counts, grouped.sizes.len(), settings.false_share);
    Ok(Opinions {
        voters: table.voters.clone(),
        comments: table.comments.clone(),
        votes_given: votes.len(),
        votes_of: (0..place.len()).map(|voter| table.row(voter).len() as u32).collect(),
        place,
        group,
        sizes: grouped.sizes,
        centres: grouped.centres,
        trials: grouped.trials,
        share: axes.share,
        counts,
        stands: told.stands,
        bridges: told.bridges,
        divides: told.divides,
        table,
        axes,
        damping: settings.damping,
    })
}

/// By what the position of a voter with so many votes is scaled.
fn scale(votes: usize, comments: usize, damping: f64) -> f64 {
    let comments = comments as f64;
    (comments / (votes as f64 + damping * comments).max(1.0)).sqrt()
}

impl OpinionSettings {
    fn check(&self) -> Result<(), OpinionError> {
        let wrong = |name, found: String, write| Err(OpinionError::Setting { name, found, write });
        if !(self.damping >= 0.0 && self.damping <= 1e6) {
            return wrong("damping", self.damping.to_string(), "a share of the comments from 0 on, such as 0.25");
        }
        if !(self.false_share > 0.0 && self.false_share < 1.0) {
            return wrong("false_share", self.false_share.to_string(), "a share between 0 and 1, such as 0.05");
        }
        if !(2..=50).contains(&self.most_groups) {
            return wrong("most_groups", self.most_groups.to_string(), "2 to 50; 5 is usual");
        }
        if let Some(groups) = self.groups.filter(|groups| !(2..=50).contains(groups)) {
            return wrong("groups", groups.to_string(), "2 to 50, or nothing to have it chosen");
        }
        if !(1..=10_000).contains(&self.starts) {
            return wrong("starts", self.starts.to_string(), "1 to 10000; 16 is usual");
        }
        Ok(())
    }
}

impl Opinions {
    /// Votes that count: the last of each voter on each comment.
    pub fn votes_counted(&self) -> usize {
        self.table.votes()
    }

    /// Number of voters with a place.
    pub fn placed(&self) -> usize {
        self.place.iter().flatten().count()
    }

    /// What each group said of a comment, by group; nothing for a comment without a vote.
    pub fn counts(&self, comment: u32) -> &[Counts] {
        let groups = self.sizes.len();
        match self.comments.binary_search(&comment) {
            Ok(place) => &self.counts[place * groups..(place + 1) * groups],
            Err(_) => &[],
        }
    }

    /// Why a voter stands where it stands: every vote of it with how far it moves the voter, the farthest first. For a
    /// voter with too few votes it is where these votes would put it.
    ///
    /// # Errors
    /// A voter that did not vote.
    pub fn explain(&self, voter: u32) -> Result<Vec<Pull>, OpinionError> {
        let row = self.voters.binary_search(&voter).map_err(|_| OpinionError::NoVoter { voter })?;
        let votes = self.table.row(row);
        let scale = scale(votes.len(), self.comments.len(), self.damping);
        let towards = self.towards_own(row);
        let mut pulls: Vec<Pull> = votes
            .iter()
            .map(|(column, vote)| {
                let column = *column as usize;
                let mean = self.table.mean[column];
                let moves = self.axes.along[column].map(|along| along * (f64::from(*vote) - mean) * scale);
                let towards_own = moves[0] * towards[0] + moves[1] * towards[1];
                Pull { comment: self.comments[column], vote: *vote, mean, moves, towards_own }
            })
            .collect();
        let length = |pull: &Pull| pull.moves[0] * pull.moves[0] + pull.moves[1] * pull.moves[1];
        pulls.sort_by(|a, b| length(b).total_cmp(&length(a)));
        Ok(pulls)
    }

    /// The direction from the nearest other group to the voter's own, of length 1.
    fn towards_own(&self, row: usize) -> [f64; 2] {
        let (Some(group), Some(place)) = (self.group[row], self.place[row]) else { return [0.0; 2] };
        let own = self.centres[group as usize];
        let others = self.centres.iter().enumerate().filter(|(other, _)| *other != group as usize);
        let nearest = others.min_by(|a, b| groups::apart(&place, a.1).total_cmp(&groups::apart(&place, b.1)));
        let Some((_, other)) = nearest else { return [0.0; 2] };
        let length = groups::apart(&own, other).sqrt();
        if length > 0.0 { [(own[0] - other[0]) / length, (own[1] - other[1]) / length] } else { [0.0; 2] }
    }
}
