//! Rules that tell CI, containers and coding agents by what they leave in the environment.
//!
//! The rules are data, shared by all SDKs: `conformance/environment`, where a page describes them. Here they are only
//! read and tried.

use std::borrow::Cow;
use std::sync::LazyLock;

use aboveboard_catalog::{RawValue, json};

use crate::environment::{Environment, Machine};

pub(crate) static CI: LazyLock<Rules<'static>> =
    LazyLock::new(|| Rules::read(include_str!("../../../conformance/environment/ci.json")));
pub(crate) static CONTAINERS: LazyLock<Rules<'static>> =
    LazyLock::new(|| Rules::read(include_str!("../../../conformance/environment/containers.json")));
pub(crate) static AGENTS: LazyLock<Rules<'static>> =
    LazyLock::new(|| Rules::read(include_str!("../../../conformance/environment/agents.json")));

/// One rule file.
pub(crate) struct Rules<'j> {
    never: Vec<Cow<'j, str>>,
    rules: Vec<Rule<'j>>,
}

struct Rule<'j> {
    name: &'j str,
    when: Vec<Cow<'j, str>>,
}

impl<'j> Rules<'j> {
    fn read(json: &'j str) -> Self {
        json::read(json).and_then(rules).expect("the embedded rule files are tested")
    }

    /// The name of the first rule that holds.
    pub(crate) fn first(&self, environment: &Environment, machine: &Machine) -> Option<&'j str> {
        let holds = |condition: &Cow<'_, str>| condition.split(" & ").all(|test| holds(test, environment, machine));
        if self.never.iter().any(holds) {
            return None;
        }
        self.rules.iter().find(|rule| rule.when.iter().any(holds)).map(|rule| rule.name)
    }
}

fn rules(file: RawValue<'_>) -> Option<Rules<'_>> {
    let RawValue::Map(mut keys) = file else { return None };
    let RawValue::List(listed) = keys.take("rules")? else { return None };
    Some(Rules { never: texts(keys.take("never")?)?, rules: listed.into_iter().map(rule).collect::<Option<_>>()? })
}

fn rule(value: RawValue<'_>) -> Option<Rule<'_>> {
    let RawValue::Map(mut keys) = value else { return None };
    let RawValue::Text(Cow::Borrowed(name)) = keys.take("name")? else { return None };
    Some(Rule { name, when: texts(keys.take("when")?)? })
}

fn texts(value: RawValue<'_>) -> Option<Vec<Cow<'_, str>>> {
    let RawValue::List(items) = value else { return None };
    let text = |item| if let RawValue::Text(text) = item { Some(text) } else { None };
    items.into_iter().map(text).collect()
}

/// Whether one test holds.
fn holds(test: &str, environment: &Environment, machine: &Machine) -> bool {
    let position = test.find(['=', '~']).unwrap_or(test.len());
    let (name, comparison) = test.split_at(position);
    let exactly = comparison.starts_with('=');
    let wanted = comparison.get(1..);
    match (name, wanted) {
        (_, None) => environment.switch(name) == Some(true),
        ("@file", Some(path)) => environment.files.iter().any(|file| file == path),
        ("@terminal", Some(_)) => !environment.stdout_terminal && !environment.stderr_terminal,
        ("@cgroup", Some(text)) => contains(&machine.cgroup, text),
        ("@kernel", Some(text)) => contains(&machine.kernel, text),
        (_, Some(text)) => environment.variable(name).is_some_and(|value| match exactly {
            true => value.trim().eq_ignore_ascii_case(text),
            false => contains(value, text),
        }),
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

    #[test]
    fn every_file_that_a_rule_asks_for_is_looked_up() {
        for rules in [&CI, &CONTAINERS, &AGENTS] {
            let conditions = rules.rules.iter().flat_map(|rule| &rule.when);
            for file in conditions.flat_map(|when| when.split(" & ")).filter_map(|test| test.strip_prefix("@file=")) {
                assert!(FILES.contains(&file), "`{file}` is not in FILES");
            }
        }
    }

    #[test]
    fn a_name_is_given_once_and_needs_a_condition() {
        for rules in [&CI, &CONTAINERS, &AGENTS] {
            let mut names: Vec<_> = rules.rules.iter().map(|rule| rule.name).collect();
            names.sort_unstable();
            assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
            assert!(rules.rules.iter().all(|rule| !rule.when.is_empty()));
        }
    }
}
