//! What git knows of pages that are gone.

use std::path::Path;

use crate::programs::git;

/// The commit that took the page of a code away, if there ever was one.
pub(super) fn last_commit(folder: &Path, code: &str) -> Option<String> {
    let said = git(folder, &["log", "--format=%h", "-1", "--", &format!("{code}.md")])?;
    Some(said.trim().to_owned()).filter(|commit| !commit.is_empty())
}

/// The codes that had pages at a commit, tag or branch, each with the text of its page.
///
/// # Errors
/// A sentence, when git does not know it.
pub(super) fn pages_at(folder: &Path, reference: &str) -> Result<Vec<(String, String)>, String> {
    let unknown = || format!("git does not know the pages of `{reference}` in `{}`; fetch it first", folder.display());
    let names = git(folder, &["ls-tree", "--name-only", reference, "./"]).ok_or_else(unknown)?;
    let codes = names.lines().filter_map(|name| name.strip_suffix(".md"));
    let text = |code: &str| git(folder, &["show", &format!("{reference}:./{code}.md")]).ok_or_else(unknown);
    codes.map(|code| Ok((code.to_owned(), text(code)?))).collect()
}
