//! `errors extract`: the digests of messages, into the pages of their codes. Nothing else of a page is touched.

use std::path::{Path, PathBuf};

use aboveboard_catalog::Day;
use aboveboard_catalog::errors::{Page, Revision, template_digest};

use super::Failure;
use super::check::templates;
use super::pages::{File, Pages};
use super::source::places;
use crate::clock;
use crate::files::write;

/// Why changed texts mean the same, and the version that has them.
type Revise<'a> = Option<(&'a str, &'a str)>;

pub(super) fn run(folder: &Path, sources: &[PathBuf], revise: Revise<'_>) -> Result<String, Failure> {
    let pages = Pages::read(folder)?;
    let places = places(sources)?;
    let today = clock::now().day();
    let (mut written, mut problems) = (Vec::new(), Vec::new());
    for (code, said) in templates(&places) {
        let (Some(file), Some((place, template))) = (pages.of(code), said.first()) else { continue };
        let Some(page) = &file.page else {
            problems.push(file.problem(1, "the page has problems; `aboveboard errors check` says which"));
            continue;
        };
        match next(page, template, revise, today) {
            Next::Same => {}
            Next::Ask => problems.push(format!(
                "{}: the message of `{code}` is `{template}` now; if it means the same, say so with `--revise \"WHY\" --in \
                 VERSION`, otherwise choose a new code",
                place.at()
            )),
            Next::Write(revision) => {
                write(&file.path, &with(file, page, &revision)?)?;
                written.push(code);
            }
        }
    }
    if !problems.is_empty() {
        return Err(Failure::Problems(problems.join("\n")));
    }
    Ok(match written.as_slice() {
        [] => "every message is as it was written down".to_owned(),
        codes => format!("Wrote down the messages of {}.", codes.join(", ")),
    })
}

enum Next {
    /// The message is the one that is written down.
    Same,
    /// Only a person can say whether it means the same.
    Ask,
    Write(Revision),
}

fn next(page: &Page, template: &str, revise: Revise<'_>, today: Day) -> Next {
    let digest = template_digest(template);
    match (page.revisions.last(), revise) {
        (Some(last), _) if last.digest == digest => Next::Same,
        (None, _) => {
            Next::Write(Revision { day: today, version: page.since.clone(), digest, note: "first text".to_owned() })
        }
        (Some(_), Some((note, version))) => {
            Next::Write(Revision { day: today, version: version.to_owned(), digest, note: note.to_owned() })
        }
        (Some(_), None) => Next::Ask,
    }
}

/// The text of a page with a revision more, behind all others.
fn with(file: &File, page: &Page, revision: &Revision) -> Result<String, String> {
    let end = file.text.find("\n+++").map_or(0, |at| at + 1);
    let (front, rest) = file.text.split_at(end);
    let text = format!("{front}{}{rest}", revision.render());
    match Page::parse(&page.code, &text) {
        Ok(read) if read.revisions.last() == Some(revision) => Ok(text),
        _ => Err(file.problem(1, "a revision does not fit behind its front matter; end that with `[[revision]]`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "+++\ntitle = \"No space\"\nsince = \"1.0.0\"\nowner = \"us\" # really\n+++\n\
        ## What happened\nx\n## Why\nx\n## Fix it\nx\n## Example\n```console\n$ acme\n```\n## Still stuck\n+++\n";

    fn file(text: &str) -> File {
        let page = Page::parse("ACME_X", text).ok();
        File { code: "ACME_X".into(), path: "ACME_X.md".into(), text: text.into(), page }
    }

    fn extract(text: &str, template: &str, revise: Revise<'_>) -> Option<String> {
        let file = file(text);
        let page = file.page.as_ref().expect("a page");
        match next(page, template, revise, Day(20_779)) {
            Next::Same => Some(text.to_owned()),
            Next::Ask => None,
            Next::Write(revision) => Some(with(&file, page, &revision).expect("it fits")),
        }
    }

    #[test]
    fn the_first_message_is_written_down_and_a_change_of_it_needs_a_reason() {
        let first = extract(PAGE, "no space in {0}", None).expect("the first");
        let lines: Vec<&str> = first.lines().collect();
        assert_eq!(
            lines[3..8],
            ["owner = \"us\" # really", "", "[[revision]]", "day = \"2026-11-22\"", "version = \"1.0.0\""]
        );
        assert_eq!(extract(&first, "no space in {folder}", None).as_deref(), Some(first.as_str()), "the same message");
        assert_eq!(extract(&first, "the disk is full", None), None);
        let second = extract(&first, "the disk is full", Some(("plainer", "1.2.0"))).expect("a revision");
        assert!(
            second.contains(&template_digest("the disk is full")) && second.contains("note = \"plainer\""),
            "{second}"
        );
        assert_eq!(file(&second).page.expect("a page").revisions.len(), 2);
    }
}
