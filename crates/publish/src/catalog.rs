//! The catalogue as DCAT-US 1.1 `data.json`. Must never list a dataset that is restricted.

use serde::Serialize;
use serde_json::{Value, json};

/// A dataset that may be published, as the catalogue shows it.
#[derive(Clone, Debug, Serialize)]
pub struct Published {
    /// Name: the last part of its address.
    pub name: String,
    /// Title.
    pub title: String,
    /// What the rows are.
    pub summary: String,
    /// Licence in words.
    pub licence: String,
    /// Address of the licence; empty where there is none.
    pub licence_url: String,
    /// Who publishes it.
    pub publisher: String,
    /// Words that must stand wherever the rows are shown.
    pub attribution: String,
    /// True where the rows come from a simulation.
    pub simulated: bool,
    /// Day of the newest version, ISO 8601.
    pub modified: String,
    /// Newest version.
    pub version: i64,
}

/// The office as the catalogue names it.
#[derive(Clone, Copy, Debug)]
pub struct Publisher<'a> {
    /// Name of the office.
    pub name: &'a str,
    /// Address under which its pages are reached.
    pub public_address: &'a str,
    /// Mail address for questions about data.
    pub contact: &'a str,
}

/// The catalogue of an office.
pub fn data_json(office: &Publisher<'_>, datasets: &[Published]) -> Value {
    json!({
        "@context": "https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld",
        "@type": "dcat:Catalog",
        "conformsTo": "https://project-open-data.cio.gov/v1.1/schema",
        "describedBy": "https://project-open-data.cio.gov/v1.1/schema/catalog.json",
        "dataset": datasets.iter().map(|dataset| entry(office, dataset)).collect::<Vec<_>>(),
    })
}

fn entry(office: &Publisher<'_>, dataset: &Published) -> Value {
    let page = format!("{}/datasets/{}", office.public_address.trim_end_matches('/'), dataset.name);
    let distribution = |ending: &str, media: &str, format: &str| {
        json!({
            "@type": "dcat:Distribution",
            "downloadURL": format!("{page}.{ending}"),
            "mediaType": media,
            "format": format,
        })
    };
    let mut keywords = vec!["care"];
    let mut summary = dataset.summary.clone();
    if dataset.simulated {
        keywords.push("simulated");
        summary = format!("Simulated. {summary}");
    }
    let mut entry = json!({
        "@type": "dcat:Dataset",
        "identifier": page,
        "title": dataset.title,
        "description": summary,
        "keyword": keywords,
        "modified": dataset.modified,
        "publisher": {"@type": "org:Organization", "name": dataset.publisher},
        "contactPoint": {"@type": "vcard:Contact", "fn": office.name, "hasEmail": format!("mailto:{}", office.contact)},
        "accessLevel": "public",
        "landingPage": page,
        "distribution": [
            distribution("csv", "text/csv", "CSV"),
            distribution("json", "application/json", "JSON"),
            distribution("parquet", "application/vnd.apache.parquet", "Parquet"),
        ],
    });
    if !dataset.licence_url.is_empty() {
        entry["license"] = dataset.licence_url.clone().into();
    }
    entry
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simulated_datasets_say_so() {
        let dataset = Published {
            name: "posts".to_owned(),
            title: "Posts".to_owned(),
            summary: "What people write.".to_owned(),
            licence: "CC0".to_owned(),
            licence_url: String::new(),
            publisher: "Somebody".to_owned(),
            attribution: String::new(),
            simulated: true,
            modified: "2026-11-25".to_owned(),
            version: 3,
        };
        let office =
            Publisher { name: "Office", public_address: "http://127.0.0.1:8080/", contact: "data@example.org" };
        let catalog = data_json(&office, &[dataset]);
        let entry = &catalog["dataset"][0];
        assert_eq!(entry["description"], "Simulated. What people write.");
        assert_eq!(entry["distribution"][0]["downloadURL"], "http://127.0.0.1:8080/datasets/posts.csv");
        assert!(entry.get("license").is_none(), "no address is better than a wrong one");
    }
}
