//! What a person may ask about themselves: forget what I sent, and how far is that?
//!
//! Nobody has an account here. Who shows an identifier that nobody else can know may speak for it: the value of the
//! origin field `machine`, which clients make at random. Every other identifier is for the operator only, because
//! others may know it: a publishable key stands in web pages. Hashes depend on the field (see `keys.rs`), so nobody
//! reaches another field's data by sending its identifier as their own machine's.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use aboveboard_catalog::{Catalog, Field, IdHash, Kind};
use aboveboard_store::Erasure;

use crate::admit::{Admitted, Paced};
use crate::app::{App, Shared};
use crate::dialect::Unreadable;
use crate::operate::json;
use crate::operator::is_operator;
use crate::problem::{Code, Problem};
use crate::receipt::Receipt;

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

/// Forgets an identifier: its hash under every key that still counts.
pub(crate) async fn forget(
    _: Paced,
    headers: HeaderMap,
    State(app): State<Shared>,
    body: Admitted,
) -> Result<Response, Problem> {
    let Identified { tool, id } = serde_json::from_slice(body.bytes())
        .map_err(|_| Unreadable("the body must be `{\"tool\":\"NAME\",\"id\":\"IDENTIFIER\"}`".into()))?;
    let tool = app.tool(&tool)?;
    let hashes = spoken_for(&app, tool, &id, &headers)?;
    // The store answers after a sync, which must not hold up a thread that serves others.
    let forgetting = tokio::task::spawn_blocking(move || forget_all(&app, tool, &hashes));
    let receipt =
        forgetting.await.unwrap_or_else(|_| Err(Problem::new(Code::StoreFailed, "forgetting was interrupted")))?;
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

/// What an identifier may have become, oldest key first, as far as whoever asks may speak for it.
fn spoken_for(app: &App, tool: usize, id: &str, headers: &HeaderMap) -> Result<Vec<IdHash>, Problem> {
    let catalog = &app.catalogs[tool];
    let operator = is_operator(headers, app.config.token.as_ref());
    let fields = if operator { identifiers(catalog) } else { vec![own(catalog, id)?] };
    let keys = app.keys.of(&catalog.tool.name);
    Ok(keys.iter().flat_map(|key| fields.iter().map(|field| key.hash_id(field, id))).collect())
}

/// The names of all fields that are identifiers; only the origin may have any.
fn identifiers(catalog: &Catalog) -> Vec<&str> {
    catalog.origin.iter().filter(|field| field.kind == Kind::Id).map(|field| field.name.as_str()).collect()
}

/// The name of the field whose values prove themselves.
fn own(catalog: &Catalog, id: &str) -> Result<&'static str, Problem> {
    let only = |detail| Problem::new(Code::OperatorOnly, detail);
    let is_own = |field: &Field| field.name == OWN && field.kind == Kind::Id;
    if !catalog.origin.iter().any(is_own) {
        return Err(only("this tool has no identifier that only its owner knows; ask its contact"));
    }
    if id.len() < PROOF_BYTES_MIN {
        return Err(only("an identifier this short could be guessed, so it proves nothing; ask the tool's contact"));
    }
    Ok(OWN)
}

/// The receipt is for what was forgotten last, whose traces go last.
fn forget_all(app: &App, tool: usize, hashes: &[IdHash]) -> Result<Option<Receipt>, Problem> {
    let mut last = None;
    for hash in hashes {
        last = app.store.forget(tool, *hash)?.or(last);
    }
    let key = app.keys.current(&app.catalogs[tool].tool.name);
    Ok(last.map(|number| Receipt::new(number, key.of_receipts())))
}

fn progress(app: &App, receipt: Receipt) -> Erasure {
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
