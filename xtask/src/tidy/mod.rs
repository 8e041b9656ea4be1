//! The rules about the tree itself. Each is one function from the tree to what it found, and has a sentence.
//!
//! That generated files are fresh is checked by the tests that generate them.

mod edges;
mod links;
mod names;
mod places;
mod promises;
mod scan;
mod settings;
mod shape;
mod tree;

use crate::steps::{Counts, Steps};
use settings::Settings;
use tree::Tree;

/// A rule: what holds, and the function that says where it does not.
struct Rule {
    sentence: &'static str,
    check: fn(&Tree, &Settings) -> Vec<String>,
}

const RULES: &[Rule] = &[
    Rule { sentence: "crates depend on each other only along the allowed edges", check: edges::between_crates },
    Rule { sentence: "a crate stays free of what its head says it does without", check: edges::absences },
    Rule { sentence: "each Rust file opens with one to eight lines of `//!`", check: shape::heads },
    Rule { sentence: "functions over 70 lines are listed with a reason", check: shape::function_lengths },
    Rule { sentence: "folders go at most two deep below src", check: shape::folder_depth },
    Rule { sentence: "ARCHITECTURE.md exists and stays under 300 lines", check: shape::architecture },
    Rule { sentence: "names say what a thing is", check: names::banned },
    Rule { sentence: "what has one place stays in it", check: places::only_in },
    Rule { sentence: "no work is left behind in comments", check: places::leftovers },
    Rule { sentence: "no file names a machine's paths or a registry's host", check: places::machines },
    Rule { sentence: "links between documents lead somewhere", check: links::lead_somewhere },
    Rule { sentence: "every promise of PRIVACY.md names a test that exists", check: promises::kept },
];

/// Checks every rule.
pub(crate) fn run(steps: &mut Steps) {
    steps.step("tidy", || match (Tree::read(), Settings::read()) {
        (Ok(tree), Ok(settings)) => {
            println!("{}", shape::summary(&tree));
            RULES.iter().map(|rule| report(rule, &tree, &settings)).fold(Counts::default(), |sum, counts| Counts {
                passed: sum.passed + counts.passed,
                failed: sum.failed + counts.failed,
            })
        }
        (Err(problem), _) | (_, Err(problem)) => {
            println!("{problem}");
            Counts::one(false)
        }
    });
}

fn report(rule: &Rule, tree: &Tree, settings: &Settings) -> Counts {
    let found = (rule.check)(tree, settings);
    if !found.is_empty() {
        println!("not so: {}", rule.sentence);
    }
    for finding in &found {
        println!("  {finding}");
    }
    Counts::one(found.is_empty())
}

/// Holds a rule against a tree of (path, text) and compares the findings, each by a part of its text.
#[cfg(test)]
fn expect(check: fn(&Tree, &Settings) -> Vec<String>, settings: &str, files: &[(&str, &str)], expected: &[&str]) {
    let settings = Settings::parse(settings).expect("settings");
    let found = check(&Tree::of(files), &settings);
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (found, part) in found.iter().zip(expected) {
        assert!(found.contains(part), "{found:?} does not say {part:?}");
    }
}
