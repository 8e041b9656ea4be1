//! Canaries: private words that are planted where tools find such words, and looked for in every byte that a tool keeps
//! or sends.
//!
//! Here is what is planted and what a find is; [`forms`] knows what a word can be disguised as, [`place`] is the machine
//! on which a tool runs, [`ear`] what hears it.

mod ear;
mod forms;
mod md5;
mod place;

use std::collections::BTreeSet;

use forms::Forms;
pub(crate) use forms::SENTENCE as FORMS;
pub(crate) use place::{Place, Ran};

/// Something private, in each way in which it can be written.
#[derive(Clone, Debug)]
pub(crate) struct Canary {
    /// What it is, for people.
    pub(crate) what: &'static str,
    pub(crate) words: Vec<String>,
}

/// The place of what was sent.
pub(crate) const SENT: &str = "what was sent";

/// Bytes that were kept or sent.
pub(crate) struct Heard {
    /// A path as people know it, or [`SENT`].
    pub(crate) place: String,
    pub(crate) bytes: Vec<u8>,
}

/// The words of one machine. `seed` makes them words that occur nowhere else.
pub(crate) struct Planted {
    pub(crate) user: String,
    pub(crate) host: String,
    pub(crate) folder: String,
    pub(crate) package: String,
    pub(crate) owner: String,
    pub(crate) repository: String,
    pub(crate) branch: String,
    pub(crate) commit: String,
    pub(crate) mail: String,
    pub(crate) token: String,
}

impl Planted {
    pub(crate) fn new(seed: u64) -> Self {
        let word = |what: &str| format!("canary-{what}-{seed:08x}");
        Self {
            user: word("user"),
            host: word("host"),
            folder: word("folder"),
            package: word("package"),
            owner: word("owner"),
            repository: word("repository"),
            branch: word("branch"),
            commit: format!("c0ffee{:034x}", u128::from(seed) << 64 | u128::from(seed)),
            mail: format!("{}@mail.example", word("mail")),
            token: word("token"),
        }
    }

    /// What is written as the URL of the remote.
    pub(crate) fn remote(&self) -> String {
        format!("https://{}:{}@git.example/{}/{}.git", self.user, self.token, self.owner, self.repository)
    }

    /// The canaries, when the home folder and the project are at these paths. What is real on this machine is looked
    /// for as well.
    pub(crate) fn canaries(&self, home: &str, project: &str, real: Vec<Canary>) -> Vec<Canary> {
        let canary = |what, words: &[&str]| Canary { what, words: words.iter().map(|&word| word.to_owned()).collect() };
        let repository = format!("{}/{}", self.owner, self.repository);
        let url = format!("git.example/{repository}");
        let remotes =
            [self.remote(), format!("https://{url}"), format!("https://{url}.git"), format!("{url}.git"), url];
        let mut canaries = vec![
            canary("user name", &[&self.user]),
            canary("host name", &[&self.host]),
            canary("path of the home folder", &[home]),
            canary("path of the project", &[&self.folder, project]),
            canary("package name", &[&self.package]),
            canary("repository", &[&self.owner, &self.repository, &repository]),
            Canary { what: "git remote", words: remotes.to_vec() },
            canary("branch", &[&self.branch, &format!("refs/heads/{}", self.branch)]),
            canary("commit", &[&self.commit]),
            canary("mail address", &[&self.mail]),
            canary("token", &[&self.token]),
        ];
        canaries.extend(real);
        canaries
    }
}

/// What was found: one line for each canary and place, with the first form in which it was seen.
pub(crate) fn found(canaries: &[Canary], heard: &[Heard]) -> Vec<String> {
    let forms: Vec<(&Canary, Forms)> = canaries.iter().map(|canary| (canary, Forms::of(&canary.words))).collect();
    let mut lines = BTreeSet::new();
    for Heard { place, bytes } in heard {
        let text = forms::Text::of(bytes);
        for (canary, forms) in &forms {
            lines.extend(forms.first_in(&text).map(|form| format!("the {}, {form}, in {place}", canary.what)));
        }
    }
    lines.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expected: &[&str]) {
        let planted = Planted::new(0x3fa9_c1d2);
        let canaries = planted.canaries("/tmp/x/canary-user-3fa9c1d2", "/tmp/x/canary-user-3fa9c1d2/p", Vec::new());
        let heard = [Heard { place: "a file".to_owned(), bytes: bytes.to_vec() }];
        assert_eq!(found(&canaries, &heard), expected, "{}", String::from_utf8_lossy(bytes));
    }

    #[test]
    fn a_canary_is_found_in_its_disguises() {
        check(b"{\"command\":\"build\",\"canary-user\":1}", &[]);
        check(b"x=CANARY-User-3fa9c1d2!", &["the user name, in clear, in a file"]);
        check(
            b"c\0a\0n\0a\0r\0y\0-\0h\0o\0s\0t\0-\x003\0f\0a\x009\0c\x001\0d\x002\0",
            &["the host name, in clear, in a file"],
        );
        // echo -n canary-token-3fa9c1d2 | sha256sum, md5sum, sha1sum
        check(b"\"52c2f1\"", &[]);
    }
}
