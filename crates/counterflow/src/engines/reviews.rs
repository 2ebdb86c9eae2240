//! `counterflow reviews`: which reviews read like those that were made up, and how often that is right.

use super::Common;
use super::input::{Others, Part, column, cut, maybe};
use super::names::Names;
use super::output::Columns;
use crate::terminal::WrongInput;
use assess::AssessError;
use assess::reviews::{LabelledReview, ReviewClassifier, ReviewRecord, ReviewSettings, left_out};
use model::Table;
use model::run::Progress;
use rayon::prelude::*;
use serde_json::json;
use std::path::PathBuf;

/// How the command is called.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Reviews to judge: id,text; other columns are handed on
    input: PathBuf,
    /// Reviews to learn from: text,label (1 or deceptive, 0 or truthful) and, where known, group: what each is about
    #[arg(long)]
    train: PathBuf,
    /// Other names of columns in the file to learn from: `text=review,group=hotel`
    #[arg(long, value_delimiter = ',')]
    train_columns: Vec<String>,
    /// Where to write what is judged wrongly when its group has not been seen, the surest mistakes first: group,label,probability,text,line
    #[arg(long)]
    mistakes: Option<PathBuf>,
    /// What a review on the wrong side costs; less for labels that are less sure
    #[arg(long, value_parser = super::number, default_value_t = ReviewSettings::default().cost)]
    cost: f64,
    /// Words in a row that count as one term at most
    #[arg(long, value_parser = super::count::<usize>, default_value_t = ReviewSettings::default().longest)]
    longest: usize,
    /// Seed of the order in which reviews are gone through
    #[arg(long, value_parser = super::count::<u64>, default_value_t = ReviewSettings::default().seed)]
    seed: u64,
    #[command(flatten)]
    common: Common,
}

/// Labelled reviews as they were read.
#[derive(Default)]
struct Rows {
    groups: Names,
    texts: Vec<String>,
    /// Whether it was made up, its group, its line.
    labels: Vec<(bool, u32, u64)>,
    grouped: bool,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut run = arguments.common.begin()?;
    let output = run.output(&arguments.common.output)?;
    let mistakes_to = run.maybe_output(arguments.mistakes.as_deref())?;
    let (input, known) = (
        run.input(&arguments.input, &arguments.common.columns)?,
        run.another(&arguments.train).renamed("--train-columns", &arguments.train_columns)?,
    );
    let mut rows = Rows::default();
    known.each(&[column("text"), column("label"), maybe("group")], &run.bar, |part| rows.take(part))?;
    if mistakes_to.is_some() && !rows.grouped {
        return Err(known
            .without("group", "`--mistakes` needs it: mistakes are told of groups that have not been seen")
            .into());
    }
    let (mut ids, mut lines, mut texts) = (Names::default(), Vec::<u64>::new(), Vec::<String>::new());
    let mut others = Others::default();
    input.each(&[column("id"), column("text")], &run.bar, |part| {
        others.take(part)?;
        for row in 0..part.len() {
            if let Some(first) = lines.get(ids.number(&part.filled(0, row)?) as usize) {
                return Err(part.wrong(0, row, &format!("line {first} has it already; give each review its own")));
            }
            lines.push(part.line(row));
            texts.push(part.text(1, row).unwrap_or_default().into_owned());
        }
        Ok(())
    })?;
    let settings = ReviewSettings {
        cost: arguments.cost,
        longest: arguments.longest,
        seed: arguments.seed,
        ..ReviewSettings::default()
    };
    let labelled = rows.labelled();
    let wrong = |error: AssessError| {
        WrongInput(match error {
            AssessError::Data { column, found, write } => {
                let column = known.other_name(column).unwrap_or(column);
                format!("{}: column `{column}`: there are {found}; write {write}", known.name())
            }
            setting => setting.to_string(),
        })
    };
    run.bar.at("learning", 0, 0);
    let classifier = run.work(|| ReviewClassifier::train(&labelled, &settings)).map_err(wrong)?;
    let record = match rows.grouped {
        true => Some(run.work(|| left_out(&labelled, &settings)).map_err(wrong)?),
        false => None,
    };
    let scores = run.work(|| texts.par_iter().map(|text| classifier.score(text)).collect::<Vec<_>>());
    let mut table = Columns::of(&["id"], &["probability", "known"], &["reasons"], &[]);
    for (id, score) in (0..).zip(&scores) {
        let reasons: Vec<String> =
            score.reasons.iter().map(|(term, weight)| format!("{term} ({weight:+.2})")).collect();
        table.row([ids.get(id).into(), score.probability.into(), score.known.into(), reasons.join("; ").into()]);
    }
    output.write(others.beside(&input, table.0)?)?;
    if let (Some(to), Some(record)) = (&mistakes_to, &record) {
        to.write(rows.mistakes(record))?;
    }
    let likely = scores.iter().filter(|score| score.probability >= 0.5).count();
    let read = json!({
        "reviews": texts.len(), "labelled": labelled.len(),
        "deceptive": labelled.iter().filter(|review| review.deceptive).count(), "groups": rows.groups.len(),
    });
    let found = json!({"likely_deceptive": likely, "record": record.as_ref().map(|record| rows.told(record))});
    let parameters = json!({"cost": settings.cost, "longest": settings.longest, "seed": settings.seed});
    let mut summary = format!("{likely} of {} reviews read like made-up ones", texts.len());
    match &record {
        Some(record) => {
            let (low, high) = record.interval;
            let [accuracy, low, high] = [record.accuracy, low, high].map(|share| 100.0 * share);
            summary
                .push_str(&format!("; right {accuracy:.1} % of the time on groups not seen ({low:.1} to {high:.1})"));
        }
        None => {
            summary.push_str("; how often that is right is not known, as the file to learn from has no column `group`")
        }
    }
    run.end(&read, &found, &parameters, &summary);
    Ok(())
}

impl Rows {
    fn take(&mut self, part: &Part<'_>) -> Result<(), WrongInput> {
        self.grouped = part.has(2);
        for row in 0..part.len() {
            let deceptive = match &*part.filled(1, row)?.to_lowercase() {
                "1" | "deceptive" | "true" => true,
                "0" | "truthful" | "false" => false,
                _ => return Err(part.wrong(1, row, "write 1 or deceptive, 0 or truthful")),
            };
            let group = if self.grouped { self.groups.number(&part.filled(2, row)?) } else { 0 };
            self.texts.push(part.filled(0, row)?.into_owned());
            self.labels.push((deceptive, group, part.line(row)));
        }
        Ok(())
    }

    /// Reviews in the order of their texts, so that the order of the rows changes nothing.
    fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.texts.len()).collect();
        order.sort_by(|one, other| {
            (&self.texts[*one], self.labels[*one].0).cmp(&(&self.texts[*other], self.labels[*other].0))
        });
        order
    }

    fn labelled(&self) -> Vec<LabelledReview<'_>> {
        let ranks = self.groups.ranks();
        let rank = |group: u32| ranks.get(group as usize).copied().unwrap_or(0);
        let of = |place: usize| {
            let (deceptive, group, _) = self.labels[place];
            LabelledReview { text: &self.texts[place], deceptive, group: rank(group) }
        };
        self.order().into_iter().map(of).collect()
    }

    fn told(&self, record: &ReviewRecord) -> serde_json::Value {
        let order = self.groups.in_order();
        let groups: Vec<_> = record
            .groups
            .iter()
            .map(|own| {
                let name = self.groups.get(order[own.group as usize]);
                json!({"group": name, "reviews": own.reviews, "right": own.right})
            })
            .collect();
        json!({
            "accuracy": record.accuracy, "low": record.interval.0, "high": record.interval.1, "area": record.area, "brier": record.brier,
            "missed": record.missed, "wronged": record.wronged, "groups": groups,
        })
    }

    fn mistakes(&self, record: &ReviewRecord) -> Table {
        let mut wrong: Vec<(usize, f64)> = self.order().into_iter().zip(record.probabilities.iter().copied()).collect();
        wrong.retain(|(place, probability)| (*probability >= 0.5) != self.labels[*place].0);
        let off =
            |(place, probability): &(usize, f64)| (f64::from(u8::from(self.labels[*place].0)) - probability).abs();
        wrong.sort_by(|one, other| off(other).total_cmp(&off(one)).then(one.0.cmp(&other.0)));
        let mut table = Columns::of(&["group", "label"], &["probability"], &["text"], &["line"]);
        for (place, probability) in wrong {
            let (deceptive, group, line) = self.labels[place];
            let label = if deceptive { "deceptive" } else { "truthful" };
            let (group, text) = (self.groups.get(group), cut(&self.texts[place]));
            table.row([group.into(), label.into(), probability.into(), text.into(), (line as i64).into()]);
        }
        table.0
    }
}
