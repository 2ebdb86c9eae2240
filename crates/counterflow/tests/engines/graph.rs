//! `counterflow graph`: beside what networkx says, on real networks, over time, and on what cannot be read.

use super::{piped, refused, rows, shared, text, told};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

const ALL: &str = "degree,strength,pagerank,hits,components,strong,communities,kcore,triangles,betweenness,closeness,cuts,assortativity";

/// Edges and the values that networkx gives for them; `tests/cases/graph/make.py` makes both.
fn case(name: &str) -> PathBuf {
    Path::new("../../tests/cases/graph").join(name)
}

fn near(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 1e-9 * (1.0 + expected.abs())
}

#[test]
fn every_measure_is_that_of_networkx() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("nodes.csv");
    for kind in ["directed", "undirected"] {
        let edges = case(&format!("{kind}.csv"));
        let mut call =
            vec!["graph", text(&edges), "--measures", ALL, "--tolerance", "1e-13", "-o", text(&out), "--json"];
        if kind == "undirected" {
            call.push("--undirected");
        }
        let found = told(&call);
        let own: HashMap<String, HashMap<String, String>> =
            rows(&out).into_iter().map(|row| (row["id"].clone(), row)).collect();
        let expected = rows(&case(&format!("{kind}_measures.csv")));
        assert_eq!(own.len(), expected.len());
        for row in &expected {
            for (column, value) in row.iter().filter(|(column, _)| *column != "id") {
                let said = &own[&row["id"]][column];
                let same = match (said.parse::<f64>(), value.parse::<f64>()) {
                    (Ok(said), Ok(value)) => near(said, value),
                    _ => said == value,
                };
                assert!(same, "{kind}: {column} of {}: {said}, and {value} by networkx", row["id"]);
            }
        }
        for row in rows(&case(&format!("{kind}_whole.csv"))).iter().filter(|row| row["name"] != "networkx") {
            let said = found["found"][&row["name"]].as_f64().expect("a number");
            assert!(near(said, row["value"].parse().expect("a number")), "{kind}: {row:?}, and {said}");
        }
    }
}

#[test]
fn strongest_links_are_those_of_networkx() {
    let folder = tempfile::tempdir().expect("a folder");
    let (out, links) = (folder.path().join("nodes.csv"), folder.path().join("links.csv"));
    let expected = rows(&case("undirected_links.csv"));
    for method in ["common_neighbours", "jaccard", "adamic_adar", "resource_allocation", "preferential_attachment"] {
        let edges = case("undirected.csv");
        let call = ["graph", text(&edges), "--undirected", "--links", text(&links), "--link-method", method];
        told(&[&call[..], &["-o", text(&out), "--json"]].concat());
        let own: HashMap<(String, String), f64> = rows(&links)
            .iter()
            .map(|row| ((row["left"].clone(), row["right"].clone()), row["strength"].parse().expect("a number")))
            .collect();
        let of_method: Vec<_> = expected.iter().filter(|row| row["method"] == method).collect();
        assert_eq!(own.len(), of_method.len(), "{method}");
        for row in of_method {
            let said = own[&(row["left"].clone(), row["right"].clone())];
            assert!(near(said, row["strength"].parse().expect("a number")), "{row:?}, and {said}");
        }
    }
}

/// Published figures of email-Eu-core (SNAP): vertices, edges, largest components, triangles, mean clustering; the
/// most central people as the folder's README gives them.
#[test]
fn a_real_network_is_as_published() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("nodes.csv");
    let file = shared("social-graphs/email-Eu-core.txt");
    let found = told(&["graph", text(&file), "--measures", "pagerank,components,strong", "-o", text(&out), "--json"]);
    assert_eq!((&found["read"]["vertices"], &found["read"]["edges"]), (&1005.into(), &25_571.into()));
    assert_eq!(found["found"]["largest_component"], 986);
    assert_eq!(found["found"]["largest_strong_component"], 803);
    let mut ranks: Vec<(f64, String)> =
        rows(&out).iter().map(|row| (row["pagerank"].parse().expect("a number"), row["id"].clone())).collect();
    ranks.sort_by(|one, other| other.0.total_cmp(&one.0));
    let first: Vec<&str> = ranks[..5].iter().map(|(_, id)| id.as_str()).collect();
    assert_eq!(first, ["1", "130", "160", "62", "86"]);
    let call = ["graph", text(&file), "--simple", "--undirected", "--measures", "triangles,kcore,communities"];
    let found = told(&[&call[..], &["-o", text(&out), "--json"]].concat())["found"].clone();
    assert_eq!((&found["triangles"], &found["largest_core"]), (&105_461.into(), &34.into()));
    let (clustering, modularity) = (&found["mean_clustering"], found["modularity"].as_f64().expect("a number"));
    // Over all 1,005; those without a neighbour count 0.
    assert!((clustering.as_f64().expect("a number") - 0.3994).abs() < 5e-5, "{clustering}");
    assert!(modularity >= 0.417, "{modularity}");
}

#[test]
fn messages_are_foretold_and_told_by_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let (edges, out, links, windows) = (path("edges.csv"), path("nodes.csv"), path("links.csv"), path("windows.csv"));
    let messages = std::fs::read_to_string(shared("social-graphs/CollegeMsg.txt")).expect("the file is there");
    let lines: Vec<String> = messages.lines().map(|line| line.replace(' ', ",")).collect();
    std::fs::write(&edges, format!("source,target,time\n{}\n", lines.join("\n"))).expect("written");
    let span = (30 * 86_400).to_string();
    let call = ["graph", text(&edges), "--measures", "degree,pagerank,components", "--links", text(&links)];
    let over_time = ["--windows", text(&windows), "--window", &span, "-o", text(&out), "--json"];
    let found = told(&[&call[..], &over_time].concat());
    assert_eq!((&found["read"]["edges"], &found["read"]["vertices"]), (&59_835.into(), &1_899.into()));
    let areas = &found["found"]["links_held_out"]["areas"];
    for method in ["common_neighbours", "jaccard", "adamic_adar", "resource_allocation", "preferential_attachment"] {
        let (area, error) = (&areas[method]["area"], &areas[method]["standard_error"]);
        let (area, error) = (area.as_f64().expect("a number"), error.as_f64().expect("a number"));
        assert!(area > 0.6 && area < 0.9 && error < 0.01, "{method}: {area}, {error}");
    }
    let spans = found["found"]["windows"].as_array().expect("spans");
    let in_spans: u64 = spans.iter().map(|span| span["edges"].as_u64().expect("a number")).sum();
    assert!(spans.len() == 7 && in_spans <= 59_835, "{spans:?}");
    let told_rows = rows(&windows);
    let vertices: u64 = spans.iter().map(|span| span["vertices"].as_u64().expect("a number")).sum();
    assert_eq!(told_rows.len() as u64, vertices);
    // Nobody is in a span without an edge in it.
    assert!(told_rows.iter().all(|row| row["degree"] != "0"));
}

#[test]
fn numbers_and_names_give_the_same_in_any_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let lines = ["10,2", "2,3", "3,10", "3,4", "4,100", "100,7", "7,4"];
    let all = |first: &str, order: &[&str]| format!("{first}{}\n", order.join("\n"));
    let turned: Vec<&str> = lines.iter().rev().copied().collect();
    let mut tables = Vec::new();
    for (name, content) in [
        ("plain.txt", all("", &lines)),
        ("header.csv", all("source,target\n", &lines)),
        ("turned.csv", all("source,target\n", &turned)),
        ("other.csv", all("a,b\n", &lines)),
        (
            "pipe.jsonl",
            lines
                .iter()
                .map(|line| {
                    let (a, b) = line.split_once(',').expect("two");
                    format!("{{\"source\": \"{a}\", \"target\": \"{b}\"}}\n")
                })
                .collect(),
        ),
    ] {
        let (file, out) = (path(name), path(&format!("{name}.out.csv")));
        std::fs::write(&file, content).expect("written");
        let mut call = vec!["graph", text(&file), "--measures", ALL, "-o", text(&out), "--json"];
        if name == "other.csv" {
            call.extend(["--columns", "source=a,target=b"]);
        }
        for threads in ["1", "3"] {
            told(&[&call[..], &["--threads", threads]].concat());
            tables.push(std::fs::read_to_string(&out).expect("written"));
        }
    }
    for first in ["", "source,target\n"] {
        tables.push(piped(&["graph", "-", "--measures", ALL], all(first, &lines).as_bytes()));
    }
    assert!(tables.iter().all(|table| *table == tables[0]), "{tables:#?}");
    let ids: Vec<String> =
        tables[0].lines().skip(1).map(|line| line.split(',').next().unwrap_or("").to_owned()).collect();
    assert_eq!(ids, ["2", "3", "4", "7", "10", "100"]);
}

#[test]
fn signs_weights_and_networks_for_other_programs() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let (file, out) = (path("ratings.csv"), path("nodes.csv"));
    std::fs::write(&file, "source,target,weight\na,b,2\nb,c,-3\nc,a,1\nc & d,a,0.5\n").expect("written");
    let said = refused(&["graph", text(&file), "-o", text(&out)]);
    assert!(said.contains("the edge from `b` to `c` weighs -3; say `--signs positive`"), "{said}");
    assert!(!out.exists());
    let counts = |signs: &str| {
        let found =
            told(&["graph", text(&file), "--signs", signs, "--measures", "strength", "-o", text(&out), "--json"]);
        (found["found"]["edges"].clone(), rows(&out)[0]["strength"].clone())
    };
    assert_eq!(counts("positive"), (3.into(), "3.5".to_owned()));
    assert_eq!(counts("negative"), (1.into(), "3".to_owned()));
    for ending in ["gexf", "graphml"] {
        let network = path(&format!("network.{ending}"));
        let call =
            ["graph", text(&file), "--signs", "positive", "--network", text(&network), "-o", text(&out), "--json"];
        told(&call);
        let written = std::fs::read_to_string(&network).expect("written");
        assert!(written.contains("c &amp; d") && written.contains("pagerank") && written.contains("0.5"), "{written}");
    }
    let said = refused(&["graph", text(&file), "--network", "network.dot", "-o", text(&out)]);
    assert!(said.contains("write a name that ends in .gexf or .graphml"), "{said}");
}

#[test]
fn what_cannot_be_read_is_told_with_its_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let out = path("nodes.csv");
    let cases: [(&str, &[u8], &str); 11] = [
        ("empty.csv", b"", "the file is empty; write a header `source,target`"),
        ("header.csv", b"source,target\n", "there is a header and no row"),
        ("one.csv", b"source\na\n", "line 1: there is no column `target`"),
        ("hole.csv", b"source,target\na,b\n,c\n", "line 3: column `source`: there is nothing; write a value"),
        (
            "weight.csv",
            b"source,target,weight\na,b,1\nb,c,inf\n",
            "line 3: column `weight`: there is `inf`; write a finite number",
        ),
        (
            "time.csv",
            b"source,target,time\na,b,soon\n",
            "line 2: column `time`: there is `soon`; write seconds since 1970",
        ),
        ("pair.txt", b"1,2\n3\n", "line 2: found `3`; write two whole numbers"),
        (
            "three.txt",
            b"1 2 3\n4 5 6\n",
            "line 1: there is no column `source`, but 3 numbers with blanks between them and no header; say which is which, such as `--columns source=1,target=2,weight=3`",
        ),
        (
            "names.txt",
            b"a b 3\nb c 4\n",
            "line 1: there is no column `source`, but `a`, `b`, `3`, with blanks between them; say which is which",
        ),
        ("commas.csv", b"6,2,4\n6,5,2\n", "but 3 numbers and no header; say which is which"),
        (
            "large.txt",
            b"1,2\n4294967295,3\n",
            "for names of other kinds, weights or times, begin the file with a header",
        ),
    ];
    for (name, content, expected) in cases {
        let file = path(name);
        std::fs::write(&file, content).expect("written");
        let said = refused(&["graph", text(&file), "-o", text(&out)]);
        assert!(said.contains(expected) && said.contains(name), "{name}: {said}");
        assert!(!out.exists(), "{name}");
    }
    let file = path("good.csv");
    std::fs::write(&file, "source,target\na,b\n").expect("written");
    for (more, expected) in [
        (&["--damping", "1"][..], "setting `damping`: found `1`; write a share below 1"),
        (&["--resolution", "0"], "setting `resolution`"),
        (&["--measures", "betweenness", "--sources", "1"], "setting `sources`: found `1`; write 2 or more"),
        (&["--windows", "w.csv", "--window", "60"], "there is no column `time`; `--windows` needs it"),
    ] {
        let said = refused(&[&["graph", text(&file), "-o", text(&out)][..], more].concat());
        assert!(said.contains(expected), "{said}");
    }
    assert!(!out.exists(), "what cannot be done in full writes nothing");
    let said = refused(&["graph", text(&file), "-o", text(&out), "--links", text(&out)]);
    assert!(said.contains("nodes.csv`: two results would go there; name two files"), "{said}");
    // Numbers that turn into names are names, where a header says that there are two columns.
    std::fs::write(&file, "source,target\n1,2\n2,x\n9999999999,x\n").expect("written");
    let found = told(&["graph", text(&file), "-o", text(&out), "--json"]);
    assert_eq!((&found["read"]["vertices"], &found["found"]["components"]), (&4.into(), &1.into()));
}

/// Numbers with zeros before them are names: `01` is not `1`.
#[test]
fn zeros_before_a_number_belong_to_its_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let (file, out) = (path("edges.csv"), path("nodes.csv"));
    std::fs::write(&file, "source,target\n01234,1234\n0001,98765\n1234,0001\n").expect("written");
    told(&["graph", text(&file), "-o", text(&out), "--json"]);
    let ids: Vec<String> = rows(&out).into_iter().map(|row| row["id"].clone()).collect();
    assert_eq!(ids, ["0001", "01234", "1234", "98765"]);
    std::fs::write(&file, "0,1\n01,2\n").expect("written");
    let said = refused(&["graph", text(&file), "-o", text(&out)]);
    assert!(
        said.contains("line 2: found `01,2`; write two whole numbers") && said.contains("no zeros before"),
        "{said}"
    );
}

#[test]
fn edges_that_hold_the_whole_together_are_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let (file, out, bridges) = (path("edges.csv"), path("nodes.csv"), path("bridges.csv"));
    // Two triangles with an edge between them, and a leaf.
    std::fs::write(&file, "source,target\na,b\nb,c\nc,a\nd,e\ne,f\nf,d\nc,d\nf,leaf\n").expect("written");
    let found = told(&["graph", text(&file), "-o", text(&out), "--bridges", text(&bridges), "--json"]);
    assert_eq!(found["found"]["bridges"], 2);
    let pairs: Vec<(String, String)> =
        rows(&bridges).into_iter().map(|row| (row["left"].clone(), row["right"].clone())).collect();
    assert_eq!(pairs, [("c".to_owned(), "d".to_owned()), ("f".to_owned(), "leaf".to_owned())]);
    assert!(rows(&out).iter().all(|row| (row["cut_vertex"] == "true") == "cdf".contains(&*row["id"])));
}

/// Lists without a header: columns by their numbers, whatever stands between them.
#[test]
fn lists_without_a_header_are_read_by_the_numbers_of_their_columns() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let (edges, out, links) = (path("edges.csv"), path("nodes.csv"), path("links.csv"));
    // The messages as they come, and with a header and commas.
    let file = shared("social-graphs/CollegeMsg.txt");
    let messages = std::fs::read_to_string(&file).expect("the file is there");
    std::fs::write(&edges, format!("source,target,time\n{}", messages.replace(' ', ","))).expect("written");
    let mut found = Vec::new();
    for (file, columns) in [(&file, "source=1,target=2,time=3"), (&edges, "time=time")] {
        let call = ["graph", text(file), "--columns", columns, "--links", text(&links), "-o", text(&out), "--json"];
        let told = told(&call);
        assert_eq!(
            told["read"],
            serde_json::json!({"edges": 59_835, "vertices": 1_899, "weights": false, "times": true})
        );
        let links = std::fs::read_to_string(&links).expect("written");
        let nodes = std::fs::read_to_string(&out).expect("written");
        found.push((links, nodes, told["found"]["links_held_out"].clone()));
    }
    assert!(found[0] == found[1], "{:?} and {:?}", found[0].2, found[1].2);
    // Blanks, tabs, commas and semicolons, comments, a mark, names, and a header with blanks.
    let small = path("small.txt");
    let expected = "id,strength\n1,7\n4,2.5\n9,9.5\n";
    for (content, columns) in [
        ("1 9 7\n4  9\t2.5\n", "source=1,target=2,weight=3"),
        ("# all of them\n\n1\t9\t7\r\n4\t9\t2.5\r\n", "source=1,target=2,weight=3"),
        ("\u{feff}1,9,7\n% half\n4,9,2.5", "source=1,target=2,weight=3"),
        ("7;1;9\n2.5;4;9\n", "source=2,target=3,weight=1"),
        ("from to much\n1 9 7\n4 9 2.5\n", "source=from,target=to,weight=much"),
    ] {
        std::fs::write(&small, content).expect("written");
        let call = ["graph", text(&small), "--columns", columns, "--undirected", "--measures", "strength"];
        let output = super::counterflow(&call);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{content:?}: {said}");
        assert_eq!(piped(&[&["graph", "-"], &call[2..]].concat(), content.as_bytes()), expected, "{content:?}");
    }
    let named = ["--columns", "source=1,target=2,weight=3"];
    for (content, more, expected) in [
        ("1 9 7\n4 9\n", named, "line 2: there are 2 values, and 3 in the first; write 3"),
        ("# two\n1 9 7\n\n4 9 x\n", named, "line 4: column `3`: there is `x`; write a finite number"),
        ("1,9,7\n\"4\",9,1\n", named, "line 2: there are quotation marks; begin the file with a header"),
        ("1,2,3\n4,5,6\n", named, "line 1: `1,2,3` may be a header or an edge; write names above it"),
        ("1 9 7\n", ["--columns", "source=1,target=4"], "says `1`, `4`; write numbers from 1 to 3"),
        ("1 9 7\n", ["--columns", "from=1"], "write one of source, target, weight, time"),
        (
            "1 9 7\n",
            ["--columns", "source=1"],
            "there is no column `target`, but `1`, `2`, `3`; write a header, or say `--columns target=NAME`",
        ),
        ("from to much\n", ["--columns", "source=from,target=to"], "there is a header and no row"),
    ] {
        std::fs::write(&small, content).expect("written");
        let said = refused(&[&["graph", text(&small), "-o", text(&path("none.csv"))][..], &more].concat());
        assert!(said.contains(expected), "{content:?}: {said}");
        assert!(!path("none.csv").exists());
    }
}

/// Sums of nothing have a minus before their zero, which nobody expects to read.
#[test]
fn no_zero_has_a_minus() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let file = path("edges.csv");
    std::fs::write(&file, "source,target,weight\na,b,2\nb,c,-0\n").expect("written");
    for ending in ["csv", "jsonl"] {
        let (out, network) = (path(&format!("nodes.{ending}")), path("network.gexf"));
        let call = ["graph", text(&file), "--measures", "strength,degree,pagerank", "--network", text(&network)];
        told(&[&call[..], &["-o", text(&out), "--json"]].concat());
        for written in [out, network] {
            let written = std::fs::read_to_string(&written).expect("written");
            assert!(written.contains('0') && !written.contains("-0"), "{written}");
        }
    }
}
