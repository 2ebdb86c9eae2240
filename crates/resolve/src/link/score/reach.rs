//! Which pairs cannot reach a weight, told before all of them is compared.
//!
//! Holds bounds only. It must never rule out a pair that the full comparison would let through.

use super::{Compared, standing};
use crate::block::{Pair, records_of};
use crate::compare::{Grade, Reads};
use crate::fellegi_sunter::Parameters;
use crate::records::UNKNOWN;

/// What each comparison can add to a weight at most.
pub(in crate::link) struct Reach {
    /// The prior's weight, and the most that a standing can weigh, which is not known before all pairs are.
    prior: f64,
    order: Vec<Comparable>,
}

struct Comparable {
    at: usize,
    /// The most that each grade can weigh.
    weights: Vec<f64>,
    /// The most that a value can add whose grade is this one or a lower one, rarity included.
    ceilings: Vec<f64>,
    /// What rarity takes off an agreement at most.
    least_rarity: f64,
    best: Grade,
    /// True where equal codes have the best grade, and others never.
    always: bool,
}

impl Compared {
    /// What no pair can exceed, by comparison, to tell early which pairs cannot reach a weight.
    pub(in crate::link) fn reach(&self, learned: &Parameters) -> Reach {
        let comparison = |at: usize| {
            let about = self.about(at);
            let best = usize::from(about.best().0);
            let rarest = self.rarities[at].iter().copied().fold(0.0, f64::max);
            let weights: Vec<f64> = (0..about.grades.len()).map(|grade| learned.most_of(at, grade)).collect();
            // Only texts are alike in full when they are equal, and always then; a number may be written in two ways, or be none.
            let text = matches!(about.reads, Reads::Text | Reads::Identifier);
            let mut upto = f64::NEG_INFINITY;
            let below = |(grade, weight): (usize, &f64)| {
                let rarity = if grade == best { rarest } else { 0.0 };
                let unknown = if grade == 0 && text { f64::NEG_INFINITY } else { *weight };
                upto = upto.max(unknown + rarity);
                upto
            };
            let ceilings = weights.iter().enumerate().map(below).collect();
            // A share of what makes a common value tell less is less than all of it.
            let dependent = learned.others[at].given.is_some();
            let least_rarity = if dependent { 0.0 } else { f64::NEG_INFINITY };
            Comparable { at, weights, ceilings, best: about.best(), always: text, least_rarity }
        };
        let mut order: Vec<Comparable> = (0..self.columns.len()).map(comparison).collect();
        // First what a pair of different records loses most by, for the time it takes to compare.
        let loses = |one: &Comparable| {
            let costs = match self.about(one.at).reads {
                Reads::Number | Reads::Date | Reads::Place => 1.0,
                Reads::Text | Reads::Identifier => 2.0,
                Reads::Words => 6.0,
                Reads::Runs => 12.0,
            };
            (one.ceilings[one.ceilings.len() - 1 - usize::from(one.always)] - one.weights[1]) / costs
        };
        order.sort_by(|one, other| loses(other).total_cmp(&loses(one)).then(one.at.cmp(&other.at)));
        let at = self.columns.len();
        let standing = self
            .standing
            .as_ref()
            .map_or(0.0, |_| (0..standing::GRADES.len()).map(|grade| learned.most_of(at, grade)).fold(0.0, f64::max));
        Reach { prior: learned.prior_weight() + standing, order }
    }

    /// Which of these pairs may reach the weight `least`, from the first bit on.
    pub(in crate::link) fn may_reach(&self, pairs: &[Pair], least: f64, reach: &Reach) -> u64 {
        self.bring_values(pairs.iter().map(|pair| records_of(*pair)));
        let bits = pairs.iter().enumerate().map(|(at, pair)| u64::from(self.pair_may_reach(*pair, least, reach)) << at);
        bits.fold(0, |bits, bit| bits | bit)
    }

    /// False where a pair's weight is surely below `least`. Looks at no more than is needed to tell: codes and sketches first, texts
    /// while it is still open.
    fn pair_may_reach(&self, pair: Pair, least: f64, reach: &Reach) -> bool {
        let (one, other) = records_of(pair);
        let (left, right) = (self.values_of(one), self.values_of(other));
        let mut most = reach.prior;
        let mut open = 0u16;
        let mut ceilings = [0.0; 16];
        for (place, comparable) in reach.order.iter().enumerate() {
            let (left, right) = (left[comparable.at], right[comparable.at]);
            if left.code == UNKNOWN || right.code == UNKNOWN {
                continue;
            }
            if left.code == right.code && comparable.always {
                most += comparable.weights[usize::from(comparable.best.0)];
                most += self.rarity_of(comparable.at, left.code, right.code).max(comparable.least_rarity);
                continue;
            }
            let ceiling = self.columns[comparable.at].0.ceiling(left.sketch, right.sketch);
            ceilings[place] = comparable.ceilings[usize::from(ceiling.0)];
            most += ceilings[place];
            open |= u16::from(ceiling > Grade::DIFFERENT) << place;
        }
        // Sums in another order differ in their last digits; what is near is told by the full sum later.
        let least = least - 1e-9;
        while open != 0 && most >= least {
            let place = open.trailing_zeros() as usize;
            let comparable = &reach.order[place];
            open &= open - 1;
            let (left, right) = (left[comparable.at].code, right[comparable.at].code);
            let grade = self.grade(comparable.at, left, right);
            most += comparable.weights[usize::from(grade.0)] - ceilings[place];
            if grade == comparable.best {
                most += self.rarity_of(comparable.at, left, right).max(comparable.least_rarity);
            }
        }
        most >= least
    }
}
