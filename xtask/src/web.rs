//! The suites of the npm packages: node's own test runner, the real collector, a real Chromium.
//!
//! A suite finds them in `ABOVEBOARD_BINARY` and `CHROMIUM`, and the example tool in Rust in `ABOVEBOARD_ACME`. What is
//! missing and cannot be installed is said in a sentence, and is a failure: a suite that did not run held nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::shell::{command, read, root, run};
use crate::steps::{Counts, Outcome, Steps, failures};

/// The folders of the packages whose `npm test` is run.
const PACKAGES: [&str; 4] =
    ["sdk/typescript", "sdk/typescript/test/web", "sdk/typescript/test/next", "crates/server/tests/web"];
/// The program itself; Debian's wrapper in `bin` does not pass on what drives it.
const CHROMIUM: &str = "/usr/lib/chromium/chromium";

/// What the suites are handed.
struct Tools {
    collector: PathBuf,
    /// The example tool in Rust, which shares its queue with the one in Node.
    acme: PathBuf,
    chromium: PathBuf,
}

/// Runs every suite, or says what is missing.
pub(crate) fn run_all(steps: &mut Steps) {
    let mut tools = None;
    steps.step("what the web tests need", || match gather() {
        Ok(found) => {
            tools = Some(found);
            Counts::one(true)
        }
        Err(sentence) => {
            println!("{sentence}");
            Counts::one(false)
        }
    });
    for package in tools.iter().flat_map(|_| PACKAGES) {
        steps.step(package, || tools.as_ref().map_or(Counts::one(false).into(), |tools| suite(package, tools)));
    }
}

fn gather() -> Result<Tools, String> {
    for program in ["node", "npm"] {
        read(&format!("{program} --version")).ok_or(format!("no `{program}`: install Node.js 20 or later"))?;
    }
    let chromium = chromium()?;
    for package in PACKAGES {
        install(package)?;
    }
    let binaries = binaries()?;
    Ok(Tools { collector: binaries.join("aboveboard"), acme: binaries.join("acme"), chromium })
}

/// The browser that `CHROMIUM` names, or Debian's, installed when this is root's machine, as in CI.
pub(crate) fn chromium() -> Result<PathBuf, String> {
    if let Some(named) = std::env::var_os("CHROMIUM") {
        return Ok(named.into());
    }
    let debian = PathBuf::from(CHROMIUM);
    if !debian.exists() && read("id -u").is_some_and(|id| id.trim() == "0") {
        run(&mut command("apt-get update --quiet"));
        let install = "apt-get install --quiet --yes --no-install-recommends chromium";
        run(command(install).env("DEBIAN_FRONTEND", "noninteractive"));
    }
    if debian.exists() { Ok(debian) } else { Err(format!("no Chromium at `{CHROMIUM}`: name one in `CHROMIUM`")) }
}

/// Installs what the lock file says, unless that was done since it changed.
pub(crate) fn install(package: &str) -> Result<(), String> {
    let folder = root().join(package);
    let lock = changed(&folder.join("package-lock.json")).ok_or(format!("`{package}` has no package-lock.json"))?;
    if changed(&folder.join("node_modules/.package-lock.json")).is_some_and(|installed| installed >= lock) {
        return Ok(());
    }
    let mut install = command("npm ci --no-audit --no-fund --no-progress");
    let heard = run(install.current_dir(folder).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"));
    if heard.success { Ok(()) } else { Err(format!("`npm ci` failed in `{package}`")) }
}

fn changed(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|about| about.modified()).ok()
}

/// The folder of the programs that the suites run, built.
fn binaries() -> Result<PathBuf, String> {
    let built = ["--package aboveboard-server --bin aboveboard", "--package hello-cli --bin acme"]
        .iter()
        .all(|what| run(&mut command(&format!("cargo build {what}"))).success);
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or(root().join("target"), PathBuf::from);
    if built { Ok(target.join("debug")) } else { Err("the collector or the example tool does not build".to_owned()) }
}

fn suite(package: &str, tools: &Tools) -> Outcome {
    let mut npm = command("npm test --silent");
    npm.current_dir(root().join(package));
    npm.env("ABOVEBOARD_BINARY", &tools.collector).env("ABOVEBOARD_ACME", &tools.acme).env("CHROMIUM", &tools.chromium);
    let heard = run(&mut npm);
    Outcome { counts: judged(heard.success, summed(&heard.text)), failed: failures(&heard.text) }
}

/// A suite of no test, or one that ended badly without a failing test, failed.
fn judged(success: bool, counts: Counts) -> Counts {
    if counts.failed == 0 && (counts.passed == 0 || !success) {
        return Counts { failed: 1, ..counts };
    }
    counts
}

/// Adds up the closing lines of node's test runner: `# pass 3` for programs, `ℹ pass 3` for people.
fn summed(text: &str) -> Counts {
    let figure = |word: &str| -> u64 {
        let closing = |line: &str| {
            let rest = line.strip_prefix("# ").or(line.strip_prefix("ℹ "))?;
            rest.strip_prefix(word)?.trim().parse::<u64>().ok()
        };
        text.lines().filter_map(closing).sum()
    };
    Counts { passed: figure("pass "), failed: figure("fail ") + figure("cancelled ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_of_all_runs_add_up() {
        let programs = "ok 1 - a\n# tests 4\n# pass 2\n# fail 1\n# cancelled 1\n# skipped 0\n";
        let people = "ℹ tests 5\nℹ pass 5\nℹ fail 0\nℹ cancelled 0\n";
        assert_eq!(summed(&[programs, people].concat()), Counts { passed: 7, failed: 2 });
        assert_eq!(summed("    # pass 3\nwe pass 3\n# passing 3\n"), Counts::default());
    }

    #[test]
    fn a_suite_in_which_nothing_ran_failed() {
        assert_eq!(judged(true, Counts::default()), Counts { passed: 0, failed: 1 });
        assert_eq!(judged(false, Counts { passed: 2, failed: 0 }), Counts { passed: 2, failed: 1 });
        assert_eq!(judged(false, Counts { passed: 2, failed: 3 }), Counts { passed: 2, failed: 3 });
        assert_eq!(judged(true, Counts { passed: 2, failed: 0 }), Counts { passed: 2, failed: 0 });
    }
}
