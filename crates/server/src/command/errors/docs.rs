//! `errors docs`: an index and a page a code, for the tool's own site. Each page stands by itself, loads nothing from
//! elsewhere, and has a place for `<error-feedback>` where the tool takes votes.

use std::fmt::Write;
use std::path::PathBuf;

use aboveboard_catalog::Catalog;
use aboveboard_catalog::errors::Page;
use askama::Template;

use super::Failure;
use super::pages::Pages;
use crate::files::write;
use crate::pages::markdown::Markdown;
use crate::pages::published::{ballot_event, facts, gone};

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
    gone: Option<String>,
    sections: Vec<(&'static str, Markdown)>,
    facts: Vec<(&'static str, String)>,
    /// `None` when the tool takes no votes on this code.
    vote: Option<Vote>,
    script: Option<&'a str>,
    /// Where the script comes from, when that is not the site itself.
    elsewhere: Option<&'a str>,
}

/// Where a vote goes.
struct Vote {
    endpoint: String,
    /// The page of the collector that takes one without script.
    form: String,
}

/// The style of the collector's own pages, and of the one element on these.
const STYLE: &str = concat!(
    include_str!("../../../templates/style.css"),
    include_str!("../../../templates/people.css"),
    include_str!("../../../../../sdk/typescript/src/elements/error-feedback.css")
);

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
        files.push(("style.css".to_owned(), STYLE.to_owned()));
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
    let index = Index { title: &tool.title, policy: policy(None, None), pages };
    index.render().map_err(|error| error.to_string())
}

fn code(catalog: &Catalog, page: &Page, script: Option<&str>) -> Result<String, String> {
    let tool = &catalog.tool;
    // A removed code is met by nobody.
    let vote = ballot_event(catalog).filter(|_| page.removed.is_none()).map(|_| {
        let collector = tool.endpoint.trim_end_matches('/');
        let form = format!("{collector}/errors/{}/{}#helpful", tool.name, page.code);
        Vote { endpoint: format!("{collector}/v1/batches"), form }
    });
    let script = script.filter(|_| vote.is_some());
    let endpoint = vote.as_ref().filter(|_| script.is_some()).map(|vote| vote.endpoint.as_str());
    let code = Code {
        tool: &tool.name,
        title: &tool.title,
        policy: policy(script, endpoint),
        page,
        gone: gone(page),
        sections: page.parts().map(|(heading, text)| (heading, Markdown(text.to_owned()))).collect(),
        facts: facts(page),
        vote,
        script,
        elsewhere: script.filter(|script| script.contains("://")).map(origin),
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
