//! What tools print, read: pure functions from a tool's text to rows.
//!
//! They stand beside the kernel's own readers, for machines that are only reached through their tools, and for what the
//! kernel does not say. Nothing here runs anything; a text that is no such tool's gives no rows.
