//! `counterflow reviews`: on real reviews of which it is known who made them up, and on what cannot be read.

use super::{refused, rows, shared, text, told};

#[test]
fn made_up_hotel_reviews_are_told_from_real_ones() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let (file, out, mistakes) = (path("reviews.csv"), path("scores.csv"), path("mistakes.csv"));
    std::fs::write(&file, "id,text\na,\"My husband and I had a luxurious vacation, it was amazing!\"\nb,\n")
        .expect("written");
    let labelled = shared("opinion-spam-hotels/deceptive-opinion-dev.csv");
    let call = [
        "reviews",
        text(&file),
        "--train",
        text(&labelled),
        "--train-columns",
        "text=Ori_Review,group=hotel",
        "--mistakes",
        text(&mistakes),
        "-o",
        text(&out),
        "--json",
    ];
    let found = told(&call);
    let read = &found["read"];
    assert_eq!((&read["labelled"], &read["groups"], &read["reviews"]), (&1040.into(), &13.into(), &2.into()));
    let record = &found["found"]["record"];
    let figure = |name: &str| record[name].as_f64().expect("a number");
    assert!(figure("accuracy") >= 0.89, "{record}");
    assert!(figure("low") < figure("accuracy") && figure("accuracy") < figure("high"), "{record}");
    let wrong = rows(&mistakes);
    assert_eq!(wrong.len() as f64, figure("missed") + figure("wronged"));
    let given = rows(&labelled);
    for row in &wrong {
        // The line is that of the file, whose header is its first.
        let own = &given.iter().find(|own| own["Ori_Review"].trim().starts_with(row["text"].trim_end_matches('…')));
        assert_eq!(own.expect("the review is there")["hotel"], row["group"], "{row:?}");
    }
    let scores = rows(&out);
    assert!(
        scores[0]["probability"].parse::<f64>().expect("a number") > 0.5 && scores[0]["reasons"].contains("my"),
        "{scores:?}"
    );
    assert_eq!(scores[1]["known"], "0");
}

#[test]
fn what_cannot_be_judged_is_told_with_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let (file, train, out) = (path("reviews.csv"), path("train.csv"), path("scores.csv"));
    std::fs::write(&file, "id,text\na,good\n").expect("written");
    for (content, expected) in [
        (
            "text,label\ngood,1\nbad,maybe\n",
            "train.csv: line 3: column `label`: there is `maybe`; write 1 or deceptive, 0 or truthful",
        ),
        (
            "text,label\ngood,1\nbad,0\n",
            "train.csv: column `label`: there are 1 that were made up and 1 that were not; write at least ten of either kind",
        ),
        (
            "text\ngood\n",
            "there is no column `label`, but `text`; write it into the header, or say `--train-columns label=NAME`",
        ),
        ("text,label\n,1\n", "line 2: column `text`: there is nothing"),
    ] {
        std::fs::write(&train, content).expect("written");
        let said = refused(&["reviews", text(&file), "--train", text(&train), "-o", text(&out)]);
        assert!(said.contains(expected), "{said}");
        assert!(!out.exists());
    }
    // Without what reviews are about nobody knows how often it is right, and that is said.
    let lines: String =
        (0..40).map(|line| format!("{} {line},{}\n", if line % 2 == 0 { "fine" } else { "awful" }, line % 2)).collect();
    std::fs::write(&train, format!("text,label\n{lines}")).expect("written");
    let mut tables = Vec::new();
    for threads in ["1", "2"] {
        let call = ["reviews", text(&file), "--train", text(&train), "-o", text(&out), "--json", "--threads", threads];
        assert!(told(&call)["found"]["record"].is_null());
        tables.push(std::fs::read_to_string(&out).expect("written"));
    }
    assert_eq!(tables[0], tables[1]);
    let call = ["reviews", text(&file), "--train", text(&train), "-o", text(&out)];
    let said = refused(&[&call[..], &["--mistakes", text(&path("mistakes.csv"))]].concat());
    assert!(said.contains("train.csv: line 1: there is no column `group`; `--mistakes` needs it"), "{said}");
    std::fs::write(&file, "id,text,hotel\na,good,north\nb,bad,south\n").expect("written");
    told(&[&call[..], &["--json"]].concat());
    let hotels: Vec<String> = rows(&out).into_iter().map(|row| row["hotel"].clone()).collect();
    assert_eq!(hotels, ["north", "south"]);
    std::fs::write(&file, "id,text\na,good\na,bad\n").expect("written");
    let said = refused(&call);
    assert!(said.contains("line 3: column `id`: there is `a`; line 2 has it already"), "{said}");
}
