//! What the tool is for: a site in the working directory. Just enough of it that everything that can go wrong does.

use std::fs;
use std::io::{ErrorKind, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};

use crate::error::{Error, PluginError};

const CONFIG: &str = "acme.toml";
const CACHE: &str = ".acme";
const CACHE_HEAD: &str = "acme cache 1\n";
const PAGE: &str = "index.html";
const TEMPLATE: &str = "templates/page.html";
const HOST: &str = "deploy.acme.example";
/// What a build of an empty site takes.
const MEMORY_MIB: u16 = 16;

/// Runs a command, and says when it is done.
pub(crate) fn run(name: &str, arguments: &[String]) -> Result<(), Error> {
    command(name, &Options(arguments))?;
    println!("{name}: done");
    Ok(())
}

fn command(name: &str, options: &Options<'_>) -> Result<(), Error> {
    match name {
        "init" => write(Path::new(CONFIG), "title = \"My site\"\n"),
        "build" => build(options),
        "check" => check(),
        "clean" if Path::new(CACHE).exists() => fs::remove_dir_all(CACHE).map_err(file(CACHE)),
        "clean" => Ok(()),
        "serve" | "dev" => serve(options),
        "deploy" => deploy(),
        "panic" => panic!("the tool has a bug"),
        name => Err(Error::NoCommand(name.to_owned())),
    }
}

/// `--name VALUE`.
struct Options<'a>(&'a [String]);

impl Options<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        let at = self.0.iter().position(|word| word == name)?;
        self.0.get(at + 1).map(String::as_str)
    }

    fn number(&self, name: &'static str) -> Result<Option<u16>, Error> {
        self.get(name).map(|text| text.parse().map_err(|_| Error::NoNumber(name))).transpose()
    }
}

fn build(options: &Options<'_>) -> Result<(), Error> {
    // Written to first, so that nobody waits for a build that cannot be kept.
    if let Some(out) = options.get("--out") {
        write(Path::new(out), "<!doctype html>\n")?;
    }
    if options.number("--memory")?.is_some_and(|memory| memory < MEMORY_MIB) {
        return Err(Error::MemoryExhausted);
    }
    match fs::read_to_string(Path::new(CACHE).join("cache")) {
        Ok(cache) if cache.starts_with(CACHE_HEAD) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        _ => return Err(Error::CacheUnreadable(CACHE)),
    }
    check()
}

fn check() -> Result<(), Error> {
    if let Ok(page) = fs::read_to_string(PAGE) {
        let texts = page.split(['"', '<']).collect::<Vec<_>>();
        let targets = texts.windows(2).filter(|pair| pair[0].ends_with("href=") || pair[0].ends_with("src="));
        targets.map(|pair| pair[1]).try_for_each(link)?;
    }
    if let Ok(template) = fs::read_to_string(TEMPLATE) {
        closed(&template)?;
    }
    match fs::read_to_string(CONFIG) {
        Ok(config) => understand(&config),
        Err(_) => Err(Error::ConfigMissing),
    }
}

fn link(target: &str) -> Result<(), Error> {
    if target.contains("://") {
        return Ok(());
    }
    if !Path::new(target).exists() {
        return Err(Error::LinkBroken { page: PAGE, target: target.to_owned() });
    }
    let kind = Path::new(target).extension().and_then(|kind| kind.to_str());
    match kind {
        Some("bmp" | "heic" | "tiff") => Err(Error::ImageUnsupported(target.to_owned())),
        _ => Ok(()),
    }
}

/// Every `{{ if … }}` has its `{{ end }}`.
fn closed(template: &str) -> Result<(), Error> {
    let mut open = Vec::new();
    for (number, line) in (1..).zip(template.lines()) {
        for word in line.split("{{").skip(1) {
            match word.trim_start() {
                word if word.starts_with("if ") => open.push(number),
                word if word.starts_with("end") => drop(open.pop()),
                _ => {}
            }
        }
    }
    let problem = |line: &i32| format!("line {line}: `if` is not closed");
    open.last().map_or(Ok(()), |line| Err(Error::TemplateInvalid { path: TEMPLATE, problem: problem(line) }))
}

/// The lines of TOML that an `acme.toml` may have: a table, or a key with a text, a number or a flag.
fn understand(config: &str) -> Result<(), Error> {
    let mut table = "";
    for (number, line) in (1..).zip(config.lines().map(str::trim)) {
        let invalid = |problem: &str| Error::ConfigInvalid(format!("line {number}: {problem}"));
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_prefix('[') {
            table = name.strip_suffix(']').ok_or_else(|| invalid("a table ends with `]`"))?;
            continue;
        }
        let (key, value) = line.split_once('=').ok_or_else(|| invalid("a key needs a value"))?;
        let (key, value) = (key.trim(), value.trim());
        let is_text = value.len() > 1 && value.starts_with('"') && value.ends_with('"');
        let is_number = value.parse::<f64>().is_ok();
        if !is_text && !is_number && !matches!(value, "true" | "false") {
            return Err(invalid("a text needs quotation marks"));
        }
        plugin(table, key, is_number)?;
    }
    Ok(())
}

/// The only plugin that comes with the tool is `images`, and it is set up under its name.
fn plugin(table: &str, key: &str, is_number: bool) -> Result<(), PluginError> {
    match (table, key) {
        ("plugins", name) if !Path::new("plugins").join(name).exists() => Err(PluginError::Missing(name.to_owned())),
        ("plugins.images", "quality") if !is_number => {
            Err(PluginError::Failed { name: "images", problem: "quality is a number" })
        }
        _ => Ok(()),
    }
}

/// Serves the page until it is stopped, and says on a port of its own when to load it anew.
fn serve(options: &Options<'_>) -> Result<(), Error> {
    let bind = |port: u16| TcpListener::bind(("127.0.0.1", port)).map_err(|_| Error::PortInUse(port));
    let pages = bind(options.number("--port")?.unwrap_or(7700))?;
    let _reload = options.number("--reload")?.map(bind).transpose()?;
    for mut stream in pages.incoming().flatten() {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    }
    Ok(())
}

/// Reaches the server where sites are kept, through a proxy where there is one.
fn deploy() -> Result<(), Error> {
    let proxy = std::env::var("HTTPS_PROXY").ok();
    let proxy = proxy.as_deref().map(|proxy| proxy.trim_start_matches("http://").trim_end_matches('/'));
    let address = proxy.map_or_else(|| format!("{HOST}:443"), str::to_owned);
    TcpStream::connect(address).map(drop).map_err(|_| Error::NetworkUnreachable(HOST))
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    fs::write(path, text).map_err(|source| match source.kind() {
        ErrorKind::StorageFull => Error::DiskFull(path.to_owned()),
        _ => file(path)(source),
    })
}

fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Error {
    move |source| Error::File { path: path.into(), source }
}
