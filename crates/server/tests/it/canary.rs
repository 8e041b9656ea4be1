//! `aboveboard canary`: tools that leak are found out, each by what it keeps or sends, and one that does not leak is not
//! accused.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::server::aboveboard;

/// Runs a shell script as the tool `leaky`; answers the exit code and everything that was said.
fn canary(script: &str) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("leaky");
    std::fs::write(&program, format!("#!/bin/bash\n{script}\n")).expect("written");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("changed");
    run(&["--"], &program)
}

fn run(flags: &[&str], program: &Path) -> (Option<i32>, String) {
    let here = Path::new(env!("CARGO_BIN_EXE_aboveboard")).parent().expect("a folder");
    let mut command = aboveboard();
    command.env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", here.display()));
    let output = command.arg("canary").args(flags).arg(program).output().expect("it runs");
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}

/// A script that leaks, and the line that tells so.
#[track_caller]
fn check(script: &str, line: &str) {
    let (code, said) = canary(script);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.lines().any(|found| found == line), "`{line}` is not in:\n{said}");
}

#[test]
fn what_is_kept_in_clear_is_found() {
    check("mkdir -p ~/.cache/x; echo \"$USER\" > ~/.cache/x/id", "the user name, in clear, in `~/.cache/x/id`");
    check("echo in=$(pwd) > $TMPDIR/out", "the path of the project, in clear, in `tmp/out`");
}

#[test]
fn what_is_kept_in_disguise_is_found() {
    check("hostname | sha256sum > ~/.id", "the host name, as sha256 in hex, in `~/.id`");
    check("printf %s \"$PWD\" | md5sum | cut -c1-10 > ~/.id", "the path of the project, as md5 in hex, in `~/.id`");
    check("git config remote.origin.url | base64 > $TMPDIR/a", "the token, in base64, in `tmp/a`");
    check("git rev-parse --abbrev-ref HEAD | gzip > ~/.id", "the branch, in clear, in `~/.id`");
    check("printf %s \"$API_KEY\" | od -An -tx1 | tr -d ' \\n' > ~/.id", "the token, in hex, in `~/.id`");
}

/// Says something over HTTP to wherever this variable leads.
fn say(variable: &str, request: &str) -> String {
    format!(
        "url=${{{variable}#http://}}; exec 3<>/dev/tcp/${{url%:*}}/${{url#*:}}\nprintf '{request}' >&3; read -r -t 5 line <&3"
    )
}

#[test]
fn what_is_sent_is_found() {
    let hash = "hash=$(printf %s \"$HOSTNAME\" | sha1sum | cut -c1-40); ";
    let post = "POST /v1/batches HTTP/1.1\\r\\ncontent-length: 40\\r\\n\\r\\n'$hash'";
    check(
        &(hash.to_owned() + &say("LEAKY_TELEMETRY_ENDPOINT", post)),
        "the host name, as sha1 in hex, in what was sent",
    );
    let connect = "CONNECT '$USER'.example:443 HTTP/1.1\\r\\n\\r\\n";
    check(&say("https_proxy", connect), "the user name, in clear, in what was sent");
}

#[test]
fn a_sender_that_outlives_the_tool_is_waited_for() {
    let queue = "queue=~/.x/telemetry/queue; mkdir -p ~/.x/telemetry; echo 1 > $queue; ";
    let sender = "(sleep 0.3; echo \"$API_KEY\" > ~/.later; rm $queue) &";
    check(&(queue.to_owned() + sender), "the token, in clear, in `~/.later`");
}

#[test]
fn what_a_tool_may_keep_is_excepted_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = folder.path().join("cacher");
    std::fs::write(&program, "#!/bin/sh\necho \"$USER\" > ~/.cached; echo 1 > ~/.count\n").expect("written");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("changed");
    assert_eq!(run(&["--"], &program).0, Some(1));
    let (code, said) = run(&["--except", ".cached", "--"], &program);
    assert!(code == Some(0) && said.contains("no canary in 1 file (2 bytes) and 0 connections"), "{said}");
}

#[test]
fn a_tool_that_keeps_and_sends_nothing_shows_nothing() {
    let (code, said) = canary("true");
    assert!(code == Some(1) && said.contains("`leaky` kept nothing and sent nothing, so this shows nothing"), "{said}");
}

#[test]
fn a_script_that_records_does_not_leak() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/hello-shell/hello");
    let (code, said) =
        run(&["--tool", "hello-shell", "--", "sh", "-c", "\"$0\" greet \"$USER\"; \"$0\" \"$API_KEY\""], &script);
    assert!(code == Some(0) && said.contains("no canary in") && said.contains("1 connection"), "{said}");
}
