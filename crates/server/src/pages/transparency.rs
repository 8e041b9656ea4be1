//! The page for a tool's users, above all for those who distrust it: everything that is collected, what is not, how to
//! switch it off, what is kept of oneself and how to delete it, what everybody sees of it. From the catalogue and from
//! what is kept at this moment; without the latter it is a file for the tool's own site.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};

use aboveboard_catalog::generate::example::{example, sample};
use aboveboard_catalog::generate::markdown;
use aboveboard_catalog::generate::statement::{self, Absent, Way};
use aboveboard_catalog::{Catalog, Day, EventSpec, Field, Kind, Tool, Verdict};
use aboveboard_store::Erasure;

use super::dashboard::{PublicCharts, public_charts};
use super::first::{Account, Recent, recent};
use super::prose::Prose;
use super::{headers, html, is_link};
use crate::admit::{Admitted, Paced};
use crate::app::Shared;
use crate::chart::grouped;
use crate::clock;
use crate::dialect::Unreadable;
use crate::disclose::View;
use crate::form::field;
use crate::history::Version;
use crate::personal::{self, KeptDay};
use crate::problem::Problem;
use crate::receipt::Receipt;

/// So many members are listed in the table; more are folded away.
const FEW: usize = 8;

/// The page with what is kept at this moment.
#[derive(Template)]
#[template(path = "transparency.html")]
struct LivePage<'c> {
    demo: bool,
    told: Told<'c>,
    live: Option<Live>,
}

/// The page as one file that needs no collector.
#[derive(Template)]
#[template(path = "transparency-file.html")]
struct FilePage<'c> {
    told: Told<'c>,
    live: Option<Live>,
    style: &'static str,
    people: &'static str,
}

/// What the catalogue alone says.
struct Told<'c> {
    tool: &'c Tool,
    glance: Vec<(String, &'static str)>,
    terms: Vec<(&'static str, Prose)>,
    off: Vec<WayRow>,
    see: Vec<WayRow>,
    absent: Vec<(Prose, Prose)>,
    thrown: Vec<(Prose, Prose)>,
    origin: Vec<FieldRow<'c>>,
    events: Vec<EventRow<'c>>,
    sample: Option<Sample>,
    links: Vec<&'c (String, String)>,
    /// Whether there is an identifier under which people can look for what is kept.
    has_own: bool,
    own_number: Prose,
    native: bool,
}

struct WayRow {
    whom: &'static str,
    lines: Vec<String>,
    note: Option<Prose>,
}

struct EventRow<'c> {
    name: &'c str,
    question: Prose,
    about: &'static str,
    owner: &'c str,
    review: &'c str,
    review_is_link: bool,
    since: String,
    until: Option<String>,
    days: u32,
    charts: Vec<&'c str>,
    fields: Vec<FieldRow<'c>>,
}

struct FieldRow<'c> {
    name: &'c str,
    about: Prose,
    example: String,
    kept: Option<String>,
    kind: String,
    few: &'c [String],
    many: &'c [String],
}

/// An example made from the catalogue.
struct Sample {
    event: String,
    text: String,
    /// Whether its event is the most frequent one that everybody may see.
    most_frequent: bool,
}

/// What is kept at this moment.
struct Live {
    region: Prose,
    recent: Result<Recent, String>,
    charts: Result<PublicCharts, String>,
    account: Account,
    forgotten: String,
    history: Vec<VersionRow>,
    answer: Option<Answer>,
}

struct VersionRow {
    day: String,
    changes: Vec<ChangeRow>,
    note: &'static str,
}

struct ChangeRow {
    path: String,
    message: Prose,
    more: bool,
}

/// What somebody is told who asked about themselves.
#[derive(Default)]
struct Answer {
    sentences: Vec<Prose>,
    days: Vec<KeptDay>,
}

/// The page, or its text with `.md` after the tool's name.
pub(crate) async fn transparency(State(app): State<Shared>, Path(name): Path<String>) -> Result<Response, Problem> {
    if let Some(tool) = name.strip_suffix(".md") {
        let text = markdown(&app.catalogs[app.tool(tool)?]);
        return Ok((headers("text/markdown; charset=utf-8"), text).into_response());
    }
    page(&app, app.tool(&name)?, None).await
}

/// The page with an answer: what is kept under a number, what became of it, how far a deletion is. Who fills in the
/// form is never the operator, whatever their browser has.
pub(crate) async fn ask(
    _: Paced,
    State(app): State<Shared>,
    Path(name): Path<String>,
    body: Admitted,
) -> Result<Response, Problem> {
    let tool = app.tool(&name)?;
    let (number, forget) = read_form(body.bytes())?;
    let answer = if forget { forget_one(&app, tool, &number).await } else { look_up(&app, tool, &number).await };
    let answer = answer.unwrap_or_else(|problem| Answer::of(format!("This was not done: {}.", problem.detail)));
    page(&app, tool, Some(answer)).await
}

/// The page as a file: nothing in it needs a collector, and its style is in it.
pub(crate) fn file(catalog: &Catalog) -> Result<String, String> {
    let event = catalog.events.iter().find(|event| event.refused.is_none());
    let sample = event.map(|event| Sample::new(catalog, event, event.since, false));
    let page = FilePage {
        told: Told::new(catalog, sample),
        live: None,
        style: include_str!("../../templates/style.css"),
        people: include_str!("../../templates/people.css"),
    };
    page.render().map_err(|error| error.to_string())
}

async fn page(app: &Shared, tool: usize, answer: Option<Answer>) -> Result<Response, Problem> {
    let catalog = &app.catalogs[tool];
    let recent = recent(app, tool, View::Public).await.map(|table| Recent::new(&table));
    let recent = recent.map_err(|problem| problem.detail.into_owned());
    let sample = most_frequent(catalog, &recent);
    let charts = public_charts(app, tool).await.map_err(|problem| problem.detail.into_owned());
    let live = Live::new(app, tool, recent, charts, answer);
    html(&LivePage { demo: app.config.demo, told: Told::new(catalog, sample), live: Some(live) })
}

/// An example of the event that happens most often, as far as everybody may know which one that is.
fn most_frequent(catalog: &Catalog, recent: &Result<Recent, String>) -> Option<Sample> {
    let names = recent.iter().flat_map(|recent| &recent.rows).map(|row| row.event.as_str());
    let kept = |name: &str| catalog.events.iter().find(|event| event.name == name && event.refused.is_none());
    let found = names.filter_map(kept).next();
    let event = found.or_else(|| catalog.events.iter().find(|event| event.refused.is_none()))?;
    Some(Sample::new(catalog, event, clock::now().day(), found.is_some()))
}

impl<'c> Told<'c> {
    fn new(catalog: &'c Catalog, sample: Option<Sample>) -> Self {
        let tool = &catalog.tool;
        let collected = || catalog.events.iter().filter(|event| event.refused.is_none());
        Self {
            tool,
            glance: glance(catalog),
            terms: terms(tool),
            off: statement::ways_off(tool).into_iter().map(WayRow::new).collect(),
            see: statement::ways_to_see(tool).into_iter().map(WayRow::new).collect(),
            absent: statement::absent(catalog).into_iter().map(absent).collect(),
            thrown: statement::thrown_away(catalog).into_iter().map(absent).collect(),
            origin: fields(&catalog.origin),
            events: collected().map(|event| EventRow::new(catalog, event)).collect(),
            sample,
            links: tool.links.iter().filter(|(_, address)| is_link(address)).collect(),
            has_own: personal::has_own(catalog),
            own_number: Prose(statement::own_number(tool)),
            native: tool.dialect == aboveboard_catalog::Dialect::Native,
        }
    }
}

/// What one must know who reads nothing else.
fn glance(catalog: &Catalog) -> Vec<(String, &'static str)> {
    let tool = &catalog.tool;
    let kept = |fields: &[Field]| fields.iter().filter(|field| !matches!(field.kind, Kind::Drop { .. })).count();
    let collected = || catalog.events.iter().filter(|event| event.refused.is_none());
    let fields = kept(&catalog.origin) + collected().map(|event| kept(&event.fields)).sum::<usize>();
    let ids = catalog.origin.iter().filter(|field| field.kind == Kind::Id).count();
    vec![
        (collected().count().to_string(), "events"),
        (fields.to_string(), "fields, all told"),
        ("0".to_owned(), "fields of free text"),
        (ids.to_string(), if ids == 0 { "identifiers" } else { "identifiers, kept as hashes" }),
        (format!("{} days", tool.retention_days), "until it is deleted"),
        (tool.public_minimum.to_string(), "machines, the smallest group shown"),
    ]
}

fn terms(tool: &Tool) -> Vec<(&'static str, Prose)> {
    vec![
        ("Responsible", Prose(tool.controller.clone())),
        ("By default", statement::mode(tool.mode).into()),
        ("Identifier", statement::identity(tool.identity).into()),
        ("Sent to", Prose(format!("`{}`", tool.endpoint))),
    ]
}

fn absent(absent: Absent) -> (Prose, Prose) {
    (Prose(absent.what), Prose::sentence(&absent.why))
}

/// What is thrown away stands elsewhere.
fn fields(fields: &[Field]) -> Vec<FieldRow<'_>> {
    fields.iter().filter_map(FieldRow::new).collect()
}

impl WayRow {
    fn new(way: Way) -> Self {
        Self { whom: way.whom, lines: way.lines, note: (!way.note.is_empty()).then(|| Prose::sentence(way.note)) }
    }
}

impl<'c> EventRow<'c> {
    fn new(catalog: &'c Catalog, event: &'c EventSpec) -> Self {
        let charts = catalog.charts.iter().filter(|chart| chart.events.contains(&event.name));
        Self {
            name: &event.name,
            question: Prose(event.question.clone()),
            about: statement::sensitivity(event.sensitivity),
            owner: &event.owner,
            review: &event.review,
            review_is_link: is_link(&event.review),
            since: event.since.to_string(),
            until: event.expires.map(|day| day.to_string()),
            days: catalog.tool.retention_days,
            charts: charts.map(|chart| chart.title.as_str()).collect(),
            fields: fields(&event.fields),
        }
    }
}

impl<'c> FieldRow<'c> {
    fn new(field: &'c Field) -> Option<Self> {
        let example = example(field)?;
        let members = field.kind.members();
        let (few, many) = if members.len() > FEW { (&[][..], members) } else { (members, &[][..]) };
        let kind = match &field.kind {
            Kind::Flag => "yes or no".to_owned(),
            Kind::Choice(_) if few.is_empty() => "one word of a list".to_owned(),
            Kind::Choice(_) => "one of".to_owned(),
            Kind::Choices(_) => "any of".to_owned(),
            Kind::Number { buckets, .. } => format!("one of {} ranges", buckets.count()),
            Kind::Version { .. } => "a version, without build data".to_owned(),
            Kind::Name { .. } => "one name of a public list".to_owned(),
            Kind::Code { .. } => "one of the tool's error codes".to_owned(),
            Kind::Id | Kind::Drop { .. } => "a keyed hash".to_owned(),
        };
        let kept = example.kept.filter(|_| matches!(field.kind, Kind::Number { .. }));
        Some(Self {
            name: &field.name,
            about: Prose(field.about.clone()),
            example: example.said,
            kept,
            kind,
            few,
            many,
        })
    }
}

impl Sample {
    fn new(catalog: &Catalog, event: &EventSpec, day: Day, most_frequent: bool) -> Self {
        Self { event: event.name.clone(), text: sample(catalog, event, day), most_frequent }
    }
}

impl Live {
    fn new(
        app: &Shared,
        tool: usize,
        recent: Result<Recent, String>,
        charts: Result<PublicCharts, String>,
        answer: Option<Answer>,
    ) -> Self {
        let region = match &app.config.region {
            Some(region) => Prose(region.replace('`', "'")),
            None => "The operator of this collector has not said.".into(),
        };
        Self {
            region,
            recent,
            charts,
            account: Account::new(app, tool),
            forgotten: few(app.store.forgotten_count(tool) as u64, &app.catalogs[tool].tool),
            history: history(&app.catalogs[tool], app.history.of(tool)),
            answer,
        }
    }
}

/// A number of machines, as everybody may know it.
fn few(machines: u64, tool: &Tool) -> String {
    let minimum = u64::from(tool.public_minimum);
    if machines < minimum { format!("fewer than {minimum}") } else { grouped(machines) }
}

/// What changed, newest first: what this collector saw itself, and since when the catalogue says that events are collected.
fn history(catalog: &Catalog, versions: &[Version]) -> Vec<VersionRow> {
    let mut rows: Vec<(Day, VersionRow)> =
        versions.iter().map(|version| (version.day, VersionRow::new(version))).rev().collect();
    let mut begun: BTreeMap<Day, Vec<ChangeRow>> = BTreeMap::new();
    for event in catalog.events.iter().filter(|event| event.refused.is_none()) {
        begun.entry(event.since).or_default().push(ChangeRow::begun(event));
    }
    let begun = begun.into_iter().rev();
    rows.extend(begun.map(|(day, changes)| (day, VersionRow { day: day.to_string(), changes, note: "" })));
    // Stable, so that of one day the newer version stays above the older.
    rows.sort_by_key(|(day, _)| std::cmp::Reverse(*day));
    rows.into_iter().map(|(_, row)| row).collect()
}

impl VersionRow {
    fn new(version: &Version) -> Self {
        let changes: Vec<ChangeRow> = version.changes.iter().flatten().map(ChangeRow::new).collect();
        let note = match &version.changes {
            None => "This collector served the catalogue for the first time.",
            Some(changes) if changes.is_empty() => "Only its wording changed.",
            Some(_) => "",
        };
        Self { day: version.day.to_string(), changes, note }
    }
}

impl ChangeRow {
    fn begun(event: &EventSpec) -> Self {
        let message = Prose("collected from this day on, as the catalogue says".to_owned());
        Self { path: format!("event.{}", event.name), message, more: true }
    }

    fn new(change: &aboveboard_catalog::Change) -> Self {
        Self {
            path: change.path.clone(),
            message: Prose(change.message.clone()),
            more: change.verdict != Verdict::Compatible,
        }
    }
}

impl Answer {
    fn of(sentence: impl Into<String>) -> Self {
        Self { sentences: vec![Prose(sentence.into())], days: Vec::new() }
    }
}

/// What was typed, and whether it is to be forgotten.
fn read_form(body: &[u8]) -> Result<(String, bool), Problem> {
    let unreadable = || Unreadable("the form must have `number` and `act`".into());
    let (number, act) = field(body, "number").zip(field(body, "act")).ok_or_else(unreadable)?;
    Ok((number.trim().to_owned(), act == "forget"))
}

async fn look_up(app: &Shared, tool: usize, number: &str) -> Result<Answer, Problem> {
    if let Some(receipt) = Receipt::parse(number) {
        return Ok(Answer::of(progress(app, receipt)));
    }
    let mut answer = Answer::default();
    let native = app.catalogs[tool].tool.dialect == aboveboard_catalog::Dialect::Native;
    if native && let Ok(arrived) = personal::has_arrived(app, tool, number).await {
        let told = if arrived {
            "A batch with this id arrived and is on disk."
        } else {
            "No batch with this id arrived in the last 60 days."
        };
        answer.sentences.push(told.into());
    }
    match personal::kept(app, tool, number, false).await {
        Ok(days) => {
            let told =
                if days.is_empty() { "Nothing is kept under this number." } else { "This is kept under this number:" };
            answer.sentences.push(told.into());
            answer.days = days;
        }
        Err(problem) if answer.sentences.is_empty() => return Err(problem),
        Err(_) => {}
    }
    Ok(answer)
}

async fn forget_one(app: &Shared, tool: usize, number: &str) -> Result<Answer, Problem> {
    Ok(match personal::forget_now(app, tool, number, false).await? {
        Some(receipt) => Answer::of(format!(
            "Done. No answer counts it any more, and files are rewritten within about an hour. Your receipt is \
             `{receipt}`; type it here to see how far it is."
        )),
        None => Answer::of("Nothing is kept under this number, so there was nothing to delete."),
    })
}

fn progress(app: &Shared, receipt: Receipt) -> String {
    match personal::progress(app, receipt) {
        Erasure::Unknown => format!("Nothing is known of the receipt `{receipt}`."),
        Erasure::Hidden => {
            format!("`{receipt}`: no answer counts it any more. Files are rewritten within about an hour.")
        }
        Erasure::Erased => format!("`{receipt}`: no file holds it any more."),
    }
}
