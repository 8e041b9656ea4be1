//! The last requests and what became of them, for whoever makes a tool send; see `tail.rs`.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::html;
use super::prose::Prose;
use crate::app::Shared;
use crate::operator::is_operator;
use crate::problem::{Code, Problem};
use crate::tail::Seen;

#[derive(Template)]
#[template(path = "tail.html")]
struct Page<'s> {
    demo: bool,
    rows: Vec<Row<'s>>,
}

struct Row<'s> {
    seen: &'s Seen,
    findings: Vec<Prose>,
}

/// The page.
pub(crate) async fn tail(State(app): State<Shared>, headers: HeaderMap) -> Result<Response, Problem> {
    if !is_operator(&headers, app.config.token.as_ref()) {
        return Err(Problem::new(Code::OperatorOnly, "ask from the machine that shows what arrives"));
    }
    let tail = app.tail.as_ref();
    let seen = tail.ok_or_else(|| Problem::new(Code::NotFound, "only `aboveboard dev` shows what arrives"))?.seen();
    let findings = |seen: &Seen| seen.findings.iter().cloned().map(Prose).collect();
    let row = |seen| Row { seen, findings: findings(seen) };
    html(&Page { demo: app.config.demo, rows: seen.iter().map(row).collect() })
}
