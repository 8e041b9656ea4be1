//! What may stand in some files only, and what may stand in none.

use super::settings::{Place, Settings};
use super::tree::{File, Tree};

/// Each listed word stays in its listed files. Unit tests may use it, and a listed file must exist.
pub(crate) fn only_in(tree: &Tree, settings: &Settings) -> Vec<String> {
    settings.places.iter().flat_map(|place| strays(tree, place).chain(missing(tree, place))).collect()
}

fn strays<'t>(tree: &'t Tree, place: &'t Place) -> impl Iterator<Item = String> + 't {
    let elsewhere = |file: &&File| file.path.starts_with(&place.below) && !place.only_in.contains(&file.path);
    tree.sources().filter(elsewhere).flat_map(|file| {
        let words = place.words.iter().filter_map(|word| Some((word, line_with(file.product_code(), word)?)));
        words.map(|(word, line)| format!("{}:{line} says `{word}`: {}", file.path, place.reason))
    })
}

fn missing<'t>(tree: &'t Tree, place: &'t Place) -> impl Iterator<Item = String> + 't {
    let gone = place.only_in.iter().filter(|path| tree.file(path).is_none());
    gone.map(|path| format!("{path} is listed in xtask/tidy.toml and does not exist"))
}

/// The line on which a path such as `std::fs` stands, not as a part of a longer word.
fn line_with(code: &str, words: &str) -> Option<usize> {
    let part_of_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let at = code.match_indices(words).map(|(at, _)| at).find(|at| {
        let before = !code[..*at].ends_with(part_of_word);
        before && !(words.ends_with(part_of_word) && code[at + words.len()..].starts_with(part_of_word))
    })?;
    Some(1 + code[..at].matches('\n').count())
}

/// No word of the kind that means "later": later has an issue.
pub(crate) fn leftovers(tree: &Tree, _: &Settings) -> Vec<String> {
    let words = [["TO", "DO"].concat(), ["FIX", "ME"].concat(), ["XX", "X"].concat()];
    tree.files.iter().flat_map(|file| words.iter().filter_map(|word| named(file, &file.text, word))).collect()
}

/// No path of somebody's machine and no host of a registry: they are true on one machine only.
pub(crate) fn machines(tree: &Tree, _: &Settings) -> Vec<String> {
    let texts =
        [["/wo", "rk/"], ["/ro", "ot/"], ["registry.", "npmjs"], ["static.", "crates.io"], ["index.", "crates.io"]];
    let texts = texts.map(|halves| halves.concat());
    tree.files.iter().flat_map(|file| texts.iter().filter_map(|text| named(file, &file.text, text))).collect()
}

fn named(file: &File, text: &str, word: &str) -> Option<String> {
    let line = line_with(text, word)?;
    Some(format!("{}:{line} says `{word}`", file.path))
}

#[cfg(test)]
mod tests {
    use super::super::expect;
    use super::*;

    const PLACES: &str = r#"place = [
        { words = ["std::fs", "File::"], below = "crates/store/", only_in = ["crates/store/src/disk.rs"], reason = "the disk is a trait" },
    ]"#;

    #[test]
    fn strays_are_found() {
        let disk = ("crates/store/src/disk.rs", "use std::fs;");
        let check =
            |path: &str, text: &str, expected: &[&str]| expect(only_in, PLACES, &[disk, (path, text)], expected);
        check("crates/store/src/a.rs", "use std::fs;", &["a.rs:1 says `std::fs`: the disk is a trait"]);
        check("crates/store/src/a.rs", "\nlet f = File::open(p);", &["a.rs:2 says `File::`"]);
        check("crates/store/src/a.rs", "use std::fs_of_ours; // std::fs\nlet f = MyFile::open(p);", &[]);
        check("crates/store/src/a.rs", "\n#[cfg(test)]\nmod tests { use std::fs; }", &[]);
        check("crates/store/src/a.rs", "#[cfg(test)]\npub(crate) mod tests { use std::fs; }", &[]);
        check("crates/store/src/a.rs", "#[cfg(test)]\nmod sample;\nuse std::fs;", &["a.rs:3"]);
        check("crates/server/src/a.rs", "use std::fs;", &[]);
        let declared = ("crates/store/src/lib.rs", "#[cfg(test)]\nmod sample;");
        expect(only_in, PLACES, &[disk, declared, ("crates/store/src/sample.rs", "use std::fs;")], &[]);
    }

    #[test]
    fn a_listed_file_exists() {
        expect(only_in, PLACES, &[("crates/store/src/a.rs", "")], &["crates/store/src/disk.rs is listed"]);
    }

    #[test]
    fn leftovers_and_machines_are_found() {
        let late = ["// TO", "DO: later"].concat();
        expect(leftovers, "", &[("a.rs", &late), ("b.md", "todo lists")], &["a.rs:1"]);
        let path = ["see /wo", "rk/main"].concat();
        expect(machines, "", &[("a.md", &path), ("b.md", "https://example.com/work")], &["a.md:1"]);
        let host = ["https://registry.", "npmjs.org/x"].concat();
        expect(machines, "", &[("package-lock.json", &host)], &["package-lock.json:1"]);
    }
}
