//! One sealed columnar file: columns of `u32` codes to Parquet bytes and back. The only file that knows Parquet.
//!
//! Every column is a required INT32 in one row group, zstd level 3, no statistics. How a column is encoded is not
//! configured but tried: each way is measured on a sample of its rows, the smallest wins. See docs/formats/segments.md.
//! What the columns mean, and where the bytes lie, is not known here.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Compression, Encoding, Repetition, Type as PhysicalType, ZstdLevel};
use parquet::column::reader::get_typed_column_reader;
use parquet::data_type::Int32Type;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnPath, Type};

/// zstd level: 9 saves 2 % more and takes four times as long.
const ZSTD_LEVEL: i32 = 3;
/// Bytes of one page before compression: a page is compressed by itself, so large ones compress better.
const PAGE_BYTES: usize = 4 << 20;
/// Rows on which the encodings are tried.
const SAMPLE_ROWS: usize = 16_384;
/// Rows that one file may claim, so that a hostile footer cannot ask for all memory.
const ROWS_MAX: usize = 1 << 28;

/// Why a file cannot be written or read, as a sentence without the file's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SegmentError(String);

impl fmt::Display for SegmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SegmentError {}

impl From<ParquetError> for SegmentError {
    fn from(error: ParquetError) -> Self {
        Self(format!("not a readable segment: {error}"))
    }
}

/// Writes columns of equal length under their names, with facts about the file as key-value metadata.
///
/// The same input gives the same bytes.
pub(crate) fn write(
    names: &[&str],
    columns: &[impl AsRef<[u32]>],
    facts: &[(&str, String)],
) -> Result<Vec<u8>, SegmentError> {
    let slices: Vec<&[u32]> = columns.iter().map(AsRef::as_ref).collect();
    let ways = slices.iter().map(|column| smallest_way(column)).collect::<Result<Vec<_>, _>>()?;
    Ok(encode(names, &slices, &ways, facts)?)
}

/// Reads the named columns, in the order of the names; `None` for a column that the file does not have.
///
/// # Errors
/// A file that is not Parquet, is torn, or has other kinds of columns. Never a panic: the Parquet reader is fenced in,
/// because its decoders were written for friendly files.
pub(crate) fn read(bytes: Bytes, names: &[&str]) -> Result<Vec<Option<Vec<u32>>>, SegmentError> {
    let fenced = catch_unwind(AssertUnwindSafe(|| decode(bytes, names)));
    fenced.unwrap_or_else(|_| Err(SegmentError("not a readable segment: its pages contradict its footer".into())))
}

/// A way to encode one column: with a dictionary, or by an encoding without one.
type Way = Option<Encoding>;

const WAYS: [Way; 3] = [None, Some(Encoding::DELTA_BINARY_PACKED), Some(Encoding::BYTE_STREAM_SPLIT)];

/// The way that makes a sample from the middle of the column smallest.
fn smallest_way(column: &[u32]) -> Result<Way, ParquetError> {
    let start = column.len().saturating_sub(SAMPLE_ROWS) / 2;
    let sample = &column[start..column.len().min(start + SAMPLE_ROWS)];
    let mut best = (usize::MAX, None);
    for way in WAYS {
        let bytes = encode(&["sample"], &[sample], &[way], &[])?.len();
        if bytes < best.0 {
            best = (bytes, way);
        }
    }
    Ok(best.1)
}

fn encode(names: &[&str], columns: &[&[u32]], ways: &[Way], facts: &[(&str, String)]) -> Result<Vec<u8>, ParquetError> {
    let properties = Arc::new(properties(names, ways, facts)?);
    let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema(names)?), properties)?;
    let mut group = writer.next_row_group()?;
    for column in columns {
        let signed: Vec<i32> = column.iter().map(|code| code.cast_signed()).collect();
        let mut column_writer = group.next_column()?.ok_or_else(|| too_few_columns(names.len()))?;
        column_writer.typed::<Int32Type>().write_batch(&signed, None, None)?;
        column_writer.close()?;
    }
    group.close()?;
    writer.into_inner()
}

fn too_few_columns(names: usize) -> ParquetError {
    ParquetError::General(format!("there are more columns than the {names} names"))
}

fn schema(names: &[&str]) -> Result<Type, ParquetError> {
    let column = |name: &&str| {
        let column = Type::primitive_type_builder(name, PhysicalType::INT32).with_repetition(Repetition::REQUIRED);
        column.build().map(Arc::new)
    };
    let columns = names.iter().map(column).collect::<Result<_, _>>()?;
    Type::group_type_builder("rows").with_fields(columns).build()
}

fn properties(names: &[&str], ways: &[Way], facts: &[(&str, String)]) -> Result<WriterProperties, ParquetError> {
    let facts = facts.iter().map(|(key, value)| KeyValue::new((*key).to_owned(), value.clone())).collect();
    let mut properties = WriterProperties::builder()
        .set_created_by("aboveboard".into())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?))
        .set_statistics_enabled(EnabledStatistics::None)
        .set_offset_index_disabled(true)
        .set_data_page_row_count_limit(usize::MAX)
        .set_data_page_size_limit(PAGE_BYTES)
        .set_key_value_metadata(Some(facts));
    for (name, way) in names.iter().zip(ways) {
        let path = ColumnPath::from(vec![(*name).to_owned()]);
        properties = match way {
            None => properties.set_column_dictionary_enabled(path, true),
            Some(encoding) => {
                properties.set_column_dictionary_enabled(path.clone(), false).set_column_encoding(path, *encoding)
            }
        };
    }
    Ok(properties.build())
}

fn decode(bytes: Bytes, names: &[&str]) -> Result<Vec<Option<Vec<u32>>>, SegmentError> {
    let file = SerializedFileReader::new(bytes)?;
    if file.num_row_groups() != 1 {
        return Err(SegmentError(format!("a segment has one row group, this one has {}", file.num_row_groups())));
    }
    let group = file.get_row_group(0)?;
    let schema = file.metadata().file_metadata().schema_descr_ptr();
    let position = |name: &&str| schema.columns().iter().position(|column| column.name() == *name);
    names.iter().map(|name| position(name).map(|position| read_column(&*group, position)).transpose()).collect()
}

fn read_column(group: &dyn RowGroupReader, position: usize) -> Result<Vec<u32>, SegmentError> {
    let described = group.metadata().column(position).column_descr();
    if described.physical_type() != PhysicalType::INT32 || described.max_def_level() + described.max_rep_level() > 0 {
        return Err(SegmentError(format!("the segment's column `{}` is not a required INT32", described.name())));
    }
    let rows = usize::try_from(group.metadata().num_rows()).unwrap_or(usize::MAX);
    if rows > ROWS_MAX {
        return Err(SegmentError(format!("a segment holds at most {ROWS_MAX} rows, this one claims {rows}")));
    }
    let mut values: Vec<i32> = Vec::new();
    let mut reader = get_typed_column_reader::<Int32Type>(group.get_column_reader(position)?);
    reader.read_records(rows, None, None, &mut values)?;
    if values.len() != rows {
        return Err(SegmentError(format!("a column has {} of {rows} rows", values.len())));
    }
    Ok(values.into_iter().map(i32::cast_unsigned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample() -> Vec<u8> {
        let columns = vec![(0..5000).collect(), (0..5000).map(|row| row % 7).collect(), vec![u32::MAX; 5000]];
        write(&["id", "day", "set"], &columns, &[("tool", "acme".into())]).expect("writes")
    }

    #[test]
    fn the_same_rows_give_the_same_bytes() {
        assert_eq!(sample(), sample());
    }

    #[test]
    fn only_wanted_columns_are_read_in_the_wanted_order() {
        let columns = read(sample().into(), &["set", "month", "id"]).expect("reads");
        assert_eq!(columns, [Some(vec![u32::MAX; 5000]), None, Some((0..5000).collect())]);
    }

    #[test]
    fn a_torn_file_is_an_error() {
        let whole = sample();
        for kept in [0, 3, 4, 100, whole.len() / 2, whole.len() - 9, whole.len() - 1] {
            assert!(read(Bytes::copy_from_slice(&whole[..kept]), &["id"]).is_err(), "{kept} bytes");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(columns in columns()) {
            let names = ["a", "b", "c"];
            let bytes = write(&names, &columns, &[]).expect("writes");
            let read: Option<Vec<_>> = read(bytes.into(), &names).expect("reads").into_iter().collect();
            prop_assert_eq!(read, Some(columns));
        }

        /// A flipped byte may go unseen here (the manifest's checksum sees it), but it must not bring us down.
        #[test]
        fn a_damaged_file_never_panics(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let mut bytes = sample();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            if let Ok(columns) = read(bytes.into(), &["id", "day", "set"]) {
                let mut lengths = columns.iter().flatten().map(Vec::len);
                let first = lengths.next();
                prop_assert!(lengths.all(|length| Some(length) == first));
            }
        }
    }

    fn columns() -> impl Strategy<Value = Vec<Vec<u32>>> {
        let value = prop_oneof![0..4u32, any::<u32>(), Just(u32::MAX)];
        (0..300usize).prop_flat_map(move |rows| prop::collection::vec(prop::collection::vec(value.clone(), rows), 3))
    }
}
