//! SMBIOS tables (DMTF DSP0134).
