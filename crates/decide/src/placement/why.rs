//! Why a client is not where it would be better off.
//!
//! Holds what stands against a choice, read from the answer and from prices. It must never name what does not stand against it: a
//! place that is free, money that is there, a floor that would hold.

use super::{Placement, Problem, factors, sizes};
use std::collections::{HashMap, HashSet};

/// Why a client is not where it would be better off.
#[derive(Clone, Debug, PartialEq)]
pub struct WhyNot {
    /// The choice that it would like best, by its position.
    pub liked: u32,
    /// How much more that would be worth to it.
    pub better_by: f64,
    /// What others lose who would want the place.
    pub place_is_worth: f64,
    /// What the money that it costs more would bring elsewhere.
    pub money_is_worth: f64,
    /// What it would cost those whose groups need it to reach their floors; below 0 where the client's own group does.
    pub floor_is_worth: f64,
    /// What stands against it; never empty.
    pub against: Vec<Against>,
}

/// What stands against a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// Where the client goes was fixed before.
    Fixed,
    /// The facility has no places at all.
    NoPlaces,
    /// Others must go with the client, who may not go there, have no room there together, or would lose more than it gains.
    Together,
    /// Somebody is there whom the client, or somebody it must be with, must be apart from.
    Apart,
    /// The places are taken, and worth more to others.
    PlaceWorthMore,
    /// The places are taken.
    PlacesTaken,
    /// The budget has not enough left, as it brings more elsewhere.
    MoneyWorthMore,
    /// The budget has not enough left.
    MoneyShort,
    /// Other groups need the place or the money to reach their floors.
    FloorOfOthers,
    /// A group would fall under its floor.
    Floor,
    /// Nothing: the answer is as near to the best as was asked for without it.
    NearEnough,
}

/// For each client why it is not where it would be better off; `None` where it has what it likes best. Takes time proportional to
/// the choices, and to the clients times the groups where there are floors.
pub fn why_not(problem: &Problem<'_>, placement: &Placement) -> Vec<Option<WhyNot>> {
    /// The share of what is better below which a price is none.
    const NO_PRICE: f64 = 1e-3;
    let factors = factors(problem, &sizes(problem), &placement.worth_of_floor);
    let facts = Facts::of(problem, placement);
    let mut liked: Vec<Option<u32>> = vec![None; problem.clients];
    for (number, choice) in problem.choices.iter().enumerate() {
        let best = &mut liked[choice.client as usize];
        if best.is_none_or(|best| choice.utility > problem.choices[best as usize].utility) {
            *best = Some(number as u32);
        }
    }
    let why = |(client, liked): (usize, Option<u32>)| {
        let liked = liked?;
        let best = problem.choices[liked as usize];
        let has = placement.choice[client].map(|number| problem.choices[number as usize]);
        let (utility, cost) = has.map_or((0.0, 0.0), |choice| (choice.utility, choice.cost));
        let better_by = best.utility - utility;
        if better_by <= 0.0 {
            return None;
        }
        let place_is_worth = placement.worth_of_place[best.facility as usize];
        let floor_is_worth = (1.0 - factors[client]) * better_by;
        let least = NO_PRICE * better_by;
        let against = facts.against(liked, place_is_worth > least, floor_is_worth > least);
        Some(WhyNot {
            liked,
            better_by,
            place_is_worth,
            // Nothing times something cheaper is minus 0.
            money_is_worth: placement.worth_of_budget[problem.payer(client)] * (best.cost - cost) + 0.0,
            floor_is_worth,
            against,
        })
    };
    liked.into_iter().enumerate().map(why).collect()
}

/// What an answer leaves of every limit.
struct Facts<'a> {
    problem: &'a Problem<'a>,
    placement: &'a Placement,
    /// Clients in each facility.
    inside: Vec<u32>,
    fixed: HashSet<u32>,
    /// The set of each client that must be together, and its choice at each facility where it has one.
    set_of: HashMap<u32, &'a [u32]>,
    choice_at: HashMap<(u32, u32), u32>,
    apart: HashMap<u32, Vec<u32>>,
    sizes: Vec<f64>,
    /// Sums of utility by fairness group.
    sums: Vec<f64>,
}

impl<'a> Facts<'a> {
    fn of(problem: &'a Problem<'a>, placement: &'a Placement) -> Self {
        let mut facts = Self {
            problem,
            placement,
            inside: vec![0; problem.capacities.len()],
            fixed: problem.fixed.iter().map(|number| problem.choices[*number as usize].client).collect(),
            set_of: HashMap::new(),
            choice_at: HashMap::new(),
            apart: HashMap::new(),
            sizes: sizes(problem),
            sums: Vec::new(),
        };
        facts.sums = vec![0.0; facts.sizes.len()];
        for choice in placement.choice.iter().flatten().map(|number| problem.choices[*number as usize]) {
            facts.inside[choice.facility as usize] += 1;
            if let Some(group) = problem.fairness_of.get(choice.client as usize) {
                facts.sums[*group as usize] += choice.utility;
            }
        }
        for set in problem.together {
            set.iter().for_each(|client| _ = facts.set_of.insert(*client, set));
            // Whoever must be with a fixed client is fixed too.
            if set.iter().any(|client| facts.fixed.contains(client)) {
                facts.fixed.extend(set);
            }
        }
        for (number, choice) in problem.choices.iter().enumerate() {
            if facts.set_of.contains_key(&choice.client) {
                facts.choice_at.insert((choice.client, choice.facility), number as u32);
            }
        }
        for (one, other) in problem.apart {
            facts.apart.entry(*one).or_default().push(*other);
            facts.apart.entry(*other).or_default().push(*one);
        }
        facts
    }

    /// What stands against a choice, where its place has a price or not, and where floors have one for its client or not.
    fn against(&self, liked: u32, place_has_price: bool, floor_has_price: bool) -> Vec<Against> {
        let problem = self.problem;
        let best = problem.choices[liked as usize];
        let places = problem.capacities[best.facility as usize] as usize;
        if self.fixed.contains(&best.client) {
            return vec![Against::Fixed];
        }
        if places == 0 {
            return vec![Against::NoPlaces];
        }
        // Whoever goes there, each with what it has and what it would get.
        let mut unit: Vec<u32> = self.set_of.get(&best.client).map_or_else(|| vec![best.client], |set| set.to_vec());
        unit.sort_unstable();
        unit.dedup();
        let would = |client: &u32| match *client == best.client {
            true => Some(liked),
            false => self.choice_at.get(&(*client, best.facility)).copied(),
        };
        let Some(wanted) = unit.iter().map(would).collect::<Option<Vec<u32>>>().filter(|_| unit.len() <= places) else {
            return vec![Against::Together];
        };
        let mut gain = 0.0;
        let mut own_inside = 0;
        let mut more_cost = vec![0.0; problem.budgets.len()];
        let mut sums = self.sums.clone();
        for (client, number) in unit.iter().zip(wanted) {
            let place = *client as usize;
            let wanted = problem.choices[number as usize];
            let has = self.placement.choice[place].map(|number| problem.choices[number as usize]);
            let (utility, cost) = has.map_or((0.0, 0.0), |has| (has.utility, has.cost));
            own_inside += usize::from(has.is_some_and(|has| has.facility == best.facility));
            gain += wanted.utility - utility;
            more_cost[problem.payer(place)] += wanted.cost - cost;
            if let Some(group) = problem.fairness_of.get(place) {
                sums[*group as usize] += wanted.utility - utility;
            }
        }
        if gain <= 0.0 {
            return vec![Against::Together];
        }
        let mut against = Vec::new();
        let there = |other: &u32| {
            let choice = self.placement.choice[*other as usize];
            choice.is_some_and(|number| problem.choices[number as usize].facility == best.facility)
        };
        if unit.iter().filter_map(|client| self.apart.get(client)).flatten().any(there) {
            against.push(Against::Apart);
        }
        if self.inside[best.facility as usize] as usize - own_inside + unit.len() > places {
            against.push(if place_has_price { Against::PlaceWorthMore } else { Against::PlacesTaken });
        }
        let spent = self.placement.spent.iter().zip(problem.budgets);
        for ((more, (spent, budget)), worth) in more_cost.iter().zip(spent).zip(&self.placement.worth_of_budget) {
            if *more > budget - spent + 1e-9 * budget.max(1.0) {
                against.push(if *worth > 0.0 { Against::MoneyWorthMore } else { Against::MoneyShort });
            }
        }
        against.dedup();
        if problem.fairness > 0.0 && !sums.is_empty() {
            let floor = problem.fairness * sums.iter().sum::<f64>() / problem.clients as f64;
            let under = |(sum, size): (&f64, &f64)| *size > 0.0 && sum / size < floor - 1e-9;
            if sums.iter().zip(&self.sizes).any(under) {
                against.push(Against::Floor);
            } else if floor_has_price && !against.is_empty() {
                against.push(Against::FloorOfOthers);
            }
        }
        if against.is_empty() {
            against.push(Against::NearEnough);
        }
        against
    }
}
