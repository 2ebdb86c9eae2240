//! `counterflow graph`: who is connected with whom, how closely, and who holds the whole together.
//!
//! Holds the command: what it is called with and what it writes. It must never hold a measure: those are in `analyze::graph`.

mod edges;
mod lists;
mod measures;
mod tables;

use super::input::Input;
use super::{Common, Run, count, number, whole};
use crate::terminal::WrongInput;
use analyze::graph::{
    CommunitySettings, Graph, GraphError, GraphSettings, HoldOut, LinkMethod, RankSettings, Repeats, Sample,
    TimedEdges, Window, per_window, strongest_links, temporal_hold_out, windows,
};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use edges::{Edges, Signs};
use measures::{Measure, Measured, Measuring};
use serde_json::{Map, Value, json};
use std::cell::OnceCell;
use std::path::PathBuf;
use tables::NetworkFile;

/// How the command is called.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Edges: source,target and, where known, weight and time (seconds since 1970 or 2026-01-31T09:30:00Z). Two whole numbers on each line need no header; nor do other lists, where it is said which column is which: `--columns source=1,target=2,time=3`
    input: PathBuf,
    /// What is measured, for each vertex
    #[arg(long, value_delimiter = ',', value_enum, default_values = ["degree", "pagerank", "components", "communities"])]
    measures: Vec<Measure>,
    /// Edges lead both ways
    #[arg(long)]
    undirected: bool,
    /// Each edge once, without weights and without edges from a vertex to itself
    #[arg(long)]
    simple: bool,
    /// Edges with a weight of this sign only
    #[arg(long, value_enum, conflicts_with = "simple")]
    signs: Option<Signs>,
    /// Chance to follow an edge, for pagerank
    #[arg(long, value_parser = number, default_value_t = RankSettings::default().damping)]
    damping: f64,
    /// Most that all ranks together may be off
    #[arg(long, value_parser = number, default_value_t = RankSettings::default().tolerance)]
    tolerance: f64,
    /// Above 1 for more and smaller communities, below 1 for fewer
    #[arg(long, value_parser = number, default_value_t = CommunitySettings::default().resolution)]
    resolution: f64,
    /// Estimate betweenness from this many sources, with its error
    #[arg(long, value_parser = count::<usize>)]
    sources: Option<usize>,
    /// Seed of communities and of what is drawn
    #[arg(long, value_parser = count::<u64>, default_value_t = 1)]
    seed: u64,
    /// Where to write the pairs without an edge that are drawn to each other most strongly: left,right,strength
    #[arg(long)]
    links: Option<PathBuf>,
    /// How strongly two are drawn to each other
    #[arg(long, value_parser = methods(), default_value = LinkMethod::ResourceAllocation.word(), requires = "links")]
    link_method: LinkMethod,
    /// Most pairs that are written
    #[arg(long, value_parser = count::<usize>, default_value_t = 1000, requires = "links")]
    most_links: usize,
    /// Where to write the same measures for each span of time: from,until,id and the measures
    #[arg(long, requires = "window")]
    windows: Option<PathBuf>,
    /// Length of a span in seconds
    #[arg(long, value_parser = whole, requires = "windows")]
    window: Option<i64>,
    /// Seconds from one span to the next; the length of a span where not given
    #[arg(long, value_parser = whole, requires = "windows")]
    step: Option<i64>,
    /// Times are thousandths of a second
    #[arg(long)]
    milliseconds: bool,
    /// Where to write the edges without which their ends would not hang together: left,right; measures cuts as well
    #[arg(long)]
    bridges: Option<PathBuf>,
    /// Where to write the whole for other programs: .gexf or .graphml
    #[arg(long)]
    network: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

/// Methods by their words, which the help lists.
fn methods() -> impl TypedValueParser<Value = LinkMethod> {
    PossibleValuesParser::new(LinkMethod::ALL.map(LinkMethod::word))
        .try_map(|word| LinkMethod::ALL.into_iter().find(|method| method.word() == word).ok_or("this is no method"))
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut run = arguments.common.begin()?;
    let output = run.output(&arguments.common.output)?;
    let links_to = run.maybe_output(arguments.links.as_deref())?;
    let windows_to = run.maybe_output(arguments.windows.as_deref())?;
    let bridges_to = run.maybe_output(arguments.bridges.as_deref())?;
    let network_to = arguments.network.as_deref().map(NetworkFile::new).transpose()?;
    arguments.network.as_deref().map_or(Ok(()), |path| run.only_once(path))?;
    let input = run.input(&arguments.input, &arguments.common.columns)?;
    let began = std::time::Instant::now();
    let mut edges = edges::read(&input, arguments, &run.bar)?;
    let settings = GraphSettings {
        directed: !arguments.undirected,
        drop_loops: arguments.simple,
        repeats: if arguments.simple { Repeats::Last } else { Repeats::Sum },
    };
    let graph = Graph::new(edges.ids.len(), &edges.pairs, edges.weights.as_deref(), &settings);
    let graph = graph.map_err(|error| said(&input, &edges, &error))?;
    // Told before anything is written.
    let spans = arguments.window.map(|length| spans(arguments, &input, &edges, length)).transpose()?;
    let count = edges.pairs.len();
    if windows_to.is_none() && (links_to.is_none() || edges.times.is_none()) {
        // The graph holds them now; of the largest there is no room for both.
        edges.pairs = Vec::new();
    }
    let mut seconds = Map::new();
    seconds.insert("load".to_owned(), began.elapsed().as_secs_f64().into());
    let measuring = measuring(arguments);
    let plain = OnceCell::new();
    let measured =
        measuring.all(&graph, &plain, &mut run, &mut seconds).map_err(|error| said(&input, &edges, &error))?;
    let nodes = tables::nodes(&edges.ids, measured.columns);
    let mut told = measured.told;
    if let Some(to) = &network_to {
        to.write(&graph, &nodes)?;
    }
    output.write(nodes)?;
    if let Some(to) = bridges_to {
        to.write(tables::bridges(&edges.ids, &measured.bridges))?;
    }
    if let Some(to) = links_to {
        let plain = plain.get_or_init(|| graph.undirected());
        let (method, most) = (arguments.link_method, arguments.most_links);
        let found = run.work(|| strongest_links(plain, method, most));
        let found = found.map_err(|error| said(&input, &edges, &error))?;
        told.insert("links".to_owned(), found.len().into());
        to.write(tables::links(&edges.ids, &found))?;
        if let Some(told_of) = foretold(arguments, &edges, &mut run).map_err(|error| said(&input, &edges, &error))? {
            told.insert("links_held_out".to_owned(), told_of);
        }
    }
    if let (Some(to), Some(spans)) = (windows_to, spans) {
        let found = over_time(&measuring, &edges, &spans, &settings, &mut run);
        let found = found.map_err(|error| said(&input, &edges, &error))?;
        told.insert("windows".to_owned(), spans.iter().zip(&found).map(|(span, own)| of_window(*span, own)).collect());
        to.write(tables::windows(&edges.ids, &spans, found))?;
    }
    let (vertices, kept) = (graph.vertices(), graph.edges());
    let read = json!({"edges": count, "vertices": vertices, "weights": edges.weights.is_some(), "times": edges.times.is_some()});
    told.insert("edges".to_owned(), kept.into());
    told.insert("loops".to_owned(), graph.loops().into());
    told.insert("seconds".to_owned(), seconds.into());
    let parameters = json!({
        "measures": arguments.measures.iter().map(|measure| measure.word()).collect::<Vec<_>>(),
        "undirected": arguments.undirected, "simple": arguments.simple, "damping": arguments.damping,
        "tolerance": arguments.tolerance, "resolution": arguments.resolution, "sources": arguments.sources, "seed": arguments.seed,
        "link_method": arguments.link_method.word(), "most_links": arguments.most_links, "window": arguments.window,
        "step": arguments.step, "signs": arguments.signs.map(Signs::word), "milliseconds": arguments.milliseconds,
    });
    let summary = summary(vertices, kept, &told);
    run.end(&read, &told.into(), &parameters, &summary);
    Ok(())
}

fn measuring(arguments: &Arguments) -> Measuring {
    let mut measures = arguments.measures.clone();
    if arguments.bridges.is_some() && !measures.contains(&Measure::Cuts) {
        measures.push(Measure::Cuts);
    }
    Measuring {
        measures,
        rank: RankSettings { damping: arguments.damping, tolerance: arguments.tolerance, ..RankSettings::default() },
        communities: CommunitySettings {
            resolution: arguments.resolution,
            seed: arguments.seed,
            ..CommunitySettings::default()
        },
        sample: arguments.sources.map(|sources| Sample { sources, seed: arguments.seed, ..Sample::default() }),
    }
}

/// What went wrong, with the names that the file gives.
fn said(input: &Input, edges: &Edges, error: &GraphError) -> WrongInput {
    let file = input.name();
    match error {
        GraphError::Negative { measure, source_vertex, target, weight } => {
            let (source, target) = (edges.ids.get(*source_vertex), edges.ids.get(*target));
            WrongInput(format!(
                "{file}: {measure} need weights of 0 or more, and the edge from `{source}` to `{target}` weighs {weight}; \
                 say `--signs positive` to leave such edges out, or `--simple` to leave weights aside"
            ))
        }
        error => WrongInput(format!("{file}: {error}")),
    }
}

/// How well each method foretells the last edges from those before; `None` where there are no times.
fn foretold(arguments: &Arguments, edges: &Edges, run: &mut Run) -> Result<Option<Value>, GraphError> {
    let Some(times) = edges.times.as_deref() else { return Ok(None) };
    let timed = TimedEdges { vertices: edges.ids.len(), pairs: &edges.pairs, weights: None, times };
    let settings = HoldOut { seed: arguments.seed, ..HoldOut::default() };
    let Some(found) = run.work(|| temporal_hold_out(&timed, &LinkMethod::ALL, &settings))? else { return Ok(None) };
    let areas: Map<String, Value> = found
        .areas
        .iter()
        .map(|(method, area, error)| (method.word().to_owned(), json!({"area": area, "standard_error": error})))
        .collect();
    Ok(Some(json!({"from": found.cut, "connected": found.connected, "apart": found.apart, "areas": areas})))
}

fn spans(arguments: &Arguments, input: &Input, edges: &Edges, length: i64) -> Result<Vec<Window>, WrongInput> {
    let times = edges.times.as_deref().unwrap_or_default();
    let (Some(first), Some(last)) = (times.iter().min(), times.iter().max()) else {
        return Err(input.without("time", "`--windows` needs it"));
    };
    windows(*first, *last, length, arguments.step.unwrap_or(length)).map_err(|error| said(input, edges, &error))
}

fn over_time(
    measuring: &Measuring,
    edges: &Edges,
    spans: &[Window],
    settings: &GraphSettings,
    run: &mut Run,
) -> Result<Vec<tables::OfWindow>, GraphError> {
    let times = edges.times.as_deref().unwrap_or_default();
    let timed = TimedEdges { vertices: edges.ids.len(), pairs: &edges.pairs, weights: edges.weights.as_deref(), times };
    run.work(|| {
        per_window(&timed, spans, settings, |_, graph| {
            let linked = |vertex: u32| !graph.neighbours(vertex).is_empty() || !graph.sources(vertex).is_empty();
            let vertices: Vec<u32> = (0..graph.vertices() as u32).filter(|vertex| linked(*vertex)).collect();
            // Those without an edge in this span are not part of it.
            let mut place = vec![0; graph.vertices()];
            vertices.iter().zip(0..).for_each(|(vertex, number)| place[*vertex as usize] = number);
            let (pairs, weights): (Vec<(u32, u32)>, Vec<f64>) = graph
                .list()
                .map(|(source, target, weight)| ((place[source as usize], place[target as usize]), weight))
                .unzip();
            let weights = graph.is_weighted().then_some(weights.as_slice());
            let own = Graph::new(vertices.len(), &pairs, weights, settings)?;
            let Measured { columns, told, .. } = measuring.quietly(&own)?;
            Ok(tables::OfWindow { vertices, edges: own.edges(), columns, told })
        })
    })
}

fn of_window(span: Window, found: &tables::OfWindow) -> Value {
    let mut told = found.told.clone();
    told.insert("from".to_owned(), span.from.into());
    told.insert("until".to_owned(), span.until.into());
    told.insert("vertices".to_owned(), found.vertices.len().into());
    told.insert("edges".to_owned(), found.edges.into());
    told.into()
}

fn summary(vertices: usize, edges: usize, told: &Map<String, Value>) -> String {
    let mut text = format!("{vertices} vertices, {edges} edges");
    if let Some(components) = told.get("components") {
        text.push_str(&format!("; {components} components"));
    }
    if let (Some(communities), Some(modularity)) = (told.get("communities"), told.get("modularity")) {
        let modularity = modularity.as_f64().unwrap_or(f64::NAN);
        text.push_str(&format!("; {communities} communities with a modularity of {modularity:.3}"));
    }
    if let Some(triangles) = told.get("triangles") {
        text.push_str(&format!("; {triangles} triangles"));
    }
    text
}
