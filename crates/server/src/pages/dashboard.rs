//! The dashboard of a tool: an overview that says how it is doing and what to do next, and a page for each panel.
//!
//! All counting of a page is one turn at the [`crate::query::Desk`], over one snapshot, and each question is counted
//! once however many panels ask it.

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State as Held};
use axum::http::HeaderMap;
use axum::response::Response;

use aboveboard_catalog::{Bucket, Catalog, Day};

use super::prose::Prose;
use super::{errors, html};
use crate::app::{App, Shared};
use crate::ask::Ask;
use crate::chart::{Drawing, Unit, grouped};
use crate::clock;
use crate::disclose::{Column, Row, Table, View};
use crate::operator::is_operator;
use crate::panels::{self, Drawn, Number, Oracle, Scope, Size};
use crate::problem::{Code, Problem};
use crate::query::{Asking, Planned};
use crate::state::{self, Known, Range, State};
use crate::views::{self, Panel, Topic};

/// The parameters of an address, in their order.
pub(super) type Parameters = Vec<(String, String)>;
/// Rows of an answer that a page holds; the CSV has all.
const ROWS_MAX: usize = 500;
/// Things to look at: more are a list to work through, which is another thing.
const NEXT_MAX: usize = 5;

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview {
    demo: bool,
    frame: Frame,
    week: String,
    numbers: Vec<Number>,
    next: Vec<Next>,
    cards: Vec<Card>,
}

#[derive(Template)]
#[template(path = "panel.html")]
struct PanelPage {
    demo: bool,
    frame: Frame,
    title: String,
    topic: &'static str,
    definition: Prose,
    body: Result<Body, Prose>,
    answers: Vec<Answer>,
    siblings: Vec<Link>,
    catalogue: Link,
}

/// What every page of a dashboard begins with.
pub(super) struct Frame {
    pub(super) tool: String,
    pub(super) title: String,
    pub(super) public: bool,
    pub(super) overview: String,
    pub(super) controls: Vec<Control>,
    pub(super) filters: Vec<Link>,
    pub(super) said: Vec<Prose>,
}

/// Something that a reader can choose.
pub(super) struct Control {
    pub(super) label: &'static str,
    pub(super) choices: Vec<Choice>,
}

pub(super) struct Choice {
    pub(super) text: String,
    pub(super) href: String,
    pub(super) current: bool,
}

pub(super) struct Link {
    pub(super) text: String,
    pub(super) href: String,
}

/// A sentence that asks for something to be done.
struct Next {
    text: Prose,
    panel: Link,
}

/// A panel among others.
struct Card {
    name: String,
    question: &'static str,
    panel: Link,
    body: Result<Body, Prose>,
    asked: Option<Ask>,
    more: Vec<Link>,
    catalogue: String,
}

/// A panel that was drawn.
pub(super) struct Body {
    pub(super) figures: Vec<Figure>,
    pub(super) says: Vec<Prose>,
    pub(super) notes: Vec<Prose>,
}

pub(super) struct Figure {
    pub(super) title: String,
    pub(super) sentence: String,
    pub(super) picture: String,
    /// The full table, where the picture is none.
    pub(super) sheet: Option<String>,
}

/// An answer as it stands at its address.
pub(super) struct Answer {
    pub(super) ask: Ask,
    pub(super) table: Result<Sheet, String>,
}

pub(super) struct Sheet {
    pub(super) columns: Vec<Head>,
    pub(super) rows: Vec<Vec<Cell>>,
    pub(super) left: usize,
    pub(super) notes: Vec<String>,
}

pub(super) struct Head {
    pub(super) text: String,
    pub(super) is_number: bool,
}

/// A cell as people read it.
pub(super) struct Cell {
    pub(super) text: String,
    /// The whole number, as the JSON and the CSV have it; empty where it is withheld.
    pub(super) number: Option<String>,
}

/// The overview of a tool.
pub(crate) async fn overview(
    Held(app): Held<Shared>,
    Path(tool): Path<String>,
    query: Result<Query<Parameters>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let visit = Visit::new(&app, &tool, parameters(query), &headers)?;
    let page = app.clone().desk.work(move || Ok(visit.overview(&app))).await?;
    html(&page)
}

/// The page of a panel.
pub(crate) async fn panel(
    Held(app): Held<Shared>,
    Path((tool, name)): Path<(String, String)>,
    query: Result<Query<Parameters>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let visit = Visit::new(&app, &tool, parameters(query), &headers)?;
    let page = app.clone().desk.work(move || visit.panel(&app, &name)).await?;
    html(&page)
}

/// What cannot be read is as good as not said: the page is shown as if it had no parameters.
pub(super) fn parameters(query: Result<Query<Parameters>, QueryRejection>) -> Parameters {
    query.map(|Query(parameters)| parameters).unwrap_or_default()
}

/// Somebody who looks at a tool.
pub(super) struct Visit {
    pub(super) tool: usize,
    pub(super) view: View,
    pub(super) parameters: Parameters,
    pub(super) today: Day,
}

impl Visit {
    pub(super) fn new(app: &App, tool: &str, parameters: Parameters, headers: &HeaderMap) -> Result<Self, Problem> {
        let operator = is_operator(headers, app.config.token.as_ref());
        let view = if operator { View::Operator } else { View::Public };
        Ok(Self { tool: app.tool(tool)?, view, parameters, today: clock::now().day() })
    }

    pub(super) fn known<'a>(&self, app: &'a App) -> Known<'a> {
        Known { catalog: &app.catalogs[self.tool], view: self.view }
    }

    /// What answers this visit's questions: the path of `/v1/query`, over one snapshot.
    pub(super) fn oracle<'a>(&'a self, app: &'a App) -> Oracle<'a> {
        let snapshot = app.store.snapshot();
        Oracle::new(move |ask| {
            let planned = Planned::of(app, ask.route, &Asking::of(ask, self.view), self.today);
            let table = planned.and_then(|planned| planned.count(&snapshot, self.today));
            table.map_err(|problem| problem.detail.into_owned())
        })
    }

    pub(super) fn scope<'a>(&self, app: &'a App, state: &'a State, path: String) -> Scope<'a> {
        // A shape may be that of a single machine.
        let shapes = if self.view == View::Public { Vec::new() } else { app.undeclared(self.tool) };
        let shapes = shapes.into_iter().map(|(shape, n)| (shape.to_string(), n)).collect();
        Scope::new(self.known(app), state, self.today, path, shapes).with_changes(app.history.changed(self.tool))
    }

    fn overview(&self, app: &App) -> Overview {
        let known = self.known(app);
        let (state, said) = State::parse(&self.parameters, known);
        let path = format!("/t/{}", known.catalog.tool.name);
        let scope = self.scope(app, &state, path.clone());
        let oracle = self.oracle(app);
        let panels = views::of(known.catalog);
        let numbers = panels::numbers(&panels, &scope, &oracle);
        let (mut cards, mut next) = (Vec::new(), Vec::new());
        for topic in Topic::ALL {
            let mut of_topic = panels.iter().filter(|panel| panel.topic == topic);
            let Some(lead) = of_topic.next() else { continue };
            let drawn = panels::draw(lead, &scope, &oracle, Size::Small);
            if let Ok(drawn) = &drawn {
                let asked = drawn.next.iter().cloned().map(Prose);
                next.extend(asked.map(|text| Next { text, panel: link(lead, &state, known) }));
            }
            cards.push(Card::new(
                lead,
                drawn,
                of_topic.map(|panel| link(panel, &state, known)).collect(),
                &oracle,
                &state,
                known,
            ));
        }
        next.truncate(NEXT_MAX);
        let week = format!("{} to {}", scope.last_week(), scope.last_week().plus(6));
        Overview { demo: app.config.demo, frame: frame(known, &state, said, &path), week, numbers, next, cards }
    }

    fn panel(&self, app: &App, name: &str) -> Result<PanelPage, Problem> {
        let known = self.known(app);
        let (state, said) = State::parse(&self.parameters, known);
        let panels = views::of(known.catalog);
        let panel = panels.iter().find(|panel| panel.name == name);
        let missing = || Problem::new(Code::NotFound, format!("`{}` has no such panel", known.catalog.tool.name));
        let panel = panel.ok_or_else(missing)?;
        let path = format!("/t/{}/{name}", known.catalog.tool.name);
        let scope = self.scope(app, &state, path.clone());
        let oracle = self.oracle(app);
        let body = panels::draw(panel, &scope, &oracle, Size::Full)
            .map(Body::new)
            .map_err(|problem| Prose::sentence(&problem));
        let answers = oracle.take_asked().into_iter().map(|ask| Answer::new(ask, &oracle)).collect();
        let siblings = panels.iter().filter(|other| other.topic == panel.topic && other.name != panel.name);
        let queue = errors::queue_of(known.catalog).filter(|_| panel.topic == Topic::Errors);
        let queue = queue.map(|path| Link { text: "Rewrite next".into(), href: state.address(&path, known) });
        Ok(PanelPage {
            demo: app.config.demo,
            frame: frame(known, &state, said, &path),
            title: panel.title.clone(),
            topic: panel.topic.question(),
            definition: Prose(panels::definition(panel, &scope)),
            body,
            answers,
            siblings: siblings.map(|other| link(other, &state, known)).chain(queue).collect(),
            catalogue: catalogue(panel, known.catalog),
        })
    }
}

/// Public charts that are drawn on a page that is about something else; there are links to the others.
const PUBLIC_DRAWN_MAX: usize = 6;

/// What everybody sees of a tool.
pub(super) struct PublicCharts {
    /// The first of each topic that has something to show, with its link.
    pub(super) drawn: Vec<(Link, Body)>,
    pub(super) others: Vec<Link>,
    /// What was chosen in the consent banner of the tool's site, where it has one.
    pub(super) choices: Option<Result<Body, String>>,
}

/// The charts that the catalogue marks public, as the public sees them, whoever asks.
pub(super) async fn public_charts(app: &Shared, tool: usize) -> Result<PublicCharts, Problem> {
    let visit = Visit { tool, view: View::Public, parameters: Vec::new(), today: clock::now().day() };
    let held = Shared::clone(app);
    app.desk.work(move || Ok(visit.public_charts(&held))).await
}

impl Visit {
    fn public_charts(&self, app: &App) -> PublicCharts {
        let known = self.known(app);
        let (state, _) = State::parse(&self.parameters, known);
        let scope = self.scope(app, &state, format!("/t/{}", known.catalog.tool.name));
        let oracle = self.oracle(app);
        let is_chart =
            |panel: &&Panel| known.catalog.charts.iter().any(|chart| chart.public && chart.name == panel.name);
        let panels = views::of(known.catalog);
        let choices = panels::choices(known.catalog, &scope, &oracle).map(|drawn| drawn.map(Body::new));
        let mut charts = PublicCharts { drawn: Vec::new(), others: Vec::new(), choices };
        let mut topics = Vec::new();
        for panel in panels.iter().filter(is_chart) {
            let more = !topics.contains(&panel.topic) && topics.len() < PUBLIC_DRAWN_MAX;
            let drawn = more.then(|| panels::draw(panel, &scope, &oracle, Size::Small));
            match drawn {
                Some(Ok(drawn)) => {
                    topics.push(panel.topic);
                    charts.drawn.push((link(panel, &state, known), Body::new(drawn).first()));
                }
                _ => charts.others.push(link(panel, &state, known)),
            }
        }
        charts
    }
}

impl Card {
    fn new(
        panel: &Panel,
        drawn: Result<Drawn, String>,
        more: Vec<Link>,
        oracle: &Oracle<'_>,
        state: &State,
        known: Known<'_>,
    ) -> Self {
        Self {
            name: panel.name.clone(),
            question: panel.topic.question(),
            panel: link(panel, state, known),
            body: drawn.map(|drawn| Body::new(drawn).first()).map_err(|problem| Prose::sentence(&problem)),
            asked: oracle.take_answered().into_iter().next(),
            more,
            catalogue: catalogue(panel, known.catalog).href,
        }
    }
}

impl Body {
    pub(super) fn new(drawn: Drawn) -> Self {
        let notes = drawn.notes.iter().map(|note| Prose::sentence(note)).collect();
        let says = drawn.says.into_iter().map(Prose).collect();
        Self { figures: drawn.figures.into_iter().map(Figure::new).collect(), says, notes }
    }

    /// With the figure that stands for all.
    fn first(mut self) -> Self {
        self.figures.truncate(1);
        self.says.truncate(1);
        self
    }
}

impl Figure {
    pub(super) fn new(drawing: Drawing) -> Self {
        let sheet = (!drawing.is_table).then(|| drawing.sheet.html());
        Self { title: drawing.sheet.caption, sentence: drawing.sentence, picture: drawing.picture, sheet }
    }
}

impl Answer {
    pub(super) fn new(ask: Ask, oracle: &Oracle<'_>) -> Self {
        let table = oracle.ask(&ask).map(|table| Sheet::new(&table));
        Self { ask, table }
    }
}

impl Sheet {
    fn new(table: &Table) -> Self {
        let rows = table.rows();
        let unit = unit(table);
        Self {
            columns: columns(table).map(|(column, figure)| Head::new(column, figure, table)).collect(),
            rows: rows.iter().take(ROWS_MAX).map(|row| cells(table, row, &unit)).collect(),
            left: rows.len().saturating_sub(ROWS_MAX),
            notes: table.notes().map(|note| note.text().to_owned()).collect(),
        }
    }
}

/// A column of numbers.
#[derive(Clone, Copy, PartialEq)]
enum Counts {
    Value,
    Behind,
}

/// The columns of an answer. The last three are its figures, whatever the dimensions before them are called.
fn columns(table: &Table) -> impl Iterator<Item = (&Column, Option<Counts>)> {
    let figures = [Some(Counts::Value), Some(Counts::Behind), None];
    let dimensions = table.columns().len().saturating_sub(figures.len());
    table.columns().iter().zip(std::iter::repeat_n(None, dimensions).chain(figures))
}

impl Head {
    fn new(column: &Column, figure: Option<Counts>, table: &Table) -> Self {
        // A percentile has its unit in each cell: the one that fits.
        let unit = match table.echo().question.measure.split_once(':') {
            Some((percentile, of)) if figure == Some(Counts::Value) => Some(format!("{percentile} of {of}")),
            _ => column.unit.clone().filter(|unit| !unit.is_empty()),
        };
        let text = unit.map_or_else(|| column.name.clone(), |unit| format!("{} ({unit})", column.name));
        Self { text, is_number: figure.is_some() }
    }
}

/// What the values of an answer are measured in.
fn unit(table: &Table) -> Unit {
    match table.echo().question.measure.as_str() {
        "share" => Unit::Share,
        measure if measure.contains(':') => Unit::of(&table.echo().unit),
        _ => Unit::Count,
    }
}

/// The cells of a row: numbers as drawings have them, everything else as it is answered.
fn cells(table: &Table, row: &Row, unit: &Unit) -> Vec<Cell> {
    let cell = |((_, figure), whole): ((&Column, Option<Counts>), String)| {
        let text = match figure {
            Some(Counts::Value) => row.value().map(|value| unit.full(value.number())),
            Some(Counts::Behind) => row.n().map(grouped),
            None => return Cell { text: whole, number: None },
        };
        Cell { text: text.unwrap_or_else(|| "–".into()), number: Some(whole) }
    };
    columns(table).zip(table.cells(row)).map(cell).collect()
}

fn link(panel: &Panel, state: &State, known: Known<'_>) -> Link {
    let path = format!("/t/{}/{}", known.catalog.tool.name, panel.name);
    Link { text: panel.title.clone(), href: state.address(&path, known) }
}

fn catalogue(panel: &Panel, catalog: &Catalog) -> Link {
    Link { text: panel.anchor.clone(), href: format!("/catalog/{}#{}", catalog.tool.name, panel.anchor) }
}

pub(super) fn frame(known: Known<'_>, state: &State, said: Vec<String>, path: &str) -> Frame {
    let tool = &known.catalog.tool;
    let filters = state.filters.iter().map(|filter| {
        let without = state.but(|state| state.filters.retain(|other| other != filter));
        Link { text: filter.clone(), href: without.address(path, known) }
    });
    Frame {
        tool: tool.name.clone(),
        title: tool.title.clone(),
        public: known.view == View::Public,
        overview: state.address(&format!("/t/{}", tool.name), known),
        filters: filters.collect(),
        controls: controls(known, state, path),
        said: said.iter().map(|said| Prose::sentence(said)).collect(),
    }
}

fn controls(known: Known<'_>, state: &State, path: &str) -> Vec<Control> {
    let choice = |text: &str, chosen: State| Choice {
        text: text.to_owned(),
        current: chosen == *state,
        href: chosen.address(path, known),
    };
    let mut controls = Vec::new();
    let mut add = |label, choices: Vec<Choice>| controls.push(Control { label, choices });
    let range = |days: &u16| choice(&format!("{days} days"), state.but(|state| state.range = Range::Last(*days)));
    add("Range", state::RANGES.iter().map(range).collect());
    if known.view == View::Operator {
        let bucket = |bucket: &Bucket| Choice {
            current: state.bucket() == *bucket,
            ..choice(bucket.name(), state.but(|state| state.bucket = Some(*bucket)))
        };
        add("By", [Bucket::Day, Bucket::Week, Bucket::Month].iter().map(bucket).collect());
    }
    if known.origin("ci").is_some() {
        let texts = ["local", "CI", "both"].into_iter().zip(state::Source::ALL);
        add(
            "Source",
            texts.map(|(text, (source, _))| choice(text, state.but(|state| state.source = source))).collect(),
        );
    }
    if known.origin("agent").is_some() {
        let texts = ["all", "people", "agents"].into_iter().zip(state::Who::ALL);
        add("Run by", texts.map(|(text, (who, _))| choice(text, state.but(|state| state.who = who))).collect());
    }
    let versions = state::Versions::ALL.iter();
    add("Versions", versions.map(|(group, word)| choice(word, state.but(|state| state.versions = *group))).collect());
    if let Some(field) = known.origin("os") {
        let any = choice("any", state.but(|state| state.os = None));
        let of = |os: &String| choice(os, state.but(|state| state.os = Some(os.clone())));
        add("System", std::iter::once(any).chain(field.kind.members().iter().map(of)).collect());
    }
    add(
        "Shares",
        state::Form::ALL.iter().map(|(form, word)| choice(word, state.but(|state| state.form = *form))).collect(),
    );
    let compared = [("nothing", false), ("the days before", true)];
    add(
        "Compare with",
        compared.map(|(text, compare)| choice(text, state.but(|state| state.compare = compare))).into(),
    );
    controls
}
