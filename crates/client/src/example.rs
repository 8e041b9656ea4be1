//! What `acme` may say about its use. Generated from its catalogue by `aboveboard catalog generate --rust`;
//! change the catalogue instead.

#![allow(dead_code, unreachable_pub, reason = "a tool says less than it may")]

use aboveboard::vocabulary::{BucketsWord, EventWord, FieldWord, KindWord, Vocabulary};
use aboveboard::{Day, DefaultMode, Identity, Record, Row, Sensitivity, Version};

/// The catalogue of Acme CLI.
pub static ACME: Vocabulary = Vocabulary {
    name: "acme",
    title: "Acme CLI",
    controller: "Acme Ltd, 1 Example Street, Exampletown",
    contact: "privacy@acme.example",
    endpoint: "https://telemetry.acme.example",
    mode: DefaultMode::On,
    identity: Identity::None,
    retention_days: 400,
    links: &[("docs", "https://acme.example/telemetry"), ("source", "https://acme.example/source")],
    hash: "c74e8c0b",
    origin: &[
        FieldWord { name: "version", wire: None, about: "the version of acme", kind: KindWord::Version },
        FieldWord {
            name: "os",
            wire: None,
            about: "the operating system",
            kind: KindWord::Choice(&["freebsd", "linux", "macos", "windows"]),
        },
        FieldWord {
            name: "arch",
            wire: None,
            about: "the processor architecture",
            kind: KindWord::Choice(&["aarch64", "x86_64"]),
        },
        FieldWord { name: "ci", wire: None, about: "whether it ran in continuous integration", kind: KindWord::Flag },
        FieldWord {
            name: "ci_vendor",
            wire: None,
            about: "the continuous integration service",
            kind: KindWord::Choice(&[
                "azure_pipelines",
                "bitbucket",
                "buildkite",
                "circleci",
                "github_actions",
                "gitlab",
                "jenkins",
                "teamcity",
            ]),
        },
        FieldWord {
            name: "agent",
            wire: None,
            about: "the coding agent that ran it",
            kind: KindWord::Choice(&["claude", "codex", "copilot", "cursor", "gemini", "opencode"]),
        },
        FieldWord { name: "container", wire: None, about: "whether it ran in a container", kind: KindWord::Flag },
    ],
    events: &[
        EventWord {
            name: "command_finished",
            question: "Which commands are used, how long do they take, and how do they end?",
            owner: "the command line team",
            review: "https://acme.example/reviews/1",
            since: Day(20_758),
            expires: None,
            sensitivity: Sensitivity::Interaction,
            fields: &[
                FieldWord {
                    name: "command",
                    wire: None,
                    about: "the command",
                    kind: KindWord::Choice(&["build", "check", "clean", "dev", "init", "serve"]),
                },
                FieldWord {
                    name: "outcome",
                    wire: None,
                    about: "how it ended",
                    kind: KindWord::Choice(&["cancelled", "failed", "ok"]),
                },
                FieldWord {
                    name: "duration",
                    wire: None,
                    about: "how long it took",
                    kind: KindWord::Number {
                        unit: "ms",
                        buckets: BucketsWord::Log { relative_error: 0.05, min: 1.0, max: 3600000.0 },
                    },
                },
                FieldWord {
                    name: "pages",
                    wire: None,
                    about: "how many pages the site has",
                    kind: KindWord::Number {
                        unit: "pages",
                        buckets: BucketsWord::Edges(&[
                            0.0, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 10000.0,
                        ]),
                    },
                },
                FieldWord {
                    name: "flags",
                    wire: None,
                    about: "which flags were given, never their values",
                    kind: KindWord::Choices(&[
                        "draft", "minify", "offline", "open", "port", "quiet", "verbose", "watch",
                    ]),
                },
                FieldWord { name: "cached", wire: None, about: "whether the cache was used", kind: KindWord::Flag },
            ],
        },
        EventWord {
            name: "plugin_loaded",
            question: "Which plugins would a change of the plugin interface break, and in which versions?",
            owner: "the plugin team",
            review: "https://acme.example/reviews/2",
            since: Day(20_758),
            expires: None,
            sensitivity: Sensitivity::Technical,
            fields: &[
                FieldWord {
                    name: "plugin",
                    wire: None,
                    about: "a public plugin; the name of any other becomes `other`",
                    kind: KindWord::Name(&[
                        "@acme/docs",
                        "@acme/markdown",
                        "@acme/sass",
                        "acme-plugin-images",
                        "acme-plugin-rss",
                        "acme-plugin-search",
                    ]),
                },
                FieldWord { name: "plugin_version", wire: None, about: "its version", kind: KindWord::Version },
            ],
        },
        EventWord {
            name: "error_shown",
            question: "Which errors do people meet most?",
            owner: "the command line team",
            review: "https://acme.example/reviews/3",
            since: Day(20_758),
            expires: None,
            sensitivity: Sensitivity::Technical,
            fields: &[
                FieldWord {
                    name: "code",
                    wire: None,
                    about: "the code of the error, without its text",
                    kind: KindWord::Code(&[
                        "cache_unreadable",
                        "config_invalid",
                        "config_missing",
                        "disk_full",
                        "network_unreachable",
                        "plugin_failed",
                        "port_in_use",
                        "template_invalid",
                    ]),
                },
                FieldWord {
                    name: "command",
                    wire: None,
                    about: "the command that met it",
                    kind: KindWord::Choice(&["build", "check", "clean", "dev", "init", "serve"]),
                },
            ],
        },
        EventWord {
            name: "feedback_given",
            question: "Which error texts help?",
            owner: "the command line team",
            review: "https://acme.example/reviews/4",
            since: Day(20_758),
            expires: None,
            sensitivity: Sensitivity::Feedback,
            fields: &[
                FieldWord {
                    name: "code",
                    wire: None,
                    about: "the code of the error",
                    kind: KindWord::Code(&[
                        "cache_unreadable",
                        "config_invalid",
                        "config_missing",
                        "disk_full",
                        "network_unreachable",
                        "plugin_failed",
                        "port_in_use",
                        "template_invalid",
                    ]),
                },
                FieldWord { name: "helpful", wire: None, about: "whether the text helped", kind: KindWord::Flag },
            ],
        },
    ],
};

/// Which commands are used, how long do they take, and how do they end?
#[derive(Clone, Copy, Debug, Default)]
#[must_use = "it says nothing until it is recorded"]
pub struct CommandFinished {
    command: Option<command_finished::Command>,
    outcome: Option<command_finished::Outcome>,
    duration: Option<f64>,
    pages: Option<f64>,
    flags: Option<u32>,
    cached: Option<bool>,
}

impl CommandFinished {
    /// It happened, and nothing else is said about it yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The command.
    pub fn command(mut self, command: command_finished::Command) -> Self {
        self.command = Some(command);
        self
    }

    /// How it ended.
    pub fn outcome(mut self, outcome: command_finished::Outcome) -> Self {
        self.outcome = Some(outcome);
        self
    }

    /// How long it took, in ms.
    pub fn duration(mut self, duration: f64) -> Self {
        self.duration = Some(duration);
        self
    }

    /// How many pages the site has, in pages.
    pub fn pages(mut self, pages: f64) -> Self {
        self.pages = Some(pages);
        self
    }

    /// Which flags were given, never their values.
    pub fn flags(mut self, flags: &[command_finished::Flags]) -> Self {
        self.flags = Some(aboveboard::mask_of(flags.iter().map(|&it| it as u32)));
        self
    }

    /// Whether the cache was used.
    pub fn cached(mut self, cached: bool) -> Self {
        self.cached = Some(cached);
        self
    }
}

impl Record for CommandFinished {
    fn vocabulary(&self) -> &'static Vocabulary {
        &ACME
    }

    fn event(&self) -> usize {
        0
    }

    fn write(&self, row: &mut Row<'_>) {
        row.code(0, self.command.map(|it| it as u32));
        row.code(1, self.outcome.map(|it| it as u32));
        row.number(2, self.duration);
        row.number(3, self.pages);
        row.code(4, self.flags);
        row.flag(5, self.cached);
    }
}

/// The words of [`CommandFinished`].
pub mod command_finished {
    /// The command.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Command {
        /// Anything that is not declared.
        Other = 1,
        /// `build`.
        Build = 2,
        /// `check`.
        Check = 3,
        /// `clean`.
        Clean = 4,
        /// `dev`.
        Dev = 5,
        /// `init`.
        Init = 6,
        /// `serve`.
        Serve = 7,
    }

    impl Command {
        /// The member of this name, or [`Command::Other`].
        #[must_use]
        pub fn of(name: &str) -> Self {
            match name {
                "build" => Self::Build,
                "check" => Self::Check,
                "clean" => Self::Clean,
                "dev" => Self::Dev,
                "init" => Self::Init,
                "serve" => Self::Serve,
                _ => Self::Other,
            }
        }
    }

    /// How it ended.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Outcome {
        /// Anything that is not declared.
        Other = 1,
        /// `cancelled`.
        Cancelled = 2,
        /// `failed`.
        Failed = 3,
        /// `ok`.
        Ok = 4,
    }

    impl Outcome {
        /// The member of this name, or [`Outcome::Other`].
        #[must_use]
        pub fn of(name: &str) -> Self {
            match name {
                "cancelled" => Self::Cancelled,
                "failed" => Self::Failed,
                "ok" => Self::Ok,
                _ => Self::Other,
            }
        }
    }

    /// Which flags were given, never their values.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Flags {
        /// Anything that is not declared.
        Other = 1,
        /// `draft`.
        Draft = 2,
        /// `minify`.
        Minify = 3,
        /// `offline`.
        Offline = 4,
        /// `open`.
        Open = 5,
        /// `port`.
        Port = 6,
        /// `quiet`.
        Quiet = 7,
        /// `verbose`.
        Verbose = 8,
        /// `watch`.
        Watch = 9,
    }

    impl Flags {
        /// The member of this name, or [`Flags::Other`].
        #[must_use]
        pub fn of(name: &str) -> Self {
            match name {
                "draft" => Self::Draft,
                "minify" => Self::Minify,
                "offline" => Self::Offline,
                "open" => Self::Open,
                "port" => Self::Port,
                "quiet" => Self::Quiet,
                "verbose" => Self::Verbose,
                "watch" => Self::Watch,
                _ => Self::Other,
            }
        }
    }
}

/// Which plugins would a change of the plugin interface break, and in which versions?
#[derive(Clone, Copy, Debug, Default)]
#[must_use = "it says nothing until it is recorded"]
pub struct PluginLoaded {
    plugin: Option<plugin_loaded::Plugin>,
    plugin_version: Option<Version>,
}

impl PluginLoaded {
    /// It happened, and nothing else is said about it yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A public plugin; the name of any other becomes `other`.
    pub fn plugin(mut self, plugin: plugin_loaded::Plugin) -> Self {
        self.plugin = Some(plugin);
        self
    }

    /// Its version.
    pub fn plugin_version(mut self, plugin_version: Version) -> Self {
        self.plugin_version = Some(plugin_version);
        self
    }
}

impl Record for PluginLoaded {
    fn vocabulary(&self) -> &'static Vocabulary {
        &ACME
    }

    fn event(&self) -> usize {
        1
    }

    fn write(&self, row: &mut Row<'_>) {
        row.code(0, self.plugin.map(|it| it.code()));
        row.version(1, self.plugin_version);
    }
}

/// The words of [`PluginLoaded`].
pub mod plugin_loaded {
    /// A public plugin; the name of any other becomes `other`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Plugin(u32);

    impl Plugin {
        const NAMES: &[&str] = &[
            "@acme/docs",
            "@acme/markdown",
            "@acme/sass",
            "acme-plugin-images",
            "acme-plugin-rss",
            "acme-plugin-search",
        ];

        /// The name, when it is declared; otherwise it is `other`.
        #[must_use]
        pub fn of(name: &str) -> Self {
            Self(aboveboard::code_of(Self::NAMES, name))
        }

        pub(super) fn code(self) -> u32 {
            self.0
        }
    }
}

/// Which errors do people meet most?
#[derive(Clone, Copy, Debug, Default)]
#[must_use = "it says nothing until it is recorded"]
pub struct ErrorShown {
    code: Option<error_shown::Code>,
    command: Option<error_shown::Command>,
}

impl ErrorShown {
    /// It happened, and nothing else is said about it yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The code of the error, without its text.
    pub fn code(mut self, code: error_shown::Code) -> Self {
        self.code = Some(code);
        self
    }

    /// The command that met it.
    pub fn command(mut self, command: error_shown::Command) -> Self {
        self.command = Some(command);
        self
    }
}

impl Record for ErrorShown {
    fn vocabulary(&self) -> &'static Vocabulary {
        &ACME
    }

    fn event(&self) -> usize {
        2
    }

    fn write(&self, row: &mut Row<'_>) {
        row.code(0, self.code.map(|it| it as u32));
        row.code(1, self.command.map(|it| it as u32));
    }
}

/// The words of [`ErrorShown`].
pub mod error_shown {
    /// The code of the error, without its text.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Code {
        /// Anything that is not declared.
        Other = 1,
        /// `cache_unreadable`.
        CacheUnreadable = 2,
        /// `config_invalid`.
        ConfigInvalid = 3,
        /// `config_missing`.
        ConfigMissing = 4,
        /// `disk_full`.
        DiskFull = 5,
        /// `network_unreachable`.
        NetworkUnreachable = 6,
        /// `plugin_failed`.
        PluginFailed = 7,
        /// `port_in_use`.
        PortInUse = 8,
        /// `template_invalid`.
        TemplateInvalid = 9,
    }

    impl Code {
        /// The member of this name, or [`Code::Other`].
        #[must_use]
        pub fn of(name: &str) -> Self {
            match name {
                "cache_unreadable" => Self::CacheUnreadable,
                "config_invalid" => Self::ConfigInvalid,
                "config_missing" => Self::ConfigMissing,
                "disk_full" => Self::DiskFull,
                "network_unreachable" => Self::NetworkUnreachable,
                "plugin_failed" => Self::PluginFailed,
                "port_in_use" => Self::PortInUse,
                "template_invalid" => Self::TemplateInvalid,
                _ => Self::Other,
            }
        }
    }

    /// The command that met it.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Command {
        /// Anything that is not declared.
        Other = 1,
        /// `build`.
        Build = 2,
        /// `check`.
        Check = 3,
        /// `clean`.
        Clean = 4,
        /// `dev`.
        Dev = 5,
        /// `init`.
        Init = 6,
        /// `serve`.
        Serve = 7,
    }

    impl Command {
        /// The member of this name, or [`Command::Other`].
        #[must_use]
        pub fn of(name: &str) -> Self {
            match name {
                "build" => Self::Build,
                "check" => Self::Check,
                "clean" => Self::Clean,
                "dev" => Self::Dev,
                "init" => Self::Init,
                "serve" => Self::Serve,
                _ => Self::Other,
            }
        }
    }
}

/// Which error texts help?
#[derive(Clone, Copy, Debug, Default)]
#[must_use = "it says nothing until it is recorded"]
pub struct FeedbackGiven {
    code: Option<feedback_given::Code>,
    helpful: Option<bool>,
}

impl FeedbackGiven {
    /// It happened, and nothing else is said about it yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The code of the error.
    pub fn code(mut self, code: feedback_given::Code) -> Self {
        self.code = Some(code);
        self
    }

    /// Whether the text helped.
    pub fn helpful(mut self, helpful: bool) -> Self {
        self.helpful = Some(helpful);
        self
    }
}

impl Record for FeedbackGiven {
    fn vocabulary(&self) -> &'static Vocabulary {
        &ACME
    }

    fn event(&self) -> usize {
        3
    }

    fn write(&self, row: &mut Row<'_>) {
        row.code(0, self.code.map(|it| it as u32));
        row.flag(1, self.helpful);
    }
}

/// The words of [`FeedbackGiven`].
pub mod feedback_given {
    /// The code of the error.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Code {
        /// Anything that is not declared.
        Other = 1,
        /// `cache_unreadable`.
        CacheUnreadable = 2,
        /// `config_invalid`.
        ConfigInvalid = 3,
        /// `config_missing`.
        ConfigMissing = 4,
        /// `disk_full`.
        DiskFull = 5,
        /// `network_unreachable`.
        NetworkUnreachable = 6,
        /// `plugin_failed`.
        PluginFailed = 7,
        /// `port_in_use`.
        PortInUse = 8,
        /// `template_invalid`.
        TemplateInvalid = 9,
    }

    impl Code {
        /// The member of this name, or [`Code::Other`].
        #[must_use]
        pub fn of(name: &str) -> Self {
            match name {
                "cache_unreadable" => Self::CacheUnreadable,
                "config_invalid" => Self::ConfigInvalid,
                "config_missing" => Self::ConfigMissing,
                "disk_full" => Self::DiskFull,
                "network_unreachable" => Self::NetworkUnreachable,
                "plugin_failed" => Self::PluginFailed,
                "port_in_use" => Self::PortInUse,
                "template_invalid" => Self::TemplateInvalid,
                _ => Self::Other,
            }
        }
    }
}
