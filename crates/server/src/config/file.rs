//! What is read once at the start: the configuration file, as (key, place, value) texts, and catalogues.

#![expect(clippy::disallowed_methods, reason = "this file reads what an operator wrote, before anything runs")]

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

/// The settings of a file, each with its place as `FILE:LINE`.
pub(super) fn settings(path: &str) -> Result<Vec<(String, String, String)>, String> {
    let text = read(Path::new(path))?;
    let place = |offset: usize| format!("{path}:{}", 1 + text[..offset].matches('\n').count());
    let table = DeTable::parse(&text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start.min(text.len()));
        format!("{}: not TOML: {}", place(offset), error.message())
    })?;
    let mut settings = Vec::new();
    for (key, value) in table.get_ref() {
        let place = place(key.span().start);
        let key = key.get_ref().to_string();
        match scalar(value.get_ref()) {
            Some(value) => settings.push((key, place, value)),
            None => return Err(format!("{place}: `{key}` takes a text, a number or a flag")),
        }
    }
    Ok(settings)
}

/// The first line of a file.
pub(super) fn first_line(path: &str) -> Result<String, String> {
    Ok(read(Path::new(path))?.lines().next().unwrap_or_default().to_owned())
}

fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// A file that must be there.
pub(crate) fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(unreadable(path))
}

/// A file that may be missing.
pub(crate) fn read_if_there(path: &Path) -> Option<String> {
    fs::read_to_string(path).ok()
}

/// The names of the files in a folder that may be missing, sorted.
pub(crate) fn names_if_there(folder: &Path) -> Option<Vec<String>> {
    let entries = fs::read_dir(folder).ok()?.flatten().filter(|entry| entry.path().is_file());
    let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort_unstable();
    Some(names)
}

/// The texts of the files below a folder whose ending is wanted, sorted by path; or of the file that it is. Hidden folders
/// and those of packages and builds are left out.
pub(crate) fn texts_below(path: &Path, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<(PathBuf, String)>, String> {
    const SKIPPED: [&str; 4] = ["build", "dist", "node_modules", "target"];
    let name = |path: &Path| path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
    let (mut waiting, mut texts) = (vec![path.to_owned()], Vec::new());
    while let Some(path) = waiting.pop() {
        if path.is_file() {
            if wanted(path.extension().and_then(|ending| ending.to_str()).unwrap_or_default()) {
                texts.push((path.clone(), read(&path)?));
            }
            continue;
        }
        for entry in fs::read_dir(&path).map_err(unreadable(&path))? {
            let entry = entry.map_err(unreadable(&path))?;
            let (inside, is_link) = (entry.path(), entry.file_type().is_ok_and(|kind| kind.is_symlink()));
            let skipped = is_link || name(&inside).starts_with('.') || SKIPPED.contains(&name(&inside).as_str());
            waiting.extend((!skipped || inside.is_file() && !is_link).then_some(inside));
        }
    }
    texts.sort();
    Ok(texts)
}

/// The folders in a folder, sorted.
pub(crate) fn folders(path: &Path) -> Result<Vec<PathBuf>, String> {
    let mut folders = Vec::new();
    for entry in fs::read_dir(path).map_err(unreadable(path))? {
        let path = entry.map_err(unreadable(path))?.path();
        folders.extend(path.is_dir().then_some(path));
    }
    folders.sort();
    Ok(folders)
}

fn unreadable(path: &Path) -> impl Fn(io::Error) -> String + '_ {
    move |error| format!("cannot read `{}`: {error}", path.display())
}
