//! Catalogue → TypeScript: a type for each event, the vocabulary as a table, and what people are told about it.
//!
//! What the catalogue does not declare does not type-check: an event is a key of one interface, a choice is a union of
//! its members, a version is a type of its own. The table holds what the judge needs and no more, so that a browser
//! loads no sentence; what people read stands in a constant of its own, which bundlers leave out where nobody uses it.
//! Codes that have pages are imported from a file that nobody commits, so that branches that each add one do not conflict.

use std::fmt::Write;

use crate::bucket::Buckets;
use crate::generate::words::{pascal, said, said_events, sentence, spoken};
use crate::spec::{Catalog, EventSpec, Field, Kind, Sensitivity};

/// Columns of a line.
const WIDTH: usize = 120;

impl Catalog {
    /// The TypeScript module of this catalogue, formatted, for the package `aboveboard`.
    #[must_use]
    pub fn typescript(&self) -> String {
        let events = said_events(self);
        let tool = &self.tool.name;
        let mut text = format!(
            "/**\n * What `{tool}` may say about its use. Generated from its catalogue by \
             `aboveboard catalog generate --typescript`;\n * change the catalogue instead.\n */\n\n\
             import type {{ {} }} from 'aboveboard';\n{}",
            imports(&events),
            if has_pages(self) { "import { type ErrorCode, errorCodes } from './errors.gen.js';\n" } else { "" }
        );
        events.iter().for_each(|event| interface(&mut text, event));
        by_name(&mut text, self, &events);
        table(&mut text, self, &events);
        about(&mut text, self, &events);
        text
    }
}

fn imports(events: &[&EventSpec]) -> &'static str {
    let mut fields = events.iter().flat_map(|event| said(event));
    match fields.any(|(_, field)| matches!(field.kind, Kind::Version { .. })) {
        true => "About, Version, Vocabulary",
        false => "About, Vocabulary",
    }
}

/// Whether the codes of its errors come from pages.
fn has_pages(catalog: &Catalog) -> bool {
    catalog.errors.as_ref().is_some_and(|errors| errors.folder.is_some())
}

/// What one event may say.
fn interface(out: &mut String, event: &EventSpec) {
    let _ = write!(out, "\n/** {} */\nexport interface {} {{\n", comment(&event.question), type_name(event));
    for (_, field) in said(event) {
        let about = match &field.kind {
            Kind::Number { unit, .. } => sentence(&format!("{}, in {unit}", field.about)),
            _ => sentence(&field.about),
        };
        let name = key(&field.name);
        let line = format!("  {name}?: {};", type_of(field, name.len() + 4));
        let _ = writeln!(out, "  /** {} */\n{}", comment(&about), line.replace(" \n", "\n"));
    }
    out.push_str("}\n");
}

/// The interface that leads from the names of the events to what they may say.
fn by_name(out: &mut String, catalog: &Catalog, events: &[&EventSpec]) {
    let name = pascal(&catalog.tool.name);
    let title = comment(&catalog.tool.title);
    let _ = write!(out, "\n/** What {title} may say, by the name of the event. */\nexport interface {name}Events {{\n");
    for event in events {
        let _ = writeln!(out, "  {}: {};", key(&event.name), type_name(event));
    }
    out.push_str("}\n");
}

fn type_of(field: &Field, column: usize) -> String {
    match &field.kind {
        Kind::Flag => "boolean".to_owned(),
        Kind::Number { .. } => "number".to_owned(),
        Kind::Version { .. } => "Version | undefined".to_owned(),
        Kind::Choices(members) => match union(members, column + 14) {
            words if words.starts_with('\n') => format!("readonly ({words}\n  )[]"),
            words => format!("readonly ({words})[]"),
        },
        kind if kind.is_strict() => "ErrorCode".to_owned(),
        kind => union(kind.members(), column),
    }
}

/// The members and `other` as a union, on lines of their own where it is long.
fn union(members: &[String], column: usize) -> String {
    let other = members.iter().all(|member| member != "other").then(|| string("other"));
    let texts: Vec<String> = members.iter().map(|member| string(member)).chain(other).collect();
    let flat = texts.join(" | ");
    if column + flat.len() < WIDTH {
        return flat;
    }
    let lines = packed(texts.iter().map(|text| format!("| {text}")), "    ", " ");
    format!("\n{}", lines.trim_end())
}

/// What the judge needs.
fn table(out: &mut String, catalog: &Catalog, events: &[&EventSpec]) {
    let tool = &catalog.tool;
    let sensitivity = events.iter().map(|event| event.sensitivity).max().unwrap_or(Sensitivity::Technical);
    let expires = events.iter().filter_map(|event| Some((event.name.clone(), text(&event.expires?.to_string()))));
    let refused =
        catalog.events.iter().filter_map(|event| Some((event.name.clone(), text(&event.refused.as_ref()?.code))));
    let mut entries = vec![
        entry("tool", text(&tool.name)),
        entry("endpoint", text(&tool.endpoint)),
        entry("hash", text(&catalog.hash())),
        entry("mode", text(tool.mode.name())),
        entry("identity", text(tool.identity.name())),
        entry("sensitivity", text(sensitivity.name())),
        entry("origin", Value::Map(catalog.origin.iter().map(field).collect())),
        entry("events", Value::Map(events.iter().map(|it| entry(&it.name, fields(it))).collect())),
    ];
    entries.extend(some("expires", expires.collect()));
    entries.extend(some("refused", refused.collect()));
    entries.extend(some("errors", errors(catalog)));
    let title = comment(&tool.title);
    let _ = write!(
        out,
        "\n/** What {title} may say: enough to record, check and send it. */\nexport const {}: Vocabulary<{}Events{}> = {};\n",
        camel(&tool.name),
        pascal(&tool.name),
        if has_pages(catalog) { ", ErrorCode" } else { "" },
        open(&entries)
    );
}

/// The codes of its errors, and the events that are about them.
fn errors(catalog: &Catalog) -> Vec<(String, Value)> {
    let Some(errors) = &catalog.errors else { return Vec::new() };
    let codes = has_pages(catalog).then(|| entry("codes", Value::Text("errorCodes".to_owned())));
    let named =
        [("shown", &errors.shown), ("followed", &errors.followed), ("vote", &errors.vote), ("docs", &errors.docs)];
    let texts = named.into_iter().filter_map(|(name, said)| Some(entry(name, text(said.as_ref()?))));
    codes.into_iter().chain(texts).collect()
}

/// What people read.
fn about(out: &mut String, catalog: &Catalog, events: &[&EventSpec]) {
    let tool = &catalog.tool;
    let links = tool.links.iter().map(|(label, url)| Value::List(vec![text(label), text(url)]));
    let entries = [
        entry("title", text(&tool.title)),
        entry("controller", text(&tool.controller)),
        entry("contact", text(&tool.contact)),
        entry("retentionDays", Value::Text(tool.retention_days.to_string())),
        entry("links", Value::List(links.collect())),
        entry("origin", Value::Map(abouts(&catalog.origin))),
        entry("events", Value::Map(events.iter().map(|event| entry(&event.name, about_event(event))).collect())),
    ];
    let _ = write!(
        out,
        "\n/** What people are told about it. Only what talks to people needs this. */\nexport const {}About: About = {};\n",
        camel(&tool.name),
        open(&entries)
    );
}

fn about_event(event: &EventSpec) -> Value {
    Value::Map(vec![
        entry("question", text(&event.question)),
        entry("owner", text(&event.owner)),
        entry("review", text(&event.review)),
        entry("since", text(&event.since.to_string())),
        entry("sensitivity", text(event.sensitivity.name())),
        entry("fields", Value::Map(abouts(&event.fields))),
    ])
}

fn abouts(fields: &[Field]) -> Vec<(String, Value)> {
    spoken(fields).map(|(_, field)| entry(&field.name, text(&field.about))).collect()
}

fn fields(event: &EventSpec) -> Value {
    Value::Map(event.fields.iter().map(field).collect())
}

/// A field: its kind, its key on the wire where that differs, and the members that turn the event away.
fn field(field: &Field) -> (String, Value) {
    let mut entries = kind(&field.kind);
    entries.extend(field.wire.as_ref().map(|wire| entry("wire", text(wire))));
    let refuse = field.refuse.iter().map(|(member, refusal)| (member.clone(), text(&refusal.code)));
    entries.extend(some("refuse", refuse.collect()));
    entry(&field.name, Value::Map(entries))
}

fn kind(kind: &Kind) -> Vec<(String, Value)> {
    let yes = || Value::Text("true".to_owned());
    let list = |members: &[String]| Value::List(members.iter().map(|member| text(member)).collect());
    let number = |number: &f64| Value::Text(number.to_string());
    match kind {
        Kind::Flag => vec![entry("flag", yes())],
        Kind::Version { .. } => vec![entry("version", yes())],
        Kind::Id => vec![entry("id", yes())],
        Kind::Drop { .. } => vec![entry("drop", yes())],
        Kind::Choice(members) => vec![entry("choice", list(members))],
        Kind::Choices(members) => vec![entry("choices", list(members))],
        Kind::Name { members, .. } => vec![entry("name", list(members))],
        Kind::Code { list: None, .. } => {
            vec![entry("code", Value::Text("errorCodes".to_owned())), entry("strict", yes())]
        }
        Kind::Code { members, .. } => vec![entry("code", list(members))],
        Kind::Number { unit, buckets: Buckets::Edges(edges) } => {
            vec![entry("unit", text(unit)), entry("edges", Value::List(edges.iter().map(number).collect()))]
        }
        Kind::Number { unit, buckets: Buckets::Log { relative_error, min, max } } => {
            let log = [("log", relative_error), ("min", min), ("max", max)].map(|(name, it)| entry(name, number(it)));
            [entry("unit", text(unit))].into_iter().chain(log).collect()
        }
    }
}

/// A literal.
enum Value {
    Text(String),
    List(Vec<Value>),
    Map(Vec<(String, Value)>),
}

fn entry(name: &str, value: Value) -> (String, Value) {
    (name.to_owned(), value)
}

/// An entry that is only there when it says something.
fn some(name: &str, entries: Vec<(String, Value)>) -> Option<(String, Value)> {
    (!entries.is_empty()).then(|| entry(name, Value::Map(entries)))
}

fn text(text: &str) -> Value {
    Value::Text(string(text))
}

/// An object with each entry on lines of its own.
fn open(entries: &[(String, Value)]) -> String {
    stacked(entries, "")
}

impl Value {
    /// The literal, on one line where it fits behind `column` characters.
    fn render(&self, column: usize, pad: &str) -> String {
        let flat = self.flat();
        match self {
            Self::List(items) if column + flat.len() >= WIDTH => {
                let inner = format!("{pad}  ");
                let flat = items.iter().map(|item| format!("{},", item.flat()));
                format!("[\n{}{pad}]", packed(flat, &inner, " "))
            }
            Self::Map(entries) if column + flat.len() >= WIDTH => stacked(entries, pad),
            _ => flat,
        }
    }

    fn flat(&self) -> String {
        let joined = |items: Vec<String>| items.join(", ");
        match self {
            Self::Text(text) => text.clone(),
            Self::List(items) => format!("[{}]", joined(items.iter().map(Self::flat).collect())),
            Self::Map(entries) if entries.is_empty() => "{}".to_owned(),
            Self::Map(entries) => {
                let entries = entries.iter().map(|(name, value)| format!("{}: {}", key(name), value.flat()));
                format!("{{ {} }}", joined(entries.collect()))
            }
        }
    }
}

fn stacked(entries: &[(String, Value)], pad: &str) -> String {
    let line = |(name, value): &(String, Value)| {
        let head = format!("{pad}  {}: ", key(name));
        format!("{head}{},\n", value.render(head.len() + 1, &format!("{pad}  ")))
    };
    format!("{{\n{}{pad}}}", entries.iter().map(line).collect::<String>())
}

/// As many items on a line as fit.
fn packed(items: impl Iterator<Item = String>, pad: &str, blank: &str) -> String {
    let mut lines = vec![pad.to_owned()];
    for item in items {
        let line = lines.last_mut().expect("there is a first line");
        if line.len() > pad.len() && line.len() + blank.len() + item.len() > WIDTH {
            lines.push(format!("{pad}{item}"));
        } else {
            line.push_str(if line.len() > pad.len() { blank } else { "" });
            line.push_str(&item);
        }
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// A string literal.
fn string(text: &str) -> String {
    let escaped = text.chars().map(|c| match c {
        '\'' | '\\' => format!("\\{c}"),
        c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => format!("\\u{{{:x}}}", u32::from(c)),
        c => c.to_string(),
    });
    format!("'{}'", escaped.collect::<String>())
}

/// A name as the key of an object or a type.
fn key(name: &str) -> String {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if plain && !name.starts_with(|c: char| c.is_ascii_digit()) && !name.is_empty() {
        name.to_owned()
    } else {
        string(name)
    }
}

/// A sentence that does not end the comment it stands in.
fn comment(text: &str) -> String {
    text.replace("*/", "* /")
}

/// The type of an event; the names that are imported are taken.
fn type_name(event: &EventSpec) -> String {
    let name = pascal(&event.name);
    if matches!(name.as_str(), "About" | "ErrorCode" | "Version" | "Vocabulary") {
        format!("{name}Event")
    } else {
        name
    }
}

/// A tool's name as a constant; a word that the language keeps gets an underscore behind it.
fn camel(name: &str) -> String {
    let pascal = pascal(name);
    let mut chars = pascal.chars();
    let first: String = chars.next().into_iter().flat_map(char::to_lowercase).collect();
    let name = format!("{first}{}", chars.as_str());
    if RESERVED.contains(&name.as_str()) { format!("{name}_") } else { name }
}

/// Words that JavaScript keeps for itself in modules (ECMAScript 2025, "Keywords and Reserved Words").
const RESERVED: [&str; 50] = [
    "arguments",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "eval",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "undefined",
    "var",
    "void",
    "while",
    "with",
    "yield",
    "async",
];
