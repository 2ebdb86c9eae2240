//! The program: reads arguments and environment, opens the office, runs one command.
//!
//! The only crate that reads the clock, the environment and the arguments. Must never hold what a stage does.

mod commands;
mod engines;
mod jobs;
mod office;
mod rules;
mod stages;
mod terminal;
mod wiring;

use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// Lets an office use what communities know: takes in outside data, works out how far it can be believed, and decides with it.
#[derive(Debug, Parser)]
#[command(name = "counterflow", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

/// The office and where it keeps what it made.
#[derive(Clone, Debug, clap::Args)]
struct OfficeArguments {
    /// Folder of the office
    #[arg(long, short, default_value = ".", env = "COUNTERFLOW_OFFICE")]
    office: PathBuf,
    /// Folder for store and lake, in place of the one in office.toml
    #[arg(long, env = "COUNTERFLOW_STATE")]
    state: Option<PathBuf>,
    /// Address of the store, in place of the one in office.toml: `sqlite:FILE` or `postgres://...`
    #[arg(long, env = "COUNTERFLOW_STORE", hide_env_values = true)]
    store: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a new office folder
    New {
        /// Where; must not exist yet
        folder: PathBuf,
    },
    /// Look through an office folder and say what is wrong: file, key, what to write
    Check(OfficeArguments),
    /// Serve the office's pages and API, and work in the background
    Serve {
        #[command(flatten)]
        office: OfficeArguments,
        /// Address to listen on
        #[arg(long, default_value = "127.0.0.1:8080")]
        listen: String,
    },
    /// Take in what sources have and run every stage once (with --forever: go on until stopped)
    Work {
        #[command(flatten)]
        office: OfficeArguments,
        /// Go on until stopped
        #[arg(long)]
        forever: bool,
        /// End with one line of JSON
        #[arg(long)]
        json: bool,
    },
    /// Take in what one source has now, or all
    Ingest {
        #[command(flatten)]
        office: OfficeArguments,
        /// Name of the source; all without it
        source: Option<String>,
        /// Read the bytes received before again, with the mapping as it is now
        #[arg(long)]
        replay: bool,
        /// End with one line of JSON
        #[arg(long)]
        json: bool,
    },
    /// Take in one file, without an office: a versioned table, with types found and Problems told
    ///
    /// Example: counterflow ingest-file demo/data/care-homes-australia/homes_2025-02_detailed.csv --state /tmp/homes
    IngestFile {
        /// The file
        file: PathBuf,
        /// A mapping file, in place of one drafted from the first rows
        #[arg(long)]
        mapping: Option<PathBuf>,
        /// Folder for store and lake; without it nothing is kept
        #[arg(long)]
        state: Option<PathBuf>,
        /// MiB that the file may have at most: it lies in memory while it is read
        #[arg(long, default_value_t = 1024)]
        most_mb: u64,
        /// Print the drafted mapping and end
        #[arg(long)]
        show_mapping: bool,
        /// End with one line of JSON
        #[arg(long)]
        json: bool,
    },
    /// What is true when many answer: task,worker,label in, task,label,confidence out
    ///
    /// Example: counterflow crowd answers.csv --workers workers.csv -o labels.csv
    Crowd(engines::crowd::Arguments),
    /// Who goes where under one budget: clients, facilities, options and a budget in, placements and a proven bound out
    ///
    /// Example: counterflow place FOLDER -o placements.csv --places places.csv
    Place(engines::place::Arguments),
    /// Which records mean the same: one file or two in, left,right,weight,probability out
    ///
    /// Example: counterflow link register.csv mentions.csv --reasons -o pairs.csv
    Link(engines::link::Arguments),
    /// Which texts are nearly the same: id,text in, left,right,similarity out
    ///
    /// Example: counterflow neardup comments.csv --groups -o groups.csv
    Neardup(engines::neardup::Arguments),
    /// Which accounts act in concert: object_id,account_id,timestamp_share in, groups of accounts out
    ///
    /// Example: counterflow coordination shares.csv --ties ties.csv --objects objects.csv -o groups.csv
    Coordination(engines::coordination::Arguments),
    /// Whose ratings can be believed: rater,rated,rating,time in, account,fairness,goodness,flags out
    ///
    /// Example: counterflow trust ratings.csv -o raters.csv
    Trust(engines::trust::Arguments),
    /// Who thinks alike: voter-id,comment-id,vote in, the group of each voter and the comments that bridge groups out
    ///
    /// Example: counterflow opinion votes.csv --comments comments.csv -o groups.csv
    Opinion(engines::opinion::Arguments),
    /// Who is connected: source,target,weight,time in, measures of each vertex out
    ///
    /// Example: counterflow graph edges.csv --measures pagerank,communities,betweenness -o nodes.csv
    Graph(engines::graph::Arguments),
    /// How likely something is for each row, by what was known before, and how far that can be believed
    ///
    /// Example: counterflow predict table.csv --target found --time date -o scores.csv
    Predict(engines::predict::Arguments),
    /// Which reviews read like made-up ones: id,text in, id,probability,known,reasons out
    ///
    /// Example: counterflow reviews reviews.csv --train labelled.csv -o scores.csv
    Reviews(engines::reviews::Arguments),
    /// What comes next: unique_id,ds,y in, unique_id,ds,yhat,yhat_lower,yhat_upper out
    ///
    /// Example: counterflow forecast series.csv --horizon 28 --anomalies alarms.csv -o forecast.csv
    Forecast(engines::forecast::Arguments),
    /// Fill the demo office from its bundled data and serve it
    Demo {
        #[command(flatten)]
        office: OfficeArguments,
        /// Fill, then end
        #[arg(long)]
        once: bool,
        /// Print what each stage made as JSON
        #[arg(long)]
        json: bool,
        /// Port on 127.0.0.1; 0 chooses a free one
        #[arg(long, default_value_t = 8080)]
        port: u16,
        /// Number of simulated posts
        #[arg(long, default_value_t = 30_000)]
        posts: usize,
        /// Number of simulated persons waiting
        #[arg(long, default_value_t = 120)]
        persons: usize,
        /// Seed of the simulation
        #[arg(long, default_value_t = simulate::Settings::default().seed)]
        seed: u64,
    },
    /// Drop every derived table and make it again from what was received and judged
    Rebuild(OfficeArguments),
    /// Write the whole office (store and lake) to a folder, also while it serves
    Backup {
        #[command(flatten)]
        office: OfficeArguments,
        /// Where; must not exist yet
        folder: PathBuf,
    },
    /// Put a backup in place of an empty store and lake
    Restore {
        #[command(flatten)]
        office: OfficeArguments,
        /// The backup
        folder: PathBuf,
    },
}

impl OfficeArguments {
    fn overrides(&self) -> office::Overrides {
        office::Overrides { state: self.state.clone(), store_url: self.store.clone(), ..Default::default() }
    }
}

fn main() -> std::process::ExitCode {
    let arguments = Arguments::parse();
    terminal::start_log();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return terminal::failed(&error.into()),
    };
    match runtime.block_on(run(arguments.command)) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => terminal::failed(&error),
    }
}

async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::New { folder } => commands::new::run(&folder),
        Command::Check(office) => commands::check::run(&office.office, &office.overrides()),
        Command::Serve { office, listen } => commands::serve::run(&office, &listen).await,
        Command::Work { office, forever, json } => commands::work::run(&office, forever, json).await,
        Command::Ingest { office, source, replay, json } => {
            commands::ingest::run(&office, source.as_deref(), replay, json).await
        }
        Command::IngestFile { file, mapping, state, most_mb, show_mapping, json } => {
            let (file, mapping, state) = (file.as_path(), mapping.as_deref(), state.as_deref());
            let wish = commands::ingest_file::Wish { file, mapping, state, most_mb, show_mapping, json };
            commands::ingest_file::run(&wish).await
        }
        Command::Crowd(arguments) => engines::crowd::run(&arguments),
        Command::Place(arguments) => engines::place::run(&arguments),
        Command::Link(arguments) => engines::link::run(&arguments),
        Command::Neardup(arguments) => engines::neardup::run(&arguments),
        Command::Coordination(arguments) => engines::coordination::run(&arguments),
        Command::Opinion(arguments) => engines::opinion::run(&arguments),
        Command::Graph(arguments) => engines::graph::run(&arguments),
        Command::Predict(arguments) => engines::predict::run(&arguments),
        Command::Reviews(arguments) => engines::reviews::run(&arguments),
        Command::Forecast(arguments) => engines::forecast::run(&arguments),
        Command::Trust(arguments) => engines::trust::run(&arguments),
        Command::Demo { office, once, json, port, posts, persons, seed } => {
            commands::demo::run(&office, &commands::demo::Wish { once, json, port, posts, persons, seed }).await
        }
        Command::Rebuild(office) => commands::rebuild::run(&office).await,
        Command::Backup { office, folder } => commands::backup::backup(&office, &folder).await,
        Command::Restore { office, folder } => commands::backup::restore(&office, &folder).await,
    }
}
