//! Spelling, numbers, places and dates as people write them.

use super::coded::point;
use super::*;
use crate::dates::Order;
use model::ColumnType;

#[test]
fn values_that_only_differ_in_spelling_share_a_code() {
    let mut table = Table::with_columns(&[("name", ColumnType::Text)]);
    for name in ["St. Basil's Pty Ltd", "SAINT BASILS", "", "Moree Lodge"] {
        table.push_row(vec![name.into()]).expect("the row fits");
    }
    let records = Records { left: &table, right: Some(&table) };
    let name = ["name".to_owned()];
    let column = records.code(&name, &name, Reads::Words).expect("the column is there");
    assert_eq!(column.codes, [0, 0, UNKNOWN, 1, 0, 0, UNKNOWN, 1]);
    assert_eq!(column.text(1), "moree lodge");
    assert_eq!(column.subject(0).words.len(), 2);
    let error = records.code(&["x".to_owned()], &name, Reads::Text).err().map(|error| error.to_string());
    assert_eq!(error.as_deref(), Some("the left table has no column `x`; it has `name`"));
}

#[test]
fn numbers_and_places_are_read_as_people_write_them() {
    for (text, expected) in [
        ("12", Some(12.0)),
        (" -1.5 ", Some(-1.5)),
        ("$1,234.50", Some(1234.5)),
        ("€ 7", Some(7.0)),
        ("1,5", None),
        ("12,34,567", None),
        ("NaN", None),
        ("inf", None),
        ("1e999", None),
        ("abc", None),
    ] {
        assert_eq!(number(text), expected, "{text}");
    }
    assert_eq!(point("-33.8,151.2"), Some([-33.8, 151.2]));
    assert_eq!(point("NaN,151.2"), None);
}

/// One text means two days where the files are of two orders; what cannot be read is counted with its first row.
#[test]
fn dates_are_read_in_the_order_of_their_file() {
    let table = |values: &[&str]| {
        let mut table = Table::with_columns(&[("born", ColumnType::Text)]);
        values.iter().for_each(|value| table.push_row(vec![(*value).into()]).expect("the row fits"));
        table
    };
    let (left, right) = (table(&["3/4/2019", "25/4/2019", "", "soon"]), table(&["4/3/2019", "3/4/2019", "4/25/2019"]));
    let born = ["born".to_owned()];
    let column =
        Records { left: &left, right: Some(&right) }.code(&born, &born, Reads::Date).expect("dates can be read");
    let written: Vec<&str> =
        column.codes.iter().map(|code| if *code == UNKNOWN { "" } else { column.text(*code) }).collect();
    assert_eq!(written, ["20190403", "20190425", "", "soon", "20190403", "20190304", "20190425"]);
    let told: Vec<_> = column.readings.iter().map(|one| (one.values, one.unread, one.orders.taken())).collect();
    assert_eq!(told, [(3, 1, Order::DayFirst), (3, 0, Order::MonthFirst)]);
    assert_eq!(column.readings[0].first_unread, Some((3, "soon".to_owned())));
    let none = table(&["soon", "later"]);
    let error = Records { left: &none, right: None }.code(&born, &born, Reads::Date).err();
    let error = error.map(|error| error.to_string()).unwrap_or_default();
    assert!(error.starts_with("the left table: column `born`, row 1: there is `soon`"), "{error}");
}
