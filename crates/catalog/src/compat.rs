//! What changed between two catalogues, down to the member, and what each change asks of its reviewers.

use std::collections::HashSet;
use std::fmt;

use crate::errors::Errors;
use crate::spec::{Catalog, Chart, Consent, EventSpec, Field, Identity, Kind, Mode, Refusal, Tool};

/// What a change asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Nothing more is collected, kept or shown than before.
    Compatible,
    /// More is collected, recognised, kept or shown: somebody has to agree.
    NeedsReview,
    /// What is stored under the name means something else: take a new name.
    BreaksStoredData,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Where, as a dotted path: `event.command_finished.field.duration`.
    pub path: String,
    /// What it asks for.
    pub verdict: Verdict,
    /// What changed.
    pub message: String,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Compatible => "compatible",
            Self::NeedsReview => "needs review",
            Self::BreaksStoredData => "breaks stored data",
        })
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.verdict, self.path, self.message)
    }
}

/// Everything that changed, in the order of a catalogue: tool, origin, events, errors, consent, charts.
#[must_use]
pub fn compare(old: &Catalog, new: &Catalog) -> Vec<Change> {
    let mut changes = Changes::default();
    changes.tool(&old.tool, &new.tool);
    changes.at("origin", |changes| changes.fields(&old.origin, &new.origin));
    changes.at("event", |changes| changes.events(&old.events, &new.events));
    changes.at("errors", |changes| changes.errors(old.errors.as_ref(), new.errors.as_ref()));
    changes.at("consent", |changes| changes.consent(old.consent.as_ref(), new.consent.as_ref()));
    changes.at("chart", |changes| changes.charts(&old.charts, &new.charts));
    changes.found
}

/// The changes found so far, and the path that is being looked at.
#[derive(Default)]
struct Changes {
    path: Vec<String>,
    found: Vec<Change>,
}

use Verdict::{BreaksStoredData, Compatible, NeedsReview};

impl Changes {
    fn add(&mut self, verdict: Verdict, message: impl Into<String>) {
        self.found.push(Change { path: self.path.join("."), verdict, message: message.into() });
    }

    fn at(&mut self, name: &str, look: impl FnOnce(&mut Self)) {
        self.path.push(name.to_owned());
        look(self);
        self.path.pop();
    }

    /// A value whose change always has the same verdict.
    fn value<T: PartialEq + fmt::Display>(&mut self, verdict: Verdict, name: &str, old: &T, new: &T) {
        if old != new {
            self.at(name, |changes| changes.add(verdict, format!("`{old}` became `{new}`")));
        }
    }

    /// A value of which more needs a review, and less does not.
    fn amount<T: PartialOrd + fmt::Display>(&mut self, name: &str, old: &T, new: &T) {
        self.value(if new > old { NeedsReview } else { Compatible }, name, old, new);
    }

    fn tool(&mut self, old: &Tool, new: &Tool) {
        self.at("tool", |changes| {
            changes.value(BreaksStoredData, "name", &old.name, &new.name);
            changes.value(NeedsReview, "controller", &old.controller, &new.controller);
            changes.value(NeedsReview, "endpoint", &old.endpoint, &new.endpoint);
            changes.value(NeedsReview, "dialect", &old.dialect.name(), &new.dialect.name());
            changes.value(Compatible, "title", &old.title, &new.title);
            changes.value(Compatible, "contact", &old.contact, &new.contact);
            changes.ranked(
                "mode",
                (old.mode.name(), rank_of_mode(old.mode)),
                (new.mode.name(), rank_of_mode(new.mode)),
            );
            let (before, after) = (old.identity, new.identity);
            changes.ranked(
                "identity",
                (before.name(), rank_of_identity(before)),
                (after.name(), rank_of_identity(after)),
            );
            changes.amount("retention_days", &old.retention_days, &new.retention_days);
            let minimum = if new.public_minimum < old.public_minimum { NeedsReview } else { Compatible };
            changes.value(minimum, "public_minimum", &old.public_minimum, &new.public_minimum);
            if old.links != new.links {
                changes.at("links", |changes| changes.add(Compatible, "changed"));
            }
        });
    }

    /// Words with an order: a higher one needs a review.
    fn ranked(&mut self, name: &str, old: (&str, u8), new: (&str, u8)) {
        self.value(if new.1 > old.1 { NeedsReview } else { Compatible }, name, &old.0, &new.0);
    }

    fn events(&mut self, old: &[EventSpec], new: &[EventSpec]) {
        for event in new {
            let before = old.iter().find(|before| before.name == event.name);
            self.at(&event.name, |changes| match before {
                Some(before) => changes.event(before, event),
                None if event.refused.is_some() => changes.add(Compatible, "added, to be refused"),
                None => changes.add(NeedsReview, format!("added, with {} fields", event.fields.len())),
            });
        }
        self.removed(old.iter().map(|event| &event.name), new.iter().map(|event| &event.name));
    }

    fn event(&mut self, old: &EventSpec, new: &EventSpec) {
        match (&old.refused, &new.refused) {
            (Some(_), None) => self.add(NeedsReview, "was refused, and is collected now"),
            (None, Some(_)) => self.add(Compatible, "is refused now"),
            (Some(before), Some(after)) => self.value(Compatible, "refused.code", &before.code, &after.code),
            (None, None) => {}
        }
        self.value(NeedsReview, "question", &old.question, &new.question);
        self.value(Compatible, "owner", &old.owner, &new.owner);
        self.value(Compatible, "review", &old.review, &new.review);
        self.value(Compatible, "since", &old.since, &new.since);
        let word = |expires: Option<crate::Day>| expires.map_or("never".to_owned(), |day| day.to_string());
        let longer = new.expires.is_none_or(|after| old.expires.is_some_and(|before| after > before));
        let verdict = if longer { NeedsReview } else { Compatible };
        self.value(verdict, "expires", &word(old.expires), &word(new.expires));
        let rank = |event: &EventSpec| event.sensitivity as u8;
        self.ranked("sensitivity", (old.sensitivity.name(), rank(old)), (new.sensitivity.name(), rank(new)));
        self.at("field", |changes| changes.fields(&old.fields, &new.fields));
    }

    fn fields(&mut self, old: &[Field], new: &[Field]) {
        for field in new {
            let before = old.iter().find(|before| before.name == field.name);
            self.at(&field.name, |changes| match (before, &field.kind) {
                (Some(before), _) => changes.field(before, field),
                (None, Kind::Drop { .. }) => changes.add(Compatible, "added, to be dropped"),
                (None, Kind::Id) => changes.add(NeedsReview, "added: a new identifier"),
                (None, kind) => changes.add(NeedsReview, format!("added: a {}", kind.name())),
            });
        }
        self.removed(old.iter().map(|field| &field.name), new.iter().map(|field| &field.name));
    }

    fn field(&mut self, old: &Field, new: &Field) {
        self.value(NeedsReview, "wire", &old.key(), &new.key());
        self.value(Compatible, "about", &old.about, &new.about);
        self.kind(&old.kind, &new.kind);
        let gone = |(member, _): &&(String, Refusal)| !new.refuse.iter().any(|(kept, _)| kept == member);
        for (member, _) in old.refuse.iter().filter(gone) {
            self.at("refuse", |changes| changes.add(NeedsReview, format!("`{member}` is not refused any more")));
        }
        let fresh = |(member, _): &&(String, Refusal)| !old.refuse.iter().any(|(known, _)| known == member);
        for (member, _) in new.refuse.iter().filter(fresh) {
            self.at("refuse", |changes| changes.add(Compatible, format!("`{member}` is refused now")));
        }
    }

    fn kind(&mut self, old: &Kind, new: &Kind) {
        match (old, new) {
            (Kind::Drop { .. }, Kind::Drop { .. }) => {}
            (Kind::Drop { .. }, kind) => {
                self.add(NeedsReview, format!("was dropped, and is kept as a {} now", kind.name()))
            }
            (_, Kind::Drop { .. }) => self.add(Compatible, "is dropped now"),
            (Kind::Number { unit, buckets }, Kind::Number { unit: unit_now, buckets: buckets_now }) => {
                self.value(BreaksStoredData, "unit", unit, unit_now);
                self.value(BreaksStoredData, "buckets", buckets, buckets_now);
            }
            (Kind::Version { distinct_max }, Kind::Version { distinct_max: now }) => {
                self.amount("max_distinct", distinct_max, now);
            }
            (Kind::Code { list: None, .. }, Kind::Code { list: None, .. }) => self.codes(old.members(), new.members()),
            _ if std::mem::discriminant(old) == std::mem::discriminant(new) => {
                self.members(old.members(), new.members())
            }
            _ => self
                .add(BreaksStoredData, format!("a {} became a {}; give it a new name", described(old), described(new))),
        }
    }

    fn members(&mut self, old: &[String], new: &[String]) {
        let added = missing_from(old, new);
        if !added.is_empty() {
            self.add(NeedsReview, format!("recognises {} more: {}", added.len(), a_few(&added)));
        }
        let removed = missing_from(new, old);
        if !removed.is_empty() {
            self.add(Compatible, format!("{} become `other`: {}", removed.len(), a_few(&removed)));
        }
    }

    /// A code says what the tool says on the screen; a new one tells nothing new about a person.
    fn codes(&mut self, old: &[String], new: &[String]) {
        let added = missing_from(old, new);
        if !added.is_empty() {
            self.add(Compatible, format!("{} more: {}", added.len(), a_few(&added)));
        }
        let gone = missing_from(new, old);
        if !gone.is_empty() {
            let fix = "bring the page back, with `removed`";
            self.add(BreaksStoredData, format!("{} have no page any more: {}; {fix}", gone.len(), a_few(&gone)));
        }
    }

    /// Which events are about errors, and who may vote from a page in a browser.
    fn errors(&mut self, old: Option<&Errors>, new: Option<&Errors>) {
        let part = |of: fn(&Errors) -> Option<&String>| (old.and_then(of), new.and_then(of));
        self.event_about("shown", part(|errors| errors.shown.as_ref()));
        self.event_about("followed", part(|errors| errors.followed.as_ref()));
        self.event_about("vote", part(|errors| errors.vote.as_ref()));
        let (before, now) = part(|errors| errors.docs.as_ref());
        self.value(Compatible, "docs", &named(before), &named(now));
        let sites = |errors: Option<&Errors>| errors.map(|errors| errors.sites.clone()).unwrap_or_default();
        let (before, now) = (sites(old), sites(new));
        let (added, gone) = (missing_from(&before, &now), missing_from(&now, &before));
        if !added.is_empty() {
            self.at("sites", |changes| changes.add(NeedsReview, format!("visitors of {} may vote", a_few(&added))));
        }
        if !gone.is_empty() {
            self.at("sites", |changes| changes.add(Compatible, format!("visitors of {} may not vote", a_few(&gone))));
        }
    }

    fn consent(&mut self, old: Option<&Consent>, new: Option<&Consent>) {
        self.event_about("event", (old.map(|consent| &consent.event), new.map(|consent| &consent.event)));
    }

    /// An event that clients record by themselves: a new one needs a review, the end of one does not.
    fn event_about(&mut self, name: &str, (old, new): (Option<&String>, Option<&String>)) {
        let verdict = if new.is_some() { NeedsReview } else { Compatible };
        self.value(verdict, name, &named(old), &named(new));
    }

    fn charts(&mut self, old: &[Chart], new: &[Chart]) {
        for chart in new {
            let before = old.iter().find(|before| before.name == chart.name);
            let shown = chart.public && !before.is_some_and(|before| before.public);
            self.at(&chart.name, |changes| match before {
                _ if shown => changes.add(NeedsReview, "is shown to the public now"),
                None => changes.add(Compatible, "added"),
                Some(before) if before != chart && chart.public => changes.add(NeedsReview, "a public chart changed"),
                Some(before) if before != chart => changes.add(Compatible, "changed"),
                Some(_) => {}
            });
        }
        self.removed(old.iter().map(|chart| &chart.name), new.iter().map(|chart| &chart.name));
    }

    fn removed<'n>(&mut self, old: impl Iterator<Item = &'n String>, new: impl Iterator<Item = &'n String>) {
        let kept: HashSet<&String> = new.collect();
        for name in old.filter(|name| !kept.contains(name)) {
            self.at(name, |changes| changes.add(Compatible, "removed"));
        }
    }
}

fn named(name: Option<&String>) -> String {
    name.map_or("none".to_owned(), String::clone)
}

fn rank_of_mode(mode: Mode) -> u8 {
    match mode {
        Mode::Off => 0,
        Mode::Ask => 1,
        Mode::On => 2,
    }
}

fn rank_of_identity(identity: Identity) -> u8 {
    match identity {
        Identity::None => 0,
        Identity::Month => 1,
        Identity::Install => 2,
    }
}

/// The kind's word, with what `choice` alone does not tell.
fn described(kind: &Kind) -> String {
    if matches!(kind, Kind::Choices(_)) { "choice of many".to_owned() } else { kind.name().to_owned() }
}

/// What the second list has and the first has not.
fn missing_from<'m>(known: &[String], list: &'m [String]) -> Vec<&'m str> {
    let known: HashSet<&String> = known.iter().collect();
    list.iter().filter(|name| !known.contains(name)).map(String::as_str).collect()
}

fn a_few(names: &[&str]) -> String {
    const SHOWN: usize = 8;
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    let more = if names.len() > SHOWN { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    /// What changes when one text of the sample is replaced, and what changes when that is taken back.
    #[track_caller]
    fn check(from: &str, to: &str, there: &[&str], back: &[&str]) {
        let (old, new) = (sample::catalog(), sample::edited(from, to).expect("a catalogue"));
        let said = |old: &Catalog, new: &Catalog| compare(old, new).iter().map(Change::to_string).collect::<Vec<_>>();
        assert_eq!(said(&old, &new), there);
        assert_eq!(said(&new, &old), back);
    }

    #[test]
    fn nothing_changed() {
        check("mode", "mode", &[], &[]);
    }

    #[test]
    fn promises_of_the_tool() {
        check(
            "retention_days = 400",
            "retention_days = 500",
            &["needs review: tool.retention_days: `400` became `500`"],
            &["compatible: tool.retention_days: `500` became `400`"],
        );
        check(
            "identity = \"month\"",
            "identity = \"install\"",
            &["needs review: tool.identity: `month` became `install`"],
            &["compatible: tool.identity: `install` became `month`"],
        );
        check(
            "mode = \"on\"",
            "mode = \"ask\"",
            &["compatible: tool.mode: `on` became `ask`"],
            &["needs review: tool.mode: `ask` became `on`"],
        );
        check(
            "retention_days = 400",
            "retention_days = 400\npublic_minimum = 10",
            &["needs review: tool.public_minimum: `20` became `10`"],
            &["compatible: tool.public_minimum: `10` became `20`"],
        );
        check(
            "name = \"acme\"",
            "name = \"acme-2\"",
            &["breaks stored data: tool.name: `acme` became `acme-2`"],
            &["breaks stored data: tool.name: `acme-2` became `acme`"],
        );
    }

    #[test]
    fn events_come_and_go() {
        check(
            "[event.log]\nrefused",
            "[event.logs]\nrefused",
            &["compatible: event.logs: added, to be refused", "compatible: event.log: removed"],
            &["compatible: event.log: added, to be refused", "compatible: event.logs: removed"],
        );
        check(
            "expires = \"2028-11-01\"\n",
            "",
            &["needs review: event.build_failed.expires: `2028-11-01` became `never`"],
            &["compatible: event.build_failed.expires: `never` became `2028-11-01`"],
        );
        check(
            "sensitivity = \"technical\"",
            "sensitivity = \"feedback\"",
            &["needs review: event.build_failed.sensitivity: `technical` became `feedback`"],
            &["compatible: event.build_failed.sensitivity: `feedback` became `technical`"],
        );
    }

    #[test]
    fn members_and_kinds() {
        check(
            "[\"build\", \"check\", \"run\"]",
            "[\"build\", \"test\"]",
            &[
                "needs review: event.command_finished.field.command: recognises 1 more: `test`",
                "compatible: event.command_finished.field.command: 2 become `other`: `check`, `run`",
            ],
            &[
                "needs review: event.command_finished.field.command: recognises 2 more: `check`, `run`",
                "compatible: event.command_finished.field.command: 1 become `other`: `test`",
            ],
        );
        check(
            "many = true\n",
            "",
            &[
                "breaks stored data: event.command_finished.field.features: a choice of many became a choice; give it a new name",
            ],
            &[
                "breaks stored data: event.command_finished.field.features: a choice became a choice of many; give it a new name",
            ],
        );
        check(
            "buckets = [0, 1, 10, 100]",
            "buckets = [0, 10, 100]",
            &["breaks stored data: event.build_failed.field.files.buckets: `[0, 1, 10, 100]` became `[0, 10, 100]`"],
            &["breaks stored data: event.build_failed.field.files.buckets: `[0, 10, 100]` became `[0, 1, 10, 100]`"],
        );
        check(
            "type = \"drop\"\nreason",
            "type = \"flag\"\nabout = \"x\"\n#",
            &[
                "compatible: event.command_finished.field.directory.about: `` became `x`",
                "needs review: event.command_finished.field.directory: was dropped, and is kept as a flag now",
            ],
            &[
                "compatible: event.command_finished.field.directory.about: `x` became ``",
                "compatible: event.command_finished.field.directory: is dropped now",
            ],
        );
    }

    #[test]
    fn identifiers_and_refusals() {
        check(
            "[origin.machine]\ntype = \"id\"\nabout = \"tells machines apart for a month\"",
            "",
            &["compatible: origin.machine: removed"],
            &["needs review: origin.machine: added: a new identifier"],
        );
        check(
            "refuse = { production",
            "# ",
            &["needs review: origin.stage.refuse: `production` is not refused any more"],
            &["compatible: origin.stage.refuse: `production` is refused now"],
        );
    }

    #[test]
    fn codes_with_pages_come_and_never_go() {
        let old = sample::with_pages();
        let mut new = old.clone();
        for field in new.events.iter_mut().flat_map(|event| &mut event.fields) {
            if let Kind::Code { list: None, members } = &mut field.kind {
                members[1] = "ACME_PORT_IN_USE".into();
            }
        }
        new.errors.as_mut().expect("there are codes").sites = vec!["https://elsewhere.example".into()];
        let said: Vec<String> = compare(&old, &new).iter().map(Change::to_string).collect();
        let path = "event.error_voted.field.code";
        assert!(said.contains(&format!("compatible: {path}: 1 more: `ACME_PORT_IN_USE`")), "{said:#?}");
        let gone = "1 have no page any more: `ACME_DISK_FULL`; bring the page back, with `removed`";
        assert!(said.contains(&format!("breaks stored data: {path}: {gone}")), "{said:#?}");
        assert!(
            said.contains(&"needs review: errors.sites: visitors of `https://elsewhere.example` may vote".to_owned())
        );
    }

    #[test]
    fn what_clients_record_by_themselves() {
        let old = sample::with_pages();
        let mut new = old.clone();
        let errors = new.errors.as_mut().expect("there are codes");
        errors.vote = None;
        errors.followed = Some("error_followed".into());
        errors.docs = Some("https://elsewhere.example/".into());
        new.consent = Some(Consent { event: "consent_chosen".into() });
        let said: Vec<String> = compare(&old, &new).iter().map(Change::to_string).collect();
        let expected = [
            "needs review: errors.followed: `none` became `error_followed`",
            "compatible: errors.vote: `error_voted` became `none`",
            "compatible: errors.docs: `https://acme.example/errors/` became `https://elsewhere.example/`",
            "needs review: consent.event: `none` became `consent_chosen`",
        ];
        assert_eq!(said, expected);
    }

    #[test]
    fn charts() {
        check(
            "public = true\n",
            "",
            &["compatible: chart.commands: changed"],
            &["needs review: chart.commands: is shown to the public now"],
        );
    }
}
