//! What is small is searched to the end, so that the answer is the best one and not only near it.
//!
//! Branch and bound (A. H. Land and A. G. Doig, "An automatic method of solving discrete programming problems", Econometrica 28,
//! 1960) over the choices that can be part of a better answer. Must never call an answer the best while a choice is left that was
//! neither tried nor ruled out.
//!
//! At the prices of the bound every choice loses something against the client's best one, and money that stays unspent loses what
//! it is worth; an answer cannot be better than the bound less all of that, which rules most of them out.

use super::auction::NONE;
use super::improve::Plan;
use super::{Ground, Prices, worths};

/// Answers in part that are looked at; about a tenth of a second.
const MOST_NODES: usize = 1_000_000;
/// Clients and sets of clients who can still go to more than one place, beyond which there is no hope of an end.
const MOST_UNDECIDED: usize = 300;
/// Below this share of the bound, a difference is none.
const TINY: f64 = 1e-9;

/// What a search ends with.
pub(super) struct Searched {
    /// A better answer, if there is one.
    pub(super) better: Option<Plan>,
    /// Whether everything was tried or ruled out: what is known now is the best.
    pub(super) complete: bool,
}

/// Searches for an answer better than `value`, which is minus infinity where none is known. `bound` must be what no answer can pass
/// at these prices.
pub(super) fn search(ground: &Ground<'_>, prices: &Prices, bound: f64, value: f64) -> Searched {
    let mut tree = Tree::of(ground, prices, bound, value);
    let undecided = tree.units.iter().filter(|unit| unit.options.len() > 1).count();
    if undecided > MOST_UNDECIDED {
        return Searched { better: None, complete: false };
    }
    tree.descend(0, 0.0);
    Searched { better: tree.better.map(|taken| Plan::of(ground, &taken)), complete: tree.nodes <= MOST_NODES }
}

/// A client, or clients who must be together.
struct Unit {
    clients: Vec<u32>,
    /// From the one that loses least.
    options: Vec<Choosable>,
}

struct Choosable {
    loss: f64,
    /// The facility; [`NONE`] for no place.
    facility: u32,
    /// The choice of each client, as a place in the layout.
    places: Vec<u32>,
    /// What each budget pays.
    costs: Vec<(usize, f64)>,
}

struct Tree<'a> {
    ground: &'a Ground<'a>,
    money: &'a [f64],
    units: Vec<Unit>,
    /// What all units from each one on lose at least.
    loss_after: Vec<f64>,
    /// What all units from each one on can spend at most, by budget.
    spend_after: Vec<Vec<f64>>,
    bound: f64,
    value: f64,
    tiny: f64,
    left: Vec<f64>,
    free: Vec<u32>,
    taken: Vec<u32>,
    better: Option<Vec<u32>>,
    nodes: usize,
}

impl<'a> Tree<'a> {
    fn of(ground: &'a Ground<'a>, prices: &'a Prices, bound: f64, value: f64) -> Self {
        let worth = worths(ground, &prices.money, &prices.floor);
        let tiny = TINY * bound.abs();
        let mut units: Vec<Unit> = ground
            .sets()
            .chain(ground.alone())
            .filter(|clients| clients.iter().any(|client| ground.fixed[*client as usize] == NONE))
            .map(|clients| {
                let mut options = options(ground, prices, &worth, &clients);
                options.retain(|option| bound - option.loss > value + tiny);
                options.sort_by(|a, b| a.loss.total_cmp(&b.loss).then(a.facility.cmp(&b.facility)));
                Unit { clients, options }
            })
            .collect();
        // First who has no choice, then who has most to lose by the second-best one: what is ruled out is ruled out early.
        let regret =
            |unit: &Unit| unit.options.get(1).map_or(f64::INFINITY, |second| second.loss - unit.options[0].loss);
        units.sort_by(|a, b| regret(b).total_cmp(&regret(a)).then(a.clients.cmp(&b.clients)));
        let budgets = ground.budgets.len();
        let mut loss_after = vec![0.0; units.len() + 1];
        let mut spend_after = vec![vec![0.0; budgets]; units.len() + 1];
        for (at, unit) in units.iter().enumerate().rev() {
            loss_after[at] = loss_after[at + 1] + unit.options.first().map_or(0.0, |option| option.loss);
            let mut spend = spend_after[at + 1].clone();
            for (payer, spend) in spend.iter_mut().enumerate() {
                let of = |option: &Choosable| -> f64 {
                    option.costs.iter().filter(|(own, _)| *own == payer).map(|(_, cost)| cost).sum()
                };
                *spend += unit.options.iter().map(of).fold(0.0, f64::max);
            }
            spend_after[at] = spend;
        }
        Self {
            ground,
            money: &prices.money,
            units,
            loss_after,
            spend_after,
            bound,
            value,
            tiny,
            left: ground.budgets.clone(),
            free: ground.places.clone(),
            taken: ground.fixed.clone(),
            better: None,
            nodes: 0,
        }
    }

    /// Tries all choices of the unit at `at` and of those after it, given what those before it took and lost.
    fn descend(&mut self, at: usize, lost: f64) {
        self.nodes += 1;
        if self.nodes > MOST_NODES {
            return;
        }
        if at == self.units.len() {
            self.keep();
            return;
        }
        for number in 0..self.units[at].options.len() {
            let loss = lost + self.units[at].options[number].loss;
            if self.bound - loss - self.loss_after[at + 1] <= self.value + self.tiny {
                return;
            }
            if !self.fits(at, number) {
                continue;
            }
            self.take(at, number, true);
            let unspent: f64 = self
                .left
                .iter()
                .zip(&self.spend_after[at + 1])
                .zip(self.money)
                .map(|((left, spend), worth)| worth * (left - spend).max(0.0))
                .sum();
            if self.bound - loss - self.loss_after[at + 1] - unspent > self.value + self.tiny {
                self.descend(at + 1, loss);
            }
            self.take(at, number, false);
        }
    }

    fn fits(&self, at: usize, number: usize) -> bool {
        let (unit, layout) = (&self.units[at], self.ground.layout);
        let option = &unit.options[number];
        if option.facility == NONE {
            return true;
        }
        let alone = |client: &u32| {
            let Some(apart) = self.ground.apart.get(*client as usize) else { return true };
            apart.iter().all(|other| {
                let place = self.taken[*other as usize];
                place == NONE || layout.facility[place as usize] != option.facility
            })
        };
        self.free[option.facility as usize] as usize >= unit.clients.len()
            && option.costs.iter().all(|(payer, cost)| *cost <= self.left[*payer] + 1e-9)
            && unit.clients.iter().all(alone)
    }

    fn take(&mut self, at: usize, number: usize, in_place: bool) {
        let unit = &self.units[at];
        let option = &unit.options[number];
        for (client, place) in unit.clients.iter().zip(&option.places) {
            self.taken[*client as usize] = if in_place { *place } else { NONE };
        }
        if option.facility == NONE {
            return;
        }
        let (free, places) = (&mut self.free[option.facility as usize], unit.clients.len() as u32);
        *free = if in_place { *free - places } else { *free + places };
        for (payer, cost) in &option.costs {
            self.left[*payer] += if in_place { -cost } else { *cost };
        }
    }

    fn keep(&mut self) {
        let layout = self.ground.layout;
        let placed = self.taken.iter().filter(|place| **place != NONE);
        let value: f64 = placed.map(|place| layout.utility[*place as usize]).sum();
        if value <= self.value + self.tiny {
            return;
        }
        let fair = self.ground.problem.fairness <= 0.0
            || self.ground.above_floor(&self.taken).iter().all(|above| *above >= -1e-9);
        if fair {
            self.value = value;
            self.better = Some(self.taken.clone());
        }
    }
}

/// Where a unit can go, each with what it loses against what its clients would like best, each for itself.
fn options(ground: &Ground<'_>, prices: &Prices, worth: &[f64], clients: &[u32]) -> Vec<Choosable> {
    let layout = ground.layout;
    let gain = |place: usize| worth[place] - prices.place[layout.facility[place] as usize];
    let open = |place: &usize| ground.places[layout.facility[*place] as usize] > 0;
    let best: f64 =
        clients.iter().map(|client| layout.of(*client as usize).filter(open).map(gain).fold(0.0, f64::max)).sum();
    let out = Choosable { loss: best, facility: NONE, places: vec![NONE; clients.len()], costs: Vec::new() };
    let mut options = vec![out];
    for first in layout.of(clients[0] as usize) {
        let facility = layout.facility[first];
        if (ground.places[facility as usize] as usize) < clients.len() {
            continue;
        }
        let of = |client: &u32| layout.of(*client as usize).find(|place| layout.facility[*place] == facility);
        let Some(places) = clients.iter().map(of).collect::<Option<Vec<usize>>>() else { continue };
        let mut costs: Vec<(usize, f64)> = Vec::new();
        for (client, place) in clients.iter().zip(&places) {
            let payer = ground.problem.payer(*client as usize);
            match costs.iter_mut().find(|(own, _)| *own == payer) {
                Some((_, cost)) => *cost += layout.cost[*place],
                None => costs.push((payer, layout.cost[*place])),
            }
        }
        let loss = best - places.iter().copied().map(gain).sum::<f64>();
        options.push(Choosable { loss, facility, places: places.iter().map(|place| *place as u32).collect(), costs });
    }
    options
}
