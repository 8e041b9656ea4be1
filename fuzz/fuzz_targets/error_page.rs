//! Any text is the page of an error code, which reads back as it was written, or a list of problems that each say where.
#![no_main]

use aboveboard_catalog::errors::{Page, template_digest};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    assert_eq!(template_digest(text).len(), 8);
    match Page::parse("ACME_X", text) {
        Ok(page) => assert_eq!(Page::parse("ACME_X", &page.render()).as_ref(), Ok(&page)),
        Err(problems) => {
            let lines = text.lines().count().max(1);
            assert!(!problems.is_empty(), "refused without a reason");
            assert!(problems.iter().all(|problem| (1..=lines + 1).contains(&problem.line)), "{problems:?}");
        }
    }
});
