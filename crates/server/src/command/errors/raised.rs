//! Where the source of a tool raises its error codes, and the templates of their messages.
//!
//! In Rust a code stands in an attribute `#[code("…")]`, and the template in `#[error("…")]` beside it. In TypeScript
//! both are an entry of the object that is given to `defineErrors`; `withCode` gives a code to an error that has a
//! message already.

use aboveboard_catalog::errors::is_code;

use super::lex::{Language, Part, Token, tokens};

/// One place that raises a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Raised {
    pub(super) code: String,
    /// The template of the message, where it is a literal beside the code.
    pub(super) template: Option<String>,
    pub(super) line: usize,
}

/// Every place of a source, in its order.
pub(super) fn raised(language: Language, source: &str) -> Vec<Raised> {
    let tokens = tokens(language, source);
    match language {
        Language::Rust => in_attributes(&tokens),
        Language::TypeScript => in_calls(&tokens),
    }
}

/// Attributes that follow each other belong to the same variant.
fn in_attributes(tokens: &[Token]) -> Vec<Raised> {
    let mut found = Vec::new();
    let (mut code, mut template) = (None, None);
    let mut at = 0;
    while at < tokens.len() {
        let attribute = (mark(tokens, at) == Some('#') && mark(tokens, at + 1) == Some('['))
            .then(|| group(tokens, at + 1))
            .filter(|inside| !inside.is_empty());
        let Some(inside) = attribute else {
            found.extend(code.take().map(|(line, code)| Raised { code, template: template.take(), line }));
            template = None;
            at += 1;
            continue;
        };
        match (word(inside, 0), inside.get(2).map(|token| &token.part)) {
            (Some("code"), Some(Part::Text(text))) if is_code(text) => code = Some((inside[2].line, text.clone())),
            (Some("error"), Some(Part::Text(text))) => template = Some(text.clone()),
            _ => {}
        }
        // The two marks before, and the one behind.
        at += inside.len() + 3;
    }
    found.extend(code.map(|(line, code)| Raised { code, template, line }));
    found
}

fn in_calls(tokens: &[Token]) -> Vec<Raised> {
    let mut found = Vec::new();
    for at in 0..tokens.len() {
        let called = word(tokens, at).filter(|_| word(tokens, at.wrapping_sub(1)) != Some("function"));
        let Some(open) =
            called.filter(|name| matches!(*name, "defineErrors" | "withCode")).and_then(|_| call(tokens, at))
        else {
            continue;
        };
        let inside = group(tokens, open);
        match called {
            Some("defineErrors") => entries(inside, &mut found),
            _ => found.extend(given(inside)),
        }
    }
    found
}

/// Where the arguments of a call open. Between them and the name may stand types.
fn call(tokens: &[Token], name: usize) -> Option<usize> {
    match mark(tokens, name + 1)? {
        '(' => Some(name + 1),
        '<' => (name + 2..tokens.len()).find(|at| mark(tokens, at - 1) == Some('>') && mark(tokens, *at) == Some('(')),
        _ => None,
    }
}

/// The entries `CODE: 'template'` of the object among these arguments.
fn entries(arguments: &[Token], found: &mut Vec<Raised>) {
    let Some(open) = (0..arguments.len()).find(|at| mark(arguments, *at) == Some('{')) else { return };
    let entries = group(arguments, open);
    let mut at = 0;
    while at < entries.len() {
        let name = match &entries[at].part {
            Part::Word(name) | Part::Text(name) if mark(entries, at + 1) == Some(':') => Some(name),
            _ => None,
        };
        if let Some(code) = name.filter(|name| is_code(name)) {
            let template = joined(&entries[at + 2..]);
            found.push(Raised { code: code.clone(), template, line: entries[at].line });
        }
        at = next_entry(entries, at);
    }
}

/// Literals that are added up until the entry ends.
fn joined(value: &[Token]) -> Option<String> {
    let mut template = String::new();
    for (at, token) in value.iter().enumerate() {
        match (&token.part, at % 2) {
            (Part::Text(text), 0) => template.push_str(text),
            (Part::Mark('+'), 1) => {}
            (Part::Mark(','), 1) => break,
            // `as const` and the like.
            (Part::Word(_), 1) => break,
            _ => return None,
        }
    }
    (!value.is_empty()).then_some(template)
}

/// Behind the next comma that is not inside a group.
fn next_entry(tokens: &[Token], mut at: usize) -> usize {
    while at < tokens.len() {
        match mark(tokens, at) {
            Some(',') => return at + 1,
            Some('{' | '(' | '[') => at += group(tokens, at).len() + 1,
            _ => {}
        }
        at += 1;
    }
    at
}

/// The code that is the second argument of `withCode`.
fn given(arguments: &[Token]) -> Option<Raised> {
    let second = next_entry(arguments, 0);
    let token = arguments.get(second)?;
    let Part::Text(code) = &token.part else { return None };
    is_code(code).then(|| Raised { code: code.clone(), template: None, line: token.line })
}

/// What stands in the brackets that open at a place.
fn group(tokens: &[Token], open: usize) -> &[Token] {
    let mut depth = 0_u32;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.part {
            Part::Mark('(' | '[' | '{') => depth += 1,
            Part::Mark(')' | ']' | '}') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return &tokens[open + 1..at];
                }
            }
            _ => {}
        }
    }
    &[]
}

fn mark(tokens: &[Token], at: usize) -> Option<char> {
    match tokens.get(at)?.part {
        Part::Mark(mark) => Some(mark),
        _ => None,
    }
}

fn word(tokens: &[Token], at: usize) -> Option<&str> {
    match &tokens.get(at)?.part {
        Part::Word(word) => Some(word),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(language: Language, source: &str, expected: &[(&str, Option<&str>, usize)]) {
        let found = raised(language, source);
        let found: Vec<_> = found.iter().map(|it| (it.code.as_str(), it.template.as_deref(), it.line)).collect();
        assert_eq!(found, expected, "{source}");
    }

    #[test]
    fn codes_in_rust_stand_beside_their_messages() {
        let source = r#"
            /// #[code("NOT_ME")]
            #[derive(Debug, thiserror::Error, ErrorCode)]
            #[code(folder = "../errors")]
            enum Error {
                #[error("no {0} was found", path.display())]
                #[code("ACME_A")]
                A(PathBuf),
                #[code("ACME_B")]
                #[error(
                    "b \
                     c"
                )]
                B { #[from] source: io::Error },
                #[error(transparent)]
                #[code(from)]
                C(Other),
                #[code("ACME_D")]
                D,
                #[error("{x}")]
                #[code(none)]
                E { x: u8 },
            }"#;
        let expected = [("ACME_A", Some("no {0} was found"), 7), ("ACME_B", Some("b c"), 9), ("ACME_D", None, 18)];
        check(Language::Rust, source, &expected);
    }

    #[test]
    fn codes_in_typescript_are_the_entries_of_an_object() {
        let source = "
            import { defineErrors, withCode } from 'aboveboard/errors';
            // defineErrors(codes, { ACME_X: 'x' })
            export const errors = defineErrors<AcmeCode, Record<string, string>>(errorCodes, {
              ACME_A: 'no {path} was found',
              'ACME_B': \"b \" +
                'c',
              ACME_C: template,
              ACME_D: `d`,
              ...more({ ACME_E: 'e' }),
            } as const);
            throw withCode(new Error(f(1, 'ACME_F')), 'ACME_G');";
        let expected = [
            ("ACME_A", Some("no {path} was found"), 5),
            ("ACME_B", Some("b c"), 6),
            ("ACME_C", None, 8),
            ("ACME_D", Some("d"), 9),
            ("ACME_G", None, 12),
        ];
        check(Language::TypeScript, source, &expected);
    }

    #[test]
    fn the_functions_themselves_raise_nothing() {
        check(Language::TypeScript, "export function withCode(error, code) { f({ ACME_A: 'x' }) }", &[]);
        check(Language::TypeScript, "import { withCode } from 'x'; const ACME_A = 'y';", &[]);
    }

    proptest! {
        #[test]
        fn no_source_makes_it_panic(source in "(#|\\[|\\]|code|error|\\(|\\)|\"A\"|\\{|\\}|,|:|defineErrors|withCode| |\n){0,30}") {
            let _ = (raised(Language::Rust, &source), raised(Language::TypeScript, &source));
        }
    }
}
