//! Laws of limits, ranking, sensitivity and replay, and small cases worked by hand.

use super::criteria::{criterion_of, is_outside};
use super::inputs::RankSettings;
use super::sensitivity::Removed;
use super::weights::ChosenWeights;
use super::without_community::without_community;
use super::*;
use crate::decision::{Choice, decide, replay};
use crate::letter::{Beside, LetterSettings, SourceFacts, letter, used_outside_evidence};
use model::Standing;
use proptest::prelude::*;

pub(crate) fn estimate(value: f64, half: f64) -> Estimate {
    Estimate { value, low: value - half, high: value + half, level: 0.9, voices: 20.0, independent_voices: 14.0 }
}

fn evidence(entity: &str, aspect: &str, standing: Standing, dataset: &str, one: Option<Estimate>) -> Evidence {
    Evidence {
        entity: entity.to_owned(),
        aspect: aspect.to_owned(),
        dataset: dataset.to_owned(),
        version: 3,
        record: format!("{entity}-{aspect}"),
        standing,
        simulated: dataset == "posts",
        estimate: one,
        text: String::new(),
    }
}

/// A home with everything known, and the evidence for it.
pub(crate) fn home(entity: &str, community: f64, official: f64, price: f64, distance: f64) -> Candidate {
    let (seen, said) = (estimate(official, 0.4), estimate(community, 0.5));
    let mut items = vec![evidence(entity, "community", Standing::Community, "posts", Some(said))];
    let aspects = ["overall", "staffing", "compliance", "quality"];
    items.extend(aspects.map(|aspect| evidence(entity, aspect, Standing::Official, "stars", Some(seen))));
    items.push(evidence(entity, "price", Standing::Official, "prices", Some(estimate(price, 0.0))));
    Candidate {
        entity: entity.to_owned(),
        name: format!("Home {entity}"),
        ownership: Some(Ownership::NotForProfit),
        free_places: BTreeMap::from([("residential".to_owned(), 2)]),
        weekly_price: Some(price),
        distance_km: Some(distance),
        latitude: None,
        longitude: None,
        community: Some(said),
        official: aspects.map(|aspect| (aspect.to_owned(), seen)).into(),
        trend: None,
        features: BTreeSet::new(),
        evidence: items,
    }
}

fn need() -> Need {
    Need {
        kind_of_care: "residential".to_owned(),
        latitude: Some(-33.8),
        longitude: Some(151.0),
        weekly_budget_ceiling: Some(1_200.0),
        max_distance_km: Some(40.0),
        wishes: Vec::new(),
        as_of: "2025-03-01".parse().expect("a day"),
    }
}

fn weights(given: [f64; 8]) -> ChosenWeights {
    let used = Weights::new(Criterion::ALL.into_iter().zip(given).collect()).expect("weights");
    ChosenWeights {
        table: used.clone(),
        used,
        table_version: "v".into(),
        fired: Vec::new(),
        reason: String::new(),
        account: String::new(),
    }
}

fn inputs(candidates: Vec<Candidate>, given: [f64; 8]) -> RankInputs {
    let settings = RankSettings { draws: 400, ..RankSettings::default() };
    let priors = Priors::from_homes(&candidates);
    RankInputs { need: need(), candidates, priors, weights: weights(given), settings }
}

fn entities(inputs: &RankInputs) -> Vec<String> {
    rank(inputs).expect("a ranking").homes.into_iter().map(|home| home.entity).collect()
}

fn choice(chosen: &str, reason: &str) -> Choice {
    Choice {
        case: "case-1".into(),
        chosen: chosen.into(),
        reason: reason.into(),
        account: "mira".into(),
        at: "2025-03-02T10:00:00Z".parse().expect("a moment"),
        limits: None,
    }
}

const EVEN: [f64; 8] = [1.0; 8];

fn some_home() -> impl Strategy<Value = Candidate> {
    let known = (0_u8..16, 1.0..5.0_f64, 1.0..5.0_f64, 300.0..1_600.0_f64, 0.0..80.0_f64, -0.8..0.8_f64);
    (known, 0..3_u32, 0..3_usize, any::<bool>()).prop_map(
        |((mask, community, official, price, km, trend), places, owner, small)| {
            let mut home = home("x", community, official, price, km);
            home.community = home.community.filter(|_| mask & 1 == 0);
            home.weekly_price = home.weekly_price.filter(|_| mask & 6 != 6);
            home.trend = (mask & 8 == 0).then(|| estimate(trend, 0.3));
            home.free_places.insert("residential".to_owned(), places);
            home.ownership = Some(Ownership::ALL[owner]);
            home.features.extend(small.then(|| "small".to_owned()));
            home
        },
    )
}

fn some_homes(most: usize) -> impl Strategy<Value = Vec<Candidate>> {
    proptest::collection::vec(some_home(), 1..most).prop_map(|mut homes| {
        for (number, home) in homes.iter_mut().enumerate() {
            home.entity = format!("h{number}");
            let entity = home.entity.clone();
            let known = home.clone();
            home.evidence.retain(|one| criterion_of(one).and_then(|criterion| criterion.estimate(&known)).is_some());
            home.evidence.iter_mut().for_each(|one| {
                one.entity.clone_from(&entity);
                one.record = format!("{entity}-{}", one.aspect);
            });
        }
        homes
    })
}

fn some_weights() -> impl Strategy<Value = [f64; 8]> {
    proptest::array::uniform8(0_u8..10)
        .prop_map(|weights| weights.map(f64::from))
        .prop_filter("some", |weights| weights.iter().sum::<f64>() > 0.0)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_candidates_changes_nothing(homes in some_homes(12), given in some_weights(), turn in 0_usize..12) {
        let one = rank(&inputs(homes.clone(), given)).unwrap();
        let mut turned = homes;
        let turn = turn % turned.len();
        turned.rotate_left(turn);
        turned.reverse();
        let other = rank(&inputs(turned, given)).unwrap();
        prop_assert_eq!(serde_json::to_string(&one).unwrap(), serde_json::to_string(&other).unwrap());
    }

    // Factors by which whole weights are multiplied without a rounding of their own, as no rule could undo that: weights keep nine
    // decimals, which 2 to the minus 9 needs all of.
    #[test]
    fn scaling_weights_changes_nothing(
        homes in some_homes(12), given in some_weights(), whole in 1_u16..1_000, doubled in -9_i32..7,
    ) {
        let factor = f64::from(whole) * 2.0_f64.powi(doubled);
        let one = rank(&inputs(homes.clone(), given)).unwrap();
        let other = rank(&inputs(homes, given.map(|weight| weight * factor))).unwrap();
        prop_assert_eq!(one, other);
    }

    #[test]
    fn relaxing_a_limit_never_loses_a_candidate(
        homes in some_homes(30), price in 300.0..1_600.0_f64, more in 0.0..500.0_f64, km in 1.0..80.0_f64, far in 0.0..60.0_f64,
    ) {
        let wishes = vec![Wish::parse("with:small").unwrap(), Wish::parse("owner:government|for_profit").unwrap()];
        let tight = Need { weekly_budget_ceiling: Some(price), max_distance_km: Some(km), wishes, ..need() };
        let kept = |need: &Need| limits::left(need, &homes).into_iter().map(|home| home.entity.clone()).collect::<BTreeSet<_>>();
        let narrow = kept(&tight);
        for wide in [
            Need { weekly_budget_ceiling: Some(price + more), ..tight.clone() },
            Need { max_distance_km: Some(km + far), ..tight.clone() },
            Need { weekly_budget_ceiling: None, ..tight.clone() },
            Need { max_distance_km: None, ..tight.clone() },
            Need { wishes: tight.wishes[1..].to_vec(), ..tight.clone() },
        ] {
            prop_assert!(kept(&wide).is_superset(&narrow));
        }
        // What the report promises is what relaxing brings.
        let report = limit_report(&tight, &homes);
        prop_assert_eq!(report.left, narrow.len());
        prop_assert_eq!(report.limits.iter().map(|limit| limit.excludes_in_turn).sum::<usize>() + report.left, homes.len());
        for effect in &report.limits {
            if let Some(dropped) = effect.relaxed.iter().find(|relaxed| relaxed.by.is_none()) {
                prop_assert_eq!(dropped.more, effect.excludes_only);
            }
            for relaxed in &effect.relaxed {
                let wide = match (&effect.limit, relaxed.by) {
                    (limits::Limit::Price, by) => Need { weekly_budget_ceiling: by.map(|by| price + by), ..tight.clone() },
                    (limits::Limit::Distance, by) => Need { max_distance_km: by.map(|by| km + by), ..tight.clone() },
                    (limits::Limit::Wish { number, .. }, _) => {
                        let mut wide = tight.clone();
                        wide.wishes.remove(*number);
                        wide
                    }
                    _ => continue,
                };
                prop_assert_eq!(kept(&wide).len() - narrow.len(), relaxed.more, "{:?} {:?}", effect.limit, relaxed);
            }
        }
    }

    #[test]
    fn a_replay_is_the_same_to_the_last_byte(homes in some_homes(10), given in some_weights(), pick in 0_usize..10) {
        let inputs = inputs(homes, given);
        let ranking = rank(&inputs).unwrap();
        prop_assume!(!ranking.homes.is_empty());
        let chosen = &ranking.homes[pick % ranking.homes.len()].entity;
        let decision = decide(&inputs, &choice(chosen, "the family lives next door")).unwrap();
        // Through text, as a database keeps it.
        let text = serde_json::to_string(&decision).unwrap();
        let back: model::case::Decision = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(serde_json::to_string(&back).unwrap(), text);
        let replay = replay(&back).unwrap();
        prop_assert!(replay.same, "{:?}", replay.differences);
    }

    #[test]
    fn a_dominated_home_changes_no_order_of_the_others(homes in some_homes(12), given in some_weights(), which in 0_usize..12) {
        let before = inputs(homes.clone(), given);
        let model = &homes[which % homes.len()];
        let mut worse = model.clone();
        worse.entity = "worse".to_owned();
        let lower = |one: &mut Estimate| (one.value, one.low, one.high) = (one.value - 0.3, one.low - 0.3, one.high - 0.3);
        worse.community.iter_mut().for_each(lower);
        worse.official.values_mut().for_each(lower);
        worse.weekly_price = worse.weekly_price.map(|price| price + 10.0);
        worse.distance_km = worse.distance_km.map(|km| km + 1.0);
        let mut after = before.clone();
        after.candidates.push(worse);
        let order: Vec<String> = entities(&after).into_iter().filter(|entity| entity != "worse").collect();
        prop_assert_eq!(entities(&before), order);
    }

    #[test]
    fn parts_add_up_and_chances_too(homes in some_homes(12), given in some_weights()) {
        let ranking = rank(&inputs(homes, given)).unwrap();
        for home in &ranking.homes {
            let adds: f64 = home.parts.iter().map(|part| part.adds).sum();
            let takes: f64 = home.parts.iter().map(|part| part.caution_takes).sum();
            prop_assert!((adds - home.worth.value.value).abs() < 1e-7);
            prop_assert!((adds - takes - home.cautious).abs() < 1e-7);
            let weight: f64 = home.worth.because.contributions.iter().map(|one| one.weight).sum();
            prop_assert!((weight - 1.0).abs() < 1e-7);
        }
        let chances: f64 = ranking.homes.iter().filter_map(|home| home.probability_best).sum();
        prop_assert!(ranking.homes.is_empty() || (chances - 1.0).abs() < 1e-6, "{}", chances);
    }
}

#[test]
fn little_known_does_not_win_by_luck_and_nothing_known_is_not_zero() {
    let mut famous = home("famous", 3.9, 3.5, 900.0, 10.0);
    famous.community = Some(estimate(3.9, 0.2));
    let mut rumoured = home("rumoured", 4.1, 3.5, 900.0, 10.0);
    rumoured.community = Some(estimate(4.1, 1.8));
    let mut silent = home("silent", 3.0, 3.5, 900.0, 10.0);
    silent.community = None;
    silent.evidence.retain(|one| one.aspect != "community");
    let bad = home("bad", 1.4, 3.5, 900.0, 10.0);
    let only_community = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
    let mut inputs = inputs(vec![famous, rumoured, silent, bad], only_community);
    assert_eq!(entities(&inputs), ["famous", "rumoured", "silent", "bad"]);
    let ranking = rank(&inputs).unwrap();
    let silent = ranking.home("silent").unwrap();
    assert_eq!(silent.parts[0].known, None);
    assert!((silent.worth.value.value - 0.5).abs() < 0.1, "{silent:?}");
    assert_eq!(silent.worth.because.contributions[0].discounted, "nothing_known");
    inputs.settings.quantile = 0.5;
    assert_eq!(entities(&inputs)[0], "rumoured", "without caution the best guess wins");
}

/// Without cuts and shared errors the homes' worths are independent normal quantities: the probability of being the best
/// is then an integral, found here by the trapezoid rule.
#[test]
fn drawn_chances_agree_with_the_integral() {
    let homes: Vec<Candidate> = [3.0, 3.1, 3.3, 2.6]
        .iter()
        .enumerate()
        .map(|(n, stars)| home(&format!("h{n}"), *stars, 3.0, 900.0, 10.0))
        .collect();
    let mut inputs = inputs(homes, [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    inputs.settings.draws = 40_000;
    let ranking = rank(&inputs).unwrap();
    let stars = [("h0", 3.0), ("h1", 3.1), ("h2", 3.3), ("h3", 2.6)];
    let deviation = estimate(3.0, 0.5).standard_deviation();
    for (entity, mean) in stars {
        let steps = 4_000;
        let at = |step: i32| 0.5 + 5.0 * f64::from(step) / f64::from(steps);
        let integrand = |x: f64| {
            let others = stars.iter().filter(|(other, _)| *other != entity);
            let below: f64 = others.map(|(_, other)| chance::below((x - other) / deviation)).product();
            below * chance::density((x - mean) / deviation) / deviation
        };
        let expected: f64 = (0..steps).map(|step| integrand(at(step)) * 5.0 / f64::from(steps)).sum();
        let home = ranking.home(entity).unwrap();
        let (found, error) = (home.probability_best.unwrap(), home.probability_error.unwrap());
        assert!((found - expected).abs() < 4.0 * error, "{entity}: {found} ± {error}, integral {expected}");
        assert!(error < 0.003);
    }
}

#[test]
fn limits_count_alone_in_turn_and_name_the_nearest_miss() {
    let mut full = home("full", 4.0, 4.0, 900.0, 5.0);
    full.free_places.insert("residential".into(), 0);
    let mut other = home("other", 4.0, 4.0, 900.0, 5.0);
    other.free_places = BTreeMap::from([("respite".to_owned(), 3)]);
    let mut unpriced = home("unpriced", 4.0, 4.0, 900.0, 5.0);
    unpriced.weekly_price = None;
    let homes = vec![
        home("good", 4.0, 4.0, 1_000.0, 5.0),
        full,
        other,
        unpriced,
        home("dear", 4.0, 4.0, 1_230.0, 5.0),
        home("dearer", 4.0, 4.0, 1_380.0, 5.0),
        home("far", 4.0, 4.0, 1_000.0, 47.5),
        home("far and dear", 4.0, 4.0, 1_300.0, 90.0),
    ];
    let report = limit_report(&need(), &homes);
    assert_eq!((report.homes, report.left), (8, 1));
    let in_turn: Vec<usize> = report.limits.iter().map(|limit| limit.excludes_in_turn).collect();
    assert_eq!(in_turn, [1, 1, 4, 1]);
    let price = &report.limits[2];
    assert_eq!((price.excludes_alone, price.unknown_alone), (3, 1));
    let more: Vec<(Option<f64>, usize)> = price.relaxed.iter().map(|one| (one.by, one.more)).collect();
    assert_eq!(more, [(Some(50.0), 1), (Some(100.0), 1), (Some(200.0), 2), (None, 3)]);
    let miss = price.nearest_miss.clone().unwrap();
    assert_eq!((miss.entity.as_str(), miss.by), ("dear", Some(30.0)));
    let miss = report.limits[3].nearest_miss.clone().unwrap();
    assert_eq!((miss.entity.as_str(), miss.by), ("far", Some(7.5)));
    assert_eq!(limits::budget_pressure(&need(), &homes), Some(2.0 / 3.0));
    assert_eq!(limits::budget_pressure(&Need { weekly_budget_ceiling: None, ..need() }, &homes), None);
}

#[test]
fn wishes_are_read_or_say_what_to_write() {
    for text in ["owner:government|not_for_profit", "with:garden", "without:large", "stars:community>=3.5"] {
        assert_eq!(Wish::parse(text).unwrap().word(), text);
    }
    assert!(Wish::parse("stars:community>=3.5").unwrap().is_outside());
    for text in ["", "garden", "with:", "owner:church", "stars:staffing>=9", "stars:smell>=3", "stars:staffing"] {
        assert!(Wish::parse(text).is_err(), "{text}");
    }
    assert_eq!(
        Wish::parse("owner:church").unwrap_err().to_string(),
        "wish `owner:church`: owners are `government`, `not_for_profit`, `for_profit`"
    );
    assert_eq!(Ownership::from_word("Not for Profit"), Some(Ownership::NotForProfit));
    assert_eq!(Ownership::from_word("For-profit"), Some(Ownership::ForProfit));
}

#[test]
fn distances_are_great_circles() {
    // Sydney to Melbourne by their city halls, 713 to 714 km by published tables.
    let km = distance_km((-33.8731, 151.2061), (-37.8150, 144.9666));
    assert!((km - 713.6).abs() < 1.0, "{km}");
    assert_eq!(distance_km((-33.0, 151.0), (-33.0, 151.0)), 0.0);
}

#[test]
fn community_evidence_can_turn_the_choice_and_is_found_out() {
    let loved = home("loved", 4.8, 3.4, 1_000.0, 10.0);
    let starred = home("starred", 2.4, 4.0, 1_000.0, 10.0);
    let inputs = inputs(vec![loved, starred], [3.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0]);
    assert_eq!(entities(&inputs), ["loved", "starred"]);
    assert_eq!(first_without_community(&inputs), Ok("starred".to_owned()));
    assert!(without_community(&inputs).candidates.iter().all(|home| !home.evidence.iter().any(is_outside)));
    let found = sensitivity(&inputs).unwrap();
    assert_eq!((found.items_tried, found.sources_tried), (12, 3));
    assert_eq!(found.flips[0].removed, Removed::Source { dataset: "posts".to_owned() });
    assert!(found.flips.iter().all(|flip| flip.first == "starred"));
    let lone = found.flips.iter().any(|flip| {
        matches!(&flip.removed, Removed::Item { entity, criterion: Criterion::Community, outside: true, simulated: true, .. } if entity == "loved")
    });
    assert!(lone, "{:?}", found.flips);
    let decision = decide(&inputs, &choice("loved", "")).expect("the choice follows the ranking");
    assert_eq!(decision.ranked_first_without_community, "starred");
    assert!(used_outside_evidence(&decision));
}

#[test]
fn a_wish_that_only_communities_answer_falls_away_with_them() {
    let homes = vec![home("quiet", 3.9, 3.0, 1_000.0, 10.0), home("starred", 2.0, 5.0, 1_000.0, 10.0)];
    let need = Need { wishes: vec![Wish::parse("stars:community>=3.5").unwrap()], ..need() };
    let inputs = RankInputs::new(need, &homes, weights(EVEN), RankSettings::default()).unwrap();
    assert_eq!(inputs.candidates.len(), 2, "the record keeps who would come back");
    assert_eq!(entities(&inputs), ["quiet"]);
    assert_eq!(first_without_community(&inputs), Ok("starred".to_owned()));
}

#[test]
fn departing_from_the_ranking_wants_a_reason() {
    let homes = vec![
        home("good", 4.5, 4.5, 900.0, 5.0),
        home("near", 3.0, 3.0, 1_100.0, 1.0),
        home("far", 5.0, 5.0, 900.0, 500.0),
    ];
    let inputs = inputs(homes, EVEN);
    let refused = decide(&inputs, &choice("near", "  because ")).expect_err("too short");
    assert_eq!(
        refused.to_string(),
        "the choice departs from the ranking, which puts `good` first; give a reason of at least 10 letters"
    );
    assert_eq!(decide(&inputs, &choice("far", "I would like it so")), Err(DecideError::NotACandidate("far".into())));
    let decision = decide(&inputs, &choice("near", "her sister lives there")).unwrap();
    assert_eq!((decision.ranked_first.as_str(), decision.reason.as_str()), ("good", "her sister lives there"));
}

#[test]
fn a_changed_record_is_found_out() {
    let inputs = inputs(vec![home("a", 4.0, 4.0, 900.0, 5.0), home("b", 3.5, 3.0, 1_000.0, 8.0)], EVEN);
    let mut decision = decide(&inputs, &choice("a", "")).unwrap();
    assert!(replay(&decision).unwrap().same);
    decision.inputs["inputs"]["candidates"][1]["weekly_price"] = 300.0.into();
    let found = replay(&decision).unwrap();
    assert!(!found.same);
    assert!(found.differences.iter().any(|one| one.place.starts_with("ranking.homes.")), "{:?}", found.differences);
    decision.inputs["method"] = "placement/9".into();
    assert!(replay(&decision).unwrap_err().to_string().contains("made by method `placement/9`"));
}

#[test]
fn weights_want_sense_and_a_reason() {
    let chosen = weights(EVEN);
    let heavier = Weights::new(BTreeMap::from([(Criterion::Price, 5.0), (Criterion::Community, 1.0)])).unwrap();
    assert!(chosen.clone().changed(heavier.clone(), "hm", "mira").is_err());
    let changed = chosen.clone().changed(heavier, "the family pays half of it", "mira").unwrap();
    assert_eq!((changed.account.as_str(), changed.used.share(Criterion::Price)), ("mira", 5.0 / 6.0));
    let scaled = Weights::new(Criterion::ALL.map(|criterion| (criterion, 7.0)).into()).unwrap();
    assert!(chosen.changed(scaled, "", "").is_ok(), "the same shares are no change");
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(Weights::new(BTreeMap::from([(Criterion::Price, bad)])).is_err());
    }
    assert!(Weights::new(BTreeMap::from([(Criterion::Price, 0.0)])).is_err());
    assert!(serde_json::from_str::<Weights>(r#"{"price": -3}"#).is_err(), "a record is checked as well");
}

#[test]
fn the_letter_names_sources_reasons_and_how_to_object() {
    let homes =
        vec![home("a", 4.6, 4.0, 900.0, 5.0), home("b", 3.5, 3.0, 1_000.0, 8.0), home("c", 3.4, 4.0, 950.0, 7.0)];
    let decision = decide(&inputs(homes, EVEN), &choice("a", "")).unwrap();
    let portal = |name: &str| SourceFacts {
        name: name.to_owned(),
        title: format!("Posts about homes, {name}"),
        publisher: "a forum".into(),
        licence: "CC0 1.0".into(),
        simulated: true,
    };
    let both = [portal("one"), portal("two")];
    let sources_of = |evidence: &Evidence| if evidence.dataset == "posts" { both.to_vec() } else { Vec::new() };
    let settings =
        LetterSettings { person: "Mrs A.", contact: "office@example.org", days_to_object: 28, sources_of: &sources_of };
    let letter = letter(&decision, &settings).unwrap();
    assert_eq!(letter.object_by, "2025-03-30".parse().unwrap());
    assert_eq!(letter.outside_data.len(), 1);
    let posts = &letter.outside_data[0];
    assert_eq!((posts.sources.as_slice(), posts.version, posts.simulated), (both.as_slice(), 3, true));
    assert_eq!(posts.said.estimate.map(|one| one.value), Some(4.6));
    let official: BTreeSet<&str> = letter.official_data.iter().map(|one| one.dataset.as_str()).collect();
    assert_eq!(official, BTreeSet::from(["stars", "prices"]));
    assert_eq!(letter.homes_compared, 3);
    assert!(letter.reasons.iter().any(|one| one.criterion == Criterion::Community && one.beside == Beside::Better));
    assert!(letter.departed_because.is_empty());
}

#[test]
fn unsound_inputs_are_refused_with_their_place() {
    let twice = inputs(vec![home("a", 4.0, 4.0, 900.0, 5.0), home("a", 4.0, 4.0, 900.0, 5.0)], EVEN);
    assert_eq!(rank(&twice).unwrap_err().to_string(), "a: the home is listed twice; list it once");
    let mut broken = home("a", 4.0, 4.0, 900.0, 5.0);
    broken.community = Some(Estimate { value: f64::NAN, ..estimate(3.0, 1.0) });
    assert!(rank(&inputs(vec![broken], EVEN)).unwrap_err().to_string().contains("assess the home again"));
    let mut none = inputs(vec![home("a", 4.0, 4.0, 9_000.0, 5.0)], EVEN);
    assert_eq!(decide(&none, &choice("a", "")), Err(DecideError::NobodyLeft));
    none.settings.quantile = 0.0;
    assert!(rank(&none).is_err());
}
