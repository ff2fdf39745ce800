//! Windows by what its own sources say: instances of WMI classes as text, exported registry keys, reports of its tools.
//!
//! For machines that are reached from elsewhere, and for captures. Nothing here asks anything; a text of another format
//! gives nothing.
