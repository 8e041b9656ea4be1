//! The error codes of a tool: one page of Markdown a code, named by people. No counter, no list that everybody edits.
//!
//! Plain data and the digest of a message's template. [`Page::parse`] reads the pages; `docs/formats/errors.md` describes
//! them.

#[cfg(feature = "parse")]
mod body;
#[cfg(feature = "parse")]
mod page;

use crate::day::Day;
use crate::limits::NAME_CHARS_MAX;

/// The sections of a page, in their order.
pub const SECTIONS: [&str; 5] = ["What happened", "Why", "Fix it", "Example", "Still stuck"];

/// What a catalogue says about its error codes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Errors {
    /// The folder of the pages, beside the catalogue; `None` for a tool whose codes are not ours to describe.
    pub folder: Option<String>,
    /// The pages, sorted by code.
    pub pages: Vec<Page>,
    /// The event that an error was shown.
    pub shown: Option<String>,
    /// The event that says what came next.
    pub followed: Option<String>,
    /// The event of a vote.
    pub vote: Option<String>,
    /// Origins of web pages whose visitors may vote, such as `https://acme.example`.
    pub sites: Vec<String>,
    /// Where the pages are published; a code is appended.
    pub docs: Option<String>,
}

/// The page of one code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The code, such as `ACME_CONFIG_MISSING`.
    pub code: String,
    /// The error in a few words.
    pub title: String,
    /// The version of the tool from which on it exists.
    pub since: String,
    /// The version from which on it is not raised any more, if any; the page stays, so that the code is not used again.
    pub removed: Option<String>,
    /// What became of a removed code.
    pub note: Option<String>,
    /// How bad it is.
    pub severity: Severity,
    /// Who answers for it.
    pub owner: String,
    /// Codes that are easily taken for it.
    pub see_also: Vec<String>,
    /// What became of its text, newest last.
    pub revisions: Vec<Revision>,
    /// The Markdown under each of [`SECTIONS`].
    pub sections: [String; SECTIONS.len()],
}

/// How bad an error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The tool stops.
    Error,
    /// The tool goes on.
    Warning,
}

/// One change of a message's template, or of the text that says why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// The day.
    pub day: Day,
    /// The first version of the tool that has it.
    pub version: String,
    /// The digest of the message's template, see [`template_digest`].
    pub digest: String,
    /// What was changed, and why.
    pub note: String,
}

/// A command of an example, and what it is said to print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// The line of its block, counted from the first line of the section.
    pub line: usize,
    /// The commands of one block.
    pub commands: Vec<String>,
    /// Everything else in the block.
    pub output: Vec<String>,
}

impl Page {
    /// Headings and texts, in their order.
    pub fn parts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        SECTIONS.into_iter().zip(self.sections.iter().map(String::as_str))
    }

    /// The blocks `console` of the section *Example*.
    #[must_use]
    pub fn examples(&self) -> Vec<Example> {
        let mut examples: Vec<Example> = Vec::new();
        let mut inside = false;
        for (position, line) in self.sections[3].lines().enumerate() {
            match line.trim_end() {
                "```console" if !inside => {
                    inside = true;
                    examples.push(Example { line: position + 1, commands: Vec::new(), output: Vec::new() });
                }
                "```" => inside = false,
                line if inside => {
                    let Some(example) = examples.last_mut() else { continue };
                    match line.strip_prefix("$ ") {
                        Some(command) => example.commands.push(command.to_owned()),
                        None => example.output.push(line.to_owned()),
                    }
                }
                _ => {}
            }
        }
        examples
    }
}

impl Severity {
    /// The word in a page.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// Whether a text can be a code: words of capitals and digits, joined by `_`, a letter first.
#[must_use]
pub fn is_code(text: &str) -> bool {
    let word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let letter_first = text.starts_with(|c: char| c.is_ascii_uppercase());
    letter_first && text.len() <= NAME_CHARS_MAX && text.split('_').all(word)
}

/// What all codes of a tool begin with: `ACME_` for `acme`, `MY_TOOL_` for `my-tool`.
#[must_use]
pub fn prefix(tool: &str) -> String {
    format!("{}_", tool.to_ascii_uppercase().replace('-', "_"))
}

/// The digest of a message's template (FNV-1a, 32 bits), by which a change of the text is noticed.
///
/// What stands in `{…}` does not count: it is a matter of the language that raises the error, not of the text.
#[must_use]
pub fn template_digest(template: &str) -> String {
    let hash =
        bare(template).bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("{hash:08x}")
}

/// The template with `{}` for every placeholder. `{{` is a brace, in Rust and in TypeScript alike.
fn bare(template: &str) -> String {
    let mut bare = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        bare.push_str(before);
        let taken = if from.starts_with("{{") { 2 } else { from.find('}').map_or(from.len(), |end| end + 1) };
        bare.push_str(if taken == 2 && from.starts_with("{{") { "{{" } else { "{}" });
        rest = &from[taken..];
    }
    bare.push_str(rest);
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_words_of_capitals() {
        for code in ["ACME_CONFIG_MISSING", "E", "E42", "A_1"] {
            assert!(is_code(code), "{code}");
        }
        for wrong in ["", "acme", "_A", "A_", "A__B", "1A", "A-B", "Ä", "A B", &"A".repeat(65)] {
            assert!(!is_code(wrong), "{wrong}");
        }
        assert_eq!(prefix("my-tool"), "MY_TOOL_");
    }

    #[test]
    fn a_digest_is_of_the_words_and_not_of_the_names_in_them() {
        assert_eq!(template_digest(""), "811c9dc5");
        // As in `docs/formats/errors.md`.
        assert_eq!(template_digest("no acme.toml was found"), "975f7bc3");
        assert_eq!(template_digest("port {port} is in use"), "4e5f7bc2");
        assert_eq!(template_digest("no {0} was found"), template_digest("no {path:?} was found"));
        assert_ne!(template_digest("no {0} was found"), template_digest("no {0} was seen"));
        assert_ne!(template_digest("{{0}}"), template_digest("{0}"));
        assert_eq!(bare("a {b} {{c}} {"), "a {} {{c}} {}");
    }
}
