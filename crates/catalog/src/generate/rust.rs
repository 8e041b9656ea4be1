//! Catalogue → Rust: the vocabulary as constants, and a typed record for each event.
//!
//! What the catalogue does not declare does not compile: a record has one method for each field, and that takes a
//! flag, a number, a version, or a type whose only values are the declared ones. A text can be turned into such a value
//! (`Command::of(text)`), and is `Other` when it is not declared.

use std::collections::HashSet;
use std::fmt::Write;

use crate::bucket::Buckets;
use crate::day::Day;
use crate::errors::{Errors, is_code};
use crate::generate::layout::Layout;
use crate::generate::words::{pascal, said, said_events, sentence, spoken};
use crate::spec::{Catalog, EventSpec, Field, Identity, Kind, Mode, Sensitivity};

impl Catalog {
    /// The Rust module of this catalogue, formatted, for the crate `aboveboard`.
    #[must_use]
    pub fn rust(&self) -> String {
        self.rust_with_pages(self.folder_of_pages().unwrap_or_default())
    }

    /// The same for a tool from whose `Cargo.toml` this path leads to the pages of the error codes. The codes themselves
    /// are not in it, so that two branches that each add one do not conflict.
    #[must_use]
    pub fn rust_with_pages(&self, folder: &str) -> String {
        let events = said_events(self);
        let mut body = String::new();
        vocabulary(&mut body, self, &events);
        if self.folder_of_pages().is_some() {
            let _ = write!(
                body,
                "\n/// The error codes: those that have pages.\nconst CODES: &[&str] = aboveboard::codes!({folder:?});\n"
            );
        }
        for (position, event) in events.iter().enumerate() {
            record(&mut body, event, position, &constant(&self.tool.name));
        }
        let imports = imports(self, &events);
        let tool = &self.tool.name;
        format!(
            "//! What `{tool}` may say about its use. Generated from its catalogue by `aboveboard catalog generate --rust`;\n\
             //! change the catalogue instead.\n\n\
             #![allow(dead_code, unreachable_pub, reason = \"a tool says less than it may\")]\n\n{imports}\n{body}"
        )
    }

    fn folder_of_pages(&self) -> Option<&str> {
        self.errors.as_ref()?.folder.as_deref()
    }
}

fn imports(catalog: &Catalog, events: &[&EventSpec]) -> String {
    let record = if events.is_empty() { "" } else { "Record, Row, " };
    let version =
        events.iter().flat_map(|event| said(event)).any(|(_, field)| matches!(field.kind, Kind::Version { .. }));
    let version = if version { "Version, " } else { "" };
    let errors = if catalog.errors.is_some() { "ErrorsWord, " } else { "" };
    let strict = events.iter().flat_map(|event| said(event)).any(|(_, field)| field.kind.is_strict());
    let code = if strict { "use aboveboard::errors::Code;\n" } else { "" };
    format!(
        "{code}use aboveboard::vocabulary::{{BucketsWord, {errors}EventWord, FieldWord, KindWord, Vocabulary}};\n\
         use aboveboard::{{Day, DefaultMode, Identity, {record}Sensitivity, {version}}};\n"
    )
    .replace(", }", "}")
}

fn vocabulary(out: &mut String, catalog: &Catalog, events: &[&EventSpec]) {
    let tool = &catalog.tool;
    let links = tool.links.iter().map(|(label, url)| Layout::call("", [Layout::string(label), Layout::string(url)]));
    let layout = Layout::object(
        "Vocabulary",
        [
            ("name", Layout::string(&tool.name)),
            ("title", Layout::string(&tool.title)),
            ("controller", Layout::string(&tool.controller)),
            ("contact", Layout::string(&tool.contact)),
            ("endpoint", Layout::string(&tool.endpoint)),
            ("mode", Layout::text(mode(tool.mode))),
            ("identity", Layout::text(identity(tool.identity))),
            ("retention_days", Layout::text(tool.retention_days.to_string())),
            ("links", Layout::slice(links)),
            ("hash", Layout::string(&catalog.hash())),
            ("origin", Layout::slice(spoken(&catalog.origin).map(|(_, field)| field_word(field)))),
            ("events", Layout::slice(events.iter().map(|event| event_word(event)))),
            (
                "errors",
                catalog
                    .errors
                    .as_ref()
                    .map_or(Layout::text("None"), |errors| Layout::call("Some", [errors_word(errors)])),
            ),
        ],
    );
    let name = constant(&tool.name);
    let head = format!("pub static {name}: Vocabulary = ");
    let text = layout.render(0, head.len(), 1);
    let _ = write!(out, "/// The catalogue of {}.\n{head}{text};\n", tool.title);
}

fn errors_word(errors: &Errors) -> Layout {
    let name = |name: &Option<String>| match name {
        Some(name) => Layout::call("Some", [Layout::string(name)]),
        None => Layout::text("None"),
    };
    Layout::object(
        "ErrorsWord",
        [
            ("codes", Layout::text(if errors.folder.is_some() { "CODES" } else { "&[]" })),
            ("shown", name(&errors.shown)),
            ("followed", name(&errors.followed)),
            ("vote", name(&errors.vote)),
            ("docs", name(&errors.docs)),
        ],
    )
}

fn event_word(event: &EventSpec) -> Layout {
    let expires = event.expires.map_or(Layout::text("None"), |day| Layout::call("Some", [day_of(day)]));
    Layout::object(
        "EventWord",
        [
            ("name", Layout::string(&event.name)),
            ("question", Layout::string(&event.question)),
            ("owner", Layout::string(&event.owner)),
            ("review", Layout::string(&event.review)),
            ("since", day_of(event.since)),
            ("expires", expires),
            ("sensitivity", Layout::text(sensitivity(event.sensitivity))),
            ("fields", Layout::slice(spoken(&event.fields).map(|(_, field)| field_word(field)))),
        ],
    )
}

fn field_word(field: &Field) -> Layout {
    let wire = field.wire.as_ref().map_or(Layout::text("None"), |key| Layout::call("Some", [Layout::string(key)]));
    Layout::object(
        "FieldWord",
        [
            ("name", Layout::string(&field.name)),
            ("wire", wire),
            ("about", Layout::string(&field.about)),
            ("kind", kind_word(&field.kind)),
        ],
    )
}

fn kind_word(kind: &Kind) -> Layout {
    let list = |name: &str| Layout::call(name, [Layout::slice(kind.members().iter().map(|text| Layout::string(text)))]);
    match kind {
        Kind::Flag => Layout::text("KindWord::Flag"),
        Kind::Choice(_) => list("KindWord::Choice"),
        Kind::Choices(_) => list("KindWord::Choices"),
        Kind::Name { .. } => list("KindWord::Name"),
        Kind::Code { list: None, .. } => Layout::text("KindWord::ErrorCode(CODES)"),
        Kind::Code { .. } => list("KindWord::Code"),
        Kind::Version { .. } => Layout::text("KindWord::Version"),
        Kind::Id | Kind::Drop { .. } => Layout::text("KindWord::Id"),
        Kind::Number { unit, buckets } => {
            Layout::object("KindWord::Number", [("unit", Layout::string(unit)), ("buckets", buckets_word(buckets))])
        }
    }
}

fn buckets_word(buckets: &Buckets) -> Layout {
    let number = |number: &f64| Layout::text(format!("{number:?}"));
    match buckets {
        Buckets::Edges(edges) => Layout::call("BucketsWord::Edges", [Layout::slice(edges.iter().map(number))]),
        Buckets::Log { relative_error, min, max } => Layout::object(
            "BucketsWord::Log",
            [("relative_error", number(relative_error)), ("min", number(min)), ("max", number(max))],
        ),
    }
}

/// The record of one event, and the module with its words.
fn record(out: &mut String, event: &EventSpec, position: usize, vocabulary: &str) {
    let name = pascal(&event.name);
    let module = snake(&event.name);
    let _ = write!(
        out,
        "\n/// {}\n#[derive(Clone, Copy, Debug, Default)]\n#[must_use = \"it says nothing until it is recorded\"]\n",
        event.question
    );
    structure(out, &name, &module, event);
    let _ = write!(out, "\nimpl {name} {{\n    /// It happened, and nothing else is said about it yet.\n");
    let _ = write!(out, "    pub fn new() -> Self {{\n        Self::default()\n    }}\n");
    said(event).for_each(|(_, field)| setter(out, &module, field));
    let _ = write!(out, "}}\n\nimpl Record for {name} {{\n");
    let _ = write!(out, "    fn vocabulary(&self) -> &'static Vocabulary {{\n        &{vocabulary}\n    }}\n\n");
    let _ = write!(out, "    fn event(&self) -> usize {{\n        {position}\n    }}\n\n");
    writer(out, event);
    out.push_str("}\n");
    words(out, &name, &module, event);
}

fn structure(out: &mut String, name: &str, module: &str, event: &EventSpec) {
    if said(event).next().is_none() {
        let _ = writeln!(out, "pub struct {name} {{}}");
        return;
    }
    let _ = writeln!(out, "pub struct {name} {{");
    for (_, field) in said(event) {
        let _ = writeln!(out, "    {}: Option<{}>,", snake(&field.name), stored(field, module));
    }
    out.push_str("}\n");
}

fn setter(out: &mut String, module: &str, field: &Field) {
    let (name, word) = (snake(&field.name), format!("{module}::{}", pascal(&field.name)));
    let (parameter, value) = match &field.kind {
        Kind::Choices(_) => {
            (format!("{name}: &[{word}]"), format!("aboveboard::mask_of({name}.iter().map(|&it| it as u32))"))
        }
        _ => (format!("{name}: {}", stored(field, module)), name.clone()),
    };
    let about = match &field.kind {
        Kind::Number { unit, .. } => sentence(&format!("{}, in {unit}", field.about)),
        _ => sentence(&field.about),
    };
    let _ = write!(out, "\n    /// {about}\n    pub fn {name}(mut self, {parameter}) -> Self {{\n");
    let _ = write!(out, "        self.{name} = Some({value});\n        self\n    }}\n");
}

fn writer(out: &mut String, event: &EventSpec) {
    let row = if said(event).next().is_none() { "_row" } else { "row" };
    let _ = writeln!(out, "    fn write(&self, {row}: &mut Row<'_>) {{");
    for (position, field) in said(event) {
        let name = snake(&field.name);
        let call = match &field.kind {
            Kind::Flag => format!("flag({position}, self.{name})"),
            Kind::Number { .. } => format!("number({position}, self.{name})"),
            Kind::Version { .. } => format!("version({position}, self.{name})"),
            Kind::Choices(_) => format!("code({position}, self.{name})"),
            Kind::Name { .. } => format!("code({position}, self.{name}.map(|it| it.code()))"),
            kind if kind.is_strict() => format!("code({position}, self.{name}.map(|it| it.among(CODES)))"),
            _ => format!("code({position}, self.{name}.map(|it| it as u32))"),
        };
        let _ = writeln!(out, "        row.{call};");
    }
    out.push_str("    }\n");
}

/// The module with the types of an event's choices, lists and codes.
fn words(out: &mut String, name: &str, module: &str, event: &EventSpec) {
    let mut items = String::new();
    for (_, field) in said(event).filter(|(_, field)| !field.kind.members().is_empty() && !field.kind.is_strict()) {
        match &field.kind {
            Kind::Name { .. } => listed(&mut items, field),
            _ => enumerated(&mut items, field),
        }
    }
    if items.is_empty() {
        return;
    }
    let items = items.trim_start_matches('\n');
    let _ = write!(out, "\n/// The words of [`{name}`].\npub mod {module} {{\n{items}}}\n");
}

/// A choice or a code: an enum, whose values are the codes of its members.
fn enumerated(out: &mut String, field: &Field) {
    let name = pascal(&field.name);
    let variants = variants(field.kind.members());
    let _ = write!(out, "\n    /// {}\n    #[derive(Clone, Copy, Debug, PartialEq, Eq)]\n", sentence(&field.about));
    let _ = write!(out, "    pub enum {name} {{\n        /// Anything that is not declared.\n        Other = 1,\n");
    for (code, (variant, member)) in (2..).zip(&variants) {
        let _ = write!(out, "        /// `{member}`.\n        {variant} = {code},\n");
    }
    let _ = write!(out, "    }}\n\n    impl {name} {{\n        /// The member of this name, or [`{name}::Other`].\n");
    out.push_str("        #[must_use]\n        pub fn of(name: &str) -> Self {\n            match name {\n");
    for (variant, member) in &variants {
        let _ = writeln!(out, "                {member:?} => Self::{variant},");
    }
    out.push_str("                _ => Self::Other,\n            }\n        }\n    }\n");
}

/// A name from a list, which may be long: a number that only the list gives out.
fn listed(out: &mut String, field: &Field) {
    let name = pascal(&field.name);
    let members = Layout::slice(field.kind.members().iter().map(|text| Layout::string(text)));
    let head = "    const NAMES: &[&str] = ";
    let _ = write!(out, "\n    /// {}\n    #[derive(Clone, Copy, Debug, PartialEq, Eq)]\n", sentence(&field.about));
    let _ = write!(
        out,
        "    pub struct {name}(u32);\n\n    impl {name} {{\n    {head}{};\n\n",
        members.render(2, head.len() + 4, 1)
    );
    out.push_str("        /// The name, when it is declared; otherwise it is `other`.\n        #[must_use]\n");
    out.push_str("        pub fn of(name: &str) -> Self {\n            Self(aboveboard::code_of(Self::NAMES, name))\n        }\n\n");
    out.push_str("        pub(super) fn code(self) -> u32 {\n            self.0\n        }\n    }\n");
}

/// The type that a record stores for a field.
fn stored(field: &Field, module: &str) -> String {
    match &field.kind {
        Kind::Flag => "bool".to_owned(),
        Kind::Number { .. } => "f64".to_owned(),
        Kind::Version { .. } => "Version".to_owned(),
        Kind::Choices(_) => "u32".to_owned(),
        kind if kind.is_strict() => "Code".to_owned(),
        _ => format!("{module}::{}", pascal(&field.name)),
    }
}

fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::On => "DefaultMode::On",
        Mode::Ask => "DefaultMode::Ask",
        Mode::Off => "DefaultMode::Off",
    }
}

fn identity(identity: Identity) -> &'static str {
    match identity {
        Identity::None => "Identity::None",
        Identity::Month => "Identity::Month",
        Identity::Install => "Identity::Install",
    }
}

fn sensitivity(sensitivity: Sensitivity) -> &'static str {
    match sensitivity {
        Sensitivity::Technical => "Sensitivity::Technical",
        Sensitivity::Interaction => "Sensitivity::Interaction",
        Sensitivity::Feedback => "Sensitivity::Feedback",
    }
}

fn day_of(day: Day) -> Layout {
    Layout::text(format!("Day({})", grouped(day.0)))
}

/// `20_758`, as clippy wants long numbers.
fn grouped(number: i32) -> String {
    let digits = number.to_string();
    match digits.len() {
        5.. => format!("{}_{}", &digits[..digits.len() - 3], &digits[digits.len() - 3..]),
        _ => digits,
    }
}

/// A name of the catalogue as a Rust constant.
fn constant(name: &str) -> String {
    name.to_ascii_uppercase().replace(|c: char| !c.is_ascii_alphanumeric(), "_")
}

/// A name of the catalogue as a Rust method or field.
fn snake(name: &str) -> String {
    let name = name.to_ascii_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "_");
    let taken = name == "new" || name == "self" || KEYWORDS.contains(&name.as_str());
    if taken { format!("{name}_") } else { name }
}

/// A variant for each member; two members that would get the same one are told apart by their position.
fn variants(members: &[String]) -> Vec<(String, &str)> {
    let mut taken: HashSet<String> = ["Other".to_owned()].into();
    let named = members.iter().enumerate().map(|(position, member)| {
        // The words of a code are all capitals, and a variant's only begin with one.
        let name = if is_code(member) { pascal(&member.to_ascii_lowercase()) } else { pascal(member) };
        let name = if taken.contains(&name) { format!("{name}{position}") } else { name };
        taken.insert(name.clone());
        (name, member.as_str())
    });
    named.collect()
}

/// Words that Rust keeps for itself (Rust reference, "Keywords", edition 2024).
const KEYWORDS: [&str; 50] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
    "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "super", "trait", "true", "try",
    "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];
