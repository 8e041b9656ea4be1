//! The program `aboveboard`.

use std::process::ExitCode;

fn main() -> ExitCode {
    aboveboard_server::run()
}
