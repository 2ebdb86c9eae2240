//! What was found, as tables and as networks for other programs.

use super::super::output::{Columns, check_place, whole, without_minus_zero};
use super::edges::Ids;
use crate::terminal::WrongInput;
use analyze::graph::{Graph, Link, Window};
use formats::graph::{Network, gexf, graphml};
use model::{Column, ColumnType, Table, Value};
use serde_json::Map;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What was found in one span of time.
pub(super) struct OfWindow {
    /// Vertices with an edge in it.
    pub(super) vertices: Vec<u32>,
    pub(super) edges: usize,
    /// A value for each of those vertices.
    pub(super) columns: Vec<Column>,
    pub(super) told: Map<String, serde_json::Value>,
}

/// A line for each vertex.
pub(super) fn nodes(ids: &Ids, columns: Vec<Column>) -> Table {
    let mut all = Column::new("id", ColumnType::Text);
    for vertex in 0..ids.len() as u32 {
        all.push(Value::Text(ids.get(vertex).into_owned())).expect("a column of text takes text");
    }
    let table = Table::from_columns(std::iter::once(all).chain(columns).collect());
    without_minus_zero(table.expect("one value for each vertex"))
}

/// A line for each pair.
pub(super) fn links(ids: &Ids, found: &[Link]) -> Table {
    let mut table = Columns::of(&["left", "right"], &["strength"], &[], &[]);
    for ((left, right), strength) in found {
        table.row([ids.get(*left).into_owned().into(), ids.get(*right).into_owned().into(), (*strength).into()]);
    }
    table.0
}

/// A line for each edge whose loss parts its ends.
pub(super) fn bridges(ids: &Ids, found: &[(u32, u32)]) -> Table {
    let mut table = Columns::of(&["left", "right"], &[], &[], &[]);
    for (left, right) in found {
        table.row([ids.get(*left).into_owned().into(), ids.get(*right).into_owned().into()]);
    }
    table.0
}

/// A line for each vertex in each span.
pub(super) fn windows(ids: &Ids, spans: &[Window], found: Vec<OfWindow>) -> Table {
    let parts = spans.iter().zip(found).map(|(span, own)| {
        let rows = own.vertices.len();
        let moment = |name: &str, value: i64| {
            let mut column = Column::new(name, ColumnType::Integer);
            (0..rows).for_each(|_| column.push(Value::Integer(value)).expect("a column of numbers takes numbers"));
            column
        };
        let mut id = Column::new("id", ColumnType::Text);
        for vertex in &own.vertices {
            id.push(Value::Text(ids.get(*vertex).into_owned())).expect("a column of text takes text");
        }
        let first = [moment("from", span.from), moment("until", span.until), id];
        Table::from_columns(first.into_iter().chain(own.columns).collect()).expect("one value for each vertex")
    });
    model::table::concatenate(parts.collect()).expect("all spans have the same columns")
}

/// A file that other programs for networks read.
pub(super) struct NetworkFile {
    path: PathBuf,
    write: fn(&Network<'_>, &mut dyn Write) -> std::io::Result<()>,
}

impl NetworkFile {
    /// # Errors
    /// An ending that is none of the two.
    pub(super) fn new(path: &Path) -> Result<Self, WrongInput> {
        let write = match path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).as_deref() {
            Some("gexf") => gexf,
            Some("graphml") => graphml,
            _ => {
                let path = path.display();
                return Err(WrongInput(format!("`{path}`: write a name that ends in .gexf or .graphml")));
            }
        };
        check_place(path)?;
        Ok(Self { path: path.to_owned(), write })
    }

    pub(super) fn write(&self, graph: &Graph, nodes: &Table) -> anyhow::Result<()> {
        let edges = || -> Box<dyn Iterator<Item = (usize, usize, Option<f64>)> + '_> {
            let weighted = graph.is_weighted();
            Box::new(graph.list().map(move |(source, target, weight)| {
                (source as usize, target as usize, weighted.then_some(if weight == 0.0 { 0.0 } else { weight }))
            }))
        };
        let network = Network { directed: graph.is_directed(), nodes, edges: &edges };
        whole(&self.path, |out| Ok((self.write)(&network, out)?))
    }
}
