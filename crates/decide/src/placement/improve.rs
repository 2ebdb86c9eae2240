//! An answer that is allowed: mended where it is not, improved while moves can.
//!
//! Must never leave a place, a budget, a fixed choice, a pair apart or a set together worse than allowed.
//!
//! At given prices each choice of a client loses something against the client's best one; what all choices lose together, with what
//! free places and unspent money are worth, is exactly the distance of an answer to the bound. A choice that alone loses more than
//! that cannot be part of a better answer and is not looked at.

use super::auction::NONE;
use super::{Ground, Prices, worths};

/// Rounds of moves at most.
const MOST_ROUNDS: usize = 40;
/// Moves that are paired at most: those that lose least.
const MOST_MOVES: usize = 60_000;
/// Below this, a difference of utility is none.
const TINY: f64 = 1e-9;

/// An answer while it is worked on.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// The choice of each client, as a place in the layout; [`NONE`] where it is unplaced.
    pub(super) taken: Vec<u32>,
    /// Money left of each budget.
    pub(super) left: Vec<f64>,
    free: Vec<i64>,
    inside: Vec<Vec<u32>>,
    /// Sums of utility by fairness group.
    sums: Vec<f64>,
}

/// Up to two clients who change their choices.
#[derive(Clone, Copy, Debug)]
struct Move {
    changes: [(u32, u32); 2],
    count: usize,
    gain: f64,
    cost: f64,
    payer: usize,
}

impl Move {
    fn changes(&self) -> &[(u32, u32)] {
        &self.changes[..self.count]
    }
}

/// The choices of each client that can be part of a better answer.
struct Near {
    starts: Vec<usize>,
    places: Vec<u32>,
    /// Clients who can be unplaced in a better answer.
    out: Vec<bool>,
}

impl Near {
    fn of(&self, client: usize) -> &[u32] {
        &self.places[self.starts[client]..self.starts[client + 1]]
    }
}

impl Plan {
    /// The fixed choices, and of the others what `taken` says, allowed or not.
    pub(super) fn of(ground: &Ground<'_>, taken: &[u32]) -> Self {
        let facilities = ground.places.len();
        let mut plan = Self {
            taken: vec![NONE; taken.len()],
            left: ground.problem.budgets.to_vec(),
            free: ground.problem.capacities.iter().map(|places| i64::from(*places)).collect(),
            inside: vec![Vec::new(); facilities],
            sums: vec![0.0; ground.sizes.len()],
        };
        for (client, place) in taken.iter().enumerate() {
            let place = if ground.fixed[client] == NONE { *place } else { ground.fixed[client] };
            plan.change(ground, client as u32, place);
        }
        plan
    }

    /// Free places of each facility.
    pub(super) fn free(&self) -> impl Iterator<Item = i64> {
        self.free.iter().copied()
    }

    /// Sum of utility.
    pub(super) fn value(&self, ground: &Ground<'_>) -> f64 {
        self.taken.iter().filter(|place| **place != NONE).map(|place| ground.layout.utility[*place as usize]).sum()
    }

    /// Groups under their floor, with how much of mean utility is missing.
    pub(super) fn below_floor(&self, ground: &Ground<'_>) -> Vec<(u32, f64)> {
        if ground.problem.fairness <= 0.0 {
            return Vec::new();
        }
        let above = ground.above_floor(&self.taken);
        let below = above.into_iter().enumerate().filter(|(_, above)| *above < -TINY);
        below.map(|(group, above)| (group as u32, -above)).collect()
    }

    /// What all groups miss to their floors.
    pub(super) fn missing(&self, ground: &Ground<'_>) -> f64 {
        self.below_floor(ground).iter().map(|(_, missing)| missing).sum()
    }

    fn change(&mut self, ground: &Ground<'_>, client: u32, to: u32) {
        let (layout, payer) = (ground.layout, ground.problem.payer(client as usize));
        let group = ground.problem.fairness_of.get(client as usize).map(|group| *group as usize);
        let from = std::mem::replace(&mut self.taken[client as usize], to);
        if from != NONE {
            let (place, facility) = (from as usize, layout.facility[from as usize] as usize);
            self.left[payer] += layout.cost[place];
            self.free[facility] += 1;
            self.inside[facility].retain(|other| *other != client);
            if let Some(group) = group {
                self.sums[group] -= layout.utility[place];
            }
        }
        if to != NONE {
            let (place, facility) = (to as usize, layout.facility[to as usize] as usize);
            self.left[payer] -= layout.cost[place];
            self.free[facility] -= 1;
            self.inside[facility].push(client);
            if let Some(group) = group {
                self.sums[group] += layout.utility[place];
            }
        }
    }

    /// True for clients whose choice moves may change: neither fixed nor bound to others.
    fn moves(ground: &Ground<'_>, client: usize) -> bool {
        ground.fixed[client] == NONE && ground.set_of.get(client).is_none_or(Option::is_none)
    }

    /// True where nobody is in the facility who must not share it with the client, other than who leaves.
    fn gets_on(&self, ground: &Ground<'_>, client: u32, facility: usize, leaving: u32) -> bool {
        let Some(apart) = ground.apart.get(client as usize).filter(|apart| !apart.is_empty()) else { return true };
        !self.inside[facility].iter().any(|other| *other != leaving && apart.contains(other))
    }

    /// Puts each set into one facility: where it is, or where it would gain most, pushing others out; else nowhere.
    pub(super) fn bring_together(&mut self, ground: &Ground<'_>, prices: &Prices) {
        let layout = ground.layout;
        for set in ground.problem.together.iter().filter(|set| set.len() > 1) {
            let facility_of = |client: u32| -> Option<u32> {
                let place = self.taken[client as usize];
                (place != NONE).then(|| layout.facility[place as usize])
            };
            let first = facility_of(set[0]);
            if set.iter().all(|client| facility_of(*client) == first) {
                continue;
            }
            set.iter().for_each(|client| self.change(ground, *client, NONE));
            // Places that are free, or held by clients who can be moved.
            let places: Vec<u32> = (0..self.free.len())
                .map(|facility| {
                    let moving = self.inside[facility].iter().filter(|client| Self::moves(ground, **client as usize));
                    (self.free[facility].max(0) as usize + moving.count()) as u32
                })
                .collect();
            let Some(taken) = ground.best_for_set(set, prices, &places) else { continue };
            for (client, place) in set.iter().zip(taken) {
                let facility = layout.facility[place as usize] as usize;
                if self.free[facility] <= 0 {
                    let gain = |client: &u32| layout.utility[self.taken[*client as usize] as usize];
                    let weakest = self.inside[facility]
                        .iter()
                        .copied()
                        .filter(|other| Self::moves(ground, *other as usize))
                        .min_by(|a, b| gain(a).total_cmp(&gain(b)).then(a.cmp(b)));
                    if let Some(weakest) = weakest {
                        self.change(ground, weakest, NONE);
                    }
                }
                self.change(ground, *client, place);
            }
        }
    }

    /// Takes back what is not allowed: clients too close, budgets passed, floors missed.
    pub(super) fn mend(&mut self, ground: &Ground<'_>) {
        let layout = ground.layout;
        self.free_of_conflicts(ground);
        for payer in 0..self.left.len() {
            if self.left[payer] >= 0.0 {
                continue;
            }
            // Cheaper choices by what they lose for each unit of money, from the one that loses least.
            let mut ways: Vec<(f64, u32, u32)> = Vec::new();
            for (client, place) in self.taken.iter().enumerate() {
                if *place == NONE || ground.problem.payer(client) != payer || !Self::moves(ground, client) {
                    continue;
                }
                let (utility, cost) = (layout.utility[*place as usize], layout.cost[*place as usize]);
                if cost > 0.0 {
                    ways.push((utility / cost, client as u32, NONE));
                }
                for other in layout.of(client).filter(|other| layout.cost[*other] < cost) {
                    let loss = (utility - layout.utility[other]) / (cost - layout.cost[other]);
                    ways.push((loss, client as u32, other as u32));
                }
            }
            ways.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
            for (_, client, to) in ways {
                if self.left[payer] >= 0.0 {
                    break;
                }
                let from = self.taken[client as usize];
                let cheaper = from != NONE
                    && (to == NONE
                        || (layout.cost[to as usize] < layout.cost[from as usize]
                            && self.free[layout.facility[to as usize] as usize] > 0
                            && self.gets_on(ground, client, layout.facility[to as usize] as usize, NONE)));
                if cheaper {
                    self.change(ground, client, to);
                }
            }
            // Sets are the last to go.
            for set in ground.problem.together {
                let pays = set.iter().any(|client| ground.problem.payer(*client as usize) == payer);
                if self.left[payer] < 0.0 && pays && set.iter().all(|client| ground.fixed[*client as usize] == NONE) {
                    set.iter().for_each(|client| self.change(ground, *client, NONE));
                }
            }
        }
        self.raise_floors(ground);
    }

    fn free_of_conflicts(&mut self, ground: &Ground<'_>) {
        let layout = ground.layout;
        for &(one, other) in ground.problem.apart {
            let (first, second) = (self.taken[one as usize], self.taken[other as usize]);
            let together =
                first != NONE && second != NONE && layout.facility[first as usize] == layout.facility[second as usize];
            if !together {
                continue;
            }
            let value = |client: u32| layout.utility[self.taken[client as usize] as usize];
            let weaker = if value(one) < value(other) { one } else { other };
            let stronger = if weaker == one { other } else { one };
            for client in [weaker, stronger] {
                if ground.fixed[client as usize] != NONE {
                    continue;
                }
                match ground.set_of.get(client as usize).copied().flatten() {
                    None => self.change(ground, client, NONE),
                    Some(set) => {
                        let set = &ground.problem.together[set as usize];
                        if set.iter().any(|client| ground.fixed[*client as usize] != NONE) {
                            continue;
                        }
                        set.iter().for_each(|client| self.change(ground, *client, NONE));
                    }
                }
                break;
            }
        }
    }

    /// Takes utility from groups that have more, smallest first, until no group is under its floor. Where nothing is fixed this ends
    /// within all floors, as nobody has to be placed.
    fn raise_floors(&mut self, ground: &Ground<'_>) {
        if self.missing(ground) <= 0.0 {
            return;
        }
        let layout = ground.layout;
        let worth = |plan: &Self, client: u32| layout.utility[plan.taken[client as usize] as usize];
        let mut others: Vec<u32> = (0..self.taken.len() as u32)
            .filter(|client| self.taken[*client as usize] != NONE && Self::moves(ground, *client as usize))
            .collect();
        others.sort_by(|a, b| worth(self, *a).total_cmp(&worth(self, *b)).then(a.cmp(b)));
        loop {
            let mut taken_back = false;
            for &client in &others {
                let below = self.under(ground);
                if below.iter().all(|below| !below) {
                    return;
                }
                let placed = self.taken[client as usize] != NONE;
                if placed && !below[ground.problem.fairness_of[client as usize] as usize] {
                    self.change(ground, client, NONE);
                    taken_back = true;
                }
            }
            if taken_back {
                continue;
            }
            // Sets are the last to go, one after the other; then whoever is left.
            let movable = |set: &&Vec<u32>| {
                set.iter().all(|client| ground.fixed[*client as usize] == NONE)
                    && set.iter().any(|client| self.taken[*client as usize] != NONE)
            };
            let Some(set) = ground.problem.together.iter().find(movable) else { break };
            set.iter().for_each(|client| self.change(ground, *client, NONE));
        }
    }

    /// Which groups are under their floor.
    fn under(&self, ground: &Ground<'_>) -> Vec<bool> {
        let mean = self.sums.iter().sum::<f64>() / self.taken.len().max(1) as f64;
        let floor = ground.problem.fairness * mean;
        self.sums.iter().zip(&ground.sizes).map(|(sum, size)| *size > 0.0 && sum / size < floor - TINY).collect()
    }

    /// Moves, while there are any that bring more and the value is not `enough`.
    pub(super) fn improve(&mut self, ground: &Ground<'_>, prices: &Prices, enough: f64) {
        for _ in 0..MOST_ROUNDS {
            if self.value(ground) >= enough {
                break;
            }
            let near = self.near(ground, prices);
            let moved = self.simple_moves(ground, &near);
            if !moved && !self.paired_moves(ground, &near, prices) {
                break;
            }
        }
    }

    /// The choices that lose less than all choices of this answer lose together.
    fn near(&self, ground: &Ground<'_>, prices: &Prices) -> Near {
        let layout = ground.layout;
        let worth = worths(ground, &prices.money, &prices.floor);
        let gain = |place: usize| worth[place] - prices.place[layout.facility[place] as usize];
        let best: Vec<f64> =
            (0..layout.clients()).map(|client| layout.of(client).map(gain).fold(0.0, f64::max)).collect();
        let lost = |client: usize| {
            let place = self.taken[client];
            best[client] - if place == NONE { 0.0 } else { gain(place as usize) }
        };
        let clients = (0..layout.clients()).filter(|client| ground.fixed[*client] == NONE);
        let all: f64 = clients.map(lost).sum::<f64>()
            + self.free.iter().zip(&prices.place).map(|(free, price)| *free as f64 * price).sum::<f64>()
            + self.left.iter().zip(&prices.money).map(|(left, price)| left * price).sum::<f64>();
        let mut near = Near { starts: vec![0], places: Vec::new(), out: Vec::with_capacity(layout.clients()) };
        for (client, best) in best.iter().enumerate() {
            if Self::moves(ground, client) {
                let own = layout.of(client).filter(|place| best - gain(*place) <= all + TINY);
                near.places.extend(own.map(|place| place as u32));
            }
            near.out.push(*best <= all + TINY);
            near.starts.push(near.places.len());
        }
        near
    }

    /// Utility and cost of a choice.
    fn worth(ground: &Ground<'_>, place: u32) -> (f64, f64) {
        if place == NONE {
            (0.0, 0.0)
        } else {
            (ground.layout.utility[place as usize], ground.layout.cost[place as usize])
        }
    }

    /// Every move of one client to a free place or out, and of one client who pushes another on.
    fn each_move(&self, ground: &Ground<'_>, near: &Near, client: u32, hear: &mut dyn FnMut(&Self, Move)) {
        let layout = ground.layout;
        if !Self::moves(ground, client as usize) {
            return;
        }
        let from = self.taken[client as usize];
        let (had, paid) = Self::worth(ground, from);
        let payer = ground.problem.payer(client as usize);
        if from != NONE && near.out[client as usize] {
            hear(self, Move { changes: [(client, NONE); 2], count: 1, gain: -had, cost: -paid, payer });
        }
        for &to in near.of(client as usize) {
            if to == from {
                continue;
            }
            let facility = layout.facility[to as usize] as usize;
            let (has, pays) = Self::worth(ground, to);
            let (gain, cost) = (has - had, pays - paid);
            if self.free[facility] > 0 {
                if self.gets_on(ground, client, facility, NONE) {
                    hear(self, Move { changes: [(client, to); 2], count: 1, gain, cost, payer });
                }
                continue;
            }
            for &other in &self.inside[facility] {
                let same = ground.problem.payer(other as usize) == payer;
                if !Self::moves(ground, other as usize) || !same || !self.gets_on(ground, client, facility, other) {
                    continue;
                }
                let (held, spent) = Self::worth(ground, self.taken[other as usize]);
                let mut push = |plan: &Self, onto: u32| {
                    let (gets, then) = Self::worth(ground, onto);
                    let (gain, cost) = (gain + gets - held, cost + then - spent);
                    hear(plan, Move { changes: [(client, to), (other, onto)], count: 2, gain, cost, payer });
                };
                if near.out[other as usize] {
                    push(self, NONE);
                }
                for &onto in near.of(other as usize) {
                    let elsewhere = layout.facility[onto as usize] as usize;
                    let left_by_client = from != NONE && layout.facility[from as usize] as usize == elsewhere;
                    let open = elsewhere != facility && (self.free[elsewhere] > 0 || left_by_client);
                    if open && self.gets_on(ground, other, elsewhere, if left_by_client { client } else { NONE }) {
                        push(self, onto);
                    }
                }
            }
        }
    }

    /// For each client the best move that brings more and can be paid. True where any was made.
    fn simple_moves(&mut self, ground: &Ground<'_>, near: &Near) -> bool {
        let mut moved = false;
        for client in 0..self.taken.len() as u32 {
            let mut best: Option<Move> = None;
            self.each_move(ground, near, client, &mut |plan, change| {
                let more = best.is_none_or(|best| change.gain > best.gain);
                if change.gain > TINY
                    && more
                    && change.cost <= plan.left[change.payer] + TINY
                    && plan.fair(ground, &[change])
                {
                    best = Some(change);
                }
            });
            if let Some(best) = best {
                self.make(ground, &best);
                moved = true;
            }
        }
        moved
    }

    fn make(&mut self, ground: &Ground<'_>, change: &Move) {
        self.put(ground, change.changes());
    }

    /// Gives clients new choices; all leave first, so that a facility is never over-full in between.
    fn put(&mut self, ground: &Ground<'_>, changes: &[(u32, u32)]) {
        changes.iter().for_each(|(client, _)| self.change(ground, *client, NONE));
        changes.iter().for_each(|(client, to)| self.change(ground, *client, *to));
    }

    /// True where no group that reaches its floor would lose it.
    fn fair(&self, ground: &Ground<'_>, moves: &[Move]) -> bool {
        if ground.problem.fairness <= 0.0 {
            return true;
        }
        let mut sums = self.sums.clone();
        for &(client, to) in moves.iter().flat_map(|change| change.changes()) {
            let group = ground.problem.fairness_of[client as usize] as usize;
            sums[group] += Self::worth(ground, to).0 - Self::worth(ground, self.taken[client as usize]).0;
        }
        let mean = sums.iter().sum::<f64>() / self.taken.len().max(1) as f64;
        let under = self.under(ground);
        let floor = ground.problem.fairness * mean;
        let mut groups = sums.iter().zip(&ground.sizes).zip(under);
        groups.all(|((sum, size), under)| under || *size <= 0.0 || sum / size >= floor - TINY)
    }

    /// Pairs of moves, one of which may save the money that the other spends, or neither. True where any was made.
    fn paired_moves(&mut self, ground: &Ground<'_>, near: &Near, prices: &Prices) -> bool {
        let mut made = false;
        for payer in 0..self.left.len() {
            let mut moves: Vec<Move> = Vec::new();
            for client in 0..self.taken.len() as u32 {
                if ground.problem.payer(client as usize) == payer {
                    self.each_move(ground, near, client, &mut |_, change| moves.push(change));
                }
            }
            let price = prices.money[payer];
            let loss = |change: &Move| price * change.cost - change.gain;
            if moves.len() > MOST_MOVES {
                moves.select_nth_unstable_by(MOST_MOVES, |a, b| loss(a).total_cmp(&loss(b)));
                moves.truncate(MOST_MOVES);
            }
            moves.sort_by(|a, b| {
                a.cost.total_cmp(&b.cost).then(b.gain.total_cmp(&a.gain)).then(a.changes.cmp(&b.changes))
            });
            made |= self.best_pairs(ground, &moves, payer);
        }
        made
    }

    /// Makes the best pairs among moves that are sorted by cost.
    fn best_pairs(&mut self, ground: &Ground<'_>, moves: &[Move], payer: usize) -> bool {
        // The best moves up to each cost; several, as the best one may touch the same clients.
        const KEPT: usize = 6;
        let mut best_until: Vec<[u32; KEPT]> = Vec::with_capacity(moves.len());
        let mut kept: Vec<u32> = Vec::with_capacity(KEPT + 1);
        for (number, change) in moves.iter().enumerate() {
            let place = kept.partition_point(|other| moves[*other as usize].gain >= change.gain);
            if place < KEPT {
                kept.insert(place, number as u32);
                kept.truncate(KEPT);
            }
            let mut own = [NONE; KEPT];
            own.iter_mut().zip(&kept).for_each(|(own, kept)| *own = *kept);
            best_until.push(own);
        }
        let mut pairs: Vec<(f64, u32, u32)> = Vec::new();
        for (number, change) in moves.iter().enumerate() {
            let rest = self.left[payer] - change.cost + TINY;
            let until = moves.partition_point(|other| other.cost <= rest);
            let Some(own) = until.checked_sub(1).map(|last| &best_until[last]) else { continue };
            for &other in own.iter().filter(|other| **other != NONE) {
                let gain = change.gain + moves[other as usize].gain;
                if gain <= TINY {
                    break;
                }
                if (number as u32) != other && of_others(change, &moves[other as usize]) {
                    pairs.push((gain, number as u32, other));
                    break;
                }
            }
        }
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        let mut made = false;
        let mut touched: Vec<bool> = vec![false; self.free.len()];
        for (_, one, other) in pairs {
            let pair = [moves[one as usize], moves[other as usize]];
            let facilities = facilities(ground, self, &pair);
            // An earlier pair may have moved the same clients: what counts is where they are now.
            let changes = pair.iter().flat_map(|change| change.changes());
            let (gain, cost) = changes.fold((0.0, 0.0), |(gain, cost), (client, to)| {
                let ((has, pays), (had, paid)) =
                    (Self::worth(ground, *to), Self::worth(ground, self.taken[*client as usize]));
                (gain + has - had, cost + pays - paid)
            });
            let blocked = facilities.iter().any(|facility| touched[*facility]) || self.stale(&pair);
            if blocked || gain <= TINY || cost > self.left[payer] + TINY || !self.fair(ground, &pair) {
                continue;
            }
            if !self.make_both(ground, &pair, &facilities) {
                continue;
            }
            facilities.iter().for_each(|facility| touched[*facility] = true);
            made = true;
        }
        made
    }

    /// Makes two moves, and takes them back where together they are not allowed. True where they hold.
    fn make_both(&mut self, ground: &Ground<'_>, pair: &[Move], facilities: &[usize]) -> bool {
        let changes: Vec<(u32, u32)> = pair.iter().flat_map(|change| change.changes()).copied().collect();
        let before: Vec<(u32, u32)> =
            changes.iter().map(|(client, _)| (*client, self.taken[*client as usize])).collect();
        self.put(ground, &changes);
        let apart = |client: u32| {
            let place = self.taken[client as usize];
            place == NONE || self.gets_on(ground, client, ground.layout.facility[place as usize] as usize, client)
        };
        let allowed = facilities.iter().all(|facility| self.free[*facility] >= 0)
            && changes.iter().all(|(client, _)| apart(*client));
        if !allowed {
            self.put(ground, &before);
        }
        allowed
    }

    /// True where a move asks somebody to stay.
    fn stale(&self, pair: &[Move]) -> bool {
        pair.iter().flat_map(|change| change.changes()).any(|(client, to)| self.taken[*client as usize] == *to)
    }
}

/// The facilities that moves enter or leave.
fn facilities(ground: &Ground<'_>, plan: &Plan, moves: &[Move]) -> Vec<usize> {
    let ends =
        moves.iter().flat_map(|change| change.changes()).flat_map(|(client, to)| [plan.taken[*client as usize], *to]);
    ends.filter(|place| *place != NONE).map(|place| ground.layout.facility[place as usize] as usize).collect()
}

/// True where two moves are of different clients.
fn of_others(one: &Move, other: &Move) -> bool {
    !one.changes().iter().any(|(client, _)| other.changes().iter().any(|(known, _)| known == client))
}
