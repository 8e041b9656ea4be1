//! What `acme` may say about its use. Generated from its catalogue by `aboveboard catalog generate --rust`;
//! change the catalogue instead.

#![allow(dead_code, unreachable_pub, reason = "a tool says less than it may")]

use aboveboard::errors::Code;
use aboveboard::vocabulary::{BucketsWord, ErrorsWord, EventWord, FieldWord, KindWord, Vocabulary};
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
    hash: "cacc653b",
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
        FieldWord {
            name: "runtime",
            wire: None,
            about: "the version of Node.js, where acme came as an npm package",
            kind: KindWord::Version,
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
            since: Day(20_514),
            expires: None,
            sensitivity: Sensitivity::Interaction,
            fields: &[
                FieldWord {
                    name: "command",
                    wire: None,
                    about: "the command",
                    kind: KindWord::Choice(&["build", "check", "clean", "deploy", "dev", "init", "serve"]),
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
            since: Day(20_514),
            expires: None,
            sensitivity: Sensitivity::Technical,
            fields: &[
                FieldWord {
                    name: "plugin",
                    wire: None,
                    about: "a public plugin; the name of any other becomes `other`",
                    kind: KindWord::Name(&[
                        "@acme/docs",
                        "@acme/i18n",
                        "@acme/markdown",
                        "@acme/sass",
                        "@acme/tailwind",
                        "acme-plugin-images",
                        "acme-plugin-mdx",
                        "acme-plugin-minify",
                        "acme-plugin-rss",
                        "acme-plugin-search",
                        "acme-plugin-shiki",
                        "acme-plugin-sitemap",
                    ]),
                },
                FieldWord { name: "plugin_version", wire: None, about: "its version", kind: KindWord::Version },
            ],
        },
        EventWord {
            name: "site_built",
            question: "Which plugins are used together, and is building only what changed worth keeping?",
            owner: "the plugin team",
            review: "https://acme.example/reviews/5",
            since: Day(20_710),
            expires: None,
            sensitivity: Sensitivity::Technical,
            fields: &[
                FieldWord {
                    name: "plugins",
                    wire: None,
                    about: "which public plugins took part",
                    kind: KindWord::Choices(&[
                        "@acme/docs",
                        "@acme/i18n",
                        "@acme/markdown",
                        "@acme/sass",
                        "@acme/tailwind",
                        "acme-plugin-images",
                        "acme-plugin-mdx",
                        "acme-plugin-rss",
                        "acme-plugin-search",
                        "acme-plugin-sitemap",
                    ]),
                },
                FieldWord {
                    name: "incremental",
                    wire: None,
                    about: "whether only what changed was built",
                    kind: KindWord::Flag,
                },
            ],
        },
        EventWord {
            name: "error_shown",
            question: "Which errors do people meet most?",
            owner: "the command line team",
            review: "https://acme.example/reviews/3",
            since: Day(20_514),
            expires: None,
            sensitivity: Sensitivity::Technical,
            fields: &[
                FieldWord {
                    name: "code",
                    wire: None,
                    about: "the code of the error, without its text",
                    kind: KindWord::ErrorCode(CODES),
                },
                FieldWord {
                    name: "command",
                    wire: None,
                    about: "the command that met it",
                    kind: KindWord::Choice(&["build", "check", "clean", "deploy", "dev", "init", "serve"]),
                },
            ],
        },
        EventWord {
            name: "error_followed",
            question: "Do people get past an error, or meet it again?",
            owner: "the command line team",
            review: "https://acme.example/reviews/6",
            since: Day(20_779),
            expires: None,
            sensitivity: Sensitivity::Technical,
            fields: &[
                FieldWord {
                    name: "code",
                    wire: None,
                    about: "the code of the error that was shown before",
                    kind: KindWord::ErrorCode(CODES),
                },
                FieldWord {
                    name: "next",
                    wire: None,
                    about: "what the next run within ten minutes met, or that there was none",
                    kind: KindWord::Choice(&["again", "gave_up", "other_error", "success"]),
                },
            ],
        },
        EventWord {
            name: "feedback_given",
            question: "Which error texts help?",
            owner: "the command line team",
            review: "https://acme.example/reviews/4",
            since: Day(20_514),
            expires: None,
            sensitivity: Sensitivity::Feedback,
            fields: &[
                FieldWord {
                    name: "code",
                    wire: None,
                    about: "the code of the error",
                    kind: KindWord::ErrorCode(CODES),
                },
                FieldWord { name: "helpful", wire: None, about: "whether the text helped", kind: KindWord::Flag },
                FieldWord {
                    name: "reason",
                    wire: None,
                    about: "why it did not",
                    kind: KindWord::Choice(&["fix_did_not_work", "message_unclear", "not_my_code", "wrong_cause"]),
                },
                FieldWord {
                    name: "surface",
                    wire: None,
                    about: "where the question was asked",
                    kind: KindWord::Choice(&["docs", "overlay", "terminal"]),
                },
            ],
        },
    ],
    errors: Some(ErrorsWord {
        codes: CODES,
        shown: Some("error_shown"),
        followed: Some("error_followed"),
        vote: Some("feedback_given"),
        docs: Some("https://acme.example/errors/"),
    }),
};

/// The error codes: those that have pages.
const CODES: &[&str] = aboveboard::codes!("../../catalogs/acme/errors");

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
        /// `deploy`.
        Deploy = 5,
        /// `dev`.
        Dev = 6,
        /// `init`.
        Init = 7,
        /// `serve`.
        Serve = 8,
    }

    impl Command {
        /// The member of this name, or [`Command::Other`].
        #[must_use]
        pub fn of(name: &str) -> Self {
            match name {
                "build" => Self::Build,
                "check" => Self::Check,
                "clean" => Self::Clean,
                "deploy" => Self::Deploy,
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
            "@acme/i18n",
            "@acme/markdown",
            "@acme/sass",
            "@acme/tailwind",
            "acme-plugin-images",
            "acme-plugin-mdx",
            "acme-plugin-minify",
            "acme-plugin-rss",
            "acme-plugin-search",
            "acme-plugin-shiki",
            "acme-plugin-sitemap",
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

/// Which plugins are used together, and is building only what changed worth keeping?
#[derive(Clone, Copy, Debug, Default)]
#[must_use = "it says nothing until it is recorded"]
pub struct SiteBuilt {
    plugins: Option<u32>,
    incremental: Option<bool>,
}

impl SiteBuilt {
    /// It happened, and nothing else is said about it yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Which public plugins took part.
    pub fn plugins(mut self, plugins: &[site_built::Plugins]) -> Self {
        self.plugins = Some(aboveboard::mask_of(plugins.iter().map(|&it| it as u32)));
        self
    }

    /// Whether only what changed was built.
    pub fn incremental(mut self, incremental: bool) -> Self {
        self.incremental = Some(incremental);
        self
    }
}

impl Record for SiteBuilt {
    fn vocabulary(&self) -> &'static Vocabulary {
        &ACME
    }

    fn event(&self) -> usize {
        2
    }

    fn write(&self, row: &mut Row<'_>) {
        row.code(0, self.plugins);
        row.flag(1, self.incremental);
    }
}

/// The words of [`SiteBuilt`].
pub mod site_built {
    /// Which public plugins took part.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Plugins {
        /// Anything that is not declared.
        Other = 1,
        /// `@acme/docs`.
        AcmeDocs = 2,
        /// `@acme/i18n`.
        AcmeI18n = 3,
        /// `@acme/markdown`.
        AcmeMarkdown = 4,
        /// `@acme/sass`.
        AcmeSass = 5,
        /// `@acme/tailwind`.
        AcmeTailwind = 6,
        /// `acme-plugin-images`.
        AcmePluginImages = 7,
        /// `acme-plugin-mdx`.
        AcmePluginMdx = 8,
        /// `acme-plugin-rss`.
        AcmePluginRss = 9,
        /// `acme-plugin-search`.
        AcmePluginSearch = 10,
        /// `acme-plugin-sitemap`.
        AcmePluginSitemap = 11,
    }

    impl Plugins {
        /// The member of this name, or [`Plugins::Other`].
        #[must_use]
        pub fn of(name: &str) -> Self {
            match name {
                "@acme/docs" => Self::AcmeDocs,
                "@acme/i18n" => Self::AcmeI18n,
                "@acme/markdown" => Self::AcmeMarkdown,
                "@acme/sass" => Self::AcmeSass,
                "@acme/tailwind" => Self::AcmeTailwind,
                "acme-plugin-images" => Self::AcmePluginImages,
                "acme-plugin-mdx" => Self::AcmePluginMdx,
                "acme-plugin-rss" => Self::AcmePluginRss,
                "acme-plugin-search" => Self::AcmePluginSearch,
                "acme-plugin-sitemap" => Self::AcmePluginSitemap,
                _ => Self::Other,
            }
        }
    }
}

/// Which errors do people meet most?
#[derive(Clone, Copy, Debug, Default)]
#[must_use = "it says nothing until it is recorded"]
pub struct ErrorShown {
    code: Option<Code>,
    command: Option<error_shown::Command>,
}

impl ErrorShown {
    /// It happened, and nothing else is said about it yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The code of the error, without its text.
    pub fn code(mut self, code: Code) -> Self {
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
        3
    }

    fn write(&self, row: &mut Row<'_>) {
        row.code(0, self.code.map(|it| it.among(CODES)));
        row.code(1, self.command.map(|it| it as u32));
    }
}

/// The words of [`ErrorShown`].
pub mod error_shown {
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
        /// `deploy`.
        Deploy = 5,
        /// `dev`.
        Dev = 6,
        /// `init`.
        Init = 7,
        /// `serve`.
        Serve = 8,
    }

    impl Command {
        /// The member of this name, or [`Command::Other`].
        #[must_use]
        pub fn of(name: &str) -> Self {
            match name {
                "build" => Self::Build,
                "check" => Self::Check,
                "clean" => Self::Clean,
                "deploy" => Self::Deploy,
                "dev" => Self::Dev,
                "init" => Self::Init,
                "serve" => Self::Serve,
                _ => Self::Other,
            }
        }
    }
}

/// Do people get past an error, or meet it again?
#[derive(Clone, Copy, Debug, Default)]
#[must_use = "it says nothing until it is recorded"]
pub struct ErrorFollowed {
    code: Option<Code>,
    next: Option<error_followed::Next>,
}

impl ErrorFollowed {
    /// It happened, and nothing else is said about it yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The code of the error that was shown before.
    pub fn code(mut self, code: Code) -> Self {
        self.code = Some(code);
        self
    }

    /// What the next run within ten minutes met, or that there was none.
    pub fn next(mut self, next: error_followed::Next) -> Self {
        self.next = Some(next);
        self
    }
}

impl Record for ErrorFollowed {
    fn vocabulary(&self) -> &'static Vocabulary {
        &ACME
    }

    fn event(&self) -> usize {
        4
    }

    fn write(&self, row: &mut Row<'_>) {
        row.code(0, self.code.map(|it| it.among(CODES)));
        row.code(1, self.next.map(|it| it as u32));
    }
}

/// The words of [`ErrorFollowed`].
pub mod error_followed {
    /// What the next run within ten minutes met, or that there was none.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Next {
        /// Anything that is not declared.
        Other = 1,
        /// `again`.
        Again = 2,
        /// `gave_up`.
        GaveUp = 3,
        /// `other_error`.
        OtherError = 4,
        /// `success`.
        Success = 5,
    }

    impl Next {
        /// The member of this name, or [`Next::Other`].
        #[must_use]
        pub fn of(name: &str) -> Self {
            match name {
                "again" => Self::Again,
                "gave_up" => Self::GaveUp,
                "other_error" => Self::OtherError,
                "success" => Self::Success,
                _ => Self::Other,
            }
        }
    }
}

/// Which error texts help?
#[derive(Clone, Copy, Debug, Default)]
#[must_use = "it says nothing until it is recorded"]
pub struct FeedbackGiven {
    code: Option<Code>,
    helpful: Option<bool>,
    reason: Option<feedback_given::Reason>,
    surface: Option<feedback_given::Surface>,
}

impl FeedbackGiven {
    /// It happened, and nothing else is said about it yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The code of the error.
    pub fn code(mut self, code: Code) -> Self {
        self.code = Some(code);
        self
    }

    /// Whether the text helped.
    pub fn helpful(mut self, helpful: bool) -> Self {
        self.helpful = Some(helpful);
        self
    }

    /// Why it did not.
    pub fn reason(mut self, reason: feedback_given::Reason) -> Self {
        self.reason = Some(reason);
        self
    }

    /// Where the question was asked.
    pub fn surface(mut self, surface: feedback_given::Surface) -> Self {
        self.surface = Some(surface);
        self
    }
}

impl Record for FeedbackGiven {
    fn vocabulary(&self) -> &'static Vocabulary {
        &ACME
    }

    fn event(&self) -> usize {
        5
    }

    fn write(&self, row: &mut Row<'_>) {
        row.code(0, self.code.map(|it| it.among(CODES)));
        row.flag(1, self.helpful);
        row.code(2, self.reason.map(|it| it as u32));
        row.code(3, self.surface.map(|it| it as u32));
    }
}

/// The words of [`FeedbackGiven`].
pub mod feedback_given {
    /// Why it did not.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Reason {
        /// Anything that is not declared.
        Other = 1,
        /// `fix_did_not_work`.
        FixDidNotWork = 2,
        /// `message_unclear`.
        MessageUnclear = 3,
        /// `not_my_code`.
        NotMyCode = 4,
        /// `wrong_cause`.
        WrongCause = 5,
    }

    impl Reason {
        /// The member of this name, or [`Reason::Other`].
        #[must_use]
        pub fn of(name: &str) -> Self {
            match name {
                "fix_did_not_work" => Self::FixDidNotWork,
                "message_unclear" => Self::MessageUnclear,
                "not_my_code" => Self::NotMyCode,
                "wrong_cause" => Self::WrongCause,
                _ => Self::Other,
            }
        }
    }

    /// Where the question was asked.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Surface {
        /// Anything that is not declared.
        Other = 1,
        /// `docs`.
        Docs = 2,
        /// `overlay`.
        Overlay = 3,
        /// `terminal`.
        Terminal = 4,
    }

    impl Surface {
        /// The member of this name, or [`Surface::Other`].
        #[must_use]
        pub fn of(name: &str) -> Self {
            match name {
                "docs" => Self::Docs,
                "overlay" => Self::Overlay,
                "terminal" => Self::Terminal,
                _ => Self::Other,
            }
        }
    }
}
