//! `errors new`: a page to be filled in. It is no page until somebody did, and `errors check` says what is missing.

use std::path::Path;

use aboveboard_catalog::errors::{SECTIONS, is_code};

use super::history;
use super::pages::Pages;
use crate::command::Failure;
use crate::files::create;

/// What each section asks its author.
const ASKS: [&str; SECTIONS.len()] = [
    "What did the tool want to do, and what does that mean for the person? What was done, and what was not?",
    "Why is that so? What are the common causes?",
    "What to type or to change, shortest way first.",
    "",
    "What else to look at, and whom to ask.",
];

pub(super) fn run(folder: &Path, code: &str) -> Result<String, Failure> {
    let pages = Pages::read(folder)?;
    let refuse = |why: String| Err(Failure::Problems(why));
    if !is_code(code) {
        let rule = "take capitals and digits in words joined by `_`, a letter first, such as `ACME_DISK_FULL`";
        return refuse(format!("`{code}` cannot be a code; {rule}"));
    }
    if let Some(prefix) = pages.prefix.as_ref().filter(|prefix| !code.starts_with(prefix.as_str())) {
        return refuse(format!("`{code}` does not begin with `{prefix}`; people find your codes by that"));
    }
    if let Some(file) = pages.of(code) {
        let path = file.path.display();
        return refuse(match file.page.as_ref().and_then(|page| page.removed.as_ref()) {
            Some(removed) => format!("`{code}` meant something until {removed}, see `{path}`; choose another name"),
            None => format!("`{code}` has a page already: `{path}`"),
        });
    }
    if let Some(commit) = history::last_commit(&pages.folder, code) {
        let fix = format!("bring its page back with `git checkout {commit}^ -- {code}.md`, or choose another name");
        return refuse(format!("`{code}` had a page until commit {commit}, and may stand in somebody's notes; {fix}"));
    }
    let path = pages.folder.join(format!("{code}.md"));
    create(&path, &page(code))?;
    Ok(format!("Wrote {0}: fill it in, raise the code, and run `aboveboard errors extract`.", path.display()))
}

fn page(code: &str) -> String {
    let mut text =
        "+++\ntitle = \"\"\nsince = \"\"\nseverity = \"error\"\nowner = \"\"\nsee_also = []\n+++\n".to_owned();
    for (position, (heading, asks)) in SECTIONS.into_iter().zip(ASKS).enumerate() {
        let gap = if position == 0 { "" } else { "\n" };
        let body = match heading {
            "Example" => format!("```console\n$ \nerror[{code}]: \n```"),
            _ => format!("<!-- {asks} -->"),
        };
        text.push_str(&format!("{gap}## {heading}\n\n{body}\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use aboveboard_catalog::errors::Page;

    use super::*;

    #[test]
    fn a_new_page_is_none_until_everything_is_filled_in() {
        let found = Page::parse("ACME_X", &page("ACME_X")).expect_err("it says nothing yet");
        let said: Vec<&str> = found.iter().map(|problem| problem.message.as_str()).collect();
        for part in
            ["`title` is empty", "`since` is empty", "`owner` is empty", "`## Why` says nothing", "no block `console`"]
        {
            assert!(said.iter().any(|said| said.contains(part)), "{part} is not in {said:#?}");
        }
        assert_eq!(said.len(), 8, "{said:#?}");
    }
}
