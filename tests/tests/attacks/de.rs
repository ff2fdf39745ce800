//! Deployments: names, digests, files, commands. Each attack on a real machine and on a mock of the same one.

mod files;
mod job;
mod mirrors;
mod parts;
