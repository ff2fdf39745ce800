//! Deployments: names, digests, files, archives, commands, packages. Each attack on a real machine and, where that decides
//! itself, on a mock of the same one.

mod archives;
mod commands;
mod files;
mod job;
mod jobs;
mod machine;
mod mirrors;
mod mocked;
mod packages;
mod parts;
mod peers;
mod task;
