//! Whether anything may be recorded or sent, and which rule says so. One pure function, [`decide`].
//!
//! `conformance/consent` says in three sentences and over two hundred cases what it must decide; every SDK runs them.

use aboveboard_catalog::{Mode as DefaultMode, Sensitivity};

use crate::environment::Environment;

/// What the tool may do in this run. Ordered from less to more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// Nothing: no file, no thread, no child, no network.
    Off,
    /// Record on this machine, and never send.
    Local,
    /// Record, and send when it is due.
    On,
}

impl Mode {
    /// The word for it in files, texts and cases.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Local => "local",
            Self::On => "on",
        }
    }

    /// The inverse of [`Mode::name`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Off, Self::Local, Self::On].into_iter().find(|mode| mode.name() == word)
    }
}

/// What was decided, and by which rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What the tool may do.
    pub mode: Mode,
    /// Which rule says so.
    pub rule: Rule,
}

/// What a file says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Says {
    /// There is no such file, or it says nothing about the mode.
    #[default]
    Nothing,
    /// The mode it says.
    Mode(Mode),
    /// There is one, and it cannot be read or makes no sense.
    Unreadable,
}

/// Everything a decision depends on.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// The tool's name, from which the names of its variables follow.
    pub tool: &'a str,
    /// Variables and terminal.
    pub environment: &'a Environment,
    /// The policy of the machine.
    pub machine: Says,
    /// The file of the project.
    pub project: Says,
    /// What the user saved.
    pub choice: Says,
    /// The sensitivity that an earlier run told the user about.
    pub notice: Option<Sensitivity>,
    /// The default of whoever packaged the tool.
    pub distributor: Option<DefaultMode>,
    /// The default of the catalogue.
    pub catalogue: DefaultMode,
    /// The highest sensitivity among the catalogue's events.
    pub sensitivity: Sensitivity,
    /// Whether the collector answered 410, which ends it for good.
    pub ended: bool,
    /// Whether there is a place for settings and state.
    pub home: bool,
}

/// Why a mode holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// `<TOOL>_TELEMETRY=debug`: prints, and neither sends nor keeps.
    Debug,
    /// `DO_NOT_TRACK`.
    DoNotTrack,
    /// `<TOOL>_TELEMETRY_DISABLED`.
    ToolDisabled,
    /// `<TOOL>_TELEMETRY` says off, or a word that is not known.
    ToolVariableOff,
    /// `<TOOL>_TELEMETRY=local`.
    ToolVariableLocal,
    /// `<TOOL>_TELEMETRY=1`.
    ToolVariableOn,
    /// The machine's policy says off.
    MachinePolicyOff,
    /// The machine's policy says local.
    MachinePolicyLocal,
    /// The machine's policy cannot be read.
    MachinePolicyUnreadable,
    /// The project's file says off.
    ProjectOff,
    /// The project's file says local.
    ProjectLocal,
    /// The project's file cannot be read.
    ProjectUnreadable,
    /// The user saved off.
    ChoiceOff,
    /// The user saved local.
    ChoiceLocal,
    /// The user saved on.
    ChoiceOn,
    /// The saved choice cannot be read, and may have been an off.
    ChoiceUnreadable,
    /// There is no place for settings and state.
    NowhereToKeep,
    /// The collector ended it for good.
    Ended,
    /// The catalogue or the distributor is off by default.
    DefaultOff,
    /// On by default, and the user was told in an earlier run.
    DefaultOn,
    /// The user is to be asked now.
    QuestionDue,
    /// The user is to be told now.
    NoticeDue,
    /// There is nobody to be asked or told.
    Unattended,
}

impl Rule {
    /// The word for it in cases and in `status --json`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::DoNotTrack => "do_not_track",
            Self::ToolDisabled => "tool_disabled",
            Self::ToolVariableOff => "tool_variable_off",
            Self::ToolVariableLocal => "tool_variable_local",
            Self::ToolVariableOn => "tool_variable_on",
            Self::MachinePolicyOff => "machine_policy_off",
            Self::MachinePolicyLocal => "machine_policy_local",
            Self::MachinePolicyUnreadable => "machine_policy_unreadable",
            Self::ProjectOff => "project_off",
            Self::ProjectLocal => "project_local",
            Self::ProjectUnreadable => "project_unreadable",
            Self::ChoiceOff => "choice_off",
            Self::ChoiceLocal => "choice_local",
            Self::ChoiceOn => "choice_on",
            Self::ChoiceUnreadable => "choice_unreadable",
            Self::NowhereToKeep => "nowhere_to_keep",
            Self::Ended => "ended",
            Self::DefaultOff => "default_off",
            Self::DefaultOn => "default_on",
            Self::QuestionDue => "question_due",
            Self::NoticeDue => "notice_due",
            Self::Unattended => "unattended",
        }
    }

    /// Whether somebody said off, so that what waits must go. Not so where nobody said anything yet.
    #[must_use]
    pub fn empties_the_queue(self) -> bool {
        matches!(
            self,
            Self::DoNotTrack
                | Self::ToolDisabled
                | Self::ToolVariableOff
                | Self::MachinePolicyOff
                | Self::MachinePolicyUnreadable
                | Self::ProjectOff
                | Self::ProjectUnreadable
                | Self::ChoiceOff
                | Self::ChoiceUnreadable
                | Self::Ended
                | Self::DefaultOff
        )
    }
}

/// Decides. An off of any layer holds; without one a yes is needed; then any layer may still lower to local.
#[must_use]
pub fn decide(given: &Given<'_>) -> Decision {
    let off = |rule| Decision { mode: Mode::Off, rule };
    if let Some(rule) = refusal(given) {
        return off(rule);
    }
    match agreement(given) {
        Err(rule) => off(rule),
        Ok(rule) => match lowering(given) {
            Some(rule) => Decision { mode: Mode::Local, rule },
            None => Decision { mode: Mode::On, rule },
        },
    }
}

/// The names of the tool's two variables: `<TOOL>_TELEMETRY` and `<TOOL>_TELEMETRY_DISABLED`.
#[must_use]
pub fn variables(tool: &str) -> (String, String) {
    let telemetry = format!("{}_TELEMETRY", tool.to_ascii_uppercase().replace('-', "_"));
    let disabled = format!("{telemetry}_DISABLED");
    (telemetry, disabled)
}

/// What the tool's own variable says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wish {
    Nothing,
    Debug,
    Off,
    Local,
    On,
}

impl Wish {
    /// A word that is not known is an off: whoever set the variable wanted something, and it was hardly to be seen.
    fn of(given: &Given<'_>) -> Self {
        let (telemetry, _) = variables(given.tool);
        let value = given.environment.variable(&telemetry).unwrap_or_default().trim().to_ascii_lowercase();
        match value.as_str() {
            "" => Self::Nothing,
            "debug" | "log" => Self::Debug,
            "local" => Self::Local,
            "1" | "true" | "yes" | "on" => Self::On,
            _ => Self::Off,
        }
    }
}

/// The first rule that says off, outermost layer first.
fn refusal(given: &Given<'_>) -> Option<Rule> {
    let wish = Wish::of(given);
    let (_, disabled) = variables(given.tool);
    let set = |name: &str| given.environment.switch(name) == Some(true);
    let off = Says::Mode(Mode::Off);
    let rules = [
        (wish == Wish::Debug, Rule::Debug),
        (set("DO_NOT_TRACK"), Rule::DoNotTrack),
        (set(&disabled), Rule::ToolDisabled),
        (wish == Wish::Off, Rule::ToolVariableOff),
        (given.machine == off, Rule::MachinePolicyOff),
        (given.machine == Says::Unreadable, Rule::MachinePolicyUnreadable),
        (given.project == off, Rule::ProjectOff),
        (given.project == Says::Unreadable, Rule::ProjectUnreadable),
        (given.choice == off, Rule::ChoiceOff),
        (given.choice == Says::Unreadable, Rule::ChoiceUnreadable),
        (!given.home, Rule::NowhereToKeep),
        (given.ended, Rule::Ended),
    ];
    rules.into_iter().find(|(holds, _)| *holds).map(|(_, rule)| rule)
}

/// The rule that says yes, or the one that says why there is no yes yet.
fn agreement(given: &Given<'_>) -> Result<Rule, Rule> {
    let told = given.notice >= Some(given.sensitivity);
    match given.choice {
        Says::Mode(Mode::Local) => return Ok(Rule::ChoiceLocal),
        Says::Mode(Mode::On) if told => return Ok(Rule::ChoiceOn),
        _ if Wish::of(given) == Wish::On => return Ok(Rule::ToolVariableOn),
        _ => {}
    }
    let chosen = given.choice == Says::Mode(Mode::On);
    match default_mode(given) {
        DefaultMode::Off if !chosen => Err(Rule::DefaultOff),
        DefaultMode::On if told => Ok(Rule::DefaultOn),
        _ if !given.environment.attended() => Err(Rule::Unattended),
        DefaultMode::Ask => Err(Rule::QuestionDue),
        DefaultMode::On | DefaultMode::Off => Err(Rule::NoticeDue),
    }
}

/// The stricter default of catalogue and distributor.
fn default_mode(given: &Given<'_>) -> DefaultMode {
    match (given.catalogue, given.distributor.unwrap_or(given.catalogue)) {
        (DefaultMode::Off, _) | (_, DefaultMode::Off) => DefaultMode::Off,
        (DefaultMode::Ask, _) | (_, DefaultMode::Ask) => DefaultMode::Ask,
        (DefaultMode::On, DefaultMode::On) => DefaultMode::On,
    }
}

/// The first rule that lowers to local, outermost layer first.
fn lowering(given: &Given<'_>) -> Option<Rule> {
    let local = Says::Mode(Mode::Local);
    let rules = [
        (Wish::of(given) == Wish::Local, Rule::ToolVariableLocal),
        (given.machine == local, Rule::MachinePolicyLocal),
        (given.project == local, Rule::ProjectLocal),
        (given.choice == local, Rule::ChoiceLocal),
    ];
    rules.into_iter().find(|(holds, _)| *holds).map(|(_, rule)| rule)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value};

    use super::*;

    const FILES: [&str; 6] = [
        include_str!("../../../conformance/consent/variables.json"),
        include_str!("../../../conformance/consent/debug.json"),
        include_str!("../../../conformance/consent/policies.json"),
        include_str!("../../../conformance/consent/choice.json"),
        include_str!("../../../conformance/consent/notice.json"),
        include_str!("../../../conformance/consent/defaults.json"),
    ];

    fn default_of(word: &str) -> Option<DefaultMode> {
        match word {
            "off" => Some(DefaultMode::Off),
            "ask" => Some(DefaultMode::Ask),
            "on" => Some(DefaultMode::On),
            _ => None,
        }
    }

    fn sensitivity_of(word: &str) -> Option<Sensitivity> {
        match word {
            "technical" => Some(Sensitivity::Technical),
            "interaction" => Some(Sensitivity::Interaction),
            "feedback" => Some(Sensitivity::Feedback),
            _ => None,
        }
    }

    fn says(word: &str) -> Says {
        match word {
            "silent" | "none" => Says::Nothing,
            "unreadable" => Says::Unreadable,
            word => Says::Mode(Mode::parse(word).expect("a mode")),
        }
    }

    /// Puts what a case gives together: the head of its file, the case, one of `each`; later ones replace earlier.
    fn merged(layers: &[&Value]) -> Map<String, Value> {
        let known = [
            "env",
            "terminal",
            "machine",
            "project",
            "choice",
            "notice",
            "distributor",
            "catalogue",
            "sensitivity",
            "ended",
            "home",
        ];
        let mut all = Map::new();
        for (key, value) in layers.iter().filter_map(|layer| layer.as_object()).flatten() {
            assert!(known.contains(&key.as_str()), "`{key}` is not a key of a case");
            all.insert(key.clone(), value.clone());
        }
        all
    }

    fn decided(given: &Map<String, Value>) -> Decision {
        let text = |key: &str, default: &'static str| {
            given.get(key).map_or(default.to_owned(), |value| value.as_str().expect("a text").to_owned())
        };
        let flag = |key: &str, default| given.get(key).map_or(default, |value| value.as_bool().expect("a flag"));
        let env = given.get("env").and_then(Value::as_object);
        let variables =
            env.into_iter().flatten().map(|(name, value)| (name.clone(), value.as_str().expect("a text").to_owned()));
        let environment = Environment {
            variables: variables.collect(),
            stderr_terminal: flag("terminal", true),
            ..Environment::default()
        };
        decide(&Given {
            tool: "acme",
            environment: &environment,
            machine: says(&text("machine", "silent")),
            project: says(&text("project", "silent")),
            choice: says(&text("choice", "none")),
            notice: sensitivity_of(&text("notice", "none")),
            distributor: default_of(&text("distributor", "none")),
            catalogue: default_of(&text("catalogue", "on")).expect("a default"),
            sensitivity: sensitivity_of(&text("sensitivity", "interaction")).expect("a sensitivity"),
            ended: flag("ended", false),
            home: flag("home", true),
        })
    }

    /// Checks one case of a file as often as its `each` says, and answers how often that was.
    fn check(head: &Value, case: &Value) -> usize {
        let nothing = vec![Value::Null];
        let each = case["each"].as_array().unwrap_or(&nothing);
        for one in each {
            let decision = decided(&merged(&[head, &case["given"], one]));
            let said = format!("{} {}", decision.mode.name(), decision.rule.code());
            assert_eq!(said, case["expect"], "{}: {one}", case["why"]);
        }
        each.len()
    }

    #[test]
    fn every_case_of_consent_is_decided_as_written() {
        let mut checked = 0;
        for file in FILES {
            let file: Value = serde_json::from_str(file).expect("a file of cases");
            let cases = file["cases"].as_array().expect("cases");
            checked += cases.iter().map(|case| check(&file["given"], case)).sum::<usize>();
        }
        assert!(checked >= 200, "{checked} cases");
    }

    #[test]
    fn a_variable_is_named_after_the_tool() {
        assert_eq!(variables("my-tool").1, "MY_TOOL_TELEMETRY_DISABLED");
    }

    fn any_says() -> impl Strategy<Value = Says> {
        prop_oneof![
            Just(Says::Nothing),
            Just(Says::Mode(Mode::Off)),
            Just(Says::Mode(Mode::Local)),
            Just(Says::Mode(Mode::On)),
            Just(Says::Unreadable),
        ]
    }

    fn any_default() -> impl Strategy<Value = DefaultMode> {
        prop_oneof![Just(DefaultMode::Off), Just(DefaultMode::Ask), Just(DefaultMode::On)]
    }

    fn any_sensitivity() -> impl Strategy<Value = Sensitivity> {
        prop_oneof![Just(Sensitivity::Technical), Just(Sensitivity::Interaction), Just(Sensitivity::Feedback)]
    }

    prop_compose! {
        fn any_environment()(
            telemetry in proptest::option::of("1|0|local|on|"), terminal in any::<bool>(), ci in any::<bool>(),
        ) -> Environment {
            let telemetry = telemetry.map(|value| ("ACME_TELEMETRY".to_owned(), value));
            let ci = ci.then(|| ("CI".to_owned(), "1".to_owned()));
            Environment { variables: telemetry.into_iter().chain(ci).collect(), stderr_terminal: terminal, ..Environment::default() }
        }
    }

    proptest! {
        /// Whatever else is given: an off that is added is obeyed, and a layer that is lowered never raises.
        #[test]
        fn no_layer_takes_back_the_off_of_another(
            environment in any_environment(), layers in (any_says(), any_says(), any_says()),
            notice in proptest::option::of(any_sensitivity()), distributor in proptest::option::of(any_default()),
            catalogue in any_default(), sensitivity in any_sensitivity(), ended in any::<bool>(),
        ) {
            let given = Given {
                tool: "acme", environment: &environment, machine: layers.0, project: layers.1, choice: layers.2,
                notice, distributor, catalogue, sensitivity, ended, home: true,
            };
            let off = Says::Mode(Mode::Off);
            let mut untracked = environment.clone();
            untracked.variables.insert("DO_NOT_TRACK".to_owned(), "1".to_owned());
            for lowered in [
                Given { machine: off, ..given }, Given { project: off, ..given }, Given { choice: off, ..given },
                Given { choice: Says::Unreadable, ..given }, Given { environment: &untracked, ..given }, Given { home: false, ..given },
            ] {
                let mode = decide(&lowered).mode;
                prop_assert_eq!(mode, Mode::Off);
            }
            for layer in [Says::Mode(Mode::On), Says::Mode(Mode::Local)] {
                let machine = decide(&Given { machine: layer, ..given }).mode;
                let without = decide(&Given { machine: Says::Nothing, ..given }).mode;
                prop_assert!(machine <= without);
                let project = decide(&Given { project: layer, ..given }).mode;
                let without = decide(&Given { project: Says::Nothing, ..given }).mode;
                prop_assert!(project <= without);
            }
        }
    }
}
