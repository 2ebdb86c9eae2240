//! Real official data: correlations and means that their README gives, and what the panel teaches.

use analyze::indicators::spearman::spearman;
use analyze::series::panel::{PanelSettings, Quarter, Stars, official_changes};
use model::time::days_since_epoch;
use std::collections::BTreeMap;

const DATA: &str = "../../../shared/data/";

type Row = BTreeMap<String, String>;

fn rows(path: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(format!("{DATA}{path}")).expect("the shared data are there");
    let heads = reader.headers().expect("the file has a head").clone();
    let row = |record: csv::StringRecord| heads.iter().zip(record.iter()).map(|(a, b)| (a.into(), b.into())).collect();
    reader.records().map(|record| row(record.expect("the file is valid CSV"))).collect()
}

fn stars(row: &Row, column: &str) -> Option<f64> {
    row[column].parse().ok()
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let values: Vec<f64> = values.collect();
    values.iter().sum::<f64>() / values.len() as f64
}

#[test]
fn residents_say_something_else_than_officials() {
    const PARTS: [&str; 5] = [
        "Residents' Experience rating",
        "Overall Star Rating",
        "Compliance rating",
        "Staffing rating",
        "Quality Measures rating",
    ];
    let homes = rows("care-homes-australia/homes_2025-02_detailed.csv");
    let complete: Vec<[f64; 5]> = homes
        .iter()
        .filter_map(|row| {
            let found: Vec<f64> = PARTS.iter().filter_map(|part| stars(row, part)).collect();
            found.try_into().ok()
        })
        .collect();
    assert_eq!(complete.len(), 1_711);
    for (part, expected) in [(1, 0.48), (2, 0.03), (3, 0.11), (4, 0.10)] {
        let pairs: Vec<(f64, f64)> = complete.iter().map(|row| (row[0], row[part])).collect();
        let found = spearman(&pairs).unwrap();
        assert!((found - expected).abs() < 0.005, "{}: {found}", PARTS[part]);
    }
}

#[test]
fn means_by_ownership_are_as_published() {
    let homes = rows("care-homes-australia/homes_2025-02_detailed.csv");
    for (purpose, overall, residents) in
        [("For Profit", 3.64, 3.43), ("Not for Profit", 3.80, 3.60), ("Government", 4.13, 3.64)]
    {
        let of = |column: &str| {
            mean(homes.iter().filter(|row| row["Purpose"] == purpose).filter_map(|row| stars(row, column)))
        };
        assert!((of("Overall Star Rating") - overall).abs() < 0.005, "{purpose}: {}", of("Overall Star Rating"));
        let found = of("Residents' Experience rating");
        assert!((found - residents).abs() < 0.005, "{purpose}: {found}");
    }
    let facilities = rows("care-facilities-us/facilities.csv");
    assert_eq!(facilities.len(), 10_345);
    let unrated = facilities.iter().filter(|row| stars(row, "stars") == Some(0.0)).count();
    assert_eq!(unrated, 97);
    for (owner, expected) in [("For profit", 2.787), ("Government", 3.247), ("Non profit", 3.456)] {
        let rated = facilities.iter().filter(|row| row["ownership_type"].starts_with(owner));
        let found = mean(rated.filter_map(|row| stars(row, "stars")).filter(|stars| *stars > 0.0));
        assert!((found - expected).abs() < 0.000_5, "{owner}: {found}");
    }
}

fn panel(column: &str) -> Vec<Stars> {
    let mut series: BTreeMap<String, Stars> = BTreeMap::new();
    for row in rows("care-homes-australia/star_ratings_panel.csv") {
        let Some(stars) = stars(&row, column) else { continue };
        let entity = row["facility_id"].clone();
        let quarters = &mut series
            .entry(entity.clone())
            .or_insert_with(|| Stars { entity, aspect: column.to_owned(), quarters: Vec::new() })
            .quarters;
        quarters.push(Quarter { date: row["quarter_date"].parse().expect("quarters are dates"), stars, record: None });
    }
    let mut all: Vec<Stars> = series.into_values().collect();
    for one in &mut all {
        one.quarters.sort_by_key(|quarter| quarter.date);
    }
    all
}

#[test]
fn official_changes_hold_about_as_often_as_said() {
    for column in ["overall_star_rating", "residents_experience_rating", "staffing_rating", "quality_measures_rating"] {
        let series = panel(column);
        let changes = official_changes(&series, &PanelSettings::default());
        let jumps: usize = series
            .iter()
            .map(|one| one.quarters.windows(2).filter(|pair| pair[0].stars != pair[1].stars).count())
            .sum();
        // Those that the panel follows for a year after the jump.
        let last = days_since_epoch("2025-10-01".parse().unwrap());
        let followed: Vec<_> = changes.iter().filter(|change| days_since_epoch(change.since) + 360 <= last).collect();
        assert!(column != "overall_star_rating" || followed.len() > 300, "{} changes to check", followed.len());
        let gone_back = |series: &Stars, since, size: f64| {
            let at = series.quarters.iter().position(|quarter| quarter.date == since).unwrap();
            let new = series.quarters[at].stars;
            series.quarters[at + 1..].iter().take(4).any(|later| (new - later.stars) / size >= 0.5)
        };
        let back = followed.iter().filter(|one| gone_back(&series[one.series], one.since, one.size.value)).count();
        let expected: f64 = followed.iter().map(|one| one.chance).sum();
        assert!(changes.len() < jumps, "{column}: {} changes of {jumps} jumps", changes.len());
        let (share, said) = (back as f64 / followed.len().max(1) as f64, expected / followed.len().max(1) as f64);
        eprintln!(
            "{column}: {jumps} jumps, {} changes, {} followed, {share:.3} back, {said:.3} said",
            changes.len(),
            followed.len()
        );
        assert!((share - said).abs() < 0.1, "{column}: {share} went back, {said} said, of {}", followed.len());
    }
}
