//! Applies profiles: once, here in the host, on the model, before any document is written of it.

use super::ops::{Key, apply, matches};
use super::sweep::Sweep;
use super::{FieldPath, Filter, Member, Op, Profile, RedactRule, Tokens, Unknown, without_url_secrets};
use crate::Location;
use airlock_model::{Finder, Incomplete, Report, Row, Section, Value, schema};
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What the program says of itself in a report (its version, what is missing): no allow list needs to name it, a rule
/// may.
const OWN_SECTION: &str = "versionprovider";

/// What was withheld, and by which line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Withheld {
    /// `content.users.*.login`.
    pub path: String,
    /// The operation, `unknown` for what an allow list does not name, `sweep` for a token in another field, `left` for a
    /// name within a longer word, which is reported and stays.
    pub op: &'static str,
    pub profile: Option<String>,
    pub at: Option<Location>,
    /// Values; rows where whole rows were.
    pub count: u64,
}

/// The profiles of one server, ready to be applied.
pub struct Redactor {
    profiles: Vec<Profile>,
    key: Key,
    /// Of everything that is known.
    sweep: Sweep,
    /// Of secrets alone: for what a rule lets leave by its name, and where there are no profiles.
    secrets: Sweep,
}

type Reasons = BTreeMap<(String, &'static str, Option<String>, Option<Location>), u64>;

/// What the profiles together say of one field.
enum Plan<'a> {
    Drop(&'static str, Option<&'a str>, Option<&'a RedactRule>),
    Ops(Vec<(&'a str, &'a RedactRule)>),
}

impl Redactor {
    /// All profiles apply: what one of them withholds is withheld. Without any, configured secrets are withheld and
    /// nothing else.
    pub fn new(profiles: Vec<Profile>, key: Key, tokens: Tokens) -> Self {
        let secrets = Sweep::new(&Tokens { secrets: tokens.secrets.clone(), ..Tokens::default() });
        Self { profiles, key, sweep: Sweep::new(&tokens), secrets }
    }

    /// What remains of a report. `finish` adds what the program has to say of itself, once the notes on what is
    /// incomplete are such that they may be said.
    pub fn report(&self, mut report: Report, finish: impl FnOnce(&mut Report)) -> (Report, Vec<Withheld>) {
        for note in &mut report.incomplete {
            if self.touches(&note.section) {
                "not all of it could be read".clone_into(&mut note.why);
            }
        }
        finish(&mut report);
        let mut reasons = Reasons::new();
        let mut out = Report::default();
        for (section, rows) in report.sections() {
            let rows = self.rows(section, rows, &mut reasons);
            if !rows.is_empty() {
                // What a server cannot do without and does not get costs the row; the engine counts the value.
                out.emit(section, rows);
            }
        }
        out.incomplete = std::mem::take(&mut report.incomplete);
        let out = self.sweep_report(out, &mut reasons);
        (out, withheld(reasons))
    }

    /// The device's id and the tag, as they may be sent.
    pub fn members(&self, deviceid: &str, tag: Option<&str>) -> (String, Option<String>, Vec<Withheld>) {
        let mut reasons = Reasons::new();
        let deviceid = self.member(Member::DeviceId, deviceid, &mut reasons);
        let tag = tag.and_then(|tag| self.member(Member::Tag, tag, &mut reasons));
        (deviceid.unwrap_or_default(), tag, withheld(reasons))
    }

    /// A text that is sent: a status, an error. Every token that is known is taken out of it.
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let clean = without_url_secrets(text);
        match self.everything().text(&clean).text {
            Cow::Owned(swept) => Cow::Owned(swept),
            Cow::Borrowed(_) => clean,
        }
    }

    fn member(&self, member: Member, text: &str, reasons: &mut Reasons) -> Option<String> {
        let path = FieldPath::Member(member);
        let mut kept = Some(text.to_owned());
        let (mut hashed, mut length) = (false, usize::MAX);
        for profile in &self.profiles {
            let rules: Vec<&RedactRule> = profile.rules.iter().filter(|rule| rule.path == path).collect();
            let unknown = rules.is_empty() && profile.unknown == Unknown::Drop && member == Member::Tag;
            let mut count = |op, at| {
                *reasons.entry((path.to_string(), op, Some(profile.name.clone()), at)).or_default() += 1;
            };
            if unknown {
                kept = None;
                count("unknown", None);
            }
            for rule in rules {
                match &rule.op {
                    Op::Keep => continue,
                    Op::Hash => hashed = true,
                    Op::Truncate(n) => length = length.min(usize::try_from(*n).unwrap_or(usize::MAX)),
                    Op::Map(map) => kept = kept.and_then(|kept| map.get(&kept).or_else(|| map.get("*")).cloned()),
                    Op::Drop | Op::Round(_) | Op::Filter(_) => kept = None,
                }
                count(rule.op.name(), Some(rule.at.clone()));
            }
        }
        let mut kept = kept.map(|kept| kept.chars().take(length).collect::<String>()).filter(|kept| !kept.is_empty());
        if hashed {
            kept = kept.map(|kept| self.key.hash(&kept));
        }
        if let Some(kept) = &mut kept {
            let swept = self.sweep_of(path).text(kept);
            if swept.found > 0 {
                *reasons.entry((path.to_string(), "sweep", None, None)).or_default() += swept.found;
                // A name that was made less unique names nothing any more.
                *kept = if member == Member::DeviceId { self.key.hash(text) } else { swept.text.into_owned() };
            }
        }
        // A document needs the device's id.
        kept.or_else(|| (member == Member::DeviceId).then(|| self.key.hash(text)))
    }

    /// Whether any profile withholds something of a section.
    fn touches(&self, section: &str) -> bool {
        let Some(section) = schema::section(section) else { return !self.profiles.is_empty() };
        section.name != OWN_SECTION
            && section.fields.iter().any(|field| match self.plan(section, field.name) {
                Plan::Drop(..) => true,
                Plan::Ops(ops) => ops.iter().any(|(_, rule)| rule.op != Op::Keep),
            })
            || !self.filters(section).is_empty()
    }

    fn rules_on(profile: &Profile, path: FieldPath) -> Vec<&RedactRule> {
        profile.rules.iter().filter(|rule| rule.path == path).collect()
    }

    fn filters(&self, section: &'static Section) -> Vec<(&str, &RedactRule, &Filter)> {
        let of = |profile| Self::rules_on(profile, FieldPath::Section(section)).into_iter();
        let all = self.profiles.iter().flat_map(|profile| of(profile).map(move |rule| (profile.name.as_str(), rule)));
        all.filter_map(|(profile, rule)| match &rule.op {
            Op::Filter(filter) => Some((profile, rule, filter)),
            _ => None,
        })
        .collect()
    }

    /// A rule on a field goes before one on its section, and that before what the profile says of everything else.
    fn plan(&self, section: &'static Section, name: &str) -> Plan<'_> {
        // Nested rows name their parent's row, which is that row's name: what is done to one is done to the other.
        let (section, name) = match (section.parent.and_then(schema::section), name) {
            (Some(parent), "of") => (parent, "name"),
            _ => (section, name),
        };
        let mut ops = Vec::new();
        for profile in &self.profiles {
            let of = profile.name.as_str();
            let field = section.field(name).map(|field| FieldPath::Field(section, field));
            let on_field = field.map(|path| Self::rules_on(profile, path)).unwrap_or_default();
            let on_section = Self::rules_on(profile, FieldPath::Section(section));
            if on_field.is_empty() && on_section.is_empty() {
                if profile.unknown == Unknown::Drop && section.name != OWN_SECTION {
                    return Plan::Drop("unknown", Some(of), None);
                }
                continue;
            }
            if !on_field.is_empty() {
                ops.extend(on_field.into_iter().map(|rule| (of, rule)));
                continue;
            }
            // Whole sections are kept, dropped or filtered; anything else fits none of their values.
            if let Some(rule) = on_section.iter().find(|rule| !matches!(rule.op, Op::Keep | Op::Filter(_))) {
                return Plan::Drop(rule.op.name(), Some(of), Some(rule));
            }
        }
        match ops.iter().find(|(_, rule)| matches!(rule.op, Op::Drop)) {
            Some((of, rule)) => Plan::Drop(rule.op.name(), Some(*of), Some(*rule)),
            None => Plan::Ops(ops),
        }
    }

    fn rows(&self, section: &'static Section, rows: &[Row], reasons: &mut Reasons) -> Vec<Row> {
        let filters = self.filters(section);
        let mut plans: BTreeMap<&str, Plan<'_>> = BTreeMap::new();
        let mut kept = Vec::with_capacity(rows.len());
        let mut count = |path: String, op, profile: Option<&str>, rule: Option<&RedactRule>| {
            *reasons.entry((path, op, profile.map(str::to_owned), rule.map(|rule| rule.at.clone()))).or_default() += 1;
        };
        for row in rows {
            if let Some((profile, rule, _)) = filters.iter().find(|(_, _, filter)| !passes(filter, row)) {
                count(rule.path.to_string(), rule.op.name(), Some(profile), Some(rule));
                continue;
            }
            let mut out = Row::new();
            let mut whole = None;
            for (name, value) in row.iter() {
                let Some(field) = section.field(name) else { continue };
                let path = || FieldPath::Field(section, field).to_string();
                match plans.entry(field.name).or_insert_with(|| self.plan(section, field.name)) {
                    // A rule on the whole section is counted by rows.
                    Plan::Drop(op, profile, rule) if rule.is_none_or(|r| matches!(r.path, FieldPath::Section(_))) => {
                        whole = Some((*op, *profile, *rule));
                    }
                    Plan::Drop(op, profile, rule) => count(path(), op, *profile, *rule),
                    Plan::Ops(rules) => {
                        let ops: Vec<&Op> = rules.iter().map(|(_, rule)| &rule.op).collect();
                        let kept = apply(&ops, &self.key, field, value.clone());
                        for (profile, rule) in rules.iter().filter(|(_, rule)| rule.op != Op::Keep) {
                            count(path(), rule.op.name(), Some(profile), Some(rule));
                        }
                        if let Some(kept) = kept {
                            out.set(field.name, kept);
                        }
                    }
                }
            }
            if let Some((op, profile, rule)) = whole {
                count(FieldPath::Section(section).to_string(), op, profile, rule);
            }
            if !out.is_empty() {
                kept.push(out);
            }
        }
        kept
    }

    /// Without a profile only secrets are looked for.
    fn everything(&self) -> &Sweep {
        if self.profiles.is_empty() { &self.secrets } else { &self.sweep }
    }

    /// Where every profile speaks of a field by its name, or keeps its section, names may stand in it.
    fn sweep_of(&self, path: FieldPath) -> &Sweep {
        let (path, section) = match path {
            FieldPath::Field(section, field) => {
                let parent = section.parent.filter(|_| field.name == "of").and_then(schema::section);
                let name = parent.and_then(|parent| Some(FieldPath::Field(parent, parent.field("name")?)));
                (name.unwrap_or(path), Some(FieldPath::Section(parent.unwrap_or(section))))
            }
            other => (other, None),
        };
        let names = |rule: &RedactRule| rule.path == path || (Some(rule.path) == section && rule.op == Op::Keep);
        let is_named = self.profiles.iter().all(|profile| profile.rules.iter().any(names));
        if is_named { &self.secrets } else { &self.sweep }
    }

    fn sweep_report(&self, report: Report, reasons: &mut Reasons) -> Report {
        let mut out = Report::default();
        for (section, rows) in report.sections() {
            let sweeps: Vec<&Sweep> =
                section.fields.iter().map(|field| self.sweep_of(FieldPath::Field(section, field))).collect();
            let rows = rows.iter().map(|row| sweep_row(&sweeps, section, row, reasons)).collect();
            out.emit(section, rows);
        }
        out.incomplete = report.incomplete;
        for Incomplete { section, why } in &mut out.incomplete {
            let clean = without_url_secrets(why).into_owned();
            *why = swept(self.everything(), &clean, || format!("incomplete.{section}"), reasons);
        }
        out
    }
}

/// Whether a row gets through a filter.
fn passes(filter: &Filter, row: &Row) -> bool {
    filter.keep.iter().all(|(field, globs)| row.get(field).is_some_and(|value| matches(globs, value, false)))
        && !filter.drop.iter().any(|(field, globs)| row.get(field).is_some_and(|value| matches(globs, value, true)))
}

/// `sweeps` has one for each of the section's fields.
fn sweep_row(sweeps: &[&Sweep], section: &'static Section, row: &Row, reasons: &mut Reasons) -> Row {
    let mut out = Row::new();
    let mut finder = Finder::new(section);
    for (position, (name, value)) in row.iter().enumerate() {
        let Some((at, field)) = finder.find(position, name) else { continue };
        let Some(sweep) = sweeps.get(at) else { continue };
        let path = || FieldPath::Field(section, field).to_string();
        let value = match value {
            Value::Text(text) => Value::Text(swept(sweep, text, path, reasons)),
            Value::Texts(all) => Value::Texts(all.iter().map(|text| swept(sweep, text, path, reasons)).collect()),
            other => other.clone(),
        };
        out.set(field.name, value);
    }
    out
}

fn swept(sweep: &Sweep, text: &str, path: impl Fn() -> String, reasons: &mut Reasons) -> String {
    let swept = sweep.text(text);
    for (op, count) in [("sweep", swept.found), ("left", swept.left)] {
        if count > 0 {
            *reasons.entry((path(), op, None, None)).or_default() += count;
        }
    }
    swept.text.into_owned()
}

fn withheld(reasons: Reasons) -> Vec<Withheld> {
    let one = |((path, op, profile, at), count)| Withheld { path, op, profile, at, count };
    reasons.into_iter().map(one).collect()
}

/// For people: a path with its star is easier to find in a policy.
impl std::fmt::Display for Withheld {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {} ({} times", self.path, self.op, self.count)?;
        match (&self.profile, &self.at) {
            (Some(profile), Some(at)) => write!(f, "; {profile}, {at})"),
            (Some(profile), None) => write!(f, "; {profile}, which does not list it)"),
            _ => f.write_str(")"),
        }
    }
}
