//! The page of a code, as Markdown between its head and its end, and as a terminal shows it in 72 columns. Pages are
//! part of the tool: what is written here was written by its makers. `docs/formats/errors.md` describes them.

/// Columns of a text.
const WIDTH: usize = 72;

/// What the page of a code says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Page<'p> {
    title: &'p str,
    since: &'p str,
    removed: Option<&'p str>,
    note: Option<&'p str>,
    severity: &'p str,
    see_also: Vec<&'p str>,
    body: &'p str,
}

/// How a page is shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown<'s> {
    /// Whether headings may be bold: on a terminal, where nobody minds.
    pub(super) bold: bool,
    /// What a person types before a code.
    pub(super) command: &'s str,
    /// Where pages are published, if anywhere.
    pub(super) docs: Option<&'s str>,
}

impl<'p> Page<'p> {
    /// Reads a page. What it does not understand it leaves out, for `aboveboard errors check` has complained before.
    pub(super) fn read(text: &'p str) -> Self {
        let inside = text.strip_prefix("+++\n").and_then(|rest| rest.split_once("\n+++"));
        let Some((head, body)) = inside else { return Self { body: text, ..Self::default() } };
        let mut page = Self { body: body.trim_start_matches('+'), ..Self::default() };
        // What stands below a table is about a revision.
        for line in head.lines().take_while(|line| !line.trim_start().starts_with('[')) {
            let Some((key, value)) = line.split_once('=') else { continue };
            let mut texts = value.split('"').skip(1).step_by(2);
            match key.trim() {
                "title" => page.title = texts.next().unwrap_or_default(),
                "since" => page.since = texts.next().unwrap_or_default(),
                "severity" => page.severity = texts.next().unwrap_or_default(),
                "removed" => page.removed = texts.next(),
                "note" => page.note = texts.next(),
                "see_also" => page.see_also = texts.collect(),
                _ => {}
            }
        }
        page
    }

    /// Its title, for lists.
    pub(super) fn title(&self) -> &'p str {
        self.title
    }

    /// The page as text.
    pub(super) fn render(&self, code: &str, shown: Shown<'_>) -> String {
        let mut out = Text { shown, text: String::new() };
        out.heading(&format!("{code}: {}", self.title));
        let removed = self.removed.map_or(String::new(), |version| format!(", not raised since {version}"));
        out.line(&format!("{}, since {}{removed}", self.severity, self.since));
        self.note.iter().for_each(|note| out.paragraph("", "", note));
        out.markdown(self.body);
        if let [first, rest @ ..] = self.see_also.as_slice() {
            let others: String = rest.iter().map(|other| format!(", {other}")).collect();
            out.text.push('\n');
            out.paragraph("See also: ", "          ", &format!("{} {first}{others}", shown.command));
        }
        if let Some(docs) = shown.docs {
            out.line(&format!("On the web: {docs}{code}"));
        }
        out.text
    }
}

/// A text that grows.
struct Text<'s> {
    shown: Shown<'s>,
    text: String,
}

impl Text<'_> {
    fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    fn heading(&mut self, text: &str) {
        let text = if self.shown.bold { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() };
        self.line(&text);
    }

    /// Words in lines of at most [`WIDTH`] columns; `first` stands before the first line, `hanging` before the others.
    fn paragraph(&mut self, first: &str, hanging: &str, text: &str) {
        let mut line = first.to_owned();
        let mut empty = true;
        for word in text.split_whitespace() {
            if !empty && width(&line) + 1 + width(word) > WIDTH {
                self.line(&line);
                hanging.clone_into(&mut line);
                empty = true;
            }
            line.push_str(if empty { "" } else { " " });
            line.push_str(word);
            empty = false;
        }
        if !empty {
            self.line(&line);
        }
    }

    /// Paragraphs, headings, lists and blocks of code; all else stays as it was written.
    fn markdown(&mut self, markdown: &str) {
        let mut paragraph = Paragraph::default();
        let mut fenced = false;
        for line in markdown.lines() {
            let trimmed = line.trim();
            let fence = trimmed.starts_with("```");
            if fence || fenced || trimmed.is_empty() || trimmed.starts_with('#') || bullet(trimmed).is_some() {
                paragraph.end(self);
            }
            match (fenced, bullet(trimmed)) {
                _ if fence => {
                    fenced = !fenced;
                    self.gap();
                }
                (true, _) => self.line(&format!("    {line}")),
                (false, _) if trimmed.is_empty() => self.gap(),
                (false, _) if trimmed.starts_with('#') => {
                    self.gap();
                    self.heading(trimmed.trim_start_matches('#').trim());
                }
                (false, Some((mark, text))) => paragraph = Paragraph::item(mark, text),
                (false, None) => paragraph.add(trimmed),
            }
        }
        paragraph.end(self);
    }

    /// One empty line, and not two.
    fn gap(&mut self) {
        if !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }
}

/// A paragraph, or an item of a list, whose lines are gathered before they are broken anew.
#[derive(Default)]
struct Paragraph {
    mark: String,
    text: String,
}

impl Paragraph {
    fn item(mark: &str, text: &str) -> Self {
        Self { mark: format!("  {mark} "), text: text.to_owned() }
    }

    fn add(&mut self, line: &str) {
        self.text.push(' ');
        self.text.push_str(line);
    }

    fn end(&mut self, out: &mut Text<'_>) {
        let Self { mark, text } = std::mem::take(self);
        let (first, hanging) =
            if mark.is_empty() { ("  ".to_owned(), "  ".to_owned()) } else { (mark.clone(), " ".repeat(mark.len())) };
        out.paragraph(&first, &hanging, &linked(&text));
    }
}

/// The mark of an item of a list, and what stands behind it.
fn bullet(line: &str) -> Option<(&str, &str)> {
    let (mark, text) = line.split_once(' ')?;
    let number =
        mark.strip_suffix('.').is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()));
    (matches!(mark, "-" | "*") || number).then_some((mark, text))
}

/// A text with `[words](address)` as `words (address)`, and `**words**` as `words`.
fn linked(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, from)) = rest.split_once('[') {
        out.push_str(before);
        match from.split_once("](").and_then(|(words, rest)| Some((words, rest.split_once(')')?))) {
            Some((words, (address, after))) if !words.contains('[') => {
                out.push_str(&format!("{words} ({address})"));
                rest = after;
            }
            _ => {
                out.push('[');
                rest = from;
            }
        }
    }
    out.push_str(rest);
    out.replace("**", "")
}

/// Columns of a text, as near as can be told without tables.
fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden;

    const PAGE: &str = r#"+++
title = "No acme.toml was found"
since = "1.0.0"
removed = "3.0.0"
note = "acme looks for its settings elsewhere now"
severity = "error"
owner = "the command line team"
see_also = ["ACME_CONFIG_INVALID", "ACME_DISK_FULL"]
[[revision]]
day = "2026-03-02"
version = "1.0.0"
note = "not the note of the code"
+++
## What happened
acme looked for `acme.toml` in the folder where it was started, and in every folder
above it, and found **none** of them.

## Why
- It was started somewhere else than in the folder of the project, which happens in scripts that change folders.
- The file has another name.

See [the guide](https://acme.example/guide) and [1] for more, [unfinished](.

## Fix it
1. Go to the folder of your project.
2. Or write one:

```console
$ acme init                                                  # a line of code is as long as it is, and not broken
```
## Still stuck
Ask.
"#;

    fn check(bold: bool, docs: Option<&str>, file: &str) {
        let text = Page::read(PAGE).render("ACME_CONFIG_MISSING", Shown { bold, command: "acme explain", docs });
        golden::check(file, &text);
    }

    #[test]
    fn a_page_fits_a_terminal() {
        check(false, Some("https://acme.example/errors/"), "explain.txt");
        check(true, None, "explain-bold.txt");
        let text = Page::read(PAGE).render("C", Shown { bold: false, command: "acme explain", docs: None });
        assert!(text.lines().filter(|line| !line.starts_with("    ")).all(|line| width(line) <= WIDTH), "{text}");
    }

    #[test]
    fn a_page_without_a_head_is_its_text() {
        let text = Page::read("only a text\n").render("C", Shown { bold: false, command: "acme explain", docs: None });
        assert!(text.contains("  only a text\n"), "{text}");
    }
}
