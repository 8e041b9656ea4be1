//! Looking for what must not be there: in every byte of the data folder, in the logs, and in every answer.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::collector::Collector;

/// Texts that must have left no trace, and ids in hex that must not have left their bytes either.
pub(crate) struct Private {
    needles: Vec<(String, Vec<u8>)>,
}

impl Private {
    pub(crate) fn new(texts: &[&str]) -> Self {
        let mut private = Self { needles: Vec::new() };
        texts.iter().for_each(|text| private.add(text));
        private
    }

    /// Adds a text, and its bytes when it is a long hex number.
    pub(crate) fn add(&mut self, text: &str) {
        assert!(text.len() >= 5, "`{text}` is too short to be looked for");
        self.needles.push((text.to_owned(), text.to_ascii_lowercase().into_bytes()));
        if text.len() >= 32
            && let Some(bytes) = unhex(text)
        {
            self.needles.push((format!("the bytes of {text}"), bytes.to_ascii_lowercase()));
        }
    }

    /// Fails when any of it is in these bytes, whatever its case.
    #[track_caller]
    pub(crate) fn must_not_be_in(&self, place: &str, bytes: &[u8]) {
        let bytes = bytes.to_ascii_lowercase();
        for (name, needle) in &self.needles {
            assert!(!bytes.windows(needle.len()).any(|window| window == needle), "`{name}` is in {place}");
        }
    }

    /// Fails when any of it is in a file of the folder, packed or not. Returns how many packed parts there are.
    #[track_caller]
    pub(crate) fn must_not_be_on_disk(&self, folder: &Path) -> usize {
        let mut packed = 0;
        for file in files(folder) {
            let (name, bytes) = (file.display().to_string(), fs::read(&file).expect("a file"));
            self.must_not_be_in(&name, &bytes);
            for content in unpacked(&bytes) {
                packed += 1;
                self.must_not_be_in(&format!("{name}, unpacked"), &content);
            }
        }
        packed
    }

    /// Fails when any of it is in an answer: the first page, the ledger, the metrics, and a question by each field
    /// that the catalogue declares, which spells every text that is kept.
    #[track_caller]
    pub(crate) fn must_not_be_in_answers(&self, collector: &Collector, tool: &str) {
        let ledger = format!("/v1/ledger?tool={tool}");
        for path in ["/", "/metrics", "/openapi.json", &ledger] {
            self.must_not_be_in(path, collector.ask(path).as_bytes());
        }
        for dimension in dimensions(tool) {
            for form in ["", ".csv"] {
                let path = format!("/v1/query{form}?tool={tool}&measure=events&by={dimension}");
                self.must_not_be_in(&path, collector.ask(&path).as_bytes());
            }
        }
    }
}

/// What any part of a file says once it is unpacked: segments hold their pages as frames of zstd.
fn unpacked(bytes: &[u8]) -> Vec<Vec<u8>> {
    const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
    let begins = bytes.windows(MAGIC.len()).enumerate().filter(|(_, window)| *window == MAGIC).map(|(begin, _)| begin);
    begins.filter_map(|begin| unpack(&bytes[begin..])).collect()
}

fn unpack(frame: &[u8]) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    zstd::Decoder::with_buffer(frame).ok()?.single_frame().read_to_end(&mut content).ok()?;
    Some(content)
}

/// Every dimension that can be asked: `field` of the origin, `EVENT.field` of the events.
fn dimensions(tool: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogs").join(tool);
    let toml: toml::Table =
        fs::read_to_string(folder.join("catalog.toml")).expect("a catalogue").parse().expect("TOML");
    let json = serde_json::to_value(toml).expect("JSON");
    let askable = |fields: &Value| -> Vec<String> {
        let fields = fields.as_object().cloned().unwrap_or_default();
        let kept = fields.iter().filter(|(_, field)| field["type"] != "id" && field["type"] != "drop");
        kept.map(|(name, _)| name.clone()).collect()
    };
    let events = json["event"].as_object().cloned().unwrap_or_default();
    let of_events = events.iter().flat_map(|(event, declared)| {
        askable(&declared["field"]).into_iter().map(move |field| format!("{event}.{field}"))
    });
    askable(&json["origin"]).into_iter().chain(of_events).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[test]
fn what_is_there_is_found() {
    let private = Private::new(&["0123456789abcdef0123456789abcdef"]);
    let found = |bytes: &[u8]| std::panic::catch_unwind(|| private.must_not_be_in("a test", bytes)).is_err();
    assert!(found(b"xx0123456789ABCDEF0123456789abcdefxx"));
    assert!(found(&[
        7, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef
    ]));
    assert!(!found(b"0123456789abcdef"));
    let packed = zstd::encode_all(&b"0123456789abcdef0123456789abcdef"[..], 3).expect("packed");
    assert_eq!(unpacked(&[b"before", &packed[..], b"after"].concat()), [b"0123456789abcdef0123456789abcdef"]);
}
