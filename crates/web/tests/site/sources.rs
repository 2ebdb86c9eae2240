//! Sources: in how many decisions one was relied on, and what is known of its runs.

use crate::office::{Ask, Office, Who};
use model::Role;
use serde_json::json;
use store::NewEntry;

async fn decisions(office: &Office) -> String {
    let page = office.ask(&Who::Visitor, &Ask::get("/sources/posts")).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let after = page.text.split("id=\"proved\"").nth(1).expect("a section").split("<p class=\"govuk-body\">").nth(1);
    after.and_then(|text| text.split("</p>").next()).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_source_knows_in_how_many_decisions_it_was_relied_on() {
    let office = Office::open().await;
    assert_eq!(decisions(&office).await, "No decision rests on it.");
    // What residents say of homes is made from voices, and voices from posts.
    let mut writer = office.app.store.begin(&office.activity()).await.expect("a writer");
    for (name, from) in [("home_voices", "posts"), ("home_assessments", "home_voices")] {
        let version = office.app.store.dataset_version(name).await.expect("reads").expect("it is there");
        writer.append(&NewEntry::rows(name, version, json!({"inputs": {from: 0}}))).await.expect("an entry");
    }
    writer.commit().await.expect("commits");
    assert_eq!(decisions(&office).await, "One decision rests on it.");
    // One that is made later is counted too.
    let manager = office.signed_in(Role::CaseManager).await;
    office.decide(&manager, &office.known.free.clone()).await;
    assert_eq!(decisions(&office).await, "2 decisions rest on it.");
}

#[tokio::test]
async fn what_a_run_left_is_told() {
    let office = Office::open().await;
    let page = office.ask(&Who::Visitor, &Ask::get("/sources/posts")).await;
    // The file was received by another activity than the one that changed rows: its size is not this run's.
    assert!(page.text.contains("not known"), "{}", page.text);
}
