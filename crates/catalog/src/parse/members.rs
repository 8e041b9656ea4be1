//! The closed lists of texts: members written in the catalogue, and list files with one name a line.

use std::collections::HashSet;

use super::section::Section;
use crate::limits::{MEMBER_BYTES_MAX, MEMBERS_MAX, SET_MEMBERS_MAX};

/// The members written under `members`.
pub(super) fn read_members(section: &Section<'_, '_>, many: bool) -> Vec<String> {
    let members = section.texts("members");
    let mut seen = HashSet::new();
    for (line, text) in &members {
        if let Some(wrong) = wrong_with(text, many) {
            section.report.problem(*line, format!("`{text}` cannot be a member: {wrong}"));
        }
        if !seen.insert(text) {
            section.report.problem(*line, format!("the member `{text}` is there twice; leave one out"));
        }
    }
    let max = if many { SET_MEMBERS_MAX } else { MEMBERS_MAX };
    check_size(section, "members", members.len(), max);
    members.into_iter().map(|(_, text)| text).collect()
}

/// The names in the file that `list` points to. Order and repetitions are for the lints.
pub(super) fn read_list(section: &Section<'_, '_>, files: &dyn super::Files) -> (String, Vec<String>) {
    let path = section.text("list");
    if path.is_empty() {
        return (path, Vec::new());
    }
    if !is_list_path(&path) {
        section.problem("list", format!("`{path}` is no list file; take a path such as `lists/plugins.txt`"));
        return (path, Vec::new());
    }
    let Some(text) = files.read(&path) else {
        section.problem("list", format!("the list file `{path}` is not there; add it, one name a line"));
        return (path, Vec::new());
    };
    let (lines, names): (Vec<usize>, Vec<String>) = names_of(&text).unzip();
    for (line, name) in lines.iter().zip(&names) {
        if let Some(wrong) = wrong_with(name, false) {
            section.report.problem_in(&path, *line, format!("`{name}` cannot be a name: {wrong}"));
        }
    }
    check_size(section, "list", names.len(), MEMBERS_MAX);
    section.report.remember_list(&path, lines);
    (path, names)
}

/// Line numbers and names; empty lines and `#` comments are left out.
fn names_of(text: &str) -> impl Iterator<Item = (usize, String)> {
    let lines = text.lines().enumerate().map(|(position, line)| (position + 1, line.trim_end()));
    lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')).map(|(line, name)| (line, name.to_owned()))
}

fn check_size(section: &Section<'_, '_>, key: &'static str, len: usize, max: usize) {
    if len == 0 && section.has(key) {
        section.problem(key, format!("`{key}` names nothing; add at least one"));
    }
    if len > max {
        section.problem(key, format!("{len} members are more than {max}; leave the rarest out, they become `other`"));
    }
}

/// Why a text cannot be told apart from others in batches, questions or answers.
fn wrong_with(text: &str, many: bool) -> Option<&'static str> {
    match text {
        "" => Some("it is empty; leave it out"),
        "other" => Some("every undeclared value is called so; leave it out"),
        "none" => Some("a value that is not there is called so; leave it out"),
        _ if text.len() > MEMBER_BYTES_MAX => Some("it is longer than 128 bytes; shorten it"),
        _ if text.trim() != text => Some("it begins or ends with a space; remove that"),
        _ if text.chars().any(char::is_control) => Some("it has a control character; remove that"),
        _ if text.contains('|') || text.starts_with('!') => Some("`|` and a leading `!` have a meaning in questions"),
        _ if many && text.contains(',') => Some("a comma separates the members of a set"),
        _ => None,
    }
}

fn is_list_path(path: &str) -> bool {
    let plain = path.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'.' | b'-' | b'_'));
    plain && path.starts_with("lists/") && path.ends_with(".txt") && !path.contains("..")
}
