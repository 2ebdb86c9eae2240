use super::*;
use crate::chance::tests::Dice;

fn answer(entity: &str, question: &str, percents: [f64; 4]) -> SurveyAnswer {
    SurveyAnswer {
        record: RecordRef { dataset: "survey".to_owned(), version: 1, id: format!("{entity}/{question}") },
        entity: entity.to_owned(),
        question: question.to_owned(),
        percents,
        asked: None,
        size: Some("Medium".to_owned()),
    }
}

/// Homes with known shares of answers, of which `asked` residents answer 12 questions; percents are rounded.
fn survey(dice: &mut Dice, homes: usize, asked: usize) -> (Vec<SurveyAnswer>, Vec<Comparable>, Vec<f64>) {
    let (mut answers, mut entities, mut truth) = (Vec::new(), Vec::new(), Vec::new());
    for home in 0..homes {
        let name = format!("home {home:04}");
        entities.push(Comparable { entity: name.clone(), group: ["public", "private"][home % 2].to_owned() });
        let centre = 3.6 + 0.3 * (home % 2) as f64 + 0.4 * dice.normal();
        let mut own = [0.0; 4];
        own.iter_mut().zip(VALUES).for_each(|(share, value)| *share = (-(value - centre).powi(2) / 2.0).exp());
        let total: f64 = own.iter().sum();
        truth.push(own.iter().zip(VALUES).map(|(share, value)| share / total * value).sum());
        for question in 0..12 {
            let mut counts = [0.0; 4];
            for _ in 0..asked {
                let mut at = dice.uniform() * total;
                let choice = own
                    .iter()
                    .position(|share| {
                        at -= share;
                        at < 0.0
                    })
                    .unwrap_or(3);
                counts[choice] += 1.0;
            }
            let percents = counts.map(|count| (100.0 * count / asked as f64).round());
            answers.push(answer(&name, &format!("q{question:02}"), percents));
        }
    }
    (answers, entities, truth)
}

#[test]
fn the_number_asked_is_read_from_the_percents_and_intervals_cover() {
    let mut dice = Dice(3);
    for asked in [11, 15, 37] {
        let (answers, entities, truth) = survey(&mut dice, 500, asked);
        let (beliefs, problems) =
            assess(&answers, &entities, &SurveySettings::australia()).expect("settings are right");
        assert!(problems.is_empty());
        let read = beliefs
            .iter()
            .filter(|one| one.estimate.because.figures[0] == ("asked_read_from_percents".to_owned(), asked as f64));
        assert!(read.count() > beliefs.len() * 99 / 100);
        let inside = beliefs.iter().filter(|one| one.aspect != OVERALL).filter(|one| {
            let truth = truth[one.entity[5..].parse::<usize>().expect("a number")];
            one.estimate.value.low <= truth && truth <= one.estimate.value.high
        });
        let covered = inside.count() as f64 / answers.len() as f64;
        assert!((0.87..=0.93).contains(&covered), "asked {asked}: covered {covered}");
    }
}

#[test]
fn where_percents_tell_nothing_the_size_is_guessed_and_said() {
    let entities = [Comparable { entity: "a".to_owned(), group: "g".to_owned() }];
    let settings = SurveySettings::australia();
    let one = [answer("a", "food", [100.0, 0.0, 0.0, 0.0])];
    let (beliefs, _) = assess(&one, &entities, &settings).expect("settings are right");
    assert_eq!(beliefs[0].estimate.because.figures[0], ("asked_guessed_from_size".to_owned(), 7.0));
    let told = [SurveyAnswer { asked: Some(40.0), ..one[0].clone() }];
    let (beliefs, _) = assess(&told, &entities, &settings).expect("settings are right");
    assert_eq!(beliefs[0].estimate.because.figures[0], ("asked_as_told".to_owned(), 40.0));
    assert!(beliefs[0].estimate.value.half_width() > 0.0, "equal answers are no certainty");
}

#[test]
fn percents_that_do_not_add_up_become_problems() {
    let entities = [Comparable { entity: "a".to_owned(), group: "g".to_owned() }];
    let bad = [answer("a", "food", [50.0, 20.0, 0.0, 0.0]), answer("a", "safety", [33.0, 33.0, 33.0, 0.0])];
    let (beliefs, problems) = assess(&bad, &entities, &SurveySettings::australia()).expect("settings are right");
    assert_eq!((beliefs.len(), problems.len()), (2, 1));
    assert_eq!(problems[0].place.column.as_deref(), Some("food"));
}
