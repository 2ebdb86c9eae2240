//! Who goes where under one budget: limits that hold, and reasons.

use super::{refused, rows, text, told};
use std::collections::HashMap;

#[test]
fn place_keeps_every_limit_and_says_why_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
    write("clients.csv", "client,need\na,x\nb,x\nc,y\nd,y\n");
    write("facilities.csv", "facility,capacity\nnorth,1\nsouth,2\n");
    write(
        "options.csv",
        "client,facility,utility,cost\na,north,9,50\nb,north,8,50\nb,south,3,40\nc,south,7,40\nd,south,2,40\n",
    );
    write("budget.csv", "budget\n140\n");
    let (out, places) = (folder.path().join("out.csv"), folder.path().join("places.csv"));
    let folder_text = text(folder.path());
    let found = told(&["place", folder_text, "-o", text(&out), "--places", text(&places), "--json"]);
    assert_eq!((&found["value"], &found["placed"]), (&19.0.into(), &3.into()), "{found}");
    assert!(found["gap"].as_f64().expect("a gap") < 0.05, "{found}");
    let by_client: HashMap<String, HashMap<String, String>> =
        rows(&out).into_iter().map(|row| (row["client"].clone(), row)).collect();
    let of = |client: &str, column: &str| by_client[client][column].clone();
    assert_eq!(
        (of("a", "facility"), of("b", "facility"), of("d", "facility")),
        ("north".into(), "south".into(), String::new())
    );
    assert_eq!((of("b", "liked_better"), of("b", "better_by")), ("north".into(), "5".into()));
    assert!(!of("b", "why_not").is_empty() && of("a", "why_not").is_empty());
    assert_eq!(rows(&places).len(), 2);

    write("together.csv", "set,client\ns,b\ns,d\n");
    let found = told(&["place", folder_text, "-o", text(&out), "--json"]);
    let homes: Vec<String> =
        rows(&out).into_iter().map(|row| format!("{} {}", row["client"], row["facility"])).collect();
    assert!(homes.contains(&"b south".to_owned()) == homes.contains(&"d south".to_owned()), "{homes:?} {found}");
    write("apart.csv", "client,other\nb,d\n");
    let said = refused(&["place", folder_text, "-o", text(&out)]);
    assert!(said.contains("clients `b` and `d` must be apart, but they must be together"), "{said}");
    write("apart.csv", "client,other\nb,nobody\n");
    let said = refused(&["place", folder_text, "-o", text(&out)]);
    assert!(
        said.contains("apart.csv: line 2: column `other`: there is `nobody`; clients.csv has no such client"),
        "{said}"
    );
    std::fs::remove_file(folder.path().join("apart.csv")).expect("it is there");
    write("fixed.csv", "client,facility\na,north\nb,north\n");
    let said = refused(&["place", folder_text, "-o", text(&out)]);
    assert!(
        said.contains(
            "clients `b` and `d` must be together, but the other is not allowed where the one is fixed: `north`"
        ),
        "{said}"
    );
    std::fs::remove_file(folder.path().join("together.csv")).expect("it is there");
    let said = refused(&["place", folder_text, "-o", text(&out)]);
    assert!(said.contains("facility `north` has 1 places and 2 clients are fixed in it: 1 too many"), "{said}");
    write("fixed.csv", "client,facility\na,south\n");
    let said = refused(&["place", folder_text, "-o", text(&out)]);
    assert!(
        said.contains("fixed.csv: line 2: column `facility`: there is `south`; options.csv does not allow it"),
        "{said}"
    );
    std::fs::remove_file(folder.path().join("fixed.csv")).expect("it is there");
    write("options.csv", "client,facility,utility,cost\na,north,9,50\na,north,8,50\n");
    let said = refused(&["place", folder_text, "-o", text(&out)]);
    assert!(said.contains("options.csv: line 3: client `a` and facility `north` stand in line 2 already"), "{said}");
    write("budget.csv", "budget\n-1\n");
    let said = refused(&["place", folder_text, "-o", text(&out)]);
    assert!(said.contains("budget.csv: line 2: column `budget`: there is `-1`; write 0 or more"), "{said}");
    let said = refused(&["place", folder_text, "--columns", "client=person", "-o", text(&out)]);
    assert!(said.contains("`--columns client=person`: the files of a folder have fixed columns"), "{said}");
}
