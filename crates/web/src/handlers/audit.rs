//! The audit: who looked at whose data, and who did what. Must never show what was read, only that it was.

use crate::auth::visit::Visit;
use crate::error::WebError;
use crate::form::Query;
use crate::handlers::page_of;
use crate::pages::layout::Section;
use crate::pages::parts::{Field, Filters, Kind, Link, Pager};
use crate::pages::{AuditLine, AuditPage, links};
use crate::show;
use crate::state::App;
use crate::wording::Words;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use model::Permission;
use store::Page;

pub(crate) fn routes() -> Router<App> {
    Router::new().route(links::AUDIT, get(list))
}

async fn list(visit: Visit, query: Query) -> Result<Response, WebError> {
    visit.require(Permission::ReadAudit).await?;
    let app = &visit.app;
    let (viewer, subject) = (query.get("account").trim(), query.get("subject").trim());
    let page = Page::new(query.page(), app.office.rows_page);
    let found = page_of(page, |page| app.store.audit(viewer, subject, page)).await?;
    app.store.note_audit(&visit.viewer, &visit.audit_line(Permission::ReadAudit, "audit", subject, "read")).await?;
    let words = &visit.words;
    let fields = vec![
        Field::new(words, "account", Kind::Search, viewer),
        Field::new(words, "subject", Kind::Search, subject).labelled(words.say("column-target")),
    ];
    let set = !viewer.is_empty() || !subject.is_empty();
    let (total, number) = (found.total.unsigned_abs(), found.page.number.unsigned_abs());
    let page = AuditPage {
        frame: visit.frame(Section::Audit),
        filters: Filters::new(words, links::AUDIT, fields, Vec::new(), set),
        lines: found.rows.iter().map(|line| worded(words, line)).collect(),
        pager: Pager::new(words, total, number, found.page.size.unsigned_abs(), |page| {
            query.with(&[("page", &page.to_string())])
        }),
    };
    show::page(&page)
}

fn worded(words: &Words, line: &store::audit::AuditLine) -> AuditLine {
    let kind = words.of("audit-kind", &line.kind);
    let text = if line.subject.is_empty() { kind } else { format!("{kind} {}", line.subject) };
    let href = match line.kind.as_str() {
        "case" if !line.subject.is_empty() => links::case(&line.subject),
        _ => String::new(),
    };
    AuditLine {
        at: line.at,
        account: line.viewer.clone(),
        action: words.of("audit-action", &line.outcome),
        target: Link::new(text, href),
        by: words.of_or_itself("permission", &line.permission),
    }
}
