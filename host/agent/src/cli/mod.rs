//! The command line: what was typed, and the command that does it. A file for each command.

mod audit;
mod chain;
mod compile_component;
mod completions;
mod daemon;
mod doctor;
mod explain;
pub(crate) mod inject;
mod inventory;
mod jobs;
mod migrate;
pub(crate) mod netdiscovery;
pub(crate) mod netinventory;
pub(crate) mod netscan_options;
mod package;
mod policy;
pub(crate) mod run;
mod sent;
mod signing;
mod snapshot;
mod snmp;
mod status;
mod stop;
mod task;
mod wakeonlan;
mod why;

pub(crate) use inventory::folders;

use crate::exit;
use crate::policies::Places;
use clap::{Parser, Subcommand};
use std::ffi::OsString;
use std::time::Instant;

/// An inventory and management agent whose tasks run as sandboxed components.
///
/// Whatever a server may ask for is a WebAssembly component that holds no rights of its own. What it sees of this
/// machine passes one gate, which decides by the owner's policy, records and explains.
#[derive(Debug, Parser)]
#[command(name = "airlock", version, after_help = exit::HELP, max_term_width = 110, disable_help_subcommand = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,

    /// Say more on standard error; twice: everything
    #[arg(long, global = true, display_order = 90, action = clap::ArgAction::Count)]
    pub(crate) debug: u8,

    #[command(flatten)]
    places: Places,
}

/// `airlock daemon` and nothing else.
#[derive(Debug, Parser)]
#[command(disable_help_flag = true)]
struct DaemonAlone {
    #[command(flatten)]
    options: daemon::Options,
    #[arg(long, action = clap::ArgAction::Count)]
    debug: u8,
    #[command(flatten)]
    places: Places,
}

impl Arguments {
    /// Reads the command line; ends the process where there is only help to be printed, or a mistake in it.
    ///
    /// A daemon's is read without the other commands' descriptions: they would be in its memory for as long as it waits.
    pub(crate) fn read(words: Vec<OsString>) -> Self {
        if words.get(1).is_some_and(|word| word == "daemon") {
            // Whatever is not plain is read with everybody's, which says what is wrong.
            if let Ok(DaemonAlone { options, debug, places }) = DaemonAlone::try_parse_from(words.iter().skip(1)) {
                return Self { command: Command::Daemon(options), debug, places };
            }
        }
        Self::parse_from(words)
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the inventory of this machine
    Inventory(Box<inventory::Options>),
    /// See what is on the network
    Netdiscovery(Box<netdiscovery::Options>),
    /// Print the inventory of network devices
    Netinventory(Box<netinventory::Options>),
    /// Wake machines up
    Wakeonlan(wakeonlan::Options),
    /// Hand inventories that were made already to servers
    Inject(Box<inject::Options>),
    /// Go to each server once, and do what it may have done
    Run(Box<run::Options>),
    /// Write the configuration of another agent (agent.cfg) as this program's own files
    Migrate(migrate::Options),
    /// Store what is read of this machine in a folder that can stand for it
    Snapshot(snapshot::Options),
    /// Ask a device by SNMP, by hand
    #[command(subcommand)]
    Snmp(snmp::Command),
    /// Look at tasks and at the components they are
    #[command(subcommand)]
    Task(task::Command),
    /// Sign packages of software, and see which were installed
    #[command(subcommand)]
    Package(package::Command),
    /// See what was decided on this machine, and check that the record of it is whole
    #[command(subcommand)]
    Audit(audit::Command),
    /// See what left this machine, for which server
    Sent(sent::Options),
    /// Look at the policy: check, lint, test, explain it
    #[command(subcommand)]
    Policy(policy::Command),
    /// Say why a call was refused, or why a server or a task does not get what it should
    Why(why::Options),
    /// Stop what tasks do, at once, until it is resumed
    Stop(stop::Options),
    /// See the jobs of servers, say what they would do, and approve or refuse what waits for a person
    #[command(alias = "requests")]
    Jobs(jobs::Options),
    /// Serve: go to each server when its turn has come
    Daemon(daemon::Options),
    /// See the servers and folders: when their turn is and why, and how the last one went
    Status(status::Options),
    /// Find out what is wrong, and what to do about it
    #[command(subcommand)]
    Doctor(doctor::Command),
    /// Print a completion script for a shell
    Completions(completions::Options),
    #[command(hide = true)]
    Worker,
    #[command(hide = true)]
    AskPerson,
    #[command(hide = true)]
    CompileComponent(compile_component::Options),
}

pub(crate) fn run(arguments: Arguments, started: Instant) -> anyhow::Result<()> {
    if matches!(arguments.command, Command::Inject(_) | Command::Run(_) | Command::Daemon(_) | Command::Worker) {
        // They have logins for servers, or get them in a moment.
        airlock_native::keep_to_itself()?;
    }
    match arguments.command {
        Command::Inventory(options) => inventory::run(&options, &arguments.places, started),
        Command::Netdiscovery(options) => netdiscovery::run(&options, &arguments.places),
        Command::Netinventory(options) => netinventory::run(&options, &arguments.places),
        Command::Wakeonlan(options) => wakeonlan::run(&options, &arguments.places),
        Command::Inject(options) => inject::run(&options, &arguments.places),
        Command::Run(options) => run::run(&options, &arguments.places),
        Command::Migrate(options) => migrate::run(&options, &arguments.places),
        Command::Snapshot(options) => snapshot::run(&options, &arguments.places),
        Command::Snmp(command) => snmp::run(&command, &arguments.places),
        Command::Task(command) => task::run(&command, &arguments.places),
        Command::Package(command) => package::run(&command, arguments.places.vardir()),
        Command::Audit(command) => audit::run(&command, arguments.places.vardir()),
        Command::Sent(options) => sent::run(&options, arguments.places.vardir()),
        Command::Policy(command) => policy::run(&command, &arguments.places),
        Command::Why(options) => why::run(&options, &arguments.places),
        Command::Stop(options) => stop::run(&options, &arguments.places),
        Command::Jobs(options) => jobs::run(&options, &arguments.places),
        Command::Daemon(options) => daemon::run(&options, &arguments.places),
        Command::Status(options) => status::run(&options, &arguments.places),
        Command::AskPerson => Ok(airlock_native::ask_person()?),
        Command::Worker => daemon::work(&arguments.places),
        Command::Doctor(command) => doctor::run(&command, &arguments.places),
        Command::Completions(options) => completions::run(&options),
        Command::CompileComponent(options) => compile_component::run(&options),
    }
}
