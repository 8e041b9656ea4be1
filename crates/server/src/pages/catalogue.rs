//! The page of a catalogue, for those who maintain it: every event with its owner and review, every field with its
//! kind and key, and the charts that they are for. What a tool's users read is in `transparency.rs`.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use aboveboard_catalog::generate::statement;
use aboveboard_catalog::{Catalog, Chart, EventSpec, Field, Kind, Tool};

use super::prose::Prose;
use super::{html, is_link};
use crate::app::Shared;
use crate::problem::Problem;

/// So many members are listed in the table; more are folded away.
const FEW: usize = 12;

#[derive(Template)]
#[template(path = "catalogue.html")]
struct Page<'c> {
    demo: bool,
    tool: &'c Tool,
    contact_is_link: bool,
    mode: &'static str,
    identity: &'static str,
    links: Vec<&'c (String, String)>,
    origin: Vec<FieldRow<'c>>,
    events: Vec<Event<'c>>,
    charts: &'c [Chart],
}

struct Event<'c> {
    name: &'c str,
    question: Prose,
    owner: &'c str,
    review: &'c str,
    review_is_link: bool,
    since: String,
    expires: Option<String>,
    sensitivity: &'static str,
    refused: Option<Prose>,
    fields: Vec<FieldRow<'c>>,
}

struct FieldRow<'c> {
    name: &'c str,
    about: Prose,
    kind: String,
    few: &'c [String],
    many: &'c [String],
    refused: Vec<(&'c str, Prose)>,
    dropped: bool,
}

/// A catalogue.
pub(crate) async fn catalogue(State(app): State<Shared>, Path(name): Path<String>) -> Result<Response, Problem> {
    html(&Page::new(&app.catalogs[app.tool(&name)?], app.config.demo))
}

impl<'c> Page<'c> {
    fn new(catalog: &'c Catalog, demo: bool) -> Self {
        let tool = &catalog.tool;
        Self {
            demo,
            tool,
            contact_is_link: is_link(&tool.contact),
            mode: statement::mode(tool.mode),
            identity: statement::identity(tool.identity),
            links: tool.links.iter().filter(|(_, address)| is_link(address)).collect(),
            origin: catalog.origin.iter().map(FieldRow::new).collect(),
            events: catalog.events.iter().map(Event::new).collect(),
            charts: &catalog.charts,
        }
    }
}

impl<'c> Event<'c> {
    fn new(event: &'c EventSpec) -> Self {
        Self {
            name: &event.name,
            question: Prose(event.question.clone()),
            owner: &event.owner,
            review: &event.review,
            review_is_link: is_link(&event.review),
            since: event.since.to_string(),
            expires: event.expires.map(|day| day.to_string()),
            sensitivity: statement::sensitivity(event.sensitivity),
            refused: event.refused.as_ref().map(|refusal| Prose(refusal.reason.clone())),
            fields: event.fields.iter().map(FieldRow::new).collect(),
        }
    }
}

impl<'c> FieldRow<'c> {
    fn new(field: &'c Field) -> Self {
        let members = field.kind.members();
        let (few, many) = if members.len() > FEW { (&[][..], members) } else { (members, &[][..]) };
        let dropped = matches!(field.kind, Kind::Drop { .. });
        let about = match &field.kind {
            Kind::Drop { reason } => reason,
            _ => &field.about,
        };
        let refused = field.refuse.iter().map(|(member, refusal)| (member.as_str(), Prose(refusal.reason.clone())));
        let about = Prose(about.clone());
        Self { name: &field.name, about, kind: kind(&field.kind), few, many, refused: refused.collect(), dropped }
    }
}

fn kind(kind: &Kind) -> String {
    match kind {
        Kind::Flag => "yes or no".into(),
        Kind::Choice(_) => "one of".into(),
        Kind::Choices(_) => "any of".into(),
        Kind::Number { unit, buckets } => format!("one of {} ranges, in {unit}", buckets.count()),
        Kind::Version { .. } => "a version".into(),
        Kind::Name { .. } => "a name from a public list".into(),
        Kind::Code { .. } => "an error code".into(),
        Kind::Id => "an identifier, of which only a keyed hash is kept".into(),
        Kind::Drop { .. } => "thrown away".into(),
    }
}
