//! What stands between a macro's brackets, and the answer when it makes no sense.

use proc_macro::{Delimiter, Span, TokenStream, TokenTree};

/// Why something does not compile, and where.
pub(crate) type Refusal = (String, Span);

/// The one plain text of a macro's input, and where it stands.
pub(crate) fn one_text(input: TokenStream) -> Result<(String, Span), Refusal> {
    let wanted = "one text is expected here, such as `\"errors\"`";
    let mut tokens = input.into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(token), None) => text(&token).ok_or_else(|| (wanted.to_owned(), token.span())),
        (_, Some(token)) => Err((wanted.to_owned(), token.span())),
        (None, None) => Err((wanted.to_owned(), Span::call_site())),
    }
}

/// A plain text: a string literal without escapes, also one that another macro passed on.
pub(crate) fn text(token: &TokenTree) -> Option<(String, Span)> {
    match token {
        TokenTree::Literal(literal) => Some((plain(&literal.to_string())?.to_owned(), literal.span())),
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => one_text(group.stream()).ok(),
        _ => None,
    }
}

fn plain(literal: &str) -> Option<&str> {
    literal.strip_prefix('"')?.strip_suffix('"').filter(|text| !text.contains('\\'))
}

/// Rust that does not compile, for this reason and at this place.
pub(crate) fn refusal(why: &str, span: Span) -> TokenStream {
    let text = format!("::core::compile_error! {{ {why:?} }}");
    let tokens: TokenStream = text.parse().expect("made here");
    tokens.into_iter().map(|token| placed(token, span)).collect()
}

/// A token as if it stood at this place.
pub(crate) fn placed(mut token: TokenTree, span: Span) -> TokenTree {
    if let TokenTree::Group(group) = &token {
        let inner = group.stream().into_iter().map(|token| placed(token, span)).collect();
        token = TokenTree::Group(proc_macro::Group::new(group.delimiter(), inner));
    }
    token.set_span(span);
    token
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_text_is_taken() {
        assert_eq!(plain("\"errors\""), Some("errors"));
        assert_eq!(plain("\"a\\n\""), None);
        assert_eq!(plain("7"), None);
        assert_eq!(plain("b\"a\""), None);
    }
}
