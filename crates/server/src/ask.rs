//! A question as it stands in an address: which route answers it, and its parameters.
//!
//! Pages ask nothing in any other form, so that every figure on them has an address where it can be checked.

use std::fmt::Write;

/// What answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Route {
    /// Counts, shares, percentiles.
    Query,
    /// Who came back.
    Retention,
    /// How far machines came.
    Funnel,
    /// How events ended, by the day on which they arrived.
    Verdicts,
    /// Which declared fields were said at all.
    Coverage,
}

/// A question, not asked yet.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Ask {
    pub(crate) route: Route,
    pub(crate) parameters: Vec<(String, String)>,
}

impl Route {
    /// Where it is.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Query => "/v1/query",
            Self::Retention => "/v1/retention",
            Self::Funnel => "/v1/funnel",
            Self::Verdicts => "/v1/verdicts",
            Self::Coverage => "/v1/coverage",
        }
    }

    /// The parameters it takes.
    pub(crate) fn parameters(self) -> &'static [&'static str] {
        match self {
            Self::Query => &["tool", "measure", "by", "where", "from", "to", "bucket"],
            Self::Retention => &["tool", "from", "to", "bucket"],
            Self::Funnel => &["tool", "steps", "where", "from", "to"],
            Self::Verdicts => &["tool", "from", "to", "bucket"],
            Self::Coverage => &["tool", "from", "to"],
        }
    }
}

impl Ask {
    /// A question about a tool.
    pub(crate) fn new(route: Route, tool: &str) -> Self {
        Self { route, parameters: vec![("tool".to_owned(), tool.to_owned())] }
    }

    /// With a further parameter.
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.parameters.push((name.to_owned(), value.into()));
        self
    }

    /// The values of a parameter.
    pub(crate) fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.parameters.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Where it is answered; `extension` is empty, `.json` or `.csv`.
    pub(crate) fn address(&self, extension: &str) -> String {
        format!("{}{extension}?{}", self.route.path(), query_string(&self.parameters))
    }
}

/// Parameters as they stand after the `?`.
pub(crate) fn query_string<N: AsRef<str>, V: AsRef<str>>(parameters: &[(N, V)]) -> String {
    let pair = |(name, value): &(N, V)| format!("{}={}", encoded(name.as_ref()), encoded(value.as_ref()));
    parameters.iter().map(pair).collect::<Vec<_>>().join("&")
}

/// A text inside of an address. What RFC 3986 lets stand in a query and what nobody takes for its syntax stays as it
/// is, so that addresses can be read.
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b':' | b',' | b'!' | b'/' => {
                out.push(char::from(byte));
            }
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_can_be_read_and_mean_what_was_said() {
        let ask = Ask::new(Route::Query, "nextjs").with("by", "event,version").with("where", "packageName:@a/b|c d&e");
        assert_eq!(
            ask.address(".csv"),
            "/v1/query.csv?tool=nextjs&by=event,version&where=packageName:%40a/b%7Cc%20d%26e"
        );
    }
}
