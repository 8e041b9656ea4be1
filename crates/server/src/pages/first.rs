//! The first page: every tool with its account and its events of the last days.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use aboveboard_catalog::{Asked, Day};

use super::html;
use crate::app::{App, Shared};
use crate::chart::grouped;
use crate::clock;
use crate::disclose::{Figure, Table, View};
use crate::operator::is_operator;
use crate::plan;
use crate::problem::Problem;
use crate::query;

/// Days of which events are shown.
const RECENT_DAYS: i32 = 30;
/// Weeks of which the public sees events.
const RECENT_WEEKS: i32 = 4;

#[derive(Template)]
#[template(path = "first.html")]
struct Page {
    demo: bool,
    span: String,
    tools: Vec<Tool>,
}

struct Tool {
    name: String,
    title: String,
    controller: String,
    /// What tools are sorted by: those that say most come first.
    order: u64,
    account: Account,
    recent: Result<Recent, String>,
}

/// What became of all that arrived.
pub(super) struct Account {
    pub(super) figures: Vec<(&'static str, String)>,
    /// Why events were turned away.
    pub(super) reasons: Vec<(String, String)>,
}

/// The events of the last days, most frequent first.
pub(super) struct Recent {
    pub(super) rows: Vec<EventRow>,
    pub(super) notes: Vec<String>,
}

pub(super) struct EventRow {
    pub(super) event: String,
    pub(super) n: String,
    /// Of the most frequent one.
    pub(super) percent: u64,
}

/// The first page.
pub(crate) async fn first(State(app): State<Shared>, headers: HeaderMap) -> Result<Response, Problem> {
    let operator = is_operator(&headers, app.config.token.as_ref());
    let view = if operator { View::Operator } else { View::Public };
    let span =
        if operator { format!("the last {RECENT_DAYS} days") } else { format!("the last {RECENT_WEEKS} whole weeks") };
    let mut tools = Vec::with_capacity(app.catalogs.len());
    for tool in 0..app.catalogs.len() {
        let recent = recent(&app, tool, view).await;
        tools.push(Tool::new(&app, tool, recent));
    }
    tools.sort_by_key(|tool| std::cmp::Reverse(tool.order));
    html(&Page { demo: app.config.demo, span, tools })
}

impl Tool {
    fn new(app: &App, tool: usize, recent: Result<Table, Problem>) -> Self {
        let declared = &app.catalogs[tool].tool;
        Self {
            name: declared.name.clone(),
            title: declared.title.clone(),
            controller: declared.controller.clone(),
            order: app.store.totals(tool).received(),
            account: Account::new(app, tool),
            recent: recent.map(|table| Recent::new(&table)).map_err(|problem| problem.detail.into_owned()),
        }
    }
}

impl Account {
    pub(super) fn new(app: &App, tool: usize) -> Self {
        let (totals, unsettled) = (app.store.totals(tool), app.ledger.unsettled(tool));
        let mut figures = vec![
            ("Arrived", totals.received() + unsettled),
            ("Kept", totals.kept),
            ("Repeated", totals.repeated),
            ("Turned away", totals.rejected.values().sum()),
        ];
        figures.extend((unsettled > 0).then_some(("Not settled yet", unsettled)));
        Self {
            figures: figures.into_iter().map(|(label, n)| (label, grouped(n))).collect(),
            reasons: totals.rejected.iter().map(|(code, n)| (code.clone(), grouped(*n))).collect(),
        }
    }
}

impl Recent {
    /// Adds up the spans of time.
    pub(super) fn new(table: &Table) -> Self {
        let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
        for row in table.rows() {
            if let (Some(Figure::Count(n)), Some(event)) = (row.value(), row.key().first()) {
                *sums.entry(event).or_default() += n;
            }
        }
        let most = sums.values().copied().max().unwrap_or_default().max(1);
        let mut sums: Vec<(&str, u64)> = sums.into_iter().collect();
        sums.sort_by_key(|&(event, n)| (std::cmp::Reverse(n), event));
        let row = |(event, n): (&str, u64)| EventRow {
            event: event.to_owned(),
            n: grouped(n),
            percent: (n * 100).div_ceil(most),
        };
        // That the public sees whole weeks is in the caption.
        let notes = table.notes().filter(|note| !note.is("whole")).map(|note| note.text().to_owned()).collect();
        Self { rows: sums.into_iter().map(row).collect(), notes }
    }
}

/// The events of the last days, for whose eyes.
pub(super) async fn recent(app: &Shared, tool: usize, view: View) -> Result<Table, Problem> {
    let today = clock::now().day();
    let days = if view == View::Operator { RECENT_DAYS } else { RECENT_WEEKS * 7 };
    let to = if view == View::Operator { today } else { today.start_of(aboveboard_catalog::Bucket::Week).plus(-1) };
    let asked = Asked { measure: "events", by: vec!["event"], ..over(days, to) };
    let plan = plan::of(&app.catalogs[tool], &asked, view, app.config.operator_minimum, today)?;
    let snapshot = app.store.snapshot();
    app.desk.work(move || query::count(&snapshot, tool, plan, today)).await
}

fn over(days: i32, to: Day) -> Asked<'static> {
    Asked { from: Some(to.plus(1 - days)), to: Some(to), ..Asked::default() }
}
