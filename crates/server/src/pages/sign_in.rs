//! Signing in and out, by forms that need no script.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::html;
use crate::admit::{Admitted, Paced};
use crate::app::Shared;
use crate::clock;
use crate::form::field;
use crate::operator::{cookie, is_operator, is_own_page, no_cookie};
use crate::problem::{Code, Problem};

#[derive(Template)]
#[template(path = "sign-in.html")]
struct Page {
    demo: bool,
    /// Whether there is a token to sign in with.
    has_token: bool,
    operator: bool,
    wrong: bool,
}

/// The form.
pub(crate) async fn sign_in(State(app): State<Shared>, headers: HeaderMap) -> Result<Response, Problem> {
    page(&app, is_operator(&headers, app.config.token.as_ref()), false)
}

/// Takes the token, and gives the cookie for it. How often one may try is bounded at the door.
pub(crate) async fn signed_in(
    _: Paced,
    State(app): State<Shared>,
    headers: HeaderMap,
    body: Admitted,
) -> Result<Response, Problem> {
    check_page(&headers)?;
    let shown = field(body.bytes(), "token").unwrap_or_default();
    match &app.config.token {
        Some(token) if token.is(shown.trim()) => {
            let origin = headers.get(header::ORIGIN).map(HeaderValue::as_bytes).unwrap_or_default();
            redirect(&cookie(token, clock::now().day(), origin.starts_with(b"https://")))
        }
        _ => page(&app, false, true),
    }
}

/// Ends it.
pub(crate) async fn signed_out(headers: HeaderMap) -> Result<Response, Problem> {
    check_page(&headers)?;
    redirect(&no_cookie())
}

/// Nobody is signed in or out by a page of another site.
fn check_page(headers: &HeaderMap) -> Result<(), Problem> {
    let detail = "the form must be one of this collector's own pages; a proxy before it must pass on `host`";
    if is_own_page(headers) { Ok(()) } else { Err(Problem::new(Code::OperatorOnly, detail)) }
}

fn page(app: &Shared, operator: bool, wrong: bool) -> Result<Response, Problem> {
    html(&Page { demo: app.config.demo, has_token: app.config.token.is_some(), operator, wrong })
}

fn redirect(cookie: &str) -> Result<Response, Problem> {
    let value = HeaderValue::from_str(cookie).map_err(|_| Problem::new(Code::AnswerFailed, "the cookie is broken"))?;
    Ok((
        [(header::SET_COOKIE, value), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))],
        Redirect::to("/"),
    )
        .into_response())
}
