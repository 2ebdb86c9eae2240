//! Rows that did not fit: by cause, and one by one. Must never show more of a row than its Problem keeps.

use crate::auth::visit::Visit;
use crate::error::WebError;
use crate::form::Query;
use crate::handlers::page_of;
use crate::pages::layout::Section;
use crate::pages::parts::{Choice, Field, Filters, Kind, Link, Pager};
use crate::pages::{CauseLine, ProblemLine, ProblemsPage, links};
use crate::show;
use crate::state::App;
use crate::wording::Words;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use model::{Permission, Severity};
use std::collections::BTreeMap;
use store::problems::ProblemGroup;
use store::{Page, PageOf};

pub(crate) fn routes() -> Router<App> {
    Router::new().route(links::PROBLEMS, get(list))
}

async fn list(visit: Visit, query: Query) -> Result<Response, WebError> {
    visit.require(Permission::WorkSources).await?;
    let (app, words) = (&visit.app, &visit.words);
    let (source, cause) = (query.get("source"), query.get("cause"));
    let groups = app.store.problem_groups().await?;
    let page = Page::new(query.page(), app.office.rows_page);
    let found = if source.is_empty() && cause.is_empty() {
        PageOf { rows: Vec::new(), total: 0, page }
    } else {
        page_of(page, |page| app.store.problems(source, cause, page)).await?
    };
    let page = found.page;
    let lines =
        found.rows.into_iter().map(|known| ProblemLine { source: source_link(&known.source), problem: known.problem });
    let page = ProblemsPage {
        frame: visit.frame(Section::Problems),
        filters: filters(words, &groups, source, cause),
        causes: causes(&groups, source, &query),
        lines: lines.collect(),
        pager: Pager::new(
            words,
            found.total.unsigned_abs(),
            page.number.unsigned_abs(),
            page.size.unsigned_abs(),
            |page| query.with(&[("page", &page.to_string())]),
        ),
    };
    show::page(&page)
}

fn source_link(name: &str) -> Link {
    Link::new(name, links::source(name))
}

/// The causes of a source, or of all where it is empty; most rows first. The store counts each column by itself.
fn causes(groups: &[ProblemGroup], source: &str, query: &Query) -> Vec<CauseLine> {
    let mut lines: Vec<CauseLine> = Vec::new();
    for group in groups.iter().filter(|group| source.is_empty() || group.source == source) {
        let severity = severity(&group.severity);
        let same = |line: &&mut CauseLine| {
            line.cause == group.cause && line.source.text == group.source && line.severity == severity
        };
        match lines.iter_mut().find(same) {
            Some(line) => line.count += group.count.unsigned_abs(),
            None => lines.push(CauseLine {
                cause: group.cause.clone(),
                source: source_link(&group.source),
                count: group.count.unsigned_abs(),
                severity,
                hint: group.hint.clone(),
                href: format!(
                    "{}{}#rows",
                    links::PROBLEMS,
                    query.with(&[("source", &group.source), ("cause", &group.cause), ("page", "")])
                ),
            }),
        }
    }
    lines.sort_by_key(|line| std::cmp::Reverse(line.count));
    lines
}

fn severity(word: &str) -> Severity {
    let all = [Severity::Note, Severity::ValueLeftOut, Severity::RowLeftOut, Severity::FileLeftOut];
    all.into_iter().find(|severity| severity.word() == word).unwrap_or(Severity::Note)
}

fn filters(words: &Words, groups: &[ProblemGroup], source: &str, cause: &str) -> Filters {
    let counted = |part: fn(&ProblemGroup) -> &str| {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for group in groups {
            *counts.entry(part(group).to_owned()).or_default() += group.count.unsigned_abs();
        }
        counts
    };
    let choices = |counts: BTreeMap<String, u64>, chosen: &str, worded: &dyn Fn(&str) -> String| {
        let mut choices = vec![Choice::new("", words.say("filter-all"), chosen.is_empty())];
        choices.extend(
            counts.iter().map(|(word, count)| Choice::new(word, worded(word), word == chosen).with_count(*count)),
        );
        Kind::Select(choices)
    };
    let sources = choices(counted(|group| &group.source), source, &|name| name.to_owned());
    let causes = choices(counted(|group| &group.cause), cause, &|word| words.of_or_itself("cause", word));
    let fields = vec![Field::new(words, "source", sources, ""), Field::new(words, "cause", causes, "")];
    Filters::new(words, links::PROBLEMS, fields, Vec::new(), !source.is_empty() || !cause.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_one_cause_are_counted_together() {
        let group = |source: &str, cause: &str, column: &str, count| ProblemGroup {
            source: source.to_owned(),
            cause: cause.to_owned(),
            severity: "value_left_out".to_owned(),
            column: column.to_owned(),
            count,
            hint: format!("mend {column}"),
        };
        let groups = [
            group("a", "not_a_date", "since", 9),
            group("a", "not_a_number", "beds", 7),
            group("a", "not_a_number", "stars", 5),
        ];
        let query = Query(Vec::new());
        let lines = causes(&groups, "", &query);
        assert_eq!(
            lines.iter().map(|line| (line.cause.as_str(), line.count)).collect::<Vec<_>>(),
            [("not_a_number", 12), ("not_a_date", 9)]
        );
        assert_eq!(lines[0].hint, "mend beds", "the hint of the column with the most");
        assert_eq!(lines[0].href, "/problems?source=a&cause=not%5Fa%5Fnumber#rows");
        assert!(causes(&groups, "b", &query).is_empty());
    }
}
