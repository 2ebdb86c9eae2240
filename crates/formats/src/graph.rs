//! Networks for other programs: GEXF (Gephi) and GraphML (igraph, networkx, yEd, Cytoscape).
//!
//! Holds writers, pure: rows of vertices and edges in, bytes out. It must never change a value, but for signs that XML
//! has no place for.

use model::{ColumnType, Table, Value};
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use quick_xml::writer::Writer;
use std::io::{self, Write};

/// Edges of a network: the places of both ends among the vertices, and the weight where edges have one.
pub type NetworkEdges<'a> = dyn Fn() -> Box<dyn Iterator<Item = (usize, usize, Option<f64>)> + 'a> + 'a;

/// A network: vertices with their attributes, and edges between them.
pub struct Network<'a> {
    /// Edges lead from the first vertex to the second only.
    pub directed: bool,
    /// A row for each vertex; `id` names it, the other columns are its attributes.
    pub nodes: &'a Table,
    /// Every edge once.
    pub edges: &'a NetworkEdges<'a>,
}

impl std::fmt::Debug for Network<'_> {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "Network {{ directed: {}, nodes: {} }}", self.directed, self.nodes.len())
    }
}

/// Writes GEXF 1.3 (<https://gexf.net/schema.html>). What has no value has no attribute.
///
/// # Errors
/// What the writer says.
pub fn gexf(network: &Network<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut xml = begun(out)?;
    open(&mut xml, "gexf", &[("xmlns", "http://gexf.net/1.3"), ("version", "1.3")])?;
    let directed = if network.directed { "directed" } else { "undirected" };
    open(&mut xml, "graph", &[("mode", "static"), ("defaultedgetype", directed)])?;
    open(&mut xml, "attributes", &[("class", "node")])?;
    for (number, name, kind) in attributes(network.nodes) {
        single(&mut xml, "attribute", &[("id", &number.to_string()), ("title", name), ("type", type_of(kind))])?;
    }
    close(&mut xml, "attributes")?;
    open(&mut xml, "nodes", &[])?;
    for row in 0..network.nodes.len() {
        let id = network.nodes.text(row, "id").unwrap_or_default();
        open(&mut xml, "node", &[("id", &row.to_string()), ("label", id)])?;
        open(&mut xml, "attvalues", &[])?;
        for (number, name, _) in attributes(network.nodes) {
            if let Some(value) = written(&network.nodes.value(row, name)) {
                single(&mut xml, "attvalue", &[("for", &number.to_string()), ("value", &value)])?;
            }
        }
        close(&mut xml, "attvalues")?;
        close(&mut xml, "node")?;
    }
    close(&mut xml, "nodes")?;
    open(&mut xml, "edges", &[])?;
    for (number, (source, target, weight)) in (network.edges)().enumerate() {
        let (number, source, target) = (number.to_string(), source.to_string(), target.to_string());
        let weight = weight.map(|weight| weight.to_string());
        let mut pairs = vec![("id", number.as_str()), ("source", &source), ("target", &target)];
        pairs.extend(weight.as_deref().map(|weight| ("weight", weight)));
        single(&mut xml, "edge", &pairs)?;
    }
    ["edges", "graph", "gexf"].iter().try_for_each(|name| close(&mut xml, name))
}

/// Writes GraphML (U. Brandes et al., "GraphML progress report", 2001; <http://graphml.graphdrawing.org>). Vertices are
/// called by their own names.
///
/// # Errors
/// What the writer says.
pub fn graphml(network: &Network<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut xml = begun(out)?;
    open(&mut xml, "graphml", &[("xmlns", "http://graphml.graphdrawing.org/xmlns")])?;
    for (number, name, kind) in attributes(network.nodes) {
        let key = format!("n{number}");
        single(&mut xml, "key", &[("id", &key), ("for", "node"), ("attr.name", name), ("attr.type", type_of(kind))])?;
    }
    let weighted = (network.edges)().next().is_some_and(|(_, _, weight)| weight.is_some());
    if weighted {
        single(&mut xml, "key", &[("id", "w"), ("for", "edge"), ("attr.name", "weight"), ("attr.type", "double")])?;
    }
    let directed = if network.directed { "directed" } else { "undirected" };
    open(&mut xml, "graph", &[("id", "g"), ("edgedefault", directed)])?;
    let id = |row: usize| network.nodes.text(row, "id").unwrap_or_default();
    for row in 0..network.nodes.len() {
        open(&mut xml, "node", &[("id", id(row))])?;
        for (number, name, _) in attributes(network.nodes) {
            if let Some(value) = written(&network.nodes.value(row, name)) {
                data(&mut xml, &format!("n{number}"), &value)?;
            }
        }
        close(&mut xml, "node")?;
    }
    for (source, target, weight) in (network.edges)() {
        let ends = [("source", id(source)), ("target", id(target))];
        match weight {
            None => single(&mut xml, "edge", &ends)?,
            Some(weight) => {
                open(&mut xml, "edge", &ends)?;
                data(&mut xml, "w", &weight.to_string())?;
                close(&mut xml, "edge")?;
            }
        }
    }
    ["graph", "graphml"].iter().try_for_each(|name| close(&mut xml, name))
}

/// Columns other than the name: number, name and kind.
fn attributes(nodes: &Table) -> impl Iterator<Item = (usize, &str, ColumnType)> {
    let columns = nodes.columns().iter().map(|column| (column.name.as_str(), column.kind()));
    columns.filter(|(name, _)| *name != "id").enumerate().map(|(number, (name, kind))| (number, name, kind))
}

/// What both formats call a kind of value.
fn type_of(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Integer => "long",
        ColumnType::Number => "double",
        ColumnType::Flag => "boolean",
        _ => "string",
    }
}

fn written(value: &Value) -> Option<String> {
    (!value.is_null()).then(|| value.to_string())
}

type Xml<'a> = Writer<&'a mut dyn Write>;

fn begun(out: &mut dyn Write) -> io::Result<Xml<'_>> {
    let mut xml = Writer::new_with_indent(out, b' ', 1);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    Ok(xml)
}

fn element<'a>(name: &'a str, attributes: &[(&str, &str)]) -> BytesStart<'a> {
    let mut element = BytesStart::new(name);
    for (name, value) in attributes {
        element.push_attribute((*name, &*allowed(value)));
    }
    element
}

fn open(xml: &mut Xml<'_>, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
    xml.write_event(Event::Start(element(name, attributes)))
}

fn single(xml: &mut Xml<'_>, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
    xml.write_event(Event::Empty(element(name, attributes)))
}

fn close(xml: &mut Xml<'_>, name: &str) -> io::Result<()> {
    xml.write_event(Event::End(BytesEnd::new(name)))
}

fn data(xml: &mut Xml<'_>, key: &str, value: &str) -> io::Result<()> {
    open(xml, "data", &[("key", key)])?;
    xml.write_event(Event::Text(BytesText::new(&allowed(value))))?;
    close(xml, "data")
}

/// The text with a sign of doubt in place of what XML 1.0 cannot hold.
fn allowed(text: &str) -> std::borrow::Cow<'_, str> {
    let is_allowed = |sign: char| matches!(sign, '\t' | '\n' | '\r' | '\u{20}'..='\u{fffd}' | '\u{10000}'..);
    if text.chars().all(is_allowed) {
        return text.into();
    }
    text.chars()
        .map(|sign| if is_allowed(sign) { sign } else { char::REPLACEMENT_CHARACTER })
        .collect::<String>()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nodes() -> Table {
        let mut nodes = Table::with_columns(&[
            ("id", ColumnType::Text),
            ("rank", ColumnType::Number),
            ("cut_vertex", ColumnType::Flag),
        ]);
        for (id, rank, cut) in [("a & <b>", Value::Number(0.25), true), ("\"c\"\u{1}", Value::Null, false)] {
            nodes.push_row(vec![Value::Text(id.to_owned()), rank, Value::Flag(cut)]).unwrap();
        }
        nodes
    }

    fn text(write: fn(&Network<'_>, &mut dyn Write) -> io::Result<()>, weight: Option<f64>) -> String {
        let nodes = nodes();
        let edges =
            || -> Box<dyn Iterator<Item = (usize, usize, Option<f64>)>> { Box::new(std::iter::once((0, 1, weight))) };
        let mut out = Vec::new();
        write(&Network { directed: true, nodes: &nodes, edges: &edges }, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn names_are_written_so_that_they_can_be_read() {
        for text in [text(gexf, None), text(graphml, None)] {
            assert!(text.contains("a &amp; &lt;b&gt;") && text.contains("&quot;c&quot;\u{fffd}"), "{text}");
            assert!(!text.contains('\u{1}') && !text.contains("weight"), "{text}");
            let mut reader = quick_xml::Reader::from_str(&text);
            while !matches!(reader.read_event().expect("this is XML"), Event::Eof) {}
        }
    }

    #[test]
    fn values_and_weights_stand_where_their_readers_look() {
        let text = text(gexf, Some(2.5));
        assert!(
            text.contains(r#"<attvalue for="0" value="0.25"/>"#)
                && text.contains(r#"<attvalue for="1" value="false"/>"#)
        );
        assert!(text.contains(r#"<edge id="0" source="0" target="1" weight="2.5"/>"#), "{text}");
        // What has no value has no attribute: the second vertex has no rank.
        assert_eq!(text.matches(r#"for="0""#).count(), 1);
        let text = self::text(graphml, Some(2.5));
        assert!(
            text.contains(r#"<data key="n0">0.25</data>"#) && text.contains(r#"<data key="w">2.5</data>"#),
            "{text}"
        );
    }
}
