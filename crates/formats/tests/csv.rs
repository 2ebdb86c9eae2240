//! CSV as it is sent: every dialect, every encoding, broken and hostile.

mod common;

use common::{All, read};
use encoding_rs::Encoding;
use formats::table::csv::Csv;
use formats::{FormatError, Limits, ReadOptions};
use proptest::prelude::*;

fn csv(bytes: &[u8]) -> All {
    read(&Csv, bytes, &ReadOptions::default()).expect("reads")
}

fn check(bytes: &[u8], names: &[&str], rows: &[&[&str]]) {
    let all = csv(bytes);
    assert_eq!(all.names(), names, "{}", String::from_utf8_lossy(bytes));
    assert_eq!(all.rows(), rows, "{}", String::from_utf8_lossy(bytes));
}

#[test]
fn any_dialect_gives_the_same_rows() {
    let rows: &[&[&str]] = &[&["A, B", "4"], &["C \"x\"\ny", "~"]];
    for text in [
        "name,beds\n\"A, B\",4\n\"C \"\"x\"\"\ny\",\n",
        "name;beds\r\n\"A, B\";4\r\n\"C \"\"x\"\"\ny\";",
        "\u{feff}name\tbeds\nA, B\t4\n\"C \"\"x\"\"\ny\"\t\n\n",
        "\n\nname|beds\nA, B|4\n\"C \"\"x\"\"\ny\"|\n",
    ] {
        check(text.as_bytes(), &["name", "beds"], rows);
    }
    check(b"name,beds\rA,4\rB,5", &["name", "beds"], &[&["A", "4"], &["B", "5"]]);
    check(
        b"A,4,2023-01-02\nB,5,2023-01-03\n",
        &["column_1", "column_2", "column_3"],
        &[&["A", "4", "2023-01-02"], &["B", "5", "2023-01-03"]],
    );
    check(b"a,a, ,_line\n1,2,3,4\n", &["a", "a_2", "column_3"], &[&["1", "2", "3"]]);
    check(b"name,beds\n", &["name", "beds"], &[]);
    check(b"one\ntwo\nthree\n", &["one"], &[&["two"], &["three"]]);
}

#[test]
fn any_encoding_gives_the_same_text() {
    let text = "Straße;Größe;Ort\nMühlenweg;klein;Köln\nÄhrenstraße;groß;Düsseldorf am schönen Rhein\n".repeat(20);
    for label in ["utf-8", "windows-1252", "utf-16le", "utf-16be"] {
        let encoding = Encoding::for_label(label.as_bytes()).unwrap();
        let bytes = match label {
            "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            "utf-16be" => [0xFE, 0xFF].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect(),
            _ => encoding.encode(&text).0.into_owned(),
        };
        let all = csv(&bytes);
        assert_eq!(all.names(), ["Straße", "Größe", "Ort"], "{label}");
        assert_eq!(all.rows()[1], ["Ährenstraße", "groß", "Düsseldorf am schönen Rhein"], "{label}");
    }
    let japanese = "病院,評価\n国立病院,とても親切でした\n市立病院,待ち時間が長い\n".repeat(10);
    let (bytes, ..) = encoding_rs::SHIFT_JIS.encode(&japanese);
    assert_eq!(csv(&bytes).rows()[0], ["国立病院", "とても親切でした"]);
}

#[test]
fn an_encoding_that_shows_late_is_still_found() {
    let mut bytes = b"name,city\n".to_vec();
    for number in 0..60_000 {
        bytes.extend_from_slice(format!("home {number},town\n").as_bytes());
    }
    bytes.extend_from_slice(b"M\xfchle,K\xf6ln\nStra\xdfe,D\xfcsseldorf\n");
    let rows = csv(&bytes).rows();
    assert_eq!(rows.len(), 60_002);
    assert_eq!(rows[60_000], ["Mühle", "Köln"]);
}

#[test]
fn what_is_broken_becomes_a_problem_and_the_rest_goes_on() {
    let all = csv(b"a,b\n1,2\n\"x\"y,3\n4\n5,6,7\n8,9,\n\n\"never closed,10\n11,12\n");
    assert_eq!(all.rows(), [["1", "2"], ["8", "9"], ["11", "12"]]);
    assert_eq!(
        all.causes(),
        [
            ("broken_quote", Some(3), Some(2)),
            ("ragged_row", Some(4), Some(3)),
            ("ragged_row", Some(5), Some(4)),
            ("unclosed_quote", Some(8), Some(6)),
        ]
    );
    let numbers: Vec<_> = (0..3).map(|row| all.parts[0].value(row, "_line").to_string()).collect();
    assert_eq!(numbers, ["2", "6", "9"]);
}

#[test]
fn bytes_that_are_wrong_for_the_encoding_leave_out_their_cell_only() {
    let mut bytes = "name,city\nMühle,Köln\nÄhre,Übach\nÖl,Ärger\n".repeat(10).into_bytes();
    bytes.extend_from_slice(b"good,ba\xffd\nlast,one\n");
    let all = csv(&bytes);
    assert_eq!(all.rows().last().unwrap(), &["last", "one"]);
    assert_eq!(all.rows()[all.rows().len() - 2], ["good", "~"]);
    assert_eq!(all.causes(), [("wrong_bytes", Some(41), Some(40))]);
    assert_eq!(all.problems[0].found, "ba\u{fffd}d");
    // The names of columns are told too.
    let utf_8 = ReadOptions { encoding: Some("utf-8".to_owned()), ..ReadOptions::default() };
    let all = read(&Csv, b"name,stra\xdfe\nA,B\n", &utf_8).expect("reads");
    assert_eq!(all.names(), ["name", "stra\u{fffd}e"]);
    assert_eq!(all.causes(), [("wrong_bytes", Some(1), None)]);
}

#[test]
fn nothing_grows_without_bound() {
    let limits = Limits { cell_bytes: 100, record_bytes: 1_000, columns: 50, chunk_rows: 10, ..Limits::default() };
    let options =
        ReadOptions { limits, delimiter: Some(b','), quote: Some(b'"'), header: Some(true), ..ReadOptions::default() };
    let mut text = String::from("a,b\n");
    for row in 0..95 {
        text.push_str(&format!("{row},x\n"));
    }
    text.push_str(&format!("{},long cell\n", "y".repeat(101)));
    text.push_str(&format!("\"{}\n", "z".repeat(600_000)));
    text.push_str("last,one\n");
    let all = read(&Csv, text.as_bytes(), &options).unwrap();
    assert!(all.parts.iter().all(|part| part.len() <= 10));
    assert_eq!(all.rows().len(), 97);
    assert_eq!(all.rows()[95], ["~", "long cell"]);
    assert_eq!(all.rows()[96], ["last", "one"]);
    let causes: Vec<_> = all.causes().into_iter().map(|(cause, ..)| cause).collect();
    assert_eq!(causes, ["cell_too_long", "record_too_long"]);
    let wide = format!("{}\n", "c,".repeat(60));
    assert!(matches!(read(&Csv, wide.as_bytes(), &options), Err(FormatError::TooLarge { .. })));
}

proptest! {
    /// What is written by RFC 4180 comes back, whatever the cells hold and wherever the blocks end.
    #[test]
    fn what_was_written_is_read(
        rows in prop::collection::vec(prop::collection::vec("[a-zäß,;\"\n\r' ]{0,12}", 3), 1..40),
        delimiter in prop::sample::select(vec![b',', b';', b'\t', b'|']),
    ) {
        let mut bytes = Vec::new();
        let mut written = csv_line(&["one".into(), "two".into(), "three".into()], delimiter);
        for row in &rows {
            written.push_str(&csv_line(row, delimiter));
        }
        bytes.extend_from_slice(written.as_bytes());
        let options = ReadOptions { delimiter: Some(delimiter), quote: Some(b'"'), header: Some(true), ..ReadOptions::default() };
        let all = read(&Csv, &bytes, &options).unwrap();
        let expected: Vec<Vec<String>> = rows
            .iter()
            .map(|row| row.iter().map(|cell| if cell.is_empty() { "~".to_owned() } else { cell.clone() }).collect())
            .collect();
        prop_assert_eq!(all.rows(), expected);
        prop_assert!(all.problems.is_empty());
    }

    /// No bytes make the reader panic or lose a record without a word.
    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        if let Ok(all) = read(&Csv, &bytes, &ReadOptions::default()) {
            prop_assert!(all.rows().len() + all.problems.len() <= bytes.len() + 1);
        }
    }
}

fn csv_line(cells: &[String], delimiter: u8) -> String {
    let quoted: Vec<String> = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
    format!("{}\r\n", quoted.join(&char::from(delimiter).to_string()))
}
