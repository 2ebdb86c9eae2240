//! Work that several do at once: reviewers on a queue, workers on jobs.

use crate::places::{at, begin, places};
use model::{Judgement, Verdict};
use serde_json::json;
use std::collections::BTreeSet;
use store::judgements::Agreement;
use store::{NewActivity, Page, Store};

fn judgement(number: usize, probability: f64, verdict: Verdict) -> Judgement {
    let (left, right) = (format!("a/{number}"), format!("b/{number}"));
    Judgement { left, right, verdict, weight: 0.5, probability, comparisons: Vec::new() }
}

async fn judge(store: &Store, id: &str, agent: &str, judgement: &Judgement) {
    let activity = NewActivity {
        id: id.to_owned(),
        stage: "web".to_owned(),
        kind: "judge".to_owned(),
        agent: agent.to_owned(),
        at: at(10),
    };
    let mut writer = store.begin(&activity).await.expect("a transaction");
    writer.put_judgement(id, judgement, "person").await.expect("adds");
    writer.commit().await.expect("commits");
}

#[tokio::test]
async fn reviewers_get_different_pairs_and_their_agreement_is_counted() {
    for place in places("reviews").await {
        let store = &place.store;
        let unsure: Vec<Judgement> =
            (0..450).map(|number| judgement(number, 0.5 + number as f64 / 1_000.0, Verdict::Unsure)).collect();
        let with_ids: Vec<_> =
            unsure.iter().map(|judgement| (format!("scored {}", judgement.left), judgement)).collect();
        let mut writer = begin(store, "a1", 1).await;
        writer.put_judgements(&with_ids, "link/1").await.expect("adds many");
        writer.commit().await.expect("commits");
        assert_eq!(store.review_queue(Page::new(1, 1)).await.expect("reads").total, 450);
        let reviewers: Vec<_> = (0..6)
            .map(|number| {
                let store = store.clone();
                tokio::spawn(async move { store.claim_review(&format!("r{number}"), at(0), at(600)).await })
            })
            .collect();
        let mut given = BTreeSet::new();
        for reviewer in reviewers {
            given.insert(reviewer.await.expect("ends well").expect("asks").expect("a pair").judgement.left);
        }
        assert_eq!(given, (0..6).map(|number| format!("a/{number}")).collect(), "the six most uncertain, one each");
        assert_eq!(store.reviews_claimed_by_others("r0", at(1)).await.expect("reads"), 5);
        assert_eq!(store.reviews_claimed_by_others("r0", at(601)).await.expect("reads"), 0, "claims end");
        let first = store.claim_review("r0", at(1), at(601)).await.expect("asks").expect("a pair");
        let again = store.claim_review("r0", at(2), at(602)).await.expect("asks").expect("a pair");
        assert_eq!(first, again, "a pair stays with its reviewer until it is judged");
        judge(store, "j0", "r0", &Judgement { verdict: Verdict::Same, ..first.judgement.clone() }).await;
        let next = store.claim_review("r0", at(3), at(603)).await.expect("asks").expect("a pair");
        assert_eq!(next.judgement.left, "a/6", "the most uncertain one that nobody is looking at");
        judge(store, "j1", "r2", &judgement(0, 1.0, Verdict::Same)).await;
        judge(store, "j2", "r3", &judgement(0, 1.0, Verdict::Same)).await;
        judge(store, "j3", "r2", &judgement(1, 1.0, Verdict::Same)).await;
        judge(store, "j4", "r3", &judgement(1, 0.0, Verdict::Different)).await;
        let agreement = store.reviewers_agreement().await.expect("reads");
        assert_eq!(agreement, Agreement { pairs: 2, agreeing: 1 });
        store.drop_derived().await.expect("drops");
        assert_eq!(store.review_queue(Page::new(1, 1)).await.expect("reads").total, 0);
        assert_eq!(store.judgements_of_people().await.expect("reads").len(), 5);
    }
}

#[tokio::test]
async fn workers_share_the_queue_and_each_job_is_done_once() {
    for place in places("workers").await {
        let store = &place.store;
        for number in 0..40 {
            store
                .queue_job(&format!("j{number}"), "look", &number.to_string(), &json!({}), at(0))
                .await
                .expect("queues");
        }
        let workers: Vec<_> = (0..4)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move {
                    let mut done = Vec::new();
                    while let Some(job) = store.claim_job(at(1)).await.expect("asks") {
                        assert!(store.finish_job(&job, Ok(())).await.expect("ends"));
                        done.push(job.id);
                    }
                    done
                })
            })
            .collect();
        let mut done = Vec::new();
        for worker in workers {
            done.extend(worker.await.expect("ends well"));
        }
        done.sort_unstable();
        done.dedup();
        // With rows locked by others passed by, a worker may find nothing while one is left; it would ask again later.
        while let Some(job) = store.claim_job(at(1)).await.expect("asks") {
            done.push(job.id);
        }
        assert_eq!(done.len(), 40);
    }
}

#[tokio::test]
async fn one_key_is_queued_once_however_many_ask_and_failures_are_tried_later() {
    for place in places("keys").await {
        let store = &place.store;
        let asking: Vec<_> = (0..8)
            .map(|number| {
                let store = store.clone();
                tokio::spawn(
                    async move { store.queue_job(&format!("j{number}"), "look", "k", &json!({}), at(0)).await },
                )
            })
            .collect();
        let mut queued = 0;
        for asked in asking {
            queued += usize::from(asked.await.expect("ends well").expect("queues"));
        }
        assert_eq!(queued, 1);
        let (mut now, mut waits) = (0, Vec::new());
        loop {
            let job = store.claim_job(at(now)).await.expect("asks").expect("the job");
            if !store.retry_job(&job, "no answer", at(now)).await.expect("puts it back") {
                break;
            }
            let failed = now;
            while store.claim_job(at(now)).await.expect("asks").is_none() {
                now += 15;
            }
            waits.push(now - failed);
            // That claim is left to run out, as by a worker that died: it counts as a try.
            now += store::jobs::LEASE_SECONDS + 1;
        }
        assert_eq!(waits, [30, 120], "tries 1 and 3 failed, 2 and 4 died, the fifth was the last");
        let job = store.jobs_of("k", 1).await.expect("reads").remove(0);
        assert_eq!((job.state.as_str(), job.attempts, job.message.as_str()), ("failed", 5, "no answer"));
        let mut writer = begin(store, "a1", 1).await;
        assert!(
            writer.queue_job("again", "look", "k", &json!({})).await.expect("queues"),
            "an ended one is no hindrance"
        );
        drop(writer);
        assert_eq!(store.claim_job(at(9_999)).await.expect("asks"), None, "what was not committed is not queued");
    }
}

#[tokio::test]
async fn a_job_that_kills_its_workers_ends() {
    for place in places("deadly").await {
        let store = &place.store;
        store.queue_job("j1", "crash", "", &json!({}), at(0)).await.expect("queues");
        let lease = store::jobs::LEASE_SECONDS + 1;
        for attempt in 1..=store::jobs::MOST_ATTEMPTS {
            let job = store.claim_job(at(attempt * lease)).await.expect("asks").expect("the job");
            assert_eq!(job.attempts, attempt);
        }
        assert_eq!(store.claim_job(at(100 * lease)).await.expect("asks"), None);
        assert_eq!(store.jobs_of("", 1).await.expect("reads")[0].state, "failed");
    }
}
