//! The pages of error codes: which text to rewrite next, one page a code, and what everybody reads.

use crate::client::Answer;
use crate::native::today;
use crate::server::Server;

const DISK: &str = "ACME_DISK_FULL";

/// A batch of one machine that met an error some times and voted on it as often.
fn tell(server: &Server, id: u64, code: &str, helpful: &[bool]) {
    tell_of(server, id, "2.5.0", code, helpful);
}

/// The same, of a version of the tool.
fn tell_of(server: &Server, id: u64, version: &str, code: &str, helpful: &[bool]) {
    let (day, n) = (today(), helpful.len());
    let votes: String = helpful
        .iter()
        .map(|helpful| {
            let reason = if *helpful { "" } else { r#","reason":"message_unclear""# };
            format!(
                r#",{{"event":"feedback_given","fields":{{"code":"{code}","helpful":{helpful},"surface":"terminal"{reason}}}}}"#
            )
        })
        .collect();
    let body = format!(
        r#"{{"v":1,"id":"{id:032x}","tool":"acme","day":"{day}","first":["day","week","month"],
            "origin":{{"version":"{version}","os":"linux","ci":false}},
            "events":[{{"event":"error_shown","n":{n},"fields":{{"code":"{code}"}}}},
            {{"event":"error_followed","fields":{{"code":"{code}","next":"gave_up"}}}}{votes}]}}"#
    );
    let receipt = server.post("/v1/batches", body).json();
    assert_eq!(receipt["kept"], 2 * n as u64 + 1, "{receipt}");
}

fn told(server: &Server) {
    for id in 0..30 {
        tell(server, id, DISK, &[false, id % 3 == 0]);
        tell(server, 100 + id, "ACME_PORT_IN_USE", &[true]);
    }
    tell(server, 999, "ACME_LINK_BROKEN", &[false]);
}

#[test]
fn the_text_to_rewrite_next_is_met_often_and_surely_does_not_help() {
    let server = Server::start(&[]);
    told(&server);
    let page = server.get("/t/acme/errors").body;
    assert!(page.contains("Rewrite ACME_DISK_FULL next"), "{page}");
    let place = |code: &str| page.find(&format!("/t/acme/errors/{code}")).unwrap_or_else(|| panic!("{code} in {page}"));
    assert!(place(DISK) < place("ACME_LINK_BROKEN") && place("ACME_LINK_BROKEN") < place("ACME_CONFIG_MISSING"));
    assert!(server.get("/t/acme/error_codes").body.contains("href=\"/t/acme/errors/ACME_DISK_FULL\""));
    assert_eq!(server.get("/t/nextjs/errors").status, 200);
    assert_eq!(server.get("/t/clerk/errors").code(), "not_found");
}

#[test]
fn a_text_that_was_rewritten_is_judged_by_the_votes_on_what_it_says_now() {
    let server = Server::start(&[]);
    told(&server);
    for id in 0..60 {
        let (version, helpful) = if id < 50 { ("2.4.1", false) } else { ("2.5.0", true) };
        tell_of(&server, 200 + id, version, "ACME_CONFIG_INVALID", &[helpful; 3]);
    }
    let page = server.get("/t/acme/errors").body;
    assert!(page.contains("Rewrite ACME_DISK_FULL next"), "{page}");
    let row = page.split("ACME_CONFIG_INVALID</a>").nth(1).and_then(|row| row.split("</tr>").next()).expect("a row");
    assert!(row.contains("100") && row.contains(">30<"), "{row}");
    let overview = server.get("/t/acme").body;
    assert!(overview.contains("Rewrite ACME_DISK_FULL next"), "{overview}");
}

#[test]
fn the_page_of_a_code_tells_what_is_known_of_it() {
    let server = Server::start(&[]);
    told(&server);
    let page = server.get("/t/acme/errors/ACME_DISK_FULL").body;
    for part in [
        "How often ACME_DISK_FULL was shown, by version",
        "Of 60 votes 17",
        "with 95 % confidence",
        "Why its text did not help",
        "message_unclear",
        "Where votes were cast",
        "What happened next",
        "gave_up",
        "ACME_DISK_FULL by os, beside all errors",
        "Rewrite the text of ACME_DISK_FULL",
        "href=\"/errors/acme/ACME_DISK_FULL\"",
    ] {
        assert!(page.contains(part), "`{part}` in {page}");
    }
    // It was rewritten on 5 Oct 2026, whatever day it is.
    let then = server.get("/t/acme/errors/ACME_CONFIG_INVALID?from=2026-09-28&to=2026-10-11").body;
    assert!(then.contains("text of 2.5.0"), "{then}");
    assert_eq!(server.get("/t/acme/errors/ACME_NO_SUCH").code(), "not_found");
    assert_eq!(server.get("/t/nextjs/errors/E394").status, 200);
}

#[test]
fn to_the_public_few_are_fewer_and_not_none() {
    let server = Server::start_with_token();
    told(&server);
    let page = server.get("/t/acme/errors").body;
    assert!(!page.contains("Rewrite ACME"), "nothing of a week that is not over is public: {page}");
    let code = server.get("/t/acme/errors/ACME_DISK_FULL?where=os:linux&source=local");
    assert_eq!(code.status, 200);
    assert!(!code.body.contains("card absent") && !code.body.contains("60 votes"), "{}", code.body);
}

fn cast(server: &Server, code: &str, form: &str, origin: &str) -> Answer {
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("origin", origin)];
    server.post_with(&format!("/errors/acme/{code}"), &headers, form)
}

#[test]
fn readers_vote_by_a_form_without_script_and_are_told_what_became_of_it() {
    let server = Server::start(&[]);
    let own = server.url();
    let led = |answer: &Answer| (answer.status, answer.header("location").to_owned());
    let to = |verdict: &str| (303, format!("/errors/acme/{DISK}?vote={verdict}#helpful"));
    assert_eq!(led(&cast(&server, DISK, "helpful=yes", &own)), to("vote_unfounded"));
    tell(&server, 1, DISK, &[true]);
    assert_eq!(led(&cast(&server, DISK, "helpful=no&reason=wrong_cause", &own)), to("vote_repeated"));
    let shown = format!(
        r#"{{"v":1,"id":"{:032x}","tool":"acme","day":"{}","origin":{{"version":"2.4.0"}},"events":[{{"event":"error_shown","fields":{{"code":"{DISK}"}}}}]}}"#,
        3,
        today()
    );
    assert_eq!(server.post("/v1/batches", shown).json()["kept"], 1);
    assert_eq!(
        led(&cast(&server, DISK, "helpful=no&reason=wrong_cause", "https://elsewhere.example")),
        to("vote_foreign")
    );
    assert_eq!(led(&cast(&server, DISK, "helpful=no&reason=wrong_cause", &own)), to("kept"));
    let operators = server.get(&format!("/t/acme/errors/{DISK}")).body;
    assert!(operators.contains("<th scope=\"row\">docs"), "nothing is said of where readers are: {operators}");
    assert!(server.get(&format!("/errors/acme/{DISK}?vote=kept")).body.contains("your vote was counted"));
    let page = server.get(&format!("/errors/acme/{DISK}?vote=%3Cscript%3E")).body;
    assert!(!page.contains("<script>") && page.contains("What happened") && page.contains("wrong cause"), "{page}");
    assert_eq!(cast(&server, DISK, "helpful=maybe", &own).code(), "body_malformed");
    assert_eq!(cast(&server, DISK, "helpful=no&reason=/home/alice", &own).code(), "body_malformed");
    assert_eq!(cast(&server, "ACME_NO_SUCH", "helpful=yes", &own).code(), "not_found");
    let index = server.get("/errors/acme").body;
    assert!(index.contains("href=\"/errors/acme/ACME_DISK_FULL\""), "{index}");
    assert_eq!(server.get("/errors/nextjs").code(), "not_found");
}
