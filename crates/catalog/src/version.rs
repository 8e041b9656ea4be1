//! Versions of tools and packages: numbers and a known channel word, never free text.
//!
//! A semantic version can carry a name in its prerelease or build part (`1.0.0-alice.laptop`). So build metadata is
//! dropped, a prerelease keeps its channel only when that is one of [`CHANNELS`], and at most one number after it.

use std::fmt;

use crate::limits::VERSION_BYTES_MAX;

/// The prerelease words that are kept, lower case, in alphabetical order. Any other word becomes `other`.
pub const CHANNELS: [&str; 16] = [
    "alpha",
    "beta",
    "canary",
    "dev",
    "edge",
    "experimental",
    "insiders",
    "m",
    "next",
    "nightly",
    "other",
    "pre",
    "preview",
    "rc",
    "snapshot",
    "unstable",
];

const OTHER: u8 = 10;
const RELEASE: u8 = u8::MAX;
const NUMBER_MAX: u32 = (1 << 24) - 2;

/// A version, ordered as releases are: `1.0.0-rc.2` comes before `1.0.0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    major: u32,
    minor: u32,
    patch: u32,
    channel: u8,
    /// One more than the number after the channel, 0 when there is none.
    number: u32,
}

/// By how much of a version it is grouped with others; a prerelease is in the group of its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Grain {
    /// `16`.
    Major,
    /// `16.4`.
    Minor,
}

impl Grain {
    /// The grain of this name: `major` or `minor`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "major" => Some(Self::Major),
            "minor" => Some(Self::Minor),
            _ => None,
        }
    }

    /// The text of the group that holds what an answer spells so; what is no version stays as it is.
    #[must_use]
    pub fn group(self, text: &str) -> String {
        Version::parse(text).map_or_else(|| text.to_owned(), |(version, _)| version.group(self))
    }
}

impl Version {
    /// The text of the group that holds this version.
    #[must_use]
    pub fn group(self, grain: Grain) -> String {
        match grain {
            Grain::Major => self.major.to_string(),
            Grain::Minor => format!("{}.{}", self.major, self.minor),
        }
    }

    /// Reads a version, or the lowest version of a range such as `^16.4.6`. A missing minor or patch is 0.
    ///
    /// Answers whether a part was folded as well. `None` when this is not a version: a tag, a URL, a path, `*`.
    #[must_use]
    pub fn parse(text: &str) -> Option<(Self, bool)> {
        if text.len() > VERSION_BYTES_MAX {
            return None;
        }
        let text = text.trim_start_matches(['^', '~', '>', '=', 'v', ' ']);
        let text = text.split(['+', ' ', '|']).next()?;
        let (numbers, prerelease) = match text.split_once('-') {
            Some((numbers, prerelease)) => (numbers, Some(prerelease)),
            None => (text, None),
        };
        let (major, minor, patch) = read_numbers(numbers)?;
        let (channel, number, folded) = prerelease.map_or((RELEASE, 0, false), read_prerelease);
        Some((Self { major, minor, patch, channel, number }, folded))
    }

    /// All of it in one integer that sorts as the version does.
    #[must_use]
    pub fn to_bits(self) -> u128 {
        u128::from(self.major) << 96
            | u128::from(self.minor) << 64
            | u128::from(self.patch) << 32
            | u128::from(self.channel) << 24
            | u128::from(self.number)
    }

    /// The inverse of [`Version::to_bits`].
    #[must_use]
    pub fn from_bits(bits: u128) -> Self {
        Self {
            major: (bits >> 96) as u32,
            minor: (bits >> 64) as u32,
            patch: (bits >> 32) as u32,
            channel: (bits >> 24) as u8,
            number: bits as u32 & (NUMBER_MAX + 1),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)?;
        if let Some(channel) = CHANNELS.get(usize::from(self.channel)) {
            write!(f, "-{channel}")?;
        }
        match self.number.checked_sub(1) {
            Some(number) => write!(f, ".{number}"),
            None => Ok(()),
        }
    }
}

fn read_numbers(text: &str) -> Option<(u32, u32, u32)> {
    let mut parts = text.split('.');
    let major = read_number(parts.next()?)?;
    let minor = parts.next().map_or(Some(0), read_part)?;
    let patch = parts.next().map_or(Some(0), read_part)?;
    parts.next().is_none().then_some((major, minor, patch))
}

fn read_part(text: &str) -> Option<u32> {
    if matches!(text, "x" | "X" | "*") { Some(0) } else { read_number(text) }
}

fn read_number(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok())?
}

/// Channel, number and whether something was folded away.
fn read_prerelease(text: &str) -> (u8, u32, bool) {
    let word_end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (word, rest) = text.split_at(word_end);
    let known = CHANNELS.binary_search_by(|channel| (*channel).cmp(word)).ok();
    let channel = known.map_or(OTHER, |position| position as u8);
    let rest = rest.strip_prefix(['.', '-']).unwrap_or(rest);
    let number = read_number(rest).filter(|&number| number <= NUMBER_MAX);
    let folded = known.is_none() || (number.is_none() && !rest.is_empty());
    (channel, known.and(number).map_or(0, |number| number + 1), folded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: Option<&str>) {
        let read = Version::parse(text);
        assert_eq!(read.map(|(version, _)| version.to_string()).as_deref(), expected, "{text}");
    }

    #[test]
    fn versions_and_ranges() {
        check("16.4.6", Some("16.4.6"));
        check("v20.20.2", Some("20.20.2"));
        check("^16.4.6", Some("16.4.6"));
        check(">= 5.0.0 < 6", Some("5.0.0"));
        check("^18 || ^19", Some("18.0.0"));
        check("3.x", Some("3.0.0"));
        check("16.4.0-canary.12", Some("16.4.0-canary.12"));
        check("19.0.0-rc1", Some("19.0.0-rc.1"));
        check("1.2.3+build.alice", Some("1.2.3"));
    }

    #[test]
    fn private_text_does_not_survive() {
        check("1.0.0-acme-secret.7", Some("1.0.0-other"));
        check("1.0.0-canary.acme", Some("1.0.0-canary"));
        check("1.0.0-rc.99999999999", Some("1.0.0-rc"));
        assert_eq!(Version::parse("1.0.0-acme").map(|(_, folded)| folded), Some(true));
        assert_eq!(Version::parse("1.0.0-rc.1").map(|(_, folded)| folded), Some(false));
    }

    #[test]
    fn what_is_not_a_version() {
        for text in
            ["", "latest", "*", "file:./internal", "git+ssh://x", "1.2.3.4", "99999999999", "1..2", "-", "٣.0.0"]
        {
            check(text, None);
        }
    }

    #[test]
    fn groups_hold_their_prereleases() {
        let groups = |text: &str| [Grain::Major, Grain::Minor].map(|grain| grain.group(text));
        assert_eq!(groups("16.4.6"), ["16", "16.4"]);
        assert_eq!(groups("16.4.0-canary.12"), ["16", "16.4"]);
        assert_eq!(groups("other"), ["other", "other"]);
        assert_eq!(groups("none"), ["none", "none"]);
    }

    #[test]
    fn channels_are_sorted_and_other_is_one_of_them() {
        assert!(CHANNELS.is_sorted());
        assert_eq!(CHANNELS[usize::from(OTHER)], "other");
    }

    proptest! {
        #[test]
        fn text_and_bits_read_back(parts in any::<(u32, u32, u32)>(), channel in 0..17usize, number in 0..NUMBER_MAX) {
            let (major, minor, patch) = parts;
            let tail = CHANNELS.get(channel).filter(|word| **word != "other").map(|word| format!("-{word}.{number}"));
            let text = format!("{major}.{minor}.{patch}{}", tail.unwrap_or_default());
            let (version, folded) = Version::parse(&text).expect("a version");
            prop_assert_eq!(version.to_string(), text);
            prop_assert_eq!(Version::from_bits(version.to_bits()), version);
            prop_assert!(!folded);
        }

        #[test]
        fn bits_sort_as_versions(a in any::<(u8, u8, u8)>(), b in any::<(u8, u8, u8)>(), pre in any::<(bool, bool)>()) {
            let read = |(x, y, z): (u8, u8, u8), pre| {
                Version::parse(&format!("{x}.{y}.{z}{}", if pre { "-rc.1" } else { "" })).expect("a version").0
            };
            let (a, b) = (read(a, pre.0), read(b, pre.1));
            prop_assert_eq!(a.cmp(&b), a.to_bits().cmp(&b.to_bits()));
        }
    }
}
