//! JSON, JSON Lines, GeoJSON, workbooks and feeds: shapes, faults, attacks.

mod common;

use common::{All, read};
use formats::social::feed::Feed;
use formats::social::paging::older_page;
use formats::table::geojson::GeoJson;
use formats::table::json::Json;
use formats::table::json_lines::JsonLines;
use formats::table::xlsx::Xlsx;
use formats::{Format, FormatError, Limits, ReadOptions};

fn records(path: &str) -> ReadOptions {
    ReadOptions { records: path.to_owned(), ..ReadOptions::default() }
}

fn sorted(all: &All) -> Vec<String> {
    let names = all.names();
    let mut cells: Vec<String> = all
        .rows()
        .iter()
        .enumerate()
        .flat_map(|(row, cells)| {
            names.iter().zip(cells.clone()).map(move |(name, cell)| format!("{row} {name}={cell}")).collect::<Vec<_>>()
        })
        .filter(|cell| !cell.ends_with("=~"))
        .collect();
    cells.sort();
    cells
}

const NESTED: &str = r#"{"count": 2, "facilities": [
  {"ccn": "01", "stars": 1, "open": true, "q": {"a": 1.5, "b": null}, "tags": ["x", 2], "fines": [{"usd": 5}, {"usd": 7.0}]},
  {"ccn": 2, "fines": []}], "after": [1, 2]}"#;

#[test]
fn every_format_reads_its_sample_and_knows_it() {
    for format in formats::ALL {
        let about = format.about();
        let all = read(*format, about.sample, &ReadOptions::default())
            .unwrap_or_else(|error| panic!("{}: {error}", about.name));
        assert!(!all.rows().is_empty(), "{}", about.name);
        let name = format!("file.{}", about.endings[0]);
        assert_eq!(formats::recognize(&name, about.sample).unwrap().about().name, about.name);
        assert_eq!(formats::find(about.name).unwrap().about().title, about.title);
    }
    assert_eq!(formats::recognize("homes", b"name,beds\nA,4\n").unwrap().about().name, "csv");
    assert_eq!(
        formats::recognize("posts.xml", b"<?xml version=\"1.0\"?><rss version=\"2.0\">").unwrap().about().name,
        "feed"
    );
    assert!(formats::recognize("picture", b"\x89PNG\r\n\x1a\n\0\0").is_none());
}

#[test]
fn nested_json_becomes_flat_and_arrays_explode_where_the_path_says() {
    let facilities = read(&Json, NESTED.as_bytes(), &records("facilities")).unwrap();
    assert_eq!(
        sorted(&facilities),
        [
            "0 ccn=01",
            "0 fines=[{\"usd\":5},{\"usd\":7.0}]",
            "0 open=true",
            "0 q.a=1.5",
            "0 stars=1",
            "0 tags=[\"x\",2]",
            "1 ccn=2",
            "1 fines=[]",
        ]
    );
    let fines = read(&Json, NESTED.as_bytes(), &records("facilities[].fines")).unwrap();
    let cells = sorted(&fines);
    for cell in ["0 usd=5", "1 usd=7.0", "1 parent.ccn=01", "0 parent.q.a=1.5"] {
        assert!(cells.contains(&cell.to_owned()), "{cell} in {cells:?}");
    }
    assert!(!cells.iter().any(|cell| cell.contains("parent.fines")), "{cells:?}");
    assert_eq!(fines.rows().len(), 2);
    assert_eq!(read(&Json, br#"{"a": 1}"#, &records("")).unwrap().rows(), [["1"]]);
    assert_eq!(
        read(&Json, b"\xEF\xBB\xBF[[1, \"x\"], [2, \"y\"]]", &records("")).unwrap().rows(),
        [["1", "x"], ["2", "y"]]
    );
    assert_eq!(read(&Json, b"[1, null, \"z\"]", &records("")).unwrap().rows(), [["1"], ["~"], ["z"]]);
}

#[test]
fn json_that_is_not_there_broken_or_endless_is_an_error_that_says_so() {
    let error = |bytes: &[u8], path: &str| read(&Json, bytes, &records(path)).err().expect("an error").to_string();
    assert_eq!(error(br#"{"a": 1}"#, "b"), "there are no records at `b`; the document holds no such key there");
    assert_eq!(error(br#"{"a": 1}"#, "a"), "there are no records at `a`; the document holds a number there");
    assert!(error(br#"[{"a": 1}, {"a": "#, "").starts_with("the JSON is broken: EOF"));
    assert!(error("[".repeat(100_000).as_bytes(), "").contains("recursion limit"));
    let limits = Limits { record_bytes: 10_000, ..Limits::default() };
    let options = ReadOptions { limits, ..ReadOptions::default() };
    let endless = format!("[{{\"a\": \"{}\"}}]", "x".repeat(1 << 20));
    assert!(matches!(read(&Json, endless.as_bytes(), &options), Err(FormatError::TooLarge { .. })));
    let deep = format!("[{}1{}]", "{\"a\":".repeat(80), "}".repeat(80));
    let all = read(&Json, deep.as_bytes(), &ReadOptions::default()).unwrap();
    assert_eq!(all.problems[0].cause, "nested_too_deep");
    let wide: String = (0..2_100).map(|number| format!("\"k{number}\": {number},")).collect();
    let all = read(&Json, format!("[{{{wide} \"z\": 1}}]").as_bytes(), &ReadOptions::default()).unwrap();
    assert_eq!(all.problems.iter().filter(|problem| problem.cause == "too_many_columns").count(), 101);
    assert_eq!(all.names().len(), 2_000);
}

#[test]
fn a_broken_line_of_json_lines_is_left_out() {
    let limits = Limits { record_bytes: 100, ..Limits::default() };
    let options = ReadOptions { limits, ..ReadOptions::default() };
    let text = format!("{{\"a\": 1}}\n\nnot json\n{{\"a\": \"{}\"}}\n{{\"b\": [1]}}", "x".repeat(500));
    let all = read(&JsonLines, text.as_bytes(), &options).unwrap();
    assert_eq!(all.rows(), [["1", "~"], ["~", "[1]"]]);
    assert_eq!(all.causes(), [("not_json", Some(3), Some(2)), ("not_json", Some(4), Some(3))]);
}

#[test]
fn geojson_gives_properties_and_coordinates() {
    let text = br#"{"type": "FeatureCollection", "features": [
        {"type": "Feature", "id": 7, "properties": {"name": "A", "n": {"x": 1}}, "geometry": {"type": "Point", "coordinates": [149.1, -35.3]}},
        {"type": "Feature", "properties": null, "geometry": {"type": "Point", "coordinates": [500, 0]}},
        {"type": "Feature", "properties": {"name": "B"}, "geometry": {"type": "LineString", "coordinates": [[1, 2], [3, 4]]}}]}"#;
    let all = read(&GeoJson, text, &ReadOptions::default()).unwrap();
    assert_eq!(sorted(&all), ["0 latitude=-35.3", "0 longitude=149.1", "0 n.x=1", "0 name=A", "2 name=B"]);
    let part = &all.parts[0];
    assert_eq!(
        (part.text(0, "_feature"), part.text(2, "_geometry").map(|text| text.contains("LineString"))),
        (Some("7"), Some(true))
    );
    assert_eq!(all.causes(), [("wrong_coordinates", None, Some(2))]);
}

#[test]
fn a_sheet_gives_text_as_people_see_it() {
    let all = read(&Xlsx, Xlsx.about().sample, &ReadOptions::default()).unwrap();
    assert_eq!(all.names(), ["name", "beds", "since", "open", "stars"]);
    assert_eq!(
        all.rows(),
        [
            ["A H Orr Lodge", "40", "2023-05-01", "true", "3.5"],
            ["70 Lowe Street", "~", "2023-05-01T18:00:00", "~", "~"]
        ]
    );
    assert_eq!(all.causes(), [("cell_error", Some(5), Some(2))]);
    let options = ReadOptions { sheet: Some("Nobody".to_owned()), ..ReadOptions::default() };
    let error = read(&Xlsx, Xlsx.about().sample, &options).err().unwrap();
    assert_eq!(error.to_string(), "there is no sheet `Nobody`; the workbook has Homes");
}

#[test]
fn a_workbook_that_unpacks_without_end_is_refused() {
    let limits = Limits { unpacked_bytes: 2_000, ..Limits::default() };
    let options = ReadOptions { limits, ..ReadOptions::default() };
    assert!(matches!(read(&Xlsx, Xlsx.about().sample, &options), Err(FormatError::TooLarge { .. })));
    assert!(matches!(read(&Xlsx, b"PK\x03\x04 nothing", &ReadOptions::default()), Err(FormatError::Broken { .. })));
}

const RSS: &str = r#"<?xml version="1.0"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
  <title>Posts</title><link>https://posts.example/</link><language>en</language><atom:link rel="next" href="/posts.rss?page=2"/>
  <item><guid>p1</guid><title>4/5: Kind &amp; clean</title><description>&lt;p&gt;Kind &lt;b&gt;staff&lt;/b&gt;&lt;script&gt;x&lt;/script&gt;&lt;/p&gt;</description>
  <dc:creator>ann</dc:creator><pubDate>Sat, 01 Feb 2025 10:00:00 +1100</pubDate><link>https://posts.example/p1</link></item></channel></rss>"#;
const ATOM: &str = r#"<feed xmlns="http://www.w3.org/2005/Atom"><id>f</id><title>Posts</title><updated>2025-02-01T00:00:00Z</updated>
  <link rel="prev-archive" href="https://posts.example/2024.atom"/>
  <entry><id>p2</id><title>Home</title><updated>2025-02-01T00:00:00Z</updated><published>2025-01-31T00:00:00Z</published>
  <author><name>ben</name></author><link href="https://posts.example/p2"/><content type="html">&lt;i&gt;good&lt;/i&gt;</content></entry></feed>"#;
const JSON_FEED: &str = r#"{"version": "https://jsonfeed.org/version/1.1", "title": "Posts", "next_url": "https://posts.example/posts.json?page=2",
  "items": [{"id": "p3", "title": "t", "content_text": "a < b", "url": "https://posts.example/p3", "date_published": "2025-02-01T00:00:00Z",
  "authors": [{"name": "cat"}]}]}"#;

#[test]
fn all_three_feeds_give_the_same_columns_and_content_as_received() {
    let post = |bytes: &str| {
        let all = read(&Feed, bytes.as_bytes(), &ReadOptions::default()).unwrap();
        assert_eq!(all.names(), formats::social::feed::COLUMNS);
        all.rows().remove(0)
    };
    assert_eq!(
        post(RSS),
        [
            "p1",
            "4/5: Kind & clean",
            "<p>Kind <b>staff</b><script>x</script></p>",
            "ann",
            "2025-01-31T23:00:00+00:00",
            "2025-01-31T23:00:00+00:00",
            "https://posts.example/p1",
            "en"
        ]
    );
    assert_eq!(post(ATOM)[..5], ["p2", "Home", "<i>good</i>", "ben", "2025-01-31T00:00:00+00:00"]);
    assert_eq!(post(JSON_FEED)[..5], ["p3", "t", "a < b", "cat", "2025-02-01T00:00:00+00:00"]);
}

#[test]
fn a_feed_names_its_older_page() {
    let older = |bytes: &str| older_page(bytes.as_bytes(), "https://posts.example/posts.rss");
    assert_eq!(older(RSS).as_deref(), Some("https://posts.example/posts.rss?page=2"));
    assert_eq!(older(ATOM).as_deref(), Some("https://posts.example/2024.atom"));
    assert_eq!(older(JSON_FEED).as_deref(), Some("https://posts.example/posts.json?page=2"));
    assert_eq!(older("<rss version=\"2.0\"><channel><title>x</title></channel></rss>"), None);
    assert_eq!(older("{}"), None);
}

#[test]
fn hostile_feeds_are_refused() {
    let bomb = r#"<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss version="2.0"><channel><title>&b;</title></channel></rss>"#;
    assert!(matches!(read(&Feed, bomb.as_bytes(), &ReadOptions::default()), Err(FormatError::Hostile(_))));
    let deep = format!("<rss version=\"2.0\">{}", "<a>".repeat(100_000));
    assert!(matches!(read(&Feed, deep.as_bytes(), &ReadOptions::default()), Err(FormatError::Hostile(_))));
    assert!(matches!(read(&Feed, b"<html></html>", &ReadOptions::default()), Err(FormatError::Broken { .. })));
}
