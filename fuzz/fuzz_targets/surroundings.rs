//! Whatever surrounds a client: files of settings and policies, variables, what the system says about itself. Nothing
//! panics, and nothing but a yes is a yes.
#![no_main]

use aboveboard::consent::{Given, Mode, Says, decide};
use aboveboard::environment::{self, Environment, Machine};
use aboveboard::{DefaultMode, Sensitivity};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    aboveboard::fuzzing::settings(text);
    let variables = text.lines().filter_map(|line| line.split_once('='));
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let environment = Environment { variables, ..Environment::default() };
    let text = || text.to_owned();
    let machine = Machine { release: text(), kernel: text(), cgroup: text(), meminfo: text(), ..Machine::default() };
    let _ = (
        environment::ci(&environment),
        environment::agent(&environment),
        environment::container(&environment, &machine),
    );
    let _ = (environment::os_version(&machine), environment::distribution(&machine), environment::memory_mib(&machine));
    let given = Given {
        tool: "acme",
        environment: &environment,
        machine: Says::Nothing,
        project: Says::Nothing,
        choice: Says::Mode(Mode::Off),
        notice: Some(Sensitivity::Feedback),
        distributor: None,
        catalogue: DefaultMode::On,
        sensitivity: Sensitivity::Technical,
        ended: false,
        home: true,
    };
    assert_eq!(decide(&given).mode, Mode::Off, "an off was taken back");
});
