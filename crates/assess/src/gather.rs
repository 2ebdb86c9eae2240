//! From tables of the lake to the slices that the methods take, and from beliefs back to a table. Pure.

use crate::coverage::{Coverage, Heard};
use crate::filled_in::FilledIn;
use crate::hierarchy::Ground;
use crate::official::{OfficialRating, Sanction, SelfReport};
use crate::spec::{AssessmentSpec, Official, SelfReports, Survey, Voices};
use crate::survey::SurveyAnswer;
use crate::trend::Trend;
use crate::{Belief, Comparable, Days, Voice};
use model::{ColumnType, Date, RecordRef, Table, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// A table at the version it was read.
#[derive(Clone, Debug)]
pub struct Read {
    /// The version.
    pub version: i64,
    /// The rows.
    pub table: Arc<Table>,
}

/// First row and the percents of the four answers of one question about one place.
type Percents = (usize, [Option<f64>; 4]);

/// All that is read, by dataset.
pub type Inputs = BTreeMap<String, Read>;

/// Looks up rows of a source by Entity.
pub struct Gathered<'a> {
    spec: &'a AssessmentSpec,
    inputs: &'a Inputs,
    /// Every Entity with its group, in the order of the Entities.
    pub comparable: Vec<Comparable>,
    properties: HashMap<&'a str, usize>,
    member_of: HashMap<(&'a str, &'a str), &'a str>,
}

impl<'a> Gathered<'a> {
    /// `None` where there are no Entities yet.
    pub fn new(spec: &'a AssessmentSpec, inputs: &'a Inputs) -> Option<Self> {
        let entities = &inputs.get(&spec.entities)?.table;
        let members = &inputs.get(&spec.members)?.table;
        let mut comparable = Vec::with_capacity(entities.len());
        let mut properties = HashMap::with_capacity(entities.len());
        for row in 0..entities.len() {
            let entity = entities.text(row, "_id").unwrap_or_default();
            let group: Vec<&str> =
                spec.comparable.iter().map(|name| entities.text(row, name).unwrap_or("unknown")).collect();
            comparable.push(Comparable { entity: entity.to_owned(), group: group.join(" / ") });
            properties.insert(entity, row);
        }
        let member_of = (0..members.len())
            .filter_map(|row| {
                let record = (members.text(row, "dataset")?, members.text(row, "record")?);
                Some((record, members.text(row, "entity")?))
            })
            .collect();
        Some(Self { spec, inputs, comparable, properties, member_of })
    }

    fn entity_of(&self, dataset: &str, record: &str) -> Option<&'a str> {
        self.member_of.get(&(dataset, record)).copied()
    }

    fn property(&self, entity: &str, name: &str) -> Option<&'a str> {
        let row = *self.properties.get(entity)?;
        self.inputs.get(&self.spec.entities)?.table.text(row, name)
    }

    fn group(&self, entity: &str) -> String {
        self.properties.get(entity).map(|row| self.comparable[*row].group.clone()).unwrap_or_default()
    }

    fn record(&self, dataset: &str, read: &Read, row: usize) -> RecordRef {
        let id = read.table.text(row, "_id").unwrap_or_default().to_owned();
        RecordRef { dataset: dataset.to_owned(), version: read.version, id }
    }

    /// Which sources speak of which Entity in these rows, where their datasets tell.
    pub fn behind<'b>(&self, rows: impl IntoIterator<Item = (&'b str, &'b RecordRef)>) -> Behind {
        let mut sources: HashMap<&str, HashMap<&str, &str>> = HashMap::new();
        let mut behind = Behind::default();
        for (entity, record) in rows {
            let Some(read) = self.inputs.get(&record.dataset) else { continue };
            let of_dataset = sources.entry(&record.dataset).or_insert_with(|| {
                let of_row = |row| Some((read.table.text(row, "_id")?, read.table.text(row, "_source")?));
                (0..read.table.len()).filter_map(of_row).collect()
            });
            behind.add(entity, of_dataset.get(record.id.as_str()).copied());
        }
        behind
    }

    /// Every Entity with where it is and who owns it, and how many independent voices `beliefs` heard about it.
    pub fn heard(&self, beliefs: &[Belief]) -> Vec<Heard> {
        let voices: HashMap<&str, f64> =
            beliefs.iter().map(|belief| (belief.entity.as_str(), belief.estimate.value.independent_voices)).collect();
        let filled = |entity: &str, name: &str| self.property(entity, name).filter(|text| !text.is_empty());
        let heard = self.comparable.iter().map(|one| Heard {
            entity: one.entity.clone(),
            region: self.spec.region.iter().find_map(|name| filled(&one.entity, name)).unwrap_or_default().to_owned(),
            ownership: filled(&one.entity, &self.spec.ownership).unwrap_or_default().to_owned(),
            independent_voices: voices.get(one.entity.as_str()).copied().unwrap_or(0.0),
        });
        heard.collect()
    }

    /// The answers of a survey; a question about a place of which not all four answers are there is left out.
    pub fn answers(&self, rule: &Survey) -> Vec<SurveyAnswer> {
        let Some(read) = self.inputs.get(&rule.dataset) else { return Vec::new() };
        let mut found: BTreeMap<(String, String), Percents> = BTreeMap::new();
        for row in 0..read.table.len() {
            let (Some(parent), Some(question), Some(answer)) = (
                read.table.text(row, &rule.row),
                read.table.text(row, &rule.question),
                read.table.text(row, &rule.answer),
            ) else {
                continue;
            };
            let Some(place) = rule.answers.iter().position(|known| known == answer) else { continue };
            let entry = found.entry((parent.to_owned(), question.to_owned())).or_insert((row, [None; 4]));
            entry.1[place] = read.table.number(row, &rule.percent);
        }
        let mut answers = Vec::with_capacity(found.len());
        for ((parent, question), (row, percents)) in found {
            let [Some(always), Some(most), Some(some), Some(never)] = percents else { continue };
            let Some(entity) = self.entity_of(&rule.register, &parent) else { continue };
            answers.push(SurveyAnswer {
                record: self.record(&rule.dataset, read, row),
                entity: entity.to_owned(),
                question: aspect_word(&question),
                percents: [always, most, some, never],
                asked: None,
                size: self.property(entity, &rule.size).map(str::to_owned),
            });
        }
        answers
    }

    /// Voices with what they are about.
    pub fn voices(&self, rule: &Voices) -> Vec<Voice> {
        let (Some(read), Some(mentions)) = (self.inputs.get(&rule.dataset), self.inputs.get(&rule.mentions)) else {
            return Vec::new();
        };
        let rows: HashMap<&str, usize> =
            (0..read.table.len()).filter_map(|row| Some((read.table.text(row, "_id")?, row))).collect();
        let mut voices = Vec::with_capacity(mentions.table.len());
        for mention in 0..mentions.table.len() {
            let (Some(record), Some(entity)) =
                (mentions.table.text(mention, "record"), mentions.table.text(mention, "entity"))
            else {
                continue;
            };
            let Some(&row) = rows.get(record) else { continue };
            let (Some(rating), Some(at)) = (read.table.number(row, &rule.rating), read.table.date(row, &rule.at))
            else {
                continue;
            };
            let text: Vec<&str> = rule.text.iter().filter_map(|column| read.table.text(row, column)).collect();
            voices.push(Voice {
                record: self.record(&rule.dataset, read, row),
                entity: entity.to_owned(),
                contributor: read.table.text(row, &rule.contributor).unwrap_or_default().to_owned(),
                contributor_voices: None,
                when: Days::on(at),
                rating,
                weight: mentions.table.number(mention, "probability").unwrap_or(1.0).clamp(0.0, 1.0),
                text: text.join("\n"),
            });
        }
        voices.sort_by(|a, b| a.record.cmp(&b.record).then_with(|| a.entity.cmp(&b.entity)));
        voices
    }

    /// Ratings of one aspect over time.
    pub fn ratings(&self, rule: &Official, column: &str) -> Vec<OfficialRating> {
        let Some(read) = self.inputs.get(&rule.dataset) else { return Vec::new() };
        let fixed: Option<Date> = rule.on_day.parse().ok();
        (0..read.table.len())
            .filter_map(|row| {
                let entity = self.entity_of(&rule.dataset, read.table.text(row, "_id")?)?;
                Some(OfficialRating {
                    record: self.record(&rule.dataset, read, row),
                    entity: entity.to_owned(),
                    group: self.group(entity),
                    value: read.table.number(row, column),
                    on: read.table.date(row, &rule.on).or(fixed)?,
                })
            })
            .collect()
    }

    /// What authorities did, over all rules.
    pub fn sanctions(&self) -> Vec<Sanction> {
        let mut sanctions = Vec::new();
        for rule in &self.spec.sanctions {
            let Some(read) = self.inputs.get(&rule.dataset) else { continue };
            let by_property: HashMap<&str, &str> = self
                .properties
                .keys()
                .filter_map(|entity| Some((self.property(entity, &rule.property)?, *entity)))
                .collect();
            for row in 0..read.table.len() {
                let entity = if rule.identifier.is_empty() {
                    read.table.text(row, "_id").and_then(|record| self.entity_of(&rule.dataset, record))
                } else {
                    read.table.text(row, &rule.identifier).and_then(|id| by_property.get(id).copied())
                };
                if let (Some(entity), Some(on)) = (entity, read.table.date(row, &rule.on)) {
                    let record = self.record(&rule.dataset, read, row);
                    sanctions.push(Sanction { record, entity: entity.to_owned(), on });
                }
            }
        }
        sanctions
    }

    /// Reported against measured hours.
    pub fn self_reports(&self, rule: &SelfReports) -> Vec<SelfReport> {
        let Some(read) = self.inputs.get(&rule.dataset) else { return Vec::new() };
        (0..read.table.len())
            .filter_map(|row| {
                let entity = self.entity_of(&rule.dataset, read.table.text(row, "_id")?)?;
                Some(SelfReport {
                    record: self.record(&rule.dataset, read, row),
                    entity: entity.to_owned(),
                    group: self.group(entity),
                    measured: read.table.number(row, &rule.measured),
                    reported: read.table.number(row, &rule.reported),
                })
            })
            .collect()
    }
}

/// The newest rating of each Entity, by Entity.
pub fn newest(ratings: &[OfficialRating]) -> Vec<OfficialRating> {
    let mut newest: BTreeMap<&str, &OfficialRating> = BTreeMap::new();
    for one in ratings {
        let kept = newest.entry(&one.entity).or_insert(one);
        if (one.on, &one.record.id) > (kept.on, &kept.record.id) {
            *kept = one;
        }
    }
    newest.into_values().cloned().collect()
}

/// The word under which a question becomes an aspect: `Care Need` is `care_need`.
pub fn aspect_word(question: &str) -> String {
    let plain = |letter: char| if letter.is_alphanumeric() { letter.to_ascii_lowercase() } else { '_' };
    question.trim().chars().map(plain).collect()
}

/// Columns of the results.
pub fn results() -> Table {
    Table::with_columns(&[
        ("_id", ColumnType::Text),
        ("entity", ColumnType::Text),
        ("aspect", ColumnType::Text),
        ("standing", ColumnType::Text),
        ("value", ColumnType::Number),
        ("low", ColumnType::Number),
        ("high", ColumnType::Number),
        ("level", ColumnType::Number),
        ("voices", ColumnType::Number),
        ("independent_voices", ColumnType::Number),
        ("enough", ColumnType::Flag),
        ("as_of", ColumnType::Date),
        ("method", ColumnType::Text),
        ("because", ColumnType::Text),
        (SOURCES, ColumnType::Text),
    ])
}

/// The column that names the sources behind a row, separated by spaces.
pub const SOURCES: &str = "sources";

/// Names of the sources whose rows speak of each Entity.
#[derive(Clone, Debug, Default)]
pub struct Behind(BTreeMap<String, BTreeSet<String>>);

impl Behind {
    /// Notes that a row of a source speaks of an Entity.
    fn add(&mut self, entity: &str, source: Option<&str>) {
        if let Some(source) = source.filter(|source| !source.is_empty()) {
            self.0.entry(entity.to_owned()).or_default().insert(source.to_owned());
        }
    }

    /// Takes over what another knows.
    pub fn merge(&mut self, other: &Self) {
        for (entity, sources) in &other.0 {
            self.0.entry(entity.clone()).or_default().extend(sources.iter().cloned());
        }
    }

    fn of(&self, entity: &str) -> Value {
        let names = self.0.get(entity).map(|names| names.iter().map(String::as_str).collect::<Vec<_>>().join(" "));
        names.unwrap_or_default().into()
    }
}

/// Adds beliefs to the results. `standing` is whose word they rest on, `behind` which sources spoke.
pub fn add_beliefs(results: &mut Table, beliefs: &[Belief], standing: model::Standing, as_of: Date, behind: &Behind) {
    for belief in beliefs {
        let because = serde_json::to_string(&belief.estimate.because).expect("explanations are plain data");
        let mut row: Vec<Value> = vec![
            model::content_id([belief.entity.as_str(), belief.aspect.as_str(), standing.word()]).into(),
            belief.entity.as_str().into(),
            belief.aspect.as_str().into(),
            standing.word().into(),
        ];
        row.extend(estimate(&belief.estimate.value));
        row.extend([
            (belief.ground == Ground::Enough).into(),
            as_of.into(),
            belief.estimate.because.method.as_str().into(),
            because.into(),
            behind.of(&belief.entity),
        ]);
        results.push_row(row).expect("values were made for these columns");
    }
}

/// Columns of an estimate, as every table of the stage names them.
const ESTIMATE: [&str; 6] = ["value", "low", "high", "level", "voices", "independent_voices"];

fn with_estimate(texts: &[&str], more: &[&str]) -> Table {
    let texts = texts.iter().map(|name| (*name, ColumnType::Text));
    let numbers = more.iter().chain(&ESTIMATE).map(|name| (*name, ColumnType::Number));
    Table::with_columns(&texts.chain(numbers).collect::<Vec<_>>())
}

fn estimate(estimate: &model::Estimate) -> [Value; 6] {
    let parts =
        [estimate.value, estimate.low, estimate.high, estimate.level, estimate.voices, estimate.independent_voices];
    parts.map(Value::from)
}

/// One row for each region, each kind of owner, and both together: how many Entities there are, and of how many somebody speaks.
pub fn coverage_table(found: &[Coverage]) -> Table {
    let mut table = with_estimate(&["_id", "region", "ownership"], &["entities", "heard", "silent"]);
    for one in found {
        let words = [one.region.as_deref().unwrap_or(EVERY), one.ownership.as_deref().unwrap_or(EVERY)];
        let (entities, silent) = (one.share.value.voices, one.silent.len() as f64);
        let mut row: Vec<Value> = vec![model::content_id(words).into(), words[0].into(), words[1].into()];
        row.extend([entities, entities - silent, silent].map(Value::from));
        row.extend(estimate(&one.share.value));
        table.push_row(row).expect("values were made for these columns");
    }
    table
}

/// Stands for all regions, or all owners.
pub const EVERY: &str = "*";

/// One row for each Entity of whose trend enough is known.
pub fn trends_table(found: &[Trend], aspect: &str, behind: &Behind) -> Table {
    let mut table = with_estimate(&["_id", "entity", "aspect", "because", SOURCES], &[]);
    for one in found {
        let entity = one.entity.as_str();
        let because = serde_json::to_string(&one.slope.because).expect("explanations are plain data");
        let mut row: Vec<Value> =
            vec![model::content_id([entity, aspect]).into(), entity.into(), aspect.into(), because.into()];
        row.push(behind.of(entity));
        row.extend(estimate(&one.slope.value));
        table.push_row(row).expect("values were made for these columns");
    }
    table
}

/// Columns of the rows whose values look filled in.
pub fn filled_in_table() -> Table {
    Table::with_columns(&[
        ("_id", ColumnType::Text),
        ("dataset", ColumnType::Text),
        ("record", ColumnType::Text),
        ("version", ColumnType::Integer),
        ("pattern", ColumnType::Text),
        ("constants", ColumnType::Text),
        ("expected", ColumnType::Number),
    ])
}

/// One row for each row that holds the constants; rows of one pattern share its word.
pub fn add_filled_in(table: &mut Table, dataset: &str, read: &Read, found: &FilledIn) {
    let constants = serde_json::to_string(&found.constants).expect("constants are plain data");
    let pattern = model::content_id([dataset, &constants]);
    for row in &found.rows {
        let record = read.table.text(*row, "_id").unwrap_or_default();
        let values = vec![
            model::content_id([&pattern, record]).into(),
            dataset.into(),
            record.into(),
            read.version.into(),
            pattern.as_str().into(),
            constants.as_str().into(),
            found.log_expected.exp().into(),
        ];
        table.push_row(values).expect("values were made for these columns");
    }
}
