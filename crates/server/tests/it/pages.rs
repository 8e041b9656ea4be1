//! Pages for people.

use crate::captures::captured;
use crate::client::Answer;
use crate::server::Server;

fn page(server: &Server, path: &str) -> Answer {
    let answer = server.get(path);
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/html; charset=utf-8"), "{path}");
    answer
}

#[test]
fn the_first_page_shows_every_tool_with_its_account() {
    let server = Server::start(&[]);
    captured("nextjs/build_turbopack_tls").iter().for_each(|request| drop(request.replay(&server)));
    let body = page(&server, "/").body;
    for tool in ["acme", "clerk", "nextjs"] {
        assert!(body.contains(&format!("href=\"/catalog/{tool}\"")), "{tool}");
        assert!(body.contains(&format!("href=\"/v1/ledger?tool={tool}\"")), "{tool}");
    }
    assert!(body.contains("<dt>Kept</dt><dd>31</dd>"), "{body}");
    assert!(body.contains("NEXT_BUILD_FEATURE_USAGE"), "{body}");
}

#[test]
fn a_catalogue_is_shown_whole() {
    let server = Server::start(&[]);
    let body = page(&server, "/catalog/acme").body;
    for text in ["command_finished", "the processor architecture", "<code>aarch64</code>", "privacy@acme.example"] {
        assert!(body.contains(text), "{text}");
    }
    for path in ["/catalog/nobody", "/catalog/acme.md"] {
        assert_eq!(server.get(path).code(), "tool_unknown");
    }
}

#[test]
fn pages_run_nothing_and_load_nothing_from_elsewhere() {
    let server = Server::start(&[]);
    let pages = ["/", "/catalog/acme", "/catalog/clerk", "/catalog/nextjs"];
    for path in pages.into_iter().chain(["/transparency/acme", "/transparency/clerk", "/transparency/nextjs"]) {
        let answer = page(&server, path);
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'self'"), "{policy}");
        for forbidden in ["<script", " style=", " onload=", "src=\"http", "<iframe", "action=\"http"] {
            assert!(!answer.body.contains(forbidden), "{path}: {forbidden}");
        }
        assert!(answer.body.contains("<html lang=\"en\">") && answer.body.contains("class=\"skip\""), "{path}");
    }
    for (path, content_type) in [("/style.css", "text/css; charset=utf-8"), ("/icon.svg", "image/svg+xml")] {
        let answer = server.get(path);
        assert_eq!((answer.status, answer.header("content-type")), (200, content_type));
    }
}

#[test]
fn the_interface_is_described() {
    let document = Server::start(&[]).get("/openapi.json").json();
    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["paths"]["/v1/query"]["get"].is_object());
}
