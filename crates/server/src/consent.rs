//! `POST /v1/consent`: a choice in a consent banner becomes one event, through the same ingest as everything else.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, NoContent, Redirect, Response};

use aboveboard_catalog::Dialect;

use crate::admit::{Admitted, Sender};
use crate::app::{App, Shared};
use crate::clock;
use crate::dialect::consent;
use crate::ingest;
use crate::keys;
use crate::problem::{Code, Problem};

/// For so long a choice is remembered: 180 days.
const COOKIE_SECONDS: u32 = 180 * 86_400;

/// Takes a choice. A page with a script is told that it was taken; a form without one is led back, with the cookie that
/// the script would have written.
pub(crate) async fn choose(
    State(app): State<Shared>,
    Query(parameters): Query<Vec<(String, String)>>,
    headers: HeaderMap,
    body: Result<Admitted, Problem>,
) -> Response {
    let over_tls = headers.get(header::ORIGIN).is_some_and(|origin| origin.as_bytes().starts_with(b"https://"));
    let tool = parameters.into_iter().find(|(name, _)| name == "tool").map(|(_, value)| value);
    ingest::for_any_page(take(&app, &tool.unwrap_or_default(), over_tls, body).await)
}

async fn take(app: &Shared, tool: &str, over_tls: bool, body: Result<Admitted, Problem>) -> Result<Response, Problem> {
    let event = declared(app, tool).inspect_err(|problem| app.ledger.turn_away(problem.code()))?;
    let body = body.inspect_err(|problem| app.ledger.turn_away(problem.code()))?;
    let choice = consent::read(body.bytes()).map_err(Problem::from);
    let choice = choice.inspect_err(|problem| app.ledger.turn_away(problem.code()))?;
    let now = clock::now();
    let (back, cookie) = (choice.back().map(str::to_owned), choice.cookie(now.unix_seconds()));
    let no_number = |_| Problem::new(Code::NotReady, "the system gives no random number");
    let id = keys::random_id().map_err(no_number)?;
    // What is chosen here is written down for this host, so that no page of another site chooses for a visitor.
    let is_own = matches!(body.sender(), Sender::Tool | Sender::OwnPage);
    let batch = body.translated(choice.into_batch(tool, event, id, now.day()));
    ingest::take_in(app, Dialect::Native, Ok(batch)).await?;
    match back {
        None => Ok(NoContent.into_response()),
        Some(back) => led_back(&back, is_own.then_some(cookie.as_str()), over_tls),
    }
}

/// The event of a choice, as the tool's catalogue calls it.
fn declared<'a>(app: &'a App, tool: &str) -> Result<&'a str, Problem> {
    let consent = app.catalogs[app.tool(tool)?].consent.as_ref();
    let missing = || Problem::new(Code::ToolUnknown, "the tool's catalogue has no section `[consent]`");
    consent.map(|consent| consent.event.as_str()).ok_or_else(missing)
}

fn led_back(path: &str, cookie: Option<&str>, over_tls: bool) -> Result<Response, Problem> {
    let mut response = Redirect::to(path).into_response();
    if let Some(cookie) = cookie {
        let secure = if over_tls { "; Secure" } else { "" };
        let cookie = format!("consent={cookie}; Max-Age={COOKIE_SECONDS}; Path=/; SameSite=Lax{secure}");
        let broken = |_| Problem::new(Code::AnswerFailed, "the cookie is broken");
        response.headers_mut().insert(header::SET_COOKIE, HeaderValue::from_str(&cookie).map_err(broken)?);
    }
    Ok(response)
}
