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

#[tokio::test]
async fn who_works_on_sources_sees_their_jobs_and_can_cancel_them() {
    let office = Office::open().await;
    let steward = office.signed_in(Role::Steward).await;
    let asked = office.ask(&steward, &Ask::form("/sources/posts/read", &[])).await;
    assert_eq!(asked.status, 303, "{}", asked.text);
    let store = &office.app.store;
    let job = store.claim_job(office.app.now()).await.expect("asks").expect("the job");
    assert!(store.report_job(&job, 40, 120, "posts.rss", office.app.now()).await.expect("reports"));
    let page = office.ask(&steward, &Ask::get("/sources/posts")).await.text;
    assert!(page.contains("40 of 120") && page.contains("posts.rss"), "{page}");
    let visitor = office.ask(&Who::Visitor, &Ask::get("/sources/posts")).await.text;
    assert!(!visitor.contains("40 of 120") && !visitor.contains("posts.rss"), "strangers hear nothing of the work");

    let cancel = |source: &str| Ask::form(&format!("/sources/{source}/jobs/{}/cancel", job.id), &[]);
    office.ask(&steward, &cancel("homes")).await;
    assert!(store.report_job(&job, 41, 120, "", office.app.now()).await.expect("asks"), "it is no job of that source");
    office.ask(&steward, &cancel("posts")).await;
    assert!(!store.report_job(&job, 42, 120, "", office.app.now()).await.expect("asks"), "its worker hears of it");
    let page = office.ask(&steward, &Ask::get("/sources/posts")).await.text;
    assert!(page.contains("cancelled") && !page.contains("/cancel\""), "{page}");
}

#[tokio::test]
async fn the_letter_names_every_source_behind_what_others_say() {
    let office = Office::open().await;
    let manager = office.signed_in(Role::CaseManager).await;
    let letter = office.ask(&manager, &Ask::get(&format!("/cases/{}/letter", office.known.decided))).await.text;
    let outside =
        letter.split("What others say about it").nth(1).expect("a part").split("<h2").next().unwrap_or_default();
    for wanted in ["of 5", "/sources/posts", "Posts about homes", "Somebody", "CC0 1.0", "/sources/portal_gone"] {
        assert!(outside.contains(wanted), "`{wanted}` is not named: {outside}");
    }
}
