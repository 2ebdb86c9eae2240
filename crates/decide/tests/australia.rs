//! The job on the real homes of the demo office: from a person's need to a decision that replays.
//!
//! Homes, stars and residents' answers are real. Prices and free places have no open source: here they are made up by rule.

use decide::decision::{Choice, decide, replay};
use decide::rooms::care::inputs::RankSettings;
use decide::rooms::care::weights::ChosenWeights;
use decide::rooms::care::{
    Candidate, Criterion, Need, Ownership, Priors, RankInputs, distance_km, first_without_community, limit_report,
    limits, rank, sensitivity,
};
use decide::table::TableModel;
use model::case::Evidence;
use model::{Estimate, Standing};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

const DATA: &str = "../../demo/data";
const WEIGHTS: &str = include_str!("../../../demo/tables/placement-weights.dmn");

type Row = BTreeMap<String, String>;

fn rows(file: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(format!("{DATA}/{file}")).expect("the demo office bundles it");
    reader.deserialize().map(|row| row.expect("a sound row")).collect()
}

fn places() -> BTreeMap<(String, String), (f64, f64)> {
    let number = |row: &Row, column: &str| row[column].parse::<f64>().expect("coordinates");
    let key = |row: &Row| (row["locality"].clone(), row["state"].clone());
    let rows = rows("places-australia/localities.csv");
    rows.iter().map(|row| (key(row), (number(row, "latitude"), number(row, "longitude")))).collect()
}

fn around(value: f64, half: f64, voices: f64) -> Estimate {
    Estimate { value, low: value - half, high: value + half, level: 0.9, voices, independent_voices: voices }
}

/// Mean of what residents answered to twelve questions, on 1 to 5. About ten residents were asked.
fn residents(row: &Row) -> Option<Estimate> {
    let worth = [("Always", 5.0), ("Most of the time", 11.0 / 3.0), ("Some of the time", 7.0 / 3.0), ("Never", 1.0)];
    let (mut sum, mut all) = (0.0, 0.0);
    for (column, value) in row.iter().filter(|(column, _)| column.starts_with("[RE]")) {
        let answer = worth.iter().find(|(answer, _)| column.ends_with(&format!("- {answer}")));
        if let (Some((_, stars)), Ok(percent)) = (answer, value.parse::<f64>()) {
            sum += stars * percent;
            all += percent;
        }
    }
    (all > 0.0).then(|| around(sum / all, 0.45, 10.0))
}

fn homes() -> Vec<Candidate> {
    let places = places();
    let rows = rows("care-homes-australia/homes_2025-02_detailed.csv");
    rows.iter().enumerate().map(|(number, row)| home(number, row, &places)).collect()
}

fn home(number: usize, row: &Row, places: &BTreeMap<(String, String), (f64, f64)>) -> Candidate {
    let entity = format!("home-{number:04}");
    let place = places.get(&(row["Service Suburb"].to_uppercase(), row["State/Territory"].clone())).copied();
    let columns = [
        ("overall", "Overall Star Rating"),
        ("staffing", "Staffing rating"),
        ("compliance", "Compliance rating"),
        ("quality", "Quality Measures rating"),
    ];
    let stars = |column: &str| row[column].parse::<f64>().ok().map(|stars| around(stars, 0.45, 1.0));
    let official: BTreeMap<String, Estimate> =
        columns.iter().filter_map(|(aspect, column)| Some(((*aspect).to_owned(), stars(column)?))).collect();
    let community = residents(row);
    let evidence = |aspect: &str, estimate: Estimate| Evidence {
        entity: entity.clone(),
        aspect: aspect.to_owned(),
        dataset: "homes_au".to_owned(),
        version: 1,
        record: entity.clone(),
        standing: Standing::Official,
        simulated: false,
        estimate: Some(estimate),
        text: String::new(),
    };
    let mut items: Vec<Evidence> = official.iter().map(|(aspect, estimate)| evidence(aspect, *estimate)).collect();
    items.extend(community.map(|estimate| evidence("residents", estimate)));
    Candidate {
        name: row["Service Name"].clone(),
        ownership: Ownership::from_word(&row["Purpose"]),
        free_places: BTreeMap::from([("residential".to_owned(), u32::from(!number.is_multiple_of(3)))]),
        weekly_price: Some(800.0 + (number * 37 % 700) as f64),
        distance_km: None,
        latitude: place.map(|place| place.0),
        longitude: place.map(|place| place.1),
        community,
        official,
        trend: None,
        features: BTreeSet::from([row["Size"].to_lowercase()]),
        evidence: items,
        entity,
    }
}

fn seen_from(homes: &[Candidate], place: (f64, f64)) -> Vec<Candidate> {
    let mut homes = homes.to_vec();
    for home in &mut homes {
        home.distance_km = home.latitude.zip(home.longitude).map(|there| distance_km(place, there));
    }
    homes
}

fn need(place: (f64, f64)) -> Need {
    Need {
        kind_of_care: "residential".to_owned(),
        latitude: Some(place.0),
        longitude: Some(place.1),
        weekly_budget_ceiling: Some(1_250.0),
        max_distance_km: Some(25.0),
        wishes: Vec::new(),
        as_of: "2025-03-01".parse().expect("a day"),
    }
}

fn inputs(need: Need, homes: &[Candidate]) -> RankInputs {
    let pressure = limits::budget_pressure(&need, homes);
    let Json::Object(asked) =
        json!({"kind of care": need.kind_of_care, "wishes": ["near_family"], "budget pressure": pressure})
    else {
        panic!("an object")
    };
    let evaluated =
        TableModel::load(WEIGHTS).expect("the office's table").evaluate("weights", &asked).expect("weights");
    let weights = ChosenWeights::of_table(&evaluated).expect("weights");
    RankInputs::new(need, homes, weights, RankSettings::default()).expect("sound inputs")
}

#[test]
fn homes_are_read_as_published() {
    let homes = homes();
    assert_eq!(homes.len(), 1_838);
    let owned = |ownership| homes.iter().filter(|home| home.ownership == Some(ownership)).count();
    assert_eq!(
        (owned(Ownership::Government), owned(Ownership::NotForProfit), owned(Ownership::ForProfit)),
        (185, 1_025, 628)
    );
    assert_eq!(homes.iter().filter(|home| home.latitude.is_some()).count(), 1_834);
    assert_eq!(homes.iter().filter(|home| !home.official.contains_key("overall")).count(), 127);
    let priors = Priors::from_homes(&homes);
    assert!((priors.of(Criterion::Overall).mean - 3.78).abs() < 0.02, "{:?}", priors.of(Criterion::Overall));
}

#[test]
fn a_person_in_parramatta_gets_a_place() {
    let place = places()[&("PARRAMATTA".to_owned(), "NSW".to_owned())];
    let homes = seen_from(&homes(), place);
    let need = need(place);
    let report = limit_report(&need, &homes);
    let taken: usize = report.limits.iter().map(|limit| limit.excludes_in_turn).sum();
    assert_eq!(taken + report.left, 1_838);
    assert!((20..200).contains(&report.left), "{report:?}");
    let distance = report.limits.iter().find(|limit| limit.limit == limits::Limit::Distance).expect("a distance limit");
    assert_eq!(distance.unknown_alone, 4, "four localities are spelled in a way the register lacks");
    assert!(distance.relaxed[0].more <= distance.relaxed[1].more && distance.nearest_miss.is_some());

    let inputs = inputs(need, &homes);
    let ranking = rank(&inputs).expect("a ranking");
    assert_eq!(ranking.homes.len(), report.left);
    assert!(ranking.homes.iter().all(|home| home.probability_error.is_some_and(|error| error < 0.006)));
    let first = ranking.first().expect("somebody is first");
    assert!(first.probability_best > Some(1.0 / ranking.homes.len() as f64), "{first:?}");
    assert!(first.parts.len() == 8 && first.parts.iter().any(|part| part.known.is_none()), "no trend is known");

    let found = sensitivity(&inputs).expect("what it hangs on");
    assert_eq!(found.first, first.entity);
    assert!(found.items_tried > 4 * report.left);
    let choice = Choice {
        case: "case-1".into(),
        chosen: ranking.homes[1].entity.clone(),
        reason: "her husband lives there already".into(),
        account: "mira".into(),
        at: "2025-03-02T10:00:00Z".parse().expect("a moment"),
        limits: Some(report),
    };
    let decision = decide(&inputs, &choice).expect("a decision");
    let kept: model::case::Decision =
        serde_json::from_str(&serde_json::to_string(&decision).expect("text")).expect("a decision");
    let again = replay(&kept).expect("it replays");
    assert!(again.same, "{:?}", again.differences);
}

/// What residents say is nearly independent of the other official parts: so it should change who stands first in a good
/// part of all places, not in none and not in all.
#[test]
fn what_residents_say_changes_some_choices() {
    let all = homes();
    let places: Vec<(f64, f64)> = all.iter().step_by(12).filter_map(|home| home.latitude.zip(home.longitude)).collect();
    let (mut compared, mut changed) = (0_usize, 0_usize);
    for place in places {
        let homes = seen_from(&all, place);
        let mut inputs = inputs(need(place), &homes);
        inputs.settings.draws = 0;
        let ranking = rank(&inputs).expect("a ranking");
        if ranking.homes.len() < 5 {
            continue;
        }
        compared += 1;
        changed += usize::from(first_without_community(&inputs).expect("a first") != ranking.homes[0].entity);
    }
    let share = changed as f64 / compared as f64;
    assert!(compared > 50 && (0.1..0.9).contains(&share), "{changed} of {compared}");
}
