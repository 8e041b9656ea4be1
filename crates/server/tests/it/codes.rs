//! The pages of error codes: written, checked against source, published, and merged by the real git.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::server::aboveboard;

const CATALOG: &str = r#"[tool]
name = "acme"
title = "Acme"
controller = "Acme Ltd"
contact = "privacy@acme.example"
endpoint = "https://telemetry.acme.example"
mode = "on"
identity = "none"
retention_days = 100

[errors]
folder = "errors"
shown = "error_shown"
vote = "feedback_given"

[origin.version]
type = "version"
about = "the version of acme"

[event.error_shown]
question = "Which errors do people meet most?"
owner = "the team"
review = "https://acme.example/reviews/1"
since = "2026-03-02"
sensitivity = "technical"
field.code = { type = "code", about = "the code of the error" }

[event.feedback_given]
question = "Which error texts help?"
owner = "the team"
review = "https://acme.example/reviews/2"
since = "2026-03-02"
sensitivity = "feedback"
field.code = { type = "code", about = "the code of the error" }
field.helpful = { type = "flag", about = "whether its text helped" }
field.surface = { type = "choice", about = "where it was asked", members = ["docs", "terminal"] }

[chart.errors]
title = "Errors"
measure = "events"
events = ["error_shown"]
by = ["code"]

[chart.votes]
title = "Votes"
measure = "events"
events = ["feedback_given"]
by = ["code", "helpful", "surface"]
"#;

/// A tool with a catalogue, a page for each of two codes, and the source that raises them.
struct Tool(TempDir);

impl Tool {
    fn new() -> Self {
        let tool = Self(tempfile::tempdir().expect("a folder"));
        tool.write("catalog.toml", CATALOG);
        tool.write("errors/ACME_BUSY.md", &page("ACME_BUSY"));
        tool.write("errors/ACME_GONE.md", &page("ACME_GONE"));
        tool.write("src/error.rs", &variant("ACME_BUSY", "{0} is busy"));
        tool.write("src/errors.ts", &entry("ACME_GONE", "{file} is gone"));
        assert_eq!(tool.run(&["extract"]).0, 0);
        tool
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "`{from}` is not in {text}");
        self.write(path, &text.replace(from, to));
    }

    /// Runs `aboveboard errors …`: its exit code, and all that it says.
    fn run(&self, arguments: &[&str]) -> (i32, String) {
        said(self.command(aboveboard()).arg("errors").args(arguments))
    }

    fn git(&self, arguments: &[&str]) -> (i32, String) {
        let mut git = self.command(Command::new("git"));
        git.env_clear().env("PATH", path_variable()).env("HOME", self.0.path());
        git.args(["-c", "user.name=A", "-c", "user.email=a@acme.example", "-c", "init.defaultBranch=main"]);
        said(git.args(arguments))
    }

    fn command(&self, mut command: Command) -> Command {
        command.env("PATH", path_variable()).current_dir(self.0.path());
        command
    }

    /// Commits everything.
    fn commit(&self, message: &str) {
        for words in [&["add", "--all"][..], &["commit", "--quiet", "--message", message]] {
            let (code, said) = self.git(words);
            assert_eq!(code, 0, "{said}");
        }
    }

    #[track_caller]
    fn check(&self, arguments: &[&str], code: i32, parts: &[&str]) {
        let (found, text) = self.run(arguments);
        assert_eq!(found, code, "{arguments:?} {text}");
        for part in parts {
            assert!(text.contains(part), "{arguments:?} `{part}` is not in\n{text}");
        }
    }
}

fn path_variable() -> std::ffi::OsString {
    std::env::var_os("PATH").expect("a path")
}

fn said(command: &mut Command) -> (i32, String) {
    let Output { status, stdout, stderr } = command.output().expect("it runs");
    (status.code().expect("an end"), String::from_utf8([stdout, stderr].concat()).expect("UTF-8"))
}

fn page(code: &str) -> String {
    format!(
        "+++\ntitle = \"It is {code}\"\nsince = \"1.0.0\"\nowner = \"the team\"\n+++\n## What happened\n\nIt.\n\n## Why\n\nSo.\n\n\
         ## Fix it\n\n`acme <again>`\n\n## Example\n\n```console\n$ acme {code}\n```\n\n## Still stuck\n\nAsk.\n"
    )
}

fn variant(code: &str, template: &str) -> String {
    format!(
        "#[derive(Debug, Error, ErrorCode)]\nenum Error {{\n    #[error(\"{template}\")]\n    #[code(\"{code}\")]\n    It(PathBuf),\n}}\n"
    )
}

fn entry(code: &str, template: &str) -> String {
    format!("export const errors = defineErrors(errorCodes, {{\n  {code}: '{template}',\n}});\n")
}

#[test]
fn a_sound_tool_needs_no_word() {
    Tool::new().check(&["check"], 0, &["2 codes are sound: 2 places raise them"]);
}

#[test]
fn everything_wrong_is_told_at_once_with_its_place_and_the_fix() {
    let tool = Tool::new();
    tool.write("errors/ACME_IDLE.md", &page("ACME_IDLE"));
    tool.write(
        "errors/ACME_OLD.md",
        &page("ACME_OLD").replace("owner", "removed = \"2.0.0\"\nnote = \"it cannot be\"\nowner"),
    );
    tool.edit("errors/ACME_BUSY.md", "It.\n", "\n");
    tool.write("src/more.rs", &variant("ACME_BUZY", "x"));
    tool.write("src/old.ts", &entry("ACME_OLD", "old"));
    tool.edit("src/errors.ts", "is gone", "went away");
    tool.write("target/build.rs", &variant("ACME_NOT_OURS", "x"));
    let parts = [
        "errors/ACME_IDLE.md:1: nothing raises `ACME_IDLE`; raise it, or say `removed = \"VERSION\"` with a `note`",
        "errors/ACME_BUSY.md:12: `## What happened` says nothing; say it in a few words",
        "src/more.rs:4: `ACME_BUZY` has no page; write it with `aboveboard errors new ACME_BUZY`; did you mean `ACME_BUSY`?",
        "src/old.ts:2: `ACME_OLD` was removed in 2.0.0 and means what it meant; choose a new code",
        "src/errors.ts:2: the message of `ACME_GONE` is `{file} went away` now, and its page knows another; if it means \
         the same, run `aboveboard errors extract --revise \"WHY\" --in VERSION`, otherwise choose a new code",
    ];
    tool.check(&["check"], 1, &parts);
    assert_eq!(tool.run(&["check"]).1.trim().lines().count(), parts.len());
}

#[test]
fn a_code_has_one_message() {
    let tool = Tool::new();
    tool.write("src/again.ts", &entry("ACME_BUSY", "{file} is busy"));
    tool.check(&["check"], 0, &["3 places"]);
    tool.write("src/again.ts", &entry("ACME_BUSY", "{file} is at work"));
    tool.check(&["check"], 1, &["`ACME_BUSY` says `{0} is busy`", "a code has one message"]);
}

#[test]
fn a_changed_message_is_a_revision_when_somebody_says_why() {
    let tool = Tool::new();
    tool.edit("src/error.rs", "is busy", "is taken");
    tool.check(&["extract"], 1, &["src/error.rs:4: the message of `ACME_BUSY` is `{0} is taken` now"]);
    tool.check(&["extract", "--revise", "plainer"], 2, &["`--revise` needs `--in VERSION`"]);
    tool.check(&["extract", "--revise", "plainer", "--in", "1.1.0"], 0, &["Wrote down the messages of ACME_BUSY."]);
    tool.check(&["check"], 0, &[]);
    let page = tool.read("errors/ACME_BUSY.md");
    assert!(page.contains("version = \"1.1.0\"") && page.contains("note = \"plainer\""), "{page}");
    tool.check(&["extract"], 0, &["every message is as it was written down"]);
}

#[test]
fn a_new_page_is_to_be_filled_in_and_never_overwrites() {
    let tool = Tool::new();
    tool.check(&["new", "ACME_FULL"], 0, &["Wrote ./errors/ACME_FULL.md: fill it in"]);
    tool.check(&["new", "ACME_FULL"], 1, &["`ACME_FULL` has a page already"]);
    tool.check(&["new", "Acme"], 1, &["`Acme` cannot be a code"]);
    tool.check(&["check"], 1, &["errors/ACME_FULL.md:2: `title` is empty"]);
    fs::remove_file(tool.path("errors/ACME_FULL.md")).expect("it is there");
    tool.check(&["new", "OTHER_FULL"], 1, &["`OTHER_FULL` does not begin with `ACME_`"]);
}

#[test]
fn a_page_that_was_published_stays() {
    let tool = Tool::new();
    assert_eq!(tool.git(&["init", "--quiet"]).0, 0);
    tool.commit("first");
    assert_eq!(tool.git(&["tag", "v1"]).0, 0);
    tool.check(&["check", "--since", "v1"], 0, &[]);
    fs::remove_file(tool.path("errors/ACME_GONE.md")).expect("it is there");
    fs::remove_file(tool.path("src/errors.ts")).expect("it is there");
    tool.check(
        &["check", "--since", "v1"],
        1,
        &["ACME_GONE.md:1: the page of `ACME_GONE` is gone; bring it back with `git checkout v1 -- "],
    );
    tool.commit("gone");
    tool.check(&["new", "ACME_GONE"], 1, &["`ACME_GONE` had a page until commit"]);
    assert_eq!(tool.git(&["checkout", "--quiet", "v1", "--", "errors/ACME_GONE.md"]).0, 0);
    tool.edit("errors/ACME_GONE.md", "owner", "removed = \"2.0.0\"\nnote = \"it cannot be\"\nowner");
    tool.check(&["check", "--since", "v1"], 0, &[]);
    tool.commit("removed");
    tool.edit("errors/ACME_GONE.md", "removed = \"2.0.0\"\nnote = \"it cannot be\"\n", "");
    tool.write("src/errors.ts", &entry("ACME_GONE", "{file} is gone"));
    tool.check(&["check", "--since", "HEAD"], 1, &["`ACME_GONE` was removed in 2.0.0, and a code is not used again"]);
    tool.check(&["check", "--since", "nowhere"], 1, &["git does not know the pages of `nowhere`"]);
}

#[cfg(unix)]
#[test]
fn examples_are_run_for_real() {
    let tool = Tool::new();
    tool.write("bin/acme", "#!/bin/sh\n[ -z \"$(ls -A)\" ] && echo \"error[$1]: no\" >&2\nexit 3\n");
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(tool.path("bin/acme"), executable).expect("a program");
    let bin = tool.path("bin").display().to_string();
    for folder in [&bin, "bin"] {
        tool.check(&["check", "--run", folder], 0, &["2 examples run"]);
    }
    tool.edit("errors/ACME_BUSY.md", "$ acme ACME_BUSY", "$ touch x\n$ acme ACME_BUSY");
    tool.edit("errors/ACME_GONE.md", "$ acme ACME_GONE", "$ acme ACME_OTHER");
    let (code, said) = tool.run(&["check", "--run", &bin]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("ACME_BUSY.md:26: the example does not print `error[ACME_BUSY]`"), "{said}");
    assert!(said.contains("it prints:\n    error[ACME_OTHER]: no"), "{said}");
}

#[test]
fn pages_are_published_as_html_and_as_markdown() {
    let tool = Tool::new();
    tool.edit("errors/ACME_BUSY.md", "owner", "see_also = [\"ACME_GONE\"]\nowner");
    tool.edit("errors/ACME_GONE.md", "owner", "removed = \"2.0.0\"\nnote = \"it cannot be\"\nowner");
    tool.check(&["docs", "--out", "site", "--script", "/feedback.js"], 0, &["Wrote 3 pages to site."]);
    let page = tool.read("site/ACME_BUSY.html");
    for part in [
        "<title>ACME_BUSY: It is ACME_BUSY</title>",
        "<code>acme &#60;again&#62;</code>",
        "<a href=\"ACME_GONE.html\">",
        "<li>Text of 1.0.0, <time datetime=\"",
        "endpoint=\"https://telemetry.acme.example/v1/batches\" tool=\"acme\" surface=\"docs\"><a \
         href=\"https://telemetry.acme.example/errors/acme/ACME_BUSY#helpful\">",
        "connect-src https://telemetry.acme.example\"",
        "nothing is loaded from elsewhere.",
    ] {
        assert!(page.contains(part), "`{part}` is not in\n{page}");
    }
    let gone = tool.read("site/ACME_GONE.html");
    assert!(gone.contains("Not raised since 2.0.0: it cannot be"), "{gone}");
    assert!(!gone.contains("feedback") && !gone.contains("script-src"), "nobody is asked about it: {gone}");
    tool.check(&["docs", "--out", "far", "--script", "https://cdn.example/feedback.js"], 0, &[]);
    assert!(tool.read("far/ACME_BUSY.html").contains("but the script that asks, from https://cdn.example."));
    tool.check(&["docs", "--out", "text", "--markdown"], 0, &[]);
    assert!(
        tool.read("text/index.md").contains("| [ACME_GONE](ACME_GONE.md) | It is ACME_GONE | 1.0.0, until 2.0.0 |")
    );
    assert!(tool.read("text/ACME_BUSY.md").contains("\n## Fix it\n\n`acme <again>`\n"));
}

/// Everything that somebody does who adds a code: page, source, digest, and all that is generated.
fn add(tool: &Tool, code: &str, place: &str, source: &str) {
    assert_eq!(tool.run(&["new", code]).0, 0);
    tool.write(&format!("errors/{code}.md"), &page(code));
    tool.write(place, source);
    tool.check(&["extract"], 0, &[code]);
    generate(tool);
    tool.check(&["check"], 0, &["3 codes are sound"]);
}

fn generate(tool: &Tool) {
    for (flag, path) in [("--rust", "src/acme.rs"), ("--typescript", "src/acme.ts")] {
        let (code, text) = said(tool.command(aboveboard()).args(["catalog", "generate", flag, "."]));
        assert_eq!(code, 0, "{text}");
        tool.write(path, &text);
    }
}

#[test]
fn two_branches_that_each_add_a_code_merge_without_conflict() {
    let tool = Tool::new();
    generate(&tool);
    assert_eq!(tool.git(&["init", "--quiet"]).0, 0);
    tool.commit("first");
    let git = |words: &[&str]| {
        let (code, said) = tool.git(words);
        assert_eq!(code, 0, "{words:?} {said}");
    };
    git(&["checkout", "--quiet", "-b", "full"]);
    add(&tool, "ACME_FULL", "src/full.rs", &variant("ACME_FULL", "{0} is full"));
    tool.commit("full");
    git(&["checkout", "--quiet", "-b", "lost", "main"]);
    add(&tool, "ACME_LOST", "src/lost.ts", &entry("ACME_LOST", "{file} is lost"));
    tool.commit("lost");
    git(&["checkout", "--quiet", "main"]);
    git(&["merge", "--quiet", "--no-edit", "full"]);
    git(&["merge", "--quiet", "--no-edit", "lost"]);
    tool.check(&["check", "--since", "full"], 0, &["4 codes are sound: 4 places raise them"]);
    tool.check(&["check", "--since", "lost"], 0, &[]);
    generate(&tool);
    assert_eq!(tool.git(&["status", "--porcelain"]), (0, String::new()), "what is generated is as it was merged");
}

#[test]
fn the_pages_of_the_example_tool_are_sound() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut command = aboveboard();
    command.env("PATH", path_variable()).current_dir(root);
    let places = ["examples/hello-cli/src", "examples/hello-node/src"];
    let (code, text) = said(command.args(["errors", "check", "--catalog", "catalogs/acme"]).args(places));
    assert_eq!((code, text.lines().count()), (0, 1), "{text}");
}
