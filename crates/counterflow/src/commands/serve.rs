//! `counterflow serve`: the office's pages, with a worker in the background.

use crate::OfficeArguments;
use crate::rules::Rules;
use crate::stages::Specifications;
use crate::terminal::say;
use crate::wiring::{CANCELLED, MachineChance, MachineClock, Opened};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use web::state::{App, OfficeFacts, Shared, SourceFacts};

pub(crate) async fn run(arguments: &OfficeArguments, listen: &str) -> anyhow::Result<()> {
    let opened = Opened::open(arguments).await?;
    let specifications = Specifications::sound(&opened.office)?;
    let listener = tokio::net::TcpListener::bind(listen)
        .await
        .map_err(|error| anyhow::anyhow!("`{listen}` cannot be listened on: {error}; choose another with --listen"))?;
    let app = app(&opened, &specifications, Vec::new())?;
    say(&format!("serving on http://{}", listener.local_addr()?));
    serve(opened, specifications, app, listener).await
}

/// Serves until the process is asked to end; running requests are finished first.
pub(crate) async fn serve(
    opened: Opened,
    specifications: Specifications,
    app: App,
    listener: tokio::net::TcpListener,
) -> anyhow::Result<()> {
    ingest::stage::settle(&opened.store, &opened.lake, opened.run()).await?;
    let opened = Arc::new(opened);
    let placement = app.placement.clone();
    let worker = tokio::spawn(crate::jobs::work(opened.clone(), specifications, placement));
    web::routes::run(listener, web::routes::site(app), crate::wiring::hear_the_end()).await;
    CANCELLED.store(true, Ordering::Relaxed);
    worker.await??;
    opened.store.close().await;
    Ok(())
}

/// What the pages need of an opened office.
pub(crate) fn app(
    opened: &Opened,
    specifications: &Specifications,
    demo_logins: Vec<(String, String)>,
) -> anyhow::Result<App> {
    let rules = Rules::read(&opened.office)?;
    let file = &opened.office.file;
    let sources = opened.office.sources.iter().map(|source| SourceFacts {
        name: source.name.clone(),
        title: source.title.clone(),
        connector: source.connector.clone(),
        address: source.address.clone(),
        standing: source.kind,
        simulated: source.simulated,
        licence: source.licence.clone(),
        publisher: source.publisher.clone(),
        every_hours: source.every_hours,
        datasets: specifications
            .mappings
            .get(&source.mapping)
            .map(|mapping| mapping.datasets().iter().map(|dataset| dataset.dataset.clone()).collect())
            .unwrap_or_default(),
    });
    let office = OfficeFacts {
        name: file.name.clone(),
        contact: file.contact.clone(),
        public_address: file.public_address.clone(),
        notice: file.notice.clone(),
        body_bytes: file.limits.body_mb << 20,
        rows_page: i64::try_from(file.limits.rows_page).unwrap_or(50),
        demo_logins,
        sources: sources.collect(),
        kinds_of_care: file.kinds_of_care.clone(),
        country: file.country.clone(),
        localities: file.localities.clone(),
        currency: file.currency.clone(),
    };
    Ok(App::new(Shared {
        store: opened.store.clone(),
        lake: opened.lake.clone(),
        office,
        permissions: rules.permissions,
        wording: rules.wording,
        placement: rules.placement,
        weights: rules.weights,
        clock: Box::new(MachineClock),
        chance: Box::new(MachineChance),
        metrics: web::routes::metrics_handle(),
        shelf: web::book::Shelf::default(),
        styles: web::handlers::asset_address("app.css"),
        script: web::handlers::asset_address("app.js"),
    }))
}
