//! What developers of the project run: `cargo xtask test`, and the tasks it is made of.
//!
//! Every task prints what it runs and how long each step took, and closes with `N passed, N failed`.

mod bench;
mod fuzz;
mod shell;
mod steps;
mod test;
mod tidy;
mod update;
mod web;

use std::process::ExitCode;

use steps::Steps;

const USAGE: &str = "\
usage: cargo xtask TASK

  test [unit|web|e2e|fuzz]   everything that must hold, or one part of it
  tidy                       the rules about the tree itself
  fuzz [--seconds N]         every fuzz target for N seconds, 300 unless told
  bench [build|ingest|store|client|sdk|pages]
                             measures against the budgets; rewrites docs/reference/performance.md, or a section of it
  update                     rewrites the golden and generated files, to be read in `git diff`
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut steps = Steps::new();
    match words[..] {
        ["test"] => test::everything(&mut steps),
        ["test", "unit"] => test::unit(&mut steps),
        ["test", "web"] => web::run_all(&mut steps),
        ["test", "e2e"] => test::e2e(&mut steps),
        ["test", "fuzz"] => fuzz::run_all(&mut steps, fuzz::SECONDS_IN_TEST),
        ["tidy"] => tidy::run(&mut steps),
        ["fuzz"] => fuzz::run_all(&mut steps, fuzz::SECONDS),
        ["fuzz", "--seconds", seconds] => match seconds.parse() {
            Ok(seconds) => fuzz::run_all(&mut steps, seconds),
            Err(_) => return misused(),
        },
        ["bench"] => bench::run(&mut steps),
        ["bench", part] if bench::run_part(&mut steps, part) => {}
        ["update"] => update::run_all(&mut steps),
        _ => return misused(),
    }
    steps.close()
}

fn misused() -> ExitCode {
    eprint!("{USAGE}");
    ExitCode::from(2)
}
