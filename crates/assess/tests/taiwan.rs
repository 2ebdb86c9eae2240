//! Real reviews with real rating campaigns: which hospitals are found, and what is left of their ratings.

use assess::coordination::{self, Coordination, CoordinationSettings, GroupKind};
use assess::ratings::{self, RatingSettings};
use assess::{Belief, Comparable, Scale, Voice, relative_time};
use model::{Date, RecordRef};

/// The reviews were collected in 2025; the day itself does not matter, only the distance to it.
const TOLD: &str = "2025-04-01";

fn reviews() -> Vec<Voice> {
    let path = "../../../shared/data/community-reviews-taiwan-hospitals/reviews.csv";
    let told: Date = TOLD.parse().expect("a valid date");
    let mut reader = csv::Reader::from_path(path).expect("the reviews are there");
    let names = reader.headers().expect("a header").clone();
    let column = |name: &str| names.iter().position(|other| other == name).expect("the column is there");
    let [file, person, rating, when, text, total] =
        ["source_file", "reviewer", "rating", "review_date", "review_text", "reviewer_total_reviews"].map(column);
    reader
        .records()
        .enumerate()
        .map(|(number, row)| {
            let row = row.expect("a row");
            Voice {
                record: RecordRef { dataset: "reviews".to_owned(), version: 1, id: number.to_string() },
                entity: row[file].to_owned(),
                contributor: row[person].to_owned(),
                contributor_voices: row[total].parse::<f64>().ok().map(|count| count as u32),
                when: relative_time::span(&row[when], told).expect("every date is relative"),
                rating: row[rating].parse().expect("a rating"),
                weight: 1.0,
                text: row[text].to_owned(),
            }
        })
        .collect()
}

fn beliefs(voices: &[Voice], coordination: &Coordination) -> Vec<Belief> {
    let mut names: Vec<&str> = voices.iter().map(|voice| voice.entity.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let entities: Vec<Comparable> =
        names.iter().map(|name| Comparable { entity: (*name).to_owned(), group: "hospital".to_owned() }).collect();
    let told = TOLD.parse().expect("a valid date");
    // The figures to compare with are means over the whole year, so nothing of it is forgotten.
    let settings = RatingSettings { half_life_days: Some(36_500.0), ..RatingSettings::stars("overall") };
    ratings::assess(voices, coordination, &entities, told, &settings).expect("settings are right")
}

/// Mean stars with every voice counted by its share.
fn discounted_mean(voices: &[Voice], coordination: &Coordination, entity: &str) -> f64 {
    let own = || (0..voices.len()).filter(|&index| voices[index].entity == entity);
    let total: f64 = own().map(|index| coordination.shares[index]).sum();
    own().map(|index| coordination.shares[index] * voices[index].rating).sum::<f64>() / total
}

#[test]
fn campaigns_are_found_and_the_others_stay_where_they_are() {
    let voices = reviews();
    assert_eq!(voices.len(), 5_894);
    let found = coordination::find(&voices, &CoordinationSettings::on(Scale::STARS)).expect("settings are right");
    let bursts = |entity: &str| -> Vec<usize> {
        let own = found.groups.iter().filter(|group| group.entity == entity && group.kind == GroupKind::Burst);
        let mut sizes: Vec<usize> = own.map(|group| group.voices.len()).collect();
        sizes.sort_unstable();
        sizes
    };
    // The four peaks of the one hospital, the two great ones of the other, and one smaller of a third.
    assert_eq!(bursts("9_ShuangHo_5554"), [93, 93, 135, 534]);
    assert_eq!(bursts("21_KSVGH_1354"), [150, 228]);
    let all = Coordination::none(voices.len());
    let after = beliefs(&voices, &found);
    for belief in &after {
        let (before, discounted) =
            (discounted_mean(&voices, &all, &belief.entity), discounted_mean(&voices, &found, &belief.entity));
        let value = belief.estimate.value;
        eprintln!(
            "{}: plain {before:.3}, discounted {discounted:.3}, assessed {:.3} [{:.2}, {:.2}], voices {}, independent {:.0}",
            belief.entity, value.value, value.low, value.high, value.voices, value.independent_voices
        );
        match belief.entity.as_str() {
            "9_ShuangHo_5554" => assert!((value.value - 3.12).abs() < 0.15, "{}", value.value),
            "21_KSVGH_1354" => assert!((value.value - 3.53).abs() < 0.15, "{}", value.value),
            "6_WanFang_2189" => assert!(!bursts("6_WanFang_2189").is_empty()),
            other => assert!((before - discounted).abs() < 0.1 && bursts(other).is_empty(), "{other}"),
        }
    }
}

#[test]
fn with_times_shuffled_between_all_reviews_no_burst_is_left() {
    let mut voices = reviews();
    // A fixed permutation: a step that shares no factor with the number of reviews visits each once.
    let times: Vec<assess::Days> = voices.iter().map(|voice| voice.when).collect();
    let count = times.len();
    voices.iter_mut().enumerate().for_each(|(index, voice)| voice.when = times[(index * 2_741 + 17) % count]);
    let found = coordination::find(&voices, &CoordinationSettings::on(Scale::STARS)).expect("settings are right");
    let bursts: Vec<_> = found.groups.iter().filter(|group| group.kind == GroupKind::Burst).collect();
    assert!(bursts.is_empty(), "{bursts:?}");
}
