//! The source of a tool as words, texts and marks, without its comments. It knows as much of Rust and of TypeScript as
//! it takes to find what raises an error code, and loses its way in neither.

/// A part of a source, with its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) line: usize,
    pub(super) part: Part,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Word(String),
    /// A literal, unescaped.
    Text(String),
    /// A literal that is put together at run time.
    Filled,
    Mark(char),
}

/// A language, by the endings of its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Rust,
    TypeScript,
}

impl Language {
    pub(super) fn of(extension: &str) -> Option<Self> {
        match extension {
            "rs" => Some(Self::Rust),
            "ts" | "tsx" | "mts" | "cts" | "js" | "jsx" | "mjs" | "cjs" => Some(Self::TypeScript),
            _ => None,
        }
    }
}

/// The parts of a source, in their order.
pub(super) fn tokens(language: Language, source: &str) -> Vec<Token> {
    let mut lexer = Lexer { language, rest: source, line: 1, tokens: Vec::new() };
    while !lexer.rest.is_empty() {
        lexer.next();
    }
    lexer.tokens
}

struct Lexer<'s> {
    language: Language,
    rest: &'s str,
    line: usize,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn next(&mut self) {
        let rest = self.rest;
        if rest.starts_with("//") {
            self.skip(rest.find('\n').unwrap_or(rest.len()));
        } else if rest.starts_with("/*") {
            self.skip(self.comment());
        } else if let Some((text, length)) = self.raw() {
            self.push(Part::Text(text), length);
        } else if rest.starts_with(['"', '\'', '`']) {
            self.quoted();
        } else if let Some(length) = self.pattern() {
            self.push(Part::Filled, length);
        } else if rest.starts_with(is_word) {
            let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
            self.push(Part::Word(rest[..length].to_owned()), length);
        } else if let Some(mark) = rest.chars().next() {
            if mark.is_whitespace() { self.skip(mark.len_utf8()) } else { self.push(Part::Mark(mark), mark.len_utf8()) }
        }
    }

    fn push(&mut self, part: Part, length: usize) {
        self.tokens.push(Token { line: self.line, part });
        self.skip(length);
    }

    fn skip(&mut self, length: usize) {
        self.line += self.rest[..length].matches('\n').count();
        self.rest = &self.rest[length..];
    }

    /// The length of a comment; those of Rust hold others.
    fn comment(&self) -> usize {
        let mut depth = 0_u32;
        let mut at = 0;
        while at < self.rest.len() {
            let from = &self.rest[at..];
            if from.starts_with("/*") && (depth == 0 || self.language == Language::Rust) {
                depth += 1;
                at += 2;
            } else if from.starts_with("*/") {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            } else {
                at += from.chars().next().map_or(1, char::len_utf8);
            }
        }
        at
    }

    /// A raw text of Rust: `r"…"`, `r#"…"#`, and those of bytes and C.
    fn raw(&self) -> Option<(String, usize)> {
        let after = self.rest.strip_prefix(['b', 'c']).unwrap_or(self.rest).strip_prefix('r')?;
        let hashes = after.bytes().take_while(|byte| *byte == b'#').count();
        let text = after[hashes..].strip_prefix('"').filter(|_| self.language == Language::Rust)?;
        let end = format!("\"{}", "#".repeat(hashes));
        let length = text.find(&end)?;
        let before = self.rest.len() - text.len();
        Some((text[..length].to_owned(), before + length + end.len()))
    }

    /// A text in quotation marks. In TypeScript one that does not end on its line is none, for in a page of JSX an
    /// apostrophe stands for itself; in Rust a single mark may begin the name of a lifetime.
    fn quoted(&mut self) {
        let mark = self.rest.as_bytes()[0];
        let plain = match (self.language, mark) {
            (Language::Rust, b'`') => true,
            (Language::Rust, b'\'') => !is_character(self.rest),
            _ => false,
        };
        match self.literal(mark).filter(|_| !plain) {
            Some((part, length)) => self.push(part, length),
            None => self.push(Part::Mark(char::from(mark)), 1),
        }
    }

    fn literal(&self, mark: u8) -> Option<(Part, usize)> {
        let mut text = String::new();
        let mut filled = false;
        let mut chars = self.rest.char_indices().skip(1).peekable();
        while let Some((at, c)) = chars.next() {
            match c {
                c if c == char::from(mark) => {
                    return Some((if filled { Part::Filled } else { Part::Text(text) }, at + 1));
                }
                '\n' if self.language == Language::TypeScript && mark != b'`' => return None,
                '$' if mark == b'`' && chars.peek().is_some_and(|(_, next)| *next == '{') => filled = true,
                '\\' => {
                    let (_, escaped) = chars.next()?;
                    match escaped {
                        'n' => text.push('\n'),
                        't' => text.push('\t'),
                        'r' => text.push('\r'),
                        '0' => text.push('\0'),
                        '\n' => while chars.next_if(|(_, c)| c.is_whitespace()).is_some() {},
                        'u' | 'x' => text.push(number(escaped, &mut chars)?),
                        c => text.push(c),
                    }
                }
                c => text.push(c),
            }
        }
        None
    }

    /// The length of a regular expression of TypeScript, whose marks are no texts.
    fn pattern(&self) -> Option<usize> {
        let value_before = match &self.tokens.last()?.part {
            Part::Word(word) => !matches!(word.as_str(), "return" | "typeof" | "case" | "in" | "of" | "await"),
            Part::Text(_) | Part::Filled => true,
            Part::Mark(mark) => matches!(mark, ')' | ']' | '}' | '<'),
        };
        if self.language == Language::Rust || value_before || !self.rest.starts_with('/') {
            return None;
        }
        let line = self.rest.split('\n').next().unwrap_or_default();
        let (mut class, mut escaped) = (false, false);
        for (at, c) in line.char_indices().skip(1) {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '[' => class = true,
                ']' => class = false,
                '/' if !class => return Some(at + 1),
                _ => {}
            }
        }
        None
    }
}

type Chars<'s> = std::iter::Peekable<std::iter::Skip<std::str::CharIndices<'s>>>;

/// `\u{1f}`, `\u001f` and `\x1f`.
fn number(kind: char, chars: &mut Chars<'_>) -> Option<char> {
    let mut digits = String::new();
    if chars.next_if(|(_, c)| *c == '{').is_some() {
        while let Some((_, digit)) = chars.next_if(|(_, c)| *c != '}') {
            digits.push(digit);
        }
        chars.next()?;
    } else {
        let length = if kind == 'x' { 2 } else { 4 };
        digits.extend(chars.by_ref().take(length).map(|(_, digit)| digit));
    }
    char::from_u32(u32::from_str_radix(&digits, 16).ok()?)
}

/// Whether a single mark in Rust begins a character, and not the name of a lifetime.
fn is_character(rest: &str) -> bool {
    let mut chars = rest.chars().skip(1);
    match chars.next() {
        Some('\\') => true,
        Some(_) => chars.next() == Some('\''),
        None => false,
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(language: Language, source: &str, expected: &str) {
        let said = tokens(language, source).into_iter().map(|token| match token.part {
            Part::Word(word) => format!("{}:{word}", token.line),
            Part::Text(text) => format!("{}:{text:?}", token.line),
            Part::Filled => format!("{}:…", token.line),
            Part::Mark(mark) => mark.to_string(),
        });
        assert_eq!(said.collect::<Vec<_>>().join(" "), expected);
    }

    #[test]
    fn rust() {
        let check = |source: &str, expected: &str| check(Language::Rust, source, expected);
        check("/// #[code(\"A\")]\n/* /* x */ \"y\" */ b", "2:b");
        check("'a' &'a str '\\'' \"\\\"\\u{41}\\\n   b\"", "1:\"a\" & ' 1:a 1:str 1:\"'\" 1:\"\\\"Ab\"");
        check("r#\"a\"b\"# br\"c\" \"a\nb\" x", "1:\"a\\\"b\" 1:\"c\" 1:\"a\\nb\" 2:x");
    }

    #[test]
    fn typescript() {
        let check = |source: &str, expected: &str| check(Language::TypeScript, source, expected);
        check("a = /'[/]'/g; 'b'", "1:a = 1:… 1:g ; 1:\"b\"");
        check("<p>don't</p>\n'c'", "< 1:p > 1:don ' 1:t < / 1:p > 2:\"c\"");
        check("`a\nb` `${x} y` 'it\\'s' \"\\u0041\"", "1:\"a\\nb\" 2:… 2:\"it's\" 2:\"A\"");
        check("a / b / 'c' /* 'd' */ // 'e'", "1:a / 1:b / 1:\"c\"");
    }

    proptest! {
        #[test]
        fn no_source_makes_it_panic(source in "[a-z'\"`/*\\\\{}$#ru\\[\\]\n äx0-9]{0,60}") {
            let _ = (tokens(Language::Rust, &source), tokens(Language::TypeScript, &source));
        }
    }
}
