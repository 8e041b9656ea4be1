//! The explore page: any declared question, as a drawing and a table. What cannot be asked is said in a sentence.

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State as Held};
use axum::http::HeaderMap;
use axum::response::Response;

use aboveboard_catalog::{Asked, Catalog, Dimension, Kind, Question};

use super::dashboard::{Answer, Body, Parameters, Visit, parameters};
use super::html;
use super::prose::Prose;
use crate::app::{App, Shared};
use crate::ask::{Ask, Route};
use crate::disclose::View;
use crate::panels;
use crate::problem::Problem;

/// Filters that the form has room for.
const FILTERS: usize = 3;

#[derive(Template)]
#[template(path = "explore.html")]
struct Page {
    demo: bool,
    tool: String,
    title: String,
    public: bool,
    measures: Vec<Choice>,
    first: Vec<Choice>,
    second: Vec<Choice>,
    filters: Vec<String>,
    from: String,
    to: String,
    buckets: Vec<Choice>,
    dimensions: Vec<String>,
    said: Vec<Prose>,
    body: Result<Body, Prose>,
    answers: Vec<Answer>,
}

/// An option of a list.
struct Choice {
    value: String,
    text: String,
    chosen: bool,
}

/// The page, with the answer to what its address asks.
pub(crate) async fn explore(
    Held(app): Held<Shared>,
    Path(tool): Path<String>,
    query: Result<Query<Parameters>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let visit = Visit::new(&app, &tool, parameters(query), &headers)?;
    let page = app.clone().desk.work(move || Ok(Page::new(&visit, &app))).await?;
    html(&page)
}

impl Page {
    fn new(visit: &Visit, app: &App) -> Self {
        let catalog = visit.known(app).catalog;
        let (ask, said) = asked(visit, &catalog.tool.name);
        let oracle = visit.oracle(app);
        let body = panels::explore(&ask, catalog, visit.today, &oracle);
        let one = |name: &str| ask.values(name).next().unwrap_or_default().to_owned();
        let by: Vec<&str> = ask.values("by").flat_map(|by| by.split(',')).collect();
        let dimensions = dimensions(catalog);
        let list = |chosen: &str| options(&dimensions, chosen, "nothing");
        let mut filters: Vec<String> = ask.values("where").map(str::to_owned).collect();
        filters.resize(filters.len().max(FILTERS), String::new());
        Self {
            demo: app.config.demo,
            tool: catalog.tool.name.clone(),
            title: catalog.tool.title.clone(),
            public: visit.view == View::Public,
            measures: options(&measures(catalog), &one("measure"), ""),
            first: list(by.first().copied().unwrap_or_default()),
            second: list(by.get(1).copied().unwrap_or_default()),
            filters,
            from: one("from"),
            to: one("to"),
            buckets: options(&["day".into(), "week".into(), "month".into()], &one("bucket"), "all days together"),
            said: said.iter().map(|said| Prose::sentence(said)).collect(),
            body: body.map(Body::new).map_err(|problem| Prose::sentence(&problem)),
            answers: oracle.take_asked().into_iter().map(|ask| Answer::new(ask, &oracle)).collect(),
            dimensions,
        }
    }
}

/// The question in an address, and what of the address is none.
fn asked(visit: &Visit, tool: &str) -> (Ask, Vec<String>) {
    let (mut ask, mut said) = (Ask::new(Route::Query, tool), Vec::new());
    for (name, value) in visit.parameters.iter().filter(|(_, value)| !value.trim().is_empty()) {
        match Route::Query.parameters().contains(&name.as_str()) && name != "tool" {
            true => ask = ask.with(name, value.trim()),
            false => said.push(format!("`{name}` is not a parameter of this page")),
        }
    }
    if visit.parameters.is_empty() {
        ask = ask.with("by", "event").with("bucket", "week");
    }
    (ask, said)
}

fn options(values: &[String], chosen: &str, none: &str) -> Vec<Choice> {
    let empty =
        (!none.is_empty()).then(|| Choice { value: String::new(), text: none.into(), chosen: chosen.is_empty() });
    let option = |value: &String| Choice { value: value.clone(), text: value.clone(), chosen: value == chosen };
    empty.into_iter().chain(values.iter().map(option)).collect()
}

/// Everything that an answer can be split by.
fn dimensions(catalog: &Catalog) -> Vec<String> {
    let askable = |kind: &Kind| !matches!(kind, Kind::Id | Kind::Drop { .. });
    let origin = catalog.origin.iter().filter(|field| askable(&field.kind)).flat_map(|field| {
        let version = matches!(field.kind, Kind::Version { .. });
        let grouped = [format!("{}.major", field.name), format!("{}.minor", field.name)];
        std::iter::once(field.name.clone()).chain(grouped.into_iter().filter(move |_| version))
    });
    let fields = catalog.events.iter().flat_map(|event| {
        let fields = event.fields.iter().filter(|field| askable(&field.kind));
        fields.map(|field| format!("{}.{}", event.name, field.name))
    });
    let known = std::iter::once("event".to_owned()).chain(origin).chain(fields);
    known.filter(|by| is_dimension(catalog, by)).collect()
}

fn is_dimension(catalog: &Catalog, by: &str) -> bool {
    let asked = Asked { measure: "events", by: vec![by], ..Asked::default() };
    let resolved = Question::resolve(catalog, &asked, aboveboard_catalog::Day(0));
    resolved.is_ok_and(|question| matches!(question.by.as_slice(), [Dimension::Event | _]))
}

/// Everything that can be counted.
fn measures(catalog: &Catalog) -> Vec<String> {
    let numbers = catalog.events.iter().flat_map(|event| {
        let numbers = event.fields.iter().filter(|field| matches!(field.kind, Kind::Number { .. }));
        numbers.map(|field| format!("{}.{}", event.name, field.name))
    });
    let percentiles = numbers.flat_map(|of| [50, 75, 90, 95, 99].map(|percent| format!("p{percent}:{of}")));
    ["events", "reports", "machines", "share"].into_iter().map(str::to_owned).chain(percentiles).collect()
}
