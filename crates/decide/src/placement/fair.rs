//! A walk through answers that may miss a floor for a while, to find the best one that misses none.
//!
//! Holds simulated annealing (S. Kirkpatrick, C. D. Gelatt and M. P. Vecchi, "Optimization by simulated annealing", Science 220,
//! 1983) over who goes where: what is missing to floors has a price, all other limits are kept at every step. It must never give an
//! answer that passes a limit or misses a floor. Chance comes from a fixed seed: the same problem always gives the same answer.

use super::Ground;
use super::auction::NONE;
use model::draws::{next, next_share};

/// Steps for each client or set, and at most: about a second.
const STEPS_EACH: usize = 8_000;
const MOST_STEPS: usize = 2_000_000;
/// How far a mean may lie under its floor for rounding.
const TINY: f64 = 1e-9;

/// A client, or clients who must be together, with the ways it can go: facility, and the choice of each client.
struct Unit {
    clients: Vec<u32>,
    ways: Vec<(u32, Vec<u32>)>,
}

/// The best answer within floors that two walks from `start` find, if it is worth more than `value`.
pub(super) fn walk(ground: &Ground<'_>, start: &[u32], value: f64) -> Option<Vec<u32>> {
    let units = units(ground);
    if units.is_empty() {
        return None;
    }
    let go = |seed| Walk::of(ground, &units, start).run(seed, value);
    let (one, other) = rayon::join(|| go(0x9e37_79b9_7f4a_7c15), || go(0xd1b5_4a32_d192_ed03));
    match (one, other) {
        (Some(one), Some(other)) => Some(if other.0 > one.0 { other.1 } else { one.1 }),
        (one, other) => one.or(other).map(|(_, taken)| taken),
    }
}

fn units(ground: &Ground<'_>) -> Vec<Unit> {
    let layout = ground.layout;
    let free =
        |clients: &Vec<u32>| !clients.is_empty() && clients.iter().all(|client| ground.fixed[*client as usize] == NONE);
    let ways = |clients: Vec<u32>| {
        let at = |place: usize| {
            let facility = layout.facility[place];
            let of = |client: &u32| {
                let mut own = layout.of(*client as usize);
                own.find(|place| layout.facility[*place] == facility).map(|place| place as u32)
            };
            let room = ground.places[facility as usize] as usize >= clients.len();
            room.then(|| clients.iter().map(of).collect::<Option<Vec<u32>>>())?.map(|places| (facility, places))
        };
        let ways = layout.of(clients[0] as usize).filter_map(at).collect();
        Unit { clients, ways }
    };
    ground.alone().chain(ground.sets()).filter(free).map(ways).filter(|unit| !unit.ways.is_empty()).collect()
}

struct Walk<'a> {
    ground: &'a Ground<'a>,
    units: &'a [Unit],
    /// The unit of each client; [`NONE`] where it cannot move.
    unit_of: Vec<u32>,
    /// The way of each unit; [`NONE`] where it is unplaced.
    way: Vec<u32>,
    taken: Vec<u32>,
    left: Vec<f64>,
    free: Vec<i64>,
    inside: Vec<Vec<u32>>,
    sums: Vec<f64>,
    total: f64,
    /// What one unit of utility that is missing to a floor costs.
    price: f64,
    undo: Vec<(u32, u32)>,
    chance: u64,
}

impl<'a> Walk<'a> {
    fn of(ground: &'a Ground<'a>, units: &'a [Unit], start: &[u32]) -> Self {
        let layout = ground.layout;
        let mut walk = Self {
            ground,
            units,
            unit_of: vec![NONE; layout.clients()],
            way: vec![NONE; units.len()],
            taken: ground.fixed.clone(),
            left: ground.budgets.clone(),
            free: ground.places.iter().map(|places| i64::from(*places)).collect(),
            inside: vec![Vec::new(); ground.places.len()],
            sums: vec![0.0; ground.sizes.len()],
            total: 0.0,
            price: 1.0,
            undo: Vec::new(),
            chance: 1,
        };
        for (client, place) in ground.fixed.iter().enumerate().filter(|(_, place)| **place != NONE) {
            let utility = layout.utility[*place as usize];
            walk.sums[ground.problem.fairness_of[client] as usize] += utility;
            walk.total += utility;
        }
        for (number, unit) in units.iter().enumerate() {
            unit.clients.iter().for_each(|client| walk.unit_of[*client as usize] = number as u32);
        }
        for (number, unit) in units.iter().enumerate() {
            let place = start[unit.clients[0] as usize];
            if let Some(way) = unit.ways.iter().position(|(_, places)| places[0] == place)
                && walk.open(number as u32, way)
            {
                walk.put(number as u32, way as u32);
                if walk.left.iter().any(|left| *left < 0.0) {
                    walk.put(number as u32, NONE);
                }
            }
        }
        walk
    }

    fn draw(&mut self, below: usize) -> usize {
        (next(&mut self.chance) % below.max(1) as u64) as usize
    }

    fn put(&mut self, unit: u32, to: u32) {
        let (ground, layout) = (self.ground, self.ground.layout);
        let own = &self.units[unit as usize];
        let from = std::mem::replace(&mut self.way[unit as usize], to);
        self.undo.push((unit, from));
        for (way, sign) in [(from, -1.0), (to, 1.0)] {
            if way == NONE {
                continue;
            }
            let (facility, places) = &own.ways[way as usize];
            let facility = *facility as usize;
            if sign > 0.0 {
                self.inside[facility].push(unit);
                self.free[facility] -= own.clients.len() as i64;
            } else {
                self.inside[facility].retain(|other| *other != unit);
                self.free[facility] += own.clients.len() as i64;
            }
            for (client, place) in own.clients.iter().zip(places) {
                let (client, place) = (*client as usize, *place as usize);
                self.taken[client] = if sign > 0.0 { place as u32 } else { NONE };
                self.left[ground.problem.payer(client)] -= sign * layout.cost[place];
                self.sums[ground.problem.fairness_of[client] as usize] += sign * layout.utility[place];
                self.total += sign * layout.utility[place];
            }
        }
    }

    /// Clients in a facility who must not share it with a unit.
    fn too_close(&self, unit: u32, facility: u32) -> Option<u32> {
        let layout = self.ground.layout;
        let near = |other: &&u32| {
            let place = self.taken[**other as usize];
            place != NONE && layout.facility[place as usize] == facility
        };
        let apart = |client: &u32| self.ground.apart.get(*client as usize)?.iter().find(near).copied();
        self.units[unit as usize].clients.iter().find_map(apart)
    }

    /// Whether a unit can go a way without pushing anybody.
    fn open(&self, unit: u32, way: usize) -> bool {
        let own = &self.units[unit as usize];
        let facility = own.ways[way].0;
        self.free[facility as usize] >= own.clients.len() as i64 && self.too_close(unit, facility).is_none()
    }

    /// What all groups miss to their floors, as utility.
    fn missing(&self) -> f64 {
        let mean = self.total / self.taken.len().max(1) as f64;
        let floor = self.ground.problem.fairness * mean;
        self.sums.iter().zip(&self.ground.sizes).map(|(sum, size)| (size * (floor - TINY) - sum).max(0.0)).sum()
    }

    /// Changes one unit and whoever stands in its way. False where that cannot be.
    fn change(&mut self, unit: u32) -> bool {
        let units = self.units;
        let ways = &units[unit as usize].ways;
        let way = self.draw(ways.len() + 1);
        let to = if way == ways.len() { NONE } else { way as u32 };
        if to == self.way[unit as usize] {
            return false;
        }
        self.put(unit, to);
        let mut pushed: Vec<u32> = Vec::new();
        if to != NONE {
            let facility = ways[way].0;
            while self.free[facility as usize] < 0 {
                let inside = self.inside[facility as usize].len();
                let at = self.draw(inside);
                let other = self.inside[facility as usize][at];
                if inside == 1 {
                    return false;
                }
                if other != unit {
                    self.put(other, NONE);
                    pushed.push(other);
                }
            }
            while let Some(client) = self.too_close(unit, facility) {
                let other = self.unit_of[client as usize];
                if other == NONE || other == unit {
                    return false;
                }
                self.put(other, NONE);
                pushed.push(other);
            }
        }
        for other in pushed {
            for _ in 0..3 {
                let way = self.draw(units[other as usize].ways.len());
                if self.open(other, way) {
                    self.put(other, way as u32);
                    break;
                }
            }
        }
        self.save(unit)
    }

    /// Lets others go cheaper until every budget is kept. False where that does not succeed soon.
    fn save(&mut self, keep: u32) -> bool {
        let units = self.units;
        for _ in 0..16 {
            let Some(payer) = self.left.iter().position(|left| *left < 0.0) else { return true };
            let other = self.draw(units.len()) as u32;
            let own = &units[other as usize];
            let pays = own.clients.iter().any(|client| self.ground.problem.payer(*client as usize) == payer);
            if other == keep || self.way[other as usize] == NONE || !pays {
                continue;
            }
            let before = self.left[payer];
            self.put(other, NONE);
            let way = self.draw(own.ways.len());
            if self.open(other, way) {
                let cost: f64 = own.ways[way].1.iter().map(|place| self.ground.layout.cost[*place as usize]).sum();
                if self.left[payer] - cost > before {
                    self.put(other, way as u32);
                }
            }
        }
        self.left.iter().all(|left| *left >= 0.0)
    }

    fn run(mut self, seed: u64, value: f64) -> Option<(f64, Vec<u32>)> {
        self.chance = seed;
        let utility = &self.ground.layout.utility;
        let mean = utility.iter().sum::<f64>() / utility.len().max(1) as f64;
        let steps = (STEPS_EACH * self.units.len()).min(MOST_STEPS);
        let (hot, cold) = (0.4 * mean, 0.004 * mean);
        let mut best: Option<(f64, Vec<u32>)> = None;
        let mut least = value + TINY * value.abs().max(1.0);
        let mut missing = self.missing();
        let mut heat = hot;
        for step in 0..steps {
            if step.is_multiple_of(256) {
                heat = hot * (cold / hot).powf(step as f64 / steps as f64);
                // What is missing becomes dearer until nothing is.
                if step > steps / 4 {
                    self.price = (self.price * if missing > 0.0 { 1.02 } else { 0.998 }).clamp(0.5, 50.0);
                }
            }
            self.undo.clear();
            let unit = self.draw(self.units.len()) as u32;
            let before = self.total - self.price * missing;
            let allowed = self.change(unit);
            let now = self.missing();
            let more = self.total - self.price * now - before;
            if !allowed || (more < 0.0 && next_share(&mut self.chance) >= (more / heat).exp()) {
                let undo = std::mem::take(&mut self.undo);
                undo.iter().rev().for_each(|(unit, from)| self.put(*unit, *from));
                self.undo = undo;
                continue;
            }
            missing = now;
            if missing <= 0.0 && self.total > least {
                least = self.total;
                best = Some((self.total, self.taken.clone()));
            }
        }
        best
    }
}
