//! Who took raw rows out, for the operator.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use super::html;
use crate::app::Shared;
use crate::audit::Use;
use crate::chart::grouped;
use crate::operator::Operator;
use crate::problem::{Code, Problem};

#[derive(Template)]
#[template(path = "audit.html")]
struct Page<'a> {
    demo: bool,
    name: &'a str,
    title: &'a str,
    may: Vec<&'a str>,
    uses: Vec<(Use, String)>,
}

/// The audit log of a tool, newest first.
pub(crate) async fn audit(
    _: Operator,
    State(app): State<Shared>,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let tool = &app.catalogs[app.tool(&name)?].tool;
    let uses = app.audit.uses().map_err(|error| {
        tracing::error!(%error, "the audit log could not be read");
        Problem::new(Code::AnswerFailed, "the audit log could not be read")
    })?;
    let of_tool = uses.into_iter().rev().filter(|used| used.tool == tool.name);
    let uses = of_tool.map(|used| (used.clone(), grouped(used.rows))).collect();
    let may = app.config.exporters.iter().map(|exporter| exporter.name.as_str()).collect();
    html(&Page { demo: app.config.demo, name: &tool.name, title: &tool.title, may, uses })
}
