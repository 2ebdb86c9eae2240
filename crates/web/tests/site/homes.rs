//! The list of homes: pages and API narrow it by the same rules, and silence is shown where it was counted.

use crate::office::{Ask, Office, Who};
use model::{ColumnType, Table, Value};

/// Names of homes that the page and the API give for a query.
async fn found(office: &Office, query: &str) -> (Vec<String>, Vec<String>) {
    let api = office.ask(&Who::Visitor, &Ask::get(&format!("/api/v1/homes?{query}"))).await;
    assert_eq!(api.status, 200, "{query}: {}", api.text);
    let mut told: Vec<String> = Vec::new();
    for item in api.json()["items"].as_array().expect("items") {
        told.push(item["id"].as_str().expect("an identifier").to_owned());
    }
    let mut shown = Vec::new();
    // Two rows stand on a page of this office.
    for number in 1..=2 {
        let page = office.ask(&Who::Visitor, &Ask::get(&format!("/homes?{query}&page={number}"))).await;
        for part in page.text.split("href=\"/homes/").skip(1) {
            let id: String = part.split('"').next().unwrap_or_default().to_owned();
            if !id.contains('/') && !shown.contains(&id) {
                shown.push(id);
            }
        }
    }
    told.sort();
    shown.sort();
    (shown, told)
}

#[tokio::test]
async fn page_and_api_narrow_alike() {
    let office = Office::open().await;
    for (query, wanted) in [
        ("heard=silent", vec!["home-3"]),
        ("heard=yes", vec!["home-1", "home-2"]),
        ("heard=no", vec!["home-3"]),
        ("ownership=government", vec!["home-1"]),
        ("ownership=not_for_profit&heard=silent", vec![]),
        ("region=South%20East%20Sydney", vec!["home-1", "home-2", "home-3"]),
        ("region=NSW", vec![]),
        ("state=NSW&country=AU&q=GARDEN", vec!["home-1", "home-2", "home-3"]),
        ("q=elm", vec!["home-3"]),
    ] {
        let (shown, told) = found(&office, query).await;
        assert_eq!((&shown, &told), (&wanted.iter().map(|id| (*id).to_owned()).collect(), &shown), "{query}");
    }
    for wrong in ["heard=loud", "ownership=mine", "country=Australia"] {
        assert_eq!(
            office.ask(&Who::Visitor, &Ask::get(&format!("/api/v1/homes?{wrong}"))).await.status,
            422,
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn silence_is_shown_where_it_was_counted() {
    let office = Office::open().await;
    let page = office.ask(&Who::Visitor, &Ask::get("/homes")).await;
    assert!(!page.text.contains("About which homes and regions nobody speaks"), "nobody counted it");
    let numbers = ["entities", "heard", "silent", "value", "low", "high"].map(|name| (name, ColumnType::Number));
    let texts = ["_id", "region", "ownership"].map(|name| (name, ColumnType::Text));
    let mut table = Table::with_columns(&[&texts[..], &numbers[..]].concat());
    for (id, region) in [("all", "*"), ("sydney", "South East Sydney")] {
        let mut row: Vec<Value> = vec![id.into(), region.into(), "*".into()];
        row.extend([3.0, 2.0, 1.0, 0.67, 0.3, 0.9].map(Value::from));
        table.push_row(row).expect("the row fits");
    }
    office.put_dataset("home_coverage", false, table).await;
    let page = office.ask(&Who::Visitor, &Ask::get("/homes")).await;
    assert!(page.text.contains("About which homes and regions nobody speaks"), "{}", page.text);
    let link = "/homes?region=South%20East%20Sydney&#38;heard=silent";
    assert!(page.text.contains(link), "{}", page.text);
    let (shown, _) = found(&office, "region=South%20East%20Sydney&heard=silent").await;
    assert_eq!(shown, ["home-3"], "the link leads to as many homes as it says");
}
