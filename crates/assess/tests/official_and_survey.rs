//! Real surveys and official facts: residents' answers in Australia, staffing as reported and measured in the US, stars.

use assess::official::{self, Ageing, OfficialRating, Sanction, SelfReport, SelfReportSettings};
use assess::survey::{self, SurveyAnswer, SurveySettings};
use assess::{Comparable, Scale};
use model::{Date, RecordRef};

/// The text of a row by column name.
type Row = Box<dyn Fn(&str) -> String>;

/// Rows of a CSV, each as a way from column name to text.
fn rows(path: &str) -> Vec<Row> {
    let path = format!("../../../shared/data/{path}");
    let mut reader = csv::Reader::from_path(path).expect("the file is there");
    let names = reader.headers().expect("a header").clone();
    reader
        .records()
        .map(|row| {
            let (row, names) = (row.expect("a row"), names.clone());
            let get = move |name: &str| {
                let column = names.iter().position(|other| other == name).expect("the column is there");
                row[column].trim().to_owned()
            };
            Box::new(get) as Row
        })
        .collect()
}

fn record(dataset: &str, id: usize) -> RecordRef {
    RecordRef { dataset: dataset.to_owned(), version: 1, id: id.to_string() }
}

#[test]
fn the_number_of_australian_residents_asked_is_read_from_their_percents() {
    const QUESTIONS: [&str; 12] = [
        "Food",
        "Safety",
        "Operation",
        "Care Need",
        "Competent",
        "Independent",
        "Explain",
        "Respect",
        "Follow Up",
        "Caring",
        "Voice",
        "Home",
    ];
    const GRADES: [&str; 4] = ["Always", "Most of the time", "Some of the time", "Never"];
    let (mut answers, mut entities) = (Vec::new(), Vec::new());
    for (number, row) in rows("care-homes-australia/homes_2025-02_detailed.csv").iter().enumerate() {
        let entity = format!("{}|{}|{}|{number}", row("Service Name"), row("Service Suburb"), row("State/Territory"));
        entities.push(Comparable { entity: entity.clone(), group: format!("{}|{}", row("Purpose"), row("MMM Code")) });
        for question in QUESTIONS {
            let percents = GRADES.map(|grade| row(&format!("[RE] {question} - {grade}")).parse::<f64>());
            let [Ok(always), Ok(most), Ok(some), Ok(never)] = percents else { continue };
            answers.push(SurveyAnswer {
                record: record("homes", number),
                entity: entity.clone(),
                question: question.to_lowercase(),
                percents: [always, most, some, never],
                asked: None,
                size: Some(row("Size")),
            });
        }
    }
    let (beliefs, problems) =
        survey::assess(&answers, &entities, &SurveySettings::australia()).expect("settings are right");
    assert!(problems.is_empty(), "{problems:?}");
    let overall: Vec<_> = beliefs.iter().filter(|one| one.aspect == survey::OVERALL).collect();
    assert_eq!((overall.len(), beliefs.len()), (answers.len() / 12, answers.len() / 12 * 13));
    let how = |word: &str| overall.iter().filter(|one| one.estimate.because.figures[0].0 == word).count();
    let mut asked: Vec<f64> = overall.iter().map(|one| one.estimate.because.figures[0].1).collect();
    asked.sort_by(f64::total_cmp);
    let widest = overall.iter().map(|one| one.estimate.value.half_width()).fold(0.0, f64::max);
    eprintln!(
        "homes {}, read {}, guessed {}, asked from {} over {} to {}, widest half interval {widest:.2}",
        overall.len(),
        how("asked_read_from_percents"),
        how("asked_guessed_from_size"),
        asked[0],
        asked[asked.len() / 2],
        asked[asked.len() - 1],
    );
    assert!(how("asked_read_from_percents") > overall.len() * 98 / 100);
    assert_eq!(asked[asked.len() / 2], 14.0);
}

#[test]
fn american_homes_report_more_nurses_than_were_measured() {
    let mut reports = Vec::new();
    for (number, row) in rows("care-facilities-us/facilities.csv").iter().enumerate() {
        reports.push(SelfReport {
            record: record("facilities", number),
            entity: row("ccn"),
            group: row("ownership_type").split(" - ").next().unwrap_or_default().to_owned(),
            measured: row("rn_hprd").parse().ok(),
            reported: row("self_report_rn").parse().ok(),
        });
    }
    assert_eq!(reports.len(), 10_345);
    let settings = SelfReportSettings { aspect: "rn_hours".to_owned(), measured_error: 0.05, bounds: (0.0, 24.0) };
    let (biases, beliefs) = official::self_report::assess(&reports, &settings).expect("settings are right");
    assert_eq!(beliefs.len(), reports.len());
    for one in &biases {
        let bias = one.bias.value;
        eprintln!(
            "{}: {:.3} [{:.3}, {:.3}], {:.0} % of {} report more",
            one.group,
            bias.value,
            bias.low,
            bias.high,
            100.0 * one.over_reporting,
            one.places
        );
        let own = reports.iter().filter(|report| report.group == one.group);
        let mut gaps: Vec<f64> = own.filter_map(|report| Some(report.reported? - report.measured?)).collect();
        gaps.sort_by(f64::total_cmp);
        assert!(bias.low < bias.value && bias.value < bias.high && bias.half_width() < 0.05, "{one:?}");
        assert!((bias.value - gaps[gaps.len() / 2]).abs() < 0.1, "near the median gap {}", gaps[gaps.len() / 2]);
    }
}

#[test]
fn american_stars_older_than_a_penalty_are_believed_less_and_zero_is_no_star() {
    let day = |text: &str| text.parse::<Date>().ok();
    let published = day("2025-06-01").expect("a valid date");
    let ratings: Vec<OfficialRating> = rows("care-facilities-us/facilities.csv")
        .iter()
        .enumerate()
        .map(|(number, row)| OfficialRating {
            record: record("facilities", number),
            entity: row("ccn"),
            group: row("ownership_type").split(" - ").next().unwrap_or_default().to_owned(),
            value: row("stars").parse().ok(),
            on: published,
        })
        .collect();
    let sanctions: Vec<Sanction> = rows("care-facilities-us/penalties.csv")
        .iter()
        .enumerate()
        .filter_map(|(number, row)| {
            Some(Sanction { record: record("penalties", number), entity: row("ccn"), on: day(&row("date"))? })
        })
        .collect();
    assert_eq!(sanctions.len(), 11_789);
    let as_of = day("2025-12-31").expect("a valid date");
    let beliefs = official::rating::assess(&ratings, &sanctions, &Ageing::UNLEARNT, "overall", Scale::STARS, as_of);
    let beliefs = beliefs.expect("settings are right");
    let unrated = beliefs.iter().filter(|one| one.ground == assess::hierarchy::Ground::NotEnough).count();
    assert_eq!(unrated, 97);
    let late = |one: &&assess::Belief| {
        one.estimate.because.contributions.iter().any(|one| one.discounted == "older_than_sanction")
    };
    let deviation = |some: Vec<&assess::Belief>| {
        let middle: Vec<f64> = some
            .iter()
            .filter(|one| (2.5..3.5).contains(&one.estimate.value.value))
            .map(|one| one.estimate.value.half_width())
            .collect();
        (middle.iter().sum::<f64>() / middle.len() as f64, some.len())
    };
    let (doubted, count) = deviation(beliefs.iter().filter(late).collect());
    let (trusted, _) = deviation(beliefs.iter().filter(|one| one.estimate.value.voices > 0.0 && !late(one)).collect());
    eprintln!("{count} stars older than a penalty: half interval {doubted:.2} instead of {trusted:.2}");
    assert!(count > 50 && doubted > 1.2 * trusted);
}

#[test]
fn australian_stars_show_how_they_age() {
    let history: Vec<OfficialRating> = rows("care-homes-australia/star_ratings_panel.csv")
        .iter()
        .enumerate()
        .filter_map(|(number, row)| {
            Some(OfficialRating {
                record: record("panel", number),
                entity: row("facility_id"),
                group: row("purpose"),
                value: row("overall_star_rating").parse().ok(),
                on: row("quarter_date").parse().ok()?,
            })
        })
        .collect();
    let learnt = Ageing::learn(&history, &[], Scale::STARS);
    eprintln!("{learnt:?}");
    assert!(learnt.per_year > 0.0 && learnt.per_year < 1.0 && learnt.fresh < 0.5, "{learnt:?}");
}
