//! The program's log: standard error, where a service manager keeps it and a person sees it.
//!
//! A record is one line, whatever it holds: what comes from outside begins no line of its own, is obeyed by no terminal,
//! is cut where it is too long, and leaves the secrets of its URLs out.

use airlock_gate::redact::without_url_secrets;
use airlock_model::short_line;
use std::fmt;
use std::io::IsTerminal;
use tracing::level_filters::LevelFilter;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer};
use tracing_subscriber::fmt::{FmtContext, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

/// Of a record, in bytes.
const LONGEST: usize = 16 << 10;

/// `debug` is how often `--debug` was given.
pub(crate) fn start(debug: u8) {
    let level = match debug {
        0 => LevelFilter::WARN,
        1 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let colour = std::io::stderr().is_terminal();
    let log = tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).with_ansi(colour);
    // Fails only when a log was started before: there is one `main`.
    let _ = log.event_format(OneLine).try_init();
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
        let text = short_line(&without_url_secrets(&text), LONGEST);
        let level = *event.metadata().level();
        if writer.has_ansi_escapes() {
            writeln!(writer, "\u{1b}[{}m{level:>5}\u{1b}[0m {text}", colour(level))
        } else {
            writeln!(writer, "{level:>5} {text}")
        }
    }
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
