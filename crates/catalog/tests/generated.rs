//! Generated code that is committed is what the generator writes today. `UPDATE_GOLDEN=1` writes it anew.

use std::path::Path;

use aboveboard_catalog::{Catalog, Files};

fn catalog(folder: &Path) -> Catalog {
    let files = Folder(folder);
    let toml = files.read("catalog.toml").expect("the catalogue");
    Catalog::parse("catalog.toml", &toml, &files).unwrap_or_else(|problems| panic!("{problems}"))
}

/// The files in the folder of a catalogue.
struct Folder<'a>(&'a Path);

impl Files for Folder<'_> {
    fn read(&self, path: &str) -> Option<String> {
        std::fs::read_to_string(self.0.join(path)).ok()
    }

    fn list(&self, folder: &str) -> Option<Vec<String>> {
        let names = std::fs::read_dir(self.0.join(folder)).ok()?.flatten();
        Some(names.filter_map(|entry| entry.file_name().into_string().ok()).collect())
    }
}

/// Checks the file that was generated from a catalogue.
fn check(folder: &str, generate: impl Fn(&Catalog) -> String, file: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let generated = generate(&catalog(&root.join(folder)));
    let path = root.join(file);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &generated).expect("the file can be written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == generated, "`{file}` is not what `{folder}` generates; run the test with UPDATE_GOLDEN=1");
}

#[test]
fn the_record_of_the_example_tool_is_fresh() {
    let pages = "../../catalogs/acme/errors";
    check("catalogs/acme", |catalog| catalog.rust_with_pages(pages), "examples/hello-cli/src/acme.rs");
}

#[test]
fn the_record_of_the_benchmark_is_fresh() {
    check("bench/ours", Catalog::rust, "bench/ours/src/bench.rs");
}

#[test]
fn the_catalogues_of_the_typescript_tests_are_fresh() {
    check("catalogs/acme", Catalog::typescript, "sdk/typescript/test/catalogs/acme.ts");
    check("conformance/catalog", Catalog::typescript, "sdk/typescript/test/catalogs/conformance.ts");
}

#[test]
fn the_words_of_the_react_example_are_fresh() {
    check("examples/hello-react/catalogs/acme-ui", Catalog::typescript, "examples/hello-react/src/acme-ui.ts");
}

#[test]
fn the_words_of_the_node_example_are_fresh() {
    check("catalogs/acme", Catalog::typescript, "examples/hello-node/src/acme.ts");
}
