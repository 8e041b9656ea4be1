//! What a consent banner says: a form of five fields, which becomes one event of a native batch. Nothing else that
//! came with the request is in it.
//!
//! Without script a browser cannot put the switches together, so they may also come one by one.

use std::fmt;

use aboveboard_catalog::wire::WireBatch;
use aboveboard_catalog::{Day, RawEvent, RawFields, RawValue};

use super::Unreadable;
use crate::form;

/// The highest number of a notice.
const NOTICE_MAX: u16 = 9_999;
/// Characters of an address to go back to.
const RETURN_CHARS_MAX: usize = 2_000;
/// The switches that may be off, as fields of the form and of the event.
const SWITCHES: [&str; 3] = ["marketing", "analytics", "functional"];

/// What somebody chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The version of the notice that they saw.
    notice: u16,
    action: Action,
    /// Essential, which is always on, and [`SWITCHES`].
    switches: [bool; 4],
    /// Whether their browser asks for no sale and no sharing.
    gpc: bool,
    /// The path of the page they came from, when there was no script to stay on it.
    back: Option<String>,
}

/// What they pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Accept,
    Deny,
    Save,
    Withdraw,
}

impl Action {
    const ALL: [Self; 4] = [Self::Accept, Self::Deny, Self::Save, Self::Withdraw];

    fn name(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Deny => "deny",
            Self::Save => "save",
            Self::Withdraw => "withdraw",
        }
    }
}

/// Reads a form.
///
/// # Errors
/// What is wrong with it, without repeating what it says.
pub fn read(form: &[u8]) -> Result<Choice, Unreadable> {
    let fields = form::fields(form).ok_or(Unreadable("the body must be a form, `name=value&…`".into()))?;
    let field = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let notice = field("v").and_then(|text| text.parse().ok()).filter(|notice| (1..=NOTICE_MAX).contains(notice));
    let notice = notice.ok_or_else(|| wrong("v", "the number of the notice, 1 to 9999"))?;
    let action = field("act").and_then(|text| Action::ALL.into_iter().find(|action| action.name() == text));
    let action = action.ok_or_else(|| wrong("act", "`accept`, `deny`, `save` or `withdraw`"))?;
    let switches = match (field("bits"), action) {
        (Some(bits), _) => read_bits(bits)?,
        (None, Action::Accept) => [true; 4],
        (None, Action::Deny | Action::Withdraw) => [true, false, false, false],
        (None, Action::Save) => {
            let [marketing, analytics, functional] = SWITCHES.map(|name| field(name).is_some());
            [true, marketing, analytics, functional]
        }
    };
    let gpc = match field("gpc") {
        None | Some("0") => false,
        Some("1") => true,
        Some(_) => return Err(wrong("gpc", "`0` or `1`")),
    };
    let back = field("return").map(read_path).transpose()?;
    Ok(Choice { notice, action, switches, gpc, back })
}

fn read_bits(bits: &str) -> Result<[bool; 4], Unreadable> {
    let refused = || wrong("bits", "four times `0` or `1`: Essential, which is `1`, Marketing, Analytics, Functional");
    let bits: Option<Vec<bool>> = bits.chars().map(|bit| "01".find(bit).map(|place| place == 1)).collect();
    let bits = <[bool; 4]>::try_from(bits.ok_or_else(refused)?).map_err(|_| refused())?;
    if bits[0] { Ok(bits) } else { Err(refused()) }
}

/// A path of this host, so that nobody is led elsewhere. `//host` and `/\host` are other hosts to browsers.
fn read_path(path: &str) -> Result<String, Unreadable> {
    let here = path.starts_with('/') && !path.starts_with("//") && path.len() <= RETURN_CHARS_MAX;
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if here && plain { Ok(path.to_owned()) } else { Err(wrong("return", "a path of this host, such as `/docs`")) }
}

fn wrong(field: &str, wanted: &str) -> Unreadable {
    Unreadable(format!("`{field}` must be {wanted}").into())
}

impl Choice {
    /// The same as a native batch with one event.
    #[must_use]
    pub fn into_batch(self, tool: &str, event: &str, id: u128, day: Day) -> Vec<u8> {
        let [_, switches @ ..] = self.switches;
        let mut fields = vec![
            ("notice".into(), RawValue::Number(f64::from(self.notice))),
            ("action".into(), self.action.name().into()),
        ];
        fields.extend(SWITCHES.into_iter().zip(switches).map(|(name, on)| (name.into(), on.into())));
        fields.push(("gpc".into(), self.gpc.into()));
        let mut batch = WireBatch::new(id, tool, day);
        batch.events = vec![RawEvent { name: event.into(), n: 1, origin: 0, fields: RawFields(fields) }];
        batch.encode()
    }

    /// The path to go back to.
    #[must_use]
    pub fn back(&self) -> Option<&str> {
        self.back.as_deref()
    }

    /// The value of the cookie that remembers it, `3.1795301474.save.1010`.
    #[must_use]
    pub fn cookie(&self, unix_seconds: i64) -> String {
        format!("{}.{unix_seconds}.{self}", self.notice)
    }
}

/// The end of the cookie.
impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.", self.action.name())?;
        self.switches.iter().try_for_each(|on| write!(f, "{}", u8::from(*on)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(form: &str, cookie: &str, gpc: bool, back: Option<&str>) {
        let choice = read(form.as_bytes()).unwrap_or_else(|problem| panic!("{form}: {problem}"));
        assert_eq!((choice.cookie(7).as_str(), choice.gpc, choice.back()), (cookie, gpc, back), "{form}");
    }

    #[test]
    fn a_form_is_a_choice() {
        check("v=3&act=save&bits=1010&gpc=0", "3.7.save.1010", false, None);
        check("v=12&act=deny&bits=1000&gpc=1&return=%2Fdocs%3Fa%3D1", "12.7.deny.1000", true, Some("/docs?a=1"));
    }

    #[test]
    fn without_script_switches_come_one_by_one() {
        check("v=3&act=accept", "3.7.accept.1111", false, None);
        check("v=3&act=deny&analytics=on", "3.7.deny.1000", false, None);
        check("v=3&act=withdraw", "3.7.withdraw.1000", false, None);
        check("v=3&act=save&analytics=on&functional=on", "3.7.save.1011", false, None);
    }

    #[test]
    fn what_is_wrong_is_named_and_not_repeated() {
        for (form, named) in [
            ("", "`v`"),
            ("v=0&act=save", "`v`"),
            ("v=secret&act=save", "`v`"),
            ("v=3&act=secret", "`act`"),
            ("v=3&act=save&bits=0010", "`bits`"),
            ("v=3&act=save&bits=10100", "`bits`"),
            ("v=3&act=save&bits=10secret", "`bits`"),
            ("v=3&act=save&bits=1010&gpc=yes", "`gpc`"),
            ("v=3&act=deny&return=https://secret.example", "`return`"),
            ("v=3&act=deny&return=//secret.example", "`return`"),
            ("v=3&act=deny&return=/%5Csecret.example", "`return`"),
            ("v=3&act=deny&return=/%0d%0aset-cookie:secret", "`return`"),
            ("v=3 act=save", "form"),
        ] {
            let problem = read(form.as_bytes()).expect_err(form).to_string();
            assert!(problem.contains(named) && !problem.contains("secret"), "{form}: {problem}");
        }
    }

    #[test]
    fn a_batch_says_the_choice_and_nothing_else() {
        let choice = read(b"v=3&act=save&bits=1010&gpc=1&return=/x&email=a%40b.example").expect("a choice");
        let day = Day::parse("2026-11-22").expect("a day");
        let batch = String::from_utf8(choice.into_batch("acme", "consent_chosen", 7, day)).expect("text");
        let said = r#"{"event":"consent_chosen","fields":{"notice":3,"action":"save","marketing":false,"analytics":true,"functional":false,"gpc":true}}"#;
        assert!(batch.contains(said), "{batch}");
        assert!(!batch.contains("b.example") && !batch.contains("/x"), "{batch}");
    }
}
