//! Links between the documents of the repository.

use super::settings::Settings;
use super::tree::{File, Tree};

/// A link to a file leads to one that is there. Links to other sites are not followed.
pub(crate) fn lead_somewhere(tree: &Tree, _: &Settings) -> Vec<String> {
    let pages = tree.files.iter().filter(|file| file.path.ends_with(".md"));
    pages.flat_map(|page| dead(tree, page)).collect()
}

fn dead(tree: &Tree, page: &File) -> Vec<String> {
    let mut found = Vec::new();
    for (line, number) in page.text.lines().zip(1..) {
        let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let paths = targets.filter(|target| {
            !target.contains("://") && !target.starts_with(['#', '/']) && !target.starts_with("mailto:")
        });
        let gone = paths.filter(|path| !exists(tree, &resolved(&page.path, path)));
        found.extend(gone.map(|path| format!("{}:{number} links to `{path}`, which is not there", page.path)));
    }
    found
}

/// The path of a link from the root of the repository.
fn resolved(page: &str, link: &str) -> String {
    let link = link.split('#').next().unwrap_or(link);
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
            expect(lead_somewhere, "", &[(page, text), ("docs/a.md", ""), ("docs/deep/b.md", "")], expected);
        };
        check("README.md", "[a](docs/a.md) [a](docs/a.md#head) [d](docs/deep/) [d](docs)", &[]);
        check("README.md", "\n[a](docs/c.md)", &["README.md:2 links to `docs/c.md`"]);
        check("docs/c.md", "[a](a.md) [b](./deep/b.md) [r](../docs/a.md)", &[]);
        check("docs/c.md", "[a](docs/a.md)", &["`docs/a.md`"]);
        check("README.md", "[w](https://example.com/x) [m](mailto:a@b.example) [h](#head) [s](/reference)", &[]);
    }
}
