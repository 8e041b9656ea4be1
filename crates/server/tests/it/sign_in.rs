//! Signing in as the operator, with a browser's headers.

use crate::client::{Answer, request};
use crate::operator::TOKEN;
use crate::server::Server;

fn sign_in(server: &Server, token: &str, headers: &[(&str, &str)]) -> Answer {
    server.post_with("/sign-in", headers, format!("token={token}"))
}

fn get(server: &Server, path: &str, cookie: &str) -> Answer {
    request(server.address, "GET", path, &[("cookie", cookie)], b"")
}

#[test]
fn whoever_signs_in_is_the_operator_until_they_sign_out() {
    let server = Server::start_with_token();
    assert!(server.get("/sign-in").body.contains("<form method=\"post\" action=\"/sign-in\">"));
    let wrong = sign_in(&server, "0000000000000000", &[]);
    assert_eq!((wrong.status, wrong.header("set-cookie")), (200, ""));
    assert!(wrong.body.contains("That is not the token."));
    let origin = format!("http://{}", server.address);
    let answer = sign_in(&server, TOKEN, &[("origin", &origin)]);
    assert_eq!((answer.status, answer.header("location")), (303, "/"));
    let set = answer.header("set-cookie").to_owned();
    for part in ["; Path=/", "; HttpOnly", "; SameSite=Strict"] {
        assert!(set.contains(part), "{set}");
    }
    assert!(!set.contains(TOKEN) && !set.contains("Secure"), "{set}");
    let cookie = set.split(';').next().expect("a pair");
    let day = "/v1/query?tool=acme&by=event&bucket=day";
    assert_eq!([get(&server, day, cookie).status, server.get(day).status], [200, 403]);
    assert!(get(&server, "/sign-in", cookie).body.contains("action=\"/sign-out\""));
    let out = server.post("/sign-out", "");
    assert_eq!((out.status, out.header("set-cookie").contains("Max-Age=0")), (303, true));
}

#[test]
fn a_browser_that_is_not_the_operators_is_shown_the_way_to_sign_in() {
    let server = Server::start_with_token();
    let open = |accept: &str| request(server.address, "GET", "/t/acme/audit", &[("accept", accept)], b"");
    let page = open("text/html,application/xhtml+xml,*/*;q=0.8");
    assert_eq!((page.status, page.header("content-type")), (401, "text/html; charset=utf-8"));
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    assert!(
        page.body.contains("Only the operator may do this") && page.body.contains("action=\"/sign-in\""),
        "{page:?}"
    );
    for accept in ["application/json", "*/*"] {
        assert_eq!((open(accept).status, open(accept).code().as_str()), (401, "operator_only"), "{accept}");
    }
    let nobody = request(server.address, "GET", "/t/nobody", &[("accept", "text/html")], b"");
    assert_eq!(nobody.status, 404);
    assert!(nobody.body.contains("No catalogue declares this tool") && !nobody.body.contains("/sign-in\"><p"));
}

#[test]
fn no_page_of_another_site_signs_anybody_in_or_uses_their_cookie() {
    let server = Server::start_with_token();
    for foreign in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
        assert_eq!(sign_in(&server, TOKEN, &[foreign]).code(), "operator_only", "{foreign:?}");
        assert_eq!(server.post_with("/sign-out", &[foreign], "").code(), "operator_only", "{foreign:?}");
        let set = sign_in(&server, TOKEN, &[]).header("set-cookie").to_owned();
        let cookie = ("cookie", set.split(';').next().expect("a pair"));
        let forget = |headers: &[(&str, &str)]| server.post_with("/v1/forget", headers, r#"{"tool":"acme","id":"x"}"#);
        assert_eq!(forget(&[cookie, foreign]).code(), "operator_only", "{foreign:?}");
        assert_eq!(forget(&[cookie]).status, 200);
    }
    let secure = sign_in(&server, TOKEN, &[("origin", "https://a.example"), ("sec-fetch-site", "same-origin")]);
    assert!(secure.header("set-cookie").ends_with("; Secure"), "{secure:?}");
}

#[test]
fn nobody_tries_tokens_for_long() {
    let server = Server::start_with_token();
    let refused = (0..400).map(|_| sign_in(&server, "0000000000000000", &[])).find(|answer| answer.status == 429);
    assert_eq!(refused.expect("there is an end").code(), "too_many_requests");
}

#[test]
fn without_a_token_there_is_nothing_to_sign_in_with() {
    let server = Server::start(&[]);
    assert!(server.get("/sign-in").body.contains("has no token"));
    assert_eq!(sign_in(&server, TOKEN, &[]).header("set-cookie"), "");
}
