//! Options in the manner of Perl's Getopt::Long: `--name value`, `--name=value`, the same with one dash, any beginning of a
//! name that no other option has, short names, and, where a program bundles them, several short names behind one dash.
//!
//! What a program does not know is an error with the nearest name that it knows.

use airlock_gate::near;

/// An option of a program.
#[derive(Debug)]
pub(crate) struct Known {
    /// All of its names, the long one first: `server|s`.
    pub(crate) names: &'static str,
    pub(crate) takes: Takes,
    /// For `--help`.
    pub(crate) help: &'static str,
    pub(crate) effect: Effect,
    /// Its value is for nobody else's eyes.
    pub(crate) is_secret: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    Nothing,
    /// Nothing, but counts how often.
    Count,
    Number,
    Text,
    /// May be given several times.
    Texts,
    /// A text or nothing.
    MaybeText,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    Taken,
    /// Taken, but nothing comes of it: why, and what to use instead.
    None(&'static str),
}

pub(crate) const fn option(names: &'static str, takes: Takes, help: &'static str) -> Known {
    Known { names, takes, help, effect: Effect::Taken, is_secret: false }
}

impl Known {
    pub(crate) const fn secret(mut self) -> Self {
        self.is_secret = true;
        self
    }

    pub(crate) const fn without_effect(mut self, why: &'static str) -> Self {
        self.effect = Effect::None(why);
        self
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.names.split('|')
    }

    pub(crate) fn name(&self) -> &'static str {
        self.names().next().unwrap_or_default()
    }
}

/// How a program reads its options.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Long names with one dash or two.
    Long,
    /// As `Long`, whatever the letters' case.
    AnyCase,
    /// Long names with two dashes, one-letter names in a row behind one.
    Bundled,
}

/// An option that was given.
#[derive(Debug)]
pub(crate) struct Given {
    pub(crate) known: &'static Known,
    pub(crate) value: Option<String>,
    /// Where the value is: the word, and the byte in it.
    place: (usize, usize),
}

/// A command line, read.
#[derive(Debug, Default)]
pub(crate) struct Line {
    given: Vec<Given>,
    /// What is no option, in order.
    pub(crate) rest: Vec<String>,
}

impl Line {
    fn all(&self, name: &str) -> impl DoubleEndedIterator<Item = &Given> {
        self.given.iter().filter(move |given| given.known.name() == name)
    }

    pub(crate) fn is(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }

    pub(crate) fn count(&self, name: &str) -> usize {
        self.all(name).count()
    }

    /// The last value that was given.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.all(name).next_back().map(|given| given.value.as_deref().unwrap_or_default())
    }

    pub(crate) fn given(&self) -> &[Given] {
        &self.given
    }

    /// What has to be said of what was given: options without effect, values that a later one replaced.
    pub(crate) fn remarks(&self) -> Vec<String> {
        let mut said = Vec::new();
        for (index, given) in self.given.iter().enumerate() {
            let (name, earlier) = (given.known.name(), self.given.get(..index).unwrap_or_default());
            let again = earlier.iter().any(|other| other.known.name() == name);
            match (given.known.effect, given.known.takes) {
                (Effect::None(why), _) if !again => said.push(format!("--{name} has no effect here: {why}")),
                (Effect::Taken, Takes::Text | Takes::Number | Takes::MaybeText) if again => {
                    said.push(format!("--{name} was given more than once; the last one counts"));
                }
                _ => {}
            }
        }
        said.dedup();
        said
    }

    /// The words as others may see them, when something in them is for nobody else's eyes.
    pub(crate) fn without_secrets(&self, words: &[String]) -> Option<Vec<String>> {
        let shown = self.with(words, |known, value| match known.is_secret {
            true => "***".to_owned(),
            false => airlock_gate::redact::without_secrets(value).into_owned(),
        });
        (shown != words).then_some(shown)
    }

    /// The words with other values in them.
    pub(crate) fn with(&self, words: &[String], value: impl Fn(&Known, &str) -> String) -> Vec<String> {
        let mut all = words.to_vec();
        for given in self.given.iter().filter(|given| given.value.as_deref().is_some_and(|value| !value.is_empty())) {
            let (word, at) = given.place;
            let Some(text) = all.get_mut(word) else { continue };
            let Some((before, old)) = text.split_at_checked(at) else { continue };
            *text = format!("{before}{}", value(given.known, old));
        }
        all
    }
}

/// Reads the words behind a program's name. All that is wrong is said.
pub(crate) fn read(options: &'static [Known], manner: Manner, words: &[String]) -> Result<Line, Vec<String>> {
    let (mut line, mut wrong) = (Line::default(), Vec::new());
    let mut at = 0_usize;
    while let Some(word) = words.get(at) {
        let here = at;
        at += 1;
        if word == "--" {
            line.rest.extend(words.get(at..).unwrap_or_default().iter().cloned());
            break;
        }
        let body = word.trim_start_matches('-');
        let dashes = word.len() - body.len();
        if dashes == 0 || body.is_empty() {
            line.rest.push(word.clone());
            continue;
        }
        let result = if manner == Manner::Bundled && dashes == 1 {
            bundle(options, words, here, body, &mut at, &mut line)
        } else {
            let (name, inline) = match body.split_once('=') {
                Some((name, _)) => (name, Some(dashes + name.len() + 1)),
                None => (body, None),
            };
            find(options, manner, name)
                .and_then(|known| take(known, name, words, (here, inline), &mut at).map(|given| line.given.push(given)))
        };
        wrong.extend(result.err());
    }
    if wrong.is_empty() { Ok(line) } else { Err(wrong) }
}

/// `-CRf FILE`, `-fFILE`.
fn bundle(
    options: &'static [Known],
    words: &[String],
    here: usize,
    letters: &str,
    at: &mut usize,
    line: &mut Line,
) -> Result<(), String> {
    for (index, letter) in letters.char_indices() {
        let mut buffer = [0; 4];
        let name: &str = letter.encode_utf8(&mut buffer);
        let known = options.iter().find(|known| known.names().any(|known| known == name));
        let known = known.ok_or_else(|| format!("unknown option: -{name}"))?;
        if matches!(known.takes, Takes::Nothing | Takes::Count) {
            line.given.push(Given { known, value: None, place: (here, 0) });
            continue;
        }
        let after = index + letter.len_utf8();
        // Behind the dash, and behind a `=` that some write.
        let skip = 1 + after + usize::from(letters.get(after..).is_some_and(|rest| rest.starts_with('=')));
        let inline = (after < letters.len()).then_some(skip);
        line.given.push(take(known, name, words, (here, inline), at)?);
        break;
    }
    Ok(())
}

fn find(options: &'static [Known], manner: Manner, name: &str) -> Result<&'static Known, String> {
    let same = |a: &str| if manner == Manner::AnyCase { a.eq_ignore_ascii_case(name) } else { a == name };
    if let Some(known) = options.iter().find(|known| known.names().any(same)) {
        return Ok(known);
    }
    let begins = |known: &&Known| known.names().any(|a| a.get(..name.len()).is_some_and(same) && !name.is_empty());
    let mut fitting = options.iter().filter(begins);
    match (fitting.next(), fitting.next()) {
        (Some(known), None) => Ok(known),
        (Some(one), Some(two)) => {
            Err(format!("--{name} may be --{} or --{}; write more of it", one.name(), two.name()))
        }
        (None, _) => {
            let all = options.iter().flat_map(Known::names).filter(|name| name.len() > 1);
            Err(format!("unknown option: {name}{}", near::hint(name, all)))
        }
    }
}

fn take(
    known: &'static Known,
    name: &str,
    words: &[String],
    (here, inline): (usize, Option<usize>),
    at: &mut usize,
) -> Result<Given, String> {
    let next = |at: &mut usize| {
        let place = (*at, 0);
        *at += 1;
        place
    };
    let following = words.get(*at);
    let place = match (known.takes, inline) {
        (Takes::Nothing | Takes::Count, None) => return Ok(Given { known, value: None, place: (here, 0) }),
        (Takes::Nothing | Takes::Count, Some(_)) => return Err(format!("--{name} takes no value")),
        (_, Some(offset)) => (here, offset),
        (Takes::MaybeText, None) if following.is_none_or(|word| word.starts_with('-') && word != "-") => {
            return Ok(Given { known, value: Some(String::new()), place: (here, 0) });
        }
        (_, None) if following.is_some() => next(at),
        (_, None) => return Err(format!("--{name} needs a value")),
    };
    let value = words.get(place.0).and_then(|word| word.get(place.1..)).unwrap_or_default();
    if value.is_empty() && inline.is_some() && known.takes != Takes::MaybeText {
        return Err(format!("--{name} needs a value"));
    }
    let digits = value.strip_prefix(['+', '-']).unwrap_or(value);
    if known.takes == Takes::Number && (digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit())) {
        return Err(format!("--{name}: {value:?} is no whole number"));
    }
    Ok(Given { known, value: Some(value.to_owned()), place })
}

#[cfg(test)]
mod tests {
    use super::*;

    static OPTIONS: &[Known] = &[
        option("server|s", Takes::Text, ""),
        option("set-forcerun", Takes::Nothing, ""),
        option("debug", Takes::Count, ""),
        option("wait|w", Takes::Number, ""),
        option("pidfile", Takes::MaybeText, ""),
        option("password|p", Takes::Text, "").secret(),
        option("proxy|P", Takes::Text, ""),
        option("credentials", Takes::Texts, "").secret(),
        option("file|f", Takes::Text, ""),
        option("recursive|R", Takes::Nothing, ""),
        option("no-p2p", Takes::Nothing, "").without_effect("because"),
    ];

    fn words(line: &str) -> Vec<String> {
        line.split(' ').map(str::to_owned).collect()
    }

    fn ok(manner: Manner, line: &str) -> Line {
        read(OPTIONS, manner, &words(line)).unwrap_or_else(|wrong| panic!("{line}: {wrong:?}"))
    }

    fn wrong(manner: Manner, line: &str) -> String {
        read(OPTIONS, manner, &words(line)).map(|_| ()).expect_err(line).join("; ")
    }

    #[test]
    fn every_spelling_of_an_option_is_the_same() {
        for line in [
            "--server http://a",
            "--server=http://a",
            "-server http://a",
            "-server=http://a",
            "-s http://a",
            "--s=http://a",
            "--serv http://a",
        ] {
            assert_eq!(ok(Manner::Long, line).text("server"), Some("http://a"), "{line}");
        }
        let line = ok(Manner::Long, "--debug -deb file --pidfile --wait 10 -- --server");
        assert_eq!((line.count("debug"), line.text("wait"), line.text("pidfile")), (2, Some("10"), Some("")));
        assert_eq!(line.rest, ["file", "--server"]);
        assert_eq!(ok(Manner::Long, "--pidfile /run/x").text("pidfile"), Some("/run/x"));
        assert_eq!(ok(Manner::Long, "--server -x").text("server"), Some("-x"));
        assert_eq!(ok(Manner::AnyCase, "--SERVER=a").text("server"), Some("a"));
    }

    #[test]
    fn letters_are_different_ones_in_both_cases() {
        let line = ok(Manner::Long, "-p secret -P http://proxy");
        assert_eq!((line.text("password"), line.text("proxy")), (Some("secret"), Some("http://proxy")));
    }

    #[test]
    fn short_names_in_a_row() {
        for line in ["-Rf x", "-R -fx", "-R -f=x", "-R --file=x", "--recursive --fi x"] {
            let read = ok(Manner::Bundled, line);
            assert!(read.is("recursive") && read.text("file") == Some("x"), "{line}");
        }
        assert!(wrong(Manner::Bundled, "-Rx").contains("-x"));
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        for (line, said) in [
            ("--sever=x", "did you mean server?"),
            ("--se", "--server or --set-forcerun"),
            ("--server", "needs a value"),
            ("--server=", "needs a value"),
            ("--debug=1", "takes no value"),
            ("--wait soon", "no whole number"),
            ("--wait=10 --nonsense --also", "nonsense"),
        ] {
            let words = wrong(Manner::Long, line);
            assert!(words.contains(said), "{line}: {words}");
        }
        assert!(wrong(Manner::Long, "--a --b").contains("unknown option: a; unknown option: b"));
    }

    #[test]
    fn what_has_no_effect_and_what_is_replaced_is_said() {
        let remarks =
            ok(Manner::Long, "--no-p2p --server a --server b --no-p2p --credentials x --credentials y").remarks();
        assert_eq!(
            remarks,
            ["--no-p2p has no effect here: because", "--server was given more than once; the last one counts"]
        );
    }

    #[test]
    fn others_see_no_secret() {
        let shown = |line: &str| ok(Manner::Long, line).without_secrets(&words(line)).map(|shown| shown.join(" "));
        assert_eq!(shown("--password=s3cret --wait 1").as_deref(), Some("--password=*** --wait 1"));
        assert_eq!(shown("-p s3cret").as_deref(), Some("-p ***"));
        assert_eq!(
            shown("--credentials a:b --credentials=c:d").as_deref(),
            Some("--credentials *** --credentials=***")
        );
        assert_eq!(
            shown("--server=https://u:p@h/,http://v:w@i/ -P http://x:y@z").as_deref(),
            Some("--server=https://***@h/,http://***@i/ -P http://***@z")
        );
        assert_eq!(shown("--server http://h/ --debug"), None);
    }
}
