//! How files and functions are cut: heads, lengths, depths.

use super::settings::Settings;
use super::tree::{File, Tree};

const HEAD_LINES_MAX: usize = 8;
const FUNCTION_LINES_MAX: usize = 70;
const FOLDER_DEPTH_MAX: usize = 2;
const ARCHITECTURE_LINES_MAX: usize = 300;

/// Each Rust file says on its first lines what belongs in it. Examples in the head do not count.
pub(crate) fn heads(tree: &Tree, _: &Settings) -> Vec<String> {
    let judged = |file: &File| match head_lines(&file.text) {
        0 => Some(format!("{} does not open with `//!`", file.path)),
        lines if lines > HEAD_LINES_MAX => Some(format!("{} has a head of {lines} lines", file.path)),
        _ => None,
    };
    tree.rust().filter_map(judged).collect()
}

fn head_lines(text: &str) -> usize {
    let mut in_example = false;
    let head = text.lines().map_while(|line| line.strip_prefix("//!"));
    head.filter(|line| {
        let fence = line.trim().starts_with("```");
        in_example ^= fence;
        !fence && !in_example
    })
    .count()
}

/// Functions stay short, and the listed ones do not grow. A listed one that became short leaves the list.
pub(crate) fn function_lengths(tree: &Tree, settings: &Settings) -> Vec<String> {
    let mut found = Vec::new();
    let mut listed: Vec<_> = settings.long_functions.iter().collect();
    for file in tree.rust() {
        for long in file.functions.iter().filter(|function| function.lines > FUNCTION_LINES_MAX) {
            let position = listed.iter().position(|listed| listed.file == file.path && listed.name == long.name);
            let lines_max = position.map_or(FUNCTION_LINES_MAX, |position| listed.swap_remove(position).lines);
            if long.lines > lines_max {
                let (path, line, name, lines) = (&file.path, long.line, &long.name, long.lines);
                found.push(format!("{path}:{line} `{name}` has {lines} lines, {lines_max} are allowed"));
            }
        }
    }
    found.extend(
        listed.iter().map(|stale| format!("`{}` in {} is not long: strike it from the list", stale.name, stale.file)),
    );
    found
}

/// One line about the lengths of all functions outside of tests.
pub(crate) fn summary(tree: &Tree) -> String {
    let mut lengths: Vec<usize> = tree
        .sources()
        .flat_map(|file| {
            let product_lines = file.product_code().lines().count();
            file.functions.iter().filter(move |function| function.line <= product_lines)
        })
        .map(|function| function.lines)
        .collect();
    lengths.sort_unstable();
    let at = |percent: usize| lengths.get(lengths.len().saturating_sub(1) * percent / 100).copied().unwrap_or(0);
    format!("{} functions in crates: median {} lines, p90 {}, longest {}", lengths.len(), at(50), at(90), at(100))
}

/// A reader never has to dig.
pub(crate) fn folder_depth(tree: &Tree, _: &Settings) -> Vec<String> {
    let deep = |file: &&File| {
        let below = file.path.split_once("/src/").map_or("", |(_, below)| below);
        below.matches('/').count() > FOLDER_DEPTH_MAX
    };
    tree.rust().filter(deep).map(|file| format!("{} lies too deep", file.path)).collect()
}

/// The map of the code stays readable in one sitting.
pub(crate) fn architecture(tree: &Tree, _: &Settings) -> Vec<String> {
    match tree.file("ARCHITECTURE.md").map(|file| file.text.lines().count()) {
        None => vec!["ARCHITECTURE.md is missing".to_owned()],
        Some(lines) if lines >= ARCHITECTURE_LINES_MAX => vec![format!("ARCHITECTURE.md has {lines} lines")],
        Some(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::expect;
    use super::*;

    #[test]
    fn heads_are_one_to_eight_lines() {
        let check = |text: &str, expected: &[&str]| expect(heads, "", &[("a.rs", text)], expected);
        check("//! What.\n", &[]);
        check("\n//! Late.", &["does not open"]);
        check("use std::fs;", &["does not open"]);
        check(&"//! x\n".repeat(8), &[]);
        check(&"//! x\n".repeat(9), &["a head of 9 lines"]);
        check(&format!("//! x\n//! ```\n{}//! ```\n//! y\n", "//! z\n".repeat(20)), &[]);
    }

    #[test]
    fn long_functions_need_a_listing_and_do_not_grow() {
        let long = format!("fn f() {{\n{}}}\n", "a();\n".repeat(80));
        let listing = |lines: usize| {
            format!("long_function = [{{ file = \"a.rs\", name = \"f\", lines = {lines}, reason = \"r\" }}]")
        };
        let check = |settings: &str, text: &str, expected: &[&str]| {
            expect(function_lengths, settings, &[("a.rs", text)], expected);
        };
        check("", "fn f() {\n}\n", &[]);
        check("", &long, &["a.rs:1 `f` has 82 lines, 70 are allowed"]);
        check(&listing(82), &long, &[]);
        check(&listing(81), &long, &["has 82 lines, 81 are allowed"]);
        check(&listing(82), "fn f() {}", &["strike it from the list"]);
    }

    #[test]
    fn the_summary_leaves_tests_out() {
        let text = "fn a() {\n}\n#[cfg(test)]\nmod tests {\nfn b() {\n\n\n\n}\n}\n";
        let said = summary(&Tree::of(&[("crates/x/src/a.rs", text)]));
        assert_eq!(said, "1 functions in crates: median 2 lines, p90 2, longest 2");
    }

    #[test]
    fn deep_folders_are_found() {
        let files = [("crates/x/src/a/b/c.rs", ""), ("crates/x/src/a/b/c/d.rs", "")];
        expect(folder_depth, "", &files, &["a/b/c/d.rs"]);
    }

    #[test]
    fn the_architecture_is_short_and_there() {
        expect(architecture, "", &[], &["missing"]);
        expect(architecture, "", &[("ARCHITECTURE.md", &"x\n".repeat(299))], &[]);
        expect(architecture, "", &[("ARCHITECTURE.md", &"x\n".repeat(300))], &["300 lines"]);
    }
}
