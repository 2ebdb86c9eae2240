//! Who goes where under a budget: the greatest sum of utility, with a proof of how much better any other answer could be.
//!
//! Holds the entry point, the search for the worth of money, and what is told about the answer. It must never place a client where
//! that is not allowed, nor call an answer the best where the proof does not say so.
//!
//! Budgets and floors are taken into the objective with multipliers (A. M. Geoffrion, "Lagrangean relaxation for integer
//! programming", Mathematical Programming Study 2, 1974); what remains is an assignment to places, which an auction solves within a
//! small step; the value at the best multipliers bounds every answer from above. The answer itself is the one found on the way,
//! mended where it passes a budget, then improved by single moves, by moves that push one client on, and by pairs of both; what is
//! small enough is searched to the end.
//! Multipliers and prices are what one more unit of money or one more place would bring, to first order.

mod auction;
mod exact;
mod fair;
mod improve;
mod problem;
mod why;

#[cfg(test)]
mod tests;

pub use problem::{Choice, PlacementError, Problem};
pub use why::{Against, WhyNot, why_not};

use auction::{Auctioned, NONE, auction, bound, lowest_prices};
use improve::Plan;
use problem::Layout;
use rayon::prelude::*;

/// How much work is put in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlacementSettings {
    /// Share of the value within which the answer counts as proven best, and the work ends.
    pub enough: f64,
    /// Times that the worth of money is tried at most.
    pub most_rounds: usize,
}

impl Default for PlacementSettings {
    fn default() -> Self {
        Self { enough: 2e-5, most_rounds: 120 }
    }
}

/// Where everybody goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Placement {
    /// The choice of each client, by its position in the caller's slice.
    pub choice: Vec<Option<u32>>,
    /// Sum of utility.
    pub value: f64,
    /// What no answer can pass.
    pub bound: f64,
    /// Money spent of each budget.
    pub spent: Vec<f64>,
    /// What one more unit of each budget would bring, to first order.
    pub worth_of_budget: Vec<f64>,
    /// What one more place in each facility would bring; to first order where there are many clients.
    pub worth_of_place: Vec<f64>,
    /// What a unit of mean utility less under each group's floor would bring; empty where there are no floors.
    pub worth_of_floor: Vec<f64>,
    /// Times that the worth of money was tried.
    pub rounds: usize,
}

impl Placement {
    /// How much better another answer could be at most, as a share of the bound.
    pub fn gap(&self) -> f64 {
        if self.bound > 0.0 { ((self.bound - self.value) / self.bound).max(0.0) } else { 0.0 }
    }

    /// Number of clients with a place.
    pub fn placed(&self) -> usize {
        self.choice.iter().flatten().count()
    }
}

/// Places the clients.
///
/// Takes time proportional to the choices for each bid; typically a few hundred milliseconds for 10,000 clients of 40 choices.
///
/// # Errors
/// A problem that contradicts itself, or whose fixed choices leave a group under its floor, with what and by how much.
pub fn place(problem: &Problem<'_>, settings: &PlacementSettings) -> Result<Placement, PlacementError> {
    if !(0.0..=1.0).contains(&settings.enough) {
        let (what, found) = ("enough".to_owned(), settings.enough.to_string());
        return Err(PlacementError::Setting { what, found, write: "a share from 0 to 1, such as 0.00002" });
    }
    let (found, proven) = solved(problem, settings)?;
    Ok(if proven { what_more_brings(problem, found) } else { found })
}

/// The answer, and whether it is proven best, or as near to it as was asked for.
fn solved(problem: &Problem<'_>, settings: &PlacementSettings) -> Result<(Placement, bool), PlacementError> {
    let layout = problem.checked()?;
    let ground = Ground::of(problem, &layout);
    let mut search = Search {
        ground: &ground,
        best: None,
        bound: f64::INFINITY,
        at: Prices::default(),
        taken: Vec::new(),
        rounds: 0,
    };
    search.run(settings);
    search.walk(settings);
    let complete = search.finish(settings);
    let plan = search.best.take().unwrap_or_else(|| Plan::of(&ground, &vec![NONE; layout.clients()]));
    let below = plan.below_floor(&ground);
    if let Some((group, missing)) = below.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1)) {
        // No answer is worth less than what is fixed: a bound below that leaves none.
        let least: f64 = layout.fixed.iter().map(|number| problem.choices[*number as usize].utility).sum();
        let proven = complete || search.bound < least * (1.0 - 1e-9);
        return Err(PlacementError::Floor { group, missing, groups: below.len(), proven });
    }
    let choice: Vec<Option<u32>> =
        plan.taken.iter().map(|place| (*place != NONE).then(|| layout.position[*place as usize])).collect();
    let value = plan.value(&ground);
    let spent = ground.problem.budgets.iter().zip(&plan.left).map(|(budget, left)| budget - left).collect();
    let taken_up = |(worth, free): (f64, i64)| if free > 0 { 0.0 } else { worth };
    let worth_of_place = search.worth_of_places().into_iter().zip(plan.free()).map(taken_up).collect();
    let found = Placement {
        choice,
        // A sum of nothing is minus 0.
        value: value + 0.0,
        bound: search.bound + 0.0,
        spent,
        worth_of_budget: search.at.money.clone(),
        worth_of_place,
        worth_of_floor: search.at.floor.clone(),
        rounds: search.rounds,
    };
    let proven = complete || found.gap() <= settings.enough;
    Ok((found, proven))
}

/// What one more place would bring, found out by giving it, and no more of money and floors than all that they withhold: where few
/// clients choose, prices to first order can be far off. Larger problems keep their prices.
fn what_more_brings(problem: &Problem<'_>, mut found: Placement) -> Placement {
    /// Choices that are gone through together, for all facilities and budgets.
    const FEW: usize = 20_000;
    /// A share of the value that is none.
    const NOTHING: f64 = 1e-9;
    if problem.choices.len() * (problem.capacities.len() + problem.budgets.len() + 1) > FEW {
        return found;
    }
    let settings = PlacementSettings { enough: 0.0, ..PlacementSettings::default() };
    // Nothing where the answer with more is not proven as well.
    let more = |changed: &Problem<'_>| {
        let (other, proven) = solved(changed, &settings).ok()?;
        let gain = other.value - found.value;
        proven.then_some(if gain > NOTHING * found.value { gain } else { 0.0 })
    };
    let with_place = |facility: usize| {
        let mut capacities = problem.capacities.to_vec();
        capacities[facility] += 1;
        more(&Problem { capacities: &capacities, ..*problem })
    };
    let with_money = |group: usize| {
        let mut budgets = problem.budgets.to_vec();
        budgets[group] += problem.choices.iter().map(|choice| choice.cost).sum::<f64>();
        more(&Problem { budgets: &budgets, ..*problem })
    };
    let places: Vec<Option<f64>> = (0..problem.capacities.len()).into_par_iter().map(with_place).collect();
    let money: Vec<Option<f64>> = (0..problem.budgets.len()).into_par_iter().map(with_money).collect();
    let without_floors =
        if found.worth_of_floor.is_empty() { None } else { more(&Problem { fairness: 0.0, ..*problem }) };
    for (worth, gain) in found.worth_of_place.iter_mut().zip(places) {
        *worth = gain.unwrap_or(*worth);
    }
    for (worth, gain) in found.worth_of_budget.iter_mut().zip(money) {
        *worth = worth.min(gain.unwrap_or(*worth));
    }
    if without_floors == Some(0.0) {
        found.worth_of_floor.fill(0.0);
    }
    found
}

/// A problem with what follows from it.
struct Ground<'a> {
    problem: &'a Problem<'a>,
    layout: &'a Layout,
    /// Places that are not taken by fixed choices.
    places: Vec<u32>,
    /// Money that is not spent by fixed choices.
    budgets: Vec<f64>,
    /// The fixed place of each client in the layout; [`NONE`] where there is none.
    fixed: Vec<u32>,
    /// Clients who do not bid: they are fixed.
    out: Vec<bool>,
    /// Number of fairness groups, and of clients in each.
    sizes: Vec<f64>,
    /// Clients who must not share a facility with each client.
    apart: Vec<Vec<u32>>,
    /// The set of each client that must be together.
    set_of: Vec<Option<u32>>,
}

/// What money, places and floors are worth.
#[derive(Clone, Debug, Default, PartialEq)]
struct Prices {
    money: Vec<f64>,
    place: Vec<f64>,
    floor: Vec<f64>,
}

impl<'a> Ground<'a> {
    /// Clients who go by themselves, each as a set of one.
    fn alone(&self) -> impl Iterator<Item = Vec<u32>> {
        let free = |client: &u32| self.set_of.get(*client as usize).is_none_or(Option::is_none);
        (0..self.layout.clients() as u32).filter(free).map(|client| vec![client])
    }

    /// Clients who must be together, rising, each once.
    fn sets(&self) -> impl Iterator<Item = Vec<u32>> {
        self.problem.together.iter().cloned().map(|mut set| {
            set.sort_unstable();
            set.dedup();
            set
        })
    }

    fn of(problem: &'a Problem<'a>, layout: &'a Layout) -> Self {
        let mut ground = Self {
            problem,
            layout,
            places: problem.capacities.to_vec(),
            budgets: problem.budgets.to_vec(),
            fixed: vec![NONE; layout.clients()],
            out: vec![false; layout.clients()],
            sizes: sizes(problem),
            apart: vec![Vec::new(); if problem.apart.is_empty() { 0 } else { layout.clients() }],
            set_of: vec![None; if problem.together.is_empty() { 0 } else { layout.clients() }],
        };
        for number in &layout.fixed {
            let choice = problem.choices[*number as usize];
            let client = choice.client as usize;
            let place = layout.of(client).find(|place| layout.position[*place] == *number);
            ground.fixed[client] = place.map_or(NONE, |place| place as u32);
            ground.out[client] = true;
            ground.places[choice.facility as usize] -= 1;
            ground.budgets[problem.payer(client)] -= choice.cost;
        }
        for &(one, other) in problem.apart {
            ground.apart[one as usize].push(other);
            ground.apart[other as usize].push(one);
        }
        for (number, set) in problem.together.iter().enumerate() {
            set.iter().for_each(|client| ground.set_of[*client as usize] = Some(number as u32));
        }
        ground
    }

    /// How far each group's mean lies above its floor.
    fn above_floor(&self, taken: &[u32]) -> Vec<f64> {
        let mut sums = vec![0.0; self.sizes.len()];
        for (client, place) in taken.iter().enumerate().filter(|(_, place)| **place != NONE) {
            sums[self.problem.fairness_of[client] as usize] += self.layout.utility[*place as usize];
        }
        let mean = sums.iter().sum::<f64>() / self.layout.clients().max(1) as f64;
        let above = |(sum, size): (&f64, &f64)| {
            // A group of nobody misses nothing.
            if *size > 0.0 { sum / size - self.problem.fairness * mean } else { 0.0 }
        };
        sums.iter().zip(&self.sizes).map(above).collect()
    }

    /// Where a set that must be together would go at these prices: the choice of each member, in the order of the set.
    fn best_for_set(&self, set: &[u32], prices: &Prices, places: &[u32]) -> Option<Vec<u32>> {
        let first = self.layout.of(set[0] as usize);
        let mut best: Option<(f64, Vec<u32>)> = None;
        for place in first {
            let facility = self.layout.facility[place];
            if (places[facility as usize] as usize) < set.len() {
                continue;
            }
            let of = |client: &u32| {
                let own = self.layout.of(*client as usize);
                own.into_iter().find(|place| self.layout.facility[*place] == facility).map(|place| place as u32)
            };
            let Some(taken) = set.iter().map(of).collect::<Option<Vec<u32>>>() else { continue };
            let gain = |(client, place): (&u32, &u32)| {
                let money = prices.money[self.problem.payer(*client as usize)];
                let place = *place as usize;
                self.layout.utility[place] - money * self.layout.cost[place]
            };
            let gain: f64 =
                set.iter().zip(&taken).map(gain).sum::<f64>() - prices.place[facility as usize] * set.len() as f64;
            if best.as_ref().is_none_or(|(known, _)| gain > *known) {
                best = Some((gain, taken));
            }
        }
        best.filter(|(gain, _)| *gain > 0.0).map(|(_, taken)| taken)
    }
}

/// One answer of the relaxed problem.
struct Tried {
    money: Vec<f64>,
    floor: Vec<f64>,
    auctioned: Auctioned,
    /// Money spent beside what is fixed.
    spent: Vec<f64>,
    bound: f64,
}

struct Search<'a> {
    ground: &'a Ground<'a>,
    best: Option<Plan>,
    bound: f64,
    at: Prices,
    /// The relaxed answer at these prices.
    taken: Vec<u32>,
    rounds: usize,
}

impl Search<'_> {
    fn run(&mut self, settings: &PlacementSettings) {
        let ground = self.ground;
        let groups = ground.budgets.len();
        let floors = if ground.problem.fairness > 0.0 { ground.sizes.len() } else { 0 };
        let first = self.note(self.tried(vec![0.0; groups], vec![0.0; floors]));
        let within = |tried: &Tried| tried.spent.iter().zip(&ground.budgets).all(|(spent, budget)| spent <= budget);
        if within(&first)
            && (floors == 0 || ground.above_floor(&first.auctioned.taken).iter().all(|above| *above >= 0.0))
        {
            self.offer(&first, settings);
            return;
        }
        if groups == 1 && floors == 0 {
            self.narrow(first, settings);
        } else {
            self.climb(first, settings);
        }
    }

    /// Searches to the end where the answer is neither near enough to the bound nor the problem too large, and lowers the bound to
    /// the best there is where the end was reached. True where everything was tried.
    fn finish(&mut self, settings: &PlacementSettings) -> bool {
        let ground = self.ground;
        let allowed = |best: &&Plan| best.missing(ground) <= 0.0;
        let value = self.best.as_ref().filter(allowed).map_or(f64::NEG_INFINITY, |best| best.value(ground));
        if self.bound - value <= settings.enough * self.bound {
            return false;
        }
        let searched = exact::search(ground, &self.at, self.bound, value);
        let best = searched.better.as_ref().map_or(value, |better| better.value(ground));
        if searched.better.is_some() {
            self.best = searched.better;
        }
        if searched.complete && best.is_finite() {
            self.bound = best;
        }
        searched.complete
    }

    /// Looks for a better answer where floors bind and there are too many clients to try everything.
    fn walk(&mut self, settings: &PlacementSettings) {
        /// Clients up to which trying everything is quick.
        const FEW: usize = 8;
        let ground = self.ground;
        if ground.problem.fairness <= 0.0 || ground.sizes.is_empty() || ground.layout.clients() <= FEW {
            return;
        }
        let allowed = |best: &&Plan| best.missing(ground) <= 0.0;
        let value = self.best.as_ref().filter(allowed).map_or(f64::NEG_INFINITY, |best| best.value(ground));
        if self.bound - value <= settings.enough * self.bound {
            return;
        }
        let start = self.best.as_ref().map_or_else(|| self.taken.clone(), |best| best.taken.clone());
        let least = if value.is_finite() { value } else { -1.0 };
        if let Some(taken) = fair::walk(ground, &start, least) {
            let mut plan = Plan::of(ground, &taken);
            plan.improve(ground, &self.at, (1.0 - settings.enough) * self.bound);
            self.best = Some(plan);
        }
    }

    /// The worth of one budget's money, between too cheap and dear enough: each step tries two prices at once.
    fn narrow(&mut self, first: Tried, settings: &PlacementSettings) {
        let budget = self.ground.budgets[0];
        let layout = self.ground.layout;
        let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len().max(1) as f64;
        let start = (mean(&layout.utility) / mean(&layout.cost).max(f64::MIN_POSITIVE)).max(1e-9);
        let (mut cheap, mut dear) = (first, None::<Tried>);
        let (mut from, mut to) = (0.5 * start, start);
        while self.rounds < settings.most_rounds {
            let (one, other) = rayon::join(|| self.tried(vec![from], Vec::new()), || self.tried(vec![to], Vec::new()));
            for tried in [one, other] {
                let tried = self.note(tried);
                if tried.spent[0] > budget {
                    if tried.money[0] > cheap.money[0] {
                        cheap = tried;
                    }
                } else if dear.as_ref().is_none_or(|dear| tried.money[0] < dear.money[0]) {
                    dear = Some(tried);
                }
            }
            match &dear {
                None => (from, to) = (2.0 * to, 4.0 * to),
                Some(dear) => {
                    let (low, high) = (cheap.money[0], dear.money[0]);
                    if high - low <= 1e-5 * high || dear.spent[0] == budget {
                        break;
                    }
                    // Where money lies on the line between both ends, and a little off it on the other side.
                    let (more, less) = (cheap.spent[0] - budget, budget - dear.spent[0]);
                    let share = (more / (more + less)).clamp(0.1, 0.9);
                    let step = (high - low) / 4.0;
                    let middle = low + share * (high - low);
                    (from, to) = if share < 0.5 { (middle, middle + step) } else { (middle - step, middle) };
                }
            }
        }
        let reached = dear.is_some_and(|dear| self.offer(&dear, settings));
        if !reached {
            self.offer(&cheap, settings);
        }
    }

    /// Several multipliers: steps along what is spent too much and what is missing, as long as they bring the bound down
    /// (B. T. Polyak, "Minimization of unsmooth functionals", 1969).
    fn climb(&mut self, first: Tried, settings: &PlacementSettings) {
        let ground = self.ground;
        let layout = ground.layout;
        let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len().max(1) as f64;
        let unit = mean(&layout.utility) / mean(&layout.cost).max(f64::MIN_POSITIVE);
        let mut tried = first;
        let mut scale = 1.0;
        let mut since = 0;
        self.offer(&tried, settings);
        while self.rounds < settings.most_rounds {
            let over: Vec<f64> =
                tried.spent.iter().zip(&ground.budgets).map(|(spent, budget)| spent - budget).collect();
            let below: Vec<f64> = match tried.floor.is_empty() {
                true => Vec::new(),
                false => ground.above_floor(&tried.auctioned.taken).iter().map(|above| -above).collect(),
            };
            let length: f64 = over.iter().chain(&below).map(|part| part * part).sum();
            let value = self.best.as_ref().map_or(0.0, |best| best.value(ground));
            if length <= 0.0 || self.bound - value <= settings.enough * self.bound {
                break;
            }
            let step = scale * (tried.bound - value).max(1e-3 * unit) / length;
            let moved = |at: &[f64], along: &[f64]| -> Vec<f64> {
                at.iter().zip(along).map(|(at, along)| (at + step * along).max(0.0)).collect()
            };
            let before = self.bound;
            let next = self.tried(moved(&tried.money, &over), moved(&tried.floor, &below));
            tried = self.note(next);
            if self.bound < before {
                since = 0;
            } else {
                since += 1;
                if since >= 4 {
                    scale *= 0.6;
                    since = 0;
                }
            }
            if self.rounds.is_multiple_of(8) {
                self.offer(&tried, settings);
            }
        }
        self.offer(&tried, settings);
        let again = self.tried(self.at.money.clone(), self.at.floor.clone());
        let again = self.note(again);
        self.offer(&again, settings);
    }

    fn tried(&self, money: Vec<f64>, floor: Vec<f64>) -> Tried {
        let ground = self.ground;
        let layout = ground.layout;
        let worth = worths(ground, &money, &floor);
        let most = worth.iter().copied().fold(0.0, f64::max);
        // All clients together then lose at most a tenth of a ten-thousandth of the largest worth of each.
        let auctioned = auction(layout, &worth, &ground.places, &ground.out, most * 2e-5);
        let mut spent = vec![0.0; money.len()];
        for (client, place) in auctioned.taken.iter().enumerate().filter(|(_, place)| **place != NONE) {
            spent[ground.problem.payer(client)] += layout.cost[*place as usize];
        }
        let factors = factors(ground.problem, &ground.sizes, &floor);
        let fixed: f64 = ground
            .fixed
            .iter()
            .enumerate()
            .filter(|(_, place)| **place != NONE)
            .map(|(client, place)| factors[client] * layout.utility[*place as usize])
            .sum();
        let paid: f64 = money.iter().zip(&ground.budgets).map(|(money, budget)| money * budget).sum();
        let bound = bound(layout, &worth, &ground.places, &ground.out, &auctioned.price) + paid + fixed;
        Tried { money, floor, auctioned, spent, bound }
    }

    /// What one more place in each facility would bring: the lowest prices at which the relaxed answer stands. The auction's own are
    /// as good for a bound, but higher where somebody had nothing else to choose.
    fn worth_of_places(&self) -> Vec<f64> {
        let ground = self.ground;
        let worth = worths(ground, &self.at.money, &self.at.floor);
        lowest_prices(ground.layout, &worth, &self.taken, &ground.places, &ground.out, &self.at.place)
    }

    /// Keeps the lowest bound with its prices.
    fn note(&mut self, tried: Tried) -> Tried {
        self.rounds += 1;
        if tried.bound < self.bound {
            self.bound = tried.bound;
            self.taken.clone_from(&tried.auctioned.taken);
            self.at =
                Prices { money: tried.money.clone(), place: tried.auctioned.price.clone(), floor: tried.floor.clone() };
        }
        tried
    }

    /// Makes an answer of the relaxed problem into one that is allowed, improves it, and keeps it where it is the best. True where
    /// it is as near to the bound as was asked for.
    fn offer(&mut self, tried: &Tried, settings: &PlacementSettings) -> bool {
        let ground = self.ground;
        let prices =
            Prices { money: tried.money.clone(), place: tried.auctioned.price.clone(), floor: tried.floor.clone() };
        let mut plan = Plan::of(ground, &tried.auctioned.taken);
        plan.bring_together(ground, &prices);
        plan.mend(ground);
        let enough = (1.0 - settings.enough) * self.bound;
        plan.improve(ground, &prices, enough);
        let reached = plan.missing(ground) <= 0.0 && plan.value(ground) >= enough;
        let better = |best: &Plan| {
            (plan.missing(ground) < best.missing(ground) - 1e-9)
                || (plan.missing(ground) <= best.missing(ground) + 1e-9 && plan.value(ground) > best.value(ground))
        };
        if self.best.as_ref().is_none_or(better) {
            self.best = Some(plan);
        }
        reached
    }
}

/// Number of clients in each fairness group.
fn sizes(problem: &Problem<'_>) -> Vec<f64> {
    let groups = problem.fairness_of.iter().max().map_or(0, |last| *last as usize + 1);
    let mut sizes = vec![0.0; groups];
    problem.fairness_of.iter().for_each(|group| sizes[*group as usize] += 1.0);
    sizes
}

/// By what the utility of each client counts, with what the floors of its group and of all others are worth.
fn factors(problem: &Problem<'_>, sizes: &[f64], floor: &[f64]) -> Vec<f64> {
    if floor.is_empty() {
        return vec![1.0; problem.clients];
    }
    let all: f64 = floor.iter().sum::<f64>() * problem.fairness / problem.clients as f64;
    let of = |client: usize| {
        let group = problem.fairness_of[client] as usize;
        1.0 + floor[group] / sizes[group].max(1.0) - all
    };
    (0..problem.clients).map(of).collect()
}

/// What each choice is worth once money and floors have a price.
fn worths(ground: &Ground<'_>, money: &[f64], floor: &[f64]) -> Vec<f64> {
    let layout = ground.layout;
    let factors = factors(ground.problem, &ground.sizes, floor);
    let mut worth = Vec::with_capacity(layout.facility.len());
    for client in 0..layout.clients() {
        let (factor, price) = (factors[client], money[ground.problem.payer(client)]);
        worth.extend(layout.of(client).map(|place| factor * layout.utility[place] - price * layout.cost[place]));
    }
    worth
}
