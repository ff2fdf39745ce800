//! The project's own errands, as `cargo xtask COMMAND`: nothing here is part of the program.

mod attacks;
mod bench;
mod compare;
mod daemon;
mod decisions;
mod deploy_bench;
mod done;
mod examples;
mod growth;
mod idle_bench;
mod inventory_xml;
mod lab;
mod measure;
mod network;
mod order;
mod page;
mod programs;
mod registry;
mod run_tests;
mod schema_check;
mod section_keys;
mod servers;
mod size_check;
mod snmpsim;
mod status_bench;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The project's own errands", max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run every test of the workspace, then the examples in the documentation
    Test(run_tests::Options),
    /// Run the tests of every attack and of its benign twin, and print which were survived
    Attacks(attacks::Options),
    /// Build the example tasks in other languages, and run them
    Examples(examples::Options),
    /// Install a component out of a real OCI registry, which is fetched
    Registry(registry::Options),
    /// Try servers and agents that others wrote (OCS Inventory NG, FusionInventory): installs Debian's packages
    Servers(servers::Options),
    /// Check inventory JSON documents against a JSON schema, taken at its strictest
    SchemaCheck(schema_check::Options),
    /// List where two inventory XML documents of the same machine say different things
    Compare(compare::Options),
    /// Score our parsers on a corpus of real machines' data
    Conformance(programs::Options),
    /// Feed every parser with damaged input
    Fuzz(programs::Options),
    /// Check that a program, stripped, stays below a size
    SizeCheck(size_check::Options),
    /// Write down which functions run at a start, for the linker to put them side by side; needs valgrind
    Order(order::Options),
    /// Hold an inventory against the truth about a virtual machine
    Lab(lab::Options),
    /// Ask devices as snmpsim plays them from recordings; it is fetched
    Snmpsim(snmpsim::Options),
    /// Look at the daemon's own page in a real browser
    Page(page::Options),
    /// Time whole processes, or one decision
    #[command(subcommand)]
    Bench(Bench),
}

#[derive(Subcommand)]
enum Bench {
    /// Our local inventory, next to another agent's and to the least work that it can take
    Inventory(bench::Options),
    /// The inventory of made-up machines of growing size
    Growth(growth::Options),
    /// Discovery of a network and inventory of devices, next to another agent's and to the packets alone
    Network(network::Options),
    /// One decision of the gate, with 10, 100 and 10,000 rules
    Decisions(decisions::Options),
    /// A package of many parts from a server over loopback, next to `curl | sha512sum`, and by a program that is killed
    Deploy(deploy_bench::Options),
    /// What a daemon that waits takes, next to another agent's
    Idle(idle_bench::Options),
    /// The daemon's `/status`, alone and beside slow clients, next to another agent's
    Status(status_bench::Options),
}

fn main() -> ExitCode {
    // First of all, and without the command line's parser: what is measured starts from this process's memory.
    if let Some(code) = measure::serve().or_else(network::serve) {
        return code;
    }
    let outcome = match &Arguments::parse().command {
        Command::Test(options) => run_tests::run(options),
        Command::Attacks(options) => attacks::run(options),
        Command::Servers(options) => servers::run(options),
        Command::Examples(options) => examples::run(options),
        Command::Registry(options) => registry::run(options),
        Command::SchemaCheck(options) => schema_check::run(options),
        Command::Compare(options) => compare::run(options),
        Command::Conformance(options) => programs::run("airlock-conformance", options),
        Command::Fuzz(options) => programs::run("airlock-fuzz", options),
        Command::SizeCheck(options) => size_check::run(options),
        Command::Order(options) => order::run(options),
        Command::Lab(options) => lab::run(options),
        Command::Bench(Bench::Inventory(options)) => bench::run(options),
        Command::Bench(Bench::Growth(options)) => growth::run(options),
        Command::Bench(Bench::Network(options)) => network::run(options),
        Command::Bench(Bench::Decisions(options)) => decisions::run(options),
        Command::Bench(Bench::Deploy(options)) => deploy_bench::run(options),
        Command::Bench(Bench::Idle(options)) => idle_bench::run(options),
        Command::Bench(Bench::Status(options)) => status_bench::run(options),
        Command::Snmpsim(options) => snmpsim::run(options),
        Command::Page(options) => page::run(options),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}
