//! The supply chain of components.
