//! The lines with which the README adopts the client are those of this very tool, and what it shows is what users see.

use super::tool::Machine;

const README: &str = include_str!("../../../../README.md");
const TOOL: &str = include_str!("../../src/main.rs");

#[test]
fn the_readme_adopts_it_as_this_tool_does() {
    let (_, block) = README.split_once("```rust\n").expect("a block of Rust");
    let (block, _) = block.split_once("```").expect("its end");
    let lines =
        block.lines().filter_map(|line| line.split("  //").next()).map(str::trim).filter(|line| !line.is_empty());
    let lines: Vec<&str> = lines.filter(|line| *line != "}").collect();
    assert!((8..=13).contains(&lines.len()), "ten lines, more or less: {lines:#?}");
    for line in lines {
        assert!(TOOL.lines().any(|own| own.trim() == line), "`{line}` is not in the tool");
    }
}

#[test]
fn the_readme_shows_what_users_see() {
    let machine = Machine::new();
    machine.on_a_terminal("build", "");
    let (_, shown) = README.split_once("$ acme telemetry status\n").expect("the status");
    let shown: Vec<&str> = shown.lines().take_while(|line| !line.starts_with('$')).collect();
    let status = String::from_utf8(machine.run(&["telemetry", "status"]).stdout).expect("text");
    assert!(!shown.is_empty() && shown.iter().all(|line| status.lines().any(|said| said == *line)), "{status}");
    let commands = README.lines().filter_map(|line| line.strip_prefix("$ acme telemetry ")?.split(' ').next());
    for command in commands {
        // Without a collector nothing can be forgotten there; a command that does not exist ends with 2.
        assert!(matches!(machine.run(&["telemetry", command]).status.code(), Some(0 | 1)), "{command}");
    }
}
