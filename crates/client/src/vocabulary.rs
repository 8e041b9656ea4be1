//! The catalogue of a tool as generated code holds it: constants, so that nothing is read or built at start.
//!
//! `aboveboard catalog generate --rust` writes one of these and the records that go with it.

mod lasting;

use aboveboard_catalog::{Buckets, Catalog, Day, Dialect, EventSpec, Field, Identity, Kind, Mode, Sensitivity, Tool};

/// What one tool may say, and on which terms.
#[derive(Debug)]
pub struct Vocabulary {
    /// The tool's name.
    pub name: &'static str,
    /// The tool's name for people.
    pub title: &'static str,
    /// Who is responsible for the data.
    pub controller: &'static str,
    /// Where a person can ask about the data.
    pub contact: &'static str,
    /// Where batches are sent.
    pub endpoint: &'static str,
    /// What a fresh installation does.
    pub mode: Mode,
    /// Whether an installation can be recognised again.
    pub identity: Identity,
    /// Days after which every event is deleted.
    pub retention_days: u32,
    /// Further links for people: (label, URL).
    pub links: &'static [(&'static str, &'static str)],
    /// A short hash of the catalogue.
    pub hash: &'static str,
    /// The declared facts about where an event happened.
    pub origin: &'static [FieldWord],
    /// The declared events.
    pub events: &'static [EventWord],
    /// The tool's error codes, and the events that are about them.
    pub errors: Option<ErrorsWord>,
}

/// The error codes of a tool, by the names that its catalogue gives to what is about them.
#[derive(Debug)]
pub struct ErrorsWord {
    /// The codes that have pages, sorted.
    pub codes: &'static [&'static str],
    /// The event that an error was shown.
    pub shown: Option<&'static str>,
    /// The event that says what came next.
    pub followed: Option<&'static str>,
    /// The event of a vote.
    pub vote: Option<&'static str>,
    /// Where the pages are published; a code is appended.
    pub docs: Option<&'static str>,
}

/// A declared event.
#[derive(Debug)]
pub struct EventWord {
    /// Its name.
    pub name: &'static str,
    /// The question it answers.
    pub question: &'static str,
    /// Who answers for it.
    pub owner: &'static str,
    /// Where its collection was reviewed.
    pub review: &'static str,
    /// The day from which it is collected.
    pub since: Day,
    /// The day from which it is not collected any more.
    pub expires: Option<Day>,
    /// How much it says about a person's work.
    pub sensitivity: Sensitivity,
    /// Its fields.
    pub fields: &'static [FieldWord],
}

/// A declared field.
#[derive(Debug)]
pub struct FieldWord {
    /// Its name.
    pub name: &'static str,
    /// Its key on the wire, where that differs.
    pub wire: Option<&'static str>,
    /// What it says, for people.
    pub about: &'static str,
    /// What it may say.
    pub kind: KindWord,
}

/// What a field may say.
#[derive(Debug)]
pub enum KindWord {
    /// True or false.
    Flag,
    /// One of the members.
    Choice(&'static [&'static str]),
    /// Any of the members.
    Choices(&'static [&'static str]),
    /// A number, sent as the bucket it falls into.
    Number {
        /// The unit.
        unit: &'static str,
        /// The bucket scheme.
        buckets: BucketsWord,
    },
    /// A version.
    Version,
    /// One of the names of a public list.
    Name(&'static [&'static str]),
    /// One of a list of error codes.
    Code(&'static [&'static str]),
    /// One of the tool's own error codes, each of which has a page; anything else turns the event away.
    ErrorCode(&'static [&'static str]),
    /// An identifier, made by the client where the identity policy allows one.
    Id,
}

/// A bucket scheme.
#[derive(Debug)]
pub enum BucketsWord {
    /// Bucket `i` begins at edge `i`.
    Edges(&'static [f64]),
    /// Buckets of equal relative width.
    Log {
        /// The largest relative error.
        relative_error: f64,
        /// The smallest number told apart from zero.
        min: f64,
        /// The number from which on all are alike.
        max: f64,
    },
}

impl Vocabulary {
    /// The catalogue as the judge takes it. Built when something is sealed or shown, never on the way of an event.
    #[must_use]
    pub fn catalog(&self) -> Catalog {
        let tool = Tool {
            name: self.name.to_owned(),
            title: self.title.to_owned(),
            controller: self.controller.to_owned(),
            contact: self.contact.to_owned(),
            endpoint: self.endpoint.to_owned(),
            dialect: Dialect::Native,
            mode: self.mode,
            identity: self.identity,
            retention_days: self.retention_days,
            public_minimum: 0,
            links: self.links.iter().map(|(label, url)| ((*label).to_owned(), (*url).to_owned())).collect(),
        };
        let events = self.events.iter().map(EventWord::spec).collect();
        Catalog::new(tool, self.origin.iter().map(FieldWord::field).collect(), events, Vec::new())
    }

    /// The highest sensitivity among the events: what a notice has to tell about.
    #[must_use]
    pub fn sensitivity(&self) -> Sensitivity {
        self.events.iter().map(|event| event.sensitivity).max().unwrap_or(Sensitivity::Technical)
    }

    /// Whether this is a declared fact about where an event happened.
    pub(crate) fn declares(&self, fact: &str) -> bool {
        self.origin.iter().any(|field| field.name == fact)
    }

    /// Where people read all of it: the link `docs`, else the first, else the endpoint.
    #[must_use]
    pub fn page(&self) -> &'static str {
        let docs = self.links.iter().find(|(label, _)| *label == "docs").or(self.links.first());
        docs.map_or(self.endpoint, |(_, url)| url)
    }
}

impl EventWord {
    fn spec(&self) -> EventSpec {
        EventSpec {
            name: self.name.to_owned(),
            question: self.question.to_owned(),
            owner: self.owner.to_owned(),
            review: self.review.to_owned(),
            since: self.since,
            expires: self.expires,
            sensitivity: self.sensitivity,
            refused: None,
            fields: self.fields.iter().map(FieldWord::field).collect(),
        }
    }
}

impl FieldWord {
    fn field(&self) -> Field {
        Field {
            name: self.name.to_owned(),
            wire: self.wire.map(str::to_owned),
            about: self.about.to_owned(),
            kind: self.kind.kind(),
            refuse: Vec::new(),
        }
    }

    /// Whether it takes error codes.
    pub(crate) fn is_code(&self) -> bool {
        matches!(self.kind, KindWord::Code(_) | KindWord::ErrorCode(_))
    }

    /// Its key on the wire.
    #[must_use]
    pub fn key(&self) -> &'static str {
        self.wire.unwrap_or(self.name)
    }
}

impl KindWord {
    fn kind(&self) -> Kind {
        let owned = |members: &[&str]| members.iter().map(|&member| member.to_owned()).collect();
        let list = String::new();
        match self {
            Self::Flag => Kind::Flag,
            Self::Choice(members) => Kind::Choice(owned(members)),
            Self::Choices(members) => Kind::Choices(owned(members)),
            Self::Number { unit, buckets } => Kind::Number { unit: (*unit).to_owned(), buckets: buckets.buckets() },
            Self::Version => Kind::Version { distinct_max: 0 },
            Self::Name(members) => Kind::Name { list, members: owned(members) },
            Self::Code(members) => Kind::Code { list: Some(list), members: owned(members) },
            Self::ErrorCode(members) => Kind::Code { list: None, members: owned(members) },
            Self::Id => Kind::Id,
        }
    }

    /// The closed list of texts, empty for kinds without one.
    #[must_use]
    pub fn members(&self) -> &'static [&'static str] {
        match self {
            Self::Choice(members)
            | Self::Choices(members)
            | Self::Name(members)
            | Self::Code(members)
            | Self::ErrorCode(members) => members,
            _ => &[],
        }
    }
}

impl BucketsWord {
    fn buckets(&self) -> Buckets {
        match self {
            Self::Edges(edges) => Buckets::Edges(edges.to_vec()),
            Self::Log { relative_error, min, max } => {
                Buckets::Log { relative_error: *relative_error, min: *min, max: *max }
            }
        }
    }
}
