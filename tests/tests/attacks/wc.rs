//! Components: capabilities, and the host as a confused deputy.
