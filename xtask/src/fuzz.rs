//! `cargo xtask fuzz`: builds every fuzz target once, seeds its corpus from what the repository holds, and runs it.
//!
//! The corpus grows under `fuzz/corpus`, which git does not keep; inputs that once broke something are kept under
//! `fuzz/findings/TARGET` and run first.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::shell::{command, read, root, run};
use crate::steps::{Counts, Steps};

/// What every test run spends on one target.
pub(crate) const SECONDS_IN_TEST: u64 = 20;
/// What a run by hand spends on one target.
pub(crate) const SECONDS: u64 = 300;

/// Brings the inputs to begin with.
type Seeds = fn() -> Vec<Vec<u8>>;

/// The targets.
const TARGETS: [(&str, Seeds); 8] = [
    ("catalogue_parse", catalogues),
    ("native", native_batches),
    ("nextjs", || captured("fixtures/captures/nextjs")),
    ("clerk", || captured("fixtures/captures/clerk")),
    ("wal_replay", Vec::new),
    ("spool", native_batches),
    ("surroundings", Vec::new),
    ("error_page", error_pages),
];

/// Without sanitizers: the product has no `unsafe`, and they double the time to build and to run.
const BUILD: &str = "--sanitizer none --codegen-units 16";

/// A megabyte: more than any limit of the parsers.
const INPUT_BYTES_MAX: u64 = 1 << 20;
const INPUT_SECONDS_MAX: u64 = 10;

pub(crate) fn run_all(steps: &mut Steps, seconds: u64) {
    let mut ready = false;
    steps.step("fuzz targets", || {
        ready = need_cargo_fuzz() && run(&mut cargo_fuzz(&format!("build {BUILD}"))).success;
        Counts::one(ready)
    });
    for (target, seeds) in TARGETS.iter().filter(|_| ready) {
        steps.step(&format!("fuzz {target} for {seconds} s"), || fuzz(target, &seeds(), seconds));
    }
}

fn need_cargo_fuzz() -> bool {
    read("cargo fuzz --version").is_some() || run(&mut command("cargo install cargo-fuzz --locked")).success
}

/// The coverage flags are not stable: the one stable toolchain takes them when told that it is being bootstrapped.
fn cargo_fuzz(line: &str) -> Command {
    let mut command = command(&format!("cargo fuzz {line}"));
    command.env("RUSTC_BOOTSTRAP", "1");
    command
}

fn fuzz(target: &str, seeds: &[Vec<u8>], seconds: u64) -> Counts {
    if let Err(problem) = seed(target, seeds) {
        println!("cannot write the corpus: {problem}");
        return Counts::one(false);
    }
    let [corpus, findings] = ["corpus", "findings"].map(|folder| format!("fuzz/{folder}/{target}"));
    let limits = format!("-max_total_time={seconds} -max_len={INPUT_BYTES_MAX} -timeout={INPUT_SECONDS_MAX}");
    let findings = if root().join(&findings).is_dir() { findings } else { String::new() };
    let line = format!("run {BUILD} {target} {corpus} {findings} -- {limits} -verbosity=0 -print_final_stats=1");
    Counts::one(run(&mut cargo_fuzz(&line)).success)
}

fn seed(target: &str, seeds: &[Vec<u8>]) -> std::io::Result<()> {
    let folder = root().join("fuzz/corpus").join(target);
    fs::create_dir_all(&folder)?;
    println!("{} inputs to begin with", seeds.len());
    seeds.iter().zip(1..).try_for_each(|(input, number)| fs::write(folder.join(format!("seed-{number:03}")), input))
}

/// The bodies of captured requests.
fn captured(folder: &str) -> Vec<Vec<u8>> {
    let files = files_below(&root().join(folder), "json");
    let captures = files.iter().filter_map(|path| serde_json::from_slice(&fs::read(path).ok()?).ok());
    captures.flat_map(|capture: Value| bodies(&capture)).collect()
}

/// A capture is one request, or a list of them.
fn bodies(capture: &Value) -> Vec<Vec<u8>> {
    let requests = capture.as_array().map_or(std::slice::from_ref(capture), Vec::as_slice);
    let sent = requests.iter().map(|request| &request["body"]).filter(|body| body.is_object());
    sent.map(|body| body.to_string().into_bytes()).collect()
}

fn catalogues() -> Vec<Vec<u8>> {
    let folders = ["catalogs", "conformance/catalog", "fuzz/catalogs"];
    folders
        .iter()
        .flat_map(|folder| files_below(&root().join(folder), "toml"))
        .filter_map(|path| fs::read(path).ok())
        .collect()
}

fn error_pages() -> Vec<Vec<u8>> {
    files_below(&root().join("catalogs"), "md").iter().filter_map(|path| fs::read(path).ok()).collect()
}

/// The batches and receipts of the conformance cases, sound ones and others.
fn native_batches() -> Vec<Vec<u8>> {
    let files = files_below(&root().join("conformance/wire"), "json");
    let cases = files.iter().filter_map(|path| serde_json::from_slice::<Vec<Value>>(&fs::read(path).ok()?).ok());
    cases.flatten().filter_map(|case| Some(case["bytes"].as_str()?.as_bytes().to_vec())).collect()
}

fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    let mut found: Vec<PathBuf> = entries
        .flat_map(|path| match path.is_dir() {
            true => files_below(&path, extension),
            false => vec![path],
        })
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_taken_out_of_captures() {
        let check = |capture: &str, expected: &[&str]| {
            let capture = serde_json::from_str(capture).expect("JSON");
            assert_eq!(bodies(&capture), expected.iter().map(|body| body.as_bytes()).collect::<Vec<_>>());
        };
        check(r#"{"method":"POST","body":{"events":[]}}"#, &[r#"{"events":[]}"#]);
        check(r#"[{"body":""},{"body":{"a":1}},{"body":{"b":2}}]"#, &[r#"{"a":1}"#, r#"{"b":2}"#]);
    }

    #[test]
    fn every_target_of_the_manifest_is_run() {
        let manifest = fs::read_to_string(root().join("fuzz/Cargo.toml")).expect("fuzz/Cargo.toml");
        let names = manifest.split("[[bin]]\nname = \"").skip(1).filter_map(|rest| rest.split('"').next());
        assert_eq!(names.collect::<Vec<_>>(), TARGETS.map(|(name, _)| name));
    }

    #[test]
    fn there_is_something_to_begin_with() {
        for folder in ["fixtures/captures/nextjs", "fixtures/captures/clerk"] {
            assert!(captured(folder).len() > 10, "{folder}");
        }
        assert!(native_batches().len() > 10);
        assert!(catalogues().len() > 3);
    }
}
