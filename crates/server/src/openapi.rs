//! The OpenAPI 3.1 document of every route, at `/openapi.json` and in `docs/reference/openapi.json`.
//!
//! Written by hand: a table of routes here, the schemas in `openapi/schemas.json`. Tests hold both against `app.rs`
//! and against what the code writes. Lost: utoipa, whose derives want a second type for every answer and whose
//! document still has to be held against the router.

use std::sync::OnceLock;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::problem::Code;

/// The document.
pub(crate) async fn openapi() -> Response {
    // Made once; it never changes while the program runs.
    static TEXT: OnceLock<String> = OnceLock::new();
    let content_type = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, content_type)], TEXT.get_or_init(text).as_str()).into_response()
}

/// One method of one path.
struct Route {
    path: &'static str,
    method: &'static str,
    tag: &'static str,
    summary: &'static str,
    parameters: &'static [&'static str],
    /// The schema of the body.
    body: Option<&'static str>,
    status: u16,
    /// The media type, and the schema of JSON.
    answer: Answer,
    problems: &'static [Code],
}

#[derive(Clone, Copy)]
enum Answer {
    Nothing,
    Text(&'static str),
    Json(&'static str),
}

const QUERY: &[&str] = &["tool", "measure", "by", "where", "from", "to", "bucket"];
const RETENTION: &[&str] = &["tool", "from", "to", "bucket"];
const COVERAGE: &[&str] = &["tool", "from", "to"];
const FUNNEL: &[&str] = &["tool", "steps", "where", "from", "to"];

const BODY: &[Code] = &[
    Code::BodyMalformed,
    Code::BodyEncoding,
    Code::BodyTooLarge,
    Code::BodyTooSlow,
    Code::BatchTooLarge,
    Code::ToolUnknown,
    Code::TooManyRequests,
    Code::Overloaded,
    Code::StoreFull,
    Code::StoreFailed,
    Code::NotReady,
];
const NATIVE: &[Code] = &[
    Code::BodyMalformed,
    Code::WireVersion,
    Code::BodyEncoding,
    Code::BodyTooLarge,
    Code::BodyTooSlow,
    Code::BatchTooLarge,
    Code::ToolUnknown,
    Code::TooManyRequests,
    Code::Overloaded,
    Code::StoreFull,
    Code::StoreFailed,
    Code::NotReady,
];
const VOTE: &[Code] = &[
    Code::BodyMalformed,
    Code::BodyEncoding,
    Code::BodyTooLarge,
    Code::BodyTooSlow,
    Code::ToolUnknown,
    Code::NotFound,
    Code::TooManyRequests,
    Code::Overloaded,
    Code::AnswerFailed,
    Code::StoreFull,
    Code::StoreFailed,
    Code::NotReady,
];
const PERSONAL: &[Code] = &[
    Code::OperatorOnly,
    Code::BodyMalformed,
    Code::BodyEncoding,
    Code::BodyTooLarge,
    Code::BodyTooSlow,
    Code::ToolUnknown,
    Code::TooManyRequests,
    Code::Overloaded,
    Code::AnswerFailed,
    Code::StoreFull,
    Code::StoreFailed,
    Code::NotReady,
];
const ASKING: &[Code] =
    &[Code::QuestionWrong, Code::NotPublic, Code::ToolUnknown, Code::Overloaded, Code::AnswerFailed];

const fn get(path: &'static str, tag: &'static str, summary: &'static str, answer: Answer) -> Route {
    Route { path, method: "get", tag, summary, parameters: &[], body: None, status: 200, answer, problems: &[] }
}

const fn post(path: &'static str, summary: &'static str, body: &'static str, answer: Answer) -> Route {
    Route { method: "post", body: Some(body), problems: BODY, ..get(path, "ingest", summary, answer) }
}

const fn preflight(path: &'static str) -> Route {
    let summary = "Lets pages of any origin post here";
    Route { method: "options", status: 204, ..get(path, "ingest", summary, Answer::Nothing) }
}

const fn ask(path: &'static str, summary: &'static str, parameters: &'static [&'static str], answer: Answer) -> Route {
    Route { parameters, problems: ASKING, ..get(path, "questions", summary, answer) }
}

const CSV: Answer = Answer::Text("text/csv");
const HTML: Answer = Answer::Text("text/html");
const PLAIN: Answer = Answer::Text("text/plain");
const TABLE: Answer = Answer::Json("Table");

const QUERY_SUMMARY: &str = "Counts, shares or percentiles, by up to two dimensions and by time";
const RETENTION_SUMMARY: &str = "How many machines came back";
const VERDICTS_SUMMARY: &str = "How events ended, by the day on which they arrived";
const COVERAGE_SUMMARY: &str = "In how many events each declared field had a value";
const CONSENT_SUMMARY: &str = "Takes a choice in a consent banner; a form with `return` is led there with a cookie";
const FUNNEL_SUMMARY: &str = "How many machines took one step after another";

const ROUTES: &[Route] = &[
    Route {
        problems: NATIVE,
        ..post("/v1/batches", "Takes a native batch; 200 means it is on disk", "Batch", Answer::Json("Receipt"))
    },
    preflight("/v1/batches"),
    post("/api/v1/record", "Takes a batch of Next.js", "NextjsBatch", Answer::Json("Empty")),
    post("/v1/event", "Takes events of Clerk", "ClerkBatch", Answer::Json("Success")),
    preflight("/v1/event"),
    post(
        "/v1/logs",
        "Takes logs of Clerk, and refuses each of them in the ledger",
        "ClerkBatch",
        Answer::Json("Success"),
    ),
    preflight("/v1/logs"),
    Route { parameters: &["tool"], status: 204, ..post("/v1/consent", CONSENT_SUMMARY, "Consent", Answer::Nothing) },
    preflight("/v1/consent"),
    ask("/v1/query", QUERY_SUMMARY, QUERY, TABLE),
    ask("/v1/query.json", QUERY_SUMMARY, QUERY, TABLE),
    ask("/v1/query.csv", QUERY_SUMMARY, QUERY, CSV),
    ask("/v1/retention", RETENTION_SUMMARY, RETENTION, TABLE),
    ask("/v1/retention.json", RETENTION_SUMMARY, RETENTION, TABLE),
    ask("/v1/retention.csv", RETENTION_SUMMARY, RETENTION, CSV),
    ask("/v1/funnel", FUNNEL_SUMMARY, FUNNEL, TABLE),
    ask("/v1/funnel.json", FUNNEL_SUMMARY, FUNNEL, TABLE),
    ask("/v1/funnel.csv", FUNNEL_SUMMARY, FUNNEL, CSV),
    ask("/v1/verdicts", VERDICTS_SUMMARY, RETENTION, TABLE),
    ask("/v1/verdicts.json", VERDICTS_SUMMARY, RETENTION, TABLE),
    ask("/v1/verdicts.csv", VERDICTS_SUMMARY, RETENTION, CSV),
    ask("/v1/coverage", COVERAGE_SUMMARY, COVERAGE, TABLE),
    ask("/v1/coverage.json", COVERAGE_SUMMARY, COVERAGE, TABLE),
    ask("/v1/coverage.csv", COVERAGE_SUMMARY, COVERAGE, CSV),
    Route {
        parameters: &["tool"],
        problems: &[Code::QuestionWrong, Code::ToolUnknown],
        ..get("/v1/ledger", "operation", "The account of a tool: one verdict for every event", Answer::Json("Account"))
    },
    Route {
        method: "post",
        body: Some("Forget"),
        problems: PERSONAL,
        ..get(
            "/v1/forget",
            "personal",
            "Forgets an identifier and all that was kept under it; without a token for whoever shows their own",
            Answer::Json("Forgotten"),
        )
    },
    Route {
        parameters: &["receipt"],
        problems: &[Code::QuestionWrong, Code::TooManyRequests],
        ..get("/v1/forget/{receipt}", "personal", "How far a deletion is", Answer::Json("Progress"))
    },
    Route {
        method: "post",
        body: Some("Lookup"),
        problems: PERSONAL,
        ..get(
            "/v1/lookup",
            "personal",
            "What is kept under an identifier, or whether a batch arrived",
            Answer::Json("Found"),
        )
    },
    Route {
        parameters: &["tool", "table", "from", "to", "format"],
        problems: &[
            Code::ExportOnly,
            Code::QuestionWrong,
            Code::ToolUnknown,
            Code::Overloaded,
            Code::AnswerFailed,
            Code::StoreFailed,
        ],
        ..get(
            "/v1/export",
            "export",
            "Raw rows, after a line in the audit log; as lines of JSON or Parquet too",
            Answer::Text("text/csv"),
        )
    },
    get("/metrics", "operation", "The accounts of all tools, for Prometheus", PLAIN),
    get("/healthz", "operation", "The process answers", PLAIN),
    Route { problems: &[Code::NotReady], ..get("/readyz", "operation", "Batches can be kept", PLAIN) },
    get("/", "pages", "Every tool with its account", HTML),
    Route {
        parameters: &["catalogue"],
        problems: &[Code::ToolUnknown],
        ..get("/catalog/{tool}", "pages", "All that a tool may say, for its maintainers", HTML)
    },
    Route {
        problems: &[Code::NotFound],
        ..get("/dev", "pages", "The last requests, and why something was not taken; in `aboveboard dev` only", HTML)
    },
    Route {
        parameters: &["public_page"],
        problems: &[Code::ToolUnknown],
        ..get(
            "/transparency/{tool}",
            "pages",
            "All that a tool collects, for its users; as Markdown with `.md` after its name",
            HTML,
        )
    },
    Route {
        method: "post",
        parameters: &["catalogue"],
        problems: &[
            Code::BodyMalformed,
            Code::BodyTooLarge,
            Code::BodyTooSlow,
            Code::ToolUnknown,
            Code::TooManyRequests,
        ],
        ..get("/transparency/{tool}", "pages", "The same, with an answer to the page's form", HTML)
    },
    get("/sign-in", "pages", "The form for the operator's token", HTML),
    Route {
        method: "post",
        status: 303,
        problems: &[Code::OperatorOnly, Code::BodyTooLarge, Code::BodyTooSlow, Code::TooManyRequests],
        ..get("/sign-in", "pages", "Takes the token and gives a cookie for it", Answer::Nothing)
    },
    Route {
        method: "post",
        status: 303,
        problems: &[Code::OperatorOnly],
        ..get("/sign-out", "pages", "Takes the cookie back", Answer::Nothing)
    },
    Route {
        parameters: &["tool_path"],
        problems: &[Code::OperatorOnly, Code::ToolUnknown, Code::AnswerFailed],
        ..get("/t/{tool}/audit", "pages", "Who took raw rows out", HTML)
    },
    get("/.well-known/gpc.json", "pages", "That this site heeds Global Privacy Control", Answer::Json("Gpc")),
    Route {
        problems: &[Code::NotFound],
        ..get("/.well-known/security.txt", "pages", "Where to report weaknesses (RFC 9116)", PLAIN)
    },
    Route {
        parameters: &["tool_path"],
        problems: &[Code::ToolUnknown, Code::Overloaded],
        ..get("/t/{tool}", "pages", "The dashboard of a tool", HTML)
    },
    Route {
        parameters: &["tool_path", "panel"],
        problems: &[Code::ToolUnknown, Code::NotFound, Code::Overloaded],
        ..get("/t/{tool}/{panel}", "pages", "One panel: its figures, what they count, and every number", HTML)
    },
    Route {
        parameters: &["tool_path", "measure", "by", "where", "from", "to", "bucket"],
        problems: &[Code::ToolUnknown, Code::Overloaded],
        ..get("/t/{tool}/explore", "pages", "Any declared question, as a drawing and a table", HTML)
    },
    Route {
        parameters: &["tool_path"],
        problems: &[Code::ToolUnknown, Code::NotFound, Code::Overloaded],
        ..get("/t/{tool}/errors", "pages", "Which error's text to rewrite next", HTML)
    },
    Route {
        parameters: &["tool_path", "code"],
        problems: &[Code::ToolUnknown, Code::NotFound, Code::Overloaded],
        ..get(
            "/t/{tool}/errors/{code}",
            "pages",
            "One error code: how often it is met, and whether its text helps",
            HTML,
        )
    },
    Route {
        parameters: &["tool_path"],
        problems: &[Code::ToolUnknown, Code::NotFound],
        ..get("/errors/{tool}", "pages", "The error codes of a tool, for everybody", HTML)
    },
    Route {
        parameters: &["tool_path", "code"],
        problems: &[Code::ToolUnknown, Code::NotFound, Code::Overloaded],
        ..get("/errors/{tool}/{code}", "pages", "What an error code means and what to do, for everybody", HTML)
    },
    Route {
        parameters: &["tool_path", "code"],
        status: 303,
        problems: VOTE,
        ..post("/errors/{tool}/{code}", "Takes a vote on the page's text, from its form", "Vote", Answer::Nothing)
    },
    get("/dashboard.js", "pages", "The script of the dashboard", Answer::Text("text/javascript")),
    get("/style.css", "pages", "The style sheet", Answer::Text("text/css")),
    get("/people.css", "pages", "The style of forms and terms", Answer::Text("text/css")),
    get("/icon.svg", "pages", "The icon", Answer::Text("image/svg+xml")),
    get("/problems", "reference", "Every code of a problem", PLAIN),
    get("/openapi.json", "reference", "This document", Answer::Json("OpenApi")),
];

/// The document as it is sent and kept.
fn text() -> String {
    let mut text = serde_json::to_string_pretty(&document()).unwrap_or_default();
    text.push('\n');
    text
}

fn document() -> Value {
    let known: Value = serde_json::from_str(include_str!("openapi/schemas.json")).unwrap_or_default();
    let mut paths = Map::new();
    for route in ROUTES {
        let methods = paths.entry(route.path).or_insert_with(|| json!({}));
        methods[route.method] = route.operation();
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Aboveboard",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Telemetry in a closed vocabulary: takes batches, keeps a public account, answers questions",
            "license": {"name": "Apache-2.0 OR MIT", "identifier": "Apache-2.0 OR MIT"},
        },
        "paths": paths,
        "components": {
            "schemas": known["schemas"],
            "parameters": known["parameters"],
            "securitySchemes": {
                "operator": {"type": "http", "scheme": "bearer", "description": "The operator's token; pages take a cookie for it"},
                "exporter": {"type": "http", "scheme": "bearer", "description": "The token of somebody who may take raw rows out"},
            },
        },
    })
}

impl Route {
    fn operation(&self) -> Value {
        let mut operation = json!({"tags": [self.tag], "summary": self.summary, "responses": self.responses()});
        if !self.parameters.is_empty() {
            let parameters = self.parameters.iter();
            operation["parameters"] =
                parameters.map(|name| json!({"$ref": format!("#/components/parameters/{name}")})).collect();
        }
        if let Some(schema) = self.body {
            // What a page without script can send is a form.
            let form = matches!(schema, "Consent" | "Vote");
            let media_type = if form { "application/x-www-form-urlencoded" } else { "application/json" };
            operation["requestBody"] = json!({"required": true, "content": {media_type: reference(schema)}});
        }
        match self.tag {
            // Without a token the public view is answered, and people are served who speak for themselves.
            "questions" | "personal" => operation["security"] = json!([{}, {"operator": []}]),
            "export" => operation["security"] = json!([{"exporter": []}]),
            _ if self.path == "/sign-in" || self.path == "/sign-out" => {}
            _ if self.problems.contains(&Code::OperatorOnly) => operation["security"] = json!([{"operator": []}]),
            _ => {}
        }
        operation
    }

    fn responses(&self) -> Value {
        let mut responses = Map::new();
        responses.insert(self.status.to_string(), self.answer.response());
        for code in self.problems {
            let (status, sentence) = code.status_and_title();
            let response = responses.entry(status.to_string()).or_insert_with(
                || json!({"description": "", "content": {"application/problem+json": reference("Problem")}}),
            );
            let before = response["description"].as_str().unwrap_or_default();
            let separator = if before.is_empty() { "" } else { "; " };
            response["description"] = format!("{before}{separator}`{}`: {sentence}", code.name()).into();
        }
        Value::Object(responses)
    }
}

impl Answer {
    fn response(self) -> Value {
        match self {
            Self::Nothing => json!({"description": "Yes"}),
            Self::Text(media_type) => {
                json!({"description": "The answer", "content": {media_type: {"schema": {"type": "string"}}}})
            }
            Self::Json(schema) => {
                json!({"description": "The answer", "content": {"application/json": reference(schema)}})
            }
        }
    }
}

fn reference(schema: &str) -> Value {
    json!({"schema": {"$ref": format!("#/components/schemas/{schema}")}})
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::golden;

    #[test]
    fn the_document_in_the_docs_is_fresh() {
        golden::check("docs/reference/openapi.json", &text());
    }

    /// `GET /path` for every route of the router's source.
    fn routed() -> BTreeSet<String> {
        let source = include_str!("app.rs");
        let lines = source.lines().filter_map(|line| line.trim().strip_prefix(".route(\""));
        let methods = |line: &str| {
            let (path, methods) = line.split_once("\", ").expect("a path and its methods");
            let known = ["get", "post", "options", "put", "delete", "patch"];
            let named = known.iter().filter(|method| {
                methods.starts_with(&format!("{method}(")) || methods.contains(&format!(".{method}("))
            });
            named.map(|method| format!("{method} {path}")).collect::<Vec<_>>()
        };
        lines.flat_map(methods).collect()
    }

    #[test]
    fn every_route_is_documented_and_every_documented_route_is_there() {
        let documented: BTreeSet<String> =
            ROUTES.iter().map(|route| format!("{} {}", route.method, route.path)).collect();
        assert_eq!(documented, routed());
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = document();
        let text = document.to_string();
        for reference in text.split("\"#/").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(document.pointer(&format!("/{reference}")).is_some(), "{reference}");
        }
    }

    #[test]
    fn the_schema_of_a_table_is_that_of_the_golden_table() {
        let table: Value = serde_json::from_str(include_str!("../tests/golden/table.json")).expect("JSON");
        let document = document();
        let properties = |schema: &str| keys(&document["components"]["schemas"][schema]["properties"]);
        assert_eq!(keys(&table), properties("Table"));
        assert_eq!(keys(&table["question"]), properties("Question"));
        assert_eq!(keys(&table["rows"][0]), properties("Row"));
    }

    fn keys(object: &Value) -> BTreeSet<String> {
        object.as_object().expect("an object").keys().cloned().collect()
    }
}
