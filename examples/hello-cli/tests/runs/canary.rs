//! Canaries: a machine full of private words, and none of them, nor a common hash of one, in any byte that is kept or
//! sent.

use std::path::Path;
use std::process::{Command, Stdio};

use super::collector::{Answer, Collector};
use super::tool::Machine;

/// Words that a person would not want to see anywhere, each in a place where tools find such words.
const CANARIES: [&str; 8] = [
    "canary-user",
    "canary-host",
    "canary-folder",
    "canary-remote",
    "canary-branch",
    "canary-token",
    "canary-argument",
    "canary-plugin",
];

/// What a word looks like in the bytes: as it is, and as the hashes and encodings that tools are fond of.
fn disguises(word: &str) -> Vec<String> {
    let programs = ["md5sum", "sha1sum", "sha256sum", "sha512sum", "base64"];
    let mut all: Vec<String> = programs.iter().map(|program| through(program, word)).collect();
    all.push(word.to_owned());
    all
}

/// The first word that a program prints about another.
fn through(program: &str, word: &str) -> String {
    use std::io::Write;
    let mut child =
        Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it is installed");
    child.stdin.take().expect("an input").write_all(word.as_bytes()).expect("written");
    let output = child.wait_with_output().expect("an output").stdout;
    let text = String::from_utf8(output).expect("text");
    // The last two characters of base64 depend on what follows.
    text.split_whitespace().next().expect("a word").trim_end_matches('=').to_owned()
}

/// The canaries, in any disguise, that these bytes hold.
fn found_in(bytes: &[u8]) -> Vec<&'static str> {
    let text = String::from_utf8_lossy(bytes).to_lowercase();
    let holds = |word: &&&str| disguises(word).iter().any(|disguise| text.contains(&disguise.to_lowercase()));
    CANARIES.iter().filter(holds).copied().collect()
}

fn everything_below(folder: &Path) -> Vec<u8> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let bytes = entries.map(|entry| match entry.path().is_dir() {
        true => everything_below(&entry.path()),
        false => std::fs::read(entry.path()).unwrap_or_default(),
    });
    bytes.flatten().collect()
}

/// A working directory with a repository that tells a lot.
fn plant(machine: &Machine) -> std::path::PathBuf {
    let folder = machine.home().join("work/canary-folder");
    std::fs::create_dir_all(folder.join(".git")).expect("made");
    std::fs::write(folder.join(".git/HEAD"), "ref: refs/heads/canary-branch\n").expect("written");
    let remote = "[remote \"origin\"]\n\turl = https://canary-user:canary-token@canary-host/canary-remote.git\n";
    std::fs::write(folder.join(".git/config"), remote).expect("written");
    folder
}

#[test]
fn no_private_word_is_kept_or_sent() {
    let collector = Collector::new(Answer::Status(200));
    let machine = Machine::that_sends_to(&collector.url()).quiet();
    let machine = machine.with("USER", "canary-user").with("LOGNAME", "canary-user").with("HOSTNAME", "canary-host");
    let machine = machine.with("GITHUB_TOKEN", "canary-token").with("GITHUB_REF_NAME", "canary-branch");
    let folder = plant(&machine);
    for arguments in
        [["build", "canary-argument"], ["canary-argument", "--plugin=canary-plugin"], ["panic", "canary-token"]]
    {
        machine.command().args(arguments).current_dir(&folder).output().expect("the tool runs");
    }
    let kept = everything_below(&machine.home().join(".local"));
    assert!(kept.windows(7).any(|window| window == b"command"), "something was recorded");
    machine.send_all();
    let sent = collector.so_far().concat();
    assert!(!sent.is_empty());
    let after = everything_below(&machine.home().join(".local"));
    let choice = std::fs::read(machine.choice()).expect("the choice");
    for (place, bytes) in [("the queue", kept), ("the wire", sent), ("the ledger", after), ("the choice", choice)] {
        assert_eq!(found_in(&bytes), [""; 0], "{place}");
    }
}

#[test]
fn a_leak_would_be_found() {
    assert_eq!(found_in(br#"{"path":"/home/canary-user/x"}"#), ["canary-user"]);
    assert_eq!(found_in(format!("id={}", through("sha256sum", "canary-remote")).as_bytes()), ["canary-remote"]);
    assert_eq!(found_in(through("base64", "canary-token").as_bytes()), ["canary-token"]);
    assert_eq!(found_in(through("md5sum", "canary-host").to_uppercase().as_bytes()), ["canary-host"]);
}
