//! Pages for people: which tools send, and what each may say. Rendered here, without any script.
//!
//! A page that fails in one part shows the others.

mod audit;
mod catalogue;
mod dashboard;
mod errors;
mod explore;
mod first;
pub(crate) mod markdown;
mod prose;
pub(crate) mod published;
mod refusal;
mod sign_in;
mod tail;
mod transparency;
mod well_known;

use askama::Template;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};

pub(crate) use audit::audit;
pub(crate) use catalogue::catalogue;
pub(crate) use dashboard::{overview, panel};
pub(crate) use errors::{code as error, queue as errors};
pub(crate) use explore::explore;
pub(crate) use first::first;
pub(crate) use published::{code as published, index as published_codes, vote as vote_on};
pub(crate) use refusal::to_people;
pub(crate) use sign_in::{sign_in, signed_in, signed_out};
pub(crate) use tail::tail;
pub(crate) use transparency::{ask, file as transparency_file, transparency};
pub(crate) use well_known::{gpc, security};

use crate::problem::{Code, Problem};

/// Nothing but our own style sheet, icon and scripts; no frame, no form that leads elsewhere, and no script that makes
/// markup of a text.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; \
                                       base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
                                       require-trusted-types-for 'script'; trusted-types 'none'";

/// The style sheet.
pub(crate) async fn style() -> Response {
    file("text/css; charset=utf-8", include_str!("../templates/style.css"))
}

/// The script of the dashboard.
pub(crate) async fn script() -> Response {
    file("text/javascript; charset=utf-8", include_str!("../templates/dashboard.js"))
}

/// What pages for people who do not know us need beside it.
pub(crate) async fn people_style() -> Response {
    file("text/css; charset=utf-8", include_str!("../templates/people.css"))
}

/// The icon.
pub(crate) async fn icon() -> Response {
    file("image/svg+xml", include_str!("../templates/icon.svg"))
}

fn file(content_type: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static("max-age=300")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, text).into_response()
}

fn html(page: &impl Template) -> Result<Response, Problem> {
    let page = page.render().map_err(|_| Problem::new(Code::AnswerFailed, "the page could not be written"))?;
    Ok((headers("text/html; charset=utf-8"), page).into_response())
}

fn headers(content_type: &'static str) -> [(HeaderName, HeaderValue); 5] {
    [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ]
}

/// Nothing but the web may be linked to.
fn is_link(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}
