//! What the collector holds, and every route on one screen.

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use aboveboard_catalog::{Catalog, Shape};
use aboveboard_store::disk::{Disk, Folder};
use aboveboard_store::{Options, Store};

use crate::admit::Door;
use crate::audit::Audit;
use crate::clock::Moment;
use crate::config::Config;
use crate::history::History;
use crate::keys::{self, Keys};
use crate::ledger::Ledger;
use crate::problem::{self, Code, Problem};
use crate::query::{self, Desk};
use crate::tail::Tail;
use crate::votes::Polls;
use crate::{catalogs, consent, export, ingest, openapi, operate, pages, personal};

/// What every request can reach.
pub(crate) struct App {
    /// The tools' catalogues; a tool is a position in them, here and in the store.
    pub(crate) catalogs: Arc<[Catalog]>,
    /// How they came to be what they are.
    pub(crate) history: History,
    /// What the operator decided.
    pub(crate) config: Config,
    /// What guards the way in.
    pub(crate) door: Door,
    /// The keys of identifiers.
    pub(crate) keys: Keys,
    /// Where questions wait for their turn.
    pub(crate) desk: Desk,
    /// Where votes wait for theirs.
    pub(crate) polls: Polls,
    /// What is under way.
    pub(crate) ledger: Arc<Ledger>,
    /// Who took raw rows out.
    pub(crate) audit: Audit,
    /// What is kept.
    pub(crate) store: Store,
    /// Who looks on while a tool is being made to send; nobody, but in `aboveboard dev`.
    pub(crate) tail: Option<Tail>,
}

/// The app, as handlers take it.
pub(crate) type Shared = Arc<App>;

/// Every route.
pub(crate) fn routes(app: Shared) -> Router {
    Router::new()
        // Ingest
        .route("/v1/batches", post(ingest::native).options(ingest::preflight))
        .route("/api/v1/record", post(ingest::nextjs))
        .route("/v1/event", post(ingest::clerk).options(ingest::preflight))
        .route("/v1/logs", post(ingest::clerk).options(ingest::preflight))
        .route("/v1/consent", post(consent::choose).options(ingest::preflight))
        // Questions
        .route("/v1/query", get(query::query_json))
        .route("/v1/query.json", get(query::query_json))
        .route("/v1/query.csv", get(query::query_csv))
        .route("/v1/retention", get(query::retention_json))
        .route("/v1/retention.json", get(query::retention_json))
        .route("/v1/retention.csv", get(query::retention_csv))
        .route("/v1/funnel", get(query::funnel_json))
        .route("/v1/funnel.json", get(query::funnel_json))
        .route("/v1/funnel.csv", get(query::funnel_csv))
        .route("/v1/verdicts", get(query::verdicts_json))
        .route("/v1/verdicts.json", get(query::verdicts_json))
        .route("/v1/verdicts.csv", get(query::verdicts_csv))
        .route("/v1/coverage", get(query::coverage_json))
        .route("/v1/coverage.json", get(query::coverage_json))
        .route("/v1/coverage.csv", get(query::coverage_csv))
        .route("/v1/export", get(export::export))
        // Operation
        .route("/v1/ledger", get(operate::ledger))
        .route("/v1/forget", post(personal::forget))
        .route("/v1/forget/{receipt}", get(personal::forgotten))
        .route("/v1/lookup", post(personal::look_up))
        .route("/metrics", get(operate::metrics))
        .route("/healthz", get(operate::healthz))
        .route("/readyz", get(operate::readyz))
        // Reference
        .route("/openapi.json", get(openapi::openapi))
        .route("/problems", get(async || problem::reference()))
        .merge(pages(&app))
        .fallback(ingest::lost)
        .method_not_allowed_fallback(async || Problem::new(Code::MethodNotAllowed, "see the header `allow`"))
        .with_state(app)
}

/// What people look at: where an answer is a problem, they see it as a page.
fn pages(app: &Shared) -> Router<Shared> {
    Router::new()
        .route("/", get(pages::first))
        .route("/catalog/{tool}", get(pages::catalogue))
        .route("/sign-in", get(pages::sign_in).post(pages::signed_in))
        .route("/sign-out", post(pages::signed_out))
        .route("/t/{tool}/audit", get(pages::audit))
        .route("/t/{tool}", get(pages::overview))
        .route("/t/{tool}/explore", get(pages::explore))
        .route("/t/{tool}/errors", get(pages::errors))
        .route("/t/{tool}/errors/{code}", get(pages::error))
        .route("/t/{tool}/{panel}", get(pages::panel))
        .route("/dashboard.js", get(pages::script))
        .route("/transparency/{tool}", get(pages::transparency).post(pages::ask))
        .route("/errors/{tool}", get(pages::published_codes))
        .route("/errors/{tool}/{code}", get(pages::published).post(pages::vote_on))
        .route("/.well-known/gpc.json", get(pages::gpc))
        .route("/.well-known/security.txt", get(pages::security))
        .route("/dev", get(pages::tail))
        .route("/style.css", get(pages::style))
        .route("/people.css", get(pages::people_style))
        .route("/icon.svg", get(pages::icon))
        .layer(from_fn_with_state(Shared::clone(app), pages::to_people))
}

impl App {
    /// Opens the data folder and everything that is served from it.
    ///
    /// # Errors
    /// A sentence with the fix.
    pub(crate) fn open(config: Config, now: Moment) -> Result<Self, String> {
        let disk = Folder::new(&config.data).map_err(|error| error.to_string())?;
        Self::open_on(Arc::new(disk), config, now)
    }

    /// Opens everything on a disk.
    pub(crate) fn open_on(disk: Arc<dyn Disk>, config: Config, now: Moment) -> Result<Self, String> {
        let written = catalogs::load_written(config.catalogs.as_deref())?;
        let history = History::keep(&*disk, &written, now.day())?;
        let catalogs: Arc<[Catalog]> = written.into_iter().map(|written| written.catalog).collect();
        let options = Options { queue_bytes_max: config.queue_bytes_max, ..Options::default() };
        let store =
            Store::open(Arc::clone(&disk), Arc::clone(&catalogs), options).map_err(|error| error.to_string())?;
        let audit = Audit::new(Arc::clone(&disk));
        let keys = Keys::open(disk, &catalogs, now.day())?;
        let door = Door::new(&config, keys::random()?);
        let (ledger, polls) = (Ledger::new(catalogs.len()), Polls::new(&catalogs));
        let desk = Desk::default();
        Ok(Self { catalogs, history, config, door, keys, desk, polls, ledger, audit, store, tail: None })
    }

    /// The position of the tool with this name.
    ///
    /// # Errors
    /// A problem that lists the tools there are.
    pub(crate) fn tool(&self, name: &str) -> Result<usize, Problem> {
        let position = self.catalogs.iter().position(|catalog| catalog.tool.name == name);
        position.ok_or_else(|| {
            let names: Vec<&str> = self.catalogs.iter().map(|catalog| catalog.tool.name.as_str()).collect();
            Problem::new(Code::ToolUnknown, format!("`tool` must be one of {}", names.join(", "))).of_parameter("tool")
        })
    }

    /// What a tool says that is not declared, and how often it did, most frequent first. For the operator only: a shape
    /// may be that of a single machine.
    pub(crate) fn undeclared(&self, tool: usize) -> Vec<(Shape, u64)> {
        let mut shapes = self.store.shapes(tool);
        shapes.retain(|(shape, _)| self.catalogs[tool].lacks(shape));
        shapes
    }
}

#[cfg(test)]
mod tests {
    use aboveboard_catalog::CHART_NAMES_TAKEN;

    /// A page below a tool hides the chart of its name, so the lint must know the page.
    #[test]
    fn the_lint_knows_every_page_that_could_hide_a_chart() {
        let source = include_str!("app.rs");
        let below = source.split("\"/t/{tool}/").skip(1).filter_map(|rest| rest.split(['/', '"']).next());
        let pages: Vec<&str> =
            below.filter(|page| page.starts_with(|first: char| first.is_ascii_lowercase())).collect();
        assert!(pages.len() >= 2, "{pages:?}");
        assert!(pages.iter().all(|page| CHART_NAMES_TAKEN.contains(page)), "{pages:?}");
    }
}
