//! The policy engine, approvals, the audit, the kill switch.
