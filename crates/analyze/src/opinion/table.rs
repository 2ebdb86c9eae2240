//! The votes that count, voter by voter.
//!
//! Holds the table and the mean of each comment. It must never change a vote or fill one in.

use super::{OpinionError, Vote};

/// Votes by voter; rows and columns are numbered from 0 in the order of the numbers given.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Table {
    pub(super) voters: Vec<u32>,
    pub(super) comments: Vec<u32>,
    /// First vote of each voter; one more at the end.
    starts: Vec<usize>,
    /// Column and vote, columns rising within a voter.
    cells: Vec<(u32, i8)>,
    /// Mean vote on each comment.
    pub(super) mean: Vec<f64>,
}

impl Table {
    /// The last vote of each voter on each comment.
    pub(super) fn of(votes: &[Vote]) -> Result<Self, OpinionError> {
        if votes.is_empty() {
            return Err(OpinionError::NoVotes);
        }
        if votes.len() >= u32::MAX as usize {
            return Err(OpinionError::TooMany { found: votes.len() });
        }
        if let Some((row, vote)) = votes.iter().enumerate().find(|(_, vote)| !(-1..=1).contains(&vote.vote)) {
            return Err(OpinionError::Vote { row, found: vote.vote });
        }
        let mut order: Vec<u32> = (0..votes.len() as u32).collect();
        let key = |row: &u32| {
            let vote = &votes[*row as usize];
            (vote.voter, vote.comment, vote.time, *row)
        };
        order.sort_unstable_by_key(key);
        let pair = |row: u32| (votes[row as usize].voter, votes[row as usize].comment);
        let last: Vec<Vote> = order
            .chunk_by(|a, b| pair(*a) == pair(*b))
            .filter_map(|same| same.last())
            .map(|row| votes[*row as usize])
            .collect();
        let mut comments: Vec<u32> = last.iter().map(|vote| vote.comment).collect();
        comments.sort_unstable();
        comments.dedup();
        let mut table = Self {
            voters: Vec::new(),
            starts: vec![0],
            cells: Vec::with_capacity(last.len()),
            mean: vec![0.0; comments.len()],
            comments,
        };
        let mut sums = vec![(0_i64, 0_u32); table.comments.len()];
        for own in last.chunk_by(|a, b| a.voter == b.voter) {
            table.voters.push(own[0].voter);
            for vote in own {
                let column = table.comments.partition_point(|comment| *comment < vote.comment);
                sums[column].0 += i64::from(vote.vote);
                sums[column].1 += 1;
                table.cells.push((column as u32, vote.vote));
            }
            table.starts.push(table.cells.len());
        }
        table.mean.iter_mut().zip(&sums).for_each(|(mean, (sum, of))| *mean = *sum as f64 / f64::from(*of));
        Ok(table)
    }

    pub(super) fn row(&self, voter: usize) -> &[(u32, i8)] {
        &self.cells[self.starts[voter]..self.starts[voter + 1]]
    }

    pub(super) fn votes(&self) -> usize {
        self.cells.len()
    }
}
