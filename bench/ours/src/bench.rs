//! What `bench` may say about its use. Generated from its catalogue by `aboveboard catalog generate --rust`;
//! change the catalogue instead.

#![allow(dead_code, unreachable_pub, reason = "a tool says less than it may")]

use aboveboard::vocabulary::{BucketsWord, EventWord, FieldWord, KindWord, Vocabulary};
use aboveboard::{Day, DefaultMode, Identity, Record, Row, Sensitivity};

/// The catalogue of Bench.
pub static BENCH: Vocabulary = Vocabulary {
    name: "bench",
    title: "Bench",
    controller: "Acme Ltd, 1 Example Street, Exampletown",
    contact: "privacy@acme.example",
    endpoint: "https://telemetry.acme.example",
    mode: DefaultMode::On,
    identity: Identity::None,
    retention_days: 400,
    links: &[("docs", "https://acme.example/telemetry")],
    hash: "66d77969",
    origin: &[
        FieldWord { name: "version", wire: None, about: "the version of the tool", kind: KindWord::Version },
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
    ],
    events: &[
        EventWord {
            name: "build_finished",
            question: "How long do builds take, and how do they end?",
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
                    name: "target",
                    wire: None,
                    about: "what was built for",
                    kind: KindWord::Choice(&["debug", "release"]),
                },
                FieldWord {
                    name: "watch",
                    wire: None,
                    about: "whether it goes on when a file changes",
                    kind: KindWord::Flag,
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
                    name: "warnings",
                    wire: None,
                    about: "how many warnings there were",
                    kind: KindWord::Number {
                        unit: "warnings",
                        buckets: BucketsWord::Edges(&[0.0, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0]),
                    },
                },
                FieldWord { name: "cached", wire: None, about: "whether the cache was used", kind: KindWord::Flag },
            ],
        },
    ],
    errors: None,
};

/// How long do builds take, and how do they end?
#[derive(Clone, Copy, Debug, Default)]
#[must_use = "it says nothing until it is recorded"]
pub struct BuildFinished {
    command: Option<build_finished::Command>,
    outcome: Option<build_finished::Outcome>,
    target: Option<build_finished::Target>,
    watch: Option<bool>,
    duration: Option<f64>,
    pages: Option<f64>,
    warnings: Option<f64>,
    cached: Option<bool>,
}

impl BuildFinished {
    /// It happened, and nothing else is said about it yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The command.
    pub fn command(mut self, command: build_finished::Command) -> Self {
        self.command = Some(command);
        self
    }

    /// How it ended.
    pub fn outcome(mut self, outcome: build_finished::Outcome) -> Self {
        self.outcome = Some(outcome);
        self
    }

    /// What was built for.
    pub fn target(mut self, target: build_finished::Target) -> Self {
        self.target = Some(target);
        self
    }

    /// Whether it goes on when a file changes.
    pub fn watch(mut self, watch: bool) -> Self {
        self.watch = Some(watch);
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

    /// How many warnings there were, in warnings.
    pub fn warnings(mut self, warnings: f64) -> Self {
        self.warnings = Some(warnings);
        self
    }

    /// Whether the cache was used.
    pub fn cached(mut self, cached: bool) -> Self {
        self.cached = Some(cached);
        self
    }
}

impl Record for BuildFinished {
    fn vocabulary(&self) -> &'static Vocabulary {
        &BENCH
    }

    fn event(&self) -> usize {
        0
    }

    fn write(&self, row: &mut Row<'_>) {
        row.code(0, self.command.map(|it| it as u32));
        row.code(1, self.outcome.map(|it| it as u32));
        row.code(2, self.target.map(|it| it as u32));
        row.flag(3, self.watch);
        row.number(4, self.duration);
        row.number(5, self.pages);
        row.number(6, self.warnings);
        row.flag(7, self.cached);
    }
}

/// The words of [`BuildFinished`].
pub mod build_finished {
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

    /// What was built for.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Target {
        /// Anything that is not declared.
        Other = 1,
        /// `debug`.
        Debug = 2,
        /// `release`.
        Release = 3,
    }

    impl Target {
        /// The member of this name, or [`Target::Other`].
        #[must_use]
        pub fn of(name: &str) -> Self {
            match name {
                "debug" => Self::Debug,
                "release" => Self::Release,
                _ => Self::Other,
            }
        }
    }
}
