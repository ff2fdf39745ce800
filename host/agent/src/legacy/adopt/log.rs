//! Where the log goes.

use super::Adopter;
use crate::config::LogBackend;

impl Adopter<'_> {
    pub(super) fn log(&mut self) -> Result<(), String> {
        let values = self.values;
        let mut to = Vec::new();
        for backend in values.list("logger") {
            match backend.trim().to_lowercase().as_str() {
                "stderr" => to.push(LogBackend::Stderr),
                "file" => to.push(LogBackend::File),
                "syslog" => to.push(LogBackend::Syslog),
                other => {
                    let place = self.place("logger");
                    let other = airlock_model::short_line(other, 40);
                    self.remark(format!("{place}: {other:?} is no place for a log: expected stderr, file, syslog"));
                }
            }
        }
        let file = values.path("logfile");
        if file.is_some() && !to.contains(&LogBackend::File) {
            to.push(LogBackend::File);
        }
        if file.is_none() && to.contains(&LogBackend::File) {
            return Err(format!("{}: file, but no logfile says which", self.place("logger")));
        }
        // Standard error alone is what there is without a word.
        if to == [LogBackend::Stderr] {
            to.clear();
        }
        let log = &mut self.adopted.settings.log;
        log.file = file;
        log.file_mb = Some(values.number("logfile-maxsize")).filter(|size| *size > 0);
        if to.contains(&LogBackend::Syslog) {
            let facility = values.text("logfacility").unwrap_or_default().to_lowercase();
            log.facility = Some(facility.strip_prefix("log_").unwrap_or(&facility).to_owned());
        }
        log.to = to;
        log.debug = u8::try_from(values.number("debug")).unwrap_or(u8::MAX);
        Ok(())
    }
}
