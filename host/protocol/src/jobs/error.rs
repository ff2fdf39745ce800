//! Why a job cannot be done as it stands.

/// What is wrong with a job.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum JobError {
    #[error("a job for {found}, expected one for {expected}")]
    Task { expected: &'static str, found: String },
    #[error("no {what}: expected {expected}")]
    Missing { what: &'static str, expected: &'static str },
    #[error("{count} {what}, expected {most} at most")]
    Many { what: &'static str, count: usize, most: usize },
}
