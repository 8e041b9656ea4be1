//! What the collector holds, and every route on one screen.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use aboveboard_catalog::Catalog;

use crate::config::Config;
use crate::problem::{Code, Problem};

/// What every request can reach.
pub(crate) struct App {
    /// The tools' catalogues; a tool is a position in them, here and in the store.
    pub(crate) catalogs: Arc<[Catalog]>,
    /// What the operator decided.
    pub(crate) config: Config,
}

/// The app, as handlers take it.
pub(crate) type Shared = Arc<App>;

/// Every route.
pub(crate) fn routes(app: Shared) -> Router {
    Router::new()
        // Operation
        .route("/healthz", get(|| async { "ok\n" }))
        // Reference
        .route("/problems", get(|| async { crate::problem::reference() }))
        .fallback(|| async { Problem::new(Code::NotFound, "no route matches this path") })
        .method_not_allowed_fallback(|| async { Problem::new(Code::MethodNotAllowed, "see the header `allow`") })
        .with_state(app)
}

impl App {
    /// The position of the tool with this name.
    pub(crate) fn tool(&self, name: &str) -> Result<usize, Problem> {
        let position = self.catalogs.iter().position(|catalog| catalog.tool.name == name);
        position.ok_or_else(|| {
            let names: Vec<&str> = self.catalogs.iter().map(|catalog| catalog.tool.name.as_str()).collect();
            Problem::new(Code::ToolUnknown, format!("`tool` must be one of {}", names.join(", ")))
        })
    }
}
