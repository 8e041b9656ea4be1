//! Who may do what only the operator may: whoever shows the token, or the cookie that signing in with it gave; and where
//! there is none, whoever sits at this machine, because then nobody else can reach it (see `Config::check`).
//!
//! The cookie is bound to the token and to a last day, and nothing is kept of it: a new token ends all of them. A page
//! of another site can make the operator's browser send it, or send requests to this machine; so neither counts when
//! the browser says that another site is behind a request.

use axum::extract::FromRequestParts;
use axum::http::{HeaderMap, HeaderName, header, request::Parts};

use aboveboard_catalog::Day;

use crate::app::Shared;
use crate::clock;
use crate::config::Token;
use crate::problem::{Code, Problem};

/// The name of the cookie.
const COOKIE: &str = "aboveboard";
/// Days for which signing in holds.
const COOKIE_DAYS: i32 = 14;
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// What a proxy adds to a request that it hands on. Such a request came from elsewhere, whatever `host` it was given.
const HANDED_ON: [&str; 4] = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];

/// Proof that a request is the operator's.
pub(crate) struct Operator(());

impl FromRequestParts<Shared> for Operator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Problem> {
        let detail = "sign in at `/sign-in`, or show the operator's token";
        let known = is_operator(&parts.headers, app.config.token.as_ref());
        known.then_some(Self(())).ok_or_else(|| Problem::new(Code::OperatorOnly, detail))
    }
}

/// Whether these are headers of the operator.
pub(crate) fn is_operator(headers: &HeaderMap, token: Option<&Token>) -> bool {
    match token {
        Some(token) => {
            shown_token(headers).is_some_and(|text| token.is(text))
                || is_own_page(headers) && cookies(headers).any(|cookie| is_fresh(cookie, token, clock::now().day()))
        }
        None => is_from_this_machine(headers),
    }
}

/// The token that a request shows.
pub(crate) fn shown_token(headers: &HeaderMap) -> Option<&str> {
    text(headers, header::AUTHORIZATION)?.strip_prefix("Bearer ")
}

/// The cookie for somebody who showed the token. Scripts cannot read it, and other sites' requests do not carry it.
pub(crate) fn cookie(token: &Token, today: Day, over_tls: bool) -> String {
    let (until, secure) = (today.plus(COOKIE_DAYS), if over_tls { "; Secure" } else { "" });
    let (seal, seconds) = (token.seal(&until.to_string()), COOKIE_DAYS * 86_400);
    format!("{COOKIE}={until}.{seal}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
}

/// The cookie that ends it.
pub(crate) fn no_cookie() -> String {
    format!("{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict")
}

/// Whether no page of another site is behind a request. Browsers say so themselves where a connection is trustworthy,
/// and name the origin of whatever is not a plain look everywhere.
pub(crate) fn is_own_page(headers: &HeaderMap) -> bool {
    match (text(headers, FETCH_SITE), text(headers, header::ORIGIN), text(headers, header::HOST)) {
        (Some(site), _, _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin), Some(host)) => {
            origin.split_once("://").is_some_and(|(scheme, rest)| scheme.starts_with("http") && rest == host)
        }
        (None, Some(_), None) => false,
        (None, None, _) => true,
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

fn is_fresh(cookie: &str, token: &Token, today: Day) -> bool {
    let Some((until, seal)) = cookie.split_once('.') else { return false };
    token.is_seal(until, seal) && Day::parse(until).is_some_and(|until| today <= until)
}

/// A page of another site can make a browser on this machine send requests here. Its `host` is then a name that
/// merely resolves to this machine, or its `origin` is another than ours.
fn is_from_this_machine(headers: &HeaderMap) -> bool {
    let Some(host) = text(headers, header::HOST) else { return false };
    let same_origin = text(headers, header::ORIGIN).is_none_or(|origin| origin == format!("http://{host}"));
    let direct = !HANDED_ON.iter().any(|name| headers.contains_key(*name));
    same_origin && is_loopback(host) && direct
}

fn is_loopback(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    name == "localhost"
        || name == "[::1]"
        || name.parse().is_ok_and(|address: std::net::Ipv4Addr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(headers: &[(&str, &str)], token: Option<&str>, expected: bool) {
        let map = headers.iter().map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value")));
        let token = token.map(|token| Token::new(token).expect("a token"));
        assert_eq!(is_operator(&map.collect(), token.as_ref()), expected, "{headers:?}");
    }

    #[test]
    fn the_token_is_what_counts_where_there_is_one() {
        let token = Some("0123456789abcdef");
        check(&[("authorization", "Bearer 0123456789abcdef")], token, true);
        check(&[("authorization", "Bearer 0123456789abcdeg")], token, false);
        check(&[("authorization", "0123456789abcdef")], token, false);
        check(&[("host", "localhost")], token, false);
    }

    #[test]
    fn a_cookie_is_bound_to_its_token_its_days_and_our_own_pages() {
        let (mine, other) =
            (Token::new("0123456789abcdef").expect("long"), Token::new("fedcba9876543210").expect("long"));
        let pair = |token: &Token, day: Day| cookie(token, day, true).split(';').next().expect("a pair").to_owned();
        let today = clock::now().day();
        let (good, token) = (pair(&mine, today), Some("0123456789abcdef"));
        check(&[("cookie", &good)], token, true);
        check(&[("cookie", &format!("a=b; {good}; c=d"))], token, true);
        check(&[("cookie", &pair(&other, today))], token, false);
        check(&[("cookie", &pair(&mine, today.plus(-COOKIE_DAYS - 1)))], token, false);
        let later = good.replacen(&today.plus(COOKIE_DAYS).to_string(), &today.plus(999).to_string(), 1);
        assert_ne!(later, good);
        check(&[("cookie", &later)], token, false);
        check(&[("cookie", "aboveboard=")], token, false);
        check(&[("cookie", &good), ("host", "a.example"), ("origin", "https://a.example")], token, true);
        check(&[("cookie", &good), ("host", "a.example"), ("origin", "https://evil.example")], token, false);
        check(&[("cookie", &good), ("sec-fetch-site", "cross-site")], token, false);
        check(&[("cookie", &good), ("sec-fetch-site", "same-site")], token, false);
        check(&[("cookie", &good), ("sec-fetch-site", "same-origin"), ("origin", "https://a.example")], token, true);
    }

    #[test]
    fn without_a_token_it_is_this_machine_and_no_foreign_page() {
        check(&[("host", "127.0.0.1:7300")], None, true);
        check(&[("host", "localhost:7300"), ("origin", "http://localhost:7300")], None, true);
        check(&[("host", "[::1]:7300")], None, true);
        check(&[("host", "localhost:7300"), ("origin", "https://evil.example")], None, false);
        check(&[("host", "rebound.evil.example:7300")], None, false);
        check(&[], None, false);
        for name in HANDED_ON {
            check(&[("host", "127.0.0.1:7300"), (name, "203.0.113.7")], None, false);
        }
    }
}
