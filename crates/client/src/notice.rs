//! What people are told before anything is recorded, and, where the catalogue wants it, asked. Only to stderr, only
//! when a person sits at the terminal, and every word about the data comes from the catalogue.

use std::io::{BufRead, Write};

use crate::vocabulary::{FieldWord, Vocabulary};

/// Columns of a text.
const WIDTH: usize = 72;
/// Columns before what a line says.
const HANGING: usize = 13;

/// The notice of a tool that is on by default.
pub(crate) fn notice(vocabulary: &Vocabulary, command: &str) -> String {
    let tool = vocabulary.name;
    format!(
        "{tool} sends usage statistics to the people who make it.\n{}\
         \x20 Not yet:   nothing is sent or kept during this run.\n\
         \x20 See it:    {command} inspect\n\
         \x20 Stop it:   {command} disable      or set DO_NOT_TRACK=1\n\
         \x20 All of it: {}\n",
        sent(vocabulary),
        vocabulary.page()
    )
}

/// The question of a tool that asks.
pub(crate) fn question(vocabulary: &Vocabulary, command: &str) -> String {
    let tool = vocabulary.name;
    format!(
        "{tool} would like to send usage statistics to the people who make it.\n{}\
         \x20 Change it: {command} enable, or disable, at any time\n\
         \x20 All of it: {}\n\
         Send them? [y/N] ",
        sent(vocabulary),
        vocabulary.page()
    )
}

/// Asks, and waits for a line. Nothing, nonsense and the end of the input are a no.
pub(crate) fn ask(vocabulary: &Vocabulary, command: &str, input: &mut impl BufRead, output: &mut impl Write) -> bool {
    let asked = output.write_all(question(vocabulary, command).as_bytes()).and_then(|()| output.flush());
    let mut line = String::new();
    asked.is_ok() && input.read_line(&mut line).is_ok() && is_yes(&line)
}

/// Whether an answer is a yes.
pub(crate) fn is_yes(line: &str) -> bool {
    matches!(line.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

/// What is sent, by the names that the catalogue gives it.
fn sent(vocabulary: &Vocabulary) -> String {
    let fields = vocabulary.events.iter().flat_map(|event| event.fields).chain(vocabulary.origin);
    let mut names: Vec<String> = Vec::new();
    for name in fields.map(name) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let list = names.join(", ");
    wrapped("Sent:", &format!("{list}. Nothing else: no paths, no source code, no arguments, no addresses."))
}

fn name(field: &FieldWord) -> String {
    match field.name {
        "code" if field.is_code() => "error code".to_owned(),
        name => name.replace('_', " "),
    }
}

/// A label and a text that goes on below itself.
fn wrapped(label: &str, text: &str) -> String {
    let mut lines = vec![format!("  {label:<width$}", width = HANGING - 2)];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is a first line");
        if line.len() + 1 + word.len() > WIDTH {
            lines.push(format!("{:HANGING$}{word}", ""));
        } else {
            line.push_str(if line.len() > HANGING { " " } else { "" });
            line.push_str(word);
        }
    }
    lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::ACME;
    use crate::golden;

    #[test]
    fn the_notice_says_what_when_where_and_how_to_stop() {
        golden::check("notice.txt", &notice(&ACME, "acme telemetry"));
        golden::check("question.txt", &question(&ACME, "acme telemetry"));
        assert!(notice(&ACME, "acme telemetry").lines().all(|line| line.len() <= WIDTH));
    }

    #[test]
    fn only_a_yes_is_a_yes() {
        let check = |input: &str, expected| {
            let mut output = Vec::new();
            assert_eq!(ask(&ACME, "acme telemetry", &mut input.as_bytes(), &mut output), expected, "{input:?}");
            assert!(output.ends_with(b"[y/N] "));
        };
        check("y\n", true);
        check(" YES \n", true);
        check("", false);
        check("\n", false);
        check("n\n", false);
        check("yep\n", false);
    }
}
