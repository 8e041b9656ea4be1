//! A problem as a page, for whoever asks with a browser: what was wrong, and the way to sign in where that is all that
//! is missing. Programs, which do not ask for HTML, get the problem as it is.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::headers;
use super::prose::Prose;
use crate::app::Shared;
use crate::problem::{Code, Problem};

#[derive(Template)]
#[template(path = "refusal.html")]
struct Page {
    demo: bool,
    title: &'static str,
    sentence: Prose,
    /// Whether signing in would help.
    sign_in: bool,
}

/// Answers with a page where a problem would be the answer to a browser.
pub(crate) async fn to_people(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let is_person = wants_html(request.headers());
    let response = next.run(request).await;
    let problem = response.extensions().get::<Problem>().filter(|_| is_person);
    match problem.and_then(|problem| page(problem, &app)) {
        Some(text) => (response.status(), headers("text/html; charset=utf-8"), text).into_response(),
        None => response,
    }
}

fn page(problem: &Problem, app: &Shared) -> Option<String> {
    let sign_in = problem.code() == Code::OperatorOnly && app.config.token.is_some();
    let ((_, title), sentence) = (problem.code().status_and_title(), Prose::sentence(&problem.detail));
    Page { demo: app.config.demo, title, sentence, sign_in }.render().ok()
}

/// Browsers name HTML when they open a page, and nothing else does that is not made for people.
fn wants_html(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|line: &HeaderValue| line.to_str().ok());
    let mut types = accepted.flat_map(|line| line.split(',')).filter_map(|part| part.split(';').next());
    types.any(|name| name.trim().eq_ignore_ascii_case("text/html"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_ask_for_html_and_programs_do_not() {
        for (accept, expected) in [
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true),
            ("application/json, Text/HTML;q=0.1", true),
            ("*/*", false),
            ("application/problem+json", false),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accept))]);
            assert_eq!(wants_html(&headers), expected, "{accept}");
        }
        assert!(!wants_html(&HeaderMap::new()));
    }
}
