//! Surveys that come as percents: how many answered always, most of the time, some of the time, never.
//!
//! Holds the way from rounded percents to a mean on 1 to 5 with an interval, one for each question and one for all. It
//! must never pretend to know how many were asked: that number is told by the source, or read from the percents
//! themselves (thirteen persons leave other percents than fifteen), or guessed from the size of the place, and the
//! explanation says which.

use crate::AssessError;
use crate::hierarchy::{Belief, Comparable, Ground, Hierarchy, Leaning, Measured, Numbers, estimate_within};
use model::{Contribution, Explained, Explanation, Place, Problem, RecordRef, Severity};

/// Name and version of the method.
const METHOD: &str = "survey/1";
/// What always, most of the time, some of the time and never are worth.
pub const VALUES: [f64; 4] = [5.0, 11.0 / 3.0, 7.0 / 3.0, 1.0];
/// Aspect of the mean of all questions.
pub const OVERALL: &str = "overall";
/// From so many asked on, whole percents fit any number and tell nothing.
const MOST_READABLE: usize = 100;
/// Share of the questions whose percents must fit a number asked; the others may have been answered by fewer.
const MOST_QUESTIONS: f64 = 0.75;
/// Answers of comparable entities mixed into an entity's own when its spread is measured, so that five equal answers do
/// not look like certainty.
const MIXED_IN: f64 = 2.0;
/// Where the answers leave more than this share of the prior variance, they are not enough.
const NEARLY_PRIOR: f64 = 0.8;

/// What was answered to one question about one entity.
#[derive(Clone, Debug, PartialEq)]
pub struct SurveyAnswer {
    /// The row it comes from.
    pub record: RecordRef,
    /// The Entity.
    pub entity: String,
    /// The question, as a stable word: `food`, `safety`. It becomes the aspect.
    pub question: String,
    /// Percent that answered always, most of the time, some of the time, never; whole percents add up to 99 to 101.
    pub percents: [f64; 4],
    /// How many were asked, where the source tells.
    pub asked: Option<f64>,
    /// Size class of the place, where known: a key of [`SurveySettings::residents_of_size`].
    pub size: Option<String>,
}

/// What is known about the survey itself.
#[derive(Clone, Debug, PartialEq)]
pub struct SurveySettings {
    /// Least share of the residents that is asked.
    pub least_share_asked: f64,
    /// Residents to be expected in each size class: a guess, and called so.
    pub residents_of_size: Vec<(String, f64)>,
    /// Residents where the size class is unknown.
    pub usual_residents: f64,
    /// Fewer answers than this are not enough.
    pub enough_voices: f64,
}

impl SurveySettings {
    /// Settings of the Australian residents' experience survey: a tenth is asked at least; homes of 30, 70 and 130.
    pub fn australia() -> Self {
        let sizes = [("Small", 30.0), ("Medium", 70.0), ("Large", 130.0)];
        Self {
            least_share_asked: 0.1,
            residents_of_size: sizes.map(|(size, residents)| (size.to_owned(), residents)).to_vec(),
            usual_residents: 70.0,
            enough_voices: 3.0,
        }
    }
}

/// How the number asked is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Asked {
    /// The source tells it.
    Told(f64),
    /// Read from the percents: no smaller number leaves these percents.
    FromPercents(f64),
    /// Guessed from the size class.
    Guessed(f64),
}

impl Asked {
    /// The number.
    pub fn number(self) -> f64 {
        match self {
            Self::Told(number) | Self::FromPercents(number) | Self::Guessed(number) => number,
        }
    }

    /// How it is known, as the stable word of the figure in the explanation.
    pub fn word(self) -> &'static str {
        match self {
            Self::Told(_) => "asked_as_told",
            Self::FromPercents(_) => "asked_read_from_percents",
            Self::Guessed(_) => "asked_guessed_from_size",
        }
    }
}

/// What is believed of every entity that was asked about, question by question and overall, by entity, then aspect; and
/// the answers that could not be used.
pub fn assess(
    answers: &[SurveyAnswer],
    entities: &[Comparable],
    settings: &SurveySettings,
) -> Result<(Vec<Belief>, Vec<Problem>), AssessError> {
    if !(settings.least_share_asked > 0.0 && settings.least_share_asked <= 1.0) {
        let found = settings.least_share_asked.to_string();
        return Err(AssessError::Setting {
            name: "least_share_asked",
            found,
            write: "a share above 0 and up to 1, such as 0.1",
        });
    }
    let (usable, problems) = sort_out(answers, entities);
    let groups = Numbers::of(entities.iter().map(|one| one.group.as_str()));
    let mut group_of: Vec<(&str, usize)> =
        entities.iter().map(|one| (one.entity.as_str(), groups.get(&one.group).unwrap_or(0))).collect();
    group_of.sort_unstable();
    let mut found = Vec::new();
    for own in usable.chunk_by(|a, b| a.entity == b.entity) {
        let place = group_of.partition_point(|(name, _)| *name < own[0].entity.as_str());
        found.push(Asking { answers: own, group: group_of[place].1, asked: asked_of(own, settings) });
    }
    let questions = Numbers::of(usable.iter().map(|answer| answer.question.as_str()));
    let typical = typical_answers(&usable, &questions);
    let mut beliefs = Vec::new();
    for (number, typical) in typical.iter().enumerate() {
        beliefs.extend(question_beliefs(&found, questions.word(number), *typical, groups.len(), settings));
    }
    beliefs.extend(overall_beliefs(&found, &questions, &typical, groups.len(), settings));
    beliefs.sort_by(|a, b| (&a.entity, &a.aspect).cmp(&(&b.entity, &b.aspect)));
    Ok((beliefs, problems))
}

/// The rows behind the mean of all questions with the mean of each, and that mean itself.
type Overall<'a> = (Vec<(&'a RecordRef, f64)>, Measured);

/// The answers about one entity.
struct Asking<'a> {
    answers: &'a [&'a SurveyAnswer],
    group: usize,
    asked: Asked,
}

/// Answers whose percents add up, about listed entities, by entity and question; Problems for the others.
fn sort_out<'a>(answers: &'a [SurveyAnswer], entities: &[Comparable]) -> (Vec<&'a SurveyAnswer>, Vec<Problem>) {
    let listed = Numbers::of(entities.iter().map(|one| one.entity.as_str()));
    let (mut usable, mut problems) = (Vec::new(), Vec::new());
    for answer in answers.iter().filter(|answer| listed.get(&answer.entity).is_some()) {
        let sum: f64 = answer.percents.iter().sum();
        if (98.5..=101.5).contains(&sum) && answer.percents.iter().all(|percent| (0.0..=100.0).contains(percent)) {
            usable.push(answer);
        } else {
            let place = Place {
                file: answer.record.dataset.clone(),
                column: Some(answer.question.clone()),
                ..Place::default()
            };
            let hint = "write four percents from 0 to 100 that add up to 99 to 101, or leave all four blank";
            problems.push(Problem::new(
                "percents_do_not_add_up",
                Severity::ValueLeftOut,
                place,
                &format!("{:?}", answer.percents),
                hint,
            ));
        }
    }
    usable.sort_by(|a, b| (&a.entity, &a.question, &a.record).cmp(&(&b.entity, &b.question, &b.record)));
    (usable, problems)
}

/// How many were asked, and how that is known.
fn asked_of(answers: &[&SurveyAnswer], settings: &SurveySettings) -> Asked {
    if let Some(told) = answers.iter().find_map(|answer| answer.asked.filter(|asked| *asked >= 1.0)) {
        return Asked::Told(told);
    }
    let size = answers.iter().find_map(|answer| answer.size.as_deref());
    let residents =
        settings.residents_of_size.iter().find(|(name, _)| size.is_some_and(|size| size.eq_ignore_ascii_case(name)));
    let residents = residents.map_or(settings.usual_residents, |(_, residents)| *residents);
    let guess = (settings.least_share_asked * residents).ceil().max(1.0);
    read_from_percents(answers).map_or(Asked::Guessed(guess), Asked::FromPercents)
}

/// The least number of persons whose answers leave these percents; none where the percents are not whole, too few, or
/// fit anything.
fn read_from_percents(answers: &[&SurveyAnswer]) -> Option<f64> {
    let whole = answers.iter().flat_map(|answer| answer.percents).all(|percent| percent.fract() == 0.0);
    let telling = answers.iter().filter(|answer| answer.percents.iter().any(|percent| *percent % 100.0 != 0.0)).count();
    if !whole || telling < 2 {
        return None;
    }
    let needed = (MOST_QUESTIONS * answers.len() as f64).ceil() as usize;
    let fits = |asked: &usize| answers.iter().filter(|answer| fits(&answer.percents, *asked)).count() >= needed;
    (2..MOST_READABLE).find(fits).map(|asked| asked as f64)
}

/// True where whole numbers of persons that add up to `asked` round to these percents.
fn fits(percents: &[f64; 4], asked: usize) -> bool {
    let asked = asked as f64;
    let persons = percents.map(|percent| (percent * asked / 100.0).round());
    let close =
        percents.iter().zip(&persons).all(|(percent, persons)| (percent - 100.0 * persons / asked).abs() <= 0.5 + 1e-9);
    close && persons.iter().sum::<f64>() == asked
}

/// The answers to each question over all entities, as shares.
fn typical_answers(answers: &[&SurveyAnswer], questions: &Numbers<'_>) -> Vec<[f64; 4]> {
    let mut sums = vec![[1e-9; 4]; questions.len()];
    for answer in answers {
        let Some(number) = questions.get(&answer.question) else { continue };
        sums[number].iter_mut().zip(answer.percents).for_each(|(sum, percent)| *sum += percent);
    }
    sums.iter().map(|sum| sum.map(|one| one / sum.iter().sum::<f64>())).collect()
}

/// Mean on 1 to 5 and the variance of its error.
fn mean_of(percents: &[f64; 4], typical: &[f64; 4], asked: f64) -> (f64, f64) {
    let total: f64 = percents.iter().sum();
    let own = percents.map(|percent| percent / total);
    let expected = |shares: &[f64; 4], power: i32| {
        shares.iter().zip(VALUES).map(|(share, value)| share * value.powi(power)).sum::<f64>()
    };
    let mut mixed = own;
    mixed
        .iter_mut()
        .zip(typical)
        .for_each(|(own, typical)| *own = (*own * asked + typical * MIXED_IN) / (asked + MIXED_IN));
    let spread = expected(&mixed, 2) - expected(&mixed, 1).powi(2);
    // Each percent was rounded by up to half a percent, a uniform error.
    let rounding: f64 = VALUES.iter().map(|value| (value - 3.0).powi(2)).sum::<f64>() / 12.0 / 1e4;
    (expected(&own, 1), spread / asked.max(1.0) + rounding)
}

fn question_beliefs(
    found: &[Asking<'_>],
    question: &str,
    typical: [f64; 4],
    groups: usize,
    settings: &SurveySettings,
) -> Vec<Belief> {
    let of_question: Vec<(&Asking<'_>, &SurveyAnswer, Measured)> = found
        .iter()
        .filter_map(|asking| {
            let answer = asking.answers.iter().find(|answer| answer.question == question)?;
            let (value, variance) = mean_of(&answer.percents, &typical, asking.asked.number());
            Some((asking, *answer, Measured { group: asking.group, value, variance }))
        })
        .collect();
    let measured: Vec<Measured> = of_question.iter().map(|(_, _, measured)| *measured).collect();
    let hierarchy = Hierarchy::fit(&measured, groups);
    let belief = |(asking, answer, measured): &(&Asking<'_>, &SurveyAnswer, Measured)| {
        belief(asking, question, &[(&answer.record, measured.value)], *measured, &hierarchy, settings)
    };
    of_question.iter().map(belief).collect()
}

/// The mean of all questions. One resident answers them all, so that errors are taken as fully shared: never too narrow.
fn overall_beliefs(
    found: &[Asking<'_>],
    questions: &Numbers<'_>,
    typical: &[[f64; 4]],
    groups: usize,
    settings: &SurveySettings,
) -> Vec<Belief> {
    let parts: Vec<Overall<'_>> = found
        .iter()
        .map(|asking| {
            let count = asking.answers.len() as f64;
            let (mut records, mut value, mut error) = (Vec::new(), 0.0, 0.0);
            for answer in asking.answers {
                let number = questions.get(&answer.question).unwrap_or(0);
                let (mean, variance) = mean_of(&answer.percents, &typical[number], asking.asked.number());
                records.push((&answer.record, mean));
                value += mean / count;
                error += variance.sqrt() / count;
            }
            (records, Measured { group: asking.group, value, variance: error * error })
        })
        .collect();
    let measured: Vec<Measured> = parts.iter().map(|(_, measured)| *measured).collect();
    let hierarchy = Hierarchy::fit(&measured, groups);
    let belief = |(asking, (records, measured)): (&Asking<'_>, &Overall<'_>)| {
        belief(asking, OVERALL, records, *measured, &hierarchy, settings)
    };
    found.iter().zip(&parts).map(belief).collect()
}

fn belief(
    asking: &Asking<'_>,
    aspect: &str,
    records: &[(&RecordRef, f64)],
    measured: Measured,
    hierarchy: &Hierarchy,
    settings: &SurveySettings,
) -> Belief {
    let Leaning { mean, variance, group_share } = hierarchy.lean(measured);
    let prior = hierarchy.prior(measured.group);
    let asked = asking.asked.number();
    let mut contributions: Vec<Contribution> = records
        .iter()
        .map(|(record, value)| Contribution {
            record: Some((*record).clone()),
            label: "survey_answer".to_owned(),
            value: *value,
            weight: (1.0 - group_share) / records.len() as f64,
            discounted: String::new(),
        })
        .collect();
    contributions.push(Contribution {
        record: None,
        label: "comparable_entities".to_owned(),
        value: prior.mean,
        weight: group_share,
        discounted: String::new(),
    });
    contributions.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    let figures = vec![
        (asking.asked.word().to_owned(), asked),
        ("mean_of_answers".to_owned(), measured.value),
        ("comparable_mean".to_owned(), prior.mean),
        ("comparable_share".to_owned(), group_share),
    ];
    let because =
        Explanation { method: METHOD.to_owned(), figures, contributions_total: contributions.len(), contributions };
    let enough = asked >= settings.enough_voices && variance <= NEARLY_PRIOR * prior.variance.max(f64::MIN_POSITIVE);
    Belief {
        entity: asking.answers[0].entity.clone(),
        aspect: aspect.to_owned(),
        estimate: Explained::new(estimate_within(mean, variance, (1.0, 5.0), asked, asked), because),
        ground: if enough { Ground::Enough } else { Ground::NotEnough },
        prior,
    }
}

#[cfg(test)]
mod tests;
