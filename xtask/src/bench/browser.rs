//! What a page pays for its telemetry: ours beside the real `@clerk/shared`, in one real Chromium (`bench/browser`).
//!
//! The measuring is done there, in the language that is measured; here its rows become a table.

use super::compare::Comparison;
use super::figure::Section;
use super::{machine, sdk};
use crate::shell::{command, root, run};
use crate::web;

const CLIENTS: [&str; 2] = ["aboveboard", "@clerk/shared 4.41"];
/// What drives the browser, and both clients, are installed for the tests already.
const TESTS: &str = "sdk/typescript/test/web";

/// Builds ours as it would be installed, and measures.
pub(crate) fn measure() -> Result<Section, String> {
    let chromium = web::chromium()?;
    web::install("sdk/typescript")?;
    web::install(TESTS)?;
    if !run(command("node build.mjs").current_dir(root().join(TESTS))).success {
        return Err(format!("`node build.mjs` failed in `{TESTS}`"));
    }
    let load = machine::load();
    let heard = run(command("node bench/browser/measure.mjs").env("CHROMIUM", chromium));
    let rows = sdk::rows(&heard.text);
    if !heard.success || rows.is_empty() {
        return Err("`bench/browser/measure.mjs` measured nothing".to_owned());
    }
    Ok(Section {
        title: "Browser",
        how: how(load),
        figures: Vec::new(),
        comparison: Some(Comparison { clients: CLIENTS.to_vec(), rows, gaps: Vec::new() }),
    })
}

fn how(load: f64) -> String {
    format!(
        "A page in Chromium says that a component was mounted, with its declared props, over and over \
         (`bench/browser`): the median of 21 rounds of 20 ms. The stored keys are so many entries of others in \
         `localStorage`, and as many things that the client remembers to have said. What is said waits in storage from \
         the end of its task on: the second rows are about tasks that say one thing each, with all that follows at \
         their end. Theirs does its work in the call. Load average before: {load:.1}."
    )
}
