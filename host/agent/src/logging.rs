//! The program's log: standard error, where a service manager keeps it and a person sees it; of a service also a file or the
//! system's log, as its settings say.
//!
//! A record is one line, whatever it holds: what comes from outside begins no line of its own, is obeyed by no terminal,
//! is cut where it is too long, and leaves the secrets of its URLs out, and those of the owner.

use crate::config::{LogBackend, LogSettings};
use crate::exit::Usage;
use airlock_gate::redact::without_secrets;
use airlock_model::short_line;
use airlock_native::{Journal, LogFile, Weight};
use std::fmt;
use std::io::IsTerminal;
use std::sync::{Mutex, OnceLock, PoisonError};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer};
use tracing_subscriber::fmt::{FmtContext, FormattedFields};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::reload;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Of a record, in bytes.
const LONGEST: usize = 16 << 10;

/// Where records go besides, and whether standard error gets them.
struct Places {
    stderr: bool,
    file: Option<LogFile>,
    journal: Option<Journal>,
}

static PLACES: Mutex<Places> = Mutex::new(Places { stderr: true, file: None, journal: None });
type SetLevel = Box<dyn Fn(LevelFilter) + Send + Sync>;
static LEVEL: OnceLock<SetLevel> = OnceLock::new();
static DEBUG: OnceLock<u8> = OnceLock::new();

/// `debug` is how often `--debug` was given.
pub(crate) fn start(debug: u8) {
    let level = match debug {
        0 => LevelFilter::WARN,
        1 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let _ = DEBUG.set(debug);
    let colour = std::io::stderr().is_terminal();
    let (filter, handle) = reload::Layer::new(level);
    let set: SetLevel = Box::new(move |level| drop(handle.modify(|filter| *filter = level)));
    let _ = LEVEL.set(set);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(colour).event_format(OneLine);
    // Fails only when a log was started before: there is one `main`.
    let _ = tracing_subscriber::registry().with(filter).with(lines).try_init();
}

/// A service's log: what happens is said, and goes where the settings say. What the command line said goes before.
pub(crate) fn serve(settings: &LogSettings) -> anyhow::Result<()> {
    let debug = settings.debug.max(DEBUG.get().copied().unwrap_or(0));
    let level = match debug {
        0 => LevelFilter::INFO,
        1 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let goes = |backend| settings.to.contains(&backend);
    let file = settings.file.as_deref().filter(|_| settings.to.is_empty() || goes(LogBackend::File));
    if goes(LogBackend::File) && file.is_none() {
        return Err(Usage("[log]: to has \"file\", and no file says which".to_owned()).into());
    }
    let most = settings.file_mb.map(|mb| mb.saturating_mul(1_000_000));
    let journal = match goes(LogBackend::Syslog) {
        true => {
            let facility = settings.facility.as_deref().unwrap_or("daemon");
            let unknown = || Usage(format!("[log]: {facility:?} is no facility: daemon, user, local0 to local7 …"));
            Some(Journal::of(facility).ok_or_else(unknown)?)
        }
        false => None,
    };
    let stderr = goes(LogBackend::Stderr) || (file.is_none() && journal.is_none());
    let file = file.map(|path| LogFile::new(path, most));
    *PLACES.lock().unwrap_or_else(PoisonError::into_inner) = Places { stderr, file, journal };
    if let Some(set) = LEVEL.get() {
        set(level);
    }
    Ok(())
}

/// The level, and what is said, on one line.
struct OneLine;

impl<S, N> FormatEvent<S, N> for OneLine
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut text = String::new();
        for span in context.event_scope().into_iter().flat_map(|scope| scope.from_root()) {
            text.push_str(span.name());
            if let Some(fields) = span.extensions().get::<FormattedFields<N>>().filter(|fields| !fields.is_empty()) {
                text.push_str(&format!("{{{fields}}}"));
            }
            text.push_str(": ");
        }
        context.field_format().format_fields(Writer::new(&mut text), event)?;
        let text = short_line(&without_secrets(&text), LONGEST);
        let level = *event.metadata().level();
        if !elsewhere(level, &text) {
            return Ok(());
        }
        if writer.has_ansi_escapes() {
            writeln!(writer, "\u{1b}[{}m{level:>5}\u{1b}[0m {text}", colour(level))
        } else {
            writeln!(writer, "{level:>5} {text}")
        }
    }
}

/// Writes a record where else it goes; says whether standard error gets it too. A log that cannot be written is no reason to
/// stop: then standard error gets it.
fn elsewhere(level: Level, text: &str) -> bool {
    let mut places = PLACES.lock().unwrap_or_else(PoisonError::into_inner);
    let mut failed = false;
    if let Some(file) = &mut places.file {
        let line = format!("{} {level:>5} {text}\n", jiff::Timestamp::now());
        failed |= file.line(line.as_bytes()).is_err();
    }
    if let Some(journal) = &places.journal {
        let weight = match level {
            Level::ERROR => Weight::Error,
            Level::WARN => Weight::Warning,
            Level::INFO => Weight::Informational,
            _ => Weight::Debug,
        };
        failed |= journal.tell(weight, text).is_err();
    }
    places.stderr || failed
}

fn colour(level: Level) -> u8 {
    match level {
        Level::ERROR => 31,
        Level::WARN => 33,
        Level::INFO => 32,
        Level::DEBUG => 34,
        Level::TRACE => 35,
    }
}
