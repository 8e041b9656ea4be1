//! `GET /v1/export`: raw rows, for the few who may, and never without a line in the audit log.
//!
//! No address and no identifier is in a row: what was one is a number that counts up within one export. The line is on
//! disk before the first byte leaves. Rows are read on a thread of their own and wait for whoever takes them.

use std::io::{self, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio::sync::mpsc;

use aboveboard_catalog::Day;
use aboveboard_store::{Cell, ParquetRows, Raw, RawColumn, Snapshot};

use crate::app::Shared;
use crate::audit::Use;
use crate::clock;
use crate::config::Exporter;
use crate::csv::Page;
use crate::operator::shown_token;
use crate::problem::{Code, Problem};
use crate::query;

/// Days when nobody says which.
const RECENT_DAYS: i32 = 30;
/// Bytes that are sent at once.
const CHUNK_BYTES: usize = 64 * 1024;
/// Chunks that wait for whoever takes them.
const CHUNKS_WAITING_MAX: usize = 4;

/// The parameters.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Parameters {
    tool: String,
    table: String,
    from: Option<String>,
    to: Option<String>,
    #[serde(default)]
    format: Format,
}

/// How rows are written.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    #[default]
    Csv,
    Json,
    Parquet,
}

/// What is to be read.
#[derive(Clone)]
struct Order {
    snapshot: Snapshot,
    tool: usize,
    table: String,
    days: (Day, Day),
    today: Day,
    format: Format,
}

/// Sends what is written to it, in chunks.
struct Pipe {
    chunks: mpsc::Sender<Bytes>,
    bytes: Vec<u8>,
}

/// Chunks as the body of an answer.
struct Chunks(mpsc::Receiver<Bytes>);

/// Raw rows.
pub(crate) async fn export(
    State(app): State<Shared>,
    headers: HeaderMap,
    query: Result<Query<Parameters>, QueryRejection>,
) -> Result<Response, Problem> {
    let exporter = known(&app.config.exporters, &headers)?;
    let Query(parameters) = query.map_err(|_| {
        let detail = "the parameters are `tool`, `table`, `from`, `to` and `format` (`csv`, `json` or `parquet`)";
        Problem::new(Code::QuestionWrong, detail)
    })?;
    let order = Order::new(&app, parameters)?;
    let counted = order.clone();
    let rows = app.desk.work(move || counted.count()).await?;
    write_down(&app, exporter, &order, rows).await?;
    Ok(order.answer())
}

/// Who shows the token of somebody who may.
fn known<'e>(exporters: &'e [Exporter], headers: &HeaderMap) -> Result<&'e Exporter, Problem> {
    let detail = match exporters {
        [] => "nobody may take raw rows out of this collector; `--export-token-file` names those who may",
        _ => "this needs an export token, not the operator's",
    };
    let shown = shown_token(headers);
    let found = exporters.iter().find(|exporter| shown.is_some_and(|text| exporter.token.is(text)));
    found.ok_or_else(|| Problem::new(Code::ExportOnly, detail))
}

async fn write_down(app: &Shared, exporter: &Exporter, order: &Order, rows: u64) -> Result<(), Problem> {
    let used = Use {
        at: clock::now().to_string(),
        who: exporter.name.clone(),
        tool: app.catalogs[order.tool].tool.name.clone(),
        table: order.table.clone(),
        from: order.days.0.to_string(),
        to: order.days.1.to_string(),
        format: order.format.name().to_owned(),
        rows,
    };
    let app = Arc::clone(app);
    let written = tokio::task::spawn_blocking(move || app.audit.add(&used)).await;
    if let Ok(Err(error)) = &written {
        tracing::error!(%error, "an export could not be written down, and was refused");
    }
    let failed = Problem::new(Code::StoreFailed, "the export could not be written down, so it did not happen");
    if matches!(written, Ok(Ok(()))) { Ok(()) } else { Err(failed) }
}

impl Order {
    fn new(app: &Shared, parameters: Parameters) -> Result<Self, Problem> {
        let today = clock::now().day();
        let day = |name: &'static str, text: Option<String>, absent: Day| match text {
            None => Ok(absent),
            Some(text) => Day::parse(&text).ok_or_else(|| {
                let detail = format!("`{name}` must be a day, as `2026-11-22`");
                Problem::new(Code::QuestionWrong, detail).of_parameter(name)
            }),
        };
        let to = day("to", parameters.to, today)?;
        let from = day("from", parameters.from, to.plus(1 - RECENT_DAYS))?;
        Ok(Self {
            tool: app.tool(&parameters.tool)?,
            snapshot: app.store.snapshot(),
            table: parameters.table,
            days: (from, to),
            today,
            format: parameters.format,
        })
    }

    fn rows(&self) -> Result<Raw<'_>, Problem> {
        Raw::new(&self.snapshot, self.tool, &self.table, self.days, self.today)
            .map_err(|error| query::failed(error).of_parameter("table"))
    }

    fn count(&self) -> Result<u64, Problem> {
        self.rows()?.count().map_err(query::failed)
    }

    fn answer(self) -> Response {
        let (chunks, taken) = mpsc::channel(CHUNKS_WAITING_MAX);
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static(self.format.media_type())),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
            (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        ];
        tokio::task::spawn_blocking(move || {
            let mut pipe = Pipe { chunks, bytes: Vec::with_capacity(CHUNK_BYTES) };
            if self.write(&mut pipe).and_then(|()| pipe.flush()).is_err() {
                tracing::warn!("an export ended early");
            }
        });
        (headers, Body::new(Chunks(taken))).into_response()
    }

    fn write(&self, pipe: &mut Pipe) -> io::Result<()> {
        let rows = self.rows().map_err(|problem| io::Error::other(problem.detail))?;
        match self.format {
            Format::Csv => {
                pipe.write_all(line(rows.columns().iter().map(|column| column.name.clone())).as_bytes())?;
                each(&rows, |row| pipe.write_all(line(row.iter().map(spelt)).as_bytes()))
            }
            Format::Json => each(&rows, |row| {
                serde_json::to_writer(&mut *pipe, &object(rows.columns(), row))?;
                pipe.write_all(b"\n")
            }),
            Format::Parquet => {
                let mut file = ParquetRows::new(pipe, rows.columns()).map_err(io::Error::other)?;
                each(&rows, |row| file.push(row).map_err(io::Error::other))?;
                file.finish().map(drop).map_err(io::Error::other)
            }
        }
    }
}

/// Every row, until one cannot be written: then whoever asked went away.
fn each(rows: &Raw<'_>, mut write: impl FnMut(&[Cell]) -> io::Result<()>) -> io::Result<()> {
    let mut written = Ok(());
    let read = rows.each(|row| {
        written = write(row);
        written.is_ok()
    });
    read.map_err(io::Error::other).and(written)
}

fn line(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<String> = cells.collect();
    let mut page = Page::default();
    page.line(cells.iter().map(String::as_str));
    page.into_text()
}

fn spelt(cell: &Cell) -> String {
    match cell {
        Cell::Absent => String::new(),
        Cell::Text(text) => text.to_string(),
        Cell::Number(number) => number.to_string(),
        Cell::Count(count) => count.to_string(),
    }
}

/// A row as JSON; what was not said is left out.
fn object(columns: &[RawColumn], row: &[Cell]) -> serde_json::Map<String, serde_json::Value> {
    let said = columns.iter().zip(row).filter_map(|(column, cell)| {
        let value = match cell {
            Cell::Absent => return None,
            Cell::Text(text) => (&**text).into(),
            Cell::Number(number) => (*number).into(),
            Cell::Count(count) => (*count).into(),
        };
        Some((column.name.clone(), value))
    });
    said.collect()
}

impl Format {
    fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Parquet => "parquet",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Json => "application/x-ndjson",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        if self.bytes.len() >= CHUNK_BYTES {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.bytes.is_empty() {
            return Ok(());
        }
        let chunk = std::mem::replace(&mut self.bytes, Vec::with_capacity(CHUNK_BYTES));
        self.chunks.blocking_send(chunk.into()).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

impl http_body::Body for Chunks {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        self.0.poll_recv(context).map(|chunk| chunk.map(|chunk| Ok(http_body::Frame::data(chunk))))
    }
}
