use super::*;
use crate::Days;
use crate::chance::tests::Dice;
use model::RecordRef;

pub(crate) fn voice(id: usize, entity: &str, contributor: &str, day: i32, rating: f64, text: &str) -> Voice {
    Voice {
        record: RecordRef { dataset: "posts".to_owned(), version: 1, id: format!("{id:06}") },
        entity: entity.to_owned(),
        contributor: contributor.to_owned(),
        contributor_voices: None,
        when: Days { first: day, last: day },
        rating,
        weight: 1.0,
        text: text.to_owned(),
    }
}

/// Independent posts: words drawn at random from 300, so that a few are shared by chance.
fn chatter(dice: &mut Dice, words: usize) -> String {
    (0..words).map(|_| format!("word{} ", (300.0 * dice.uniform() * dice.uniform()) as usize)).collect()
}

fn crowd(dice: &mut Dice) -> Vec<Voice> {
    let mut voices = Vec::new();
    for id in 0..4_000 {
        let entity = format!("home {}", dice.below(80));
        let rating = 1.0 + dice.below(5) as f64;
        let words = 12 + dice.below(30);
        let text = chatter(dice, words);
        voices.push(voice(
            id,
            &entity,
            &format!("p{}", dice.below(1_500)),
            19_000 + dice.below(730) as i32,
            rating,
            &text,
        ));
    }
    voices
}

fn settings() -> CoordinationSettings {
    CoordinationSettings::on(Scale::STARS)
}

#[test]
fn rewordings_within_days_are_found_and_nothing_else() {
    let mut dice = Dice(11);
    let mut voices = crowd(&mut dice);
    let original: Vec<String> = chatter(&mut dice, 30).split_whitespace().map(str::to_owned).collect();
    for copy in 0..25 {
        // Every fifth word reworded.
        let words: Vec<String> = original
            .iter()
            .map(|word| if dice.below(5) == 0 { format!("other{}", dice.below(500)) } else { word.clone() })
            .collect();
        let day = 19_300 + dice.below(5) as i32;
        voices.push(voice(9_000 + copy, "home 3", &format!("new{copy}"), day, 5.0, &words.join(" ")));
    }
    let found = find(&voices, &settings()).expect("settings are right");
    let copies: Vec<&Group> = found.groups.iter().filter(|group| group.kind == GroupKind::Copies).collect();
    assert_eq!(copies.len(), 1, "{copies:?}");
    assert!(copies[0].voices.len() >= 23 && copies[0].voices.iter().all(|&index| index >= 4_000), "{:?}", copies[0]);
    let campaign: Vec<usize> = (4_000..4_025).collect();
    assert!(found.independent(&campaign) < 3.0);
    let bursts: Vec<&Group> = found.groups.iter().filter(|group| group.kind == GroupKind::Burst).collect();
    assert_eq!(bursts.len(), 1, "{bursts:?}");
    assert_eq!(bursts[0].entity, "home 3");
    assert!(bursts[0].reasons.iter().any(|reason| reason.label == "copied_texts"));
}

#[test]
fn with_times_shuffled_no_group_is_left() {
    let mut dice = Dice(5);
    for _ in 0..5 {
        let mut voices = crowd(&mut dice);
        let text = chatter(&mut dice, 14);
        for copy in 0..30 {
            voices.push(voice(
                9_000 + copy,
                "home 7",
                "",
                19_500 + dice.below(3) as i32,
                1.0,
                &format!("{text} {copy}"),
            ));
        }
        let mut days: Vec<Days> = voices.iter().map(|voice| voice.when).collect();
        dice.shuffle(&mut days);
        voices.iter_mut().zip(days).for_each(|(voice, when)| voice.when = when);
        let found = find(&voices, &settings()).expect("settings are right");
        let false_ones: Vec<&Group> = found.groups.iter().filter(|group| group.kind != GroupKind::SamePerson).collect();
        assert!(false_ones.is_empty(), "{false_ones:?}");
    }
}

#[test]
fn a_month_is_wider_than_a_day() {
    // Twenty ratings a month, told by day in the last month and by month before: no burst anywhere.
    let mut dice = Dice(23);
    let mut voices = Vec::new();
    for entity in 0..20 {
        for month in 0..11 {
            for _ in 0..20 {
                let id = voices.len();
                let ago = if month == 0 { dice.below(30) as i32 } else { 30 * month };
                let mut one = voice(id, &format!("h{entity}"), "", 20_000 - ago, [1.0, 5.0][dice.below(2)], "");
                if month > 0 {
                    one.when = Days { first: 20_000 - ago - 29, last: 20_000 - ago };
                }
                voices.push(one);
            }
        }
    }
    let quiet = find(&voices, &settings()).expect("settings are right");
    assert!(quiet.groups.is_empty(), "{:?}", quiet.groups);
    // The same number of extra ratings in one day is a burst.
    voices.extend((0..20).map(|extra| voice(9_000 + extra, "h4", "", 19_995, 5.0, "")));
    let loud = find(&voices, &settings()).expect("settings are right");
    assert_eq!(loud.groups.len(), 1, "{:?}", loud.groups);
    assert_eq!((loud.groups[0].entity.as_str(), loud.groups[0].voices.len() >= 20), ("h4", true));
}

#[test]
fn a_person_who_says_it_again_is_one_voice() {
    let voices = [
        voice(1, "a", "p", 100, 5.0, ""),
        voice(2, "a", "p", 110, 5.0, ""),
        voice(3, "a", "p", 400, 4.0, ""),
        voice(4, "a", "q", 110, 5.0, ""),
        voice(5, "b", "p", 110, 5.0, ""),
    ];
    let found = find(&voices, &settings()).expect("settings are right");
    assert_eq!(found.shares, [0.5, 0.5, 1.0, 1.0, 1.0]);
    assert_eq!(found.independent(&[0, 1, 2, 3]), 3.0);
    assert_eq!(found.independent(&[0]), 1.0);
    assert_eq!(found.discounted(0), "same_person_again");
    assert_eq!(found.discounted(2), "");
}

/// Five accounts that rate the same nine homes, each on the same days in words of their own; and the same accounts at any time.
#[test]
fn accounts_that_act_together_count_once_and_only_together() {
    let mut dice = Dice(23);
    let mut voices = crowd(&mut dice);
    for home in 0..9 {
        for account in 0..5 {
            let (text, day) = (chatter(&mut dice, 20), 19_050 + 70 * home + dice.below(2) as i32);
            voices.push(voice(
                9_000 + home as usize * 5 + account,
                &format!("home {}", 8 * home),
                &format!("together {account}"),
                day,
                5.0,
                &text,
            ));
        }
    }
    let together = |voices: &[Voice]| {
        let found = find(voices, &settings()).expect("a scale");
        let groups: Vec<Group> =
            found.groups.iter().filter(|group| group.kind == GroupKind::Together).cloned().collect();
        (found, groups)
    };
    let (found, groups) = together(&voices);
    assert_eq!(groups.len(), 9, "one for each home");
    for group in &groups {
        assert!(group.voices.iter().all(|voice| *voice >= 4_000) && group.voices.len() == 5, "{group:?}");
        assert!(group.chance < 0.001 && group.reasons[1].found >= 8.0 * group.reasons[1].expected, "{group:?}");
        assert_eq!(found.independent(&group.voices), 1.0);
        assert_eq!(found.discounted(group.voices[0]), "acting_together");
    }
    // The other way round the same groups are found.
    voices.reverse();
    let (_, turned) = together(&voices);
    assert_eq!(turned.len(), 9);
    // The same accounts about the same homes, but at any time: nothing.
    voices.iter_mut().filter(|voice| voice.contributor.starts_with("together")).for_each(|voice| {
        let day = 19_000 + dice.below(730) as i32;
        voice.when = Days { first: day, last: day };
    });
    assert!(together(&voices).1.is_empty());
}
