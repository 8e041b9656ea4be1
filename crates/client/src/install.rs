//! The tool as this user has it: gathers what [`crate::consent`] decides from, anew each time it is asked, so that a
//! choice holds from the moment it is made.

use std::borrow::Cow;
use std::ffi::OsString;

use aboveboard_catalog::{Mode as DefaultMode, Sensitivity};

use crate::consent::{Decision, Given, Mode, Rule, Says, decide, variables};
use crate::disk::{self, Content};
use crate::environment::Environment;
use crate::folders::{self, Folders};
use crate::http::Endpoint;
use crate::settings::Settings;
use crate::spool::Spool;
use crate::vocabulary::Vocabulary;

/// Why nothing can be sent, when [`Install::endpoint`] finds nothing.
pub(crate) const NO_URL: &str = "the endpoint is not a URL";

/// A tool, its version, and what surrounds it.
#[derive(Clone, Debug)]
pub(crate) struct Install {
    pub(crate) vocabulary: &'static Vocabulary,
    pub(crate) version: Cow<'static, str>,
    /// What a person types for `mytool telemetry`.
    pub(crate) command: String,
    /// What the child that sends is told beside that it is one, so that it opens the same telemetry.
    pub(crate) child_arguments: Vec<OsString>,
    pub(crate) distributor: Option<DefaultMode>,
    pub(crate) environment: Environment,
    pub(crate) folders: Option<Folders>,
}

impl Install {
    pub(crate) fn new(
        vocabulary: &'static Vocabulary,
        version: impl Into<Cow<'static, str>>,
        distributor: Option<DefaultMode>,
        environment: Environment,
    ) -> Self {
        let folders = Folders::of(&environment, vocabulary.name);
        let command = format!("{} {}", vocabulary.name, crate::command::NAME);
        Self {
            vocabulary,
            version: version.into(),
            command,
            child_arguments: Vec::new(),
            distributor,
            environment,
            folders,
        }
    }

    /// What a person types for a word of the tool that is ours: `mytool explain`.
    pub(crate) fn word(&self, name: &str) -> String {
        let tool = self.command.strip_suffix(crate::command::NAME).unwrap_or(self.vocabulary.name);
        format!("{} {name}", tool.trim_end())
    }

    /// What holds now, and why.
    pub(crate) fn decision(&self) -> Decision {
        self.decision_in(&self.environment)
    }

    /// What would hold if nobody had asked to see it.
    pub(crate) fn decision_without_debug(&self) -> Decision {
        let mut environment = self.environment.clone();
        environment.variables.remove(&variables(self.vocabulary.name).0);
        self.decision_in(&environment)
    }

    fn decision_in(&self, environment: &Environment) -> Decision {
        let choice = self.choice();
        decide(&Given {
            tool: self.vocabulary.name,
            environment,
            machine: self.machine_policy().as_ref().map_or(Says::Unreadable, Settings::says),
            project: self.project(),
            choice: choice.as_ref().map_or(Says::Unreadable, Settings::says),
            notice: choice.as_ref().and_then(|choice| sensitivity(choice.get("notice")?)),
            distributor: self.distributor,
            catalogue: self.vocabulary.mode,
            sensitivity: self.vocabulary.sensitivity(),
            ended: self.spool().is_some_and(|spool| spool.has_ended()),
            home: self.folders.is_some(),
        })
    }

    /// What the user saved; `None` when it cannot be read.
    pub(crate) fn choice(&self) -> Option<Settings> {
        self.folders.as_ref().map_or(Some(Settings::default()), |folders| settings(disk::content(&folders.choice)))
    }

    /// Saves what the user chose, and that the notice for what is collected today was shown.
    pub(crate) fn save_choice(&self, mode: Option<Mode>) -> std::io::Result<()> {
        let folders = self.folders.as_ref().ok_or(std::io::ErrorKind::NotFound)?;
        let mut choice = self.choice().unwrap_or_default();
        if let Some(mode) = mode {
            choice.set("mode", mode.name());
        }
        choice.set("notice", word(self.vocabulary.sensitivity()));
        let text =
            format!("# What {} may tell its makers; `{}` writes this.\n{choice}", self.vocabulary.title, self.command);
        disk::replace(&folders.choice, text.as_bytes())
    }

    /// The policy of the machine; `None` when it cannot be read.
    fn machine_policy(&self) -> Option<Settings> {
        settings(disk::content(&folders::machine_policy(&self.environment, self.vocabulary.name)))
    }

    /// The strictest of the project's files.
    fn project(&self) -> Says {
        let files = folders::project_files(&self.environment, self.vocabulary.name);
        let says =
            files.map(|file| settings(disk::content(&file)).map_or(Says::Unreadable, |settings| settings.says()));
        says.reduce(stricter).unwrap_or_default()
    }

    /// Where batches go: the policy of the machine, else the tool's variable, else the catalogue.
    pub(crate) fn endpoint(&self) -> Option<Endpoint> {
        let variable = format!("{}_ENDPOINT", variables(self.vocabulary.name).0);
        let policy = self.machine_policy().and_then(|policy| policy.get("endpoint").map(str::to_owned));
        let variable = self.environment.variable(&variable).filter(|text| !text.trim().is_empty());
        Endpoint::parse(policy.as_deref().or(variable).unwrap_or(self.vocabulary.endpoint))
    }

    /// The folder of the queue and the ledger.
    pub(crate) fn spool(&self) -> Option<Spool> {
        self.folders.as_ref().map(|folders| Spool::new(&folders.state))
    }

    /// The sentence that says why a rule holds.
    pub(crate) fn reason(&self, rule: Rule) -> String {
        let (telemetry, disabled) = variables(self.vocabulary.name);
        let set = |name: &str| {
            format!("{name}={} in the environment", self.environment.variable(name).unwrap_or_default().trim())
        };
        let policy = folders::machine_policy(&self.environment, self.vocabulary.name);
        let policy = policy.display();
        let project = format!(".{}-telemetry.toml of this project", self.vocabulary.name);
        let tool = self.vocabulary.name;
        match rule {
            Rule::DoNotTrack => set("DO_NOT_TRACK"),
            Rule::ToolDisabled => set(&disabled),
            Rule::Debug | Rule::ToolVariableOff | Rule::ToolVariableLocal | Rule::ToolVariableOn => set(&telemetry),
            Rule::MachinePolicyOff | Rule::MachinePolicyLocal => format!("the policy of this machine, {policy}"),
            Rule::MachinePolicyUnreadable => format!("the policy of this machine cannot be read, {policy}"),
            Rule::ProjectOff | Rule::ProjectLocal => project,
            Rule::ProjectUnreadable => format!("the {project} cannot be read"),
            Rule::ChoiceOff | Rule::ChoiceLocal | Rule::ChoiceOn => "you chose so".to_owned(),
            Rule::ChoiceUnreadable => "your saved choice cannot be read, and may have been to switch it off".to_owned(),
            Rule::NowhereToKeep => "there is no home folder for settings".to_owned(),
            Rule::Ended => "the collector said that it wants no more, ever".to_owned(),
            Rule::DefaultOff => format!("nobody switched it on; {} enable would", self.command),
            Rule::DefaultOn => format!("on unless switched off; {tool} told so in an earlier run"),
            Rule::QuestionDue => "you were not asked yet".to_owned(),
            Rule::NoticeDue => "you were not told yet what it sends".to_owned(),
            Rule::Unattended => {
                "nobody was told yet what it sends, and there is no person at the terminal to tell".to_owned()
            }
        }
    }
}

/// The settings in a file; `None` when they cannot be read.
fn settings(content: Content) -> Option<Settings> {
    match content {
        Content::Missing => Some(Settings::default()),
        Content::Text(text) => Settings::parse(&text),
        Content::Unreadable => None,
    }
}

fn stricter(a: Says, b: Says) -> Says {
    let rank = |says| match says {
        Says::Unreadable | Says::Mode(Mode::Off) => 0,
        Says::Mode(Mode::Local) => 1,
        Says::Mode(Mode::On) | Says::Nothing => 2,
    };
    if rank(b) < rank(a) { b } else { a }
}

fn word(sensitivity: Sensitivity) -> &'static str {
    match sensitivity {
        Sensitivity::Technical => "technical",
        Sensitivity::Interaction => "interaction",
        Sensitivity::Feedback => "feedback",
    }
}

fn sensitivity(text: &str) -> Option<Sensitivity> {
    [Sensitivity::Technical, Sensitivity::Interaction, Sensitivity::Feedback].into_iter().find(|it| word(*it) == text)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::example::ACME;

    /// Writes files, each with its path below a folder, and checks what is decided in it.
    #[track_caller]
    fn check(files: &[(&str, &str)], expected: Rule, endpoint: &str) {
        let folder = tempfile::tempdir().expect("a folder");
        for (path, text) in files {
            disk::replace(&folder.path().join(path), text.as_bytes()).expect("written");
        }
        let install = install(folder.path());
        assert_eq!(install.decision().rule, expected, "{files:?}");
        assert_eq!(install.endpoint().map(|endpoint| endpoint.name()).as_deref(), Some(endpoint), "{files:?}");
    }

    fn install(folder: &Path) -> Install {
        let variables = [("HOME", folder.join("home").display().to_string()), ("ACME_TELEMETRY", "1".to_owned())];
        let variables = variables.map(|(name, value)| (name.to_owned(), value)).into();
        let (policies, work) = (folder.join("etc"), Some(folder.join("project/below")));
        Install::new(&ACME, "1.0.0", None, Environment { variables, policies, folder: work, ..Environment::default() })
    }

    #[test]
    fn each_layer_is_read_from_its_place() {
        let default = ACME.endpoint;
        check(&[], Rule::ToolVariableOn, default);
        check(&[("etc/acme/telemetry.toml", "mode = \"off\"")], Rule::MachinePolicyOff, default);
        check(&[("etc/acme/telemetry.toml", "mode = \"local\"")], Rule::MachinePolicyLocal, default);
        check(&[("etc/acme/telemetry.toml", "mode off")], Rule::MachinePolicyUnreadable, default);
        check(
            &[("etc/acme/telemetry.toml", "endpoint = \"https://own.example\"")],
            Rule::ToolVariableOn,
            "https://own.example",
        );
        check(&[("project/.acme-telemetry.toml", "mode = \"off\"")], Rule::ProjectOff, default);
        check(&[("project/below/.acme-telemetry.toml", "mode = \"local\"")], Rule::ProjectLocal, default);
        let both = [
            ("project/.acme-telemetry.toml", "mode = \"off\""),
            ("project/below/.acme-telemetry.toml", "mode = \"on\""),
        ];
        check(&both, Rule::ProjectOff, default);
        check(&[("project/.acme-telemetry.toml", "?")], Rule::ProjectUnreadable, default);
        check(&[("project/.other-telemetry.toml", "mode = \"off\"")], Rule::ToolVariableOn, default);
    }

    #[test]
    fn an_endpoint_of_the_project_is_not_followed() {
        check(
            &[("project/.acme-telemetry.toml", "endpoint = \"https://thief.example\"")],
            Rule::ToolVariableOn,
            ACME.endpoint,
        );
    }
}
