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
    assert!(said.contains("apart.csv: line 2: clients `b` and `d` must be apart, but they must be together"), "{said}");
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

/// A folder with a floor, an extra column, and a facility without places.
fn with_floor(fixed: Option<&str>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
    write("clients.csv", "client,g,note\na,x,first\nb,y,second\n");
    write("facilities.csv", "facility,capacity\nnorth,2\nclosed,0\n");
    write("options.csv", "client,facility,utility,cost\na,north,9,5\nb,north,1,5\nb,closed,7,5\n");
    write("budget.csv", "budget\n100\n");
    if let Some(fixed) = fixed {
        write("fixed.csv", fixed);
    }
    folder
}

#[test]
fn place_never_goes_below_a_floor() {
    let folder = with_floor(None);
    let out = folder.path().join("out.csv");
    let floors = ["--fairness-group", "g", "--fairness", "0.9"];
    let call = |folder: &str, more: &[&str]| -> Vec<String> {
        let plain = ["place", folder, "-o", text(&out)];
        plain.iter().chain(more).map(|word| (*word).to_owned()).collect()
    };
    let words = call(text(folder.path()), &[&floors[..], &["--json"]].concat());
    let found = told(&words.iter().map(String::as_str).collect::<Vec<_>>());
    // North for `a` alone or for both would leave `y` far behind, and `b` alone would leave `x` with nothing.
    assert_eq!((&found["value"], &found["placed"]), (&0.0.into(), &0.into()), "{found}");
    assert_eq!(found["parameters"]["only_placed"], false, "{found}");
    assert!(!std::fs::read_to_string(&out).expect("written").contains("-0"), "nothing is minus nothing");

    let folder = with_floor(Some("client,facility\na,north\n"));
    let words = call(text(folder.path()), &floors);
    let said = refused(&words.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(said.contains("what is fixed leaves group `y` with 3.5000 of mean utility too little"), "{said}");
    assert!(said.contains("no answer reaches all floors"), "{said}");

    let folder = with_floor(Some("client,facility\na,north\na,north\n"));
    let said = refused(&["place", text(folder.path()), "-o", text(&out)]);
    assert!(said.contains("fixed.csv: line 3: client `a` and facility `north` stand in line 2 already"), "{said}");
    let said = refused(&["place", text(folder.path()), "--enough", "nan", "-o", text(&out)]);
    assert!(said.contains("--enough") && said.contains("write a finite number"), "{said}");
    let said = refused(&["place", text(folder.path()), "--enough", "2", "-o", text(&out)]);
    assert!(said.contains("`--enough 2`: write a share from 0 to 1"), "{said}");
}

#[test]
fn place_hands_columns_on_and_knows_what_a_first_place_brings() {
    let folder = with_floor(None);
    let (out, places) = (folder.path().join("out.csv"), folder.path().join("places.csv"));
    let output = super::counterflow(&["place", text(folder.path()), "-o", text(&out), "--places", text(&places)]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains("2 of 2 clients placed, worth 10") && said.contains("more budget would bring nothing"),
        "{said}"
    );
    let written = std::fs::read_to_string(&out).expect("written");
    assert!(written.lines().next().expect("a header").ends_with(",why_not,g,note"), "{written}");
    assert!(written.lines().nth(2).expect("b").ends_with("the facility has no places,y,second"), "{written}");
    let closed = rows(&places).into_iter().find(|row| row["facility"] == "closed").expect("it is there");
    assert_eq!(closed["one_more_place_brings"], "6", "7 in place of 1");
    told(&[
        "place",
        text(folder.path()),
        "-o",
        text(&out),
        "--only-placed",
        "--fairness-group",
        "g",
        "--fairness",
        "0",
        "--json",
    ]);
    assert_eq!(rows(&out).len(), 2);
}
