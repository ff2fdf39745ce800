//! The program as a person runs it: what it prints, where it writes, how it ends.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a surprise ends the test"
)]

mod additional_content;
mod against;
mod approvals;
mod captures;
mod collections;
mod commands;
mod compiling;
mod crowd;
mod deploy_task;
mod deployments;
mod doctor;
mod documents;
mod drop_in;
mod egress;
mod glpi10;
mod guide;
mod inject;
mod interrupted;
mod killed_between;
mod kills;
mod layers;
mod listener_tls;
mod migrate;
mod mirrors;
mod neighbours;
mod nested;
mod netscan;
mod network_tasks;
mod new_task;
mod options;
mod ordinary_user;
mod over_tls;
mod packages;
mod passed_on;
mod promises;
mod real_registry;
mod real_servers;
mod resumed_scans;
mod secrets;
mod server_modes;
mod servers;
mod shared_parts;
mod signed_policies;
mod snmp_walk;
mod state;
mod strict;
mod terminal;
mod troubles;
mod workstation;
