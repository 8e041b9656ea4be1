//! Rows in words as Parquet, for programs of others. Row group by row group, so that no more than one is in memory.
//!
//! Unlike segments (`segment.rs`), whose columns are codes, these columns are texts and numbers.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as PhysicalType, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;

use crate::raw::{Cell, RawColumn, RawKind};

/// Rows of one row group.
const GROUP_ROWS: usize = 65_536;

/// A Parquet file being written.
pub struct ParquetRows<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    columns: Vec<Waiting>,
    rows: usize,
}

/// Cells of one column that wait for their row group: those that were said, and for each row whether one was.
struct Waiting {
    values: Values,
    said: Vec<i16>,
}

enum Values {
    Texts(Vec<ByteArray>),
    Numbers(Vec<f64>),
    Counts(Vec<i64>),
}

impl<W: Write + Send> ParquetRows<W> {
    /// Begins a file with these columns.
    ///
    /// # Errors
    /// What the place says that it is written to.
    pub fn new(place: W, columns: &[RawColumn]) -> Result<Self, String> {
        let level = ZstdLevel::try_new(3).map_err(sentence)?;
        let properties = WriterProperties::builder().set_compression(Compression::ZSTD(level));
        let properties = properties.set_created_by("aboveboard".into()).build();
        let schema = schema(columns).map_err(sentence)?;
        let writer = SerializedFileWriter::new(place, Arc::new(schema), Arc::new(properties)).map_err(sentence)?;
        Ok(Self { writer, columns: columns.iter().map(Waiting::new).collect(), rows: 0 })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// What the place says that it is written to.
    pub fn push(&mut self, row: &[Cell]) -> Result<(), String> {
        self.columns.iter_mut().zip(row).for_each(|(column, cell)| column.push(cell));
        self.rows += 1;
        if self.rows == GROUP_ROWS { self.write_group().map_err(sentence) } else { Ok(()) }
    }

    /// Ends the file.
    ///
    /// # Errors
    /// What the place says that it is written to.
    pub fn finish(mut self) -> Result<W, String> {
        if self.rows > 0 {
            self.write_group().map_err(sentence)?;
        }
        self.writer.into_inner().map_err(sentence)
    }

    fn write_group(&mut self) -> Result<(), ParquetError> {
        let mut group = self.writer.next_row_group()?;
        for column in &mut self.columns {
            let writer = group.next_column()?;
            column.write(writer.ok_or_else(|| ParquetError::General("there are too few columns".into()))?)?;
        }
        group.close()?;
        self.rows = 0;
        Ok(())
    }
}

impl Waiting {
    fn new(column: &RawColumn) -> Self {
        let values = match column.kind {
            RawKind::Text => Values::Texts(Vec::new()),
            RawKind::Number => Values::Numbers(Vec::new()),
            RawKind::Count => Values::Counts(Vec::new()),
        };
        Self { values, said: Vec::new() }
    }

    /// A cell of another kind than its column would be nothing said.
    fn push(&mut self, cell: &Cell) {
        let said = match (&mut self.values, cell) {
            (Values::Texts(texts), Cell::Text(text)) => {
                texts.push(ByteArray::from(&**text));
                1
            }
            (Values::Numbers(numbers), Cell::Number(number)) => {
                numbers.push(*number);
                1
            }
            (Values::Counts(counts), Cell::Count(count)) => {
                counts.push(i64::try_from(*count).unwrap_or(i64::MAX));
                1
            }
            _ => 0,
        };
        self.said.push(said);
    }

    fn write(&mut self, mut writer: SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        let said = Some(&self.said[..]);
        match &self.values {
            Values::Texts(texts) => writer.typed::<ByteArrayType>().write_batch(texts, said, None)?,
            Values::Numbers(numbers) => writer.typed::<DoubleType>().write_batch(numbers, said, None)?,
            Values::Counts(counts) => writer.typed::<Int64Type>().write_batch(counts, said, None)?,
        };
        self.values.clear();
        self.said.clear();
        writer.close()
    }
}

impl Values {
    fn clear(&mut self) {
        match self {
            Self::Texts(texts) => texts.clear(),
            Self::Numbers(numbers) => numbers.clear(),
            Self::Counts(counts) => counts.clear(),
        }
    }
}

fn schema(columns: &[RawColumn]) -> Result<Type, ParquetError> {
    let column = |column: &RawColumn| {
        let (kind, logical) = match column.kind {
            RawKind::Text => (PhysicalType::BYTE_ARRAY, Some(LogicalType::String)),
            RawKind::Number => (PhysicalType::DOUBLE, None),
            RawKind::Count => (PhysicalType::INT64, None),
        };
        let built = Type::primitive_type_builder(&column.name, kind).with_logical_type(logical);
        built.with_repetition(Repetition::OPTIONAL).build().map(Arc::new)
    };
    let columns = columns.iter().map(column).collect::<Result<_, _>>()?;
    Type::group_type_builder("rows").with_fields(columns).build()
}

fn sentence(error: ParquetError) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use parquet::file::reader::{FileReader, SerializedFileReader};

    use super::*;

    #[test]
    fn rows_read_back_as_they_were_with_what_was_not_said() {
        let column = |name: &str, kind| RawColumn { name: name.into(), kind };
        let columns =
            [column("os", RawKind::Text), column("build.duration", RawKind::Number), column("n", RawKind::Count)];
        let mut file = ParquetRows::new(Vec::new(), &columns).expect("memory");
        for n in 0..70_000 {
            let os = if n == 1 { Cell::Absent } else { Cell::Text("linux".into()) };
            file.push(&[os, Cell::Number(0.5), Cell::Count(n)]).expect("memory");
        }
        let file = SerializedFileReader::new(Bytes::from(file.finish().expect("memory"))).expect("Parquet");
        assert_eq!(file.num_row_groups(), 2);
        let rows: Vec<String> =
            file.get_row_iter(None).expect("rows").map(|row| row.expect("a row").to_string()).collect();
        assert_eq!(rows.len(), 70_000);
        assert_eq!(rows[0], "{os: \"linux\", build.duration: 0.5, n: 0}");
        assert_eq!(rows[1], "{os: null, build.duration: 0.5, n: 1}");
        assert_eq!(rows[69_999], "{os: \"linux\", build.duration: 0.5, n: 69999}");
    }
}
