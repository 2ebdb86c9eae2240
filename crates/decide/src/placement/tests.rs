use super::*;
use proptest::prelude::*;

/// A small problem with everything that can be asked for.
#[derive(Clone, Debug)]
struct Small {
    clients: usize,
    capacities: Vec<u32>,
    choices: Vec<Choice>,
    budgets: Vec<f64>,
    budget_of: Vec<u32>,
    fairness_of: Vec<u32>,
    fairness: f64,
    together: Vec<Vec<u32>>,
    apart: Vec<(u32, u32)>,
    fixed: Vec<u32>,
}

impl Small {
    fn problem(&self) -> Problem<'_> {
        Problem {
            clients: self.clients,
            capacities: &self.capacities,
            choices: &self.choices,
            budgets: &self.budgets,
            budget_of: &self.budget_of,
            fairness_of: &self.fairness_of,
            fairness: self.fairness,
            together: &self.together,
            apart: &self.apart,
            fixed: &self.fixed,
        }
    }

    /// Whether a placement is allowed, by the words of the problem alone.
    fn allows(&self, choice: &[Option<u32>]) -> bool {
        let of = |number: &u32| self.choices[*number as usize];
        let facility = |client: u32| choice[client as usize].as_ref().map(|number| of(number).facility);
        let own = choice
            .iter()
            .enumerate()
            .all(|(client, number)| number.as_ref().is_none_or(|number| of(number).client as usize == client));
        let inside =
            |facility: usize| choice.iter().flatten().filter(|number| of(number).facility as usize == facility).count();
        let places = self.capacities.iter().enumerate().all(|(facility, places)| inside(facility) <= *places as usize);
        let spent = |group: usize| -> f64 {
            let payer = |client: usize| self.budget_of.get(client).map_or(0, |group| *group as usize);
            let own = choice.iter().enumerate().filter(|(client, _)| payer(*client) == group);
            own.filter_map(|(_, number)| number.as_ref()).map(|number| of(number).cost).sum()
        };
        let paid = self.budgets.iter().enumerate().all(|(group, budget)| spent(group) <= budget + 1e-6);
        let fixed = self.fixed.iter().all(|number| choice[of(number).client as usize] == Some(*number));
        let together = self.together.iter().all(|set| set.iter().all(|client| facility(*client) == facility(set[0])));
        let apart =
            self.apart.iter().all(|(one, other)| facility(*one).is_none() || facility(*one) != facility(*other));
        own && places && paid && fixed && together && apart && self.is_fair(choice)
    }

    fn is_fair(&self, choice: &[Option<u32>]) -> bool {
        if self.fairness <= 0.0 {
            return true;
        }
        let utility = |client: usize| choice[client].map_or(0.0, |number| self.choices[number as usize].utility);
        let mean = (0..self.clients).map(utility).sum::<f64>() / self.clients as f64;
        (0..=*self.fairness_of.iter().max().unwrap_or(&0)).all(|group| {
            let own: Vec<usize> = (0..self.clients).filter(|client| self.fairness_of[*client] == group).collect();
            own.is_empty()
                || own.iter().map(|client| utility(*client)).sum::<f64>() / own.len() as f64
                    >= self.fairness * mean - 1e-9
        })
    }

    /// The greatest value of all allowed placements, by trying each; `None` where there is none.
    fn best(&self) -> Option<f64> {
        let mut own: Vec<Vec<Option<u32>>> = vec![vec![None]; self.clients];
        for (number, choice) in self.choices.iter().enumerate() {
            own[choice.client as usize].push(Some(number as u32));
        }
        let mut at = vec![0; self.clients];
        let mut best: Option<f64> = None;
        loop {
            let choice: Vec<Option<u32>> = at.iter().zip(&own).map(|(at, own)| own[*at]).collect();
            if self.allows(&choice) {
                let value = choice.iter().flatten().map(|number| self.choices[*number as usize].utility).sum();
                best = Some(best.map_or(value, |best| best.max(value)));
            }
            let Some(client) = (0..self.clients).find(|client| at[*client] + 1 < own[*client].len()) else {
                return best;
            };
            at[..client].fill(0);
            at[client] += 1;
        }
    }
}

fn small(rich: bool) -> impl Strategy<Value = Small> {
    let sizes = (2usize..7, 1usize..4);
    sizes.prop_flat_map(move |(clients, facilities)| {
        let pairs = clients * facilities;
        (
            prop::collection::vec(0u32..3, facilities),
            prop::collection::vec(prop::option::weighted(0.7, (1u32..60, 0u32..40)), pairs),
            0.0f64..150.0,
            prop::collection::vec(0u32..2, clients),
            prop::collection::vec(0u32..2, clients),
            (0usize..4, 0usize..4, 0usize..3, 0.0f64..1.0),
        )
            .prop_map(
                move |(capacities, pairs, budget, budget_of, fairness_of, (sets, pairs_apart, fixed, fairness))| {
                    let mut choices = Vec::new();
                    for (pair, known) in pairs.iter().enumerate() {
                        let (client, facility) = ((pair / facilities) as u32, (pair % facilities) as u32);
                        if let Some((utility, cost)) = known {
                            let (utility, cost) = (f64::from(*utility) / 4.0, f64::from(*cost) / 2.0);
                            choices.push(Choice { client, facility, utility, cost });
                        }
                    }
                    let all = clients as u32;
                    let plain = Small {
                        clients,
                        capacities,
                        choices,
                        budgets: vec![budget],
                        budget_of: Vec::new(),
                        fairness_of: Vec::new(),
                        fairness: 0.0,
                        together: Vec::new(),
                        apart: Vec::new(),
                        fixed: Vec::new(),
                    };
                    if !rich {
                        return plain;
                    }
                    Small {
                        budgets: vec![budget, 30.0],
                        budget_of,
                        fairness: if fairness < 0.4 { 0.0 } else { fairness },
                        fairness_of,
                        together: if sets == 1 && all > 3 { vec![vec![0, all - 1]] } else { Vec::new() },
                        apart: if pairs_apart == 1 { vec![(0, 1)] } else { Vec::new() },
                        fixed: if fixed == 1 && !plain.choices.is_empty() { vec![0] } else { Vec::new() },
                        ..plain
                    }
                },
            )
    })
}

/// Two cheap clients look better by what they bring for their money, one dear client is worth more.
#[test]
fn what_no_single_move_reaches_is_found() {
    let choices = [
        Choice { client: 0, facility: 0, utility: 1.25, cost: 0.5 },
        Choice { client: 1, facility: 1, utility: 0.25, cost: 0.5 },
        Choice { client: 2, facility: 0, utility: 2.0, cost: 6.5 },
    ];
    let problem = Problem { clients: 3, capacities: &[2, 1], choices: &choices, budgets: &[6.9], ..Problem::default() };
    let found = place(&problem, &PlacementSettings::default()).expect("sound");
    assert_eq!((found.value, found.bound, found.choice), (2.0, 2.0, vec![None, None, Some(2)]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn one_budget_is_never_passed_and_the_bound_never_wrong(small in small(false)) {
        let found = place(&small.problem(), &PlacementSettings::default()).expect("nothing contradicts itself");
        prop_assert!(small.allows(&found.choice), "{found:?}");
        let best = small.best().expect("nobody placed is always allowed");
        prop_assert!(found.value <= best + 1e-6 && best <= found.bound + 1e-6, "{} {best} {}", found.value, found.bound);
        // So few clients are searched to the end.
        prop_assert!(found.value >= best * (1.0 - 2e-5) - 1e-6 && found.gap() <= 2e-5, "{} of {best}, {}", found.value, found.bound);
    }

    #[test]
    fn everything_that_can_be_asked_for_is_kept(small in small(true)) {
        let problem = small.problem();
        match place(&problem, &PlacementSettings::default()) {
            Ok(found) => {
                let best = small.best();
                prop_assert!(small.is_fair(&found.choice) && best.is_some(), "{found:?} {best:?}");
                if let Some(best) = best {
                    prop_assert!(small.allows(&found.choice), "{found:?}");
                    prop_assert!(found.value <= best + 1e-6 && best <= found.bound + 1e-6, "{} {best} {}", found.value, found.bound);
                    prop_assert!(found.value >= best * (1.0 - 2e-5) - 1e-6, "{} of {best}", found.value);
                }
            }
            Err(error) => {
                prop_assert!(small.best().is_none(), "{error}: {small:?}");
            }
        }
    }

    #[test]
    fn what_more_brings_and_what_stands_against_is_true(small in small(true)) {
        let problem = small.problem();
        let Ok(found) = place(&problem, &PlacementSettings { enough: 0.0, ..PlacementSettings::default() }) else {
            return Ok(());
        };
        let near = |one: f64, other: f64| (one - other).abs() < 1e-6;
        for (facility, worth) in found.worth_of_place.iter().enumerate() {
            let mut more = small.clone();
            more.capacities[facility] += 1;
            let gain = more.best().expect("what was allowed still is") - found.value;
            prop_assert!(near(*worth, gain), "facility {facility}: {worth} {gain} {found:?}");
        }
        for (group, worth) in found.worth_of_budget.iter().enumerate() {
            let mut more = small.clone();
            more.budgets[group] = 1e6;
            let gain = more.best().expect("what was allowed still is") - found.value;
            prop_assert!(*worth <= gain + 1e-6, "budget {group}: {worth} {gain} {found:?}");
        }
        for why in why_not(&problem, &found).into_iter().flatten() {
            let liked = problem.choices[why.liked as usize];
            let there = |number: &&u32| problem.choices[**number as usize].facility == liked.facility;
            let inside = found.choice.iter().flatten().filter(there).count();
            let set = problem.together.iter().find(|set| set.contains(&liked.client)).map_or(1, Vec::len);
            let full = inside + set > problem.capacities[liked.facility as usize] as usize;
            let of_places = |against: &Against| matches!(against, Against::PlacesTaken | Against::PlaceWorthMore);
            prop_assert!(full || !why.against.iter().any(of_places), "{why:?} {found:?}");
            prop_assert!(!why.against.is_empty() && !why.against.contains(&Against::NearEnough), "{why:?} {found:?}");
            // Whoever could simply go there would be there.
            if set == 1 && !why.against.contains(&Against::Fixed) {
                let mut moved = found.choice.clone();
                moved[liked.client as usize] = Some(why.liked);
                prop_assert!(!small.allows(&moved), "{why:?} {found:?}");
            }
        }
    }

    #[test]
    fn scaling_utility_and_money_scales_the_answer(small in small(false), by in 0.01f64..100.0, money in 0.01f64..100.0) {
        let mut scaled = small.clone();
        scaled.choices.iter_mut().for_each(|choice| {
            choice.utility *= by;
            choice.cost *= money;
        });
        scaled.budgets[0] *= money;
        let (one, other) = (
            place(&small.problem(), &PlacementSettings::default()).expect("sound"),
            place(&scaled.problem(), &PlacementSettings::default()).expect("sound"),
        );
        prop_assert!((one.value * by - other.value).abs() <= 4e-5 * one.value * by + 1e-6);
        prop_assert!(other.value <= one.bound * by * (1.0 + 1e-9) + 1e-6 && one.value * by <= other.bound * (1.0 + 1e-9) + 1e-6);
    }
}

/// A larger problem like those of the benchmark.
fn large(clients: usize, facilities: usize) -> Small {
    let mut state = 9u64;
    let mut draw = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / (1u64 << 31) as f64
    };
    let capacities = (0..facilities).map(|_| 1 + (draw() * 2.2 * clients as f64 / facilities as f64) as u32).collect();
    let mut choices = Vec::new();
    for client in 0..clients as u32 {
        let start = (draw() * facilities as f64) as u32;
        for step in 0..20 {
            let facility = (start + step * 3) % facilities as u32;
            let utility = (200.0 + 800.0 * draw()).round();
            choices.push(Choice { client, facility, utility, cost: (60.0 + 80.0 * draw()).round() });
        }
    }
    Small {
        clients,
        capacities,
        choices,
        budgets: vec![0.7 * clients as f64 * 95.0],
        budget_of: Vec::new(),
        fairness_of: Vec::new(),
        fairness: 0.0,
        together: Vec::new(),
        apart: Vec::new(),
        fixed: Vec::new(),
    }
}

#[test]
fn a_thousand_clients_are_placed_within_a_ten_thousandth_of_the_best() {
    let problem = large(1_000, 200);
    let found = place(&problem.problem(), &PlacementSettings::default()).expect("sound");
    assert!(problem.allows(&found.choice));
    assert!(found.gap() <= 1e-4, "gap {}", found.gap());
    assert!(found.spent[0] > 0.99 * problem.budgets[0], "money is what is scarce");
    // What one more unit of money brings is what a budget of ten more units brings, about.
    let more = Small { budgets: vec![problem.budgets[0] + 500.0], ..problem.clone() };
    let richer = place(&more.problem(), &PlacementSettings::default()).expect("sound");
    let brought = (richer.bound - found.bound) / 500.0;
    assert!((brought - found.worth_of_budget[0]).abs() < 0.2 * brought, "{brought} {}", found.worth_of_budget[0]);
}

#[test]
fn limits_are_kept_where_many_pairs_of_moves_are_made_at_once() {
    for (clients, facilities) in [(4_000, 2_500), (3_000, 300)] {
        let problem = large(clients, facilities);
        let found = place(&problem.problem(), &PlacementSettings::default()).expect("sound");
        assert!(problem.allows(&found.choice), "spent {:?} of {:?}", found.spent, problem.budgets);
        assert!(found.value <= found.bound + 1e-6 && found.gap() <= 1e-4, "gap {}", found.gap());
    }
}

#[test]
fn who_is_not_where_it_likes_best_is_told_why() {
    let choices = [
        Choice { client: 0, facility: 0, utility: 10.0, cost: 1.0 },
        Choice { client: 1, facility: 0, utility: 9.0, cost: 1.0 },
        Choice { client: 1, facility: 1, utility: 4.0, cost: 1.0 },
    ];
    let problem = Problem { clients: 2, capacities: &[1, 1], choices: &choices, budgets: &[9.0], ..Problem::default() };
    let found = place(&problem, &PlacementSettings::default()).expect("sound");
    assert_eq!((found.choice.clone(), found.value), (vec![Some(0), Some(2)], 14.0));
    let whys = why_not(&problem, &found);
    assert_eq!(whys[0], None);
    let why = whys[1].as_ref().expect("it would like facility 0");
    assert_eq!((why.liked, why.better_by, why.money_is_worth), (1, 5.0, 0.0));
    assert!((why.place_is_worth - 5.0).abs() < 0.01, "the place is worth 5 to whoever has it: {why:?}");
}

#[test]
fn a_floor_is_told_as_a_reason() {
    let choices = [
        Choice { client: 0, facility: 0, utility: 10.0, cost: 1.0 },
        Choice { client: 0, facility: 1, utility: 7.0, cost: 1.0 },
        Choice { client: 1, facility: 0, utility: 9.0, cost: 1.0 },
        Choice { client: 1, facility: 1, utility: 6.5, cost: 1.0 },
    ];
    let problem = Problem {
        clients: 2,
        capacities: &[1, 1],
        choices: &choices,
        budgets: &[9.0],
        fairness_of: &[0, 1],
        fairness: 0.85,
        ..Problem::default()
    };
    // 10 and 6.5 would be worth more together, but 6.5 is less than .85 of their mean.
    let found = place(&problem, &PlacementSettings::default()).expect("sound");
    assert_eq!((found.choice.clone(), found.value), (vec![Some(1), Some(2)], 16.0));
    let whys = why_not(&problem, &found);
    let why = whys[0].as_ref().expect("client 0 would like facility 0");
    assert!(why.against.contains(&Against::FloorOfOthers) && why.floor_is_worth > 0.0, "{why:?}");
    let without = place(&Problem { fairness: 0.0, ..problem }, &PlacementSettings::default()).expect("sound");
    assert_eq!((without.value, without.worth_of_floor.len()), (16.5, 0));
    assert!(why_not(&problem, &without).iter().flatten().all(|why| why.floor_is_worth == 0.0));
}

#[test]
fn what_contradicts_itself_is_told_with_by_how_much() {
    let choice = |client, facility, cost| Choice { client, facility, utility: 1.0, cost };
    let choices = [choice(0, 0, 5.0), choice(1, 0, 6.0), choice(0, 1, 1.0), choice(2, 0, 1.0)];
    let plain = Problem { clients: 3, capacities: &[2, 1], choices: &choices, budgets: &[10.0], ..Problem::default() };
    let told = |problem: &Problem<'_>| {
        place(problem, &PlacementSettings::default()).expect_err("it contradicts itself").to_string()
    };
    assert_eq!(
        told(&Problem { fixed: &[0, 1], ..plain }),
        "what is fixed for budget 0 costs 11, the budget is 10: 1 too much"
    );
    let tight = Problem { budgets: &[100.0], fixed: &[0, 1, 3], ..plain };
    assert_eq!(told(&tight), "facility 0 has 2 places and 3 clients are fixed in it: 1 too many");
    assert!(told(&Problem { fixed: &[0, 2], ..plain }).contains("fixed in two facilities, 0 and 1"));
    let sets = [vec![0, 1]];
    assert!(told(&Problem { together: &sets, apart: &[(1, 0)], ..plain }).contains("must be apart"));
    assert!(told(&Problem { budgets: &[f64::NAN], ..plain }).contains("budget 0: there is NaN; write 0 or more"));
    let bad = [Choice { utility: f64::INFINITY, ..choices[0] }];
    assert!(told(&Problem { choices: &bad, ..plain }).contains("choice 0: the utility is inf"));
    let twice = [choices[0], choices[0]];
    assert!(told(&Problem { choices: &twice, ..plain }).contains("choices 0 and 1 are of the same"));
}

/// Many clients in eight groups with floors that bind, several budgets, sets and pairs apart.
fn with_floors(seed: u64) -> Small {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut draw = |below: u32| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        ((state >> 16) % u64::from(below)) as u32
    };
    let (clients, facilities) = (60 + draw(40), 10 + draw(20));
    let capacities = (0..facilities).map(|_| 1 + draw(4)).collect();
    let mut choices = Vec::new();
    for (client, facility) in (0..clients).flat_map(|client| (0..facilities).map(move |facility| (client, facility))) {
        if draw(100) < 15 {
            let (utility, cost) = (f64::from(1 + draw(400)) / 4.0, f64::from(draw(61)) / 2.0);
            choices.push(Choice { client, facility, utility, cost });
        }
    }
    Small {
        clients: clients as usize,
        capacities,
        choices,
        budgets: (0..2).map(|_| f64::from(200 + draw(700))).collect(),
        budget_of: (0..clients).map(|_| draw(2)).collect(),
        fairness_of: (0..clients).map(|_| draw(8)).collect(),
        fairness: [0.9, 0.95, 0.97, 1.0][draw(4) as usize],
        together: if draw(2) == 0 { vec![vec![0, 1], vec![2, 3, 4]] } else { Vec::new() },
        apart: if draw(2) == 0 { vec![(6, 7), (0, 8)] } else { Vec::new() },
        fixed: Vec::new(),
    }
}

#[test]
fn where_nothing_is_fixed_every_floor_is_kept() {
    for seed in 1..=12 {
        let small = with_floors(seed);
        let found = place(&small.problem(), &PlacementSettings::default()).expect("nobody placed is always allowed");
        assert!(small.allows(&found.choice) && small.is_fair(&found.choice), "{seed}: {found:?}");
        assert!(found.value <= found.bound + 1e-6, "{seed}: {} {}", found.value, found.bound);
        // Far from nobody, where floors are not exact equalities.
        let far = small.fairness == 1.0 || found.value >= 0.5 * found.bound;
        assert!(far, "{seed}: {} of {} at {}", found.value, found.bound, small.fairness);
    }
}

#[test]
fn a_floor_that_fixed_choices_put_out_of_reach_is_told() {
    let choices = [
        Choice { client: 0, facility: 0, utility: 9.0, cost: 5.0 },
        Choice { client: 1, facility: 0, utility: 1.0, cost: 5.0 },
    ];
    let problem = Problem {
        clients: 2,
        capacities: &[2],
        choices: &choices,
        budgets: &[100.0],
        fairness_of: &[0, 1],
        fairness: 0.9,
        fixed: &[0],
        ..Problem::default()
    };
    let error = place(&problem, &PlacementSettings::default()).expect_err("the floor is out of reach");
    assert_eq!(error, PlacementError::Floor { group: 1, missing: 3.5, groups: 1, proven: true });
    let settings = PlacementSettings { enough: f64::NAN, ..PlacementSettings::default() };
    assert!(place(&problem, &settings).expect_err("no share").to_string().contains("enough: there is NaN"));
}

#[test]
fn one_place_where_there_is_none_is_worth_what_it_would_bring() {
    let choices = [
        Choice { client: 0, facility: 0, utility: 40.0, cost: 10.0 },
        Choice { client: 0, facility: 1, utility: 5.0, cost: 10.0 },
        Choice { client: 1, facility: 1, utility: 4.0, cost: 10.0 },
    ];
    let problem =
        Problem { clients: 2, capacities: &[0, 2], choices: &choices, budgets: &[100.0], ..Problem::default() };
    let found = place(&problem, &PlacementSettings::default()).expect("sound");
    let more = place(&Problem { capacities: &[1, 2], ..problem }, &PlacementSettings::default()).expect("sound");
    assert!((found.worth_of_place[0] - 35.0).abs() < 1e-6, "{:?}", found.worth_of_place);
    assert_eq!(more.value - found.value, 35.0);
}
