//! What the arguments of rules are compared with. No regular expressions, nothing that grows faster than its input.

mod addresses;
mod hosts;
mod paths;

pub use addresses::never_reached;
pub(crate) use addresses::{embedded, in_disguise};
pub(crate) use hosts::host_of;
pub use hosts::{HostPattern, OriginPattern};
pub use paths::PathPattern;
pub(crate) use paths::{at_or_below, plain};
