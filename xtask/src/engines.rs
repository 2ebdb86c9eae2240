//! The engines beside the peers: the same data, the same scores, the peer before and after ours.

use crate::bench::{Workshop, setting};
use crate::demo;
use crate::shell;
use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::HashMap;

/// One set of data: which peers are run on it, and what ours is called with.
struct Case<'a> {
    /// First part of the names of cases: `crowd/product`.
    set: &'a str,
    /// The peers, as a regular expression behind the set.
    peers: &'a str,
    /// The peers' script with its arguments.
    script: &'a [&'a str],
    /// What `score.py` is told.
    score: String,
    /// What our program is called with.
    ours: Vec<String>,
}

/// Runs a command of ours and takes the time it gives for reading in place of that of its work, as peers are timed that only read.
const TIME_OF_READING: &str = "import json, subprocess, sys
lines = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()
print(json.dumps({'wall_s': json.loads(lines[-1])['found']['seconds']['load']}))";

/// `counterflow crowd` beside crowd-kit.
pub(crate) fn crowd(workshop: &Workshop, large: bool) -> Result<String> {
    workshop.set_up("crowd")?;
    demo::build_program()?;
    shell::run(&mut workshop.script("crowd", "prepare_data.py", &["crowd"]))?;
    let sizes: &[&str] = if large { &["1e5", "1e6", "1e7"] } else { &["1e5", "1e6"] };
    for size in sizes {
        if !workshop.data(&format!("crowd/synthetic-{size}/ceiling.json")).is_file() {
            shell::run(&mut workshop.script("crowd", "gen_crowd.py", &[size]))?;
        }
    }
    let out = workshop.work.join("out/labels.csv").display().to_string();
    let names: Vec<String> = ["product", "dog"]
        .into_iter()
        .map(str::to_owned)
        .chain(sizes.iter().map(|size| format!("synthetic-{size}")))
        .collect();
    let mut rows = Vec::new();
    for name in &names {
        let answers = workshop.data(&format!("crowd/{name}/answers.csv")).display().to_string();
        let ours = ["crowd", &answers, "-o", &out, "--json"].map(str::to_owned).to_vec();
        let size = name.strip_prefix("synthetic-");
        let script = match size {
            Some(size) => vec!["bench_crowd.py", "synthetic", size],
            None => vec!["bench_crowd.py", "real"],
        };
        let set = format!("crowd/{name}");
        let peers = if size.is_some() {
            "(MajorityVote|DawidSkene|ceiling.*)$"
        } else {
            "(MajorityVote|Wawa|DawidSkene|MACE)$"
        };
        let score = format!("crowd {name} {out}");
        rows.extend(beside(workshop, "crowd", &Case { set: &set, peers, script: &script, score, ours })?);
    }
    Ok(format!("{}\n\n{}", setting(&rows)?, table(&rows)?))
}

/// `counterflow place` beside HiGHS, CP-SAT and a flow with a multiplier.
pub(crate) fn place(workshop: &Workshop, large: bool) -> Result<String> {
    workshop.set_up("opt")?;
    demo::build_program()?;
    let out = workshop.work.join("out/placements.csv").display().to_string();
    let (mut rows, mut proofs) = (Vec::new(), String::new());
    for size in ["100x50", "1000x500", "10000x5000"] {
        if !workshop.data(&format!("placement/{size}/budget.csv")).is_file() {
            shell::run(&mut workshop.script("opt", "gen_placement.py", &[size]))?;
        }
        let folder = workshop.data(&format!("placement/{size}")).display().to_string();
        let ours = ["place", &folder, "--only-placed", "-o", &out, "--json"].map(str::to_owned).to_vec();
        // The solvers find nothing there within their limit; they are run when it is asked for.
        let peers = if size == "10000x5000" && !large { "(min-cost|HiGHS LP)" } else { "" };
        let set = format!("place {}", size.replace('x', " in "));
        let (script, score) = (["bench_placement.py", size], format!("placement {size} {out}"));
        rows.extend(beside(workshop, "opt", &Case { set: &set, peers, script: &script, score, ours: ours.clone() })?);
        let told = told(workshop, &ours)?;
        let figure = |key: &str| told[key].as_f64().unwrap_or(f64::NAN);
        proofs.push_str(&format!(
            "- {set}: value {}, proven bound {:.1}: no answer is better by more than {:.4} %.\n",
            figure("value"),
            figure("bound"),
            100.0 * figure("gap")
        ));
    }
    Ok(format!("{}\n\n{}\nWhat ours proves:\n\n{proofs}", setting(&rows)?, table(&rows)?))
}

/// `counterflow link` beside splink and recordlinkage.
pub(crate) fn link(workshop: &Workshop, large: bool) -> Result<String> {
    workshop.set_up("er")?;
    demo::build_program()?;
    shell::run(&mut workshop.script("er", "prepare_data.py", &["er"]))?;
    let (persons, orgs) = if large { ("1000000", "200000") } else { ("50000", "20000") };
    for (kind, size, file) in [
        ("persons", persons, format!("er/persons_{persons}.csv")),
        ("orgs", orgs, format!("er/orgs_register_{orgs}.csv")),
    ] {
        if !workshop.data(&file).is_file() {
            shell::run(&mut workshop.script("er", "gen_er.py", &[kind, size]))?;
        }
    }
    let out = workshop.work.join("out/pairs.csv").display().to_string();
    let file = |name: &str| workshop.data(&format!("er/{name}.csv")).display().to_string();
    let mentions = orgs.parse::<usize>().context("a size is a number")? / 2;
    let persons_file = format!("persons_{persons}");
    let pairs = |files: &[&str]| {
        let names: Vec<String> = files.iter().map(|name| format!("{name}.csv")).collect();
        format!("pairs {out} {}", names.join(" "))
    };
    let cases = [
        (
            "febrl4 link 5k x 5k".to_owned(),
            vec!["febrl"],
            pairs(&["febrl4a", "febrl4b"]),
            vec![file("febrl4a"), file("febrl4b")],
        ),
        ("febrl1 dedupe".to_owned(), vec!["febrl"], pairs(&["febrl1"]), vec![file("febrl1")]),
        (
            format!("persons {persons} dedupe"),
            vec!["persons", persons],
            pairs(&[&persons_file]),
            vec![file(&persons_file)],
        ),
        (
            format!("orgs {orgs} register x {mentions} mentions"),
            vec!["orgs", orgs],
            format!("mentions {orgs} {out}"),
            vec![
                file(&format!("orgs_mentions_{mentions}")),
                file(&format!("orgs_register_{orgs}")),
                "--best".to_owned(),
            ],
        ),
    ];
    let (mut rows, mut recalls) = (Vec::new(), String::new());
    for (set, arguments, score, files) in &cases {
        let fixed = ["--least", "0.01", "-o", &out, "--json"].map(str::to_owned);
        let ours: Vec<String> = std::iter::once("link".to_owned()).chain(files.iter().cloned()).chain(fixed).collect();
        let script: Vec<&str> = std::iter::once("bench_er.py").chain(arguments.iter().copied()).collect();
        let case = Case { set, peers: "", script: &script, score: score.clone(), ours: ours.clone() };
        rows.extend(beside(workshop, "er", &case)?);
        let told = told(workshop, &ours)?;
        let found = &told["found"];
        recalls.push_str(&format!(
            "- {set}: {} pairs compared, blocking recall {}.\n",
            found["compared"],
            found["blocking_recall_estimated"]
                .as_f64()
                .map_or_else(|| "not estimated".to_owned(), |recall| format!("estimated at {recall:.4}"))
        ));
    }
    Ok(format!("{}\n\n{}\nWhat ours says of its blocking:\n\n{recalls}", setting(&rows)?, table(&rows)?))
}

/// `counterflow neardup` beside datasketch, and how it grows.
pub(crate) fn neardup(workshop: &Workshop, large: bool) -> Result<String> {
    workshop.set_up("text")?;
    demo::build_program()?;
    let out = workshop.work.join("out/pairs.csv").display().to_string();
    let sizes: &[&str] = if large { &["10000", "100000", "1000000"] } else { &["10000", "100000"] };
    let mut rows = Vec::new();
    for size in sizes {
        let texts = workshop.data(&format!("text/texts_{size}.csv"));
        if !texts.is_file() {
            shell::run(&mut workshop.script("text", "gen_texts.py", &[size]))?;
        }
        let set = format!("near-duplicates {size}");
        let ours = ["neardup", &texts.display().to_string(), "-o", &out, "--json"].map(str::to_owned).to_vec();
        let (script, score) = (["bench_text.py", size], format!("texts {size} {out}"));
        let case = Case { set: &set, peers: "", script: &script, score, ours };
        rows.extend(beside(workshop, "text", &case)?);
    }
    Ok(format!("{}\n\n{}", setting(&rows)?, table(&rows)?))
}

/// `counterflow forecast` beside statsforecast.
pub(crate) fn forecast(workshop: &Workshop) -> Result<String> {
    workshop.set_up("fc")?;
    demo::build_program()?;
    if !workshop.data("ts/synthetic_1000x730_train.csv").is_file() {
        shell::run(&mut workshop.script("fc", "prepare_data.py", &["series"]))?;
        shell::run(&mut workshop.script("fc", "gen_series.py", &[]))?;
    }
    let out = workshop.work.join("out/forecast.csv").display().to_string();
    let (mut rows, mut bands) = (Vec::new(), String::new());
    for (set, data, part) in [
        ("chicago-311 50 wards x 730", "chicago_311", "311"),
        ("synthetic 1000x730", "synthetic_1000x730", "synthetic"),
    ] {
        let train = workshop.data(&format!("ts/{data}_train.csv")).display().to_string();
        let ours = ["forecast", &train, "-o", &out, "--json"].map(str::to_owned).to_vec();
        let (script, score) = (["bench_forecast.py", part], format!("series {data} 7 {out}"));
        let case = Case { set, peers: "(SeasonalNaive|AutoETS|MSTL)", script: &script, score, ours };
        rows.extend(beside(workshop, "fc", &case)?);
        let test = std::fs::read_to_string(workshop.data(&format!("ts/{data}_test.csv")))?;
        let told = std::fs::read_to_string(&out)?;
        bands.push_str(&format!("- {set}: {}\n", covered(&test, &told)?));
    }
    Ok(format!("{}\n\n{}\nWhat came lay within ours:\n\n{bands}", setting(&rows)?, table(&rows)?))
}

/// How much of what came the bands of a forecast held.
fn covered(test: &str, told: &str) -> Result<String> {
    let came: HashMap<(&str, &str), f64> = test
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.split(',');
            Some(((cells.next()?, cells.next()?), cells.next()?.parse().ok()?))
        })
        .collect();
    let (mut within_95, mut within_80, mut count) = (0.0, 0.0, 0.0);
    for line in told.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let (Some(came), [_, _, _, low, high, low_80, high_80, ..]) = (came.get(&(cells[0], cells[1])), &cells[..])
        else {
            continue;
        };
        let within = |low: &str, high: &str| -> Result<f64> {
            Ok(f64::from(u8::from(low.parse::<f64>()? <= *came && *came <= high.parse::<f64>()?)))
        };
        within_95 += within(low, high)?;
        within_80 += within(low_80, high_80)?;
        count += 1.0;
    }
    Ok(format!(
        "{:.1} % in bands of 80 %, {:.1} % in bands of 95 %",
        100.0 * within_80 / count,
        100.0 * within_95 / count
    ))
}

/// `counterflow graph` beside networkit, igraph, rustworkx, networkx and scipy.
pub(crate) fn graph(workshop: &Workshop, large: bool) -> Result<String> {
    workshop.set_up("graph")?;
    demo::build_program()?;
    shell::run(&mut workshop.script("graph", "prepare_data.py", &["graphs"]))?;
    let random = if large { "rmat22" } else { "rmat18" };
    if !workshop.data(&format!("graph/{random}.csv")).is_file() {
        shell::run(&mut workshop.script("graph", "gen_rmat.py", &[&random["rmat".len()..]]))?;
    }
    let out = workshop.work.join("out/nodes.csv").display().to_string();
    let plain = ["--simple", "--undirected"];
    let tasks: [(&str, &[&str], &[&str]); 8] = [
        ("load", &["components"], &[]),
        ("pagerank", &["pagerank"], &[]),
        ("wcc", &["components"], &plain),
        ("community", &["communities"], &plain),
        ("kcore", &["kcore"], &plain),
        ("triangles", &["triangles"], &plain),
        ("betweenness-exact", &["betweenness"], &plain),
        ("betweenness-256 sources", &["betweenness", "--sources", "256"], &plain),
    ];
    let (mut rows, mut findings) = (Vec::new(), String::new());
    for name in ["email-Eu-core", "bitcoin-otc", random] {
        let file = workshop.data(&format!("graph/{name}.csv")).display().to_string();
        for (task, measures, more) in tasks {
            // All pairs of a quarter of a million vertices are for nobody, and of four million there is no time for any.
            if (name == random && task == "betweenness-exact") || (large && task.starts_with("betweenness")) {
                continue;
            }
            let call = ["graph", &file, "-o", &out, "--json", "--measures"];
            let ours: Vec<String> = call.iter().chain(measures).chain(more).map(|word| (*word).to_owned()).collect();
            let set = format!("{name}/{task}");
            let case = Case { set: &set, peers: "", script: &["bench_graph.py", name], score: String::new(), ours };
            rows.extend(beside(workshop, "graph", &case)?);
            let mut found = told(workshop, &case.ours)?["found"].take();
            if let Some(found) = found.as_object_mut() {
                found.remove("seconds");
            }
            findings.push_str(&format!(
                "- {set}: {}\n",
                found.to_string().replace(['{', '}', '"'], "").replace(',', ", ").replace(':', " ")
            ));
        }
    }
    Ok(format!("{}\n\n{}\nWhat ours found:\n\n{findings}", setting(&rows)?, table(&rows)?))
}

/// `counterflow predict` beside scikit-learn, on the city's inspections with and without the inspector.
pub(crate) fn predict(workshop: &Workshop) -> Result<String> {
    /// No script of the peers foretells; this one is our own.
    const SCRIPT: &str = include_str!("../peers/inspections.py");
    workshop.set_up("crowd")?;
    demo::build_program()?;
    let script = workshop.work.join("inspections.py");
    std::fs::write(&script, SCRIPT)?;
    let script = script.display().to_string();
    let file = shell::shared().join("data/chicago-food-inspections/model_table_train.csv").display().to_string();
    let out = workshop.work.join("out/scores.csv").display().to_string();
    let python = workshop.work.join("venv/crowd/bin/python").display().to_string();
    let (mut rows, mut findings, mut version) = (Vec::new(), String::new(), String::new());
    for (set, inspector, left_out) in
        [("inspections", "with", "License"), ("inspections without the inspector", "without", "Inspector_Assigned")]
    {
        let call = ["predict", &file, "--target", "criticalFound", "--time", "Inspection_Date", "--from", "2014-01-01"];
        let end = ["--without-leaks", "--quick", "--leave-out", left_out, "-o", &out, "--json"];
        let program = demo::program().display().to_string();
        let ours: Vec<&str> = std::iter::once(program.as_str()).chain(call).chain(end).collect();
        let peer = |method| vec![python.as_str(), "-W", "ignore", &script, method, inspector, &file];
        let before = workshop.results()?.len();
        // Peers before and after.
        for (name, command) in [
            ("LogisticRegressionCV", peer("linear")),
            ("HistGradientBoosting", peer("trees")),
            ("ours", ours),
            ("LogisticRegressionCV", peer("linear")),
            ("HistGradientBoosting", peer("trees")),
        ] {
            let mut own = workshop.script("crowd", "own.py", &["--area", "predict", &format!("{set}/{name}"), "--"]);
            shell::run(own.args(&command))?;
            let told = shell::output(shell::command(command[0], &[], &workshop.work).args(&command[1..]))?;
            let told: Value =
                serde_json::from_str(told.lines().last().unwrap_or_default()).context("JSON at the end")?;
            if name != "ours" {
                version = told["version"].as_str().context("the version of the peer")?.to_owned();
            }
            let record = &told["found"]["record"];
            let figure = |peer: &Value, own: &Value| peer.as_f64().or(own.as_f64()).unwrap_or(f64::NAN);
            let line = format!(
                "- {set}/{name}: area {:.4}, Brier {:.5}, {:.2} days earlier\n",
                figure(&told["area"], &record["area"]),
                figure(&told["brier"], &record["brier"]),
                figure(&told["earlier"], &record["earlier"]["mean"])
            );
            if !findings.contains(&line) {
                findings.push_str(&line);
            }
        }
        rows.extend(workshop.results()?.split_off(before));
    }
    let (setting, table) = (setting(&rows)?, table(&rows)?);
    Ok(format!("{setting}\n\n{table}\nOn 2,391 inspections from 2014 on, scikit-learn {version}:\n\n{findings}"))
}

/// The last line of a call of ours, as JSON.
fn told(workshop: &Workshop, arguments: &[String]) -> Result<Value> {
    let told = shell::output(shell::command(demo::program(), &[], &workshop.work).args(arguments))?;
    serde_json::from_str(told.lines().last().unwrap_or_default()).context("the last line is JSON")
}

/// The peers, ours, and the peers again.
fn beside(workshop: &Workshop, group: &str, case: &Case<'_>) -> Result<Vec<Value>> {
    let before = workshop.results()?.len();
    let peers = || {
        let mut command = workshop.script(group, case.script[0], &case.script[1..]);
        shell::run(command.env("BENCH_ONLY", format!("^{}/{}", case.set, case.peers)))
    };
    peers()?;
    let name = format!("{}/ours", case.set);
    let mut ours = workshop.script(group, "own.py", &["--area", group, "--score", &case.score, &name, "--"]);
    if case.set.ends_with("/load") {
        ours.args(["python3", "-c", TIME_OF_READING]);
    }
    shell::run(ours.arg(demo::program()).args(&case.ours))?;
    peers()?;
    Ok(workshop.results()?.split_off(before))
}

/// The rows as Markdown: each peer's two runs as one, with the ratio of its mean time to ours.
fn table(rows: &[Value]) -> Result<String> {
    let mut text = "| case | wall s | CPU s | peak MiB | quality | ours is faster by |\n| --- | ---: | ---: | ---: | --- | ---: |\n".to_owned();
    let name = |row: &Value| row["name"].as_str().unwrap_or_default().to_owned();
    let set = |name: &str| name.rsplit_once('/').map_or_else(String::new, |(set, _)| set.to_owned());
    let mut told: Vec<String> = Vec::new();
    for row in rows {
        let own = name(row);
        if told.contains(&own) {
            continue;
        }
        told.push(own.clone());
        let same: Vec<&Value> = rows.iter().filter(|other| name(other) == own).collect();
        if let Some(failed) = same.iter().find_map(|row| row["failed"].as_str()) {
            text.push_str(&format!("| {own} | failed: {failed} | | | | |\n"));
            continue;
        }
        let mean = |key: &str| -> Result<f64> {
            let figures = same.iter().map(|row| row[key].as_f64());
            let figures: Option<Vec<f64>> = figures.collect();
            let figures = figures.with_context(|| format!("`{own}` has no `{key}`"))?;
            Ok(figures.iter().sum::<f64>() / figures.len() as f64)
        };
        let is_ours = |other: &&Value| {
            let other = name(other);
            other.ends_with("/ours") && own.starts_with(&format!("{}/", set(&other)))
        };
        let ours = rows.iter().find(is_ours);
        let wall = mean("wall_med")?;
        let is_peer = !own.ends_with("/ours") && !own.contains("ceiling");
        let ratio = match ours.and_then(|ours| ours["wall_med"].as_f64()).filter(|_| is_peer) {
            Some(ours) => format!("{:.1}", wall / ours),
            None => String::new(),
        };
        let quality: Vec<String> = row["metrics"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(key, value)| format!("{key} {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
            .collect();
        text.push_str(&format!(
            "| {own} | {wall:.3} | {:.2} | {:.0} | {} | {ratio} |\n",
            mean("cpu_med")?,
            mean("peak_mb")?,
            quality.join(", ")
        ));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn two_runs_of_a_peer_are_one_line_with_its_ratio() {
        let row = |name: &str, wall: f64| json!({"name": name, "wall_med": wall, "cpu_med": 1.0, "peak_mb": 9.0, "metrics": {"acc": 0.9}});
        let rows = [row("crowd/dog/Peer", 1.0), row("crowd/dog/ours", 0.5), row("crowd/dog/Peer", 3.0)];
        let text = table(&rows).unwrap();
        assert!(text.contains("| crowd/dog/Peer | 2.000 | 1.00 | 9 | acc 0.9 | 4.0 |"), "{text}");
        assert_eq!(text.lines().count(), 4, "{text}");
    }
}
