//! Reading the body of a log frame: its head, its marks, and where the rest begins. The inverse is `encode.rs`.

use aboveboard_catalog::{Day, Shape};

use crate::batch::Mark;
use crate::encode::{BATCH, COHORT_GIVEN, FORGET, TALLY, VERSION_GIVEN, VERSION_OTHER};
use crate::pack::{Malformed, Reader};
use crate::table::ColumnKind;

/// One frame, its head read.
pub(crate) enum Frame<'a> {
    Batch(BatchFrame<'a>),
    Tally { tool: u16, received_at: i64, repeated: u64 },
    Forget { tool: u16, id: u128 },
}

/// The head of a batch, and a reader for what follows its marks.
pub(crate) struct BatchFrame<'a> {
    pub tool: u16,
    /// How many entries from the first on are repeats.
    pub skip: u32,
    pub received_at: i64,
    pub remember_until: i64,
    pub day: Day,
    /// The bits of [`crate::table::FIRST_OF_DAY`] and its siblings.
    pub first: u32,
    pub cohort: Option<Day>,
    pub marks: Vec<Mark>,
    /// Origins, then entries, then what of these is undeclared.
    pub rest: Reader<'a>,
}

/// The value of a field, as the log spells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stored {
    Code(u32),
    Version(u128),
    Id(u128),
}

impl<'a> Frame<'a> {
    pub(crate) fn read(body: &'a [u8]) -> Result<Self, Malformed> {
        let mut reader = Reader::new(body);
        match reader.byte()? {
            BATCH => BatchFrame::read(reader).map(Self::Batch),
            TALLY => {
                let tool = u16::from_le_bytes(reader.array()?);
                let received_at = i64::from_le_bytes(reader.array()?);
                let repeated = reader.varint()?;
                reader.end().map(|()| Self::Tally { tool, received_at, repeated })
            }
            FORGET => {
                let tool = u16::from_le_bytes(reader.array()?);
                let id = u128::from_le_bytes(reader.array()?);
                reader.end().map(|()| Self::Forget { tool, id })
            }
            _ => Err(Malformed("it is of no known kind")),
        }
    }
}

impl<'a> BatchFrame<'a> {
    fn read(mut reader: Reader<'a>) -> Result<Self, Malformed> {
        let tool = u16::from_le_bytes(reader.array()?);
        let skip = u32::from_le_bytes(reader.array()?);
        let received_at = i64::from_le_bytes(reader.array()?);
        let remember_until = i64::from_le_bytes(reader.array()?);
        let day = Day(i32::from_le_bytes(reader.array()?));
        let flags = reader.byte()?;
        let cohort = Day(i32::from_le_bytes(reader.array()?));
        let cohort = (flags & COHORT_GIVEN != 0).then_some(cohort);
        let marks = reader.list(read_mark)?;
        let first = u32::from(flags & (COHORT_GIVEN - 1));
        Ok(Self { tool, skip, received_at, remember_until, day, first, cohort, marks, rest: reader })
    }
}

fn read_mark(reader: &mut Reader<'_>) -> Result<Mark, Malformed> {
    Ok(Mark { key: u128::from_le_bytes(reader.array()?), covers: reader.code()? })
}

/// Reads a value of a field of this kind.
#[inline]
pub(crate) fn read_value(reader: &mut Reader<'_>, kind: ColumnKind) -> Result<Stored, Malformed> {
    match kind {
        ColumnKind::Id => Ok(Stored::Id(u128::from_le_bytes(reader.array()?))),
        ColumnKind::Version(_) => match reader.byte()? {
            VERSION_OTHER => Ok(Stored::Code(u32::from(VERSION_OTHER))),
            VERSION_GIVEN => Ok(Stored::Version(u128::from_le_bytes(reader.array()?))),
            _ => Err(Malformed("a version is neither given nor `other`")),
        },
        _ => reader.code().map(Stored::Code),
    }
}

pub(crate) fn read_shape(reader: &mut Reader<'_>) -> Result<Shape, Malformed> {
    let event = reader.text()?.to_owned();
    let fields = reader.list(|reader| Ok((reader.text()?.to_owned(), reader.text()?.to_owned())))?;
    Ok(Shape { event, fields })
}
