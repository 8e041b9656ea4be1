//! A corner of this machine with files and a network of its own, made by `unshare`: for what only the whole machine has,
//! such as `/etc` and the resolver.

use std::process::{Command, Stdio};

use super::tool::Machine;

/// Says that a proof that needs a namespace is done without. Otherwise a machine that has none fails the test, so that
/// nobody takes for proved what was not.
const WITHOUT: &str = "ABOVEBOARD_TESTS_WITHOUT_NAMESPACES";

/// A program on this machine, after these shell commands in a namespace of its own. `None` where there is none and
/// whoever runs the tests knows it.
pub(crate) fn within(machine: &Machine, setup: &str, program: &str) -> Option<Command> {
    let Some(flags) = flags() else {
        assert!(std::env::var_os(WITHOUT).is_some(), "`unshare` makes no namespaces here; `{WITHOUT}=1` does without");
        println!("skipped: `unshare` makes no namespaces here, and {WITHOUT} is set");
        return None;
    };
    let mut command = machine.prepared("unshare");
    command.args(flags).args(["sh", "-ec", &format!("{setup}\nexec \"$@\""), "sh", program]);
    Some(command)
}

/// As the superuser, or as one within the namespace.
fn flags() -> Option<&'static [&'static str]> {
    let ways: [&[&str]; 2] = [&["--mount", "--net"], &["--user", "--map-root-user", "--mount", "--net"]];
    ways.into_iter().find(|flags| {
        let mut probe = Command::new("unshare");
        let probe = probe.args(*flags).args(["mount", "--bind", "/etc", "/etc"]).stderr(Stdio::null());
        probe.status().is_ok_and(|status| status.success())
    })
}
