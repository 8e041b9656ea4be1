//! Which crate may use which, read from the manifests.

use toml::{Table, Value};

use super::settings::{Crate, Settings};
use super::tree::{File, Tree};

const OURS: &str = "aboveboard";

/// Every crate is listed, and uses no other crate of ours than the listed ones.
pub(crate) fn between_crates(tree: &Tree, settings: &Settings) -> Vec<String> {
    let mut found = Vec::new();
    for (folder, manifest) in manifests(tree) {
        let Some(listed) = settings.crates.iter().find(|listed| listed.folder == folder) else {
            found.push(format!("crates/{folder} is not listed in xtask/tidy.toml: say what it may use"));
            continue;
        };
        let ours =
            dependencies(&manifest).into_iter().filter_map(|(name, only_tests)| Some((our_folder(&name)?, only_tests)));
        let stray = ours.filter(|(used, only_tests)| !allowed(listed, used, *only_tests));
        found.extend(stray.map(|(used, _)| format!("crates/{folder} uses crates/{used}, which is no allowed edge")));
    }
    found
}

/// No crate uses a package that it must do without.
pub(crate) fn absences(tree: &Tree, settings: &Settings) -> Vec<String> {
    let mut found = Vec::new();
    for (folder, manifest) in manifests(tree) {
        let without =
            settings.crates.iter().filter(|listed| listed.folder == folder).flat_map(|listed| &listed.without);
        let used: Vec<String> = dependencies(&manifest).into_iter().map(|(name, _)| name).collect();
        let stray = without.filter(|package| used.contains(package));
        found.extend(stray.map(|package| format!("crates/{folder} uses `{package}`, which it must do without")));
    }
    found
}

fn allowed(listed: &Crate, used: &str, only_tests: bool) -> bool {
    let has = |folders: &[String]| folders.iter().any(|folder| folder == used);
    used == listed.folder || has(&listed.uses) || (only_tests && has(&listed.tests_use))
}

fn manifests(tree: &Tree) -> impl Iterator<Item = (&str, Table)> {
    let folder = |file: &File| file.path.strip_prefix("crates/")?.strip_suffix("/Cargo.toml").map(str::len);
    tree.files.iter().filter_map(move |file| {
        let length = folder(file)?;
        let start = "crates/".len();
        Some((&file.path[start..start + length], file.text.parse().ok()?))
    })
}

/// The packages a manifest names, and whether only its tests use them.
fn dependencies(manifest: &Table) -> Vec<(String, bool)> {
    let targets = manifest.get("target").and_then(Value::as_table).into_iter().flat_map(|targets| targets.values());
    let parts = [manifest].into_iter().chain(targets.filter_map(Value::as_table));
    let kinds = [("dependencies", false), ("build-dependencies", false), ("dev-dependencies", true)];
    let mut found = Vec::new();
    for (part, (key, only_tests)) in parts.flat_map(|part| kinds.map(|kind| (part, kind))) {
        let listed = part.get(key).and_then(Value::as_table).into_iter().flatten();
        found.extend(listed.map(|(name, value)| (package(name, value), only_tests)));
    }
    found
}

/// The package behind a name, which may be an alias.
fn package(name: &str, value: &Value) -> String {
    value.get("package").and_then(Value::as_str).unwrap_or(name).to_owned()
}

/// The folder of one of our packages: `aboveboard-store` lies in `store`, `aboveboard` itself in `client`.
fn our_folder(package: &str) -> Option<String> {
    match package.strip_prefix(OURS)? {
        "" => Some("client".to_owned()),
        rest => rest.strip_prefix('-').map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::super::expect;
    use super::*;

    const LISTED: &str = r#"
        crate = [
            { folder = "catalog", uses = [], without = ["tokio"] },
            { folder = "server", uses = ["catalog"], tests_use = ["client"] },
        ]"#;

    #[test]
    fn stray_edges_are_found() {
        let check = |folder: &str, manifest: &str, expected: &[&str]| {
            expect(between_crates, LISTED, &[(&format!("crates/{folder}/Cargo.toml"), manifest)], expected);
        };
        check("server", "[dependencies]\naboveboard-catalog.path = \"x\"\n[dev-dependencies]\naboveboard = \"1\"", &[]);
        check("server", "[dependencies]\naboveboard = \"1\"", &["crates/server uses crates/client"]);
        check("catalog", "[dev-dependencies]\naboveboard-server = \"1\"", &["crates/catalog uses crates/server"]);
        check("catalog", "[dependencies]\nx = { package = \"aboveboard-store\" }", &["crates/store"]);
        check("catalog", "[target.'cfg(unix)'.dependencies]\naboveboard-store = \"1\"", &["crates/store"]);
        check("extra", "", &["not listed"]);
    }

    #[test]
    fn packages_to_do_without_are_found() {
        let manifest = "[dependencies]\nserde = \"1\"\ntokio = \"1\"";
        expect(absences, LISTED, &[("crates/catalog/Cargo.toml", manifest)], &["`tokio`"]);
        expect(absences, LISTED, &[("crates/server/Cargo.toml", manifest)], &[]);
    }
}
