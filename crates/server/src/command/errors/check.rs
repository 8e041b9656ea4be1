//! `errors check`: pages that are whole, codes that are raised and have pages, and messages that mean what they meant.

use std::collections::BTreeMap;
use std::path::PathBuf;

use aboveboard_catalog::errors::{Page, template_digest};

use super::history;
use super::pages::{File, Pages};
use super::source::{Place, places};
use super::{Failure, example};

/// What is checked, and against what.
pub(super) struct Asked<'a> {
    pub(super) folder: PathBuf,
    pub(super) since: Option<&'a str>,
    pub(super) programs: Option<PathBuf>,
    pub(super) sources: Vec<PathBuf>,
}

pub(super) fn run(asked: &Asked<'_>) -> Result<String, Failure> {
    let mut pages = Pages::read(&asked.folder)?;
    let places = places(&asked.sources)?;
    let mut problems = std::mem::take(&mut pages.problems);
    problems.extend(unraised(&pages, &places));
    problems.extend(undeclared(&pages, &places));
    problems.extend(changed(&pages, &places));
    if let Some(reference) = asked.since {
        problems.extend(gone(&pages, reference)?);
    }
    let mut examples = 0;
    for (file, page) in asked.programs.iter().flat_map(|_| alive(&pages)) {
        let Some(programs) = &asked.programs else { break };
        problems.extend(example::run(file, page, programs)?);
        examples += page.examples().len();
    }
    problems.sort();
    problems.dedup();
    if !problems.is_empty() {
        return Err(Failure::Problems(problems.join("\n")));
    }
    let ran = if asked.programs.is_some() { format!(", {examples} examples run") } else { String::new() };
    Ok(format!("{} codes are sound: {} places raise them{ran}", pages.files.len(), places.len()))
}

/// The pages that can be read, of codes that are still raised.
fn alive(pages: &Pages) -> impl Iterator<Item = (&File, &Page)> {
    let read = pages.files.iter().filter_map(|file| Some((file, file.page.as_ref()?)));
    read.filter(|(_, page)| page.removed.is_none())
}

/// Pages whose code nothing raises.
fn unraised(pages: &Pages, places: &[Place]) -> Vec<String> {
    let raised = |code: &str| places.iter().any(|place| place.raised.code == code);
    let idle = alive(pages).filter(|(_, page)| !raised(&page.code));
    let fix = "raise it, or say `removed = \"VERSION\"` with a `note`; the page stays";
    idle.map(|(file, page)| file.problem(1, &format!("nothing raises `{}`; {fix}", page.code))).collect()
}

/// Codes that are raised without a page, or after they were removed.
fn undeclared(pages: &Pages, places: &[Place]) -> Vec<String> {
    let problem = |place: &Place| {
        let code = &place.raised.code;
        let said = match pages.of(code).map(|file| file.page.as_ref().and_then(|page| page.removed.as_ref())) {
            None => format!("`{code}` has no page; write it with `aboveboard errors new {code}`{}", pages.near(code)),
            Some(Some(removed)) => {
                format!("`{code}` was removed in {removed} and means what it meant; choose a new code")
            }
            Some(None) => return None,
        };
        Some(format!("{}: {said}", place.at()))
    };
    places.iter().filter_map(problem).collect()
}

/// Messages that are not written down, differ from place to place, or are not what was written down.
fn changed(pages: &Pages, places: &[Place]) -> Vec<String> {
    let mut problems = Vec::new();
    for (code, said) in templates(places) {
        let Some((first, template)) = said.first() else { continue };
        let digest = template_digest(template);
        for (place, other) in said.iter().filter(|(_, other)| template_digest(other) != digest) {
            let both = format!("`{other}` here and `{template}` at {}", first.at());
            problems.push(format!("{}: `{code}` says {both}; a code has one message", place.at()));
        }
        let Some((file, page)) = alive(pages).find(|(_, page)| page.code == code) else { continue };
        match page.revisions.last().map(|revision| revision.digest.as_str()) {
            None => {
                let message = "its message is not written down yet; run `aboveboard errors extract`";
                problems.push(file.problem(1, message));
            }
            Some(known) if known == digest => {}
            Some(_) => problems.push(format!(
                "{}: the message of `{code}` is `{template}` now, and its page knows another; if it means the same, run \
                 `aboveboard errors extract --revise \"WHY\" --in VERSION`, otherwise choose a new code",
                first.at()
            )),
        }
    }
    problems
}

/// The templates of each code, with the places that have them.
pub(super) fn templates(places: &[Place]) -> BTreeMap<&str, Vec<(&Place, &str)>> {
    let mut templates: BTreeMap<&str, Vec<(&Place, &str)>> = BTreeMap::new();
    for place in places {
        if let Some(template) = &place.raised.template {
            templates.entry(&place.raised.code).or_default().push((place, template));
        }
    }
    templates
}

/// Codes that had a page and have none, and removed ones that came back.
fn gone(pages: &Pages, reference: &str) -> Result<Vec<String>, String> {
    let mut problems = Vec::new();
    for (code, text) in history::pages_at(&pages.folder, reference)? {
        let path = pages.folder.join(format!("{code}.md"));
        let Some(file) = pages.of(&code) else {
            let back = format!("git checkout {reference} -- {}", path.display());
            let fix = format!("bring it back with `{back}`, and say `removed = \"VERSION\"` with a `note`");
            problems.push(format!("{}:1: the page of `{code}` is gone; {fix}", path.display()));
            continue;
        };
        let before = Page::parse(&code, &text).ok().and_then(|page| page.removed);
        let now = file.page.as_ref().is_none_or(|page| page.removed.is_some());
        if let Some(removed) = before.filter(|_| !now) {
            let message = format!("`{code}` was removed in {removed}, and a code is not used again; choose a new one");
            problems.push(file.problem(1, &message));
        }
    }
    Ok(problems)
}
