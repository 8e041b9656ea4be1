//! The sections `[errors]` and `[consent]`: the pages of error codes, and the events that are about errors and choices.

use super::section::Section;
use super::{Files, secure_url};
use crate::errors::{Errors, Page, is_code};
use crate::limits::MEMBERS_MAX;
use crate::spec::{Consent, EventSpec};

/// What a catalogue says about its error codes, with every page read.
pub(super) fn read(file: &Section<'_, '_>, files: &dyn Files) -> Option<Errors> {
    let section = file.has("errors").then(|| file.section("errors"))?;
    let folder = section.optional_text("folder");
    let pages = folder.as_ref().map(|folder| read_pages(&section, folder, files)).unwrap_or_default();
    let sites = if section.has("sites") { section.texts("sites") } else { Vec::new() };
    for (line, site) in sites.iter().filter(|(_, site)| !is_origin(site)) {
        let fix = "take scheme and host only, such as `https://acme.example`";
        section.report.problem(*line, format!("`{site}` is no origin of a web page; {fix}"));
    }
    let errors = Errors {
        folder,
        pages,
        shown: section.optional_text("shown"),
        followed: section.optional_text("followed"),
        vote: section.optional_text("vote"),
        sites: sites.into_iter().map(|(_, site)| site).collect(),
        docs: section.optional_text("docs"),
    };
    if let Some(docs) = &errors.docs {
        secure_url(&section, "docs", docs);
        if !docs.ends_with(['/', '#', '=']) {
            section.problem("docs", format!("a code is appended to `{docs}`; end it with `/`"));
        }
    }
    section.finish();
    Some(errors)
}

/// The codes that have pages, sorted.
pub(super) fn codes(errors: &Errors) -> Vec<String> {
    errors.pages.iter().map(|page| page.code.clone()).collect()
}

pub(super) fn read_consent(file: &Section<'_, '_>) -> Option<Consent> {
    let section = file.has("consent").then(|| file.section("consent"))?;
    let consent = Consent { event: section.text("event") };
    section.finish();
    Some(consent)
}

/// The events that the two sections name are there.
pub(super) fn check_events(
    file: &Section<'_, '_>,
    errors: Option<&Errors>,
    consent: Option<&Consent>,
    events: &[EventSpec],
) {
    let known = |name: &String| events.iter().any(|event| event.name == *name && event.refused.is_none());
    let check = |section: &'static str, key: &'static str, name: Option<&String>| {
        if let Some(name) = name.filter(|name| !name.is_empty() && !known(name)) {
            let fix = format!("declare `[event.{name}]`, or correct the name");
            file.section(section).problem(key, format!("`{key}` names `{name}`, which is not collected; {fix}"));
        }
    };
    if let Some(errors) = errors {
        check("errors", "shown", errors.shown.as_ref());
        check("errors", "followed", errors.followed.as_ref());
        check("errors", "vote", errors.vote.as_ref());
    }
    check("consent", "event", consent.map(|consent| &consent.event));
}

fn read_pages(section: &Section<'_, '_>, folder: &str, files: &dyn Files) -> Vec<Page> {
    if !is_folder(folder) {
        let fix = "take a name such as `errors`, of a folder beside the catalogue";
        section.problem("folder", format!("`{folder}` is no folder of pages; {fix}"));
        return Vec::new();
    }
    let Some(mut names) = files.list(folder) else {
        section.problem("folder", format!("the folder `{folder}` is not there; add it, one page a code"));
        return Vec::new();
    };
    names.sort_unstable();
    let stems: Vec<&str> = names.iter().filter_map(|name| name.strip_suffix(".md")).collect();
    if stems.len() > MEMBERS_MAX {
        section.problem("folder", format!("{} pages are more than {MEMBERS_MAX}", stems.len()));
        return Vec::new();
    }
    if stems.is_empty() {
        section.problem("folder", format!("`{folder}` has no page; `aboveboard errors new CODE` writes one"));
    }
    stems.into_iter().filter_map(|code| read_page(section, folder, code, files)).collect()
}

fn read_page(section: &Section<'_, '_>, folder: &str, code: &str, files: &dyn Files) -> Option<Page> {
    let path = format!("{folder}/{code}.md");
    let Some(text) = files.read(&path) else {
        section.report.problem_in(&path, 1, "the page cannot be read; it is a file in UTF-8");
        return None;
    };
    let found = match Page::parse_in(&path, code, &text) {
        Ok(page) => return Some(page),
        Err(found) => found,
    };
    for problem in found {
        section.report.problem_in(&problem.file, problem.line, problem.message);
    }
    // Fields of type `code` are judged by the names, so that one page's problem is not told for each of them.
    is_code(code).then(|| Page::empty(code))
}

fn is_folder(folder: &str) -> bool {
    let plain = folder.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    plain && !folder.is_empty() && folder != "lists"
}

/// A scheme and a host, as browsers send them in `Origin`.
fn is_origin(site: &str) -> bool {
    let host = site.strip_prefix("https://").or_else(|| site.strip_prefix("http://"));
    let plain = |host: &str| {
        host.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b':'))
    };
    host.is_some_and(|host| !host.is_empty() && plain(host))
}
