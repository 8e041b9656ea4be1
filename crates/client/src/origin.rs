//! Where an event happened: the declared facts that this machine can answer, each from one function of
//! [`crate::environment`].

use aboveboard_catalog::{RawFields, RawValue};

use crate::environment::{self, Environment, Machine};
use crate::vocabulary::{FieldWord, KindWord, Vocabulary};

/// The facts that the vocabulary declares. One that it does not declare is not even looked up.
pub(crate) fn facts(
    vocabulary: &'static Vocabulary,
    version: &str,
    environment: &Environment,
    machine: &Machine,
) -> RawFields<'static> {
    let fact = |field: &'static FieldWord| {
        let value = value(field, version, environment, machine);
        (value != RawValue::Null).then(|| (field.key().into(), value))
    };
    RawFields(vocabulary.origin.iter().filter_map(fact).collect())
}

fn value(field: &FieldWord, version: &str, environment: &Environment, machine: &Machine) -> RawValue<'static> {
    match field.name {
        "version" if version.is_empty() => RawValue::Null,
        "version" => RawValue::Text(version.to_owned().into()),
        "os" => named(field, Some(&machine.os)),
        "os_version" => named(field, environment::os_version(machine)),
        "distribution" => named(field, environment::distribution(machine)),
        "arch" => named(field, Some(&machine.arch)),
        "ci" | "ci_vendor" => named(field, environment::ci(environment)),
        "agent" => named(field, environment::agent(environment)),
        "container" => named(field, environment::container(environment, machine)),
        "wsl" => RawValue::Bool(environment::wsl(environment, machine)),
        "terminal" => RawValue::Bool(environment::terminal(environment)),
        "cpus" => environment::cpus(machine).map_or(RawValue::Null, |cpus| RawValue::Number(cpus as f64)),
        "memory" => environment::memory_mib(machine).map_or(RawValue::Null, |mib| RawValue::Number(mib as f64)),
        // A Rust program has no runtime; identifiers are given when a batch is sealed.
        _ => RawValue::Null,
    }
}

/// A fact with a name: the name, or, where the catalogue wants no more than that, whether there is one.
fn named(field: &FieldWord, name: Option<&str>) -> RawValue<'static> {
    match (&field.kind, name) {
        (KindWord::Flag, name) => RawValue::Bool(name.is_some()),
        (_, Some(name)) => RawValue::Text(name.to_owned().into()),
        (_, None) => RawValue::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::ACME;

    #[test]
    fn the_declared_facts_are_told_and_no_other() {
        let variables = [("GITHUB_ACTIONS", "true"), ("USER", "alice"), ("HOSTNAME", "secret")];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let environment = Environment { variables, ..Environment::default() };
        let machine = Machine { os: "linux".into(), arch: "x86_64".into(), cpus: 8, ..Machine::default() };
        let facts = facts(&ACME, "1.4.2", &environment, &machine);
        assert_eq!(
            serde_json::to_string(&facts).expect("JSON"),
            r#"{"version":"1.4.2","os":"linux","arch":"x86_64","ci":true,"ci_vendor":"github_actions","container":false}"#
        );
    }
}
