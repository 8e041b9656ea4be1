//! The lines with which the README adopts the client are those of this very tool.

const README: &str = include_str!("../../../../README.md");
const TOOL: &str = include_str!("../../src/main.rs");

#[test]
fn the_readme_adopts_it_as_this_tool_does() {
    let (_, block) = README.split_once("```rust\n").expect("a block of Rust");
    let (block, _) = block.split_once("```").expect("its end");
    let lines =
        block.lines().filter_map(|line| line.split("  //").next()).map(str::trim).filter(|line| !line.is_empty());
    let lines: Vec<&str> = lines.collect();
    assert!((8..=12).contains(&lines.len()), "ten lines, more or less: {lines:#?}");
    for line in lines {
        assert!(TOOL.lines().any(|own| own.trim() == line), "`{line}` is not in the tool");
    }
}
