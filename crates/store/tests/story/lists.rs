//! Lists: every row once, in one order on both engines, with exact totals, by pages and by cursors.

use crate::places::{at, begin, case, line, places, viewer};
use model::signal::{Signal, SignalKind};
use model::{Estimate, Explanation, Permission, Problem, Severity};
use serde_json::json;
use store::audit::NewAuditLine;
use store::cases::{CaseFilter, StoredCase};
use store::signals::SignalFilter;
use store::{Page, Slice, Store, StoreError};

const CASES: usize = 700;

/// Cases that differ in title, day, owner and kind in ways that do not go together.
fn cases() -> Vec<StoredCase> {
    let titles = ["Émile", "zoe", "Ana", "_x", "ana", "Ångström", "b-c", "B c"];
    (0..CASES)
        .map(|number| {
            let due = if number % 7 == 0 { String::new() } else { format!("2026-{:02}-15", 1 + number % 12) };
            let mut case = case(&format!("case-{number:05}"), &due);
            case.title = format!("{} {}", titles[number % titles.len()], number % 50);
            case.owner = ["", "carla", "otto"][number % 3].to_owned();
            case.case_type = ["placement", "supplier"][usize::from(number % 10 == 0)].to_owned();
            case
        })
        .collect()
}

async fn walk(store: &Store, filter: &CaseFilter) -> (Vec<String>, i64) {
    let (mut ids, mut after, mut turn) = (Vec::new(), None, 0);
    loop {
        let slice = Slice::new(after, 64);
        let audit = format!("walk-{}-{turn}-{}", filter.sort, ids.len());
        let found = store.worklist_after(&viewer(), &line(&audit), filter, &slice).await.expect("reads");
        ids.extend(found.rows.into_iter().map(|case| case.id));
        after = found.next;
        turn += 1;
        if after.is_none() {
            return (ids, found.total);
        }
    }
}

#[tokio::test]
async fn cursors_and_pages_walk_the_worklist_alike_on_both_engines() {
    let mut told = Vec::new();
    for place in places("walk").await {
        let store = &place.store;
        for (turn, chunk) in cases().chunks(100).enumerate() {
            let mut writer = begin(store, &format!("a{turn}"), turn as i64).await;
            for case in chunk {
                writer.put_case(case).await.expect("opens it");
            }
            writer.commit().await.expect("commits");
        }
        for sort in ["due", "created", "title"] {
            let filter = CaseFilter { sort: sort.to_owned(), ..Default::default() };
            let (ids, total) = walk(store, &filter).await;
            let mut paged = Vec::new();
            for number in 1..=8 {
                let audit = format!("page-{sort}-{number}");
                let page = Page::new(number, 100);
                let page = store.worklist(&viewer(), &line(&audit), &filter, page).await.expect("reads");
                paged.extend(page.rows.into_iter().map(|case| case.id));
            }
            assert_eq!(ids, paged, "{sort}");
            let mut once = ids.clone();
            once.sort_unstable();
            once.dedup();
            assert_eq!((once.len(), total), (CASES, CASES as i64), "{sort}");
            told.push(ids);
        }
    }
    let (first, others) = told.split_at(3);
    assert!(others.is_empty() || first == others, "both engines give one order");
}

#[tokio::test]
async fn filters_of_the_worklist_find_what_they_say() {
    for place in places("filters").await {
        let store = &place.store;
        let mut writer = begin(store, "a1", 1).await;
        for case in cases() {
            writer.put_case(&case).await.expect("opens it");
        }
        writer.commit().await.expect("commits");
        let expected = |which: &dyn Fn(&StoredCase) -> bool| cases().iter().filter(|case| which(case)).count() as i64;
        let filter = |words: &str, owner: &str, due_before: &str, case_type: &str| CaseFilter {
            words: words.to_owned(),
            owner: owner.to_owned(),
            due_before: due_before.to_owned(),
            case_type: case_type.to_owned(),
            ..Default::default()
        };
        let accented = expected(&|case| case.title.starts_with("Émile"));
        let early = expected(&|case| !case.due.is_empty() && case.due.as_str() < "2026-03-01");
        let nobody = expected(&|case| case.owner.is_empty() && case.case_type == "supplier");
        for (number, (filter, total)) in [
            (filter("ÉMILE", "", "", ""), accented),
            (filter("", "", "2026-03-01", ""), early),
            (filter("", "-", "", "supplier"), nobody),
        ]
        .into_iter()
        .enumerate()
        {
            let audit = format!("f{number}");
            let page = store.worklist(&viewer(), &line(&audit), &filter, Page::new(1, 5)).await.expect("reads");
            assert_eq!((page.total, page.rows.len()), (total, 5), "{filter:?}");
        }
        let (ids, _) = walk(store, &CaseFilter::default()).await;
        assert!(ids.ends_with(&["case-00693".to_owned()]), "cases without a day come last: {:?}", ids.last());
        let late = store.case(&viewer(), &line("one"), "case-00693").await.expect("reads").expect("it is there");
        assert_eq!(late.due, "", "no day is read back as no day");
    }
}

#[tokio::test]
async fn a_cursor_fits_only_its_own_list() {
    for place in places("cursor").await {
        let store = &place.store;
        let mut writer = begin(store, "a1", 1).await;
        for case in &cases()[..3] {
            writer.put_case(case).await.expect("opens it");
        }
        writer.commit().await.expect("commits");
        let by = |sort: &str| CaseFilter { sort: sort.to_owned(), ..Default::default() };
        let first = store.worklist_after(&viewer(), &line("l1"), &by("title"), &Slice::new(None, 1)).await;
        let next = first.expect("reads").next.expect("there is more");
        assert!(next.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{next}");
        for wrong in [next.as_str(), "x", "5b5d", "é", "7b7d"] {
            let slice = Slice::new(Some(wrong.to_owned()), 1);
            let refused = store.worklist_after(&viewer(), &line("l2"), &by("due"), &slice).await;
            assert!(matches!(refused, Err(StoreError::Cursor(_))), "{wrong}: {refused:?}");
        }
        let slice = Slice::new(Some(next), 5);
        let rest = store.worklist_after(&viewer(), &line("l3"), &by("title"), &slice).await.expect("reads");
        assert_eq!((rest.rows.len(), rest.total, rest.next), (2, 3, None));
    }
}

#[tokio::test]
async fn many_readers_at_once_each_leave_their_audit_line() {
    for place in places("audit").await {
        let readers: Vec<_> = (0..200)
            .map(|number| {
                let store = place.store.clone();
                tokio::spawn(async move {
                    let id = format!("line-{number:03}");
                    let (subject, kind) = (format!("case-{}", number % 2), "case");
                    let permission = Permission::ReadCases;
                    let line =
                        NewAuditLine { id, at: at(number), permission, kind, subject: &subject, outcome: "read" };
                    store.note_audit(&viewer(), &line).await
                })
            })
            .collect();
        for reader in readers {
            reader.await.expect("ends well").expect("notes it");
        }
        let store = &place.store;
        let mut bad = line("bad");
        bad.subject = "zero\0";
        let refused = store.note_audit(&viewer(), &bad).await;
        assert!(matches!(refused, Err(StoreError::Character)), "{refused:?}");
        let first = store.audit_after("carla", "case-1", &Slice::new(None, 60)).await.expect("reads");
        let rest = store.audit_after("carla", "case-1", &Slice::new(first.next, 60)).await.expect("reads");
        assert_eq!((first.total, first.rows.len(), rest.rows.len(), rest.next), (100, 60, 40, None));
        assert_eq!((first.rows[0].id.as_str(), rest.rows[39].id.as_str()), ("line-199", "line-001"));
        assert_eq!(store.audit("", "", Page::new(1, 10)).await.expect("reads").total, 200);
    }
}

fn signal(id: &str, chance: f64) -> Signal {
    let size = Estimate { value: -0.6, low: -0.9, high: -0.3, level: 0.9, voices: 12.0, independent_voices: 9.0 };
    Signal {
        id: id.to_owned(),
        kind: SignalKind::CommunityFell,
        entity: "home".to_owned(),
        aspect: "overall".to_owned(),
        since: "2026-03-01".parse().expect("a date"),
        noticed: "2026-03-20".parse().expect("a date"),
        size,
        chance,
        because: Explanation::default(),
    }
}

#[tokio::test]
async fn a_signal_found_again_keeps_what_people_did_about_it() {
    for place in places("signals").await {
        let store = &place.store;
        let mut writer = begin(store, "a1", 1).await;
        writer.replace_signals(&[signal("s1", 0.01), signal("s2", 0.02), signal("s3", 0.03)]).await.expect("keeps");
        writer.put_signal_state("s1", "taken", "carla", "").await.expect("takes it");
        writer.commit().await.expect("commits");
        let mut writer = begin(store, "a2", 2).await;
        writer.put_signal_state("s1", "settled", "carla", "the home was closed").await.expect("settles it");
        writer.replace_signals(&[signal("s2", 0.5)]).await.expect("finds fewer");
        writer.commit().await.expect("commits");
        let all = store.signals("", "", "", Page::new(1, 10)).await.expect("reads");
        let told: Vec<_> =
            all.rows.iter().map(|known| (known.signal.id.as_str(), known.state.state.as_str())).collect();
        assert_eq!(told, [("s2", "open"), ("s1", "settled")], "what nobody touched and is not found again is gone");
        let history = store.signal_history("s1").await.expect("reads");
        let steps: Vec<_> = history.iter().map(|step| (step.agent.as_str(), step.state.state.as_str())).collect();
        assert_eq!(steps, [("counterflow", "taken"), ("counterflow", "settled")]);
        let hers = SignalFilter { owner: "carla".to_owned(), ..Default::default() };
        assert_eq!(store.signals_of(&hers, Page::new(1, 10)).await.expect("reads").total, 1);
        let first = store.signals_after(&SignalFilter::default(), &Slice::new(None, 1)).await.expect("reads");
        let rest = store.signals_after(&SignalFilter::default(), &Slice::new(first.next, 1)).await.expect("reads");
        assert_eq!((first.rows[0].signal.id.as_str(), rest.rows[0].signal.id.as_str()), ("s2", "s1"));
        assert_eq!((first.total, rest.next), (2, None));
        store.drop_derived().await.expect("drops");
        let left = store.signals("", "", "", Page::new(1, 10)).await.expect("reads");
        assert_eq!((left.total, left.rows[0].signal.id.as_str()), (1, "s1"), "what people did is not derived");
        let mut writer = begin(store, "a3", 3).await;
        let refused = writer.replace_signals(&[signal("s4", f64::NAN)]).await;
        assert!(matches!(refused, Err(StoreError::NotKept { .. })), "{refused:?}");
    }
}

#[tokio::test]
async fn problems_are_walked_in_the_order_of_the_file() {
    for place in places("problems").await {
        let store = &place.store;
        let found: Vec<Problem> = (0..250)
            .map(|row| {
                let place = model::Place { file: "a.csv".to_owned(), line: Some(250 - row), ..Default::default() };
                Problem::new("not_a_number", Severity::ValueLeftOut, place, "many", "write a number")
            })
            .collect();
        let mut writer = begin(store, "a1", 1).await;
        writer.replace_problems("s", "a.csv", "hash-1", &found).await.expect("keeps them");
        writer.put_received("s", "a.csv", "hash-1", 12).await.expect("notes");
        writer.append(&store::NewEntry::about("tick", json!({}))).await.expect("an entry");
        writer.commit().await.expect("commits");
        let (mut lines, mut after) = (Vec::new(), None);
        loop {
            let slice = store.problems_after("s", "", &Slice::new(after, 99)).await.expect("reads");
            assert_eq!(slice.total, 250);
            lines.extend(slice.rows.iter().filter_map(|known| known.problem.place.line));
            after = slice.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(lines, (1..=250).collect::<Vec<_>>());
        assert!(store.received_before("s", "a.csv", "hash-1").await.expect("reads"));
        assert!(!store.received_before("s", "b.csv", "hash-1").await.expect("reads"));
    }
}
