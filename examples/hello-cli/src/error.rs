//! What can go wrong, each with its code and so with its page in `catalogs/acme/errors`.

use std::path::PathBuf;

use aboveboard::errors::ErrorCode;

/// An error of the tool.
#[derive(Debug, thiserror::Error, ErrorCode)]
#[code(folder = "../../catalogs/acme/errors")]
pub(crate) enum Error {
    #[error("no acme.toml was found")]
    #[code("ACME_CONFIG_MISSING")]
    ConfigMissing,
    #[error("acme.toml cannot be understood: {0}")]
    #[code("ACME_CONFIG_INVALID")]
    ConfigInvalid(String),
    #[error("the cache in {0} cannot be read")]
    #[code("ACME_CACHE_UNREADABLE")]
    CacheUnreadable(&'static str),
    #[error("no space is left in {0}")]
    #[code("ACME_DISK_FULL")]
    DiskFull(PathBuf),
    #[error("{0} is an image of a kind that acme cannot read")]
    #[code("ACME_IMAGE_UNSUPPORTED")]
    ImageUnsupported(String),
    #[error("{page} links to {target}, which is not there")]
    #[code("ACME_LINK_BROKEN")]
    LinkBroken { page: &'static str, target: String },
    #[error("the site needs more memory than there is")]
    #[code("ACME_MEMORY_EXHAUSTED")]
    MemoryExhausted,
    #[error("{0} cannot be reached")]
    #[code("ACME_NETWORK_UNREACHABLE")]
    NetworkUnreachable(&'static str),
    #[error("port {0} is in use")]
    #[code("ACME_PORT_IN_USE")]
    PortInUse(u16),
    #[error("the template {path} cannot be understood: {problem}")]
    #[code("ACME_TEMPLATE_INVALID")]
    TemplateInvalid { path: &'static str, problem: String },
    #[error(transparent)]
    #[code(from)]
    Plugin(#[from] PluginError),
    #[error("{path}: {source}")]
    #[code(none)]
    File { path: PathBuf, source: std::io::Error },
    #[error("`{0}` is not a command")]
    #[code(none)]
    NoCommand(String),
    #[error("`{0}` needs a number")]
    #[code(none)]
    NoNumber(&'static str),
}

/// An error of a plugin, as its own crate would have it.
#[derive(Debug, thiserror::Error, ErrorCode)]
#[code(folder = "../../catalogs/acme/errors")]
pub(crate) enum PluginError {
    #[error("the plugin {name} failed: {problem}")]
    #[code("ACME_PLUGIN_FAILED")]
    Failed { name: &'static str, problem: &'static str },
    #[error("the plugin {0} is not installed")]
    #[code("ACME_PLUGIN_MISSING")]
    Missing(String),
}
