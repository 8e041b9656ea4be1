//! The public page of a catalogue: everything that can leave a machine, why, and who to ask.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use super::example::{self, example};
use super::statement::{self, Absent, Way, identity, mode, sensitivity};
use crate::bucket::Buckets;
use crate::day::Day;
use crate::spec::{Catalog, Chart, EventSpec, Field, Kind, Tool};

/// The public page of a tool, in Markdown.
#[must_use]
pub fn markdown(catalog: &Catalog) -> String {
    let mut page = String::new();
    write_page(&mut page, catalog).expect("a string takes every text");
    page
}

fn write_page(page: &mut String, catalog: &Catalog) -> fmt::Result {
    let title = &catalog.tool.title;
    writeln!(page, "# What {title} collects\n")?;
    writeln!(
        page,
        "Everything that {title} can say is on this page. There is no free text: whatever is not declared here"
    )?;
    writeln!(page, "is not recorded, not sent, and not stored. A value outside a closed list becomes `other`.\n")?;
    write_terms(page, &catalog.tool)?;
    write_absent(page, "What is not collected", &statement::absent(catalog))?;
    write_ways(page, "Switch it off", &statement::ways_off(&catalog.tool))?;
    write_ways(page, "See it", &statement::ways_to_see(&catalog.tool))?;
    writeln!(page, "\n## Where it happened\n\nSent once with every batch.\n")?;
    write_fields(page, &catalog.origin)?;
    writeln!(page, "\n## Events")?;
    for event in catalog.events.iter().filter(|event| event.refused.is_none()) {
        write_event(page, catalog, event)?;
    }
    write_refused(page, catalog)?;
    write_sample(page, catalog)?;
    write_charts(page, &catalog.charts)?;
    write_errors(page, catalog)?;
    write_lists(page, catalog)
}

fn write_errors(page: &mut String, catalog: &Catalog) -> fmt::Result {
    let Some(errors) = catalog.errors.as_ref().filter(|errors| !errors.pages.is_empty()) else { return Ok(()) };
    writeln!(page, "\n## Error codes\n\nAn event with any other code is refused (`code_undeclared`).\n")?;
    writeln!(page, "| code | error | since |\n|---|---|---|")?;
    for code in &errors.pages {
        let name = match &errors.docs {
            Some(docs) => format!("[`{0}`]({docs}{0})", code.code),
            None => format!("`{}`", code.code),
        };
        let until = code.removed.as_ref().map_or(String::new(), |removed| format!(" until {removed}"));
        writeln!(page, "| {name} | {} | {}{until} |", cell(&code.title), code.since)?;
    }
    Ok(())
}

fn write_terms(page: &mut String, tool: &Tool) -> fmt::Result {
    let mut row = |name: &str, text: &str| writeln!(page, "| {name} | {} |", cell(text));
    row("", "")?;
    row("---", "---")?;
    row("Who is responsible", &tool.controller)?;
    row("Who to ask", &tool.contact)?;
    row("Where it is sent", &format!("`{}`", tool.endpoint))?;
    row("At first", mode(tool.mode))?;
    row("Identifier", identity(tool.identity))?;
    row("Deleted", &format!("after {} days", tool.retention_days))?;
    row("Shown to the public", &format!("groups of {} or more", tool.public_minimum))?;
    for (label, url) in &tool.links {
        row(label, &format!("<{url}>"))?;
    }
    Ok(())
}

fn write_absent(page: &mut String, title: &str, absent: &[Absent]) -> fmt::Result {
    writeln!(page, "\n## {title}\n")?;
    absent.iter().try_for_each(|Absent { what, why }| writeln!(page, "- **{what}**: {why}."))
}

fn write_ways(page: &mut String, title: &str, ways: &[Way]) -> fmt::Result {
    writeln!(page, "\n## {title}")?;
    for Way { whom, lines, note } in ways {
        let note = if note.is_empty() { String::new() } else { format!(" ({note})") };
        writeln!(page, "\n{whom}{note}:\n")?;
        lines.iter().try_for_each(|line| writeln!(page, "    {line}"))?;
    }
    Ok(())
}

/// The first event that is collected stands for all.
fn write_sample(page: &mut String, catalog: &Catalog) -> fmt::Result {
    let Some(event) = catalog.events.iter().find(|event| event.refused.is_none()) else { return Ok(()) };
    let sample = example::sample(catalog, event, event.since);
    writeln!(page, "\n## An example\n\nMade from the catalogue; nobody's.\n\n```json\n{sample}\n```")
}

fn write_event(page: &mut String, catalog: &Catalog, event: &EventSpec) -> fmt::Result {
    writeln!(page, "\n### `{}`\n\n{}\n", event.name, event.question)?;
    let until = event.expires.map_or(String::new(), |day: Day| format!(" until {day}"));
    writeln!(page, "- Collected since {}{until}; deleted after {} days.", event.since, catalog.tool.retention_days)?;
    writeln!(page, "- About {}.", sensitivity(event.sensitivity))?;
    writeln!(page, "- {} answers for it; [reviewed]({}).", capital(&event.owner), event.review)?;
    let charts = catalog.charts.iter().filter(|chart| chart.events.contains(&event.name));
    let charts: Vec<&str> = charts.map(|chart| chart.title.as_str()).collect();
    if !charts.is_empty() {
        writeln!(page, "- Seen in: {}.", charts.join(", "))?;
    }
    if !event.fields.is_empty() {
        writeln!(page)?;
    }
    write_fields(page, &event.fields)
}

fn write_fields(page: &mut String, fields: &[Field]) -> fmt::Result {
    let (dropped, kept): (Vec<&Field>, Vec<&Field>) =
        fields.iter().partition(|field| matches!(field.kind, Kind::Drop { .. }));
    if !kept.is_empty() {
        writeln!(page, "| field | kind | what it says | values | such as |\n|---|---|---|---|---|")?;
    }
    for field in kept {
        let (kind, about) = (field.kind.name(), cell(&field.about));
        let such_as = example(field).map_or(String::new(), |example| format!("`{}`", example.said));
        writeln!(
            page,
            "| `{}` | {kind} | {about} | {} | {} |",
            field.name,
            cell(&values(&field.kind)),
            cell(&such_as)
        )?;
    }
    write_dropped(page, &dropped)?;
    let refused = fields.iter().flat_map(|field| field.refuse.iter().map(move |(member, why)| (field, member, why)));
    for (field, member, why) in refused {
        let name = &field.name;
        writeln!(page, "\nWhere `{name}` is `{member}`, everything is refused (`{}`): {}.", why.code, why.reason)?;
    }
    Ok(())
}

fn write_dropped(page: &mut String, dropped: &[&Field]) -> fmt::Result {
    if !dropped.is_empty() {
        writeln!(page, "\nThrown away on arrival:\n")?;
    }
    for field in dropped {
        let Kind::Drop { reason } = &field.kind else { continue };
        writeln!(page, "- `{}`: {reason}", field.key())?;
    }
    Ok(())
}

fn write_refused(page: &mut String, catalog: &Catalog) -> fmt::Result {
    let mut refused = catalog.events.iter().filter_map(|event| Some((event, event.refused.as_ref()?))).peekable();
    if refused.peek().is_some() {
        writeln!(page, "\n## Refused\n\nTurned away on arrival, and only counted, under the code.\n")?;
        writeln!(page, "| event | code | why |\n|---|---|---|")?;
    }
    for (event, refusal) in refused {
        writeln!(page, "| `{}` | `{}` | {} |", event.name, refusal.code, cell(&refusal.reason))?;
    }
    Ok(())
}

fn write_charts(page: &mut String, charts: &[Chart]) -> fmt::Result {
    if !charts.is_empty() {
        writeln!(page, "\n## Charts\n\nWhat the events are collected for.\n")?;
        writeln!(page, "| chart | measure | of | by | seen by |\n|---|---|---|---|---|")?;
    }
    for chart in charts {
        let (of, by) = (listed(&chart.events), listed(&chart.by));
        let seen = if chart.public { "everybody" } else { "the team" };
        writeln!(page, "| {} | `{}` | {of} | {by} | {seen} |", cell(&chart.title), chart.measure)?;
    }
    Ok(())
}

fn write_lists(page: &mut String, catalog: &Catalog) -> fmt::Result {
    let fields = catalog.origin.iter().chain(catalog.events.iter().flat_map(|event| &event.fields));
    let lists: BTreeMap<&str, &[String]> =
        fields.filter_map(|field| Some((field.kind.list()?, field.kind.members()))).collect();
    if !lists.is_empty() {
        writeln!(page, "\n## Lists\n\nThe names that are kept; every other name becomes `other`.")?;
    }
    for (list, members) in lists {
        writeln!(page, "\n### `{list}`\n\n{}", listed(members))?;
    }
    Ok(())
}

fn values(kind: &Kind) -> String {
    match kind {
        Kind::Flag => "`true`, `false`".to_owned(),
        Kind::Choice(members) => listed(members),
        Kind::Choices(members) => format!("any of {}", listed(members)),
        Kind::Number { unit, buckets } => format!("{unit}, {}", coarse(buckets)),
        Kind::Version { distinct_max } => format!("a version; at most {distinct_max} different ones"),
        Kind::Name { list, members } => format!("one of the {} names in `{list}`", members.len()),
        Kind::Code { list: Some(list), members } => format!("one of the {} codes in `{list}`", members.len()),
        Kind::Code { list: None, members } => format!("one of the {} error codes", members.len()),
        Kind::Id => "a keyed hash".to_owned(),
        Kind::Drop { .. } => "nothing".to_owned(),
    }
}

fn coarse(buckets: &Buckets) -> String {
    match buckets {
        Buckets::Edges(edges) => {
            let edges: Vec<String> = edges.iter().map(f64::to_string).collect();
            format!("as ranges that begin at {}", edges.join(", "))
        }
        Buckets::Log { relative_error, min, max } => {
            // Rounded, because 0.07 * 100 is 7.000000000000001.
            let percent = (relative_error * 1_000.0).round() / 10.0;
            format!("to within {percent} %, between {min} and {max}")
        }
    }
}

fn listed(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

/// A text that does not end its table cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use crate::{golden, sample};

    #[test]
    fn the_page_of_the_sample() {
        golden::check("crates/catalog/src/generate/markdown.golden.md", &super::markdown(&sample::catalog()));
    }

    #[test]
    fn error_codes_are_listed_with_their_pages() {
        let page = super::markdown(&sample::with_pages());
        let row = "| [`ACME_DISK_FULL`](https://acme.example/errors/ACME_DISK_FULL) | No space is left | 1.0.0 |";
        assert!(page.contains(row), "{page}");
        assert!(page.contains("one of the 2 error codes"), "{page}");
    }

    #[test]
    fn a_bar_does_not_end_a_cell() {
        assert_eq!(super::cell("a|b\nc"), "a\\|b c");
    }
}
