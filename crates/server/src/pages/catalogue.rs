//! The page of a catalogue, for those who maintain it: every event with its owner and review, every field with its
//! kind and key, and the charts that they are for. What a tool's users read is in `transparency.rs`.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;

use aboveboard_catalog::{Catalog, Chart, EventSpec, Field, Identity, Kind, Mode, Sensitivity, Tool};

use super::{Part, html, parts};
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
    question: Vec<Part<'c>>,
    owner: &'c str,
    review: &'c str,
    review_is_link: bool,
    since: String,
    expires: Option<String>,
    sensitivity: &'static str,
    refused: Option<Vec<Part<'c>>>,
    fields: Vec<FieldRow<'c>>,
}

struct FieldRow<'c> {
    name: &'c str,
    about: Vec<Part<'c>>,
    kind: String,
    few: &'c [String],
    many: &'c [String],
    refused: Vec<(&'c str, Vec<Part<'c>>)>,
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
            mode: mode(tool.mode),
            identity: identity(tool.identity),
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
            question: parts(&event.question),
            owner: &event.owner,
            review: &event.review,
            review_is_link: is_link(&event.review),
            since: event.since.to_string(),
            expires: event.expires.map(|day| day.to_string()),
            sensitivity: sensitivity(event.sensitivity),
            refused: event.refused.as_ref().map(|refusal| parts(&refusal.reason)),
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
        let refused = field.refuse.iter().map(|(member, refusal)| (member.as_str(), parts(&refusal.reason)));
        let about = parts(about);
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

fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::On => "on, after a notice was shown; off with one command",
        Mode::Ask => "asks once",
        Mode::Off => "off",
    }
}

fn identity(identity: Identity) -> &'static str {
    match identity {
        Identity::None => "none: an installation cannot be recognised again",
        Identity::Month => "a random number that changes every month",
        Identity::Install => "a number made once for each installation",
    }
}

fn sensitivity(sensitivity: Sensitivity) -> &'static str {
    match sensitivity {
        Sensitivity::Technical => "facts about software and hardware",
        Sensitivity::Interaction => "what a person did with the tool",
        Sensitivity::Feedback => "what a person told us on purpose",
    }
}

/// Nothing but the web may be linked to.
fn is_link(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}
