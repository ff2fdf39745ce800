//! What `wit/` says, as Rust: generated.

#![allow(clippy::all, unreachable_pub, reason = "generated code")]

wasmtime::component::bindgen!({
    path: "../../wit",
    world: "airlock:task/everything",
    imports: { default: async | trappable },
    exports: { default: async },
    with: {
        "airlock:snmp/snmp.session": crate::host::Session,
    },
    trappable_error_type: {
        "airlock:types/types.error" => airlock_gate::CallError,
    },
});

pub use airlock::collect::collect;
pub use airlock::deploy::{deploy, prompt};
pub use airlock::facts::facts;
pub use airlock::files::files;
pub use airlock::net::{http, probe, wake};
pub use airlock::process::process;
pub use airlock::snmp::{snmp, sysobject};
pub use airlock::task::{run, status};
pub use airlock::types::types;
pub use exports::airlock::task::task::{Description, Failure, Unit as WitUnit};
