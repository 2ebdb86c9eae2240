//! Which measures there are, and the columns that each one fills.

use super::super::Run;
use analyze::graph::{
    CommunitySettings, Direction, Graph, GraphError, RankSettings, Sample, assortativity, betweenness, closeness,
    communities, core_numbers, cuts, degrees, hits, pagerank, sampled_betweenness, strengths, strong_components,
    triangles, weak_components,
};
use model::run::Progress;
use model::{Column, ColumnType, Value};
use serde_json::Map;
use std::cell::OnceCell;

/// Rounds of hubs and authorities at most.
const HITS_ROUNDS: usize = 1000;

/// What can be measured. Components, communities, kcore, triangles and cuts leave directions aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Measure {
    /// Number of edges: degree, and degree_in and degree_out where directed
    Degree,
    /// Weight of edges: strength, and strength_in and strength_out where directed
    Strength,
    /// How often one comes by who follows edges
    Pagerank,
    /// Hub and authority
    Hits,
    /// Who can be reached, whatever the direction: component, the largest is 1
    Components,
    /// Who can be reached there and back: strong_component
    Strong,
    /// Parts that hold together more than chance would have it: community, the largest is 1
    Communities,
    /// How deep in a dense part: core
    Kcore,
    /// Triangles, and clustering
    Triangles,
    /// Share of shortest paths that pass: betweenness, and betweenness_error with --sources
    Betweenness,
    /// Nearness to all others: closeness and harmonic
    Closeness,
    /// Who holds the whole together: cut_vertex
    Cuts,
    /// Whether the well connected are connected with each other; told of the whole
    Assortativity,
}

impl Measure {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Degree => "degree",
            Self::Strength => "strength",
            Self::Pagerank => "pagerank",
            Self::Hits => "hits",
            Self::Components => "components",
            Self::Strong => "strong",
            Self::Communities => "communities",
            Self::Kcore => "kcore",
            Self::Triangles => "triangles",
            Self::Betweenness => "betweenness",
            Self::Closeness => "closeness",
            Self::Cuts => "cuts",
            Self::Assortativity => "assortativity",
        }
    }

    fn leaves_directions_aside(self) -> bool {
        matches!(self, Self::Communities | Self::Kcore | Self::Triangles | Self::Cuts)
    }
}

/// What is measured, and how.
pub(super) struct Measuring {
    pub(super) measures: Vec<Measure>,
    pub(super) rank: RankSettings<'static>,
    pub(super) communities: CommunitySettings,
    /// Betweenness is exact where not given.
    pub(super) sample: Option<Sample>,
}

/// Columns with a value for each vertex, and what is told of the whole.
#[derive(Default)]
pub(super) struct Measured {
    pub(super) columns: Vec<Column>,
    pub(super) told: Map<String, serde_json::Value>,
    /// Edges whose loss parts their ends; of `cuts`.
    pub(super) bridges: Vec<(u32, u32)>,
}

impl Measuring {
    /// Takes every measure, with its time. `plain` is filled with the graph without directions where one needs it.
    pub(super) fn all(
        &self,
        graph: &Graph,
        plain: &OnceCell<Graph>,
        run: &mut Run,
        seconds: &mut Map<String, serde_json::Value>,
    ) -> Result<Measured, GraphError> {
        let mut measured = Measured::default();
        for (number, measure) in self.measures.iter().enumerate() {
            run.bar.at(measure.word(), number as u64, self.measures.len() as u64);
            let graph = of(*measure, graph, plain);
            let began = std::time::Instant::now();
            run.work(|| self.one(*measure, graph, &mut measured))?;
            seconds.insert(measure.word().to_owned(), began.elapsed().as_secs_f64().into());
        }
        Ok(measured)
    }

    /// The same without a word, of a graph that is one of many.
    pub(super) fn quietly(&self, graph: &Graph) -> Result<Measured, GraphError> {
        let (mut measured, plain) = (Measured::default(), OnceCell::new());
        for measure in &self.measures {
            self.one(*measure, of(*measure, graph, &plain), &mut measured)?;
        }
        Ok(measured)
    }

    fn one(&self, measure: Measure, graph: &Graph, into: &mut Measured) -> Result<(), GraphError> {
        match measure {
            Measure::Degree => {
                for (direction, name) in directions(graph, ["degree", "degree_in", "degree_out"]) {
                    into.counts(name, degrees(graph, direction).into_iter().map(i64::from));
                }
            }
            Measure::Strength => {
                for (direction, name) in directions(graph, ["strength", "strength_in", "strength_out"]) {
                    into.numbers(name, strengths(graph, direction));
                }
            }
            Measure::Pagerank => {
                let found = pagerank(graph, &self.rank)?;
                into.tell("pagerank_rounds", found.rounds);
                into.tell("pagerank_error", found.error);
                into.numbers("pagerank", found.ranks);
            }
            Measure::Hits => {
                let found = hits(graph, self.rank.tolerance, HITS_ROUNDS)?;
                into.tell("hits_rounds", found.rounds);
                into.tell("hits_change", found.change);
                into.numbers("hub", found.hubs);
                into.numbers("authority", found.authorities);
            }
            Measure::Components => {
                let found = weak_components(graph);
                into.groups("component", "components", &found.of, &found.sizes);
            }
            Measure::Strong => {
                let found = strong_components(graph);
                into.groups("strong_component", "strong_components", &found.of, &found.sizes);
            }
            Measure::Communities => {
                let found = communities(graph, &self.communities)?;
                into.tell("modularity", found.modularity);
                into.groups("community", "communities", &found.of, &found.sizes);
            }
            Measure::Kcore => {
                let found = core_numbers(graph);
                into.tell("largest_core", found.iter().max().copied().unwrap_or(0));
                into.counts("core", found.into_iter().map(i64::from));
            }
            Measure::Triangles => {
                let found = triangles(graph)?;
                into.tell("triangles", found.total);
                into.tell("transitivity", found.transitivity);
                into.tell("mean_clustering", found.mean_clustering);
                into.counts("triangles", found.of.into_iter().map(|own| own as i64));
                into.numbers("clustering", found.clustering);
            }
            Measure::Betweenness => match self.sample {
                None => into.numbers("betweenness", betweenness(graph, true)?),
                Some(sample) => {
                    let found = sampled_betweenness(graph, &sample)?;
                    into.tell("betweenness_sources", found.sources);
                    into.tell("betweenness_largest_error", found.errors.iter().copied().fold(0.0, f64::max));
                    into.numbers("betweenness", found.values);
                    into.numbers("betweenness_error", found.errors);
                }
            },
            Measure::Closeness => {
                let found = closeness(graph)?;
                into.numbers("closeness", found.closeness);
                into.numbers("harmonic", found.harmonic);
            }
            Measure::Cuts => {
                let found = cuts(graph)?;
                into.tell("bridges", found.bridges.len());
                into.tell("cut_vertices", found.vertices.len());
                let mut is_cut = vec![false; graph.vertices()];
                found.vertices.iter().for_each(|vertex| is_cut[*vertex as usize] = true);
                into.column("cut_vertex", ColumnType::Flag, is_cut.into_iter().map(Value::Flag));
                into.bridges = found.bridges;
            }
            Measure::Assortativity => into.tell("assortativity", assortativity(graph)),
        }
        Ok(())
    }
}

/// The graph that a measure is of.
fn of<'a>(measure: Measure, graph: &'a Graph, plain: &'a OnceCell<Graph>) -> &'a Graph {
    if measure.leaves_directions_aside() && graph.is_directed() {
        plain.get_or_init(|| graph.undirected())
    } else {
        graph
    }
}

/// The directions that are told apart, with the names of their columns.
fn directions(graph: &Graph, [both, into, out]: [&'static str; 3]) -> Vec<(Direction, &'static str)> {
    let all = [(Direction::Both, both), (Direction::In, into), (Direction::Out, out)];
    all.into_iter().take(if graph.is_directed() { 3 } else { 1 }).collect()
}

impl Measured {
    fn tell(&mut self, name: &str, value: impl Into<serde_json::Value>) {
        self.told.insert(name.to_owned(), value.into());
    }

    fn column(&mut self, name: &str, kind: ColumnType, values: impl Iterator<Item = Value>) {
        let mut column = Column::new(name, kind);
        values.for_each(|value| column.push(value).expect("values were made for this column"));
        self.columns.push(column);
    }

    fn counts(&mut self, name: &str, values: impl Iterator<Item = i64>) {
        self.column(name, ColumnType::Integer, values.map(Value::Integer));
    }

    fn numbers(&mut self, name: &str, values: Vec<f64>) {
        self.column(name, ColumnType::Number, values.into_iter().map(Value::Number));
    }

    /// Groups numbered from 1, their number, and the size of the largest.
    fn groups(&mut self, name: &str, all: &str, of: &[u32], sizes: &[u32]) {
        self.tell(all, sizes.len());
        self.tell(&format!("largest_{name}"), sizes.first().copied().unwrap_or(0));
        self.counts(name, of.iter().map(|group| i64::from(*group) + 1));
    }
}
