//! Just enough of Rust's grammar to tell code from comments and literals, and one function from the next.

/// The text with comments and the insides of literals replaced by spaces, line for line and byte for byte.
pub(crate) fn code(text: &str) -> String {
    let mut rest = text;
    let mut code = String::with_capacity(text.len());
    while !rest.is_empty() {
        let word_before = code.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_');
        let blank = blank_length(rest, word_before);
        let (length, kept) = if blank > 0 { (blank, false) } else { (first_char_bytes(rest), true) };
        let (taken, left) = rest.split_at(length);
        match kept {
            true => code.push_str(taken),
            false => code.extend(taken.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' })),
        }
        rest = left;
    }
    code
}

/// How many bytes at the start of the text are a comment or a literal; 0 when it starts with code.
fn blank_length(text: &str, word_before: bool) -> usize {
    match text.as_bytes() {
        [b'/', b'/', ..] => text.find('\n').unwrap_or(text.len()),
        [b'/', b'*', ..] => block_comment(text),
        [b'"', ..] => quoted(text, '"'),
        [b'r', b'"' | b'#', ..] if !word_before => raw_string(text, 1),
        [b'b' | b'c', b'r', b'"' | b'#', ..] if !word_before => raw_string(text, 2),
        [b'\'', b'\\', ..] => quoted(text, '\''),
        [b'\'', ..] => char_literal(text),
        _ => 0,
    }
}

fn first_char_bytes(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}

fn block_comment(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut depth, mut at) = (0, 0);
    while at < bytes.len() {
        match &bytes[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// A literal between two quotes, with backslash escapes.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if letter == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// `r"…"`, `r#"…"#` and so on; 0 for a raw identifier such as `r#type`.
fn raw_string(text: &str, prefix: usize) -> usize {
    let hashes = text[prefix..].bytes().take_while(|byte| *byte == b'#').count();
    let open = prefix + hashes;
    if text.as_bytes().get(open) != Some(&b'"') {
        return 0;
    }
    let close = format!("\"{}", "#".repeat(hashes));
    text[open + 1..].find(&close).map_or(text.len(), |at| open + 1 + at + close.len())
}

/// `'x'`; 0 for a lifetime.
fn char_literal(text: &str) -> usize {
    let letter = first_char_bytes(&text[1..]);
    if text[1 + letter..].starts_with('\'') { letter + 2 } else { 0 }
}

/// One function with a body.
#[derive(Debug, PartialEq)]
pub(crate) struct Function {
    pub(crate) name: String,
    /// The line of its signature, from 1.
    pub(crate) line: usize,
    /// Lines from the signature to the closing brace.
    pub(crate) lines: usize,
}

/// The functions in blanked code, nested ones included.
pub(crate) fn functions(code: &str) -> Vec<Function> {
    let starts = words(code).filter(|(_, word)| *word == "fn");
    starts.filter_map(|(at, _)| function_at(code, at)).collect()
}

fn function_at(code: &str, at: usize) -> Option<Function> {
    let (_, name) = words(&code[at..]).nth(1).filter(|(after, _)| code[at + 2..at + after].trim().is_empty())?;
    let open = at + code[at..].find(['{', ';'])?;
    let close = open + closing_brace(&code[open..])?;
    let line = 1 + newlines(&code[..at]);
    Some(Function { name: name.to_owned(), line, lines: 1 + newlines(&code[at..close]) })
}

/// Where the brace at the start of the text closes; `None` when it starts with none.
fn closing_brace(code: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, byte) in code.bytes().enumerate() {
        depth += match byte {
            b'{' => 1,
            b'}' => -1,
            _ => 0,
        };
        if depth == 0 {
            return (byte == b'}').then_some(at);
        }
    }
    None
}

fn newlines(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

/// The names of the items declared in blanked code, each with its line.
pub(crate) fn items(code: &str) -> Vec<(usize, &str)> {
    const DECLARES: [&str; 9] = ["fn", "struct", "enum", "union", "trait", "mod", "type", "const", "static"];
    let mut found = Vec::new();
    let mut before = "";
    for (at, word) in words(code).filter(|(_, word)| *word != "mut") {
        if DECLARES.contains(&before) && !DECLARES.contains(&word) {
            found.push((1 + newlines(&code[..at]), word));
        }
        before = word;
    }
    found
}

/// The identifiers and keywords of blanked code, each with its position.
pub(crate) fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let part_of_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + code[at..].find(part_of_word)?;
        let length = code[start..].find(|letter| !part_of_word(letter)).unwrap_or(code.len() - start);
        at = start + length;
        Some((start, &code[start..at]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_blanked() {
        let check = |text: &str, expected: &str| assert_eq!(code(text), expected, "{text}");
        check("a // b\nc", "a     \nc");
        check("a /* b /* c */ d */ e", "a                   e");
        check(r#"f("a \" // b", 'x', '\'', '"') + g"#, r#"f(           ,    ,     ,    ) + g"#);
        check("fn f<'a>(x: &'a str) {}", "fn f<'a>(x: &'a str) {}");
        check(r##"x = r#"a " b"# + br"c" + r#type"##, r##"x =            +       + r#type"##);
        check("attr\"x\"", "attr   ");
        check("'é' \"\n\" é", "      \n  é");
    }

    #[test]
    fn functions_are_measured_from_signature_to_closing_brace() {
        let check = |text: &str, expected: &[(&str, usize, usize)]| {
            let found: Vec<_> = functions(&code(text)).into_iter().map(|it| (it.name, it.line, it.lines)).collect();
            let expected: Vec<_> =
                expected.iter().map(|(name, line, lines)| (name.to_string(), *line, *lines)).collect();
            assert_eq!(found, expected, "{text}");
        };
        check("fn one() {}", &[("one", 1, 1)]);
        check("\nfn two(\n  a: u8,\n) {\n  if a { b() }\n}\nfn next() {\n}", &[("two", 2, 5), ("next", 7, 2)]);
        check("trait T { fn declared(&self); fn given(&self) { } }", &[("given", 1, 1)]);
        check("type F = fn(u8) -> u8; fn f() { \"}\"; '}'; }", &[("f", 1, 1)]);
        check("fn outer() {\n fn inner() {\n }\n}", &[("outer", 1, 4), ("inner", 2, 2)]);
    }

    #[test]
    fn items_are_found_with_their_lines() {
        let text = "pub struct A;\nimpl A { const fn b() {} }\nstatic mut C: u8 = 0; // struct D\nlet e = 1;";
        assert_eq!(items(&code(text)), [(1, "A"), (2, "b"), (3, "C")]);
    }
}
