//! What a person may ask about themselves: forget what I sent, and how far is that?
//!
//! Nobody has an account here. Who shows an identifier that nobody else can know may speak for it: the value of the
//! origin field `machine`, which clients make at random. Every other identifier is for the operator only, because
//! others may know it: a publishable key stands in web pages. Hashes depend on the field (see `keys.rs`), so nobody
//! reaches another field's data by sending its identifier as their own machine's.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use aboveboard_catalog::{Catalog, Day, IdHash, Kind};
use aboveboard_store::Erasure;

use crate::admit::{Admitted, Paced};
use crate::app::{App, Shared};
use crate::clock;
use crate::dialect::Unreadable;
use crate::keys::Key;
use crate::operate::json;
use crate::operator::is_operator;
use crate::problem::{Code, Problem};
use crate::query;
use crate::receipt::Receipt;
use crate::repeats;

/// The field whose values are secrets of their owners.
const OWN: &str = "machine";
/// Shorter identifiers could be guessed, so they prove nothing; 16 random letters and digits are 80 bits.
const PROOF_BYTES_MIN: usize = 16;

/// An identifier, in clear, as its owner knows it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Identified {
    tool: String,
    id: String,
}

/// An identifier or the id of a batch.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sought {
    tool: String,
    id: Option<String>,
    batch: Option<String>,
}

/// Whether anything was known under an identifier; and if so, the receipt.
#[derive(Serialize)]
struct Forgotten {
    forgotten: bool,
    receipt: Option<String>,
}

/// How far a deletion is.
#[derive(Serialize)]
struct Progress {
    receipt: String,
    state: &'static str,
}

/// What is kept under an identifier.
#[derive(Serialize)]
struct Kept {
    days: Vec<KeptDay>,
}

/// What one day holds of it.
#[derive(Default, Serialize)]
pub(crate) struct KeptDay {
    pub(crate) day: String,
    pub(crate) batches: u64,
    /// How often each event happened.
    pub(crate) events: BTreeMap<String, u64>,
}

/// Whether a batch is on disk.
#[derive(Serialize)]
struct Arrival {
    arrived: bool,
}

/// Forgets an identifier: its hash under every key that still counts.
pub(crate) async fn forget(
    _: Paced,
    headers: HeaderMap,
    State(app): State<Shared>,
    body: Admitted,
) -> Result<Response, Problem> {
    let Identified { tool, id } = read(&body, r#"{"tool":"NAME","id":"IDENTIFIER"}"#)?;
    let operator = is_operator(&headers, app.config.token.as_ref());
    let receipt = forget_now(&app, app.tool(&tool)?, &id, operator).await?;
    Ok(json(&Forgotten { forgotten: receipt.is_some(), receipt: receipt.map(|receipt| receipt.to_string()) }))
}

/// How far the deletion is that a receipt is for.
pub(crate) async fn forgotten(
    _: Paced,
    State(app): State<Shared>,
    Path(receipt): Path<String>,
) -> Result<Response, Problem> {
    let receipt = Receipt::parse(&receipt)
        .ok_or_else(|| Problem::new(Code::QuestionWrong, "a receipt has eight signs, such as `7F3K-Q2M9`"))?;
    let state = match progress(&app, receipt) {
        Erasure::Unknown => "unknown",
        Erasure::Hidden => "hidden",
        Erasure::Erased => "erased",
    };
    Ok(json(&Progress { receipt: receipt.to_string(), state }))
}

/// What is kept under an identifier, or whether a batch arrived.
pub(crate) async fn look_up(
    _: Paced,
    headers: HeaderMap,
    State(app): State<Shared>,
    body: Admitted,
) -> Result<Response, Problem> {
    const FORM: &str = r#"{"tool":"NAME","id":"IDENTIFIER"}` or `{"tool":"NAME","batch":"ID"}"#;
    let Sought { tool, id, batch } = read(&body, FORM)?;
    let tool = app.tool(&tool)?;
    let operator = is_operator(&headers, app.config.token.as_ref());
    match (id, batch) {
        (Some(id), None) => Ok(json(&Kept { days: kept(&app, tool, &id, operator).await? })),
        (None, Some(batch)) => Ok(json(&Arrival { arrived: has_arrived(&app, tool, &batch).await? })),
        _ => Err(Unreadable(format!("the body must be `{FORM}`").into()).into()),
    }
}

/// Forgets an identifier, and answers the receipt when anything was known under it.
pub(crate) async fn forget_now(
    app: &Shared,
    tool: usize,
    id: &str,
    operator: bool,
) -> Result<Option<Receipt>, Problem> {
    let hashes = spoken_for(app, tool, id, operator)?;
    let app = Arc::clone(app);
    // The store answers after a sync, which must not hold up a thread that serves others.
    let forgetting = tokio::task::spawn_blocking(move || forget_all(&app, tool, &hashes));
    forgetting.await.unwrap_or_else(|_| Err(Problem::new(Code::StoreFailed, "forgetting was interrupted")))
}

/// What is kept under an identifier, by day.
pub(crate) async fn kept(app: &Shared, tool: usize, id: &str, operator: bool) -> Result<Vec<KeptDay>, Problem> {
    let hashes = spoken_for(app, tool, id, operator)?;
    let (app, today) = (Arc::clone(app), clock::now().day());
    let counting = Arc::clone(&app);
    app.desk.work(move || kept_under_all(&counting, tool, &hashes, today)).await
}

/// Whether a native batch is on disk. Its id is random, so only its sender can ask.
pub(crate) async fn has_arrived(app: &Shared, tool: usize, batch: &str) -> Result<bool, Problem> {
    let is_id = batch.len() == 32 && batch.bytes().all(|digit| digit.is_ascii_hexdigit());
    let id = u128::from_str_radix(batch, 16).ok().filter(|_| is_id);
    let id = id.ok_or(Unreadable("the id of a batch is 32 hexadecimal digits".into()))?;
    let (app, now) = (Arc::clone(app), clock::now().unix_seconds());
    let key = repeats::key_of_id(&app.catalogs[tool].tool.name, id);
    // The answer comes from the thread that writes, which may be in the middle of a sync.
    let asking = tokio::task::spawn_blocking(move || app.store.has_arrived(tool, key, now));
    asking.await.map_err(|_| Problem::new(Code::AnswerFailed, "asking was interrupted"))
}

fn read<T: DeserializeOwned>(body: &Admitted, form: &str) -> Result<T, Unreadable> {
    serde_json::from_slice(body.bytes()).map_err(|_| Unreadable(format!("the body must be `{form}`").into()))
}

/// What an identifier may have become, as the value of which field, oldest key first; as far as whoever asks may speak
/// for it.
fn spoken_for(app: &App, tool: usize, id: &str, operator: bool) -> Result<Vec<(String, IdHash)>, Problem> {
    let catalog = &app.catalogs[tool];
    let fields = if operator { identifiers(catalog) } else { vec![own(catalog, id)?] };
    let hash = |key: &Key| fields.iter().map(|field| ((*field).to_owned(), key.hash_id(field, id))).collect::<Vec<_>>();
    Ok(app.keys.of(&catalog.tool.name).iter().flat_map(|key| hash(key)).collect())
}

/// The names of all fields that are identifiers; only the origin may have any.
fn identifiers(catalog: &Catalog) -> Vec<&str> {
    catalog.origin.iter().filter(|field| field.kind == Kind::Id).map(|field| field.name.as_str()).collect()
}

/// Whether a tool has identifiers that only their owners know.
pub(crate) fn has_own(catalog: &Catalog) -> bool {
    catalog.origin.iter().any(|field| field.name == OWN && field.kind == Kind::Id)
}

/// The name of the field whose values prove themselves.
fn own(catalog: &Catalog, id: &str) -> Result<&'static str, Problem> {
    let only = |detail| Problem::new(Code::OperatorOnly, detail);
    if !has_own(catalog) {
        return Err(only("this tool has no identifier that only its owner knows; ask its contact"));
    }
    if id.len() < PROOF_BYTES_MIN {
        return Err(only("an identifier this short could be guessed, so it proves nothing; ask the tool's contact"));
    }
    Ok(OWN)
}

/// The receipt is for what was forgotten last, whose traces go last.
fn forget_all(app: &App, tool: usize, hashes: &[(String, IdHash)]) -> Result<Option<Receipt>, Problem> {
    let mut last = None;
    for (_, hash) in hashes {
        last = app.store.forget(tool, *hash)?.or(last);
    }
    let key = app.keys.current(&app.catalogs[tool].tool.name);
    Ok(last.map(|number| Receipt::new(number, key.of_receipts())))
}

/// A day on which the key changed has rows under both hashes.
fn kept_under_all(app: &App, tool: usize, hashes: &[(String, IdHash)], today: Day) -> Result<Vec<KeptDay>, Problem> {
    let mut days = BTreeMap::new();
    for (field, hash) in hashes {
        for day in app.store.kept_under(tool, field, *hash, today).map_err(query::failed)? {
            let sum: &mut KeptDay = days.entry(day.day).or_default();
            sum.day = day.day.to_string();
            sum.batches += day.batches;
            day.events.into_iter().for_each(|(event, n)| *sum.events.entry(event).or_default() += n);
        }
    }
    Ok(days.into_values().collect())
}

/// How far a deletion is.
pub(crate) fn progress(app: &App, receipt: Receipt) -> Erasure {
    let of_tool = |(tool, catalog): (usize, &Catalog)| {
        let keys = app.keys.of(&catalog.tool.name);
        keys.iter()
            .filter_map(|key| receipt.number(key.of_receipts()))
            .map(|number| app.store.erasure(tool, number))
            .collect()
    };
    let found = app.catalogs.iter().enumerate().flat_map(|tool| -> Vec<Erasure> { of_tool(tool) });
    found.into_iter().find(|erasure| *erasure != Erasure::Unknown).unwrap_or(Erasure::Unknown)
}
