//! The Markdown under the front matter, cut into its sections. What stands in a fenced block is no heading.

use super::SECTIONS;
use crate::parse::section::Report;

/// The text of each section; what is wrong is reported. `first_line` is the line of the body in its file.
pub(super) fn read_body(report: &Report<'_>, first_line: usize, body: &str) -> [String; SECTIONS.len()] {
    let mut reader = Reader { report, parts: Vec::new(), fence: None };
    for (line, text) in (first_line..).zip(body.lines()) {
        reader.read(line, text);
    }
    reader.finish(first_line)
}

struct Reader<'r, 'd> {
    report: &'r Report<'d>,
    /// The line of each heading, and the lines under it.
    parts: Vec<(usize, Vec<String>)>,
    /// The line on which a block was opened, and the backticks that close it.
    fence: Option<(usize, usize)>,
}

impl Reader<'_, '_> {
    fn read(&mut self, line: usize, text: &str) {
        let text = text.trim_end();
        if text.chars().any(|c| c.is_control() && c != '\t') {
            self.report.problem(line, "a control character stands here; remove it");
        }
        let ticks = text.bytes().take_while(|byte| *byte == b'`').count();
        match self.fence {
            None if ticks >= 3 => self.fence = Some((line, ticks)),
            None if text.starts_with("## ") || text == "##" => return self.heading(line, text),
            None if text.starts_with("# ") => {
                self.report.problem(line, "the title stands in the front matter; begin headings with `###`");
            }
            Some((_, open)) if ticks >= open && ticks == text.len() => self.fence = None,
            _ => {}
        }
        match self.parts.last_mut() {
            Some((_, lines)) => lines.push(text.to_owned()),
            None if text.is_empty() => {}
            None => self.report.problem(line, "text stands before the first section; move it into one"),
        }
    }

    fn heading(&mut self, line: usize, text: &str) {
        match SECTIONS.get(self.parts.len()) {
            Some(wanted) if text == format!("## {wanted}") => {}
            Some(wanted) => self.report.problem(line, format!("here stands `## {wanted}`; correct the heading")),
            None => self.report.problem(line, "a page has five sections; begin headings inside one with `###`"),
        }
        self.parts.push((line, Vec::new()));
    }

    fn finish(self, first_line: usize) -> [String; SECTIONS.len()] {
        if let Some((line, _)) = self.fence {
            self.report.problem(line, "the block is not closed; add a line ```` ``` ````");
        }
        // What is missing behind an open block may well stand in it.
        if let (Some(missing), None) = (SECTIONS.get(self.parts.len()), self.fence) {
            let (line, after) = match self.parts.last() {
                Some((line, _)) => (*line, "after this section "),
                None => (first_line, ""),
            };
            self.report.problem(line, format!("{after}`## {missing}` is missing; add it"));
        }
        let mut parts = self.parts.into_iter();
        SECTIONS.map(|heading| {
            let Some((line, lines)) = parts.next() else { return String::new() };
            let text = lines.join("\n").trim_matches('\n').to_owned();
            if without_comments(&text).trim().is_empty() {
                self.report.problem(line, format!("`## {heading}` says nothing; say it in a few words"));
            } else if heading == "Example" && !has_example(&text) {
                self.report.problem(line, "there is no block `console` with a line `$ command`; add one");
            }
            text
        })
    }
}

/// What is left for readers: the questions of a new page stand in comments.
fn without_comments(text: &str) -> String {
    let mut parts = text.split("<!--");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |left, part| left + part.split_once("-->").map_or("", |(_, after)| after))
}

/// Whether there is a block that can be run.
fn has_example(text: &str) -> bool {
    let mut blocks = text.split("```console\n").skip(1);
    blocks
        .any(|block| block.split("\n```").next().is_some_and(|block| block.lines().any(|line| line.starts_with("$ "))))
}
