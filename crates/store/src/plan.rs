//! From a question to how it is answered: which slots there are, which source is narrowest, how each table is read.
//!
//! The slot of a row is `((bucket × a + first dimension) × b + second dimension) × c + measured bucket`.

use std::cell::OnceCell;
use std::sync::Arc;

use aboveboard_catalog::limits::BATCH_AHEAD_DAYS_MAX;
use aboveboard_catalog::{Bucket, Catalog, Day, Dimension, FIRST_CODE, Filter, Identity, Measure, Question};

use crate::lexicon::ToolLexicon;
use crate::reading::{Lens, Reading, SKIP, SetFilter, Spread};
use crate::retain;
use crate::rollup::{self, CUBE, CUBE_ORIGIN, VALUES, VALUES_ORIGIN};
use crate::scan::ScanError;
use crate::snapshot::Snapshot;
use crate::table::{
    ColumnKind, FIRST_OF_DAY, FIRST_OF_MONTH, FIRST_OF_WEEK, OriginPlace, PRESENCE, PRESENCE_TABLE, Schema, Table,
};
use crate::words::Words;

/// The tool that is asked about.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub catalog: &'a Catalog,
    pub schema: &'a Schema,
    pub lexicon: &'a ToolLexicon,
    /// The first day that is still kept.
    pub visible: Day,
    /// The last day that a batch can be about.
    pub latest: Day,
}

/// Where the answer can be read, narrowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The rollup by field: this field's number.
    Values(u32),
    /// The rollup by event.
    Cube,
    /// The table of batches.
    Presence,
    /// The tables of events.
    Events,
}

/// What is added up for each slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counted {
    /// The count column that is summed, if any.
    pub sum: Option<&'static str>,
    /// Whether reports are summed as support.
    pub reports: bool,
    /// Whether machines are counted.
    pub machines: bool,
}

/// How a question is answered.
pub(crate) struct Plan<'a> {
    pub asked: Asked<'a>,
    pub source: Source,
    pub counted: Counted,
    /// The dimensions that rows are looked at by, each once.
    axes: Vec<Axis<'a>>,
    /// The events that can count, as positions in the catalogue.
    events: Vec<usize>,
    days: Lens,
    /// The bit of a presence row that counts, when machines are counted by it.
    first: Option<u32>,
    origins: OnceCell<Origins>,
    pub slots: Slots<'a>,
}

/// What a slot means.
pub(crate) struct Slots<'a> {
    /// How many there are.
    pub count: u64,
    /// The first day of each span of time; none for one answer over all days.
    pub buckets: Vec<Option<Day>>,
    /// The dimensions of the answer.
    pub by: Vec<Words<'a>>,
    /// Slots of one group: codes of the measured number field, else 1.
    pub inner: u64,
}

/// One dimension: what it contributes to slots, and what of it counts.
struct Axis<'a> {
    dimension: Dimension,
    kind: AxisKind,
    words: Words<'a>,
    filters: Vec<&'a Filter>,
    /// Strides of the places that it has in the slot.
    strides: Vec<u64>,
    /// Whether only rows with a bucket count, because the bucket is measured.
    measured: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum AxisKind {
    Event,
    /// A part of the origin tuple.
    Origin {
        part: usize,
        set: bool,
    },
    /// A column of an event's table.
    Field {
        table: usize,
        column: usize,
        set: bool,
    },
}

impl<'a> Asked<'a> {
    pub(crate) fn new(snapshot: &'a Snapshot, tool: usize, today: Day) -> Result<Self, ScanError> {
        let unknown = || ScanError::unanswerable(format!("there is no tool number {tool}"));
        let catalog = snapshot.catalogs.get(tool).ok_or_else(unknown)?;
        let schema = &snapshot.schemas[tool];
        let visible = retain::first_visible(schema, today).max(Day(0));
        Ok(Self {
            catalog,
            schema,
            lexicon: &snapshot.lexicon.tools[tool],
            visible,
            latest: today.plus(BATCH_AHEAD_DAYS_MAX),
        })
    }

    /// Whether machines are told apart by an id that stays the same.
    pub(crate) fn machine_column(&self) -> Option<&'a str> {
        self.schema.machine().map(|machine| self.schema.ids[machine].name.as_str())
    }

    /// Whether cohorts can be followed by ids: those that change with the month cannot be.
    pub(crate) fn ids_last(&self) -> bool {
        self.schema.machine().is_some() && self.catalog.tool.identity != Identity::Month
    }

    /// The spans of time from `from` to `to` that are kept, and the lens that puts days into them, `stride` apart.
    pub(crate) fn days(&self, from: Day, to: Day, bucket: Option<Bucket>, stride: u64) -> (Vec<Option<Day>>, Lens) {
        let (from, to) = (from.max(self.visible), to.min(self.latest));
        let mut buckets: Vec<Option<Day>> = Vec::new();
        let mut table = Vec::new();
        for day in (from.0..=to.0).map(Day) {
            let start = bucket.map(|bucket| day.start_of(bucket));
            if buckets.last() != Some(&start) {
                buckets.push(start);
            }
            table.push((buckets.len() as u64 - 1) * stride);
        }
        (buckets, Lens { first: from.0.cast_unsigned(), table: table.into() })
    }
}

impl<'a> Plan<'a> {
    pub(crate) fn new(asked: Asked<'a>, question: &'a Question, with_support: bool) -> Result<Self, ScanError> {
        let counted = counted(&asked, question.measure, with_support);
        let by = question.by.iter().map(|of| Axis::of(&asked, *of)).collect::<Result<Vec<_>, _>>()?;
        let by: Vec<Words<'_>> = by.into_iter().map(|axis| axis.words).collect();
        let axes = axes(&asked, question, &by)?;
        let first = first_bit(&asked, question)?;
        let (from, to) = widened(question, first.is_some());
        let inner = inner(&asked, question.measure)?;
        let group_stride = by.iter().map(|words| u64::from(words.count())).product::<u64>() * inner;
        let (buckets, days) = asked.days(from, to, question.bucket, group_stride);
        let count = group_stride * buckets.len() as u64;
        let events = events(&asked, question, &axes);
        let source = source(&asked, question.measure, &axes, counted);
        Ok(Self {
            asked,
            source,
            counted,
            axes,
            events,
            days,
            first,
            origins: OnceCell::new(),
            slots: Slots { count, buckets, by, inner },
        })
    }

    /// Where the same answer can be read when rows of forgotten ids must be left out.
    pub(crate) fn source_with_ids(&self) -> Source {
        if self.source == Source::Presence { Source::Presence } else { Source::Events }
    }

    /// The days that count: the first and the last.
    pub(crate) fn days(&self) -> std::ops::Range<u32> {
        self.days.first..self.days.first + self.days.table.len() as u32
    }

    /// The tables of a source: name, and position for those that can be live.
    pub(crate) fn tables(&self, source: Source) -> Vec<(&'a str, Option<usize>)> {
        let schema = self.asked.schema;
        match source {
            Source::Values(_) => vec![(VALUES, None)],
            Source::Cube => vec![(CUBE, None)],
            Source::Presence => vec![(PRESENCE, Some(PRESENCE_TABLE))],
            Source::Events => {
                let table = |event: &usize| schema.event_places[*event].table;
                self.events.iter().map(table).map(|table| (schema.tables[table].name.as_str(), Some(table))).collect()
            }
        }
    }

    /// How one table of a source is read; `None` when nothing of it counts. `table` is its position, unless a rollup.
    pub(crate) fn reading(&self, source: Source, table: Option<usize>) -> Option<Reading> {
        let event = table.and_then(|table| self.asked.schema.tables[table].event);
        let mut reading = Reading::new(self.start(source, event)?);
        if let Source::Values(field) = source {
            reading.look("field", Lens { first: field, table: [0].into() });
            reading.only = Some((0, field));
        }
        reading.look("day", self.days.clone());
        if let Some(bit) = self.first {
            reading.look("first", first_lens(bit));
        }
        match source {
            Source::Values(_) | Source::Cube => self.look_at_rollup(&mut reading, source),
            Source::Presence | Source::Events => self.look_at_table(&mut reading),
        }
        Some(reading)
    }

    /// What the event contributes where a table is about one event.
    fn start(&self, source: Source, event: Option<usize>) -> Option<u64> {
        let event = match source {
            Source::Values(_) => *self.events.first()?,
            Source::Events => event?,
            Source::Cube | Source::Presence => return Some(0),
        };
        let axis = self.axes.iter().find(|axis| axis.kind == AxisKind::Event);
        let start = axis.map_or(0, |axis| axis.table()[event]);
        (start != SKIP).then_some(start)
    }

    fn look_at_rollup(&self, reading: &mut Reading, source: Source) {
        for axis in &self.axes {
            match axis.kind {
                AxisKind::Event => {}
                AxisKind::Origin { part, set } => axis.look(reading, &self.asked.schema.origin[part].name, set),
                AxisKind::Field { set, .. } => axis.look(reading, "code", set),
            }
        }
        if source == Source::Cube {
            reading.look("event", self.cube_events());
        }
    }

    /// Events of the cube are numbered by table. Those that are not declared any more do not count.
    fn cube_events(&self) -> Lens {
        let axis = self.axes.iter().find(|axis| axis.kind == AxisKind::Event).map(Axis::table);
        let mut table = vec![SKIP; self.asked.schema.tables.len()];
        for event in &self.events {
            let place = self.asked.schema.event_places[*event].table;
            table[place] = axis.as_ref().map_or(0, |table| table[*event]);
        }
        Lens::new(table)
    }

    fn look_at_table(&self, reading: &mut Reading) {
        let origins = self.origins.get_or_init(|| self.origins());
        if let Some(lens) = &origins.lens {
            reading.look("origin", lens.clone());
        }
        for spread in &origins.spreads {
            let position = reading.column("origin");
            reading.spreads.push((position, spread.clone()));
        }
        for axis in &self.axes {
            if let AxisKind::Field { table, column, set } = axis.kind {
                axis.look(reading, &self.asked.schema.tables[table].columns[column].name, set);
            }
        }
    }

    /// Filters and dimensions of the origin, worked out once for each origin and not for each row.
    fn origins(&self) -> Origins {
        let mut table = None;
        let mut spreads = Vec::new();
        for axis in &self.axes {
            let AxisKind::Origin { part, set } = axis.kind else { continue };
            let codes = self.asked.lexicon.origin_column(part);
            axis.add_by_origin(table.get_or_insert_with(|| vec![0; codes.len()]), &codes, set);
            if set {
                let by_origin: Arc<[u32]> = codes.into();
                let spread = |stride: &u64| Spread { by_origin: Some(by_origin.clone()), stride: *stride };
                spreads.extend(axis.strides.iter().map(spread));
            }
        }
        Origins { lens: table.map(Lens::new), spreads }
    }
}

/// What the origin of a row contributes.
struct Origins {
    lens: Option<Lens>,
    spreads: Vec<Spread>,
}

impl<'a> Axis<'a> {
    fn of(asked: &Asked<'a>, dimension: Dimension) -> Result<Self, ScanError> {
        let not_kept = || ScanError::unanswerable("a dimension is of a kind that is not kept as answers".into());
        let (kind, words) = match dimension.whole() {
            Dimension::Event => (AxisKind::Event, Some(Words::Events(&asked.catalog.events))),
            Dimension::Origin(field) => {
                let Some(OriginPlace::Tuple(part)) = asked.schema.origin_places[field] else { return Err(not_kept()) };
                let kind = asked.schema.origin[part].kind;
                let words = Words::of(&asked.catalog.origin[field], kind, asked.schema, asked.lexicon);
                (AxisKind::Origin { part, set: matches!(kind, ColumnKind::Set(_)) }, words)
            }
            Dimension::Field { event, field } => {
                let place = &asked.schema.event_places[event];
                let column = place.columns[field].ok_or_else(not_kept)?;
                let kind = asked.schema.tables[place.table].columns[column].kind;
                let words = Words::of(&asked.catalog.events[event].fields[field], kind, asked.schema, asked.lexicon);
                (AxisKind::Field { table: place.table, column, set: matches!(kind, ColumnKind::Set(_)) }, words)
            }
            Dimension::OriginVersions(..) | Dimension::FieldVersions { .. } => return Err(not_kept()),
        };
        let words = match dimension.grain() {
            Some(grain) => words.and_then(|words| words.grouped(grain)),
            None => words,
        };
        let words = words.ok_or_else(not_kept)?;
        Ok(Self { dimension, kind, words, filters: Vec::new(), strides: Vec::new(), measured: false })
    }

    /// The contribution of each stored code.
    fn table(&self) -> Vec<u64> {
        let stride: u64 = self.strides.iter().sum();
        let codes = self.words.codes();
        let mut table: Vec<u64> = codes.iter().map(|code| u64::from(*code) * stride).collect();
        if self.measured {
            table[..FIRST_CODE as usize].fill(SKIP);
        }
        for filter in &self.filters {
            let wanted = self.words.wanted(filter);
            let unwanted = table.iter_mut().zip(&codes).filter(|(_, code)| !wanted[**code as usize]);
            unwanted.for_each(|(place, _)| *place = SKIP);
        }
        table
    }

    /// Reads this axis from a column of its own.
    fn look(&self, reading: &mut Reading, column: &str, set: bool) {
        if !set {
            return reading.look(column, Lens::new(self.table()));
        }
        let position = reading.column(column);
        reading.set_filters.extend(self.set_filters().map(|filter| (position, filter)));
        let spread = |stride: &u64| (position, Spread { by_origin: None, stride: *stride });
        reading.spreads.extend(self.strides.iter().map(spread));
    }

    /// Adds what this axis contributes to the table of origins.
    fn add_by_origin(&self, sum: &mut [u64], codes: &[u32], set: bool) {
        if set {
            let filters: Vec<SetFilter> = self.set_filters().collect();
            let passes = |set: u32| filters.iter().all(|filter| filter.passes(set));
            sum.iter_mut().zip(codes).filter(|(_, set)| !passes(**set)).for_each(|(place, _)| *place = SKIP);
        } else {
            let table = self.table();
            for (place, code) in sum.iter_mut().zip(codes) {
                *place = place.saturating_add(table[*code as usize]);
            }
        }
    }

    fn set_filters(&self) -> impl Iterator<Item = SetFilter> + '_ {
        self.filters.iter().map(|filter| {
            let codes: Vec<u32> = filter.values.iter().filter_map(|text| self.words.code(text)).collect();
            let any = codes.iter().filter(|code| **code > 0).fold(0, |any, code| any | 1 << (code - 1));
            SetFilter { any, empty: codes.contains(&0), not: filter.not }
        })
    }
}

/// The axes of a question, each dimension once, with its places in the slot.
fn axes<'a>(asked: &Asked<'a>, question: &'a Question, by: &[Words<'_>]) -> Result<Vec<Axis<'a>>, ScanError> {
    let mut axes: Vec<Axis<'a>> = Vec::new();
    let mut stride = inner(asked, question.measure)?;
    if let Measure::Percentile { event, field, .. } = question.measure {
        let axis = axis(&mut axes, asked, Dimension::Field { event, field })?;
        axis.strides.push(1);
        axis.measured = true;
    }
    for (dimension, words) in question.by.iter().zip(by).rev() {
        axis(&mut axes, asked, *dimension)?.strides.push(stride);
        stride *= u64::from(words.count());
    }
    for filter in &question.filters {
        axis(&mut axes, asked, filter.dimension)?.filters.push(filter);
    }
    Ok(axes)
}

fn axis<'x, 'a>(axes: &'x mut Vec<Axis<'a>>, asked: &Asked<'a>, of: Dimension) -> Result<&'x mut Axis<'a>, ScanError> {
    let position = match axes.iter().position(|axis| axis.dimension == of) {
        Some(position) => position,
        None => {
            axes.push(Axis::of(asked, of)?);
            axes.len() - 1
        }
    };
    Ok(&mut axes[position])
}

/// Codes of the measured field: each group has a histogram of them.
fn inner(asked: &Asked<'_>, measure: Measure) -> Result<u64, ScanError> {
    match measure {
        Measure::Percentile { event, field, .. } => {
            Ok(u64::from(Axis::of(asked, Dimension::Field { event, field })?.words.count()))
        }
        _ => Ok(1),
    }
}

fn counted(asked: &Asked<'_>, measure: Measure, with_support: bool) -> Counted {
    let ids = asked.schema.machine().is_some();
    let support = Counted { sum: None, reports: with_support && !ids, machines: with_support && ids };
    match measure {
        Measure::Machines if ids => Counted { sum: None, reports: false, machines: true },
        Measure::Reports => Counted { sum: Some("reports"), ..support },
        _ => Counted { sum: Some("n"), ..support },
    }
}

/// The bit of a presence row that says a machine counts, where machines have no ids.
fn first_bit(asked: &Asked<'_>, question: &Question) -> Result<Option<u32>, ScanError> {
    if question.measure != Measure::Machines || asked.schema.machine().is_some() {
        return Ok(None);
    }
    let tool = &asked.catalog.tool.name;
    let mut dimensions = question.by.iter().copied().chain(question.filters.iter().map(|filter| filter.dimension));
    if dimensions.any(|dimension| !matches!(dimension.whole(), Dimension::Origin(_))) {
        return Err(ScanError::unanswerable(format!(
            "`{tool}` has no machine id, so its machines can only be split by origin; ask for `reports` instead"
        )));
    }
    match question.bucket {
        Some(Bucket::Day) => Ok(Some(FIRST_OF_DAY)),
        Some(Bucket::Week) => Ok(Some(FIRST_OF_WEEK)),
        Some(Bucket::Month) => Ok(Some(FIRST_OF_MONTH)),
        None => Err(ScanError::unanswerable(format!(
            "`{tool}` has no machine id, so its machines can only be counted by `day`, `week` or `month`"
        ))),
    }
}

/// Whole spans of time where machines count in the first batch of one.
fn widened(question: &Question, by_first: bool) -> (Day, Day) {
    match question.bucket {
        Some(bucket) if by_first => (question.from.start_of(bucket), question.to.start_of_next(bucket).plus(-1)),
        _ => (question.from, question.to),
    }
}

/// The events that can count: the one whose fields are looked at, else all that filters let through.
fn events(asked: &Asked<'_>, question: &Question, axes: &[Axis<'_>]) -> Vec<usize> {
    let filter = axes.iter().find(|axis| axis.kind == AxisKind::Event).map(Axis::table);
    let passes = |event: &usize| filter.as_ref().is_none_or(|table| table[*event] != SKIP);
    let one = question.event();
    (0..asked.catalog.events.len()).filter(|event| one.is_none_or(|one| one == *event)).filter(passes).collect()
}

/// The narrowest source that has every column of the question.
fn source(asked: &Asked<'_>, measure: Measure, axes: &[Axis<'_>], counted: Counted) -> Source {
    let mut fields: Vec<(usize, usize)> = axes
        .iter()
        .filter_map(|axis| match axis.kind {
            AxisKind::Field { table, column, .. } => Some((table, column)),
            _ => None,
        })
        .collect();
    // A field and its groups are one column.
    fields.dedup();
    let about_events = axes.iter().any(|axis| axis.kind == AxisKind::Event) || !fields.is_empty();
    let kept = |names: &[&str]| {
        axes.iter().all(|axis| match axis.kind {
            AxisKind::Origin { part, .. } => names.contains(&asked.schema.origin[part].name.as_str()),
            _ => true,
        })
    };
    match fields.as_slice() {
        _ if measure == Measure::Machines && !about_events => Source::Presence,
        _ if counted.machines => Source::Events,
        [] if kept(&CUBE_ORIGIN) => Source::Cube,
        [(table, column)] if kept(&VALUES_ORIGIN) => {
            Source::Values(rollup::field_number(*table, asked.schema, *column))
        }
        _ => Source::Events,
    }
}

/// Only batches that are their machine's first of this period count.
pub(crate) fn first_lens(bit: u32) -> Lens {
    let counts = |first: u32| if first & bit == 0 { SKIP } else { 0 };
    Lens::new((0..8).map(counts).collect())
}

/// Leaves out the rows of forgotten ids.
pub(crate) fn leave_out(reading: &mut Reading, table: &Table, forgotten: impl Iterator<Item = u32>, id_codes: usize) {
    let mut codes = vec![0; id_codes];
    for code in forgotten {
        if let Some(place) = codes.get_mut(code as usize) {
            *place = SKIP;
        }
    }
    let lens = Lens::new(codes);
    for column in table.id_columns() {
        reading.look(&table.columns[column].name, lens.clone());
    }
}
