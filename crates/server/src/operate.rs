//! What operators and their machines ask: is it alive, is it ready, what came in.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use crate::app::{App, Shared};
use crate::clock;
use crate::ledger::{self, Account};
use crate::operator::is_operator;
use crate::problem::{Code, Problem};

/// The process answers.
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// Batches can be kept.
pub(crate) async fn readyz(State(app): State<Shared>) -> Result<&'static str, Problem> {
    match app.ledger.is_ready(clock::now()) {
        true => Ok("ready\n"),
        false => Err(Problem::new(Code::NotReady, "the last batch could not be written; the log says why")),
    }
}

/// The parameters of [`ledger()`].
#[derive(Deserialize)]
pub(crate) struct OfTool {
    #[serde(default)]
    tool: String,
}

/// The account of one tool.
pub(crate) async fn ledger(
    State(app): State<Shared>,
    headers: HeaderMap,
    query: Result<Query<OfTool>, QueryRejection>,
) -> Result<Response, Problem> {
    let of =
        query.map_err(|_| Problem::new(Code::QuestionWrong, "the query must be `tool=NAME`").of_parameter("tool"))?;
    let tool = app.tool(&of.tool)?;
    Ok(json(&account(&app, tool, &headers)))
}

/// The accounts of all tools, for Prometheus.
pub(crate) async fn metrics(State(app): State<Shared>, headers: HeaderMap) -> Response {
    let accounts: Vec<Account> = (0..app.catalogs.len()).map(|tool| account(&app, tool, &headers)).collect();
    let content_type = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(header::CONTENT_TYPE, content_type)], ledger::metrics(&accounts, app.ledger.turned_away())).into_response()
}

fn account(app: &App, tool: usize, headers: &HeaderMap) -> Account {
    let unsettled = app.ledger.unsettled(tool);
    let (totals, shapes) = (app.store.totals(tool), app.undeclared(tool));
    let account = app.ledger.account(tool, &app.catalogs[tool].tool.name, unsettled, totals, shapes);
    if is_operator(headers, app.config.token.as_ref()) { account } else { account.public() }
}

/// An answer in JSON.
pub(crate) fn json(value: &impl Serialize) -> Response {
    let body = serde_json::to_vec(value).unwrap_or_default();
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], body).into_response()
}
