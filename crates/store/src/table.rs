//! What the tables of one tool are: their columns, and what a code in a column means.
//!
//! Made at open from the registry in the manifest (the durable names) and the catalogue (what is said today). Read-only
//! from then on, so that every reader shares one.

use std::ops::Range;

/// The position of `day` in every table.
pub(crate) const DAY: usize = 0;
/// The position of `origin` in every table.
pub(crate) const ORIGIN: usize = 1;
/// The name of the table with one row for each batch and origin.
pub(crate) const PRESENCE: &str = "presence";
/// The position of the presence table among the tables of its tool.
pub(crate) const PRESENCE_TABLE: usize = 0;
/// Bits of a presence row's `first` column.
pub(crate) const FIRST_OF_DAY: u32 = 1;
/// The batch was its machine's first of the ISO week.
pub(crate) const FIRST_OF_WEEK: u32 = 2;
/// The batch was its machine's first of the month.
pub(crate) const FIRST_OF_MONTH: u32 = 4;

/// The tables and words of one tool.
#[derive(Debug, Default)]
pub(crate) struct Schema {
    /// The tool's name.
    pub tool: String,
    /// The tool's number in the registry, by which the log and the manifest call it.
    pub number: usize,
    /// Days after which its rows are deleted.
    pub retention_days: u32,
    /// The origin fields of which a tuple is made, in the order of the tuple: all but ids.
    pub origin: Vec<Column>,
    /// The origin fields that are ids, in the order of the id columns of every table.
    pub ids: Vec<Column>,
    /// Its tables; the first is [`PRESENCE`].
    pub tables: Vec<Table>,
    /// Member texts of the fields that have them: text `i` has the stored code `i + 2`, and in sets the bit `i + 1`.
    pub texts: Vec<Vec<String>>,
    /// The version fields, in the order of the lexicon's lists.
    pub versions: Vec<VersionField>,
    /// Where the registered origin fields are, by their number.
    pub origin_fields: Vec<(OriginPlace, ColumnKind)>,
    /// Where the origin fields of the catalogue are, by position; `None` for dropped ones.
    pub origin_places: Vec<Option<OriginPlace>>,
    /// Where the events of the catalogue are, by position.
    pub event_places: Vec<EventPlace>,
}

/// A field whose versions are in the lexicon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct VersionField {
    /// Its table; [`PRESENCE_TABLE`] stands for the origin.
    pub table: usize,
    /// Its number in the registry.
    pub field: usize,
    /// The most distinct values kept.
    pub distinct_max: u32,
}

/// Where an origin field is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OriginPlace {
    /// At this position of the tuple that an origin code stands for.
    Tuple(usize),
    /// In this id column, counted from the first one of a table.
    Id(usize),
}

/// Where an event and its fields are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EventPlace {
    /// The table, as a position in [`Schema::tables`].
    pub table: usize,
    /// The column of each field of the catalogue, by position; `None` for dropped ones.
    pub columns: Vec<Option<usize>>,
}

/// One table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    /// `presence`, or `event.` and the event's name.
    pub name: String,
    /// The event, as a position in the catalogue; `None` for presence and for events that are no longer declared.
    pub event: Option<usize>,
    /// The key columns. Events: day, origin, ids, fields. Presence: day, origin, ids, first, cohort.
    pub columns: Vec<Column>,
    /// The columns of the origin's ids.
    pub ids: Range<usize>,
}

/// One key column, or one part of an origin tuple.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    /// `day`, `origin`, `first`, `cohort`, `id_NAME` for ids of the origin, `field_NAME` for fields of the event.
    pub name: String,
    /// What its codes mean.
    pub kind: ColumnKind,
}

/// What the codes of a column mean. 0 is absent in all but the first two, and 1 is `other` from `Flag` on (not sets).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ColumnKind {
    /// Days since 1970-01-01.
    Day,
    /// An origin code of the lexicon.
    Origin,
    /// The bits `FIRST_OF_…`.
    First,
    /// The first day of the month in which the machine was first seen, 0 when not said.
    Cohort,
    /// An id code of the lexicon.
    Id,
    /// 2 is false, 3 is true.
    Flag,
    /// A member: [`Schema::texts`] at this position.
    Text(usize),
    /// A set of members, bit 0 is `other`: [`Schema::texts`] at this position.
    Set(usize),
    /// 2 plus the bucket.
    Number,
    /// A version code: the lexicon's versions at this position.
    Version(usize),
}

impl Table {
    /// The column of the event's first field; field number `i` of the registry is `i` columns further.
    pub(crate) fn first_field(&self) -> usize {
        self.ids.end
    }

    /// All columns that hold ids of persons' machines or projects: those of the origin and those of the event.
    pub(crate) fn id_columns(&self) -> impl Iterator<Item = usize> + '_ {
        self.columns
            .iter()
            .enumerate()
            .filter(|(_, column)| column.kind == ColumnKind::Id)
            .map(|(position, _)| position)
    }

    /// The column of this name.
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}

impl Schema {
    /// The table of this name.
    pub(crate) fn table(&self, name: &str) -> Option<usize> {
        self.tables.iter().position(|table| table.name == name)
    }

    /// The part of the origin tuple of this name (`version`, `os`, …).
    pub(crate) fn origin_part(&self, name: &str) -> Option<usize> {
        self.origin.iter().position(|column| column.name == name)
    }

    /// The id column `machine`, counted from the first id column of a table: the one that counts machines.
    pub(crate) fn machine(&self) -> Option<usize> {
        self.ids.iter().position(|column| column.name == "id_machine")
    }
}
