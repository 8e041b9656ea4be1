//! The state that frames are applied to, by the writer as by the replay: rows not sealed yet, words, figures.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use aboveboard_catalog::{ABSENT, Day, FIRST_CODE, Shape};
use foldhash::fast::RandomState;

use crate::batch::{Committed, Erasure, Totals};
use crate::encode::REJECTED;
use crate::frame::{BatchFrame, Frame, Stored, read_shape, read_value};
use crate::intern::Interner;
use crate::lexicon::ToolLexicon;
use crate::limits::{OPEN_ROWS_COPIED_MAX, OPEN_ROWS_MAX, ORIGINS_MAX, SHAPES_MAX};
use crate::pack::{Malformed, Reader};
use crate::rows::Rows;
use crate::table::{ColumnKind, DAY, ORIGIN, OriginPlace, PRESENCE_TABLE, Schema};

/// What became of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Applied {
    /// A batch, with its figures.
    Batch(Committed),
    /// An id to be forgotten, and its code when it was known.
    Forgotten(Option<u32>),
}

/// The state of every tool.
#[derive(Debug)]
pub(crate) struct Live {
    pub schemas: Arc<[Schema]>,
    /// By the tool's position in the schemas.
    pub tools: Vec<LiveTool>,
    /// Positions by number in the registry.
    positions: Vec<usize>,
    /// The number that the next segments get.
    pub next_number: u64,
    /// When the oldest batch that is not frozen arrived.
    pub oldest_received_at: Option<i64>,
    scratch: Scratch,
}

/// The state of one tool.
#[derive(Debug, Default)]
pub(crate) struct LiveTool {
    pub lexicon: ToolLexicon,
    interner: Interner,
    pub tables: Vec<LiveTable>,
    /// By the day of arrival.
    pub totals: BTreeMap<Day, Totals>,
    /// What undeclared events and fields looked like, and how often they came.
    pub shapes: HashMap<Shape, u64, RandomState>,
    /// See [`crate::snapshot::Snapshot::forgotten`].
    pub forgotten: Arc<BTreeMap<u32, u64>>,
}

/// Rows of one table: parts that are full, and one that grows.
#[derive(Clone, Debug, Default)]
pub(crate) struct LiveTable {
    full: Vec<Arc<Rows>>,
    open: Arc<Rows>,
}

/// Room that is used again for every batch.
#[derive(Debug, Default)]
struct Scratch {
    key: Vec<u32>,
    tuple: Vec<u32>,
    ids: Vec<u32>,
}

/// An origin of the batch at hand that was interned because an entry needed it.
#[derive(Clone, Copy, Debug)]
struct KnownOrigin {
    code: u32,
    /// Where its ids begin in [`Scratch::ids`].
    ids: usize,
}

/// What is known of the tool before the first frame.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    pub lexicon: ToolLexicon,
    pub totals: BTreeMap<Day, Totals>,
    pub shapes: BTreeMap<Shape, u64>,
    pub forgotten: BTreeMap<u32, u64>,
}

impl Live {
    pub(crate) fn new(schemas: Arc<[Schema]>, kept: Vec<Kept>, next_number: u64) -> Self {
        let mut positions = vec![0; schemas.len()];
        schemas.iter().enumerate().for_each(|(position, schema)| positions[schema.number] = position);
        let tools = schemas.iter().zip(kept).map(|(schema, kept)| LiveTool::new(schema, kept)).collect();
        Self { schemas, tools, positions, next_number, oldest_received_at: None, scratch: Scratch::default() }
    }

    /// Applies a frame. What it changes depends on nothing but the state and the frame.
    ///
    /// # Errors
    /// The frame was not made for these schemas. The state may then hold a part of it, and must be thrown away.
    pub(crate) fn apply(&mut self, frame: Frame<'_>) -> Result<Applied, Malformed> {
        match frame {
            Frame::Batch(batch) => self.apply_batch(batch).map(Applied::Batch),
            Frame::Tally { tool, received_at, repeated } => {
                let position = self.position(tool)?;
                let totals = self.tools[position].totals_of(received_at);
                totals.repeated = totals.repeated.saturating_add(repeated);
                self.received(received_at);
                Ok(Applied::Batch(Committed { repeated, ..Committed::default() }))
            }
            Frame::Forget { tool, id } => {
                let position = self.position(tool)?;
                let known = self.tools[position].forget(id, self.next_number);
                Ok(Applied::Forgotten(known))
            }
        }
    }

    fn apply_batch(&mut self, batch: BatchFrame<'_>) -> Result<Committed, Malformed> {
        let position = self.position(batch.tool)?;
        self.received(batch.received_at);
        let schema = &self.schemas[position];
        let mut applying = Applying::new(schema, &mut self.tools[position], &mut self.scratch, &batch);
        applying.read(batch.rest.clone(), batch.skip)?;
        let figures = applying.figures;
        let totals = self.tools[position].totals_of(batch.received_at);
        totals.add(figures);
        Ok(figures.committed)
    }

    fn position(&self, number: u16) -> Result<usize, Malformed> {
        self.positions.get(usize::from(number)).copied().ok_or(Malformed("its tool is not registered"))
    }

    fn received(&mut self, at: i64) {
        self.oldest_received_at = Some(self.oldest_received_at.map_or(at, |oldest| oldest.min(at)));
    }
}

/// The figures of one batch that are not counted by code.
#[derive(Clone, Copy, Debug, Default)]
struct Figures {
    committed: Committed,
    folded: u64,
    dropped: u64,
}

impl Totals {
    fn add(&mut self, figures: Figures) {
        self.kept = self.kept.saturating_add(figures.committed.kept);
        self.repeated = self.repeated.saturating_add(figures.committed.repeated);
        self.folded = self.folded.saturating_add(figures.folded);
        self.dropped = self.dropped.saturating_add(figures.dropped);
    }
}

impl LiveTool {
    fn new(schema: &Schema, kept: Kept) -> Self {
        Self {
            interner: Interner::new(schema, &kept.lexicon),
            lexicon: kept.lexicon,
            tables: schema.tables.iter().map(|table| LiveTable::new(table.columns.len())).collect(),
            totals: kept.totals,
            shapes: kept.shapes.into_iter().collect(),
            forgotten: Arc::new(kept.forgotten),
        }
    }

    fn totals_of(&mut self, received_at: i64) -> &mut Totals {
        self.totals.entry(Day::of_unix_seconds(received_at)).or_default()
    }

    fn forget(&mut self, id: u128, next_number: u64) -> Option<u32> {
        let code = self.interner.forget(&mut self.lexicon, id);
        if let Some(code) = code {
            Arc::make_mut(&mut self.forgotten).insert(code, next_number);
        }
        code
    }

    /// The code of an id that is known.
    pub(crate) fn code_of(&self, id: u128) -> Option<u32> {
        self.interner.code_of(id)
    }

    /// The code of an origin from which something was kept.
    pub(crate) fn origin_of(&self, schema: &Schema, values: &[(usize, Stored)]) -> Option<u32> {
        let mut tuple = vec![ABSENT; schema.origin.len()];
        for (number, value) in values {
            let (place, kind) = schema.origin_fields[*number];
            let OriginPlace::Tuple(part) = place else { continue };
            tuple[part] = match (*value, kind) {
                (Stored::Code(code), _) => code,
                (Stored::Version(bits), ColumnKind::Version(field)) => {
                    self.interner.known_version(field, bits, schema.versions[field].distinct_max)?
                }
                _ => ABSENT,
            };
        }
        self.interner.known_origin(&tuple, ORIGINS_MAX)
    }

    /// How far the deletion of what was kept under an id is.
    pub(crate) fn erasure(&self, code: u32) -> Erasure {
        let blank =
            code.checked_sub(FIRST_CODE).and_then(|position| self.lexicon.ids.get(position as usize)) == Some(0);
        match (blank, self.forgotten.contains_key(&code)) {
            (false, _) => Erasure::Unknown,
            (true, true) => Erasure::Hidden,
            (true, false) => Erasure::Erased,
        }
    }

    /// How many ids were forgotten since the first day.
    pub(crate) fn forgotten_count(&self) -> usize {
        self.lexicon.ids.len() - self.interner.id_count()
    }

    fn reject(&mut self, received_at: i64, code: &str, n: u64) {
        let rejected = &mut self.totals_of(received_at).rejected;
        match rejected.get_mut(code) {
            Some(count) => *count = count.saturating_add(n),
            None => drop(rejected.insert(code.to_owned(), n)),
        }
    }

    fn count_shape(&mut self, shape: Shape, n: u64) {
        let room = self.shapes.len() < SHAPES_MAX || self.shapes.contains_key(&shape);
        let shape = if room { shape } else { Shape { event: "?".into(), fields: Vec::new() } };
        let count = self.shapes.entry(shape).or_default();
        *count = count.saturating_add(n);
    }
}

impl LiveTable {
    fn new(key_columns: usize) -> Self {
        Self { full: Vec::new(), open: Arc::new(Rows::new(key_columns)) }
    }

    #[inline]
    fn push(&mut self, key: &[u32], n: u32) {
        Arc::make_mut(&mut self.open).push(key, n, 1);
        if self.open.len() >= OPEN_ROWS_MAX {
            self.close_open();
        }
    }

    fn close_open(&mut self) {
        let empty = Arc::new(Rows::new(self.open.key_columns()));
        self.full.push(std::mem::replace(&mut self.open, empty));
    }

    /// All its rows, to be read elsewhere while this goes on growing.
    pub(crate) fn share(&mut self) -> Vec<Arc<Rows>> {
        if self.open.len() > OPEN_ROWS_COPIED_MAX {
            self.close_open();
        }
        let open = (!self.open.is_empty()).then(|| Arc::clone(&self.open));
        self.full.iter().cloned().chain(open).collect()
    }

    /// Takes all its rows out.
    pub(crate) fn take(&mut self) -> Vec<Arc<Rows>> {
        if !self.open.is_empty() {
            self.close_open();
        }
        std::mem::take(&mut self.full)
    }
}

/// One batch being applied.
struct Applying<'a, 'f> {
    schema: &'a Schema,
    tool: &'a mut LiveTool,
    scratch: &'a mut Scratch,
    batch: &'a BatchFrame<'f>,
    /// For each origin of the batch where it is, and whether it was needed.
    origins: Vec<(Reader<'f>, Option<KnownOrigin>)>,
    figures: Figures,
    /// Only one row of a batch says that it was the first of a period.
    first: u32,
}

impl<'a, 'f> Applying<'a, 'f> {
    fn new(schema: &'a Schema, tool: &'a mut LiveTool, scratch: &'a mut Scratch, batch: &'a BatchFrame<'f>) -> Self {
        scratch.ids.clear();
        Self { schema, tool, scratch, batch, origins: Vec::new(), figures: Figures::default(), first: batch.first }
    }

    fn read(&mut self, mut reader: Reader<'f>, skip: u32) -> Result<(), Malformed> {
        for _ in 0..reader.count()? {
            self.origins.push((reader.clone(), None));
            self.pass_origin(&mut reader)?;
        }
        let entries = reader.count()?;
        for entry in 0..entries {
            self.entry(&mut reader, entry < skip as usize)?;
        }
        // A batch without entries still says that its machine was there.
        for origin in 0..if entries == 0 { self.origins.len() } else { 0 } {
            self.origin(origin)?;
        }
        if reader.left() > 0 {
            self.undeclared(&mut reader, skip)?;
        }
        reader.end()
    }

    /// A shape for each undeclared field of an event that is kept: not for each set of them, which would be many.
    fn undeclared(&mut self, reader: &mut Reader<'f>, skip: u32) -> Result<(), Malformed> {
        for _ in 0..reader.count()? {
            let (entry, n) = (reader.varint()?, reader.varint()?);
            let Shape { event, fields } = read_shape(reader)?;
            for field in fields.into_iter().filter(|_| entry >= u64::from(skip)) {
                self.tool.count_shape(Shape { event: event.clone(), fields: vec![field] }, n);
            }
        }
        Ok(())
    }

    fn entry(&mut self, reader: &mut Reader<'f>, repeated: bool) -> Result<(), Malformed> {
        match reader.varint()? {
            REJECTED => self.rejected(reader, repeated),
            table => self.kept(reader, table, repeated),
        }
    }

    fn rejected(&mut self, reader: &mut Reader<'f>, repeated: bool) -> Result<(), Malformed> {
        let code = reader.text()?;
        let n = reader.varint()?;
        let shapes = reader.list(read_shape)?;
        if repeated {
            self.figures.committed.repeated = self.figures.committed.repeated.saturating_add(n);
            return Ok(());
        }
        self.figures.committed.rejected = self.figures.committed.rejected.saturating_add(n);
        self.tool.reject(self.batch.received_at, code, n);
        shapes.into_iter().for_each(|shape| self.tool.count_shape(shape, n));
        Ok(())
    }

    fn kept(&mut self, reader: &mut Reader<'f>, table: u64, repeated: bool) -> Result<(), Malformed> {
        let table = usize::try_from(table).ok().filter(|table| *table < self.schema.tables.len());
        let table = table.ok_or(Malformed("its event is not registered"))?;
        let origin = reader.varint()? as usize;
        let n = reader.code()?;
        let (folded, dropped) = (reader.code()?, reader.code()?);
        if repeated {
            self.figures.committed.repeated = self.figures.committed.repeated.saturating_add(u64::from(n));
            return self.pass_fields(reader, table);
        }
        let origin = self.origin(origin)?;
        self.figures.committed.kept = self.figures.committed.kept.saturating_add(u64::from(n));
        self.note(folded, dropped);
        self.fill_key(reader, table, origin)?;
        self.tool.tables[table].push(&self.scratch.key, n);
        Ok(())
    }

    fn note(&mut self, folded: u32, dropped: u32) {
        self.figures.folded += u64::from(folded);
        self.figures.dropped += u64::from(dropped);
    }

    /// Reads an event's fields into the key of its row.
    fn fill_key(&mut self, reader: &mut Reader<'f>, table: usize, origin: KnownOrigin) -> Result<(), Malformed> {
        let declared = &self.schema.tables[table];
        self.begin_key(origin, declared.columns.len());
        for _ in 0..reader.count()? {
            let column = (reader.varint()? as usize).saturating_add(declared.first_field());
            let kind = declared.columns.get(column).ok_or(Malformed("a field is not registered"))?.kind;
            let value = read_value(reader, kind)?;
            self.scratch.key[column] = self.code(value, kind);
        }
        Ok(())
    }

    /// Day, origin and ids, then nothing said.
    fn begin_key(&mut self, origin: KnownOrigin, columns: usize) {
        let key = &mut self.scratch.key;
        key.clear();
        key.resize(columns, ABSENT);
        key[DAY] = self.batch.day.0.max(0) as u32;
        key[ORIGIN] = origin.code;
        let ids = self.schema.ids.len();
        key[ORIGIN + 1..][..ids].copy_from_slice(&self.scratch.ids[origin.ids..][..ids]);
    }

    #[inline]
    fn code(&mut self, value: Stored, kind: ColumnKind) -> u32 {
        match (value, kind) {
            (Stored::Code(code), _) => code,
            (Stored::Id(id), _) => self.tool.interner.id(&mut self.tool.lexicon, id),
            (Stored::Version(bits), ColumnKind::Version(field)) => {
                let max = self.schema.versions[field].distinct_max;
                let interned = self.tool.interner.version(&mut self.tool.lexicon, field, bits, max);
                self.note(u32::from(interned.folded), 0);
                interned.code
            }
            (Stored::Version(_), _) => ABSENT,
        }
    }

    fn pass_fields(&self, reader: &mut Reader<'f>, table: usize) -> Result<(), Malformed> {
        let declared = &self.schema.tables[table];
        for _ in 0..reader.count()? {
            let column = (reader.varint()? as usize).saturating_add(declared.first_field());
            let kind = declared.columns.get(column).ok_or(Malformed("a field is not registered"))?.kind;
            read_value(reader, kind)?;
        }
        Ok(())
    }

    fn pass_origin(&self, reader: &mut Reader<'f>) -> Result<(), Malformed> {
        reader.code()?;
        reader.code()?;
        for _ in 0..reader.count()? {
            let (_, kind) = self.origin_field(reader)?;
            read_value(reader, kind)?;
        }
        Ok(())
    }

    fn origin_field(&self, reader: &mut Reader<'f>) -> Result<(OriginPlace, ColumnKind), Malformed> {
        let number = reader.varint()? as usize;
        self.schema.origin_fields.get(number).copied().ok_or(Malformed("a field of an origin is not registered"))
    }

    /// The origin at a position of the batch, interned and noted as present when it is first needed.
    fn origin(&mut self, position: usize) -> Result<KnownOrigin, Malformed> {
        let origin = self.origins.get(position).ok_or(Malformed("an origin is not in the batch"))?;
        if let (_, Some(known)) = origin {
            return Ok(*known);
        }
        let known = self.intern_origin(origin.0.clone())?;
        self.origins[position].1 = Some(known);
        self.note_presence(known);
        Ok(known)
    }

    fn intern_origin(&mut self, mut reader: Reader<'f>) -> Result<KnownOrigin, Malformed> {
        let ids = self.scratch.ids.len();
        self.scratch.ids.resize(ids + self.schema.ids.len(), ABSENT);
        self.scratch.tuple.clear();
        self.scratch.tuple.resize(self.schema.origin.len(), ABSENT);
        let (folded, dropped) = (reader.code()?, reader.code()?);
        self.note(folded, dropped);
        for _ in 0..reader.count()? {
            let (place, kind) = self.origin_field(&mut reader)?;
            let value = read_value(&mut reader, kind)?;
            let code = self.code(value, kind);
            match place {
                OriginPlace::Tuple(part) => self.scratch.tuple[part] = code,
                OriginPlace::Id(id) => self.scratch.ids[ids + id] = code,
            }
        }
        let interned = self.tool.interner.origin(&mut self.tool.lexicon, &self.scratch.tuple, ORIGINS_MAX);
        self.note(u32::from(interned.folded), 0);
        Ok(KnownOrigin { code: interned.code, ids })
    }

    fn note_presence(&mut self, origin: KnownOrigin) {
        let columns = self.schema.tables[PRESENCE_TABLE].columns.len();
        self.begin_key(origin, columns);
        let first = std::mem::take(&mut self.first);
        let cohort = self.batch.cohort.map_or(0, |day| day.0.max(0) as u32);
        self.scratch.key[columns - 2..].copy_from_slice(&[first, cohort]);
        self.tool.tables[PRESENCE_TABLE].push(&self.scratch.key, 1);
    }
}
