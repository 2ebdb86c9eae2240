//! Who may go where, at what cost, within which budgets: checked once, laid out by client.
//!
//! Holds no answer. It must never repair an input: what contradicts itself is told with by how much.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// One allowed place for one client.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice {
    /// The client, from 0.
    pub client: u32,
    /// The facility, from 0.
    pub facility: u32,
    /// What it is worth; above 0. Staying unplaced is worth 0.
    pub utility: f64,
    /// What it costs; 0 or more.
    pub cost: f64,
}

/// A placement problem. All numbers of clients, facilities, groups and choices are from 0.
#[derive(Clone, Copy, Debug, Default)]
pub struct Problem<'a> {
    /// Number of clients.
    pub clients: usize,
    /// Places of each facility.
    pub capacities: &'a [u32],
    /// What is allowed; each client and facility at most once together.
    pub choices: &'a [Choice],
    /// The budget of each group of clients.
    pub budgets: &'a [f64],
    /// The budget that pays for each client; empty where there is one.
    pub budget_of: &'a [u32],
    /// The group of each client whose mean utility must not fall behind; empty where there is none.
    pub fairness_of: &'a [u32],
    /// The share of the mean utility of all that each group's mean must reach, 0 to 1.
    pub fairness: f64,
    /// Clients who must be in the same facility, or all unplaced.
    pub together: &'a [Vec<u32>],
    /// Pairs of clients who must not be in the same facility.
    pub apart: &'a [(u32, u32)],
    /// Choices that are made already, by their position.
    pub fixed: &'a [u32],
}

/// Why a problem has no answer, or makes no sense.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PlacementError {
    /// A number that is none, or is on the wrong side of 0.
    #[error("choice {choice}: the {what} is {found}; write {write}")]
    Number {
        /// Position of the choice.
        choice: usize,
        /// What of it.
        what: &'static str,
        /// What was given.
        found: f64,
        /// What to write.
        write: &'static str,
    },
    /// A client or facility that is not there.
    #[error("{place}: there is no {what} {number}")]
    Unknown {
        /// Where it is named.
        place: String,
        /// What is missing.
        what: &'static str,
        /// Its number.
        number: u32,
    },
    /// One client and facility given twice.
    #[error("choices {first} and {second} are of the same client and facility; keep one")]
    Twice {
        /// Position of the first.
        first: usize,
        /// Position of the second.
        second: usize,
    },
    /// A budget or a share that cannot be used.
    #[error("{what}: there is {found}; write {write}")]
    Setting {
        /// Which.
        what: String,
        /// What was given.
        found: String,
        /// What to write.
        write: &'static str,
    },
    /// More clients fixed in a facility than it has places.
    #[error("facility {facility} has {places} places and {fixed} clients are fixed in it: {} too many", fixed - places)]
    FixedPlaces {
        /// The facility.
        facility: u32,
        /// Its places.
        places: u32,
        /// Clients fixed in it.
        fixed: u32,
    },
    /// What is fixed costs more than a budget.
    #[error("what is fixed for budget {group} costs {cost}, the budget is {budget}: {} too much", cost - budget)]
    FixedBudget {
        /// The group.
        group: usize,
        /// What is fixed costs.
        cost: f64,
        /// The budget.
        budget: f64,
    },
    /// What is fixed leaves a group under its floor.
    #[error(
        "what is fixed leaves group {group} with {missing} of mean utility too little for its floor{}; {}",
        if *groups > 1 { format!(", and {} more groups under theirs", groups - 1) } else { String::new() },
        if *proven { "no answer reaches it" } else { "none that reaches it was found, which does not prove that there is none" }
    )]
    Floor {
        /// The group that misses most.
        group: u32,
        /// How much of mean utility it misses in the best answer that was found.
        missing: f64,
        /// Groups under their floors.
        groups: usize,
        /// Whether no answer can reach all floors; else none was found.
        proven: bool,
    },
    /// A client fixed in two facilities.
    #[error("client {client} is fixed in two facilities, {first} and {second}; keep one")]
    FixedTwice {
        /// The client.
        client: u32,
        /// One facility.
        first: u32,
        /// The other.
        second: u32,
    },
    /// Fixed choices, or clients together, that contradict clients apart or together.
    #[error("clients {one} and {other} must be {wanted}, but {instead} {facilities:?}")]
    Contradiction {
        /// One client.
        one: u32,
        /// The other.
        other: u32,
        /// What must hold.
        wanted: &'static str,
        /// What stands against it.
        instead: &'static str,
        /// The facilities that it is about.
        facilities: Vec<u32>,
    },
}

/// The choices of each client, one after the other.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) starts: Vec<u32>,
    pub(super) facility: Vec<u32>,
    pub(super) utility: Vec<f64>,
    pub(super) cost: Vec<f64>,
    /// Position of each choice in the caller's slice.
    pub(super) position: Vec<u32>,
    /// Choices that are made already, and those that follow from them: whoever must be with a fixed client is fixed there.
    pub(super) fixed: Vec<u32>,
}

impl Layout {
    pub(super) fn of(&self, client: usize) -> Range<usize> {
        self.starts[client] as usize..self.starts[client + 1] as usize
    }

    pub(super) fn clients(&self) -> usize {
        self.starts.len() - 1
    }

    /// The same without some choices, by their position in the caller's slice.
    fn without(self, closed: &HashSet<u32>) -> Self {
        if closed.is_empty() {
            return self;
        }
        let mut own = Self {
            starts: vec![0],
            facility: Vec::new(),
            utility: Vec::new(),
            cost: Vec::new(),
            position: Vec::new(),
            fixed: self.fixed.clone(),
        };
        for client in 0..self.clients() {
            for place in self.of(client).filter(|place| !closed.contains(&self.position[*place])) {
                own.facility.push(self.facility[place]);
                own.utility.push(self.utility[place]);
                own.cost.push(self.cost[place]);
                own.position.push(self.position[place]);
            }
            own.starts.push(own.position.len() as u32);
        }
        own
    }
}

impl Problem<'_> {
    /// Budget of a client.
    pub(super) fn payer(&self, client: usize) -> usize {
        self.budget_of.get(client).map_or(0, |group| *group as usize)
    }

    /// Checks everything and lays the choices out. Takes time proportional to the choices.
    pub(super) fn checked(&self) -> Result<Layout, PlacementError> {
        let clients = u32::try_from(self.clients).unwrap_or(u32::MAX);
        let facilities = u32::try_from(self.capacities.len()).unwrap_or(u32::MAX);
        let known = |place: &dyn Fn() -> String, what, number, all| {
            if number < all { Ok(()) } else { Err(PlacementError::Unknown { place: place(), what, number }) }
        };
        for (number, choice) in self.choices.iter().enumerate() {
            let place = || format!("choice {number}");
            known(&place, "client", choice.client, clients)?;
            known(&place, "facility", choice.facility, facilities)?;
            let wrong = |what, found, write| Err(PlacementError::Number { choice: number, what, found, write });
            if !(choice.utility.is_finite() && choice.utility > 0.0) {
                return wrong("utility", choice.utility, "a number above 0, or leave the choice out");
            }
            if !(choice.cost.is_finite() && choice.cost >= 0.0) {
                return wrong("cost", choice.cost, "0 or more");
            }
        }
        self.check_settings(clients)?;
        let mut starts = vec![0u32; self.clients + 1];
        for choice in self.choices {
            starts[choice.client as usize + 1] += 1;
        }
        for client in 0..self.clients {
            starts[client + 1] += starts[client];
        }
        let mut next = starts.clone();
        let mut position = vec![0u32; self.choices.len()];
        for (number, choice) in self.choices.iter().enumerate() {
            let slot = &mut next[choice.client as usize];
            position[*slot as usize] = number as u32;
            *slot += 1;
        }
        for client in 0..self.clients {
            let own = &mut position[starts[client] as usize..starts[client + 1] as usize];
            own.sort_unstable_by_key(|number| (self.choices[*number as usize].facility, *number));
            for pair in own.windows(2) {
                let (first, second) = (pair[0] as usize, pair[1] as usize);
                if self.choices[first].facility == self.choices[second].facility {
                    return Err(PlacementError::Twice { first, second });
                }
            }
        }
        let of = |number: &u32| self.choices[*number as usize];
        let layout = Layout {
            facility: position.iter().map(|number| of(number).facility).collect(),
            utility: position.iter().map(|number| of(number).utility).collect(),
            cost: position.iter().map(|number| of(number).cost).collect(),
            starts,
            position,
            fixed: Vec::new(),
        };
        let fixed = self.fixed_and_bound(&layout)?;
        self.check_fixed(&fixed)?;
        Ok(Layout { fixed, ..layout }.without(&self.closed_to_sets()))
    }

    /// Choices of clients who must be together, where not all of them are allowed, or find room: nobody can take them, and to price
    /// them would be to promise what they cannot bring.
    fn closed_to_sets(&self) -> HashSet<u32> {
        let mut closed = HashSet::new();
        if self.together.is_empty() {
            return closed;
        }
        let mut set_of: HashMap<u32, usize> = HashMap::new();
        let mut sizes: Vec<HashSet<u32>> = vec![HashSet::new(); self.together.len()];
        for (number, set) in self.together.iter().enumerate() {
            set.iter().for_each(|client| _ = set_of.insert(*client, number));
            sizes[number].extend(set);
        }
        let of_sets = || {
            let all = self.choices.iter().enumerate();
            all.filter_map(|(number, choice)| Some((number, *choice, *set_of.get(&choice.client)?)))
        };
        let mut allowed: HashMap<(usize, u32), usize> = HashMap::new();
        of_sets().for_each(|(_, choice, set)| *allowed.entry((set, choice.facility)).or_default() += 1);
        for (number, choice, set) in of_sets() {
            let size = sizes[set].len();
            if allowed[&(set, choice.facility)] < size || (self.capacities[choice.facility as usize] as usize) < size {
                closed.insert(number as u32);
            }
        }
        closed
    }

    /// The fixed choices, and those of clients who must be with a fixed one.
    fn fixed_and_bound(&self, layout: &Layout) -> Result<Vec<u32>, PlacementError> {
        let mut fixed = self.fixed.to_vec();
        let mut facility_of: Vec<Option<u32>> = vec![None; self.clients];
        for &number in self.fixed {
            let choice = self.choices.get(number as usize).ok_or_else(|| PlacementError::Unknown {
                place: "fixed choices".to_owned(),
                what: "choice",
                number,
            })?;
            facility_of[choice.client as usize] = Some(choice.facility);
        }
        for set in self.together {
            let Some((one, facility)) = set.iter().find_map(|client| Some((*client, facility_of[*client as usize]?)))
            else {
                continue;
            };
            for &other in set.iter().filter(|client| facility_of[**client as usize].is_none()) {
                let place = layout.of(other as usize).find(|place| layout.facility[*place] == facility);
                let place = place.ok_or_else(|| PlacementError::Contradiction {
                    one,
                    other,
                    wanted: "together",
                    instead: "the other is not allowed where the one is fixed:",
                    facilities: vec![facility],
                })?;
                fixed.push(layout.position[place]);
            }
        }
        Ok(fixed)
    }

    fn check_settings(&self, clients: u32) -> Result<(), PlacementError> {
        let setting = |what: String, found: String, write| Err(PlacementError::Setting { what, found, write });
        for (group, budget) in self.budgets.iter().enumerate() {
            if !(budget.is_finite() && *budget >= 0.0) {
                return setting(format!("budget {group}"), budget.to_string(), "0 or more");
            }
        }
        if self.budgets.is_empty() {
            return setting("budgets".to_owned(), "none".to_owned(), "one budget, or one for each group");
        }
        if !(0.0..=1.0).contains(&self.fairness) {
            return setting("fairness".to_owned(), self.fairness.to_string(), "a share from 0 to 1, such as 0.9");
        }
        for (what, of) in [("budget of clients", self.budget_of), ("fairness groups", self.fairness_of)] {
            if !of.is_empty() && of.len() != self.clients {
                return setting(what.to_owned(), format!("{} of {clients}", of.len()), "one for each client, or none");
            }
        }
        if let Some(group) = self.budget_of.iter().find(|group| **group as usize >= self.budgets.len()) {
            return Err(PlacementError::Unknown { place: "a client".to_owned(), what: "budget", number: *group });
        }
        let named = self.together.iter().flatten().chain(self.apart.iter().flat_map(|(one, other)| [one, other]));
        match named.copied().find(|client| *client >= clients) {
            Some(number) => {
                Err(PlacementError::Unknown { place: "together or apart".to_owned(), what: "client", number })
            }
            None => Ok(()),
        }
    }

    fn check_fixed(&self, all_fixed: &[u32]) -> Result<(), PlacementError> {
        let mut place_of: Vec<Option<u32>> = vec![None; self.clients];
        let mut fixed = vec![0u32; self.capacities.len()];
        let mut cost = vec![0.0; self.budgets.len()];
        for &number in all_fixed {
            let choice = self.choices[number as usize];
            if let Some(first) = place_of[choice.client as usize] {
                return Err(PlacementError::FixedTwice { client: choice.client, first, second: choice.facility });
            }
            place_of[choice.client as usize] = Some(choice.facility);
            fixed[choice.facility as usize] += 1;
            cost[self.payer(choice.client as usize)] += choice.cost;
        }
        for (facility, (fixed, places)) in fixed.iter().zip(self.capacities).enumerate() {
            if fixed > places {
                let (facility, places, fixed) = (facility as u32, *places, *fixed);
                return Err(PlacementError::FixedPlaces { facility, places, fixed });
            }
        }
        for (group, (cost, budget)) in cost.iter().zip(self.budgets).enumerate() {
            if *cost > budget + 1e-9 * budget.abs() {
                return Err(PlacementError::FixedBudget { group, cost: *cost, budget: *budget });
            }
        }
        let contradiction = |one, other, wanted, instead, facilities| {
            Err(PlacementError::Contradiction { one, other, wanted, instead, facilities })
        };
        let mut set_of: Vec<Option<usize>> = vec![None; self.clients];
        for (number, set) in self.together.iter().enumerate() {
            for &client in set {
                if let Some(other) = set_of[client as usize].filter(|other| *other != number) {
                    let (first, second) = (self.together[other][0], self.together[number][0]);
                    let instead = "a client is in the sets of both; make them one";
                    return contradiction(first, second, "together", instead, Vec::new());
                }
                set_of[client as usize] = Some(number);
            }
            let mut placed = set.iter().filter_map(|client| Some((*client, place_of[*client as usize]?)));
            if let Some((one, facility)) = placed.next()
                && let Some((other, elsewhere)) = placed.find(|(_, other)| *other != facility)
            {
                let instead = "they are fixed in different facilities:";
                return contradiction(one, other, "together", instead, vec![facility, elsewhere]);
            }
        }
        for &(one, other) in self.apart {
            if one == other || set_of[one as usize].is_some_and(|set| set_of[other as usize] == Some(set)) {
                return contradiction(one, other, "apart", "they must be together as well", Vec::new());
            }
            let (first, second) = (place_of[one as usize], place_of[other as usize]);
            if first.is_some() && first == second {
                let instead = "both are fixed in one facility:";
                return contradiction(one, other, "apart", instead, first.into_iter().collect());
            }
        }
        Ok(())
    }
}
