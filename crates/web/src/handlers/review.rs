//! The review queue: one pair at a time, a judgement, and taking it back. Must never rate a reviewer.

use crate::auth::visit::Visit;
use crate::error::{FieldFault, WebError};
use crate::form::Answers;
use crate::pages::layout::Section;
use crate::pages::parts::Link;
use crate::pages::{Pair, ReviewPage, Side, links};
use crate::show;
use crate::state::App;
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use model::{Comparison, Judgement, Permission, Verdict};
use std::time::Duration;
use store::judgements::{KnownJudgement, PERSON, pair_id};
use store::{NewEntry, Page};

/// How long a pair is kept for the reviewer who looks at it.
const CLAIM: Duration = Duration::from_secs(600);
/// Pairs judged twice below which a share of agreement would tell nothing.
const FEWEST_PAIRS: i64 = 10;
/// Texts of a record that are shown beside the comparison, and letters of each.
const MOST_TEXTS: usize = 6;
const LONGEST_TEXT: usize = 600;
/// Newest judgements among which the reader's own are looked for.
const LOOKED_AT: i64 = 1_000;

pub(crate) fn routes() -> Router<App> {
    Router::new().route(links::REVIEW, get(ask).post(judge)).route("/review/{id}/withdraw", post(withdraw))
}

async fn ask(visit: Visit) -> Result<Response, WebError> {
    visit.require(Permission::Judge).await?;
    let (app, account) = (&visit.app, &visit.viewer.account);
    let now = app.now();
    let left = app.store.review_queue(Page::new(1, 1)).await?.total;
    let waiting = app.store.claim_review(account, now, now + CLAIM).await?;
    let agreement = app.store.reviewers_agreement().await?;
    let newest = app.store.newest_judgements_of_people(LOOKED_AT).await?;
    let own: Vec<&KnownJudgement> =
        newest.iter().filter(|known| known.agent == *account && known.withdrawn_by.is_empty()).collect();
    let midnight = model::time::midnight(app.today());
    let pair = match waiting {
        Some(known) => Some(pair(app, known.judgement).await?),
        None => None,
    };
    let page = ReviewPage {
        frame: visit.frame(Section::Review),
        pair,
        left: left.unsigned_abs(),
        done_today: own.iter().filter(|known| known.at >= midnight).count() as u64,
        agreement: (agreement.pairs >= FEWEST_PAIRS).then(|| agreement.agreeing as f64 / agreement.pairs as f64),
        undo: own.first().map(|known| (described(&visit, &known.judgement), withdraw_path(&known.id))),
    };
    show::page(&page)
}

fn withdraw_path(id: &str) -> String {
    format!("{}/{id}/withdraw", links::REVIEW)
}

async fn pair(app: &App, judgement: Judgement) -> Result<Pair, WebError> {
    let mut comparisons = judgement.comparisons;
    comparisons.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
    Ok(Pair {
        left: side(app, &judgement.left).await?,
        right: side(app, &judgement.right).await?,
        comparisons,
        probability: judgement.probability,
    })
}

/// One of both records, with the way to its row in the newest version.
async fn side(app: &App, record: &str) -> Result<Side, WebError> {
    let (dataset, id) = record.split_once('/').unwrap_or((record, ""));
    let Some(version) = app.store.dataset_version(dataset).await? else {
        return Ok(Side { id: record.to_owned(), row: Link::new(dataset, links::dataset(dataset)), says: Vec::new() });
    };
    let table = app.lake.read(dataset, version).await?;
    let row = table.row_of(id);
    let says = row.map(|row| says(&table, row)).unwrap_or_default();
    Ok(Side { id: record.to_owned(), row: Link::new(dataset, links::row(dataset, version, id)), says })
}

/// The first texts of a row, cut to what can be read in passing.
fn says(table: &model::Table, row: usize) -> Vec<(String, String)> {
    let shown = table.columns().iter().filter(|column| !column.name.starts_with('_'));
    shown
        .filter_map(|column| {
            let text = column.text(row).map(str::trim).filter(|text| !text.is_empty() && !text.starts_with("http"))?;
            let cut: String = text.chars().take(LONGEST_TEXT).collect();
            Some((column.name.clone(), if cut.len() < text.len() { format!("{cut}…") } else { cut }))
        })
        .take(MOST_TEXTS)
        .collect()
}

/// "Orr Lodge, Orr Lodge Ltd: same".
fn described(visit: &Visit, judgement: &Judgement) -> String {
    let name = |side: fn(&Comparison) -> &str, record: &str| {
        // A mention has no name of its own: it is told by the words that were compared.
        let whole = ["name", "order"].iter().find_map(|known| {
            let mut named = judgement.comparisons.iter().filter(|comparison| comparison.name == *known).map(side);
            named.find(|name| !name.is_empty())
        });
        whole.unwrap_or(record).to_owned()
    };
    let left = name(|comparison| &comparison.left, &judgement.left);
    let right = name(|comparison| &comparison.right, &judgement.right);
    let said = visit.words.of_or_itself("verdict", judgement.verdict.word());
    format!("{left}, {right}: {said}")
}

async fn judge(answers: Answers) -> Result<Response, WebError> {
    let visit = &answers.visit;
    visit.require(Permission::Judge).await?;
    let app = &visit.app;
    let fault = || FieldFault::new("verdict", "fault-choice", "write same, different or unsure");
    let verdict = Verdict::from_word(answers.get("verdict")).ok_or_else(|| WebError::Invalid(vec![fault()]))?;
    let name = pair_id(answers.get("left"), answers.get("right"));
    let id = app.new_id();
    let mut writer = app.store.begin(&app.activity("judge", &visit.viewer.account)).await?;
    let note = serde_json::json!({"judgement": id, "pair": name, "verdict": verdict.word()});
    // The head of the log is held from here on: nobody else judges the pair between looking and writing.
    writer.append(&NewEntry::about("judged", note)).await?;
    let scored = waiting(&app.store.judgements_of_pair(&name).await?)?;
    // What the scorer compared stays with the judgement: it is what the person saw.
    let judgement = Judgement { verdict, ..scored };
    writer.put_judgement(&id, &judgement, PERSON).await?;
    writer.commit().await?;
    Ok(show::go(links::REVIEW, "done-judged"))
}

/// What the scorer said of a pair that waits in the queue; an error where it does not wait.
fn waiting(said: &[KnownJudgement]) -> Result<Judgement, WebError> {
    let standing = || said.iter().filter(|known| known.withdrawn_by.is_empty());
    if standing().any(|known| known.method == PERSON) {
        return Err(WebError::Conflict("this pair was judged already".to_owned()));
    }
    let unsure = standing().find(|known| known.judgement.verdict == Verdict::Unsure);
    unsure.map(|known| known.judgement.clone()).ok_or(WebError::NotFound)
}

async fn withdraw(Path(id): Path<String>, answers: Answers) -> Result<Response, WebError> {
    let visit = &answers.visit;
    visit.require(Permission::Judge).await?;
    let app = &visit.app;
    let newest = app.store.newest_judgements_of_people(LOOKED_AT).await?;
    let own = newest.iter().find(|known| known.agent == visit.viewer.account && known.withdrawn_by.is_empty());
    let Some(own) = own.filter(|known| known.id == id) else { return Err(WebError::NotFound) };
    let mut writer = app.store.begin(&app.activity("withdraw", &visit.viewer.account)).await?;
    if !writer.withdraw_judgement(&own.id).await? {
        return Err(WebError::NotFound);
    }
    let name = pair_id(&own.judgement.left, &own.judgement.right);
    let note = serde_json::json!({"judgement": own.id, "pair": name, "withdrawn": true});
    writer.append(&NewEntry::about("judged", note)).await?;
    writer.commit().await?;
    Ok(show::go(links::REVIEW, "done-withdrawn"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(verdict: Verdict, method: &str, withdrawn: bool) -> KnownJudgement {
        let judgement = Judgement {
            left: "homes_au/a".to_owned(),
            right: "homes_au/b".to_owned(),
            verdict,
            weight: 0.4,
            probability: 0.57,
            comparisons: Vec::new(),
        };
        KnownJudgement {
            id: method.to_owned(),
            judgement,
            agent: "somebody".to_owned(),
            method: method.to_owned(),
            at: "2026-11-25T06:00:00Z".parse().expect("a moment"),
            withdrawn_by: if withdrawn { "activity".to_owned() } else { String::new() },
        }
    }

    #[test]
    fn only_pairs_that_wait_are_judged() {
        let unsure = || known(Verdict::Unsure, "fellegi_sunter/1", false);
        assert!(waiting(&[unsure()]).is_ok());
        assert!(waiting(&[unsure(), known(Verdict::Same, PERSON, true)]).is_ok(), "one withdrawn waits again");
        assert!(matches!(waiting(&[unsure(), known(Verdict::Same, PERSON, false)]), Err(WebError::Conflict(_))));
        assert!(matches!(waiting(&[known(Verdict::Same, "fellegi_sunter/1", false)]), Err(WebError::NotFound)));
        assert!(matches!(waiting(&[]), Err(WebError::NotFound)));
    }
}
