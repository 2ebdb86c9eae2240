//! Classes and sweeps beside every pair looked at for itself, and a flood of one slogan.

use super::*;
use crate::chance::tests::Dice;
use crate::coordination::by_entity;
use crate::coordination::tests::voice;
use crate::words::shared;
use crate::{Days, Scale};

/// A pair of near texts that are alike: texts, similarity, class of the shorter.
type Pair = (usize, usize, f64, usize);

/// Every pair looked at for itself.
fn plain_pairs(
    voices: &[Voice],
    texts: &[Told],
    entity: &[usize],
    settings: &CoordinationSettings,
) -> (Vec<Pair>, Tally) {
    let (mut pairs, mut tally) = (Vec::new(), Tally::default());
    for (place, &one) in entity.iter().enumerate() {
        for &other in &entity[place + 1..] {
            let (left, right) = (&voices[one], &voices[other]);
            if !left.contributor.is_empty() && left.contributor == right.contributor {
                continue;
            }
            let exact = [left, right].iter().all(|voice| voice.when.width() <= COARSEST_DAYS);
            let near = exact && left.when.gap(right.when) <= settings.near_days;
            let class = class_of(texts[one].words.min(texts[other].words));
            *(if near { &mut tally.near_all } else { &mut tally.far_all }).get_mut(class).expect("a class") += 1.0;
            let both = shared(&texts[one].shingles, &texts[other].shingles);
            let either = texts[one].shingles.len() + texts[other].shingles.len() - both;
            let similarity = both as f64 / either as f64;
            if similarity >= LEAST {
                let counts = if near { &mut tally.near } else { &mut tally.far };
                counts[class][grade_of(similarity)] += 1.0;
                if near {
                    pairs.push((one, other, similarity, class));
                }
            }
        }
    }
    (pairs, tally)
}

fn plain(voices: &[Voice], settings: &CoordinationSettings) -> (Vec<Group>, Tally) {
    let texts: Vec<Told> = voices.iter().map(|voice| Told::of(&voice.text)).collect();
    let mut told = by_entity(voices);
    told.iter_mut().for_each(|entity| entity.retain(|&index| texts[index].words >= settings.least_words));
    let found: Vec<_> = told.iter().map(|entity| plain_pairs(voices, &texts, entity, settings)).collect();
    let mut tally = Tally::default();
    found.iter().for_each(|(_, own)| tally.add(own));
    let chances = tally.chances(settings.false_discovery * WORST_GRADE);
    let verbatim = verbatim_chance(&texts, &told);
    let mut groups = Vec::new();
    for (entity, (pairs, _)) in told.iter().zip(&found) {
        let with_chance = pairs.iter().map(|pair| (*pair, chances[pair.3][grade_of(pair.2)]));
        let mut accepted: Vec<(Pair, f64)> = with_chance.filter(|(_, chance)| chance.is_finite()).collect();
        if verbatim <= settings.false_discovery {
            let pairs = verbatim_pairs(voices, &texts, entity);
            accepted.extend(pairs.iter().map(|[left, right]| ((*left, *right, 1.0, 0), verbatim)));
        }
        let mut group_of: Vec<usize> = (0..voices.len()).collect();
        for ((left, right, ..), _) in &accepted {
            let (one, other) = (group_of[*left], group_of[*right]);
            group_of.iter_mut().filter(|own| **own == one.max(other)).for_each(|own| *own = one.min(other));
        }
        for root in 0..voices.len() {
            let links: Vec<_> = accepted.iter().filter(|(pair, _)| group_of[pair.0] == root).collect();
            if links.is_empty() {
                continue;
            }
            let inside: Vec<usize> = (0..voices.len()).filter(|own| group_of[*own] == root).collect();
            let least = links.iter().map(|link| link.0.2).fold(1.0, f64::min);
            let chance = links.iter().map(|link| link.1).fold(0.0, f64::max);
            let pairs = links.len() as f64;
            let reasons = vec![
                Reason { label: "voices", found: inside.len() as f64, expected: 1.0 },
                Reason { label: "least_similarity", found: least, expected: LEAST },
                Reason { label: "pairs_alike", found: pairs, expected: chance * pairs },
            ];
            groups.push(group(voices, GroupKind::Copies, inside, 1.0, chance, reasons));
        }
    }
    (groups, tally)
}

/// Few sentences, said again and again, word by word or with a word changed, or with words twice, which makes another length of
/// the same text.
fn small_voices(dice: &mut Dice, count: usize) -> Vec<Voice> {
    let sentences: Vec<Vec<String>> =
        (0..3).map(|_| (0..10 + dice.below(35)).map(|_| format!("w{}", dice.below(400))).collect::<Vec<_>>()).collect();
    let days = 30 + dice.below(200);
    (0..count)
        .map(|id| {
            let mut words = sentences[dice.below(3)].clone();
            if dice.below(3) == 0 {
                let (place, other) = (dice.below(words.len()), dice.below(4));
                words[place] = format!("other{other}");
            }
            if dice.below(3) == 0 {
                words = vec!["good".to_owned(); 8 + 20 * dice.below(3)];
            }
            let who = if dice.below(3) == 0 { String::new() } else { format!("p{}", dice.below(6)) };
            let mut one = voice(id, ["a", "b"][dice.below(2)], &who, dice.below(days) as i32, 1.0, &words.join(" "));
            let more = [0, 0, 6, 29, 60][dice.below(5)];
            one.when = Days { first: one.when.first, last: one.when.first + more };
            one
        })
        .collect()
}

#[test]
fn classes_and_sweeps_find_what_pairs_find() {
    let mut dice = Dice(77);
    let mut groups = 0;
    for run in 0..200 {
        let voices = small_voices(&mut dice, 20 + run);
        for false_discovery in [0.001, 0.05, 0.9] {
            let mut settings = CoordinationSettings::on(Scale::STARS);
            (settings.false_discovery, settings.near_days) = (false_discovery, [0, 2, 7][run % 3]);
            let (wanted, tally) = plain(&voices, &settings);
            let entities = by_entity(&voices);
            assert_eq!(find(&voices, &entities, &settings), wanted, "run {run}");
            let texts: Vec<Told> = voices.iter().map(|voice| Told::of(&voice.text)).collect();
            let mut counted = Tally::default();
            entities.iter().for_each(|entity| counted.add(&compare(&voices, &texts, entity, &settings).1));
            assert_eq!((counted.near, counted.far), (tally.near, tally.far), "run {run}");
            assert_eq!((counted.near_all, counted.far_all), (tally.near_all, tally.far_all), "run {run}");
            groups += wanted.len();
        }
    }
    assert!(groups > 200, "{groups} groups: too few to tell anything");
}

#[test]
fn a_slogan_written_eighty_thousand_times_is_one_group_soon() {
    let slogan = "one two three four five six seven eight nine ten eleven twelve";
    let mut voices = Vec::new();
    for id in 0..80_000 {
        let more = if id < 50_000 { "" } else { [" now", " today", " please"][id % 3] };
        let who = if id % 2 == 0 { String::new() } else { format!("p{}", id % 20_000) };
        voices.push(voice(id, "home", &who, 19_000 + (id % 5) as i32, 5.0, &format!("{slogan}{more}")));
    }
    // Far ones, which say something else: without them nothing tells how alike independent texts are.
    for id in 0..2_000 {
        let text: Vec<String> = (0..12).map(|word| format!("x{}", id * 12 + word)).collect();
        voices.push(voice(80_000 + id, "home", "", (id * 9) as i32, 3.0, &text.join(" ")));
    }
    let began = std::time::Instant::now();
    let found = find(&voices, &by_entity(&voices), &CoordinationSettings::on(Scale::STARS));
    let took = began.elapsed().as_secs_f64();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].voices, (0..80_000).collect::<Vec<_>>());
    // 40,000 are of nobody; 10,000 contributors wrote four each.
    let pairs = 80_000.0 * 79_999.0 / 2.0 - 10_000.0 * 6.0;
    assert_eq!(found[0].reasons[2].found, pairs);
    assert!(took < 20.0, "{took} s; pair by pair it takes minutes and a hundred gigabytes");
}
