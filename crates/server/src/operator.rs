//! Who may do what only the operator may: whoever shows the token; and where there is none, whoever sits at this
//! machine, because then nobody else can reach it (see `Config::check`).

use axum::http::{HeaderMap, header};

use crate::config::Token;

/// Whether these are headers of the operator.
pub(crate) fn is_operator(headers: &HeaderMap, token: Option<&Token>) -> bool {
    match token {
        Some(token) => shown_token(headers).is_some_and(|text| token.is(text)),
        None => is_from_this_machine(headers),
    }
}

fn shown_token(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// A page of another site can make a browser on this machine send requests here. Its `host` is then a name that
/// merely resolves to this machine, or its `origin` is another than ours.
fn is_from_this_machine(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(host) = text(header::HOST) else { return false };
    let same_origin = text(header::ORIGIN).is_none_or(|origin| origin == format!("http://{host}"));
    same_origin && is_loopback(host)
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
    fn without_a_token_it_is_this_machine_and_no_foreign_page() {
        check(&[("host", "127.0.0.1:7300")], None, true);
        check(&[("host", "localhost:7300"), ("origin", "http://localhost:7300")], None, true);
        check(&[("host", "[::1]:7300")], None, true);
        check(&[("host", "localhost:7300"), ("origin", "https://evil.example")], None, false);
        check(&[("host", "rebound.evil.example:7300")], None, false);
        check(&[], None, false);
    }
}
