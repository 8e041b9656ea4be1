//! Links between the documents of the repository.

use super::settings::Settings;
use super::tree::{File, Tree};

/// A link to a file leads to one that is there, and a link to a heading to one that it has. Links to other sites are not
/// followed.
pub(crate) fn lead_somewhere(tree: &Tree, _: &Settings) -> Vec<String> {
    let pages = tree.files.iter().filter(|file| file.path.ends_with(".md"));
    pages.flat_map(|page| dead(tree, page)).collect()
}

fn dead(tree: &Tree, page: &File) -> Vec<String> {
    let mut found = Vec::new();
    for (line, number) in page.text.lines().zip(1..) {
        let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let ours = targets
            .filter(|target| !target.contains("://") && !target.starts_with('/') && !target.starts_with("mailto:"));
        let gone = ours.filter(|target| !is_there(tree, page, target));
        found.extend(gone.map(|target| format!("{}:{number} links to `{target}`, which is not there", page.path)));
    }
    found
}

fn is_there(tree: &Tree, page: &File, link: &str) -> bool {
    let (path, heading) = link.split_once('#').map_or((link, None), |(path, heading)| (path, Some(heading)));
    let path = if path.is_empty() { page.path.clone() } else { resolved(&page.path, path) };
    match heading {
        None => exists(tree, &path),
        Some(heading) => tree.file(&path).is_some_and(|page| headings(page).any(|known| known == heading)),
    }
}

/// The headings of a page as links spell them: lower case, blanks as dashes, without punctuation.
fn headings(page: &File) -> impl Iterator<Item = String> {
    let titles = page.text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    titles.map(|title| {
        let kept = title.chars().filter(|&letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'));
        kept.flat_map(char::to_lowercase).map(|letter| if letter == ' ' { '-' } else { letter }).collect()
    })
}

/// The path of a link from the root of the repository.
fn resolved(page: &str, link: &str) -> String {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in link.split('/').filter(|part| !part.is_empty() && *part != ".") {
        match part {
            ".." => drop(parts.pop()),
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// A file, or a folder with files.
fn exists(tree: &Tree, path: &str) -> bool {
    tree.file(path).is_some() || tree.files.iter().any(|file| file.path.starts_with(&format!("{path}/")))
}

#[cfg(test)]
mod tests {
    use super::super::expect;
    use super::*;

    #[test]
    fn dead_links_are_found() {
        let check = |page: &str, text: &str, expected: &[&str]| {
            expect(
                lead_somewhere,
                "",
                &[(page, text), ("docs/a.md", "# A head, `x`"), ("docs/deep/b.md", "")],
                expected,
            );
        };
        check("README.md", "[a](docs/a.md) [a](docs/a.md#a-head-x) [d](docs/deep/) [d](docs)", &[]);
        check("README.md", "# Own\n[a](docs/a.md#gone) [o](#own)", &["README.md:2 links to `docs/a.md#gone`"]);
        check("README.md", "# Own\n[o](#other)", &["README.md:2 links to `#other`"]);
        check("README.md", "\n[a](docs/c.md)", &["README.md:2 links to `docs/c.md`"]);
        check("docs/c.md", "[a](a.md) [b](./deep/b.md) [r](../docs/a.md)", &[]);
        check("docs/c.md", "[a](docs/a.md)", &["`docs/a.md`"]);
        check("README.md", "[w](https://example.com/x) [m](mailto:a@b.example) [s](/reference)", &[]);
    }
}
