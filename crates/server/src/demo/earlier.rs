//! What the demo's collector served before: until one release, the catalogue of `acme` had no event about which plugins
//! are used together, and was kept for longer. So the history of the catalogue has something to tell.

use aboveboard_catalog::Day;
use aboveboard_store::disk::Folder;

use super::acme::together_from;
use super::{Story, dated};
use crate::app::App;
use crate::catalogs::{self, FILE, Written};
use crate::clock::Moment;
use crate::config::Config;
use crate::history::History;

/// The tables that were not there yet, by how their heads begin.
const NOT_YET: [&str; 3] = ["[event.site_built", "[chart.plugins_together]", "[chart.incremental_builds]"];
/// What is said now, and what was said then.
const RETENTION: (&str, &str) = ("retention_days = 400\n", "retention_days = 800\n");
/// Days before the story on which the collector was set up.
const SET_UP_DAYS: i32 = 60;

/// A collector with the past of a story, on its first day.
///
/// # Errors
/// A sentence with the fix.
pub(crate) fn open(config: Config, story: Story) -> Result<App, String> {
    let mut written = catalogs::load_written(None)?;
    written.retain(|written| written.catalog.tool.name == "acme");
    let earlier = written.iter().map(|Written { catalog, text }| Written {
        catalog: catalog.clone(),
        text: text.edited(FILE, without_what_came_later),
    });
    let disk = Folder::new(&config.data).map_err(|error| error.to_string())?;
    History::keep(&disk, &earlier.collect::<Vec<_>>(), story.first.plus(-SET_UP_DAYS))?;
    History::keep(&disk, &written, together_from(&story))?;
    let mut app = App::open(config, midnight(story.first))?;
    app.catalogs = dated(&app.catalogs, story);
    Ok(app)
}

fn midnight(day: Day) -> Moment {
    Moment(i64::from(day.0) * 86_400_000)
}

fn without_what_came_later(toml: &str) -> String {
    let toml = toml.replace(RETENTION.0, RETENTION.1);
    let tables = format!("\n{toml}").replace("\n[", "\n\0[");
    let then = |table: &&str| !NOT_YET.iter().any(|head| table.starts_with(head));
    tables.split('\0').filter(then).collect::<String>().trim_start().to_owned()
}

#[cfg(test)]
mod tests {
    use aboveboard_catalog::lint;

    use super::*;

    #[test]
    fn the_past_of_the_demo_is_a_sound_catalogue_and_another_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let story = Story { seed: 7, first: Day(20_000), days: 90, machines: 1 };
        let config = Config { data: folder.path().to_owned(), ..Config::default() };
        let app = open(config, story).expect("an app");
        let acme = app.tool("acme").expect("the tool");
        let [first, second] = app.history.of(acme) else { panic!("two versions: {:?}", app.history.of(acme)) };
        assert!(first.day < story.first && first.changes.is_none());
        assert!(second.day > story.first && second.day < story.last());
        let changes = second.changes.as_ref().expect("both can be read");
        let paths: Vec<&str> = changes.iter().map(|change| change.path.as_str()).collect();
        assert_eq!(
            paths,
            ["tool.retention_days", "event.site_built", "chart.plugins_together", "chart.incremental_builds"]
        );
        let toml = include_str!("../../../../catalogs/acme/catalog.toml");
        let lists = |path: &str| path.starts_with("lists/").then(|| "a\n".to_owned());
        let (now, then) = (toml.to_owned(), without_what_came_later(toml));
        assert!(now.len() > then.len() + 500);
        let problems = |toml: &str| {
            let catalog = aboveboard_catalog::Catalog::parse(FILE, toml, &lists);
            catalog.map(|catalog| lint(&catalog, story.first).len()).map_err(|problems| problems.to_string())
        };
        assert_eq!(problems(&then), problems(&now));
    }
}
