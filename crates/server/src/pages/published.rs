//! The pages of error codes for everybody who met one: what happened, why, what to do; whether that helped is asked by
//! a form that needs no script, and what became of the answers is told.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};

use aboveboard_catalog::errors::Page;
use aboveboard_catalog::wire::{Receipt, WireBatch};
use aboveboard_catalog::{Catalog, Day, Dialect, EventSpec, RawEvent, RawFields, RawValue};

use super::dashboard::{Link, Visit};
use super::html;
use super::markdown::Markdown;
use crate::admit::Admitted;
use crate::app::{App, Shared};
use crate::clock;
use crate::disclose::View;
use crate::form;
use crate::ingest;
use crate::keys;
use crate::panels;
use crate::problem::{Code, Problem};
use crate::votes::Fault;

#[derive(Template)]
#[template(path = "published.html")]
struct IndexPage {
    demo: bool,
    title: String,
    rows: Vec<Row>,
}

struct Row {
    page: Link,
    title: String,
    removed: bool,
}

#[derive(Template)]
#[template(path = "published-code.html")]
struct CodePage {
    demo: bool,
    tool: String,
    tool_title: String,
    code: String,
    title: String,
    gone: Option<String>,
    facts: Vec<(&'static str, String)>,
    parts: Vec<(&'static str, Markdown)>,
    rewritten: Option<String>,
    see_also: Vec<Link>,
    vote: Option<Ballot>,
    outcome: Option<&'static str>,
    figures: String,
}

/// The form of a vote.
struct Ballot {
    reasons: Vec<(String, String)>,
    /// What is said when it is sent.
    sends: String,
}

/// All codes of a tool.
pub(crate) async fn index(State(app): State<Shared>, Path(tool): Path<String>) -> Result<Response, Problem> {
    let catalog = &app.catalogs[app.tool(&tool)?];
    let pages = &pages(catalog)?;
    let rows = pages.iter().map(|page| Row {
        page: Link { text: page.code.clone(), href: format!("/errors/{tool}/{}", page.code) },
        title: page.title.clone(),
        removed: page.removed.is_some(),
    });
    html(&IndexPage { demo: app.config.demo, title: catalog.tool.title.clone(), rows: rows.collect() })
}

/// The page of one code.
pub(crate) async fn code(
    State(app): State<Shared>,
    Path((tool, code)): Path<(String, String)>,
    Query(parameters): Query<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let tool = app.tool(&tool)?;
    find(&app.catalogs[tool], &code)?;
    let outcome = parameters.iter().find(|(name, _)| name == "vote").and_then(|(_, value)| outcome(value));
    let held = Shared::clone(&app);
    let today = clock::now().day();
    let page = app.desk.work(move || code_page(&held, tool, &code, today, outcome)).await?;
    let mut response = html(&page)?;
    // Its form says where it comes from only when the page lets it.
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    Ok(response)
}

/// Takes a vote, and leads back to the page, which says what became of it.
pub(crate) async fn vote(
    State(app): State<Shared>,
    Path((tool, code)): Path<(String, String)>,
    body: Admitted,
) -> Result<Response, Problem> {
    let catalog = &app.catalogs[app.tool(&tool)?];
    find(catalog, &code)?;
    let event = ballot_event(catalog).ok_or_else(|| Problem::new(Code::NotFound, "no votes are taken here"))?;
    let fields = read_vote(event, &code, body.bytes())?;
    let no_number = |_| Problem::new(Code::NotReady, "the system gives no random number");
    let mut batch = WireBatch::new(keys::random_id().map_err(no_number)?, &tool, clock::now().day());
    batch.events = vec![RawEvent { name: event.name.as_str().into(), n: 1, origin: 0, fields }];
    let receipt = ingest::take_in(&app, Dialect::Native, Ok(body.translated(batch.encode()))).await?;
    Ok(Redirect::to(&format!("/errors/{tool}/{code}?vote={}#helpful", verdict(&receipt))).into_response())
}

/// Where the pages of a tool are, where it has some.
pub(super) fn index_of(catalog: &Catalog) -> Option<String> {
    pages(catalog).ok().map(|_| format!("/errors/{}", catalog.tool.name))
}

/// What is known of a code beside its text.
pub(crate) fn facts(page: &Page) -> Vec<(&'static str, String)> {
    let owner = ("Answered for by", page.owner.clone());
    vec![("Severity", page.severity.name().to_owned()), ("Since", page.since.clone()), owner]
}

/// What became of a code that is not raised any more, for whoever found it in an old log.
pub(crate) fn gone(page: &Page) -> Option<String> {
    let note = page.note.as_ref().map_or(String::new(), |note| format!(": {note}"));
    page.removed.as_ref().map(|removed| format!("Not raised since {removed}{note}"))
}

fn pages(catalog: &Catalog) -> Result<&[Page], Problem> {
    let pages = catalog.errors.as_ref().map(|errors| errors.pages.as_slice()).filter(|pages| !pages.is_empty());
    pages.ok_or_else(|| Problem::new(Code::NotFound, "the tool has no pages of error codes"))
}

fn find<'c>(catalog: &'c Catalog, code: &str) -> Result<&'c Page, Problem> {
    let page = pages(catalog)?.iter().find(|page| page.code == code);
    page.ok_or_else(|| Problem::new(Code::NotFound, "the tool has no page of this code"))
}

fn code_page(
    app: &App,
    tool: usize,
    code: &str,
    today: Day,
    outcome: Option<&'static str>,
) -> Result<CodePage, Problem> {
    let catalog = &app.catalogs[tool];
    let page = find(catalog, code)?;
    let name = &catalog.tool.name;
    // As everybody sees it, whoever looks.
    let visit = Visit { tool, view: View::Public, parameters: Vec::new(), today };
    let rewritten = panels::rewritten(catalog, page, &visit.oracle(app)).map(|(day, votes)| match votes {
        Some(votes) => format!("This text was rewritten on {day}, after {} votes.", crate::chart::grouped(votes)),
        None => format!("This text was rewritten on {day}."),
    });
    let see_also = page.see_also.iter().map(|code| Link { text: code.clone(), href: format!("/errors/{name}/{code}") });
    Ok(CodePage {
        demo: app.config.demo,
        tool: name.clone(),
        tool_title: catalog.tool.title.clone(),
        code: code.to_owned(),
        title: page.title.clone(),
        gone: gone(page),
        facts: facts(page),
        parts: page.parts().map(|(heading, text)| (heading, Markdown(text.to_owned()))).collect(),
        rewritten,
        see_also: see_also.collect(),
        vote: ballot_event(catalog).filter(|_| page.removed.is_none()).map(|event| Ballot::new(event, code)),
        outcome,
        figures: format!("/t/{name}/errors/{code}"),
    })
}

/// The event of a vote, where readers of the documentation can cast one.
pub(crate) fn ballot_event(catalog: &Catalog) -> Option<&EventSpec> {
    let vote = catalog.errors.as_ref()?.vote.as_ref()?;
    let event = catalog.events.iter().find(|event| event.name == *vote)?;
    let has_docs = |field: &&aboveboard_catalog::Field| {
        field.name == "surface" && field.kind.members().iter().any(|member| member == "docs")
    };
    (catalog.tool.dialect == Dialect::Native && event.fields.iter().any(|field| has_docs(&field))).then_some(event)
}

fn reasons(event: &EventSpec) -> &[String] {
    event.fields.iter().find(|field| field.name == "reason").map_or(&[], |field| field.kind.members())
}

impl Ballot {
    fn new(event: &EventSpec, code: &str) -> Self {
        let fields = said(event, code, false, reasons(event).first().map(String::as_str));
        Self {
            reasons: reasons(event).iter().map(|reason| (reason.clone(), reason.replace('_', " "))).collect(),
            sends: format!("{{\"event\":\"{}\",\"fields\":{}}}", event.name, fields.json()),
        }
    }
}

/// The fields of a vote. Nothing is said of where it comes from.
fn said(event: &EventSpec, code: &str, helpful: bool, reason: Option<&str>) -> RawFields<'static> {
    let name = |position: Option<usize>| position.map_or_else(String::new, |field| event.fields[field].name.clone());
    let mut fields = vec![
        (name(event.code_field()).into(), RawValue::from(code.to_owned())),
        (name(event.flag_field()).into(), RawValue::Bool(helpful)),
    ];
    fields.extend(reason.filter(|_| !helpful).map(|reason| ("reason".into(), RawValue::from(reason.to_owned()))));
    fields.push(("surface".into(), RawValue::from("docs")));
    RawFields(fields)
}

fn read_vote(event: &EventSpec, code: &str, body: &[u8]) -> Result<RawFields<'static>, Problem> {
    let wrong = |detail: &'static str| Problem::new(Code::BodyMalformed, detail);
    let helpful = match form::field(body, "helpful").as_deref() {
        Some("yes") => true,
        Some("no") => false,
        _ => return Err(wrong("`helpful` must be `yes` or `no`")),
    };
    let reason = form::field(body, "reason").filter(|reason| !reason.is_empty());
    if reason.as_ref().is_some_and(|reason| !reasons(event).contains(reason)) {
        return Err(wrong("`reason` must be one of those in the form"));
    }
    Ok(said(event, code, helpful, reason.as_deref()))
}

/// What became of a vote, as the address of the page says it.
fn verdict(receipt: &Receipt) -> &'static str {
    let fault = receipt.rejected.keys().find_map(|code| Fault::of_code(code));
    match fault {
        Some(fault) => fault.code(),
        None if receipt.kept > 0 => "kept",
        None => "lost",
    }
}

/// The same in a sentence.
fn outcome(verdict: &str) -> Option<&'static str> {
    let sentence = match (verdict, Fault::of_code(verdict)) {
        ("kept", _) => "Thank you: your vote was counted.",
        ("lost", _) => "Your vote was not counted.",
        (_, Some(Fault::Unfounded)) => {
            "Your vote was not counted: nobody was shown this error in this month or the last."
        }
        (_, Some(Fault::Repeated)) => {
            "Your vote was not counted: there are as many votes already as this error was shown."
        }
        (_, Some(Fault::Foreign | Fault::Codeless)) => "Your vote was not counted: it did not come from this page.",
        _ => return None,
    };
    Some(sentence)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use aboveboard_catalog::First;

    use super::*;
    use crate::clock::Moment;
    use crate::config::Config;

    const REWRITTEN: &str = "ACME_CONFIG_INVALID";

    /// What the page says of its own history, after so many machines each voted once on the text before.
    fn rewritten_after(votes: u128) -> Option<String> {
        let folder = tempfile::tempdir().expect("a folder");
        let config = Config { data: folder.path().to_owned(), ..Config::default() };
        let day = Day::parse("2026-09-22").expect("a day");
        let moment = Moment(i64::from(day.0) * 86_400_000);
        let app = App::open(config, moment).expect("an app");
        for id in 1..=votes {
            let mut batch = WireBatch::new(id, "acme", day);
            batch.first = First { day: true, week: true, month: true };
            batch.origin = RawFields(vec![("version".into(), "2.4.1".into())]);
            let code = || vec![("code".into(), RawValue::from(REWRITTEN))];
            let vote = code().into_iter().chain([("helpful".into(), RawValue::Bool(false))]).collect();
            let event = |name: &'static str, fields| RawEvent { name: name.into(), n: 1, origin: 0, fields };
            batch.events = vec![event("error_shown", RawFields(code())), event("feedback_given", RawFields(vote))];
            let (tell, told) = channel();
            let body = batch.encode();
            ingest::pass_on(&app, Dialect::Native, &body, moment, move |outcome| drop(tell.send(outcome)))
                .expect("a batch");
            assert_eq!(told.recv().expect("an answer").expect("a receipt").kept, 2);
        }
        let tool = app.tool("acme").expect("a built-in tool");
        let today = Day::parse("2026-11-22").expect("a day");
        code_page(&app, tool, REWRITTEN, today, None).expect("a page").rewritten
    }

    #[test]
    fn votes_before_a_rewrite_are_told_from_the_minimum_on() {
        let told = |votes| rewritten_after(votes).expect("it was rewritten");
        assert_eq!(told(0), "This text was rewritten on 2026-10-05.");
        assert_eq!(told(19), told(0));
        assert_eq!(told(25), "This text was rewritten on 2026-10-05, after 25 votes.");
    }
}
