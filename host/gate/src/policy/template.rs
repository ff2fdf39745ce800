//! Commands that a policy spells out: the program, every word, and for each argument a type that can be checked. An
//! argument fills its place in one word and is never looked at by a shell.

use super::matching::{at_or_below, plain};
use super::problem::{E_MISSING, E_PLACEHOLDER, E_TEMPLATE_TYPE, E_VALUE};
use super::read::{Cursor, Table, shown, table};
use super::testcase::quoted;
use crate::near::nearest;
use crate::scope::WORK;
use crate::{Command, Location, PathUnder, Work, WorkFile};
use std::collections::BTreeMap;
use std::fmt;

/// What a command may take and say where its template does not tell.
const WALL_SECONDS: u64 = 60;
const OUTPUT_KB: u64 = 64;
const TYPES: &[&str] = &["name", "version", "path-under", "work-file", "int", "enum"];

/// `[template.NAME]`
#[derive(Debug, Clone)]
pub struct Template {
    pub name: String,
    pub at: Location,
    pub program: String,
    pub sha256: Option<String>,
    pub argv: Vec<Word>,
    pub run_as: Option<String>,
    pub wall_seconds: u64,
    pub output_kb: u64,
    /// It is run in the job's folder; else in `/`.
    pub in_work: bool,
    pub args: BTreeMap<String, ArgType>,
    /// Commands in words that stand for this template.
    pub recognise: Vec<Vec<Word>>,
}

/// One word: pieces of text, and arguments between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word(pub Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    Text(String),
    Arg(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArgType {
    Name,
    Version,
    PathUnder {
        root: String,
        exists: bool,
    },
    /// A file of the job's folder, by its name there.
    WorkFile,
    Int {
        min: i64,
        max: i64,
    },
    Enum(Vec<String>),
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|piece| match piece {
            Piece::Text(text) => f.write_str(text),
            Piece::Arg(name) => write!(f, "{{{name}}}"),
        })
    }
}

impl ArgType {
    fn written(&self) -> String {
        match self {
            ArgType::Name => "type = \"name\"".to_owned(),
            ArgType::Version => "type = \"version\"".to_owned(),
            ArgType::PathUnder { root, exists } => {
                format!("type = \"path-under\", root = {}, exists = {exists}", quoted(root))
            }
            ArgType::WorkFile => "type = \"work-file\"".to_owned(),
            ArgType::Int { min, max } => format!("type = \"int\", min = {min}, max = {max}"),
            ArgType::Enum(values) => {
                let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
                format!("type = \"enum\", values = [{}]", values.join(", "))
            }
        }
    }

    /// Why a value is not of the type.
    fn refuse(&self, value: &str) -> Option<String> {
        let is = match self {
            ArgType::Name => is_name(value),
            ArgType::Version => is_version(value),
            ArgType::PathUnder { root, .. } => plain(value) && value != root && at_or_below(value, root),
            ArgType::WorkFile => is_work_file(value),
            ArgType::Int { min, max } => {
                value.parse::<i64>().is_ok_and(|number| (min..=max).contains(&&number) && number.to_string() == value)
            }
            ArgType::Enum(values) => values.iter().any(|one| one == value),
        };
        let expected = || match self {
            ArgType::Name => "a name".to_owned(),
            ArgType::Version => "a version".to_owned(),
            ArgType::PathUnder { root, .. } => format!("a plain path under {root}"),
            ArgType::WorkFile => "the name of a file in the job's folder".to_owned(),
            ArgType::Int { min, max } => format!("a whole number from {min} to {max}"),
            ArgType::Enum(values) => format!("one of {}", values.join(", ")),
        };
        (!is).then(|| format!("{} is not {}", shown(value), expected()))
    }
}

/// The name of one thing: no separators, no dots alone, nothing that looks like an option.
pub(super) fn is_name(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'+' | b'-' | b'@');
    (1..=128).contains(&text.len()) && text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.bytes().all(plain)
}

/// `acme.deb`, `acme-1.2/setup.sh`: names of letters, digits, `.`, `_`, `+` and `-` below the job's folder.
fn is_work_file(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'+' | b'-');
    let is_name =
        |name: &str| (1..=128).contains(&name.len()) && !matches!(name, "." | "..") && name.bytes().all(plain);
    text.len() <= 1024 && text.split('/').all(is_name)
}

pub(super) fn is_version(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'+' | b'-' | b'~' | b':');
    (1..=64).contains(&text.len()) && text.starts_with(|c: char| c.is_ascii_alphanumeric()) && text.bytes().all(plain)
}

impl Template {
    /// The command, its arguments checked and in their places; or why it is none.
    pub fn expand(&self, args: &BTreeMap<String, String>) -> Result<Command, String> {
        if let Some(extra) = args.keys().find(|name| !self.args.contains_key(*name)) {
            return Err(format!("template {:?} has no argument {}", self.name, shown(extra)));
        }
        let mut paths = vec![];
        for (name, kind) in &self.args {
            let Some(value) = args.get(name) else {
                return Err(format!("template {:?} needs the argument {name:?}", self.name));
            };
            if let Some(why) = kind.refuse(value) {
                return Err(format!("argument {name:?} of template {:?}: {why}", self.name));
            }
            if let ArgType::PathUnder { root, exists } = kind {
                paths.push(PathUnder { path: value.clone(), root: root.clone(), exists: *exists });
            }
        }
        let mut work = Work { is_cwd: self.in_work, ..Work::default() };
        let mut filled = |(place, word): (usize, &Word)| -> String {
            let mut text = String::new();
            for piece in &word.0 {
                match piece {
                    Piece::Text(piece) => text.push_str(piece),
                    Piece::Arg(name) => {
                        let value = args.get(name).cloned().unwrap_or_default();
                        if self.args.get(name) == Some(&ArgType::WorkFile) {
                            work.files.push(WorkFile { word: place, at: text.len(), name: value.clone() });
                            text.push_str(WORK);
                        }
                        text.push_str(&value);
                    }
                }
            }
            text
        };
        let argv = self.argv.iter().enumerate().map(&mut filled).collect();
        Ok(Command {
            program: self.program.clone(),
            sha256: self.sha256.clone(),
            argv,
            run_as: self.run_as.clone(),
            wall_seconds: self.wall_seconds,
            output_kb: self.output_kb,
            paths,
            work,
        })
    }

    /// The arguments that make a free command this template: word for word, and without anything that a shell would
    /// take for more than a word.
    pub fn recognise(&self, command: &str) -> Option<BTreeMap<String, String>> {
        let words = words_of(command)?;
        self.recognise.iter().find_map(|pattern| {
            let mut args = BTreeMap::new();
            if pattern.len() != words.len() {
                return None;
            }
            for (pattern, word) in pattern.iter().zip(&words) {
                let (name, value) = match pattern.0.as_slice() {
                    [Piece::Text(text)] if text == word => continue,
                    [Piece::Arg(name)] => (name, word.as_str()),
                    [Piece::Text(before), Piece::Arg(name)] => (name, word.strip_prefix(before.as_str())?),
                    _ => return None,
                };
                let same = args.insert(name.clone(), value.to_owned()).is_none_or(|earlier| earlier == value);
                if !same || self.args.get(name)?.refuse(value).is_some() {
                    return None;
                }
            }
            self.expand(&args).is_ok().then_some(args)
        })
    }

    /// As a policy has it.
    pub(super) fn written(&self) -> String {
        let name = &self.name;
        let mut text = format!("[template.{name}]\nprogram = {}\n", quoted(&self.program));
        text.extend(self.sha256.iter().map(|digest| format!("sha256 = {}\n", quoted(digest))));
        let words: Vec<String> = self.argv.iter().map(|word| quoted(&word.to_string())).collect();
        text += &format!("argv = [{}]\n", words.join(", "));
        text.extend(self.run_as.iter().map(|user| format!("run_as = {}\n", quoted(user))));
        text += if self.in_work { "cwd = \"work\"\n" } else { "" };
        text += &format!("wall_seconds = {}\noutput_kb = {}\n", self.wall_seconds, self.output_kb);
        if !self.args.is_empty() {
            text += &format!("[template.{name}.args]\n");
        }
        text.extend(self.args.iter().map(|(arg, kind)| format!("{arg} = {{ {} }}\n", kind.written())));
        text
    }

    pub(super) fn says_the_same(&self, other: &Template) -> bool {
        let key = |t: &Template| {
            let Template {
                name,
                at: _,
                program,
                sha256,
                argv,
                run_as,
                wall_seconds,
                output_kb,
                in_work,
                args,
                recognise,
            } = t;
            let bounds = (run_as, wall_seconds, output_kb, in_work);
            format!("{:?}", (name, program, sha256, argv, bounds, args, recognise))
        };
        key(self) == key(other)
    }
}

/// Reads `[template.NAME]`.
pub(super) fn read(cx: &mut Cursor, name: &str, template: Table<'_, '_>) -> Option<Template> {
    let program = template.needs_text(cx, "program");
    if let Some(program) = program.as_ref().filter(|p| !plain(&p.value) || p.value.ends_with('/')) {
        cx.error(
            E_VALUE,
            &program.span,
            format!("program is the absolute path of a program, not {}", shown(&program.value)),
        );
    }
    let sha256 = template.text(cx, "sha256");
    if let Some(digest) =
        sha256.as_ref().filter(|d| d.value.len() != 64 || !d.value.bytes().all(|b| b.is_ascii_hexdigit()))
    {
        cx.error(E_VALUE, &digest.span, "sha256 is 64 hexadecimal digits");
    }
    let args = template.table(cx, "args").map(|table| read_args(cx, name, table)).unwrap_or_default();
    let argv = template.texts(cx, "argv").unwrap_or_default();
    let mut used: Vec<String> = vec![];
    let mut read_word = |cx: &mut Cursor, text: &super::read::Text, value: &str| {
        let word = word(value);
        let Some(word) = word else {
            let message = format!("{} : an argument stands as {{name}}, other braces do not", shown(value));
            cx.error(E_PLACEHOLDER, &text.span, message);
            return Word(vec![]);
        };
        for piece in &word.0 {
            let Piece::Arg(arg) = piece else { continue };
            if !args.contains_key(arg) {
                let hint =
                    nearest(arg, args.keys().map(String::as_str)).map(|near| format!("did you mean {{{near}}}?"));
                let message = format!("template {name:?} has no argument {}", shown(arg));
                cx.hinted(E_PLACEHOLDER, &text.span, message, hint);
            }
            used.push(arg.clone());
        }
        word
    };
    let argv: Vec<Word> = argv.iter().map(|text| read_word(cx, text, &text.value)).collect();
    let recognise = template.texts(cx, "recognise").unwrap_or_default();
    let recognise = recognise
        .iter()
        .map(|text| text.value.split_whitespace().map(|value| read_word(cx, text, value)).collect())
        .collect();
    if let Some(unused) = args.keys().find(|arg| !used.contains(arg)) {
        cx.error(E_PLACEHOLDER, &template.span, format!("template {name:?}: no word of argv has {{{unused}}}"));
    }
    let run_as = template.text(cx, "run_as");
    if let Some(user) = run_as.as_ref().filter(|user| !is_name(&user.value.replace('_', "a"))) {
        cx.error(E_VALUE, &user.span, "run_as is the name of a user");
    }
    let cwd = template.text(cx, "cwd");
    if let Some(cwd) = cwd.as_ref().filter(|cwd| cwd.value != "work") {
        cx.error(E_VALUE, &cwd.span, "cwd is \"work\", the folder of the job; without it a command is run in /");
    }
    let wall_seconds = template.number(cx, "wall_seconds", 86_400).unwrap_or(WALL_SECONDS);
    let output_kb = template.number(cx, "output_kb", 65_536).unwrap_or(OUTPUT_KB);
    let at = cx.at(&template.span);
    template.finish(cx);
    Some(Template {
        name: name.to_owned(),
        at,
        program: program?.value,
        sha256: sha256.map(|digest| digest.value.to_ascii_lowercase()),
        argv,
        run_as: run_as.map(|user| user.value),
        wall_seconds,
        output_kb,
        in_work: cwd.is_some(),
        args,
        recognise,
    })
}

/// The words of a command line as any shell has them, as long as they are plain: letters, digits and `_./:=@%+,-`, between
/// spaces, and in quotes with spaces among them. None where a shell would do more than split: for variables, commands in
/// commands, pipes, redirections, patterns, `~`, escapes, comments, more lines.
fn words_of(line: &str) -> Option<Vec<String>> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./:=@%+,-".contains(c);
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None::<char>);
    if line.len() > 4096 {
        return None;
    }
    for c in line.chars() {
        match (quote, c) {
            (Some(end), c) if c == end => quote = None,
            (Some(_), c) if plain(c) || c == ' ' => word.get_or_insert_default().push(c),
            (None, '\'' | '"') => {
                word.get_or_insert_default();
                quote = Some(c);
            }
            (None, ' ') => words.extend(word.take()),
            (None, c) if plain(c) => word.get_or_insert_default().push(c),
            _ => return None,
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

/// `--unit={unit}` in pieces; none when braces do not fit.
fn word(text: &str) -> Option<Word> {
    let mut pieces = vec![];
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}')?;
        if before.contains('}') || !is_argument(name) {
            return None;
        }
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        pieces.push(Piece::Arg(name.to_owned()));
        rest = behind;
    }
    if rest.contains('}') {
        return None;
    }
    if !rest.is_empty() || pieces.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    Some(Word(pieces))
}

fn is_argument(name: &str) -> bool {
    (1..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

fn read_args(cx: &mut Cursor, template: &str, args: Table<'_, '_>) -> BTreeMap<String, ArgType> {
    let mut all = BTreeMap::new();
    for (name, value) in args.entries() {
        let place = format!("argument {:?} of template {template:?}", name.value);
        if !is_argument(&name.value) {
            cx.error(E_VALUE, &name.span, format!("{place}: a name of letters, digits, _ and -"));
        }
        let Some(arg) = table(cx, value, &place) else { continue };
        let Some(kind) = arg.needs_text(cx, "type") else { continue };
        let kind = match kind.value.as_str() {
            "name" => Some(ArgType::Name),
            "version" => Some(ArgType::Version),
            "path-under" => read_path_under(cx, &arg),
            "work-file" => Some(ArgType::WorkFile),
            "int" => read_int(cx, &arg),
            "enum" => match arg.texts(cx, "values") {
                Some(values) if !values.is_empty() => {
                    Some(ArgType::Enum(values.into_iter().map(|v| v.value).collect()))
                }
                _ => {
                    arg.missing(cx, "values");
                    None
                }
            },
            other => {
                let message = format!(
                    "template {template:?}: argument `{}` has type {other:.40}; use {}",
                    name.value,
                    TYPES.join(", ")
                );
                let hint = nearest(other, TYPES.iter().copied()).map(|near| format!("did you mean {near}?"));
                cx.hinted(E_TEMPLATE_TYPE, &kind.span, message, hint);
                // What else stands there belongs to a type that is not known.
                continue;
            }
        };
        arg.finish(cx);
        all.extend(kind.map(|kind| (name.value, kind)));
    }
    all
}

fn read_path_under(cx: &mut Cursor, arg: &Table<'_, '_>) -> Option<ArgType> {
    let exists = arg.flag(cx, "exists").unwrap_or(false);
    let root = arg.needs_text(cx, "root")?;
    if !plain(&root.value) {
        cx.error(E_VALUE, &root.span, format!("root is an absolute plain path, not {}", shown(&root.value)));
        return None;
    }
    Some(ArgType::PathUnder { root: root.value, exists })
}

/// Without bounds an argument is a number that cannot look like an option.
fn read_int(cx: &mut Cursor, arg: &Table<'_, '_>) -> Option<ArgType> {
    let mut bound = |key: &'static str, default: i64| {
        let Some(value) = arg.value(key) else { return Some(default) };
        let number = value.get_ref().as_integer().and_then(|i| i64::from_str_radix(i.as_str(), i.radix()).ok());
        if number.is_none() {
            cx.error(E_VALUE, &value.span(), format!("{key} is a whole number"));
        }
        number
    };
    let (min, max) = (bound("min", 0)?, bound("max", i64::MAX)?);
    if min > max {
        cx.error(E_MISSING, &arg.span, "min is more than max: no number is in between");
    }
    Some(ArgType::Int { min, max })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(argv: &[&str], args: &[(&str, ArgType)], recognise: &[&str]) -> Template {
        Template {
            name: "t".into(),
            at: Location::new("p.toml", 1),
            program: "/usr/bin/true".into(),
            sha256: None,
            argv: argv.iter().map(|w| word(w).unwrap()).collect(),
            run_as: None,
            wall_seconds: 1,
            output_kb: 1,
            in_work: false,
            args: args.iter().map(|(n, t)| ((*n).to_owned(), t.clone())).collect(),
            recognise: recognise.iter().map(|c| c.split(' ').map(|w| word(w).unwrap()).collect()).collect(),
        }
    }

    fn given(args: &[(&str, &str)]) -> BTreeMap<String, String> {
        args.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn an_argument_stays_in_its_word() {
        let t = template(&["--x={a}", "--", "{a}"], &[("a", ArgType::Name)], &[]);
        assert_eq!(t.expand(&given(&[("a", "v1")])).unwrap().argv, ["--x=v1", "--", "v1"]);
        for value in ["", "-x", "--", "a b", "a\0", "a;b", "$(x)", "../x", "a/b", ".", "é", "a\nb", "{a}"] {
            assert!(t.expand(&given(&[("a", value)])).is_err(), "{value:?}");
        }
        assert!(t.expand(&given(&[])).is_err() && t.expand(&given(&[("a", "x"), ("b", "y")])).is_err());
    }

    #[test]
    fn each_type_takes_what_it_says_and_nothing_else() {
        let path = ArgType::PathUnder { root: "/opt/a".into(), exists: false };
        let int = ArgType::Int { min: 1, max: 10 };
        let one = ArgType::Enum(vec!["a.service".into()]);
        for (kind, good) in [(&path, "/opt/a/b"), (&int, "10"), (&one, "a.service"), (&ArgType::Version, "1:2.3-4~x")] {
            assert_eq!(kind.refuse(good), None, "{good}");
        }
        for (kind, bad) in [
            (&path, "/opt/a"),
            (&path, "/opt/ab"),
            (&path, "/opt/a/../b"),
            (&path, "/opt/a//b"),
            (&path, "/opt/a/\u{1}"),
            (&int, "0"),
            (&int, "11"),
            (&int, "+5"),
            (&int, "05"),
            (&int, " 5"),
            (&int, "0x5"),
            (&int, "５"),
            (&one, "A.service"),
            (&one, "a.service "),
            (&ArgType::Version, "-1"),
            (&ArgType::Version, "1 2"),
        ] {
            assert!(kind.refuse(bad).is_some(), "{bad:?}");
        }
    }

    #[test]
    fn a_file_of_the_job_is_a_path_once_it_is_known_where_the_job_is() {
        let t = template(&["-i", "--a={d},b={d}", "{d}"], &[("d", ArgType::WorkFile)], &["dpkg -i ./{d}"]);
        let command = t.expand(&given(&[("d", "acme-1.2/x.deb")])).unwrap();
        assert_eq!(command.argv.join(" "), "-i --a=work:acme-1.2/x.deb,b=work:acme-1.2/x.deb work:acme-1.2/x.deb");
        let argv = command.placed("/j").argv.join(" ");
        assert_eq!(argv, "-i --a=/j/acme-1.2/x.deb,b=/j/acme-1.2/x.deb /j/acme-1.2/x.deb");
        for value in ["", "/x", "../x", "a/../x", "a//x", "a/", ".", "a b", "a\\b", "work:a", "x\n", "é"] {
            assert!(t.expand(&given(&[("d", value)])).is_err(), "{value:?}");
        }
        assert_eq!(t.recognise("dpkg -i './x.deb'"), Some(given(&[("d", "x.deb")])));
        assert_eq!(t.recognise("dpkg -i ./../x.deb"), None);
    }

    #[test]
    fn words_are_what_a_shell_makes_of_them_or_none() {
        let words = |line| words_of(line).map(|words| words.join("|"));
        for (line, expected) in [
            ("a b  c", "a|b|c"),
            ("'a b' \"c d\"e", "a b|c de"),
            ("a''b \"\"", "ab|"),
            (" msiexec /i x.msi /qn ", "msiexec|/i|x.msi|/qn"),
        ] {
            assert_eq!(words(line).as_deref(), Some(expected), "{line}");
        }
        for line in [
            "a;b", "a|b", "a&b", "a&&b", "a>b", "a<b", "$a", "\"$a\"", "`a`", "'a", "\"a", "a\nb", "a\tb", "a*", "a?",
            "[a]", "~/a", "a\\b", "#a", "a #b", "(a)", "{a}", "!a", "é", "'é'", "\"a'b\"", "'a;b'",
        ] {
            assert_eq!(words(line), None, "{line:?}");
        }
    }

    #[test]
    fn a_free_command_is_recognised_word_for_word() {
        let unit = ArgType::Enum(vec!["a.service".into(), "b.service".into()]);
        let t = template(&["restart", "{unit}"], &[("unit", unit)], &["systemctl restart {unit}"]);
        assert_eq!(t.recognise("systemctl  restart a.service"), Some(given(&[("unit", "a.service")])));
        for command in [
            "systemctl restart ssh.service",
            "systemctl restart a.service; id",
            "systemctl restart a.service b.service",
            "systemctl stop a.service",
            "/bin/systemctl restart a.service",
            "systemctl restart $(id)",
            "",
            "systemctl restart a.service\nid",
            "systemctl\trestart a.service",
        ] {
            assert_eq!(t.recognise(command), None, "{command:?}");
        }
    }
}
