//! Every error a request can meet, as RFC 9457 `application/problem+json`. The only place with status codes of errors.
//!
//! A code never changes its name or meaning. `docs/reference/problems.md` is generated from [`Code::ALL`].

use std::borrow::Cow;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// An answer that says why there is none.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    code: Code,
    pub(crate) detail: Cow<'static, str>,
    parameter: Option<&'static str>,
}

impl Problem {
    /// A problem with its detail: lower case, no full stop, what failed and what to do. Never a value of an event.
    pub(crate) fn new(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { code, detail: detail.into(), parameter: None }
    }

    /// Names the query parameter that is wrong.
    pub(crate) fn of_parameter(self, parameter: &'static str) -> Self {
        Self { parameter: Some(parameter), ..self }
    }

    /// Its stable code.
    pub(crate) fn code(&self) -> Code {
        self.code
    }
}

/// What everybody may know about one kind of problem.
pub(crate) struct Kind {
    name: &'static str,
    status: StatusCode,
    title: &'static str,
    advice: &'static str,
}

macro_rules! codes {
    ($($code:ident $name:literal $status:ident $title:literal, $advice:literal;)*) => {
        /// The stable codes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Code { $(#[doc = $title] $code),* }

        impl Code {
            /// All of them, in the order of the reference page.
            pub(crate) const ALL: &[Self] = &[$(Self::$code),*];

            pub(crate) fn kind(self) -> Kind {
                match self {
                    $(Self::$code => Kind {
                        name: $name,
                        status: StatusCode::$status,
                        title: $title,
                        advice: $advice,
                    }),*
                }
            }
        }
    };
}

codes! {
    BodyMalformed "body_malformed" BAD_REQUEST
        "The body cannot be read", "Send JSON as `/openapi.json` describes it. Sending the same bytes again fails again.";
    BodyEncoding "body_encoding" UNSUPPORTED_MEDIA_TYPE
        "The body's encoding is not supported", "Send it plain, or with `content-encoding: gzip` or `zstd`.";
    BodyTooLarge "body_too_large" PAYLOAD_TOO_LARGE
        "The body is too large", "Send smaller batches.";
    BodyTooSlow "body_too_slow" REQUEST_TIMEOUT
        "The body did not arrive in time", "Try again.";
    BatchTooLarge "batch_too_large" PAYLOAD_TOO_LARGE
        "The batch has too many events", "Send smaller batches.";
    WireVersion "wire_version" BAD_REQUEST
        "The batch is of a version this collector does not read", "Update the collector, or the client.";
    ToolUnknown "tool_unknown" NOT_FOUND
        "No catalogue declares this tool", "Ask the operator to add its catalogue.";
    TooManyRequests "too_many_requests" TOO_MANY_REQUESTS
        "This source sends too often", "Wait as long as `retry-after` says.";
    Overloaded "overloaded" SERVICE_UNAVAILABLE
        "The collector is busy", "Nothing was kept. Send the same bytes again after `retry-after` seconds.";
    StoreFull "store_full" SERVICE_UNAVAILABLE
        "The collector's disk is full", "Nothing was kept. Send the same bytes again later; the operator has to make space.";
    StoreFailed "store_failed" SERVICE_UNAVAILABLE
        "The collector cannot write", "Nothing was acknowledged. Send the same bytes again later; the operator has to look.";
    NotReady "not_ready" SERVICE_UNAVAILABLE
        "The collector is not ready", "Try again after `retry-after` seconds.";
    OperatorOnly "operator_only" UNAUTHORIZED
        "Only the operator may do this", "Send `authorization: Bearer TOKEN` with the operator's token.";
    ExportOnly "export_only" UNAUTHORIZED
        "Only those who may take raw rows out may do this", "Send `authorization: Bearer TOKEN` with an export token; the operator's is none.";
    QuestionWrong "question_wrong" BAD_REQUEST
        "The question cannot be asked", "Ask only what the catalogue declares; the detail says what is wrong.";
    NotPublic "not_public" FORBIDDEN
        "Only the operator may ask this", "Ask as the detail says, or with `authorization: Bearer TOKEN`.";
    AnswerFailed "answer_failed" INTERNAL_SERVER_ERROR
        "The answer could not be computed", "The operator finds the reason in the log.";
    NotFound "not_found" NOT_FOUND
        "There is nothing here", "See `/openapi.json` for what there is.";
    MethodNotAllowed "method_not_allowed" METHOD_NOT_ALLOWED
        "This path has no such method", "See `/openapi.json` for what there is.";
}

impl Code {
    /// The name that clients, logs and metrics use.
    pub(crate) fn name(self) -> &'static str {
        self.kind().name
    }

    /// Its status and what it says.
    pub(crate) fn status_and_title(self) -> (u16, &'static str) {
        let kind = self.kind();
        (kind.status.as_u16(), kind.title)
    }

    fn retry_after_seconds(self) -> Option<&'static str> {
        match self {
            Self::TooManyRequests => Some("10"),
            Self::Overloaded | Self::NotReady => Some("5"),
            Self::StoreFull | Self::StoreFailed => Some("60"),
            _ => None,
        }
    }
}

/// The JSON of RFC 9457, §3.1, with `code` and `parameter` as extension members.
#[derive(Serialize)]
struct Document<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    code: &'a str,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<&'a str>,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let kind = self.code.kind();
        let document = Document {
            r#type: format!("/problems#{}", kind.name),
            title: kind.title,
            status: kind.status.as_u16(),
            code: kind.name,
            detail: &self.detail,
            parameter: self.parameter,
        };
        let body = serde_json::to_string(&document).unwrap_or_default();
        let content_type = HeaderValue::from_static("application/problem+json");
        let mut response = (kind.status, [(header::CONTENT_TYPE, content_type)], body).into_response();
        if let Some(seconds) = self.code.retry_after_seconds() {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
        }
        // For those who make a page of it.
        response.extensions_mut().insert(self);
        response
    }
}

/// The reference page, in Markdown.
pub(crate) fn reference() -> String {
    let mut page = String::from(PAGE_HEAD);
    for code in Code::ALL {
        let Kind { name, status, title, advice } = code.kind();
        page.push_str(&format!("\n## {name}\n\n{title} (status {}). {advice}\n", status.as_u16()));
    }
    page
}

const PAGE_HEAD: &str = "<!-- generated from crates/server/src/problem.rs -->
# Problems

Every error is answered as `application/problem+json` (RFC 9457) with a stable `code`.
The `detail` says what was wrong this time; it never repeats what is in an event.
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden;

    #[test]
    fn the_reference_page_is_fresh() {
        golden::check("docs/reference/problems.md", &reference());
    }

    #[test]
    fn whoever_is_turned_away_for_now_is_told_when_to_come_back() {
        for code in Code::ALL {
            let status = code.kind().status;
            let for_now = status == StatusCode::SERVICE_UNAVAILABLE || status == StatusCode::TOO_MANY_REQUESTS;
            assert_eq!(code.retry_after_seconds().is_some(), for_now, "{}", code.name());
        }
    }

    #[test]
    fn codes_are_unique() {
        let mut names: Vec<_> = Code::ALL.iter().map(|code| code.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
    }
}
