//! The value sweep: what is withheld in its own field must not leave in another one. After the rules, every text that
//! remains is searched for the tokens that are known: local user names, home folders, configured secrets. A name may
//! stand in a field that a rule speaks of by its name, and nowhere else; a secret nowhere.
//!
//! A secret is found anywhere, in upper and lower case, percent-encoded, in hexadecimal digits and in Base64 at any
//! place; a name or a home as a word of its own, and percent-encoded. A text that holds a name only within a longer word
//! is left as it is and reported.

use airlock_model::Report;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use std::borrow::Cow;
use std::fmt::Write as _;

/// What stands in place of a token.
pub(super) const GONE: &str = "***";
/// Shorter names are words of every language.
const SHORTEST_NAME: usize = 3;
/// Shorter ones are not searched for in Base64, where they would be found by chance.
const SHORTEST_ENCODED: usize = 6;
/// A secret of a letter or two would empty every text.
const SHORTEST_SECRET: usize = 4;
/// Machines have thousands of users; every text is searched for each.
const MOST: usize = 2000;

/// What must not leave but where the owner lets it.
#[derive(Clone, Default)]
pub struct Tokens {
    pub names: Vec<String>,
    pub homes: Vec<String>,
    pub secrets: Vec<String>,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tokens({} names, {} homes, {} secrets)", self.names.len(), self.homes.len(), self.secrets.len())
    }
}

impl Tokens {
    /// The people of a machine, as its sections have them: accounts of the system (`root`, `mail`) are no persons, and
    /// their names are words of every package.
    pub fn of(report: &Report) -> Self {
        let mut tokens = Self::default();
        let mut of_system = vec!["root", "nobody", "administrator", "system", "guest"];
        for row in report.rows("local_users") {
            let Some(login) = row.text("login") else { continue };
            let number = row.get("id").and_then(|id| id.to_text().parse::<u32>().ok());
            if number.is_some_and(|number| number < 1000 || number == 65534) {
                of_system.push(login);
                continue;
            }
            tokens.names.push(login.to_owned());
            tokens.names.extend(row.text("name").filter(|name| name.contains(' ')).map(str::to_owned));
            tokens.homes.extend(row.text("home").filter(|home| home.len() > 5).map(str::to_owned));
        }
        let seen = report.rows("users").iter().filter_map(|row| row.text("login"));
        let last = report.rows("hardware").iter().filter_map(|row| row.text("lastloggeduser"));
        for login in seen.chain(last) {
            // `CORP\ann` is ann too.
            for part in std::iter::once(login).chain(login.rsplit('\\').next()) {
                if !of_system.iter().any(|system| system.eq_ignore_ascii_case(part)) {
                    tokens.names.push(part.to_owned());
                }
            }
        }
        tokens.names.retain(|name| name.chars().count() >= SHORTEST_NAME);
        for list in [&mut tokens.names, &mut tokens.homes] {
            list.sort();
            list.dedup();
        }
        tokens
    }
}

/// Tokens, ready to be searched for.
#[derive(Default)]
pub(super) struct Sweep {
    needles: Vec<Needle>,
}

struct Needle {
    /// Folded to lower case, unless case matters (Base64).
    text: String,
    bound: Bound,
    exact_case: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Bound {
    /// No letter or digit before and behind it.
    Word,
    /// None behind it.
    End,
    Anywhere,
}

/// What a sweep made of a text.
pub(super) struct Swept<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) found: u64,
    /// Names within longer words, which stay.
    pub(super) left: u64,
}

impl Sweep {
    pub(super) fn new(tokens: &Tokens) -> Self {
        let mut needles = Vec::new();
        for secret in tokens.secrets.iter().filter(|s| s.len() >= SHORTEST_SECRET).take(MOST) {
            needles.extend(forms(secret, Bound::Anywhere));
        }
        for home in tokens.homes.iter().take(MOST) {
            needles.extend(forms(home.trim_end_matches(['/', '\\']), Bound::End));
        }
        for name in tokens.names.iter().take(MOST) {
            needles.extend(forms(name, Bound::Word));
        }
        needles.retain(|needle| !needle.text.is_empty());
        needles.sort_by(|a, b| (b.text.len(), &a.text).cmp(&(a.text.len(), &b.text)));
        needles.dedup_by(|a, b| a.text == b.text && a.exact_case == b.exact_case && a.bound == b.bound);
        Self { needles }
    }

    pub(super) fn text<'a>(&self, text: &'a str) -> Swept<'a> {
        let mut swept = Swept { text: Cow::Borrowed(text), found: 0, left: 0 };
        for needle in &self.needles {
            if swept.text.len() < needle.text.len() {
                continue;
            }
            let (folded, places) = if needle.exact_case { (swept.text.to_string(), None) } else { fold(&swept.text) };
            let mut out = String::new();
            let mut done = 0;
            for (at, found) in folded.match_indices(&needle.text) {
                let place =
                    |at: usize| places.as_ref().map_or(at, |map| map.get(at).copied().unwrap_or(swept.text.len()));
                let (start, end) = (place(at), place(at + found.len()));
                if start < done {
                    continue;
                }
                if !needle.stands_alone(&folded, at, at + found.len()) {
                    swept.left += 1;
                    continue;
                }
                out.push_str(swept.text.get(done..start).unwrap_or_default());
                out.push_str(GONE);
                done = end;
                swept.found += 1;
            }
            if done > 0 {
                out.push_str(swept.text.get(done..).unwrap_or_default());
                swept.text = Cow::Owned(out);
            }
        }
        swept
    }
}

impl Needle {
    fn stands_alone(&self, text: &str, start: usize, end: usize) -> bool {
        let before = text.get(..start).and_then(|before| before.chars().next_back());
        let behind = text.get(end..).and_then(|behind| behind.chars().next());
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        match self.bound {
            Bound::Anywhere => true,
            Bound::End => !is_word(behind),
            Bound::Word => !is_word(before) && !is_word(behind),
        }
    }
}

/// A token as it may be written.
fn forms(token: &str, bound: Bound) -> Vec<Needle> {
    let folded = |text: String| fold(&text).0;
    let mut all = vec![Needle { text: folded(token.to_owned()), bound, exact_case: false }];
    let (mut all_percent, mut some_percent) = (String::new(), String::new());
    for byte in token.bytes() {
        let _ = write!(all_percent, "%{byte:02x}");
        let _ = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                write!(some_percent, "{}", char::from(byte))
            }
            _ => write!(some_percent, "%{byte:02x}"),
        };
    }
    for percent in [some_percent, all_percent] {
        if percent != token {
            // An escape ends where it ends: a digit behind it belongs to the next word.
            all.push(Needle { text: folded(percent), bound: Bound::Anywhere.max_of(bound), exact_case: false });
        }
    }
    if token.len() >= SHORTEST_ENCODED {
        let hex: String = token.bytes().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        all.push(Needle { text: hex, bound: Bound::Anywhere, exact_case: false });
        all.extend(base64_forms(token).map(|text| Needle { text, bound: Bound::Anywhere, exact_case: true }));
    }
    all
}

impl Bound {
    /// A part of a percent-encoded text has no words.
    fn max_of(self, other: Bound) -> Bound {
        if other == Bound::Word { Bound::Word } else { self }
    }
}

/// The token within a longer text in Base64: at each of three places it looks different, and its edges depend on what is
/// beside it. In both alphabets.
fn base64_forms(token: &str) -> impl Iterator<Item = String> {
    let at = |before: usize| {
        let mut bytes = vec![0; before];
        bytes.extend(token.bytes());
        let encoded = STANDARD_NO_PAD.encode(&bytes);
        // Whole groups of six bits that hold nothing but the token's.
        let first = (before * 8).div_ceil(6);
        let last = bytes.len() * 8 / 6;
        encoded.get(first..last).unwrap_or_default().to_owned()
    };
    let all: Vec<String> = (0..3).map(at).collect();
    let for_urls = all.iter().filter(|text| text.contains(['+', '/'])).map(|t| t.replace('+', "-").replace('/', "_"));
    let for_urls: Vec<String> = for_urls.collect();
    all.into_iter().chain(for_urls)
}

/// In lower case, with the place in the text that each byte comes from; none where places are the same.
fn fold(text: &str) -> (String, Option<Vec<usize>>) {
    if text.is_ascii() {
        return (text.to_ascii_lowercase(), None);
    }
    let mut folded = String::with_capacity(text.len());
    let mut places = Vec::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        for lower in character.to_lowercase() {
            folded.push(lower);
            places.resize(folded.len(), at);
        }
    }
    places.push(text.len());
    (folded, Some(places))
}

#[cfg(test)]
mod tests {
    use super::*;
    use airlock_model::Row;

    fn swept(tokens: &Tokens, text: &str) -> (String, u64, u64) {
        let sweep = Sweep::new(tokens);
        let swept = sweep.text(text);
        (swept.text.into_owned(), swept.found, swept.left)
    }

    fn names(names: &[&str]) -> Tokens {
        Tokens { names: names.iter().map(|n| (*n).to_owned()).collect(), ..Tokens::default() }
    }

    #[test]
    fn names_go_as_words_in_any_case_and_stay_in_longer_words() {
        let tokens = names(&["ann", "Zoë"]);
        for (text, clean, found, left) in [
            ("ANN-PC", "***-PC", 1, 0),
            ("/home/ann/x by Ann", "/home/***/x by ***", 2, 0),
            ("annotation of ann", "annotation of ***", 1, 1),
            ("ZOË's laptop", "***'s laptop", 1, 0),
            ("İ zoë", "İ ***", 1, 0),
            ("file:///home/zo%C3%AB/", "file:///home/***/", 1, 0),
            ("%61%6e%6e", "***", 1, 0),
            ("nothing", "nothing", 0, 0),
        ] {
            assert_eq!(swept(&tokens, text), (clean.to_owned(), found, left), "{text}");
        }
    }

    #[test]
    fn homes_go_with_what_they_are_called() {
        let tokens = Tokens { homes: vec!["/srv/people/ann/".into()], ..Tokens::default() };
        assert_eq!(swept(&tokens, "at /srv/people/ann/docs").0, "at ***/docs");
        assert_eq!(swept(&tokens, "at /srv/people/anna").0, "at /srv/people/anna");
    }

    #[test]
    fn secrets_go_in_every_form() {
        let secret = "s3cret+/Päss word";
        let tokens = Tokens { secrets: vec![secret.into()], ..Tokens::default() };
        let standard = base64::engine::general_purpose::STANDARD;
        let url = base64::engine::general_purpose::URL_SAFE_NO_PAD;
        let hex: String = secret.bytes().map(|b| format!("{b:02X}")).collect();
        let percent: String = secret.bytes().map(|b| format!("%{b:02X}")).collect();
        let mut texts = vec![format!("x{secret}y"), secret.to_uppercase(), hex, percent];
        texts.push("p=s3cret%2B%2FP%C3%A4ss%20word&x".to_owned());
        for before in ["", "a", "ab", "user:"] {
            texts.push(standard.encode(format!("{before}{secret}")));
            texts.push(url.encode(format!("{before}{secret} and more")));
        }
        for text in texts {
            let (clean, found, _) = swept(&tokens, &text);
            assert!(found > 0 && clean.contains(GONE), "{text}: {clean}");
        }
    }

    #[test]
    fn people_are_found_and_accounts_of_the_system_are_not() {
        let mut report = Report::default();
        let section = |name| airlock_model::schema::section(name).unwrap();
        let user = |id: &str, login: &str| Row::new().with("id", id).with("login", login);
        let people = vec![
            user("0", "root"),
            user("8", "mail"),
            user("1000", "ann").with("home", "/home/ann").with("name", "Ann Example"),
            user("65534", "nobody"),
        ];
        report.emit(section("local_users"), people);
        report.emit(section("users"), vec![Row::new().with("login", "root"), Row::new().with("login", "CORP\\bob")]);
        let tokens = Tokens::of(&report);
        assert_eq!(tokens.names, ["Ann Example", "CORP\\bob", "ann", "bob"]);
        assert_eq!(tokens.homes, ["/home/ann"]);
    }
}
