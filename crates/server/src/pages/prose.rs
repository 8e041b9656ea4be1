//! Sentences with code between backticks, as HTML.

use std::fmt;

use askama::filters::{Html, HtmlSafe, escape};

/// A sentence; what stands between backticks becomes `<code>`. It escapes itself.
#[derive(Clone, Debug)]
pub(super) struct Prose(pub(super) String);

impl Prose {
    /// A note or a problem, which begin small and end without a full stop, as a sentence.
    pub(super) fn sentence(text: &str) -> Self {
        let mut letters = text.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        Self(first.chain(letters).chain(['.']).collect())
    }
}

impl HtmlSafe for Prose {}

impl From<&str> for Prose {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for Prose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, text) in self.0.split('`').enumerate().filter(|(_, text)| !text.is_empty()) {
            let text = escape(text, Html).map_err(|_| fmt::Error)?;
            if place % 2 == 1 { write!(f, "<code>{text}</code>")? } else { write!(f, "{text}")? }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_stands_between_backticks_and_nothing_is_markup() {
        assert_eq!(
            Prose::from("`a<b` is \"c\" & <i>").to_string(),
            "<code>a&#60;b</code> is &#34;c&#34; &#38; &#60;i&#62;"
        );
    }
}
