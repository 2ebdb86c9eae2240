//! The lake against a folder on disk: versions, crashes, hostile names and queries.

use lake::{Lake, LakeError, SqlLimits};
use model::{ColumnType, Table};

const LIMITS: SqlLimits = SqlLimits { rows: 2, time_ms: 10_000, memory_bytes: 64 << 20 };

fn homes(names: &[&str]) -> Table {
    let mut table = Table::with_columns(&[("_id", ColumnType::Text), ("beds", ColumnType::Integer)]);
    for (beds, name) in names.iter().enumerate() {
        table.push_row(vec![(*name).into(), (beds as i64).into()]).expect("the row fits");
    }
    table
}

#[tokio::test]
async fn every_version_stays_readable() {
    let folder = tempfile::tempdir().expect("a folder");
    let lake = Lake::open(folder.path(), 1 << 20).await.expect("a new lake");
    let first = lake.append("homes", homes(&["a", "b"]), "activity-1").await.expect("first rows");
    let second = lake.append("homes", homes(&["c"]), "activity-2").await.expect("more rows");
    let third = lake.replace("homes", homes(&["d"]), "activity-3").await.expect("other rows");
    assert_eq!((first, second, third), (0, 1, 2));
    // A second lake on the same folder has nothing resident, so it reads the files.
    let again = Lake::open(folder.path(), 1 << 20).await.expect("the same lake");
    for lake in [&lake, &again] {
        let mut lengths = Vec::new();
        for version in 0..3 {
            lengths.push(lake.read("homes", version).await.expect("every version").len());
        }
        assert_eq!(lengths, [2, 3, 1]);
    }
    let commits = again.commits("homes", 10).await.expect("commits");
    let made: Vec<_> = commits.iter().map(|commit| (commit.version, commit.activity.as_str())).collect();
    assert_eq!(made, [(2, "activity-3"), (1, "activity-2"), (0, "activity-1")]);
    let missing = lake.read("homes", 9).await.expect_err("no such version");
    assert!(matches!(missing, LakeError::NoVersion { version: 9, .. }), "{missing}");
}

#[tokio::test]
async fn a_version_that_the_log_does_not_name_is_taken_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let lake = Lake::open(folder.path(), 0).await.expect("a new lake");
    let named = lake.append("homes", homes(&["a"]), "activity-1").await.expect("rows");
    lake.append("homes", homes(&["b"]), "activity-2")
        .await
        .expect("rows of a process that died before the log had them");
    let settled = lake.settle("homes", Some(named), "activity-3").await.expect("settles").expect("a new version");
    assert_eq!(lake.read("homes", settled).await.expect("rows").text(0, "_id"), Some("a"));
    assert_eq!(lake.settle("homes", Some(settled), "activity-4").await.expect("settles"), None);
    lake.append("prices", homes(&["x"]), "activity-5").await.expect("a first write that was never named");
    assert_eq!(lake.settle("prices", None, "activity-6").await.expect("settles"), None);
    assert_eq!(lake.datasets().await.expect("names"), ["homes"]);
}

#[tokio::test]
async fn queries_read_and_say_when_they_are_cut() {
    let folder = tempfile::tempdir().expect("a folder");
    let lake = Lake::open(folder.path(), 0).await.expect("a new lake");
    let version = lake.append("homes", homes(&["a", "b", "c"]), "activity-1").await.expect("rows");
    let datasets = [("homes".to_owned(), version)];
    let answer = lake.query("select _id, beds from homes order by beds desc", &datasets, LIMITS).await.expect("rows");
    assert!(answer.cut);
    assert_eq!(answer.table.text(0, "_id"), Some("c"));
    for refused in ["drop table homes", "create table x as select 1", "copy homes to 'x.csv'", "select 1; select 2"] {
        assert!(lake.query(refused, &datasets, LIMITS).await.is_err(), "{refused}");
    }
    let outside = lake.query("select * from '/etc/passwd'", &datasets, LIMITS).await;
    assert!(outside.is_err(), "no file outside the lake is a table");
}

#[tokio::test]
async fn received_bytes_are_kept_once_and_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let lake = Lake::open(folder.path(), 0).await.expect("a new lake");
    let bytes = std::sync::Arc::new(b"name;beds\nOrr;3\n".to_vec());
    let hash = model::ids::content_hash(&bytes);
    lake.keep_bytes(&hash, bytes.clone()).await.expect("kept");
    lake.keep_bytes(&hash, bytes).await.expect("kept again");
    assert_eq!(lake.received_bytes(&hash).await.expect("read").as_deref(), Some(&b"name;beds\nOrr;3\n"[..]));
    assert_eq!(lake.received_bytes("../../etc/passwd").await.expect("no hash"), None);
}

#[tokio::test]
async fn names_stay_inside_the_lake() {
    let folder = tempfile::tempdir().expect("a folder");
    let lake = Lake::open(folder.path(), 0).await.expect("a new lake");
    for name in ["", "../x", "Homes", "a/b", "1a", "homes;drop", &"a".repeat(101)] {
        let refused = lake.append(name, homes(&["a"]), "activity").await.expect_err("a bad name");
        assert!(matches!(refused, LakeError::Name(_)), "{name}: {refused}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_that_come_in_parts_keep_their_order_and_an_error_among_them_commits_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let lake = Lake::open(folder.path(), 0).await.expect("a new lake");
    let part = |number: usize| {
        let names: Vec<String> = (0..20_000).map(|row| format!("{number}-{row}")).collect();
        homes(&names.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let (sender, rest) = tokio::sync::mpsc::channel(1);
    let made = tokio::task::spawn_blocking(move || {
        (1..12).for_each(|number| sender.blocking_send(Ok(part(number))).expect("is taken"));
    });
    let version = lake.replace_as_they_come("homes", part(0), rest, "activity-1").await.expect("rows");
    made.await.expect("all parts were made");
    let read = lake.read("homes", version).await.expect("the rows");
    assert_eq!(read.len(), 12 * 20_000);
    for row in [0, 19_999, 20_000, 123_456, 239_999] {
        assert_eq!(read.text(row, "_id"), Some(format!("{}-{}", row / 20_000, row % 20_000).as_str()));
    }
    let (sender, rest) = tokio::sync::mpsc::channel(1);
    sender.send(Err("the file ends in the midst of a row".to_owned())).await.expect("there is room");
    drop(sender);
    let failed =
        lake.replace_as_they_come("homes", part(0), rest, "activity-2").await.expect_err("one part is an error");
    assert!(failed.to_string().contains("in the midst of a row"), "{failed}");
    assert_eq!(lake.newest_version("homes").await.expect("asks"), Some(version));
    assert_eq!(lake.read("homes", version).await.expect("the rows as before").len(), 12 * 20_000);
    // The same for a dataset that is new: of what was written by then nothing is left.
    let (sender, rest) = tokio::sync::mpsc::channel(1);
    let made = tokio::task::spawn_blocking(move || {
        (1..7).for_each(|number| sender.blocking_send(Ok(part(number))).expect("is taken"));
        sender.blocking_send(Err("the file ends in the midst of a row".to_owned())).expect("is taken");
    });
    let first = homes(&["a"]);
    lake.replace_as_they_come("prices", first, rest, "activity-3").await.expect_err("one part is an error");
    made.await.expect("all parts were made");
    assert_eq!(lake.datasets().await.expect("asks"), ["homes"]);
    assert_eq!(lake.newest_version("prices").await.expect("asks"), None);
    // New parts of a dataset that is there are its next version.
    let (sender, rest) = tokio::sync::mpsc::channel(1);
    drop(sender);
    let next = lake.replace_as_they_come("homes", homes(&["b"]), rest, "activity-4").await.expect("rows");
    assert_eq!((next, lake.read("homes", next).await.expect("rows").len()), (version + 1, 1));
}
