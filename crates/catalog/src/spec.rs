//! The types of a catalogue: what one tool may say, and to whom it says it.
//!
//! Plain data. [`crate::parse`] makes it from TOML; nothing here checks or decides.

use crate::bucket::Buckets;
use crate::day::Day;
use crate::errors::Errors;
use crate::index::Index;
use crate::source::Source;

/// The declared vocabulary of one tool.
#[derive(Clone, Debug)]
pub struct Catalog {
    /// Who asks, and on which terms.
    pub tool: Tool,
    /// The declared facts about where an event happened.
    pub origin: Vec<Field>,
    /// The declared events, in the order of the file.
    pub events: Vec<EventSpec>,
    /// The charts that use them.
    pub charts: Vec<Chart>,
    /// The tool's error codes, and the events that are about them.
    pub errors: Option<Errors>,
    /// What the consent banner of the tool's site records.
    pub consent: Option<Consent>,
    pub(crate) index: Index,
    pub(crate) source: Source,
}

impl Catalog {
    /// Puts the parts of a catalogue together. Whether they make sense is for the lints to say.
    #[must_use]
    pub fn new(tool: Tool, origin: Vec<Field>, events: Vec<EventSpec>, charts: Vec<Chart>) -> Self {
        let index = Index::new(&origin, &events);
        Self { tool, origin, events, charts, errors: None, consent: None, index, source: Source::default() }
    }

    /// A short hash of what may be said, so that a collector sees which catalogue a client has (FNV-1a, 32 bits).
    ///
    /// The codes that have pages do not count: it stands in generated code, and two branches that each add a code would
    /// change the same line.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut events = self.events.clone();
        for field in events.iter_mut().flat_map(|event| &mut event.fields) {
            if let Kind::Code { list: None, members } = &mut field.kind {
                members.clear();
            }
        }
        let said = format!("{:?}{:?}{events:?}", self.tool, self.origin);
        let hash = said.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        format!("{hash:08x}")
    }
}

/// The tool whose use is measured, and the promises made to its users.
#[derive(Clone, Debug, PartialEq)]
pub struct Tool {
    /// The name in URLs and batches: lower case letters, digits, `-`.
    pub name: String,
    /// The name for people.
    pub title: String,
    /// Who is responsible for the data, as in a privacy notice.
    pub controller: String,
    /// Where a person can ask about the data.
    pub contact: String,
    /// Where clients send: an `https` URL.
    pub endpoint: String,
    /// The wire format of its clients.
    pub dialect: Dialect,
    /// What a fresh installation does.
    pub mode: Mode,
    /// Whether an installation can be recognised again.
    pub identity: Identity,
    /// Days after which every event is deleted.
    pub retention_days: u32,
    /// The smallest group that the public pages show.
    pub public_minimum: u32,
    /// Further links for people: (label, URL).
    pub links: Vec<(String, String)>,
}

/// A wire format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// Our own batches.
    Native,
    /// The telemetry of Next.js.
    Nextjs,
    /// The telemetry of Clerk's SDKs and command line.
    Clerk,
}

impl Dialect {
    /// The word in a catalogue.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Native => "native",
            Self::Nextjs => "nextjs",
            Self::Clerk => "clerk",
        }
    }
}

/// What a fresh installation does before its user chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Records, and sends after the notice was shown.
    On,
    /// Asks once on a terminal.
    Ask,
    /// Does nothing.
    Off,
}

impl Mode {
    /// The word in a catalogue.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Ask => "ask",
            Self::Off => "off",
        }
    }
}

/// Whether an installation can be recognised again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// Never: no identifier is made, sent or kept.
    None,
    /// Within one calendar month.
    Month,
    /// As long as the data is kept.
    Install,
}

impl Identity {
    /// The word in a catalogue.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Month => "month",
            Self::Install => "install",
        }
    }
}

/// A declared event.
#[derive(Clone, Debug)]
pub struct EventSpec {
    /// Its name, here and on the wire.
    pub name: String,
    /// The question it answers.
    pub question: String,
    /// Who answers for it.
    pub owner: String,
    /// Where its collection was reviewed.
    pub review: String,
    /// The day from which it is collected.
    pub since: Day,
    /// The day from which it is neither collected nor accepted any more.
    pub expires: Option<Day>,
    /// How much it says about a person's work.
    pub sensitivity: Sensitivity,
    /// Set when the event is declared only to be turned away.
    pub refused: Option<Refusal>,
    /// Its fields, in the order of the file.
    pub fields: Vec<Field>,
}

impl EventSpec {
    /// The position of its only field of type `code`.
    #[must_use]
    pub fn code_field(&self) -> Option<usize> {
        self.only(|kind| matches!(kind, Kind::Code { .. }))
    }

    /// The position of its only field of type `flag`.
    #[must_use]
    pub fn flag_field(&self) -> Option<usize> {
        self.only(|kind| *kind == Kind::Flag)
    }

    fn only(&self, wanted: impl Fn(&Kind) -> bool) -> Option<usize> {
        let mut found = self.fields.iter().enumerate().filter(|(_, field)| wanted(&field.kind));
        found.next().filter(|_| found.next().is_none()).map(|(position, _)| position)
    }
}

/// What the consent banner of the tool's site records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// The event of a choice.
    pub event: String,
}

/// How much an event says about a person's work, least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sensitivity {
    /// Facts about software and hardware.
    Technical,
    /// What a person did with the tool.
    Interaction,
    /// What a person told us on purpose, such as a vote.
    Feedback,
}

impl Sensitivity {
    /// The word in a catalogue.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Technical => "technical",
            Self::Interaction => "interaction",
            Self::Feedback => "feedback",
        }
    }
}

/// Something a foreign client sends and we turn away, with its stable code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The code in the ledger, such as `logs_refused`.
    pub code: String,
    /// Why, for people.
    pub reason: String,
}

/// A declared part of an event or of the origin.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name in questions and tables.
    pub name: String,
    /// Its name on the wire, where that differs; nested keys are joined by dots.
    pub wire: Option<String>,
    /// What it says, for people.
    pub about: String,
    /// What it may say.
    pub kind: Kind,
    /// Member texts that make the whole event unwanted, each with its refusal.
    pub refuse: Vec<(String, Refusal)>,
}

impl Field {
    /// The key that carries this field on the wire.
    #[must_use]
    pub fn key(&self) -> &str {
        self.wire.as_deref().unwrap_or(&self.name)
    }
}

/// What a field may say. There is no free text, and no switch that adds it.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// True or false.
    Flag,
    /// One of the members.
    Choice(Vec<String>),
    /// Any of the members, at most [`crate::limits::SET_MEMBERS_MAX`].
    Choices(Vec<String>),
    /// A number, kept as the bucket it falls into.
    Number {
        /// The unit, such as `ms`.
        unit: String,
        /// The bucket scheme.
        buckets: Buckets,
    },
    /// A semantic version; see [`crate::version`].
    Version {
        /// Distinct values kept; later ones become `other`.
        distinct_max: u32,
    },
    /// One of the names of a public list file, such as well-known packages.
    Name {
        /// The list file, relative to the catalogue.
        list: String,
        /// Its lines.
        members: Vec<String>,
    },
    /// One of the tool's error codes.
    Code {
        /// The list file, relative to the catalogue. Without one the codes are those that have pages, and a value that
        /// is none of them turns the whole event away.
        list: Option<String>,
        /// The codes, sorted.
        members: Vec<String>,
    },
    /// An opaque identifier, keyed-hashed at the door.
    Id,
    /// Declared so that readers see it exists in a dialect and is thrown away.
    Drop {
        /// Why it is thrown away.
        reason: String,
    },
}

impl Kind {
    /// The word that declares this kind in a catalogue.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Flag => "flag",
            Self::Choice(_) | Self::Choices(_) => "choice",
            Self::Number { .. } => "number",
            Self::Version { .. } => "version",
            Self::Name { .. } => "name",
            Self::Code { .. } => "code",
            Self::Id => "id",
            Self::Drop { .. } => "drop",
        }
    }

    /// Whether a value outside the members turns the event away, instead of becoming `other`.
    pub(crate) fn is_strict(&self) -> bool {
        matches!(self, Self::Code { list: None, .. })
    }

    /// The list file that names the members, if one does.
    #[must_use]
    pub fn list(&self) -> Option<&str> {
        match self {
            Self::Name { list, .. } => Some(list),
            Self::Code { list, .. } => list.as_deref(),
            _ => None,
        }
    }

    /// The closed list of texts this kind may take, empty for kinds without one.
    #[must_use]
    pub fn members(&self) -> &[String] {
        match self {
            Self::Choice(members)
            | Self::Choices(members)
            | Self::Name { members, .. }
            | Self::Code { members, .. } => members,
            _ => &[],
        }
    }
}

/// A chart of the dashboard, and so the reason why its events are collected.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// Its name in URLs.
    pub name: String,
    /// Its title for people.
    pub title: String,
    /// The measure, as in a question: `events`, `reports`, `machines`, `share` or `p50:EVENT.FIELD`; or `funnel`.
    pub measure: String,
    /// The events it draws, for a funnel its steps in their order; empty means it is about origins only.
    pub events: Vec<String>,
    /// The dimensions, as in a question.
    pub by: Vec<String>,
    /// Whether the tool's users see it too.
    pub public: bool,
}

impl Chart {
    /// Whether it shows how many machines took one step after another.
    #[must_use]
    pub fn is_funnel(&self) -> bool {
        self.measure == "funnel"
    }
}
