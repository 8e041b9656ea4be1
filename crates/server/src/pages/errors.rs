//! What the maintainers of a tool see of its error codes: which text to rewrite next, and a page for each code.

use askama::Template;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State as Held};
use axum::http::HeaderMap;
use axum::response::Response;

use aboveboard_catalog::Catalog;
use aboveboard_catalog::errors::Page;

use super::dashboard::{Answer, Body, Frame, Link, Parameters, Visit, frame, parameters};
use super::html;
use super::markdown::Markdown;
use super::prose::Prose;
use super::published;
use crate::app::{App, Shared};
use crate::disclose::View;
use crate::panels::{self, About, Scope};
use crate::problem::{Code, Problem};
use crate::state::{Known, State};

#[derive(Template)]
#[template(path = "errors.html")]
struct QueuePage {
    demo: bool,
    frame: Frame,
    body: Result<Body, Prose>,
    answers: Vec<Answer>,
    /// The pages that everybody reads.
    published: Option<String>,
}

#[derive(Template)]
#[template(path = "error.html")]
struct CodePage {
    demo: bool,
    frame: Frame,
    code: String,
    queue: String,
    told: Option<Told>,
    figures: Vec<Result<Body, Prose>>,
    issue: String,
    answers: Vec<Answer>,
}

/// The text of a code, as its page has it.
struct Told {
    title: String,
    gone: Option<String>,
    facts: Vec<(&'static str, String)>,
    parts: Vec<(&'static str, Markdown)>,
    texts: Vec<(String, String, String)>,
    see_also: Vec<Link>,
    published: String,
}

/// Which text to rewrite next.
pub(crate) async fn queue(
    Held(app): Held<Shared>,
    Path(tool): Path<String>,
    query: Result<Query<Parameters>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let visit = Visit::new(&app, &tool, parameters(query), &headers)?;
    let page = app.clone().desk.work(move || queue_page(&visit, &app)).await?;
    html(&page)
}

/// Everything about one code.
pub(crate) async fn code(
    Held(app): Held<Shared>,
    Path((tool, code)): Path<(String, String)>,
    query: Result<Query<Parameters>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let visit = Visit::new(&app, &tool, parameters(query), &headers)?;
    let page = app.clone().desk.work(move || code_page(&visit, &app, &code)).await?;
    html(&page)
}

/// Where the queue of a tool with votes is.
pub(super) fn queue_of(catalog: &Catalog) -> Option<String> {
    let votes = catalog.errors.as_ref()?.vote.is_some();
    votes.then(|| format!("/t/{}/errors", catalog.tool.name))
}

fn queue_page(visit: &Visit, app: &App) -> Result<QueuePage, Problem> {
    let known = visit.known(app);
    let missing = || Problem::new(Code::NotFound, format!("`{}` takes no votes on errors", known.catalog.tool.name));
    let path = queue_of(known.catalog).ok_or_else(missing)?;
    let (state, said) = State::parse(&visit.parameters, known);
    let scope = visit.scope(app, &state, path.clone());
    let oracle = visit.oracle(app);
    let body = panels::queue(known.catalog, &scope, &oracle);
    let answers = oracle.take_asked().into_iter().map(|ask| Answer::new(ask, &oracle)).collect();
    Ok(QueuePage {
        demo: app.config.demo,
        frame: frame(known, &state, said, &path),
        body: body.map(Body::new).map_err(|problem| Prose::sentence(&problem)),
        answers,
        published: published::index_of(known.catalog),
    })
}

fn code_page(visit: &Visit, app: &App, code: &str) -> Result<CodePage, Problem> {
    let known = visit.known(app);
    let tool = &known.catalog.tool.name;
    let missing = || Problem::new(Code::NotFound, format!("`{tool}` declares no such code"));
    let about = About::new(known.catalog, code).ok_or_else(missing)?;
    let (state, said) = State::parse(&visit.parameters, known);
    let state = in_view(state, known);
    let path = format!("/t/{tool}/errors/{code}");
    let scope = visit.scope(app, &state, path.clone());
    let oracle = visit.oracle(app);
    let figures = about.figures(&scope, &oracle).into_iter();
    let figures = figures.map(|figure| figure.map(Body::new).map_err(|problem| Prose::sentence(&problem))).collect();
    let issue = about.issue(&scope, &oracle);
    let answers = oracle.take_asked().into_iter().map(|ask| Answer::new(ask, &oracle)).collect();
    Ok(CodePage {
        demo: app.config.demo,
        frame: frame(known, &state, said, &path),
        code: code.to_owned(),
        queue: state.address(&format!("/t/{tool}/errors"), known),
        told: about.page().map(|page| Told::new(page, &scope)),
        figures,
        issue,
        answers,
    })
}

/// The public looks at two things together. One code and what it is split by are two, so nothing else narrows the page.
fn in_view(state: State, known: Known<'_>) -> State {
    match known.view {
        View::Public => State { range: state.range, ..State::new(known) },
        View::Operator => state,
    }
}

impl Told {
    fn new(page: &Page, scope: &Scope<'_>) -> Self {
        let tool = &scope.catalog().tool.name;
        let link = |code: &String| Link {
            text: code.clone(),
            href: scope.state.address(&format!("/t/{tool}/errors/{code}"), scope.known),
        };
        let texts = page.revisions.iter().rev();
        Self {
            title: page.title.clone(),
            gone: published::gone(page),
            facts: published::facts(page),
            parts: page.parts().map(|(heading, text)| (heading, Markdown(text.to_owned()))).collect(),
            texts: texts.map(|text| (text.day.to_string(), text.version.clone(), text.note.clone())).collect(),
            see_also: page.see_also.iter().map(link).collect(),
            published: format!("/errors/{tool}/{}", page.code),
        }
    }
}
