//! What the code generators of all languages share: which fields a client may say, and names and sentences made from
//! a catalogue.

use crate::spec::{Catalog, EventSpec, Field, Kind};

/// The events that a client may say: no refused ones, and not the choices in the banner of the tool's site, which the
/// collector itself takes down.
pub(super) fn said_events(catalog: &Catalog) -> Vec<&EventSpec> {
    let banner = catalog.consent.as_ref().map(|consent| consent.event.as_str());
    let said = |event: &&EventSpec| event.refused.is_none() && Some(event.name.as_str()) != banner;
    catalog.events.iter().filter(said).collect()
}

/// What a client may say of these fields, with its position among them: everything but what is thrown away anyway.
pub(super) fn spoken(fields: &[Field]) -> impl Iterator<Item = (usize, &Field)> {
    fields.iter().filter(|field| !matches!(field.kind, Kind::Drop { .. })).enumerate()
}

/// What a record may say: identifiers are made by the client itself, where the policy allows one.
pub(super) fn said(event: &EventSpec) -> impl Iterator<Item = (usize, &Field)> {
    spoken(&event.fields).filter(|(_, field)| !matches!(field.kind, Kind::Id))
}

/// A clause as the sentence of a doc comment.
pub(super) fn sentence(about: &str) -> String {
    let mut chars = about.chars();
    let first: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    let end = if about.ends_with('.') { "" } else { "." };
    format!("{first}{}{end}", chars.as_str())
}

/// A name of the catalogue as a Rust type or variant.
pub(super) fn pascal(name: &str) -> String {
    let parts = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    let capital = |part: &str| format!("{}{}", part[..1].to_ascii_uppercase(), &part[1..]);
    let pascal: String = parts.map(capital).collect();
    match pascal.starts_with(|c: char| c.is_ascii_digit()) || pascal.is_empty() || pascal == "Self" {
        true => format!("N{pascal}"),
        false => pascal,
    }
}
