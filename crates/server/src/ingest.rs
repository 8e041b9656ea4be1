//! `POST` of events, which reads as its own table of contents: decode, admit, judge, commit, close.
//!
//! Nothing here knows who sent a batch; see `admit.rs`.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, Method, Uri, header};
use axum::response::{IntoResponse, NoContent, Response};
use tokio::sync::oneshot;

use aboveboard_catalog::wire::{Receipt, WireError};
use aboveboard_catalog::{Day, Dialect, First, RawBatch};
use aboveboard_store::{Batch, CommitError, Committed, Mark};

use crate::admit::{self, Admitted, Sender};
use crate::app::{App, Shared};
use crate::clock::{self, Moment};
use crate::dialect::{self, Unreadable};
use crate::judge::{self, Account, Judged};
use crate::problem::{Code, Problem};
use crate::query;
use crate::repeats;
use crate::votes::{Poll, Turn};

/// Native batches, answered by a receipt.
pub(crate) async fn native(State(app): State<Shared>, body: Result<Admitted, Problem>) -> Response {
    let receipt = take_in(&app, Dialect::Native, body).await;
    for_any_page(receipt.map(|receipt| json(receipt.encode().into())))
}

/// Next.js, which looks at nothing but the status.
pub(crate) async fn nextjs(State(app): State<Shared>, body: Result<Admitted, Problem>) -> Result<Response, Problem> {
    take_in(&app, Dialect::Nextjs, body).await?;
    Ok(json(Bytes::from_static(b"{}")))
}

/// Clerk's events and logs, answered as Clerk's own collector answers.
pub(crate) async fn clerk(State(app): State<Shared>, body: Result<Admitted, Problem>) -> Response {
    let receipt = take_in(&app, Dialect::Clerk, body).await;
    for_any_page(receipt.map(|_| json(Bytes::from_static(br#"{"success":true}"#))))
}

/// What browsers ask before a page may post to another origin: yes, and do not ask again for a day.
pub(crate) async fn preflight() -> impl IntoResponse {
    const ALLOWED: [(HeaderName, HeaderValue); 4] = [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
        (header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST")),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("content-type, content-encoding")),
        (header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400")),
    ];
    (ALLOWED, NoContent)
}

/// What comes where nothing is.
pub(crate) async fn lost(State(app): State<Shared>, method: Method, uri: Uri) -> Problem {
    if let Some(tail) = app.tail.as_ref().filter(|_| method != Method::GET) {
        tail.lost(clock::now(), method.as_str(), uri.path());
    }
    Problem::new(Code::NotFound, "no route matches this path")
}

/// All of ingest. Whatever goes wrong is counted, and shown to whoever looks on.
pub(crate) async fn take_in(
    app: &Shared,
    dialect: Dialect,
    body: Result<Admitted, Problem>,
) -> Result<Receipt, Problem> {
    let receipt = match &body {
        Ok(body) => settle(app, dialect, body).await,
        Err(problem) => Err(problem.clone()),
    };
    if let Some(tail) = &app.tail {
        tail.note(app, dialect, body.as_ref().ok().map(Admitted::bytes), clock::now(), &receipt);
    }
    receipt.inspect_err(|problem| app.ledger.turn_away(problem.code()))
}

/// Waits until the batch is on disk. When the sender goes away meanwhile, the account is settled all the same.
async fn settle(app: &Shared, dialect: Dialect, body: &Admitted) -> Result<Receipt, Problem> {
    let Some(mut heard) = hear(app, dialect, body.bytes(), clock::now())? else { return Ok(Receipt::default()) };
    let mut turn = None;
    if let Some(poll) = votes_to_weigh(app, &mut heard, body.sender()) {
        turn = Some(poll.turn().await?);
        let held = Shared::clone(app);
        heard = app.desk.work(move || weigh(&held, heard)).await?;
    }
    let (tell, told) = oneshot::channel();
    keep(app, heard, turn, |outcome| drop(tell.send(outcome)));
    told.await.unwrap_or_else(|_| Err(CommitError::Closed.into()))
}

/// The same for a thread that may wait, and a tool on this machine. `tell` is called once, when the batch is on disk or
/// could not be kept; not when an error is returned.
pub(crate) fn pass_on(
    app: &App,
    dialect: Dialect,
    body: &[u8],
    now: Moment,
    tell: impl FnOnce(Result<Receipt, Problem>) + Send + 'static,
) -> Result<(), Problem> {
    let Some(mut heard) = hear(app, dialect, body, now)? else {
        tell(Ok(Receipt::default()));
        return Ok(());
    };
    let mut turn = None;
    if let Some(poll) = votes_to_weigh(app, &mut heard, &Sender::Tool) {
        turn = Some(poll.blocking_turn()?);
        heard = weigh(app, heard)?;
    }
    keep(app, heard, turn, tell);
    Ok(())
}

/// A batch after the judge.
struct Heard {
    tool: usize,
    id: u128,
    first: First,
    cohort: Option<Day>,
    marks: Vec<Mark>,
    judged: Judged,
    now: Moment,
}

/// Decodes, admits, judges; `None` for a foreign batch without events.
fn hear(app: &App, dialect: Dialect, body: &[u8], now: Moment) -> Result<Option<Heard>, Problem> {
    let raw = decode(dialect, body)?;
    let tool = admit(app, dialect, &raw)?;
    Ok(judge(app, tool, body, &raw, now))
}

/// Judges the votes that can be judged by themselves. When there are others, answers where they take their turn.
fn votes_to_weigh<'a>(app: &'a App, heard: &mut Heard, sender: &Sender) -> Option<&'a Poll> {
    let poll = app.polls.of(heard.tool)?;
    let rest = poll.sift(&app.catalogs[heard.tool], sender.may_vote(heard.tool), &mut heard.judged);
    rest.then_some(poll)
}

/// Holds votes against what is kept, in their turn.
fn weigh(app: &App, mut heard: Heard) -> Result<Heard, Problem> {
    if let Some(poll) = app.polls.of(heard.tool) {
        let catalog = &app.catalogs[heard.tool];
        let weighed = poll.weigh(&app.store, heard.tool, catalog, &mut heard.judged, heard.now.day());
        weighed.map_err(query::failed)?;
    }
    Ok(heard)
}

pub(crate) fn decode(dialect: Dialect, body: &[u8]) -> Result<RawBatch<'_>, Problem> {
    match dialect {
        Dialect::Native => Ok(dialect::native::decode(body)?),
        Dialect::Nextjs => Ok(dialect::nextjs::decode(body)?),
        Dialect::Clerk => Ok(dialect::clerk::decode(body)?),
    }
}

/// The tool, when it is known and the batch is of a size that may enter. Foreign dialects do not name their tool.
pub(crate) fn admit(app: &App, dialect: Dialect, raw: &RawBatch<'_>) -> Result<usize, Problem> {
    admit::check_size(raw)?;
    let named = |name: &str| dialect != Dialect::Native || name == raw.tool;
    let mut tools = app.catalogs.iter().map(|catalog| &catalog.tool);
    let position = tools.position(|tool| tool.dialect == dialect && named(&tool.name));
    position.ok_or_else(|| Problem::new(Code::ToolUnknown, "no catalogue of this dialect declares the tool"))
}

/// Every event of a batch gets its verdict; votes may get another one.
fn judge(app: &App, tool: usize, body: &[u8], raw: &RawBatch<'_>, now: Moment) -> Option<Heard> {
    let catalog = &app.catalogs[tool];
    let dialect = catalog.tool.dialect;
    if raw.events.is_empty() && dialect != Dialect::Native {
        return None;
    }
    let key = app.keys.current(&catalog.tool.name);
    let judged = judge::judge(catalog, raw, now.day(), &|field, id| key.hash_id(field, id));
    let marks = repeats::marks(dialect, &key, body, raw);
    let (id, first, cohort) = (raw.id.unwrap_or_default(), raw.first, raw.cohort);
    Some(Heard { tool, id, first, cohort, marks, judged, now })
}

/// Hands the batch to the store, and settles the account when it answers. A turn ends then, and not before.
fn keep(app: &App, heard: Heard, turn: Option<Turn>, tell: impl FnOnce(Result<Receipt, Problem>) + Send + 'static) {
    let Heard { tool, id, first, cohort, marks, judged, now } = heard;
    let account = judged.account();
    let unsettled = app.ledger.take_over(tool, account.received);
    let received_at = now.unix_seconds();
    let remember_until = received_at + repeats::remembered_seconds(app.catalogs[tool].tool.dialect);
    let Judged { day, origins, entries } = judged;
    let batch = Batch { tool, day, first, cohort, received_at, marks, remember_until, origins, entries };
    app.store.commit(batch, move |outcome| {
        unsettled.settle(&outcome, now);
        drop(turn);
        tell(outcome.map(|committed| close(id, account, committed)).map_err(Problem::from));
    });
}

/// The receipt. A native batch is a repeat as a whole or not at all.
fn close(id: u128, account: Account, committed: Committed) -> Receipt {
    let Account { received, rejected, folded, dropped } = account;
    let Committed { kept, repeated, .. } = committed;
    if repeated > 0 {
        return Receipt { id, received, kept, repeated, ..Receipt::default() };
    }
    Receipt { id, received, kept, repeated, rejected, folded, dropped }
}

fn json(body: Bytes) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], body).into_response()
}

/// Lets the page that sent the batch see the answer, also when it is a problem.
pub(crate) fn for_any_page(answer: Result<Response, Problem>) -> Response {
    let mut response = answer.unwrap_or_else(Problem::into_response);
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

impl From<Unreadable> for Problem {
    fn from(unreadable: Unreadable) -> Self {
        Self::new(Code::BodyMalformed, unreadable.0)
    }
}

impl From<WireError> for Problem {
    fn from(error: WireError) -> Self {
        let code = match error {
            WireError::Version(_) => Code::WireVersion,
            WireError::Malformed(_) => Code::BodyMalformed,
        };
        Self::new(code, error.to_string())
    }
}

/// The sentence of a [`CommitError`] names files of the collector, so it is for the log and not for senders.
impl From<CommitError> for Problem {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Full(_) => Self::new(Code::StoreFull, "the batch was not kept, because the disk is full"),
            CommitError::SyncFailed(_) => {
                Self::new(Code::StoreFailed, "the batch may not be kept, because writing failed")
            }
            CommitError::Overloaded => Self::new(Code::Overloaded, "too many batches are waiting for the disk"),
            CommitError::Closed => Self::new(Code::NotReady, "the collector is shutting down"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use aboveboard_store::DiskError;
    use aboveboard_store::disk::{Disk, DiskFile, Folder};

    use super::*;
    use crate::config::Config;

    /// A folder whose disk is full while somebody says so.
    struct Fillable {
        folder: Folder,
        full: Arc<AtomicBool>,
    }

    struct FillableFile {
        file: Box<dyn DiskFile>,
        path: PathBuf,
        full: Arc<AtomicBool>,
    }

    impl DiskFile for FillableFile {
        fn append(&mut self, bytes: &[u8]) -> Result<(), DiskError> {
            if self.full.load(Ordering::Relaxed) {
                let source = std::io::ErrorKind::StorageFull.into();
                return Err(DiskError { action: "write to", path: self.path.clone(), source });
            }
            self.file.append(bytes)
        }

        fn sync(&mut self) -> Result<(), DiskError> {
            self.file.sync()
        }
    }

    impl Disk for Fillable {
        fn create(&self, path: &str) -> Result<Box<dyn DiskFile>, DiskError> {
            let file = self.folder.create(path)?;
            Ok(Box::new(FillableFile { file, path: self.root().join(path), full: Arc::clone(&self.full) }))
        }

        fn root(&self) -> PathBuf {
            self.folder.root()
        }

        fn lock(&self) -> Result<Option<Box<dyn Send + Sync>>, DiskError> {
            self.folder.lock()
        }

        fn list(&self, folder: &str) -> Result<Vec<String>, DiskError> {
            self.folder.list(folder)
        }

        fn read(&self, path: &str) -> Result<Bytes, DiskError> {
            self.folder.read(path)
        }

        fn read_part(&self, path: &str, offset: u64, length: usize) -> Result<Bytes, DiskError> {
            self.folder.read_part(path, offset, length)
        }

        fn length(&self, path: &str) -> Result<u64, DiskError> {
            self.folder.length(path)
        }

        fn truncate(&self, path: &str, length: u64) -> Result<(), DiskError> {
            self.folder.truncate(path, length)
        }

        fn rename(&self, from: &str, to: &str) -> Result<(), DiskError> {
            self.folder.rename(from, to)
        }

        fn remove(&self, path: &str) -> Result<(), DiskError> {
            self.folder.remove(path)
        }

        fn sync_folder(&self, folder: &str) -> Result<(), DiskError> {
            self.folder.sync_folder(folder)
        }
    }

    #[tokio::test]
    async fn a_full_disk_hands_batches_back_until_there_is_space() {
        let (data, full) = (tempfile::tempdir().expect("a folder"), Arc::new(AtomicBool::new(false)));
        let folder = Folder::new(data.path()).expect("a folder");
        let disk = Arc::new(Fillable { folder, full: Arc::clone(&full) });
        let app: Shared = Arc::new(App::open_on(disk, Config::default(), clock::now()).expect("an app"));
        let tool = app.tool("clerk").expect("a built-in tool");
        let post = async |component: &str| {
            let body =
                format!(r#"{{"events":[{{"event":"COMPONENT_MOUNTED","payload":{{"component":"{component}"}}}}]}}"#);
            take_in(&app, Dialect::Clerk, Ok(Admitted::for_test(body.as_bytes()))).await
        };
        let mut kept = 0;
        for (component, disk_is_full) in [("SignIn", false), ("SignUp", true), ("SignUp", true), ("SignUp", false)] {
            full.store(disk_is_full, Ordering::Relaxed);
            let code = post(component).await.map(drop).map_err(|problem| problem.code());
            assert_eq!(code, if disk_is_full { Err(Code::StoreFull) } else { Ok(()) });
            kept += u64::from(!disk_is_full);
            assert_eq!(app.ledger.is_ready(clock::now()), !disk_is_full);
            assert_eq!((app.store.totals(tool).received(), app.ledger.unsettled(tool)), (kept, 0));
        }
    }
}
