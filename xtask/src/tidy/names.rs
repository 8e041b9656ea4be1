//! Names that say nothing: found in items, modules, files and folders.

use super::scan;
use super::settings::Settings;
use super::tree::Tree;

/// No name of ours has a part that could stand for anything.
pub(crate) fn banned(tree: &Tree, settings: &Settings) -> Vec<String> {
    let bad = |name: &str| parts(name).into_iter().find(|part| is_banned(part, &settings.banned_words));
    let mut found = Vec::new();
    for file in tree.rust() {
        let in_path = file.path.trim_end_matches(".rs").split('/').find_map(bad);
        found.extend(in_path.map(|part| format!("{}: the path says `{part}`", file.path)));
        for (line, item) in scan::items(&file.code) {
            found.extend(bad(item).map(|part| format!("{}:{line} `{item}` says `{part}`", file.path)));
        }
    }
    found
}

/// One of the words, or its plural.
fn is_banned(part: &str, words: &[String]) -> bool {
    let one = part.strip_suffix('s').unwrap_or(part);
    words.iter().any(|word| word == part || word == one)
}

/// The lower-case parts of `snake_case`, `kebab-case` and `CamelCase`.
fn parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut lower_before = false;
    for letter in name.chars() {
        if !letter.is_alphanumeric() || (letter.is_uppercase() && lower_before) {
            parts.push(String::new());
        }
        lower_before = letter.is_lowercase();
        if let Some(part) = parts.last_mut().filter(|_| letter.is_alphanumeric()) {
            part.extend(letter.to_lowercase());
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::super::expect;
    use super::*;

    #[test]
    fn names_that_say_nothing_are_found() {
        let check = |path: &str, text: &str, expected: &[&str]| {
            expect(banned, "banned_words = [\"util\", \"manager\", \"core\"]", &[(path, text)], expected);
        };
        check("src/utils.rs", "", &["the path says `utils`"]);
        check("crates/core/src/a.rs", "", &["`core`"]);
        check("a.rs", "struct DiskManager;\nfn score() {}", &["a.rs:1 `DiskManager` says `manager`"]);
        check("a.rs", "\nmod util_text;", &["a.rs:2 `util_text`"]);
        check("a.rs", "use core::fmt; // struct Util\nfn encore() { managerial() }", &[]);
    }

    #[test]
    fn names_fall_into_parts() {
        assert_eq!(parts("HTTPServer_v2-x"), ["httpserver", "v2", "x"]);
        assert_eq!(parts("rowsOfTable"), ["rows", "of", "table"]);
    }
}
