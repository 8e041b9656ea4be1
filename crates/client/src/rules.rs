//! Rules that tell CI, containers and coding agents by what they leave in the environment.
//!
//! The rules are data, shared by all SDKs: `conformance/environment`, where a page describes them. Here they are
//! constants, for reading them in every run took three quarters of its instructions.

mod data;

use crate::environment::{Environment, Machine};

pub(crate) use data::{AGENTS, CI, CONTAINERS};

/// One rule file.
pub(crate) struct Rules {
    /// Where one of these holds, no rule does.
    never: &'static [Test],
    /// A line for each condition of a rule, with the name that it gives.
    rules: &'static [(&'static str, Test)],
}

/// A condition, or a part of one. Names that begin with `@` are no variables; the page tells what they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Test {
    /// `NAME`: a switch that is on.
    Set(&'static str),
    /// `NAME=text`.
    Is(&'static str, &'static str),
    /// `NAME~text`.
    Has(&'static str, &'static str),
    /// Several, joined by `&`.
    All(&'static [Self]),
}

impl Rules {
    /// The name of the first rule that holds.
    pub(crate) fn first(&self, environment: &Environment, machine: &Machine) -> Option<&'static str> {
        let holds = |test: &Test| test.holds(environment, machine);
        if self.never.iter().any(holds) {
            return None;
        }
        self.rules.iter().find(|(_, test)| holds(test)).map(|(name, _)| *name)
    }
}

impl Test {
    fn holds(&self, environment: &Environment, machine: &Machine) -> bool {
        match *self {
            Self::All(tests) => tests.iter().all(|test| test.holds(environment, machine)),
            Self::Set(name) => environment.switch(name) == Some(true),
            Self::Is("@file", path) => environment.files.iter().any(|file| file == path),
            Self::Is("@terminal", _) => !environment.stdout_terminal && !environment.stderr_terminal,
            Self::Is(name, text) => {
                environment.variable(name).is_some_and(|value| value.trim().eq_ignore_ascii_case(text))
            }
            Self::Has("@cgroup", text) => contains(&machine.cgroup, text),
            Self::Has("@kernel", text) => contains(&machine.kernel, text),
            Self::Has(name, text) => environment.variable(name).is_some_and(|value| contains(value, text)),
        }
    }
}

fn contains(haystack: &str, needle: &str) -> bool {
    haystack.to_ascii_lowercase().contains(&needle.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;
    use crate::environment::{FILES, agent, ci, container, wsl};
    use crate::golden;

    const FILES_OF_RULES: [(&str, &str); 3] = [
        ("CI", include_str!("../../../conformance/environment/ci.json")),
        ("CONTAINERS", include_str!("../../../conformance/environment/containers.json")),
        ("AGENTS", include_str!("../../../conformance/environment/agents.json")),
    ];

    const HEAD: &str = "\
//! The rules of `conformance/environment`, as constants. Written by `cargo xtask update`, and a test compares them;
//! change the JSON instead.

use super::Rules;
use super::Test::{All, Has, Is, Set};
";

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        never: Vec<String>,
        rules: Vec<Listed>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Listed {
        name: String,
        when: Vec<String>,
    }

    /// A rule file as Rust, a line for each condition.
    fn constant(name: &str, json: &str) -> String {
        let file: File = serde_json::from_str(json).expect("a rule file");
        let never = file.never.iter().map(|condition| written(condition)).collect::<Vec<_>>().join(", ");
        let lines = file.rules.iter().flat_map(|rule| {
            assert!(!rule.when.is_empty(), "`{}` never holds", rule.name);
            rule.when.iter().map(|condition| format!("        ({:?}, {}),\n", rule.name, written(condition)))
        });
        let lines: String = lines.collect();
        format!(
            "\npub(crate) static {name}: Rules = Rules {{\n    never: &[{never}],\n    rules: &[\n{lines}    ],\n}};\n"
        )
    }

    /// A condition as Rust.
    fn written(condition: &str) -> String {
        if condition.contains(" & ") {
            let tests: Vec<String> = condition.split(" & ").map(written).collect();
            return format!("All(&[{}])", tests.join(", "));
        }
        match condition.find(['=', '~']) {
            None => format!("Set({condition:?})"),
            Some(place) => {
                let kind = if condition[place..].starts_with('=') { "Is" } else { "Has" };
                format!("{kind}({:?}, {:?})", &condition[..place], &condition[place + 1..])
            }
        }
    }

    #[test]
    fn the_rules_are_those_that_all_sdks_share() {
        let all: String = FILES_OF_RULES.map(|(name, json)| constant(name, json)).concat();
        golden::check("../../src/rules/data.rs", &format!("{HEAD}{all}"));
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Vector {
        why: String,
        #[serde(default)]
        variables: BTreeMap<String, String>,
        #[serde(default)]
        files: Vec<String>,
        #[serde(default)]
        kernel: String,
        #[serde(default)]
        cgroup: String,
        #[serde(default = "yes")]
        terminal: bool,
        expect: Expected,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Expected {
        ci: Option<String>,
        container: Option<String>,
        agent: Option<String>,
        #[serde(default)]
        wsl: bool,
    }

    fn yes() -> bool {
        true
    }

    fn check(vector: &Vector) {
        let environment = Environment {
            variables: vector.variables.clone().into_iter().collect(),
            files: vector.files.clone(),
            stdout_terminal: vector.terminal,
            stderr_terminal: vector.terminal,
            ..Environment::default()
        };
        let machine = Machine { kernel: vector.kernel.clone(), cgroup: vector.cgroup.clone(), ..Machine::default() };
        let said = Expected {
            ci: ci(&environment).map(str::to_owned),
            container: container(&environment, &machine).map(str::to_owned),
            agent: agent(&environment).map(str::to_owned),
            wsl: wsl(&environment, &machine),
        };
        assert_eq!(said, vector.expect, "{}", vector.why);
    }

    #[test]
    fn every_vector_of_the_environment_holds() {
        let json = include_str!("../../../conformance/environment/facts.json");
        let vectors: Vec<Vector> = serde_json::from_str(json).expect("vectors");
        assert!(vectors.len() >= 60);
        vectors.iter().for_each(check);
    }

    fn files(test: &Test) -> Vec<&'static str> {
        match *test {
            Test::Is("@file", path) => vec![path],
            Test::All(tests) => tests.iter().flat_map(files).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn every_file_that_a_rule_asks_for_is_looked_up() {
        for rules in [&CI, &CONTAINERS, &AGENTS] {
            for file in rules.rules.iter().flat_map(|(_, test)| files(test)) {
                assert!(FILES.contains(&file), "`{file}` is not in FILES");
            }
        }
    }

    #[test]
    fn a_name_is_given_by_one_rule() {
        for rules in [&CI, &CONTAINERS, &AGENTS] {
            let mut names: Vec<_> = rules.rules.iter().map(|(name, _)| *name).collect();
            names.dedup();
            names.sort_unstable();
            assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
        }
    }
}
