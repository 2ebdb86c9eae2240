//! What every handler may use: the office, its stores, its rules. Made once at the start, shared by all requests.

use crate::auth::permissions::Permissions;
use crate::wording::Wording;
use decide::case::casetype::CaseType;
use decide::table::TableModel;
use lake::Lake;
use model::run::Chance;
use model::{Clock, Date, Timestamp};
use std::sync::Arc;
use store::{NewActivity, Store};

/// What pages say about the office itself.
#[derive(Clone, Debug)]
pub struct OfficeFacts {
    /// Name.
    pub name: String,
    /// Whom to write to.
    pub contact: String,
    /// Address under which its pages are reached from outside.
    pub public_address: String,
    /// What is simulated; empty where nothing is.
    pub notice: String,
    /// Bytes that one request may have.
    pub body_bytes: usize,
    /// Rows of one page of a list.
    pub rows_page: i64,
    /// Demo logins (account, password), shown on the sign-in page of a demo and nowhere else.
    pub demo_logins: Vec<(String, String)>,
    /// Sources as configured, for their pages.
    pub sources: Vec<SourceFacts>,
    /// Kinds of care that a case may need, as stable words.
    pub kinds_of_care: Vec<String>,
    /// Country whose homes are offered (ISO 3166, two letters).
    pub country: String,
    /// Dataset of localities in which places are looked up.
    pub localities: String,
    /// Currency of prices (ISO 4217).
    pub currency: String,
}

/// What pages say about a source besides what the store knows.
#[derive(Clone, Debug)]
pub struct SourceFacts {
    /// Name.
    pub name: String,
    /// Title.
    pub title: String,
    /// Connector.
    pub connector: String,
    /// Where it is read from.
    pub address: String,
    /// Who stands behind its rows.
    pub standing: model::Standing,
    /// True where its rows are simulated.
    pub simulated: bool,
    /// Licence in words.
    pub licence: String,
    /// Publisher.
    pub publisher: String,
    /// Hours between two looks; 0 for none.
    pub every_hours: u32,
    /// Datasets it fills.
    pub datasets: Vec<String>,
}

/// Everything shared.
pub struct Shared {
    /// The store.
    pub store: Store,
    /// The lake.
    pub lake: Lake,
    /// The office.
    pub office: OfficeFacts,
    /// Who may do what.
    pub permissions: Permissions,
    /// The wording of all languages.
    pub wording: Wording,
    /// The case type that the placement room opens.
    pub placement: CaseType,
    /// The decision table that weighs criteria.
    pub weights: TableModel,
    /// Tells the time.
    pub clock: Box<dyn Clock>,
    /// Gives random bytes.
    pub chance: Box<dyn Chance>,
    /// What Prometheus reads.
    pub metrics: metrics_exporter_prometheus::PrometheusHandle,
    /// The home book of the newest versions.
    pub shelf: crate::book::Shelf,
    /// Address of the style sheet with its content hash.
    pub styles: String,
    /// Address of the script with its content hash.
    pub script: String,
}

/// A handle on everything shared; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Shared>);

impl App {
    /// An app.
    pub fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Today.
    pub fn today(&self) -> Date {
        self.clock.today()
    }

    /// A new identifier that sorts by time.
    pub fn new_id(&self) -> String {
        model::ids::time_id(self.clock.now(), self.chance.bytes())
    }

    /// An Activity of this moment.
    pub fn activity(&self, kind: &str, agent: &str) -> NewActivity {
        NewActivity {
            id: self.new_id(),
            stage: "web".to_owned(),
            kind: kind.to_owned(),
            agent: agent.to_owned(),
            at: self.now(),
        }
    }
}

impl std::ops::Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
