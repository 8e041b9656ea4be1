//! Fields and their kinds. [`KINDS`] is the one list of kinds: parser and reference page are made from it.

use std::collections::HashMap;

use super::members::{read_list, read_members};
use super::section::{Section, quoted};
use super::{Files, is_identifier, is_snake_case, read_refusal};
use crate::bucket::Buckets;
use crate::limits::{FIELDS_MAX, NAME_CHARS_MAX, VERSIONS_DISTINCT_DEFAULT};
use crate::spec::{Dialect, Field, Identity, Kind, Refusal, Tool};

/// A kind of field, as catalogues declare it.
pub(crate) struct KindRule {
    /// The word under `type`.
    pub(crate) name: &'static str,
    /// The keys it has besides `type`, `about`, `wire` and `refuse`.
    pub(crate) keys: &'static str,
    /// What a field of this kind may say.
    pub(crate) says: &'static str,
    read: fn(&FieldReader<'_>, &Section<'_, '_>) -> Kind,
}

/// Every kind. There is no free text, and no switch that adds it.
pub(crate) const KINDS: [KindRule; 8] = [
    KindRule { name: "flag", keys: "", says: "true or false", read: |_, _| Kind::Flag },
    KindRule {
        name: "choice",
        keys: "`members`; `many = true` for a set of at most 31 members",
        says: "one of the members (any of them, for a set); everything else becomes `other`",
        read: read_choice,
    },
    KindRule {
        name: "number",
        keys: "`unit`, `buckets`: edges `[0, 1, 2, 5]`, or `{ log = 0.05, min = 1, max = 3600000 }`",
        says: "a number, kept as the bucket it falls into; `log` is the largest relative error",
        read: read_number,
    },
    KindRule {
        name: "version",
        keys: "`max_distinct` (default 1000)",
        says: "a semantic version with a known channel word; build metadata is dropped, and what comes after the first \
               `max_distinct` values becomes `other`",
        read: read_version,
    },
    KindRule {
        name: "name",
        keys: "`list`, a file with one public name a line",
        says: "one of the names; everything else becomes `other`",
        read: |fields, section| {
            let (list, members) = read_list(section, fields.files);
            Kind::Name { list, members }
        },
    },
    KindRule {
        name: "code",
        keys: "`list`, a file with one error code a line; without it, the codes are the pages in the `folder` of `[errors]`",
        says: "one of the tool's error codes; everything else becomes `other`. Where the codes have pages, anything else \
               turns the event away",
        read: read_code,
    },
    KindRule {
        name: "id",
        keys: "",
        says: "an opaque identifier, keyed-hashed at the door; in the origin only, and not where `identity` is `none`. Whoever shows the value of the one named `machine` may have its data deleted, so it is random and its owner's secret",
        read: |_, _| Kind::Id,
    },
    KindRule {
        name: "drop",
        keys: "`reason`, instead of `about`",
        says: "nothing: a dialect sends it and it is thrown away",
        read: |_, section| Kind::Drop { reason: section.text("reason") },
    },
];

/// Names of columns that every table has, and of what questions can ask of every event.
const RESERVED_FIELDS: [&str; 7] = ["cohort", "day", "event", "first", "n", "origin", "reports"];

/// Where a list of fields belongs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Home {
    Origin,
    Event,
}

/// Reads fields under the terms of their tool.
pub(super) struct FieldReader<'c> {
    pub(super) tool: &'c Tool,
    pub(super) files: &'c dyn Files,
    /// The codes that have pages; `None` without a folder of them.
    pub(super) codes: Option<&'c [String]>,
}

impl FieldReader<'_> {
    /// The fields under a key, in the order of the file.
    pub(super) fn read_all(&self, around: &Section<'_, '_>, key: &'static str, home: Home) -> Vec<Field> {
        let sections = around.sections(key);
        if sections.len() > FIELDS_MAX {
            around.problem(key, format!("{} fields are more than {FIELDS_MAX}; leave some out", sections.len()));
        }
        let mut lines = Vec::new();
        let mut fields = Vec::new();
        for (name, section) in sections {
            lines.push(section.line);
            fields.push(self.read(name, section, home));
        }
        for (field, message) in wire_conflicts(&fields) {
            around.report.problem(lines[field], message);
        }
        fields
    }

    fn read(&self, name: String, section: Section<'_, '_>, home: Home) -> Field {
        self.check_name(&section, &name);
        let rule = section.word("type", &KINDS.each_ref().map(|rule| (rule.name, rule)), None);
        let kind = rule.map_or(Kind::Flag, |rule| (rule.read)(self, &section));
        let drop = matches!(kind, Kind::Drop { .. });
        let about = if drop { section.optional_text("about").unwrap_or_default() } else { section.text("about") };
        let field =
            Field { name, wire: section.optional_text("wire"), about, refuse: read_refuse(&section, &kind), kind };
        if home == Home::Origin && field.kind.is_strict() && rule.is_some() {
            let fix = format!("move it to an event, or give `{}` a `list`", field.name);
            section
                .report
                .problem(section.line, format!("a code that has a page says what happened, not where; {fix}"));
        }
        if field.kind == Kind::Id {
            self.check_id(&section, &field.name, home);
        }
        // The keys of an unknown kind cannot be judged.
        if rule.is_some() {
            section.finish();
        }
        field
    }

    fn check_name(&self, section: &Section<'_, '_>, name: &str) {
        let (fits, rule) = match self.tool.dialect {
            Dialect::Native => (is_snake_case(name), "take lower case letters, digits and `_`"),
            Dialect::Nextjs | Dialect::Clerk => (is_identifier(name), "take letters, digits and `_`"),
        };
        let problem = |message: String| section.report.problem(section.line, message);
        if !fits {
            problem(format!("`{name}` cannot name a field; {rule}, a letter first, at most {NAME_CHARS_MAX}"));
        }
        if RESERVED_FIELDS.contains(&name.to_ascii_lowercase().as_str()) {
            problem(format!("`{name}` means something for every event; choose another name, and `wire = \"{name}\"`"));
        }
    }

    fn check_id(&self, section: &Section<'_, '_>, name: &str, home: Home) {
        let problem = |message: String| section.report.problem(section.line, message);
        if self.tool.identity == Identity::None {
            let fix = "remove it, or say `identity = \"month\"` in `[tool]`";
            problem(format!("`{name}` is an id, and the identity policy is `none`; {fix}"));
        }
        if home == Home::Event {
            problem(format!("`{name}` is an id; ids belong to the origin, so move it to `[origin.{name}]`"));
        }
    }
}

fn read_choice(_: &FieldReader<'_>, section: &Section<'_, '_>) -> Kind {
    if section.flag("many") {
        Kind::Choices(read_members(section, true))
    } else {
        Kind::Choice(read_members(section, false))
    }
}

fn read_number(_: &FieldReader<'_>, section: &Section<'_, '_>) -> Kind {
    // A missing unit is for the lints to explain.
    let unit = section.optional_text("unit").unwrap_or_default();
    let buckets = match section.numbers("buckets") {
        Some(edges) => Buckets::Edges(edges),
        None => read_log(&section.section("buckets")),
    };
    let unreadable = match &buckets {
        Buckets::Edges(edges) => edges.iter().any(|edge| edge.is_nan()),
        Buckets::Log { relative_error, min, max } => relative_error.is_nan() || min.is_nan() || max.is_nan(),
    };
    if let (false, Err(wrong)) = (unreadable, buckets.validate()) {
        section.problem("buckets", format!("`buckets = {buckets}` cannot be used: {wrong}"));
    }
    Kind::Number { unit, buckets }
}

/// The codes of a list file, or those that have pages.
fn read_code(fields: &FieldReader<'_>, section: &Section<'_, '_>) -> Kind {
    if section.has("list") {
        let (list, members) = read_list(section, fields.files);
        return Kind::Code { list: Some(list), members };
    }
    if fields.codes.is_none() {
        let fix = "add it, or a page a code in the `folder` of `[errors]`";
        section.report.problem(section.line, format!("`list` is missing in `[{}]`; {fix}", section.path));
    }
    Kind::Code { list: None, members: fields.codes.unwrap_or_default().to_vec() }
}

fn read_log(section: &Section<'_, '_>) -> Buckets {
    let buckets =
        Buckets::Log { relative_error: section.number("log"), min: section.number("min"), max: section.number("max") };
    section.finish();
    buckets
}

fn read_version(_: &FieldReader<'_>, section: &Section<'_, '_>) -> Kind {
    Kind::Version { distinct_max: section.count("max_distinct", 1..=100_000, Some(VERSIONS_DISTINCT_DEFAULT)) }
}

/// The values that turn the whole event away.
fn read_refuse(section: &Section<'_, '_>, kind: &Kind) -> Vec<(String, Refusal)> {
    let known: Vec<&str> = match kind {
        Kind::Flag => vec!["true", "false"],
        Kind::Choice(members) => members.iter().map(String::as_str).chain(["other"]).collect(),
        _ => vec![],
    };
    let mut refuse = Vec::new();
    for (member, refusal) in section.sections("refuse") {
        if known.is_empty() {
            section.problem("refuse", format!("`refuse` needs a flag or a single choice, not a {}", kind.name()));
        } else if !known.contains(&member.as_str()) {
            let fix = format!("take one of {}", quoted(&known));
            refusal.report.problem(refusal.line, format!("`{member}` is not a member and cannot be refused; {fix}"));
        }
        refuse.push((member, read_refusal(&refusal)));
    }
    refuse
}

/// Fields that the same key of a batch would fill, each with the message for its author.
fn wire_conflicts(fields: &[Field]) -> Vec<(usize, String)> {
    let mut first: HashMap<&str, &str> = HashMap::new();
    let mut conflicts = Vec::new();
    for (position, field) in fields.iter().enumerate() {
        if let Some(earlier) = first.insert(field.key(), &field.name) {
            let message = format!("`{}` and `{earlier}` have the same wire key `{}`", field.name, field.key());
            conflicts.push((position, format!("{message}; change one")));
        }
    }
    for (position, field) in fields.iter().enumerate() {
        let mut ends = field.key().match_indices('.').map(|(end, _)| end);
        if let Some(outer) = ends.find_map(|end| first.get(&field.key()[..end])) {
            let message = format!("`{}` can never arrive: `{outer}` takes the whole object around it", field.name);
            conflicts.push((position, format!("{message}; declare only one of them")));
        }
    }
    conflicts
}
