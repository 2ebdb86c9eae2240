//! From rows of several datasets to one Entity for each thing: which rows belong together, and what the Entity is called.
//!
//! Pure. Rows that agree exactly are grouped first, groups are then linked by likeness, and what people judged goes before what
//! was computed. Must never drop a row: one that belongs to nothing else is an Entity of its own.

use crate::cluster::{Bond, Cluster, cluster};
use crate::spec::LinkSpec;
use model::{ColumnType, Judgement, Table, Value, Verdict};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

/// What one kind of Entity is made from: `entities/*.toml` of the office.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntitySpec {
    /// Name of the file without its ending: `home`.
    #[serde(skip)]
    pub name: String,
    /// Dataset of the Entities: `homes`.
    pub dataset: String,
    /// What people call the dataset.
    pub title: String,
    /// Properties of the Entities, in the order of their columns.
    pub properties: Vec<String>,
    /// Where rows come from; earlier ones speak first.
    #[serde(rename = "register")]
    pub registers: Vec<Register>,
    /// What is linked by likeness.
    #[serde(default, rename = "link")]
    pub links: Vec<Link>,
    /// Where coordinates come from for Entities that have none.
    pub places: Option<Places>,
    /// Texts that mention Entities.
    #[serde(default, rename = "mention")]
    pub mentions: Vec<MentionRule>,
}

/// Texts that mention Entities.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MentionRule {
    /// The dataset of texts.
    pub dataset: String,
    /// Dataset of the result.
    pub result: String,
    /// Dataset of the Entities; filled in from the specification.
    #[serde(skip)]
    pub entities: String,
    /// Columns of text.
    pub text: Vec<String>,
    /// Probability from which a text means an Entity; what is less sure goes to the review queue.
    pub same: f64,
    /// Property that tells the place.
    pub place: String,
    /// Property that tells the larger area.
    pub region: String,
    /// Property that tells who runs it.
    pub provider: String,
    /// Only Entities whose properties have these values.
    #[serde(default)]
    pub only: BTreeMap<String, String>,
}

impl EntitySpec {
    /// The specification of a file.
    ///
    /// # Errors
    /// What is wrong, with key and line.
    pub fn parse(name: &str, text: &str) -> Result<Self, String> {
        let mut spec: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        name.clone_into(&mut spec.name);
        for rule in &mut spec.mentions {
            rule.entities.clone_from(&spec.dataset);
        }
        Ok(spec)
    }
}

/// A dataset with one row, or several, for each thing.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// The dataset.
    pub dataset: String,
    /// Columns of which equal values (letters' case and blanks aside) mean the same thing; empty where each row is one thing.
    #[serde(default)]
    pub same: Vec<String>,
    /// Column that tells which row of a thing is the newest; empty where each thing has one row.
    #[serde(default)]
    pub newest_by: String,
    /// Column of an official identifier: equal ones mean the same thing, also across datasets.
    #[serde(default)]
    pub identifier: String,
    /// Properties of which equal values mean the same thing in any register with the same key, where no register has them twice.
    #[serde(default)]
    pub key: Vec<String>,
    /// Properties by column.
    pub columns: BTreeMap<String, String>,
    /// Properties that are the same for all rows.
    #[serde(default)]
    pub constants: BTreeMap<String, String>,
}

/// Datasets whose rows, taken as one table, are linked by likeness.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The datasets.
    pub datasets: Vec<String>,
    /// Columns that all rows of a dataset have the same value in, such as a period of its own.
    #[serde(default)]
    pub constants: BTreeMap<String, BTreeMap<String, String>>,
    /// How.
    pub spec: LinkSpec,
}

impl Link {
    /// All rows under the columns that the specification reads; `_id` is the row's identifier in Judgements.
    pub fn table(&self, registers: &[Loaded<'_>]) -> Table {
        let mut columns: Vec<String> = self.spec.compare.iter().flat_map(|rule| rule.sides().0).collect();
        columns.extend(self.spec.apart.clone());
        columns.sort_unstable();
        columns.dedup();
        let mut shape: Vec<(&str, ColumnType)> = vec![("_id", ColumnType::Text)];
        shape.extend(columns.iter().map(|column| (column.as_str(), ColumnType::Text)));
        let mut table = Table::with_columns(&shape);
        for one in registers.iter().filter(|one| self.datasets.contains(&one.register.dataset)) {
            let constants = self.constants.get(&one.register.dataset);
            for row in 0..one.table.len() {
                let mut values: Vec<Value> = vec![record_id(&one.register.dataset, one.table, row).into()];
                for column in &columns {
                    let constant = constants.and_then(|constants| constants.get(column));
                    let value = one.table.value(row, column);
                    values.push(match constant {
                        Some(constant) => constant.as_str().into(),
                        None if value.is_null() => Value::Null,
                        None => value.to_string().into(),
                    });
                }
                table.push_row(values).expect("texts for columns of text");
            }
        }
        table
    }
}

/// A list of places with coordinates.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Places {
    /// The dataset.
    pub dataset: String,
    /// Property of the Entity and column of the place that must agree, in this order; blanks and case aside.
    pub on: Vec<[String; 2]>,
    /// Column of the latitude.
    pub latitude: String,
    /// Column of the longitude.
    pub longitude: String,
}

/// One thing in one register: its newest row speaks for all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grouped {
    /// The newest row.
    pub newest: usize,
    /// All rows.
    pub rows: Vec<usize>,
}

/// The identifier of a row in Judgements.
pub fn record_id(dataset: &str, table: &Table, row: usize) -> String {
    format!("{dataset}/{}", table.text(row, "_id").unwrap_or_default())
}

/// Rows of a register grouped by exact agreement, in the order of their first row.
pub fn group(register: &Register, table: &Table) -> Vec<Grouped> {
    let keys: Vec<&String> =
        if register.identifier.is_empty() { register.same.iter().collect() } else { vec![&register.identifier] };
    let mut groups: Vec<Grouped> = Vec::new();
    let mut known: HashMap<Vec<String>, usize> = HashMap::new();
    for row in 0..table.len() {
        let key: Vec<String> = keys.iter().map(|column| folded(&table.value(row, column).to_string())).collect();
        let whole = !key.is_empty() && key.iter().any(|part| !part.is_empty());
        match known.get(&key).filter(|_| whole) {
            Some(&index) => {
                let group = &mut groups[index];
                group.rows.push(row);
                let age = |row: usize| table.value(row, &register.newest_by).to_string();
                if !register.newest_by.is_empty() && age(row) > age(group.newest) {
                    group.newest = row;
                }
            }
            None => {
                if whole {
                    known.insert(key, groups.len());
                }
                groups.push(Grouped { newest: row, rows: vec![row] });
            }
        }
    }
    groups
}

/// A register with its rows and groups.
pub struct Loaded<'a> {
    /// The register.
    pub register: &'a Register,
    /// Its rows.
    pub table: &'a Table,
    /// Its groups.
    pub groups: Vec<Grouped>,
}

/// Tables of Entities and of their members.
pub struct Assembled {
    /// One row for each Entity: `_id`, the properties, `members`, `other_names`, `place_exactness`.
    pub entities: Table,
    /// One row for each member row: `_id`, `entity`, `dataset`, `record`.
    pub members: Table,
}

/// Clusters of all groups under what was computed and what people said. What is said of a row holds for its group.
pub fn clusters(loaded: &[Loaded<'_>], computed: &[Judgement], by_people: &[Judgement]) -> Vec<Cluster> {
    let names: Vec<String> = loaded.iter().flat_map(newest_ids).collect();
    let mut newest_of: HashMap<String, &str> = HashMap::new();
    let mut name = names.iter();
    for one in loaded {
        for group in &one.groups {
            let newest = name.next().expect("there is one name for each group");
            for &row in &group.rows {
                newest_of.insert(record_id(&one.register.dataset, one.table, row), newest);
            }
        }
    }
    let bond = |judgement: &Judgement, by_person| -> Option<Bond<'_>> {
        let (left, right) = (*newest_of.get(&judgement.left)?, *newest_of.get(&judgement.right)?);
        let (verdict, weight) = (judgement.verdict, judgement.weight);
        (left != right).then_some(Bond { left, right, verdict, weight, by_person })
    };
    let sure = |(left, right): &(String, String), verdict| -> Option<Bond<'_>> {
        let (left, right) = (*newest_of.get(left)?, *newest_of.get(right)?);
        Some(Bond { left, right, verdict, weight: f64::MAX, by_person: false })
    };
    let (mut agree, apart) = shared_keys(loaded);
    agree.extend(shared_identifiers(loaded));
    let bonds: Vec<Bond<'_>> = computed
        .iter()
        .filter_map(|judgement| bond(judgement, false))
        .chain(by_people.iter().filter_map(|judgement| bond(judgement, true)))
        .chain(agree.iter().filter_map(|pair| sure(pair, Verdict::Same)))
        .chain(apart.iter().filter_map(|pair| sure(pair, Verdict::Different)))
        .collect();
    cluster(names.iter().map(String::as_str), &bonds)
}

/// What was found between rows, said once between the groups they stand in: the heaviest word about each pair of groups.
pub fn between_groups(loaded: &[Loaded<'_>], judgements: Vec<Judgement>) -> Vec<Judgement> {
    let mut newest_of: HashMap<String, String> = HashMap::new();
    for one in loaded {
        for group in &one.groups {
            let newest = record_id(&one.register.dataset, one.table, group.newest);
            for &row in &group.rows {
                newest_of.insert(record_id(&one.register.dataset, one.table, row), newest.clone());
            }
        }
    }
    let mut heaviest: BTreeMap<(String, String), Judgement> = BTreeMap::new();
    for judgement in judgements {
        let (Some(left), Some(right)) = (newest_of.get(&judgement.left), newest_of.get(&judgement.right)) else {
            continue;
        };
        if left == right {
            continue;
        }
        let pair = if left < right { (left.clone(), right.clone()) } else { (right.clone(), left.clone()) };
        let said = Judgement { left: left.clone(), right: right.clone(), ..judgement };
        // That two groups stand in one period holds them apart, however alike another pair of their rows is.
        let rank = |judgement: &Judgement| (judgement.verdict == Verdict::Different, judgement.weight);
        let known = heaviest.get(&pair);
        if known.is_none_or(|known| rank(known).partial_cmp(&rank(&said)) == Some(std::cmp::Ordering::Less)) {
            heaviest.insert(pair, said);
        }
    }
    heaviest.into_values().collect()
}

fn newest_ids<'a>(loaded: &'a Loaded<'_>) -> impl Iterator<Item = String> + use<'a> {
    loaded.groups.iter().map(|group| record_id(&loaded.register.dataset, loaded.table, group.newest))
}

/// Pairs of rows in different registers that carry the same official identifier.
fn shared_identifiers(loaded: &[Loaded<'_>]) -> Vec<(String, String)> {
    let mut first: BTreeMap<String, String> = BTreeMap::new();
    let mut pairs = Vec::new();
    for one in loaded.iter().filter(|one| !one.register.identifier.is_empty()) {
        for group in &one.groups {
            let identifier = folded(&one.table.value(group.newest, &one.register.identifier).to_string());
            if identifier.is_empty() {
                continue;
            }
            let id = record_id(&one.register.dataset, one.table, group.newest);
            match first.get(&identifier) {
                Some(earlier) => pairs.push((earlier.clone(), id)),
                None => {
                    first.insert(identifier, id);
                }
            }
        }
    }
    pairs
}

type Pairs = Vec<(String, String)>;

/// Pairs of rows in different registers that agree in their key; and pairs of one register that do, which are two things
/// written alike: such a key tells nothing about the other registers.
fn shared_keys(loaded: &[Loaded<'_>]) -> (Pairs, Pairs) {
    let mut holders: BTreeMap<Vec<String>, Vec<(usize, String)>> = BTreeMap::new();
    for (number, one) in loaded.iter().enumerate().filter(|(_, one)| !one.register.key.is_empty()) {
        for group in &one.groups {
            let part = |property: &String| folded(&property_value(one, group.newest, property).to_string());
            let key: Vec<String> = one.register.key.iter().map(part).collect();
            if key.iter().all(|part| !part.is_empty()) {
                let id = record_id(&one.register.dataset, one.table, group.newest);
                holders.entry(key).or_default().push((number, id));
            }
        }
    }
    let (mut agree, mut apart) = (Pairs::new(), Pairs::new());
    for held in holders.into_values() {
        let pairs = held.windows(2).map(|pair| (pair[0].1.clone(), pair[1].1.clone()));
        if held.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            let twice = held.windows(2).filter(|pair| pair[0].0 == pair[1].0);
            apart.extend(twice.map(|pair| (pair[0].1.clone(), pair[1].1.clone())));
        } else {
            agree.extend(pairs);
        }
    }
    (agree, apart)
}

/// Puts together what the Entities are called and where they are.
pub fn assemble(spec: &EntitySpec, loaded: &[Loaded<'_>], clusters: &[Cluster], places: Option<&Table>) -> Assembled {
    let mut columns: Vec<(&str, ColumnType)> = vec![("_id", ColumnType::Text)];
    columns.extend(spec.properties.iter().map(|property| (property.as_str(), property_type(property))));
    columns.extend([
        ("members", ColumnType::Integer),
        ("other_names", ColumnType::Text),
        ("place_exactness", ColumnType::Text),
    ]);
    let mut entities = Table::with_columns(&columns);
    let mut members = Table::with_columns(&[
        ("_id", ColumnType::Text),
        ("entity", ColumnType::Text),
        ("dataset", ColumnType::Text),
        ("record", ColumnType::Text),
    ]);
    let gazetteer = spec.places.as_ref().zip(places).map(|(rule, table)| Gazetteer::new(rule, table));
    let mut where_is: HashMap<String, (usize, usize)> = HashMap::new();
    for (number, one) in loaded.iter().enumerate() {
        for (index, id) in newest_ids(one).enumerate() {
            where_is.insert(id, (number, index));
        }
    }
    for cluster in clusters {
        let mut found: Vec<(usize, usize)> =
            cluster.members.iter().filter_map(|member| where_is.get(member).copied()).collect();
        found.sort_by_key(|(register, index)| {
            let one = &loaded[*register];
            let newest = one.groups[*index].newest;
            let age = one.table.value(newest, &one.register.newest_by).to_string();
            (*register, std::cmp::Reverse(age), *index)
        });
        if found.is_empty() {
            continue;
        }
        let row = entity_row(spec, loaded, cluster, &found, gazetteer.as_ref());
        entities.push_row(row).expect("values were made for these columns");
        for (register, index) in found {
            let one = &loaded[register];
            for &row in &one.groups[index].rows {
                let record = one.table.text(row, "_id").unwrap_or_default();
                let id = model::content_id([one.register.dataset.as_str(), record]);
                let values =
                    vec![id.into(), cluster.id.as_str().into(), one.register.dataset.as_str().into(), record.into()];
                members.push_row(values).expect("four texts for four columns of text");
            }
        }
    }
    Assembled { entities, members }
}

fn property_type(property: &str) -> ColumnType {
    if matches!(property, "latitude" | "longitude") { ColumnType::Number } else { ColumnType::Text }
}

fn entity_row(
    spec: &EntitySpec,
    loaded: &[Loaded<'_>],
    cluster: &Cluster,
    found: &[(usize, usize)],
    gazetteer: Option<&Gazetteer<'_>>,
) -> Vec<Value> {
    let mut values: BTreeMap<&str, Value> = BTreeMap::new();
    let mut names: Vec<String> = Vec::new();
    let mut members = 0_i64;
    for (register, index) in found {
        let one = &loaded[*register];
        let group = &one.groups[*index];
        members += group.rows.len() as i64;
        for property in &spec.properties {
            let value = property_value(one, group.newest, property);
            if !value.is_null() {
                values.entry(property).or_insert(value);
            }
        }
        let called = property_value(one, group.newest, "name").to_string();
        if !called.is_empty() && !names.iter().any(|name| folded(name) == folded(&called)) {
            names.push(called);
        }
    }
    let mut exactness = if values.contains_key("latitude") { "address" } else { "unknown" };
    if let Some(gazetteer) = gazetteer.filter(|_| exactness == "unknown")
        && let Some((latitude, longitude, how)) = gazetteer.find(&values)
    {
        values.insert("latitude", latitude.into());
        values.insert("longitude", longitude.into());
        exactness = how;
    }
    let mut row = vec![Value::from(cluster.id.as_str())];
    row.extend(spec.properties.iter().map(|property| values.remove(property.as_str()).unwrap_or(Value::Null)));
    row.push(members.into());
    row.push(names.get(1..).unwrap_or_default().join("; ").into());
    row.push(exactness.into());
    row
}

fn property_value(one: &Loaded<'_>, row: usize, property: &str) -> Value {
    if let Some(constant) = one.register.constants.get(property) {
        return constant.as_str().into();
    }
    let Some(column) = one.register.columns.get(property) else { return Value::Null };
    let value = one.table.value(row, column);
    match property_type(property) {
        ColumnType::Number => value.as_number().into(),
        _ if value.is_null() => Value::Null,
        _ => value.to_string().into(),
    }
}

/// Places by the values that must agree.
struct Gazetteer<'a> {
    rule: &'a Places,
    rows: HashMap<Vec<String>, Vec<(f64, f64)>>,
}

impl<'a> Gazetteer<'a> {
    fn new(rule: &'a Places, table: &Table) -> Self {
        let mut rows: HashMap<Vec<String>, Vec<(f64, f64)>> = HashMap::new();
        for row in 0..table.len() {
            let key = rule.on.iter().map(|[_, column]| place_name(&table.value(row, column).to_string())).collect();
            if let (Some(latitude), Some(longitude)) =
                (table.number(row, &rule.latitude), table.number(row, &rule.longitude))
            {
                rows.entry(key).or_default().push((latitude, longitude));
            }
        }
        Self { rule, rows }
    }

    /// The middle of all places that agree, and how exact that is.
    fn find(&self, values: &BTreeMap<&str, Value>) -> Option<(f64, f64, &'static str)> {
        let key: Vec<String> = self
            .rule
            .on
            .iter()
            .map(|[property, _]| place_name(&values.get(property.as_str()).map(Value::to_string).unwrap_or_default()))
            .collect();
        let found = self.rows.get(&key)?;
        let many = found.len() as f64;
        let latitude = found.iter().map(|(latitude, _)| latitude).sum::<f64>() / many;
        let longitude = found.iter().map(|(_, longitude)| longitude).sum::<f64>() / many;
        Some((latitude, longitude, if found.len() == 1 { "locality" } else { "locality_many_postcodes" }))
    }
}

/// A text without what people leave out or add by accident: case, blanks, punctuation.
fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        if letter.is_alphanumeric() {
            out.push(letter);
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.trim().to_owned()
}

/// A locality as gazetteers write it: `Mt` and `Mount` are one word, and words that tell a direction stand first.
fn place_name(text: &str) -> String {
    let folded = folded(text);
    let words: Vec<&str> = folded
        .split(' ')
        .map(|word| match word {
            "mt" => "mount",
            "st" => "saint",
            "nth" => "north",
            "sth" => "south",
            other => other,
        })
        .collect();
    let (mut directions, mut rest): (Vec<&str>, Vec<&str>) =
        words.into_iter().partition(|word| matches!(*word, "north" | "south" | "east" | "west"));
    directions.sort_unstable();
    directions.append(&mut rest);
    directions.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(columns: &[&str], rows: &[&[&str]]) -> Table {
        let columns: Vec<(&str, ColumnType)> = columns.iter().map(|name| (*name, ColumnType::Text)).collect();
        let mut table = Table::with_columns(&columns);
        for row in rows {
            table.push_row(row.iter().map(|cell| (*cell).into()).collect()).expect("the row fits");
        }
        table
    }

    const SPEC: &str = r#"
        dataset = "homes"
        title = "Homes"
        properties = ["name", "suburb"]
        [[register]]
        dataset = "detailed"
        columns = { name = "name", suburb = "suburb" }
        [[register]]
        dataset = "panel"
        same = ["name", "suburb"]
        newest_by = "quarter"
        columns = { name = "name", suburb = "suburb" }
    "#;

    #[test]
    fn rows_come_together_and_a_withdrawn_judgement_leaves_no_trace() {
        let spec: EntitySpec = toml::from_str(SPEC).expect("a specification");
        let detailed = table(&["_id", "name", "suburb"], &[&["d1", "Orr Lodge", "ASHFIELD"], &["d2", "Elm", "ARARAT"]]);
        let panel = table(
            &["_id", "name", "suburb", "quarter"],
            &[
                &["p1", "A.H. Orr", "Ashfield", "2023-05-01"],
                &["p2", "A H  ORR", "ASHFIELD", "2024-05-01"],
                &["p3", "Elm", "ARARAT", "2024-05-01"],
            ],
        );
        let loaded: Vec<Loaded<'_>> = spec
            .registers
            .iter()
            .zip([&detailed, &panel])
            .map(|(register, table)| Loaded { register, table, groups: group(register, table) })
            .collect();
        assert_eq!(loaded[1].groups[0], Grouped { newest: 1, rows: vec![0, 1] });
        let same = |left: &str, right: &str| Judgement {
            left: left.to_owned(),
            right: right.to_owned(),
            verdict: Verdict::Same,
            weight: 9.0,
            probability: 0.99,
            comparisons: Vec::new(),
        };
        let computed = [same("panel/p3", "detailed/d2")];
        let with = clusters(&loaded, &computed, &[same("panel/p2", "detailed/d1")]);
        assert_eq!(with.len(), 2);
        let without = clusters(&loaded, &computed, &[]);
        assert_eq!(without.len(), 3);
        let assembled = assemble(&spec, &loaded, &with, None);
        assert_eq!((assembled.entities.len(), assembled.members.len()), (2, 5));
        let orr =
            (0..2).find(|row| assembled.entities.text(*row, "name") == Some("Orr Lodge")).expect("it speaks first");
        assert_eq!(assembled.entities.text(orr, "other_names"), Some("A H  ORR"));
        assert_eq!(assembled.entities.number(orr, "members"), Some(3.0));
    }

    #[test]
    fn localities_written_differently_are_found() {
        for (one, other) in
            [("KOOWEERUP", "KOO WEE RUP"), ("MT ELIZA", "Mount Eliza"), ("NORTH SUNSHINE", "SUNSHINE NORTH")]
        {
            assert_eq!(place_name(one), place_name(other));
        }
        assert_ne!(place_name("NORTH SUNSHINE"), place_name("SUNSHINE"));
    }
}
