//! What was checked and may be kept: origins, events and values. Only [`crate::check`] constructs them.
//!
//! ```compile_fail
//! // An event that nobody checked cannot be written down.
//! let event = aboveboard_catalog::Event { position: 0, n: 1, values: vec![], notes: Default::default() };
//! ```

use std::fmt;

use crate::spec::Refusal;
use crate::version::Version;

/// The code of a field that was not given.
pub const ABSENT: u32 = 0;
/// The code of a value outside the declared ones.
pub const OTHER: u32 = 1;
/// The code of the first member, of `false`, and of the first bucket; the others follow.
pub const FIRST_CODE: u32 = 2;

/// One value, as small as its vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// A flag, a single member or a bucket: [`OTHER`], or [`FIRST_CODE`] plus its position.
    Code(u32),
    /// A set of members: bit 0 is `other`, bit `i + 1` is member `i`.
    Set(u32),
    /// A version.
    Version(Version),
    /// A keyed hash of an identifier.
    Id(IdHash),
}

/// A keyed hash of an identifier; the identifier itself does not go beyond the door.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IdHash(pub u128);

impl fmt::Debug for IdHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdHash(..)")
    }
}

/// A value with the position of its field in the catalogue.
pub type Placed = (u16, Value);

/// A checked origin: declared facts only, each field at most once, in no order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Origin {
    pub(crate) values: Vec<Placed>,
    pub(crate) notes: Notes,
    pub(crate) refusal: Option<Refusal>,
}

/// A checked event: declared, current, and nothing in it that its catalogue does not know.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub(crate) position: u16,
    pub(crate) n: u32,
    pub(crate) values: Vec<Placed>,
    pub(crate) notes: Notes,
}

/// What checking had to leave out or make coarse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// Values that became `other`.
    pub folded: u32,
    /// Fields that were not declared, or were of a type their declaration does not allow.
    pub dropped: u32,
}

impl Origin {
    /// Its values.
    #[must_use]
    pub fn values(&self) -> &[Placed] {
        &self.values
    }

    /// What checking left out, once for each batch.
    #[must_use]
    pub fn notes(&self) -> Notes {
        self.notes
    }

    /// Why every event from here is turned away, if it is.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        self.refusal.as_ref()
    }
}

impl Event {
    /// Its position in [`crate::Catalog::events`].
    #[must_use]
    pub fn position(&self) -> usize {
        usize::from(self.position)
    }

    /// How often it happened, at least once.
    #[must_use]
    pub fn n(&self) -> u32 {
        self.n
    }

    /// Its values.
    #[must_use]
    pub fn values(&self) -> &[Placed] {
        &self.values
    }

    /// What checking left out.
    #[must_use]
    pub fn notes(&self) -> Notes {
        self.notes
    }
}

/// Why an event was not kept. Each has a stable code for the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// Its name is not in the catalogue.
    EventUndeclared,
    /// Its declaration has expired.
    EventExpired,
    /// It has no name, or is not an object.
    EventMalformed,
    /// It names an error code that has no page.
    CodeUndeclared,
    /// It says it happened never, or more often than can be.
    CountOutOfRange,
    /// Its batch is older or newer than is accepted.
    DayOutOfRange,
    /// The catalogue turns it away, under a code of its own.
    Refused(Refusal),
}

impl Rejection {
    /// The codes of every rejection but a refusal; no catalogue may give them another meaning.
    pub const CODES: [&str; 6] = [
        "event_undeclared",
        "event_expired",
        "event_malformed",
        "code_undeclared",
        "count_out_of_range",
        "day_out_of_range",
    ];
    /// What the codes of votes that do not count begin with. Only the collector gives them, so no catalogue may either.
    pub const VOTES: &str = "vote_";

    /// The stable code in the ledger, in metrics and in receipts.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::EventUndeclared => "event_undeclared",
            Self::EventExpired => "event_expired",
            Self::EventMalformed => "event_malformed",
            Self::CodeUndeclared => "code_undeclared",
            Self::CountOutOfRange => "count_out_of_range",
            Self::DayOutOfRange => "day_out_of_range",
            Self::Refused(refusal) => &refusal.code,
        }
    }
}
