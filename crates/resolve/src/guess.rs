//! A link specification guessed from the tables, for whoever begins with none. It is printed, so that it can be mended.
//!
//! Holds rules of thumb about columns: what their values look like, how many there are, how many pairs equal values would
//! bring. Must never look at which rows belong together.

mod rules;

use crate::block::hash;
use crate::dates;
use crate::records::number;
use crate::spec::LinkError;
use model::{Column, Table};
use rustc_hash::{FxHashMap, FxHashSet};

/// Rows that are looked at.
const LOOKED_AT: usize = 20_000;
/// Mean number of words from which a column holds titles, of which each source writes its own, rather than names.
const TITLE_WORDS: f64 = 6.0;
/// Share of the rows of a table that may have a value of another row, where no value is meant to stand twice.
const FEW_TWINS: f64 = 0.02;
/// Comparisons from which it can be told which of them say the same: of three, each may follow from what all three follow from.
const FEWEST_DEPENDENT: usize = 4;
/// Columns that no file has: they tell where a row stood, and what it is called.
const INTERNAL: [&str; 3] = ["_id", "_line", "_record"];
/// Rows, of all tables, from which a column can be seen to tell them apart.
const FEWEST_ROWS: usize = 3;
/// Comparisons at most, as a specification allows them.
const MOST_COMPARED: usize = 15;

/// How a column looks.
struct Looks {
    name: String,
    with: &'static str,
    /// Chance that two rows have one value.
    agree: f64,
    /// Share of pairs of rows in which both have a value.
    both: f64,
    /// Mean number of words.
    words: f64,
    /// Its values, to see which columns share them.
    common: FxHashMap<String, u32>,
}

/// A specification in TOML for linking two tables by the columns of one name, or one table with itself. `leave_out` names columns
/// that only number the rows.
///
/// # Errors
/// Where no column can be compared.
pub fn guess(left: &Table, right: Option<&Table>, leave_out: &[&str]) -> Result<String, LinkError> {
    let tables: Vec<&Table> = std::iter::once(left).chain(right).collect();
    let shared = left.columns().iter().map(|column| column.name.as_str()).filter(|name| {
        !INTERNAL.contains(name) && !leave_out.contains(name) && right.is_none_or(|right| right.column(name).is_some())
    });
    let shared: Vec<&str> = shared.collect();
    let mut columns: Vec<Looks> = shared.iter().filter_map(|name| looks(&tables, name)).collect();
    columns.sort_by(|a, b| b.tells().total_cmp(&a.tells()).then_with(|| a.name.cmp(&b.name)));
    columns.truncate(MOST_COMPARED);
    if columns.is_empty() {
        return Err(LinkError::Setting(nothing_to_compare(left, right, leave_out, &shared)));
    }
    let mut rules = rules::choose(&columns, &tables);
    rules.extend(swapped(&columns));
    if rules.is_empty() {
        return Err(LinkError::Setting(
            "no column can bring likely pairs together, as all of them hold numbers; write a specification with `blocks`".to_owned(),
        ));
    }
    let quoted = |parts: &Vec<String>| {
        let parts: Vec<String> = parts.iter().map(|part| format!("{part:?}")).collect();
        format!("[{}]", parts.join(", "))
    };
    let mut text =
        "# Guessed from the tables; mend it and hand it in with --spec.\nsame = 0.95\nunsure = 0.01\n".to_owned();
    if columns.len() >= FEWEST_DEPENDENT {
        text.push_str("dependent = true\n");
    }
    if let [left, right] = tables.as_slice()
        && [left, right].into_iter().all(|table| twins(table, &columns[0].name) <= FEW_TWINS)
    {
        text.push_str(&format!(
            "# Hardly a value of `{}` stands twice in either table: each record means at most one other. Take this out where it may mean more.\none_to_one = true\n",
            columns[0].name
        ));
    }
    let rules: Vec<String> = rules.iter().map(quoted).collect();
    text.push_str(&format!("blocks = [\n    {},\n]\n", rules.join(",\n    ")));
    if let Some(cut) = columns.iter().find(|column| column.agree < 0.05) {
        text.push_str(&format!("split_by = [{:?}]\n", cut.name));
    }
    for column in &columns {
        text.push_str(&format!("\n[[compare]]\ncolumn = {:?}\nwith = {:?}\n", column.name, column.with));
        if column.with != "number" && column.with != "date" {
            text.push_str("term_frequency = true\n");
        }
    }
    Ok(text)
}

/// Why no column can be compared, and what to do.
fn nothing_to_compare(left: &Table, right: Option<&Table>, leave_out: &[&str], shared: &[&str]) -> String {
    let named = |names: &[&str]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let own = |table: &Table| {
        let names = table.columns().iter().map(|column| column.name.as_str());
        named(&names.filter(|name| !INTERNAL.contains(name) && !leave_out.contains(name)).collect::<Vec<_>>())
    };
    let rows = left.len() + right.map_or(0, Table::len);
    match right {
        Some(right) if shared.is_empty() => format!(
            "no column beside the names of records is in both (left: {}; right: {}); give columns that mean the same the same name, or write a specification",
            own(left),
            own(right)
        ),
        None if shared.is_empty() => {
            "there is no column to compare beside the names of records; add one that tells something of them".to_owned()
        }
        Some(right) if left.is_empty() || right.is_empty() => {
            format!("there is nothing to link, of {} and {} rows; hand in rows on both sides", left.len(), right.len())
        }
        _ if rows < FEWEST_ROWS => format!(
            "too few rows ({rows}) to tell by what they can be compared; hand in more, or write a specification"
        ),
        _ => format!(
            "no column can be compared, as each ({}) holds one value only or hardly any; add one that tells records apart, or write a specification",
            named(shared)
        ),
    }
}

impl Looks {
    /// How much an agreement in this column tells, in bits, where there is something to agree in.
    fn tells(&self) -> f64 {
        self.both * -self.agree.max(1e-9).log2()
    }
}

/// A value as it is looked at, whatever its case.
fn written(column: &Column, row: usize) -> String {
    match column.text(row) {
        Some(text) => text.trim().to_lowercase(),
        None => column.value(row).to_string(),
    }
}

/// The share of the rows with a value whose value stands in a row before.
fn twins(table: &Table, column: &str) -> f64 {
    let Some(column) = table.column(column) else { return 0.0 };
    let (mut seen, mut filled, mut again): (FxHashSet<u64>, f64, f64) = (FxHashSet::default(), 0.0, 0.0);
    for text in (0..table.len()).map(|row| written(column, row)).filter(|text| !text.is_empty()) {
        filled += 1.0;
        again += f64::from(u8::from(!seen.insert(hash(&text))));
    }
    again / filled.max(1.0)
}

fn looks(tables: &[&Table], name: &str) -> Option<Looks> {
    let (mut rows, mut filled, mut digits, mut days, mut decimals, mut words, mut letters) =
        (0usize, 0.0f64, 0.0f64, 0.0f64, 0.0f64, 0.0f64, 0.0f64);
    let mut counts: FxHashMap<String, u32> = FxHashMap::default();
    let mut both = 1.0;
    for table in tables {
        let column = table.column(name)?;
        let (rows_before, filled_before) = (rows, filled);
        let step = (table.len() / LOOKED_AT).max(1);
        for row in (0..table.len()).step_by(step) {
            rows += 1;
            let text = written(column, row);
            if text.is_empty() {
                continue;
            }
            filled += 1.0;
            let plain = text.bytes().all(|byte| byte.is_ascii_digit());
            digits += f64::from(u8::from(plain));
            days += f64::from(u8::from(text.len() >= 8 && dates::is_date(&text)));
            decimals += f64::from(u8::from(text.contains('.') && number(&text).is_some()));
            words += text.split_whitespace().count() as f64;
            letters += text.len() as f64;
            *counts.entry(text).or_default() += 1;
        }
        both *= (filled - filled_before) / ((rows - rows_before) as f64).max(1.0);
    }
    if tables.len() == 1 {
        both *= both;
    }
    if filled < 0.02 * rows as f64 || counts.len() < 2 {
        return None;
    }
    let pairs = (filled * (filled - 1.0)).max(1.0);
    let agree = counts.values().map(|count| f64::from(*count) * (f64::from(*count) - 1.0)).sum::<f64>() / pairs;
    // A value that nobody shares agrees as often as one pair among all there are.
    let agree = agree.max(1.0 / pairs);
    let share = |count: f64| count / filled;
    let with = if share(days) >= 0.8 {
        "date"
    } else if share(decimals) >= 0.5 {
        "number"
    } else if share(digits) >= 0.8 {
        if share(letters) >= 3.0 { "damerau_levenshtein" } else { "exact" }
    } else if share(words) >= TITLE_WORDS {
        "letter_runs"
    } else if share(words) >= 1.8 {
        "token_set"
    } else if counts.len() <= 40 {
        "exact"
    } else {
        "jaro_winkler"
    };
    let mut common: Vec<(String, u32)> = counts.into_iter().collect();
    common.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    common.truncate(500);
    Some(Looks { name: name.to_owned(), with, agree, both, words: share(words), common: common.into_iter().collect() })
}

/// Two columns of names that share their values may stand in each other's place.
fn swapped(columns: &[Looks]) -> Vec<Vec<String>> {
    let names: Vec<&Looks> = columns.iter().filter(|column| column.with == "jaro_winkler").collect();
    let mut rules = Vec::new();
    for (place, one) in names.iter().enumerate() {
        for other in &names[place + 1..] {
            let both = one.common.keys().filter(|value| other.common.contains_key(*value)).count();
            if both * 20 >= one.common.len().min(other.common.len()) {
                rules.push(vec![format!("{}={}", one.name, other.name), format!("{}={}", other.name, one.name)]);
            }
        }
    }
    rules
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::LinkSpec;
    use model::ColumnType;

    #[test]
    fn columns_are_compared_by_what_they_hold() {
        let names = ["id", "surname", "born", "state", "address", "price", "code"];
        let columns: Vec<(&str, ColumnType)> = names.iter().map(|name| (*name, ColumnType::Text)).collect();
        let mut table = Table::with_columns(&columns);
        for number in 0..400u32 {
            let row = [
                number.to_string(),
                format!("Sur{}name", (b'a' + (number % 26) as u8) as char).repeat(1 + (number % 3) as usize),
                format!("19{:02}{:02}{:02}", number % 90 + 10, number % 12 + 1, number % 28 + 1),
                ["nsw", "vic", "qld"][number as usize % 3].to_owned(),
                format!("{} {} road", number % 200, ["long", "short", "mill"][number as usize % 3]),
                format!("{}.{:02}", number % 37, number % 100),
                format!("{}", 10_000 + number * 7),
            ];
            table.push_row(row.into_iter().map(model::Value::from).collect()).expect("the row fits");
        }
        let text = guess(&table, None, &["id"]).expect("there is something to compare");
        let spec = LinkSpec::from_toml(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        let with = |name: &str| spec.compare.iter().find(|one| one.column == name).map(|one| one.with.as_str());
        let expected = [
            ("surname", "jaro_winkler"),
            ("born", "date"),
            ("state", "exact"),
            ("address", "token_set"),
            ("price", "number"),
            ("code", "damerau_levenshtein"),
        ];
        for (name, comparator) in expected {
            assert_eq!(with(name), Some(comparator), "{name}: {text}");
        }
        assert_eq!(with("id"), None);
        assert!(spec.blocks.contains(&vec!["code".to_owned()]), "{text}");
    }
    /// Dates in the forms that people write are dates, and their blocks bring days together, not spellings.
    #[test]
    fn dates_in_any_common_form_are_guessed() {
        let names = ["id", "name", "born"];
        let mut table = Table::with_columns(&names.map(|name| (name, ColumnType::Text)));
        for number in 0..400u32 {
            let (day, month, year) = (number % 28 + 1, number % 12 + 1, 1940 + number % 60);
            let born = if number % 2 == 0 {
                format!("{day:02}/{month:02}/{year}")
            } else {
                format!("{year}-{month:02}-{day:02}")
            };
            let name = format!("name{}", model::draws::scatter(u64::from(number)));
            table.push_row(vec![number.to_string().into(), name.into(), born.into()]).expect("the row fits");
        }
        let text = guess(&table, None, &["id"]).expect("there is something to compare");
        assert!(text.contains("column = \"born\"\nwith = \"date\""), "{text}");
        let spec = LinkSpec::from_toml(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        let born = crate::spec::Part::parse("born").expect("a good part");
        assert_eq!(spec.reads_of(&born), crate::compare::Reads::Date);
    }
    /// Each cause is told as it is, without columns that no file has; a column of a user may begin as they do.
    #[test]
    fn why_nothing_can_be_compared_is_told() {
        let table = |columns: &[&str], rows: &[&[&str]]| {
            let columns: Vec<(&str, ColumnType)> = columns.iter().map(|name| (*name, ColumnType::Text)).collect();
            let mut table = Table::with_columns(&columns);
            for row in rows {
                table.push_row(row.iter().map(|value| model::Value::from(*value)).collect()).expect("the row fits");
            }
            table
        };
        let why = |left: &Table, right: Option<&Table>| {
            let error = guess(left, right, &["id"]).expect_err("nothing can be compared").to_string();
            assert!(!error.contains("_line") && !error.contains("_record"), "{error}");
            error
        };
        let two = table(&["id", "name", "_line"], &[&["1", "ann", "2"], &["2", "ann", "3"]]);
        assert!(why(&two, None).starts_with("too few rows (2)"), "{}", why(&two, None));
        let one_value = table(&["id", "name", "_line"], &[&["1", "ann", "2"], &["2", "ann", "3"], &["3", "ann", "4"]]);
        assert!(why(&one_value, None).contains("each (`name`) holds one value only"), "{}", why(&one_value, None));
        let bare = table(&["id", "_line"], &[&["1", "2"]]);
        assert!(why(&bare, None).starts_with("there is no column to compare"), "{}", why(&bare, None));
        let other = table(&["id", "town", "_record"], &[&["1", "york", "2"]]);
        let both = why(&two, Some(&other));
        assert!(both.contains("(left: `name`; right: `town`)"), "{both}");
        let own = table(&["id", "_name"], &[&["1", "ann"], &["2", "bob"], &["3", "eve"]]);
        let text = guess(&own, None, &["id"]).expect("a column of the user");
        assert!(text.contains("column = \"_name\""), "{text}");
    }
    /// A rule must not be chosen for being cheap alone, nor one that brings everything.
    #[test]
    fn rules_find_much_for_few_pairs() {
        let names = ["id", "name", "born", "sex", "code"];
        let mut table = Table::with_columns(&names.map(|name| (name, ColumnType::Text)));
        for number in 0..30_000u64 {
            let draw = |salt: u64| model::draws::scatter(number * 8 + salt);
            let name: String = (0..6).map(|at| char::from(b'a' + (draw(at) >> 20) as u8 % 20)).collect();
            let born =
                format!("19{:02}{:02}{:02}", draw(6) % 90 + 10, draw(6) / 100 % 12 + 1, draw(6) / 10_000 % 28 + 1);
            let sex = if draw(7) % 2 == 0 { "female" } else { "male" };
            let row =
                [number.to_string(), name, born, sex.to_owned(), (draw(7) / 2 % 9_000_000 + 1_000_000).to_string()];
            table.push_row(row.into_iter().map(model::Value::from).collect()).expect("the row fits");
        }
        let text = guess(&table, None, &["id"]).expect("there is something to compare");
        let spec = LinkSpec::from_toml(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        for alone in ["code", "born"] {
            assert!(spec.blocks.contains(&vec![alone.to_owned()]), "{text}");
        }
        assert!(!spec.blocks.contains(&vec!["sex".to_owned()]), "{text}");
    }
    /// Two columns that tell little, in tables of which most pairs share a value of one: there is a rule still, and a specification that
    /// can be read. Of numbers alone none can be made, and it says so.
    #[test]
    fn columns_that_tell_little_still_make_a_rule() {
        let table = |columns: [&str; 3], value: &dyn Fn(u64) -> [String; 2]| {
            let mut table = Table::with_columns(&columns.map(|name| (name, ColumnType::Text)));
            for number in 0..30_000u64 {
                let [one, other] = value(number);
                table.push_row(vec![number.to_string().into(), one.into(), other.into()]).expect("the row fits");
            }
            table
        };
        let few = table(["id", "kind", "size"], &|number| {
            [format!("kind {}", number % 3), format!("size {}", number / 7 % 4)]
        });
        let text = guess(&few, None, &["id"]).expect("there is something to compare");
        let spec = LinkSpec::from_toml(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        assert_eq!(spec.blocks.len(), 1, "{text}");
        let prices =
            table(["id", "low", "high"], &|number| [format!("{}.5", number % 90), format!("{}.25", number % 70)]);
        let error = guess(&prices, None, &["id"]).expect_err("numbers make no keys").to_string();
        assert!(error.starts_with("no column can bring likely pairs together"), "{error}");
    }
}
