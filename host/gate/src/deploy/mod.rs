//! What a deployment asks for in one word and needs several calls for: a part from a mirror, a tree that is copied, moved or
//! removed, a folder with those above it, a command line that a template stands for. Each of the calls is decided on,
//! counted and recorded as it is.

mod fetch;
mod install;
mod recognise;
mod trees;

pub(crate) use install::AsTheyCame;
