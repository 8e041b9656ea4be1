//! The canary harness on the example tool: a machine full of private words, given to it as arguments too.

use std::process::Command;

use crate::rust::example;

#[test]
fn the_example_tool_keeps_and_sends_nothing_private() {
    // Only the last run finds that it is time to send: so one sender has all there is to say.
    let script = r#"next=~/.local/state/acme/telemetry/next; mkdir -p "${next%/*}"; echo "next = \"$(($(date +%s) + 3600))\"" > $next
        "$0" init; "$0" build "$API_KEY"; "$0" "$USER" --plugin="$HOSTNAME"; "$0" panic "$PWD"; rm $next; "$0" check"#;
    let mut canary = Command::new(env!("CARGO_BIN_EXE_aboveboard"));
    canary.args(["canary", "--tool", "acme", "--", "sh", "-c", script]).arg(example());
    let output = canary.output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.starts_with("no canary in "), "{output:?}");
    assert!(said.contains(" and 1 connection ("), "something was sent, and once: {said}");
}
