//! Logs, terminals and reports.
