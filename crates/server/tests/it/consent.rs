//! Choices in consent banners: what is taken, what is kept of it, what is answered.

use serde_json::{Value, json};

use crate::client::Answer;
use crate::export;
use crate::server::Server;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

fn choose(server: &Server, form: &str) -> Answer {
    server.post_with("/v1/consent?tool=acme", &[FORM, ("origin", "https://acme.example")], form)
}

/// The values of one field among the choices that were kept, for the operator.
fn kept(server: &Server, field: &str) -> Value {
    let answer = server.get(&format!("/v1/query?tool=acme&by=consent_chosen.{field}&where=event:consent_chosen"));
    let rows = answer.json()["rows"].as_array().expect("rows").iter().map(|row| row["key"][0].clone()).collect();
    Value::Array(rows)
}

#[test]
fn a_choice_becomes_one_event() {
    let server = Server::start(&[]);
    let answer = choose(&server, "v=3&act=save&bits=1010&gpc=0");
    assert_eq!((answer.status, answer.body.as_str(), answer.header("access-control-allow-origin")), (204, "", "*"));
    assert_eq!(answer.header("set-cookie"), "");
    let said = ["notice", "action", "marketing", "analytics", "functional", "gpc"].map(|field| kept(&server, field));
    assert_eq!(said[1..], [json!(["save"]), json!(["false"]), json!(["true"]), json!(["false"]), json!(["false"])]);
    assert_eq!(said[0].as_array().map(Vec::len), Some(1), "{said:?}");
    server.check_ledger("acme", [1, 1, 0], json!({}));
}

#[test]
fn a_form_without_script_is_led_back_with_the_cookie() {
    let server = Server::start(&[]);
    let own = format!("https://{}", server.address);
    let form = "v=3&act=deny&return=%2Fdocs%3Fpage%3D2";
    let answer = server.post_with("/v1/consent?tool=acme", &[FORM, ("origin", &own)], form);
    assert_eq!((answer.status, answer.header("location")), (303, "/docs?page=2"));
    let cookie = answer.header("set-cookie");
    let (value, rest) = cookie.split_once(';').expect("attributes");
    let parts: Vec<&str> = value.split('.').collect();
    assert_eq!([parts[0], parts[2], parts[3]], ["consent=3", "deny", "1000"], "{cookie}");
    assert_eq!(rest, " Max-Age=15552000; Path=/; SameSite=Lax; Secure");
    let plain = server.post_with("/v1/consent?tool=acme", &[FORM], "v=3&act=accept&return=/");
    assert!(plain.header("set-cookie").starts_with("consent=3."), "{plain:?}");
    assert!(!plain.header("set-cookie").contains("Secure"), "{plain:?}");
    let foreign = choose(&server, "v=3&act=accept&return=/");
    assert_eq!((foreign.status, foreign.header("set-cookie")), (303, ""), "no other site chooses for a visitor");
    server.check_ledger("acme", [3, 3, 0], json!({}));
}

#[test]
fn a_form_that_is_none_is_a_problem_that_names_the_field() {
    let server = Server::start(&[]);
    for (form, named) in [("", "`v`"), ("v=3&act=maybe", "`act`"), ("v=3&act=deny&return=//evil.example", "`return`")] {
        let answer = choose(&server, form);
        assert_eq!((answer.status, answer.code().as_str()), (400, "body_malformed"), "{form}");
        assert!(answer.json()["detail"].as_str().expect("a detail").contains(named), "{answer:?}");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
    }
    for path in ["/v1/consent", "/v1/consent?tool=nobody", "/v1/consent?tool=clerk"] {
        let answer = server.post_with(path, &[FORM], "v=3&act=deny");
        assert_eq!((answer.status, answer.code().as_str()), (404, "tool_unknown"), "{path}");
    }
    server.check_ledger("acme", [0, 0, 0], json!({}));
}

#[test]
fn nothing_else_of_a_choice_is_kept() {
    let (server, folder) = export::server();
    let private = ["203.0.113.88", "Mozilla/5.0 (Private)", "alice@mail.example", "/private-page", "id=c00k1e"];
    let [address, agent, mail, page, cookie] = private;
    let headers = [
        FORM,
        ("x-forwarded-for", address),
        ("user-agent", agent),
        ("cookie", cookie),
        ("referer", "https://acme.example/private-page"),
    ];
    let form = format!("v=3&act=save&bits=1001&gpc=1&email={mail}&return={page}");
    assert_eq!(server.post_with("/v1/consent?tool=acme", &headers, form).status, 303);
    let rows = export::lines(&export::export(&server, export::ADA, "tool=acme&table=consent_chosen&format=json"));
    let said = rows[0].as_object().expect("a row").iter().filter(|(_, value)| !value.is_null());
    let said: Vec<&str> = said.map(|(name, _)| name.as_str()).collect();
    let fields = ["action", "analytics", "functional", "gpc", "marketing", "notice"];
    let fields = fields.map(|field| format!("consent_chosen.{field}"));
    assert_eq!((&said[..6], &said[6..]), (&fields.each_ref().map(String::as_str)[..], &["day", "n", "reports"][..]));
    let stopped = server.stop();
    drop(folder);
    let disk = stopped.all_bytes();
    for text in private {
        assert!(!disk.windows(text.len()).any(|window| window == text.as_bytes()), "`{text}` in the data folder");
        assert!(!stopped.log.contains(text), "`{text}` in the log");
    }
}
