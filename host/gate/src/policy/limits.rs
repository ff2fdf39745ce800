//! Limits and windows, as they are written for the machine, a server or a grant. Of several the smallest holds, and all
//! windows have to be open.

use super::problem::E_VALUE;
use super::read::{Cursor, Table, one_of, shown};
use crate::{Location, Verb};
use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use serde::Serialize;

macro_rules! keys {
    ($($variant:ident $name:literal $most:literal $meaning:literal;)*) => {
        /// A number that something is limited to.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum LimitKey { $($variant,)* }

        impl LimitKey {
            pub const ALL: &[LimitKey] = &[$(LimitKey::$variant,)*];

            pub fn name(self) -> &'static str {
                match self { $(LimitKey::$variant => $name,)* }
            }

            pub fn meaning(self) -> &'static str {
                match self { $(LimitKey::$variant => $meaning,)* }
            }

            fn most(self) -> u64 {
                match self { $(LimitKey::$variant => $most,)* }
            }
        }
    };
}

keys! {
    RunsPerDay "runs_per_day" 1_000_000 "runs in a day";
    JobsPerRun "jobs_per_run" 1_000_000 "jobs in a run";
    CpuSeconds "cpu_seconds" 86_400 "seconds of the processor in a run";
    WallSeconds "wall_seconds" 86_400 "seconds of a run";
    MemoryMb "memory_mb" 65_536 "MB of memory of a run";
    DiskMb "disk_mb" 1_000_000_000 "MB written by a run";
    EgressMbPerDay "egress_mb_per_day" 1_000_000_000 "MB sent in a day";
    NetPps "net_pps" 10_000_000 "packets in a second";
    NewHostsPerDay "new_hosts_per_day" 4_000_000_000 "hosts in a day that were not contacted before";
    HostCalls "host_calls" 4_000_000_000 "calls of the host in a run";
    LogKb "log_kb" 1_000_000 "kB of the task's log in a run";
    Pps "pps" 10_000_000 "packets in a second";
    MaxHostsPerDay "max_hosts_per_day" 4_000_000_000 "hosts in a day";
    PerHour "per_hour" 1_000_000 "in an hour";
    MaxPerDay "max_per_day" 1_000_000 "in a day";
    MaxBytesPerDay "max_bytes_per_day" 1_000_000_000_000_000 "bytes in a day";
}

impl LimitKey {
    /// Those of a `[limits]` table; the others are arguments of grants.
    pub(super) const TABLE: usize = 11;

    /// What is about a run as a whole: in a grant it holds for every run that the grant is for.
    pub(super) fn bounds_a_run(self) -> bool {
        use LimitKey::{CpuSeconds, HostCalls, LogKb, MemoryMb, RunsPerDay, WallSeconds};
        matches!(self, RunsPerDay | CpuSeconds | WallSeconds | MemoryMb | HostCalls | LogKb)
    }

    /// How a grant of this verb can be limited in a key of its own.
    pub(super) fn of_verb(verb: Verb) -> &'static [LimitKey] {
        match verb {
            Verb::NetProbe => &[LimitKey::Pps, LimitKey::MaxHostsPerDay],
            Verb::WolSend => &[LimitKey::PerHour],
            Verb::UiAsk => &[LimitKey::MaxPerDay],
            Verb::ReportSend => &[LimitKey::MaxBytesPerDay],
            _ => &[],
        }
    }
}

/// A limit as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    pub key: LimitKey,
    pub most: u64,
    pub at: Location,
}

/// What one `limits` table says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LimitSet {
    pub limits: Vec<Limit>,
    /// For a verb that any of these names, one of those has to be open.
    pub windows: Vec<Window>,
    /// Seconds between contacts, at least and at most.
    pub contact_interval: Option<(Option<u64>, Option<u64>)>,
    /// Seconds for which a job is remembered.
    pub replay_memory: Option<u64>,
}

impl LimitSet {
    /// The limits without the places where they stand.
    pub(super) fn says_the_same(&self, other: &LimitSet) -> bool {
        self.content() == other.content()
    }

    pub(super) fn content(&self) -> impl PartialEq + std::fmt::Debug {
        let numbers: Vec<_> = self.limits.iter().map(|limit| (limit.key, limit.most)).collect();
        let windows: Vec<_> = self.windows.iter().map(Window::content).collect();
        (numbers, windows, self.contact_interval, self.replay_memory)
    }
}

/// When something may be done, in local time. A window that ends before it begins ends on the next day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    pub at: Location,
    /// None: every verb.
    pub verbs: Option<Vec<Verb>>,
    /// From Monday on; the day on which a window begins.
    pub days: [bool; 7],
    pub from: Time,
    pub to: Time,
}

impl Window {
    pub(super) fn is_for(&self, verb: Verb) -> bool {
        self.verbs.as_ref().is_none_or(|verbs| verbs.contains(&verb))
    }

    pub(super) fn is_open(&self, now: &Zoned) -> bool {
        let time = now.time();
        let on = |day: Weekday| self.days.get(usize::from(day.to_monday_zero_offset().unsigned_abs())) == Some(&true);
        let (today, yesterday) = (now.weekday(), now.weekday().previous());
        if self.from < self.to {
            on(today) && self.from <= time && time < self.to
        } else {
            (on(today) && self.from <= time) || (on(yesterday) && time < self.to)
        }
    }

    fn content(&self) -> (&Option<Vec<Verb>>, &[bool; 7], Time, Time) {
        (&self.verbs, &self.days, self.from, self.to)
    }
}

/// Whether a set of windows lets a verb through at a moment.
pub(super) fn open(windows: &[Window], verb: Verb, now: &Zoned) -> bool {
    let mut of_verb = windows.iter().filter(|window| window.is_for(verb)).peekable();
    of_verb.peek().is_none() || of_verb.any(|window| window.is_open(now))
}

/// The next moment, by quarters of an hour and within nine days, at which all these sets are open.
pub(super) fn opens(sets: &[&[Window]], verb: Verb, at: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let mut moment = at.to_zoned(zone.clone()).round(jiff::Unit::Minute).ok()?;
    for _ in 0..(9 * 24 * 60) {
        moment = moment.checked_add(1.minute()).ok()?;
        if sets.iter().all(|windows| open(windows, verb, &moment)) {
            return Some(moment.timestamp());
        }
    }
    None
}

const DAYS: &[&str] = &["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Reads what a `limits` table says.
pub(super) fn read(cx: &mut Cursor, table: Table<'_, '_>) -> LimitSet {
    let mut set = LimitSet::default();
    for key in LimitKey::ALL.iter().take(LimitKey::TABLE) {
        set.limits.extend(limit(cx, &table, *key));
    }
    if let Some(interval) = table.table(cx, "contact_interval") {
        let span = interval.span.clone();
        let bounds = (duration(cx, &interval, "min"), duration(cx, &interval, "max"));
        if let (Some(min), Some(max)) = bounds
            && min > max
        {
            cx.error(E_VALUE, &span, "contact_interval: min is more than max");
        }
        interval.finish(cx);
        set.contact_interval = Some(bounds);
    }
    set.replay_memory = duration(cx, &table, "replay_memory");
    let windows: Vec<Table> = table.tables(cx, "window", "[[limits.window]]");
    set.windows = windows.into_iter().filter_map(|window| read_window(cx, window)).collect();
    table.finish(cx);
    set
}

pub(super) fn limit(cx: &mut Cursor, table: &Table<'_, '_>, key: LimitKey) -> Option<Limit> {
    let span = table.value(key.name())?.span();
    let most = table.number(cx, key.name(), key.most())?;
    Some(Limit { key, most, at: cx.at(&span) })
}

fn read_window(cx: &mut Cursor, table: Table<'_, '_>) -> Option<Window> {
    let at = cx.at(&table.span);
    let verbs =
        table.texts(cx, "verbs").map(|texts| texts.iter().filter_map(|text| super::rule::verb(cx, text)).collect());
    let mut days = [!table.has("days"); 7];
    for text in table.texts(cx, "days").unwrap_or_default() {
        let (first, last) = text.value.split_once('-').unwrap_or((&text.value, &text.value));
        let mut number = |day: &str| {
            let word = super::read::Text { value: day.to_owned(), span: text.span.clone() };
            one_of(cx, &word, "days", DAYS).and_then(|day| DAYS.iter().position(|d| *d == day))
        };
        let (Some(first), Some(last)) = (number(first), number(last)) else { continue };
        // `fri-mon` goes over the weekend.
        for step in 0..=((last + 7 - first) % 7) {
            if let Some(day) = days.get_mut((first + step) % 7) {
                *day = true;
            }
        }
    }
    let mut time = |key: &'static str| {
        let text = table.needs_text(cx, key)?;
        let (hours, minutes) = text.value.split_once(':').unwrap_or_default();
        let two = |part: &str| if part.len() == 2 { part.parse::<i8>().ok() } else { None };
        let time = two(hours).zip(two(minutes)).and_then(|(h, m)| match (h, m) {
            (24, 0) => Some(Time::midnight()),
            _ => Time::new(h, m, 0, 0).ok(),
        });
        if time.is_none() {
            cx.error(E_VALUE, &text.span, format!("{key} is a time such as \"20:00\", not {}", shown(&text.value)));
        }
        time
    };
    let (from, to) = (time("from"), time("to"));
    if let (Some(from), Some(to)) = (from, to)
        && from == to
    {
        cx.error(E_VALUE, &table.span, "a window that ends when it begins; leave it out if it is always open");
    }
    table.finish(cx);
    Some(Window { at, verbs, days, from: from?, to: to? })
}

/// `30d`, `72h`, `15m`, `10s`, in seconds.
pub(super) fn duration(cx: &mut Cursor, table: &Table<'_, '_>, key: &'static str) -> Option<u64> {
    let text = table.text(cx, key)?;
    let seconds = seconds(&text.value);
    if seconds.is_none() {
        let expected = "a number with its unit: s, m, h, d or w, such as \"15m\"";
        cx.error(E_VALUE, &text.span, format!("{key} is {expected}, not {}", shown(&text.value)));
    }
    seconds
}

pub(super) fn seconds(text: &str) -> Option<u64> {
    let unit = text.chars().next_back()?;
    let number = text.strip_suffix(unit)?;
    if number.is_empty() || number.len() > 9 || !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let one = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        'w' => 7 * 86_400,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(one)
}
