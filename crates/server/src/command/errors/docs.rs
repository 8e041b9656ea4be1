//! `errors docs`: an index and a page a code, for the tool's own site. Each page stands by itself, loads nothing from
//! elsewhere, and has a place for `<error-feedback>` where the tool takes votes.

use std::fmt::Write;
use std::path::PathBuf;

use aboveboard_catalog::errors::Page;
use aboveboard_catalog::{Catalog, Dialect};
use askama::Template;

use super::Failure;
use super::pages::Pages;
use crate::files::write;
use crate::pages::markdown::Markdown;

/// Where to, and how.
pub(super) struct Asked<'a> {
    pub(super) folder: PathBuf,
    pub(super) out: PathBuf,
    pub(super) markdown: bool,
    pub(super) script: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "docs-codes.html")]
struct Index<'a> {
    tool: &'a str,
    title: &'a str,
    policy: String,
    pages: &'a [Page],
}

#[derive(Template)]
#[template(path = "docs-code.html")]
struct Code<'a> {
    tool: &'a str,
    title: &'a str,
    policy: String,
    page: &'a Page,
    sections: Vec<(&'static str, Markdown)>,
    /// Where votes go; `None` when the tool takes none.
    endpoint: Option<String>,
    script: Option<&'a str>,
}

pub(super) fn run(asked: &Asked<'_>) -> Result<String, Failure> {
    let pages = Pages::read(&asked.folder)?;
    let Some(catalog) = pages.catalog.filter(|_| pages.problems.is_empty()) else {
        return Err(Failure::Problems(pages.problems.join("\n")));
    };
    let codes = catalog.errors.as_ref().map_or(&[][..], |errors| &errors.pages);
    let mut files = Vec::new();
    if asked.markdown {
        files.push(("index.md".to_owned(), markdown_index(&catalog, codes)));
        files.extend(codes.iter().map(|page| (format!("{}.md", page.code), markdown(page))));
    } else {
        let style =
            concat!(include_str!("../../../templates/style.css"), include_str!("../../../templates/people.css"));
        files.push(("style.css".to_owned(), style.to_owned()));
        files.push(("index.html".to_owned(), index(&catalog, codes)?));
        for page in codes {
            files.push((format!("{}.html", page.code), code(&catalog, page, asked.script)?));
        }
    }
    for (name, text) in &files {
        write(&asked.out.join(name), text)?;
    }
    Ok(format!("Wrote {} pages to {}.", codes.len() + 1, asked.out.display()))
}

fn index(catalog: &Catalog, pages: &[Page]) -> Result<String, String> {
    let tool = &catalog.tool;
    let index = Index { tool: &tool.name, title: &tool.title, policy: policy(None, None), pages };
    index.render().map_err(|error| error.to_string())
}

fn code(catalog: &Catalog, page: &Page, script: Option<&str>) -> Result<String, String> {
    let tool = &catalog.tool;
    let votes = catalog.errors.as_ref().is_some_and(|errors| errors.vote.is_some());
    // What a foreign dialect takes is for its own clients; a removed code is met by nobody.
    let asked = votes && tool.dialect == Dialect::Native && page.removed.is_none();
    let endpoint = asked.then(|| format!("{}/v1/batches", tool.endpoint.trim_end_matches('/')));
    let script = script.filter(|_| asked);
    let code = Code {
        tool: &tool.name,
        title: &tool.title,
        policy: policy(script, script.and(endpoint.as_deref())),
        page,
        sections: page.parts().map(|(heading, text)| (heading, Markdown(text.to_owned()))).collect(),
        endpoint,
        script,
    };
    code.render().map_err(|error| error.to_string())
}

/// What a page may load and say: its style, and where votes are asked for the script and the collector.
fn policy(script: Option<&str>, endpoint: Option<&str>) -> String {
    let mut policy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'".to_owned();
    if let Some(script) = script {
        let from = if script.contains("://") { origin(script) } else { "'self'" };
        let _ = write!(policy, "; script-src {from}; require-trusted-types-for 'script'; trusted-types 'none'");
    }
    if let Some(endpoint) = endpoint {
        let _ = write!(policy, "; connect-src {}", origin(endpoint));
    }
    policy
}

/// Scheme and host of an address.
fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    url[host..].find('/').map_or(url, |end| &url[..host + end])
}

fn markdown_index(catalog: &Catalog, pages: &[Page]) -> String {
    let rows = pages.iter().map(|page| {
        let until = page.removed.as_ref().map_or(String::new(), |removed| format!(", until {removed}"));
        let title = page.title.replace('|', "\\|");
        format!("| [{0}]({0}.md) | {title} | {1}{until} |\n", page.code, page.since)
    });
    let rows: String = rows.collect();
    format!("# Error codes of {}\n\n| code | error | since |\n|---|---|---|\n{rows}", catalog.tool.title)
}

fn markdown(page: &Page) -> String {
    let mut text = format!("# {}\n\n`{}` · {} · since {}", page.title, page.code, page.severity.name(), page.since);
    let mut line = |said: std::fmt::Arguments<'_>| {
        let _ = text.write_fmt(said);
    };
    page.removed.iter().for_each(|removed| line(format_args!(", until {removed}")));
    line(format_args!("\n"));
    page.note.iter().for_each(|note| line(format_args!("\n{note}\n")));
    for (heading, part) in page.parts() {
        line(format_args!("\n## {heading}\n\n{part}\n"));
    }
    if !page.see_also.is_empty() {
        line(format_args!("\n## See also\n\n"));
        page.see_also.iter().for_each(|code| line(format_args!("- [{code}]({code}.md)\n")));
    }
    line(format_args!("\n## Changes of this text\n\n"));
    for revision in page.revisions.iter().rev() {
        line(format_args!("- {}, {}: {}\n", revision.day, revision.version, revision.note));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_loads_its_style_and_speaks_with_the_collector_only() {
        let votes = policy(Some("/feedback.js"), Some("https://telemetry.acme.example/v1/batches"));
        assert!(votes.contains("script-src 'self'; ") && votes.ends_with("connect-src https://telemetry.acme.example"));
        assert!(policy(Some("https://cdn.example/a/b.js"), None).contains("script-src https://cdn.example;"));
        assert!(policy(None, None).starts_with("default-src 'none'; ") && !policy(None, None).contains("script"));
    }
}
