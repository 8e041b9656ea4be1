//! What machines look for at fixed addresses: does this site heed Global Privacy Control, and who hears of weaknesses.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::app::Shared;
use crate::clock;
use crate::problem::{Code, Problem};

/// The day on which the statement below was last changed.
const GPC: &str = "{\"gpc\":true,\"lastUpdate\":\"2026-11-22\"}\n";
/// For how many days `security.txt` may be believed; RFC 9116 recommends less than a year.
const SECURITY_DAYS: i32 = 180;

/// This site heeds Global Privacy Control: it sells and shares nothing, from anybody.
pub(crate) async fn gpc() -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        // A page of any site may look.
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
    ];
    (headers, GPC).into_response()
}

/// Where to report weaknesses, as RFC 9116 writes it, when the operator said so.
pub(crate) async fn security(State(app): State<Shared>) -> Result<Response, Problem> {
    let contact = app.config.security_contact.as_ref().ok_or_else(|| {
        Problem::new(Code::NotFound, "the operator has named no contact; `--security-contact` does that")
    })?;
    let expires = clock::now().day().plus(SECURITY_DAYS);
    let text = format!("Contact: {contact}\nExpires: {expires}T00:00:00Z\nPreferred-Languages: en\n");
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"))], text).into_response())
}
