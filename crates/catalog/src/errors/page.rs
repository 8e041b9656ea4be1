//! The text of a page to a page, or all problems at once; and back.

use std::fmt::Write;

use toml::de::DeTable;

use super::body::read_body;
use super::{Page, Revision, SECTIONS, Severity, is_code};
use crate::day::Day;
use crate::limits::{PAGE_BYTES_MAX, TITLE_CHARS_MAX};
use crate::parse::section::{Report, Section};
use crate::problem::Problem;
use crate::version::Version;

/// What stands before and after the front matter.
const FENCE: &str = "+++";
const SEVERITIES: [Severity; 2] = [Severity::Error, Severity::Warning];

impl Page {
    /// Reads the page of a code. Problems name the file `CODE.md`.
    ///
    /// # Errors
    /// Everything that is wrong, by line.
    pub fn parse(code: &str, text: &str) -> Result<Self, Vec<Problem>> {
        Self::parse_in(&format!("{code}.md"), code, text)
    }

    /// Reads the page of a code. `file` is its name in problems.
    ///
    /// # Errors
    /// Everything that is wrong, by line.
    pub fn parse_in(file: &str, code: &str, text: &str) -> Result<Self, Vec<Problem>> {
        let text = text.replace("\r\n", "\n");
        let one = |message: String| vec![Problem { file: file.to_owned(), line: 1, message }];
        if !is_code(code) {
            let rule = "take capitals and digits in words joined by `_`, a letter first, such as `ACME_DISK_FULL`";
            return Err(one(format!("`{code}` cannot be a code; {rule}")));
        }
        if text.len() > PAGE_BYTES_MAX {
            return Err(one(format!("the page is longer than {PAGE_BYTES_MAX} bytes; say less")));
        }
        let Some((front, body)) = split(&text) else {
            return Err(one("the page begins with no front matter; put it between two lines `+++`".to_owned()));
        };
        // The line of the first fence stays, as an empty one, so that lines are counted as in the file.
        let toml = format!("\n{front}");
        let mut report = Report::new(file, "the front matter", &toml);
        let (table, errors) = DeTable::parse_recoverable(&toml);
        errors.iter().for_each(|error| report.not_toml(error));
        let mut page = read_front(&Section::whole_file(&report, table.get_ref()), code);
        let first_line = text[..text.len() - body.len()].matches('\n').count() + 1;
        page.sections = read_body(&report, first_line, body);
        report.finish().map(|_| page).map_err(|problems| problems.into_iter().collect())
    }

    /// A page that says nothing, for a code whose page could not be read.
    pub(crate) fn empty(code: &str) -> Self {
        let (title, since, owner) = (String::new(), String::new(), String::new());
        Self {
            code: code.to_owned(),
            title,
            since,
            removed: None,
            note: None,
            severity: Severity::Error,
            owner,
            see_also: Vec::new(),
            revisions: Vec::new(),
            sections: SECTIONS.map(|_| String::new()),
        }
    }

    /// The text of a page, from which the same page is read.
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = format!("{FENCE}\n");
        let mut line = |key: &str, value: &str| {
            let _ = writeln!(text, "{key} = {}", quoted(value));
        };
        line("title", &self.title);
        line("since", &self.since);
        self.removed.iter().for_each(|removed| line("removed", removed));
        self.note.iter().for_each(|note| line("note", note));
        line("severity", self.severity.name());
        line("owner", &self.owner);
        let codes: Vec<String> = self.see_also.iter().map(|code| quoted(code)).collect();
        let _ = writeln!(text, "see_also = [{}]", codes.join(", "));
        self.revisions.iter().for_each(|revision| text.push_str(&revision.render()));
        let _ = writeln!(text, "{FENCE}");
        for (position, (heading, part)) in self.parts().enumerate() {
            let gap = if position == 0 { "" } else { "\n" };
            let _ = write!(text, "{gap}## {heading}\n\n{part}\n");
        }
        text
    }
}

impl Revision {
    /// The revision as it stands in the front matter.
    #[must_use]
    pub fn render(&self) -> String {
        let Self { day, version, digest, note } = self;
        format!(
            "\n[[revision]]\nday = \"{day}\"\nversion = {}\ndigest = {}\nnote = {}\n",
            quoted(version),
            quoted(digest),
            quoted(note)
        )
    }
}

/// The front matter, and what follows it.
fn split(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_prefix(FENCE)?.strip_prefix('\n')?;
    if let Some(body) = text.strip_prefix(FENCE).and_then(|body| body.strip_prefix('\n')) {
        return Some(("", body));
    }
    let (front, body) = text.split_once("\n+++\n")?;
    Some((front, body))
}

fn read_front(front: &Section<'_, '_>, code: &str) -> Page {
    let removed = front.optional_text("removed");
    let note = front.optional_text("note");
    match (&removed, &note) {
        (Some(_), None) => front.problem("removed", "a removed code needs a `note`; say what became of it"),
        (None, Some(_)) => front.problem("note", "`note` says what became of a removed code; add `removed`"),
        _ => {}
    }
    let words = SEVERITIES.map(|severity| (severity.name(), severity));
    let page = Page {
        title: front.text("title"),
        since: front.text("since"),
        removed,
        note,
        severity: front.word("severity", &words, Some(Severity::Error)).unwrap_or(Severity::Error),
        owner: front.text("owner"),
        see_also: read_see_also(front, code),
        revisions: read_revisions(front),
        ..Page::empty(code)
    };
    one_line(front, "title", &page.title);
    if page.title.chars().count() > TITLE_CHARS_MAX {
        front.problem("title", format!("the title is longer than {TITLE_CHARS_MAX} characters; say the rest below"));
    }
    one_line(front, "owner", &page.owner);
    page.note.iter().for_each(|note| one_line(front, "note", note));
    version(front, "since", &page.since);
    page.removed.iter().for_each(|removed| version(front, "removed", removed));
    front.finish();
    page
}

fn read_see_also(front: &Section<'_, '_>, code: &str) -> Vec<String> {
    if !front.has("see_also") {
        return Vec::new();
    }
    let mut codes: Vec<String> = Vec::new();
    for (line, other) in front.texts("see_also") {
        let wrong = if !is_code(&other) {
            Some("is not a code")
        } else if other == code {
            Some("is this page itself")
        } else {
            codes.contains(&other).then_some("is there twice")
        };
        match wrong {
            Some(wrong) => front.report.problem(line, format!("`{other}` {wrong}; leave it out")),
            None => codes.push(other),
        }
    }
    codes
}

fn read_revisions(front: &Section<'_, '_>) -> Vec<Revision> {
    let mut revisions: Vec<Revision> = Vec::new();
    for section in front.tables("revision") {
        let revision = Revision {
            day: section.day("day").unwrap_or(Day(0)),
            version: section.text("version"),
            digest: section.text("digest"),
            note: section.text("note"),
        };
        version(&section, "version", &revision.version);
        one_line(&section, "note", &revision.note);
        let hex = |digest: &str| digest.len() == 8 && digest.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if !revision.digest.is_empty() && !hex(&revision.digest) {
            let fix = "it is eight hexadecimal digits; `aboveboard errors extract` writes it";
            section.problem("digest", format!("`{}` is no digest; {fix}", revision.digest));
        }
        if let Some(before) = revisions.last().filter(|before| before.day > revision.day) {
            section.problem("day", format!("revisions come oldest first, and the one before is of `{}`", before.day));
        }
        section.finish();
        revisions.push(revision);
    }
    revisions
}

fn version(section: &Section<'_, '_>, key: &'static str, text: &str) {
    if !text.is_empty() && Version::parse(text).is_none() {
        section.problem(key, format!("`{text}` is no version; take one such as `1.4.2`"));
    }
}

fn one_line(section: &Section<'_, '_>, key: &'static str, text: &str) {
    if text.chars().any(char::is_control) {
        section.problem(key, format!("`{key}` is one line without control characters"));
    }
}

/// A text as TOML. It has no control character, so only two characters are escaped.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PAGE: &str = "+++\n\
        title = \"No acme.toml was found\"\n\
        since = \"1.0.0\"\n\
        severity = \"error\"\n\
        owner = \"the command line team\"\n\
        see_also = [\"ACME_CONFIG_INVALID\"]\n\
        \n\
        [[revision]]\n\
        day = \"2026-03-02\"\n\
        version = \"1.0.0\"\n\
        digest = \"5f3a91c2\"\n\
        note = \"first text\"\n\
        +++\n\
        ## What happened\n\nNo file.\n\n\
        ## Why\n\nBecause.\n\n\
        ## Fix it\n\nRun `acme init`.\n\n\
        ## Example\n\n```console\n$ acme build\nerror[ACME_CONFIG_MISSING]: no acme.toml was found\n## no heading\n```\n\n\
        ## Still stuck\n\nAsk.\n";

    fn page() -> Page {
        Page::parse("ACME_CONFIG_MISSING", PAGE).expect("a page")
    }

    /// Reads the page with one edit, and expects one problem on the line that contains `at`.
    #[track_caller]
    fn check(from: &str, to: &str, at: &str, said: &str) {
        assert!(PAGE.contains(from), "{from}");
        let text = PAGE.replacen(from, to, 1);
        let line = text.lines().position(|line| line.contains(at)).expect("a line") + 1;
        let found = Page::parse("ACME_CONFIG_MISSING", &text).expect_err("a problem");
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(found, [format!("ACME_CONFIG_MISSING.md:{line}: {said}")]);
    }

    #[test]
    fn a_page_is_read_and_written_as_it_was() {
        let page = page();
        assert_eq!(page.sections[2], "Run `acme init`.");
        assert_eq!(page.revisions[0].day, Day::parse("2026-03-02").expect("a day"));
        assert_eq!(page.examples()[0].commands, ["acme build"]);
        assert_eq!(page.examples()[0].output.len(), 2);
        assert_eq!(page.render(), PAGE);
        assert_eq!(Page::parse("ACME_CONFIG_MISSING", &PAGE.replace('\n', "\r\n")), Ok(page));
    }

    #[test]
    fn the_front_matter_is_held_to_its_rules() {
        let found = Page::parse("ACME_X", "+++\ntitel = 1\n+++\n").expect_err("problems");
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        for said in [
            "ACME_X.md:1: `title` is missing in the front matter; add it",
            "ACME_X.md:2: unknown key `titel` in the front matter; did you mean `title`?",
            "ACME_X.md:4: `## What happened` is missing; add it",
        ] {
            assert!(found.iter().any(|found| found == said), "`{said}` is not in {found:#?}");
        }
    }

    #[test]
    fn removed_codes_say_what_became_of_them() {
        let said = "a removed code needs a `note`; say what became of it";
        check("severity", "removed = \"2.0.0\"\nseverity", "removed", said);
        let said = "`note` says what became of a removed code; add `removed`";
        check("severity", "note = \"gone\"\nseverity", "note = \"gone\"", said);
    }

    #[test]
    fn values_of_the_front_matter() {
        check("since = \"1.0.0\"", "since = \"one\"", "since", "`one` is no version; take one such as `1.4.2`");
        check(
            "\"ACME_CONFIG_INVALID\"",
            "\"ACME_CONFIG_MISSING\"",
            "see_also",
            "`ACME_CONFIG_MISSING` is this page itself; leave it out",
        );
        check(
            "5f3a91c2",
            "5F",
            "digest",
            "`5F` is no digest; it is eight hexadecimal digits; `aboveboard errors extract` writes it",
        );
        let again = "note = \"first text\"\n[[revision]]\nday = \"2026-03-01\"\nversion = \"1.0.1\"\ndigest = \"00000000\"\nnote = \"x\"";
        let said = "revisions come oldest first, and the one before is of `2026-03-02`";
        check("note = \"first text\"", again, "2026-03-01", said);
    }

    #[test]
    fn sections_are_all_there_in_their_order() {
        check("## Why", "## Reasons", "## Reasons", "here stands `## Why`; correct the heading");
        check("Because.", "<!-- Why? -->", "## Why", "`## Why` says nothing; say it in a few words");
        check("Because.", "", "## Why", "`## Why` says nothing; say it in a few words");
        check("## What", "Hello\n## What", "Hello", "text stands before the first section; move it into one");
        check("```\n\n## Still", "\n\n## Still", "```console", "the block is not closed; add a line ```` ``` ````");
        check("```console", "```text", "## Example", "there is no block `console` with a line `$ command`; add one");
        check("No file.", "No \u{1b}[1mfile.", "[1mfile", "a control character stands here; remove it");
        check("\n## Still stuck\n\nAsk.\n", "", "## Example", "after this section `## Still stuck` is missing; add it");
    }

    #[test]
    fn what_is_no_page_at_all() {
        let said = |code: &str, text: &str| Page::parse(code, text).expect_err("a problem")[0].message.clone();
        assert!(said("ACME_X", "# Hello").starts_with("the page begins with no front matter"));
        assert!(said("acme-x", PAGE).starts_with("`acme-x` cannot be a code"));
        assert!(said("ACME_X", &"x".repeat(PAGE_BYTES_MAX + 1)).starts_with("the page is longer"));
        assert!(said("ACME_X", "+++\n+++\n").contains("is missing"));
    }

    fn text() -> impl Strategy<Value = String> {
        "[a-zA-Z\"\\\\#+`${}äß][ -~äß]{0,20}[a-z.\"\\\\`]"
    }

    fn part() -> impl Strategy<Value = String> {
        prop::collection::vec("[a-zA-Z.][a-zA-Z .]{0,20}[a-z]|- [a-z]{1,5}|    x|```\nx\n## y\n\n```", 1..4)
            .prop_map(|lines| lines.join("\n\n").trim().to_owned())
    }

    prop_compose! {
        fn pages()(title in text(), owner in text(), note in text(), removed: bool, warns: bool, count in 0..3_usize,
            parts in prop::collection::vec(part(), 5), digest: u32) -> Page {
            let revision = |number: usize| Revision {
                day: Day(20_000 + number as i32),
                version: format!("1.{number}.0"),
                digest: format!("{digest:08x}"),
                note: note.clone(),
            };
            let mut sections: [String; 5] = std::array::from_fn(|part| parts[part].clone());
            sections[3].push_str("\n\n```console\n$ acme build\nerror[X]: y\n```");
            Page {
                code: "ACME_X".into(), title, since: "1.0.0".into(), removed: removed.then(|| "2.0.0".into()),
                note: removed.then(|| note.clone()), severity: SEVERITIES[usize::from(warns)], owner,
                see_also: ["ACME_Y", "ACME_Z"][..count.min(2)].iter().map(|code| (*code).to_owned()).collect(),
                revisions: (0..count).map(revision).collect(), sections,
            }
        }
    }

    proptest! {
        #[test]
        fn reading_what_was_written_gives_the_same_page(page in pages()) {
            prop_assert_eq!(Page::parse("ACME_X", &page.render()), Ok(page));
        }

        #[test]
        fn no_text_makes_it_panic(cut in 0..PAGE.len(), junk in "\\PC{0,20}") {
            let _ = (Page::parse("ACME_X", &PAGE[..cut]), Page::parse("ACME_X", &format!("{}{junk}{}", &PAGE[..cut], &PAGE[cut..])));
        }
    }
}
