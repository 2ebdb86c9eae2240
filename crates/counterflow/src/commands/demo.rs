//! `counterflow demo`: fills the demo office from its bundled data through all stages, then serves it.
//!
//! What the world gives no data for is simulated with a fixed seed, served on loopback, and taken in by the same connectors as
//! everything else. The truth behind the simulation never enters the office.

use crate::OfficeArguments;
use crate::commands::serve::{app, serve};
use crate::office::Office;
use crate::stages::{Specifications, StageReport, catch_up, look};
use crate::terminal::{say, tell};
use crate::wiring::Opened;
use decide::rooms::care::intake::{self, CaseNeed, Located};
use model::{Permission, Role, Table};
use simulate::{FeedPage, Settings, World};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use store::accounts::{Account, Token};
use web::simulator::{Served, Simulator};

/// What the caller wishes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wish {
    pub(crate) once: bool,
    pub(crate) json: bool,
    pub(crate) port: u16,
    pub(crate) posts: usize,
    pub(crate) persons: usize,
    pub(crate) seed: u64,
}

/// Password of all demo accounts: printed, shown on the sign-in page, and good for nothing else.
const PASSWORD: &str = "counterflow demo";
/// Posts on a page of a feed.
const PAGE_POSTS: usize = 2_500;
/// Days for which a demo token holds.
const TOKEN_DAYS: u64 = 30;

pub(crate) async fn run(arguments: &OfficeArguments, wish: &Wish) -> anyhow::Result<()> {
    let simulator = Simulator::bind(0).await?;
    let mut overrides = arguments.overrides();
    overrides.addresses.insert("simulator".to_owned(), simulator.address().to_owned());
    let folder = if arguments.office.join("office.toml").exists() { arguments.office.clone() } else { "demo".into() };
    let mut office = Office::read(&folder, &overrides)?;
    office.file.public_address = format!("http://127.0.0.1:{}", wish.port);
    let opened = Opened::open_office(office).await?;
    let specifications = Specifications::sound(&opened.office)?;
    ingest::stage::settle(&opened.store, &opened.lake, opened.run()).await?;
    let filled = opened.store.account("demo-administrator").await?.is_some();
    let mut reports = Vec::new();
    if !filled {
        reports = fill(&opened, &specifications, simulator, wish).await?;
    }
    if wish.once {
        if wish.json {
            say(&serde_json::to_string(&reports)?);
        } else if filled {
            say("the demo office is filled already; remove its state folder to fill it anew");
        } else {
            tell_logins();
        }
        return Ok(());
    }
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", wish.port)).await.map_err(|error| {
        anyhow::anyhow!("port {} cannot be listened on: {error}; choose another with --port", wish.port)
    })?;
    let address = format!("http://{}", listener.local_addr()?);
    let logins: Vec<(String, String)> =
        Role::ALL.iter().map(|role| (account_name(*role), PASSWORD.to_owned())).collect();
    let app = app(&opened, &specifications, logins)?;
    if wish.json {
        say(&serde_json::to_string(&told(&opened, &address).await?)?);
    } else {
        say(&format!("serving the demo office on {address}"));
        tell_logins();
    }
    serve(opened, specifications, app, listener).await
}

fn tell_logins() {
    for role in Role::ALL {
        say(&format!("  {:18} password: {PASSWORD}", account_name(role)));
    }
}

async fn fill(
    opened: &Opened,
    specifications: &Specifications,
    simulator: Simulator,
    wish: &Wish,
) -> anyhow::Result<Vec<StageReport>> {
    let began = Instant::now();
    let read = |path: &str| -> anyhow::Result<String> {
        let path = opened.office.folder.join("data").join(path);
        std::fs::read_to_string(&path).map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))
    };
    let homes = simulate::homes_from_csv(
        &read("care-homes-australia/homes_2025-02_detailed.csv")?,
        &read("places-australia/localities.csv")?,
    )?;
    let settings = Settings { seed: wish.seed, posts: wish.posts, ..Settings::default() };
    let world = simulate::world(&homes, &settings)?;
    let today = opened.run().clock.today();
    let held = simulate::office(&homes, wish.seed, today, wish.persons);
    let mut reports = vec![StageReport {
        stage: "simulate",
        seconds: began.elapsed().as_secs_f64(),
        made: serde_json::json!({"homes": homes.len(), "posts": world.posts.len(), "persons": wish.persons}),
    }];
    let files = files(&world, &held, simulator.address());
    simulator.serve(files);
    let (report, failures) = look(opened, specifications, None, false, opened.run()).await?;
    reports.push(report);
    if !failures.is_empty() {
        anyhow::bail!(failures.join("\n"));
    }
    reports.extend(catch_up(opened, specifications).await?);
    reports.push(open_cases(opened, &held.persons_waiting).await?);
    make_accounts(opened).await?;
    if !wish.json {
        reports.iter().for_each(tell);
    }
    Ok(reports)
}

/// Everything the simulator serves: three portals' feeds, and the office's own lists.
fn files(world: &World, held: &simulate::Office, address: &str) -> BTreeMap<String, Served> {
    let kinds: [(&str, &'static str, Render); 3] = [
        ("posts.rss", "application/rss+xml", simulate::rss),
        ("posts.atom", "application/atom+xml", simulate::atom),
        ("posts.json", "application/feed+json", simulate::json_feed),
    ];
    let mut files = BTreeMap::new();
    for (portal, (name, media_type, render)) in kinds.into_iter().enumerate() {
        let posts: Vec<simulate::Post> = world.posts.iter().skip(portal).step_by(3).cloned().collect();
        let feed = format!("{address}/{name}");
        for number in 1..=posts.len().div_ceil(PAGE_POSTS).max(1) {
            let page = FeedPage { address: &feed, number, size: PAGE_POSTS };
            let path = if number == 1 { name.to_owned() } else { format!("{name}?page={number}") };
            files.insert(path, Served { media_type, bytes: render(&posts, &page).into() });
        }
    }
    for (name, bytes) in held.files() {
        let name = name.trim_start_matches("simulated_").to_owned();
        files.insert(name, Served { media_type: "text/csv", bytes: bytes.into() });
    }
    files
}

type Render = fn(&[simulate::Post], &FeedPage<'_>) -> String;

/// Persons waiting become cases: they are work of the office, never a dataset.
async fn open_cases(opened: &Opened, persons: &Table) -> anyhow::Result<StageReport> {
    let began = Instant::now();
    let rules = crate::rules::Rules::read(&opened.office)?;
    let localities = opened.office.file.localities.as_str();
    let places = match opened.store.dataset_version(localities).await? {
        Some(version) => Some(opened.lake.read(localities, version).await?),
        None => None,
    };
    let locate = |text: &str| -> Option<Located> { web::handlers::locate(places.as_deref(), text) };
    let run = opened.run();
    let mut cases = Vec::new();
    let mut left_out = 0;
    for row in 0..persons.len() {
        let cell = |column: &str| persons.value(row, column).to_string();
        let place = format!("{} {}", cell("locality"), cell("state"));
        let (ceiling, distance, due) = (cell("weekly_budget"), cell("max_distance_km"), cell("needed_by"));
        let (person, care, wished) = (cell("display_name"), cell("kind_of_care"), cell("wishes"));
        let wishes: Vec<String> = wished.split(';').filter_map(wish_word).collect();
        let answers = intake::Answers {
            person: &person,
            care: &care,
            place: &place,
            due: &due,
            ceiling: &ceiling,
            distance: &distance,
            wishes: wishes.iter().map(String::as_str).collect(),
        };
        match intake::read(&answers, &opened.office.file.kinds_of_care, &locate, run.clock.today()) {
            Ok((need, due)) => {
                let need = CaseNeed { simulated: true, ..need };
                cases.push((run.new_id(), need, due, cell("budget_line")));
            }
            Err(_) => left_out += 1,
        }
    }
    let activity = store::NewActivity::of_the_program("decide", "open_cases", run);
    decide::stage::open_cases(&opened.store, &rules.placement, &cases, &activity).await?;
    Ok(StageReport {
        stage: "decide",
        seconds: began.elapsed().as_secs_f64(),
        made: serde_json::json!({"cases": cases.len(), "left_out": left_out}),
    })
}

/// A wish of the simulated list as the office writes it. `near:` says where the family is, which distance covers.
fn wish_word(wish: &str) -> Option<String> {
    match wish.trim().split_once(':')? {
        ("owner", owner) => Some(format!("owner:{owner}")),
        ("size", size) => Some(format!("with:{size}")),
        _ => None,
    }
}

fn account_name(role: Role) -> String {
    format!("demo-{}", role.word().replace('_', "-"))
}

async fn make_accounts(opened: &Opened) -> anyhow::Result<()> {
    let run = opened.run();
    let hash = web::auth::password::hash(PASSWORD).expect("the demo password is long enough");
    let activity = store::NewActivity::of_the_program("web", "make_accounts", run);
    let mut writer = opened.store.begin(&activity).await?;
    for role in Role::ALL {
        let name = account_name(role);
        let account = Account { display_name: name.clone(), name, role, password_hash: hash.clone(), active: true };
        writer.put_account(&account).await?;
    }
    Ok(writer.commit().await?)
}

/// Address and logins for programs that test the demo; each start makes fresh tokens.
async fn told(opened: &Opened, address: &str) -> anyhow::Result<serde_json::Value> {
    let run = opened.run();
    let activity = store::NewActivity::of_the_program("web", "make_tokens", run);
    let mut writer = opened.store.begin(&activity).await?;
    let mut logins = Vec::new();
    for role in Role::ALL {
        let secret = web::auth::password::random_word();
        let token = Token {
            name: "demo".to_owned(),
            hash: model::ids::content_hash(secret.as_bytes()),
            account: account_name(role),
            scopes: Permission::ALL.to_vec(),
            expires_at: run.now() + Duration::from_secs(TOKEN_DAYS * 86_400),
            revoked: false,
        };
        writer.put_token(&token).await?;
        logins.push(serde_json::json!({
            "role": role.word(), "account": account_name(role), "password": PASSWORD, "token": secret,
        }));
    }
    writer.commit().await?;
    Ok(serde_json::json!({"address": address, "logins": logins}))
}
