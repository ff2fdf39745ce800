//! Numbers by which processors name their maker or model where nothing says it in words.

/// The machine types of IBM's mainframes: the models of a series have the same processors.
pub(super) fn mainframe(machine: &str) -> Option<&'static str> {
    Some(match machine {
        "2064" => "IBM z900",
        "2066" => "IBM z800",
        "2084" => "IBM z990",
        "2086" => "IBM z890",
        "2094" => "IBM z9 EC",
        "2096" => "IBM z9 BC",
        "2097" => "IBM z10 EC",
        "2098" => "IBM z10 BC",
        "2817" => "IBM z196",
        "2818" => "IBM z114",
        "2827" => "IBM zEC12",
        "2828" => "IBM zBC12",
        "2964" => "IBM z13",
        "2965" => "IBM z13s",
        "3906" => "IBM z14",
        "3907" => "IBM z14 ZR1",
        "8561" => "IBM z15",
        "8562" => "IBM z15 T02",
        "3931" => "IBM z16",
        "3932" => "IBM z16 A02",
        "9175" => "IBM z17",
        _ => return None,
    })
}

/// The maker of a RISC-V processor, from `mvendorid`: the bank and number of its JEDEC code (RISC-V privileged
/// architecture 3.1.2).
pub(super) fn riscv_maker(id: &str) -> Option<&'static str> {
    Some(match crate::units::hexadecimal(id)? {
        0x31e => "Andes",
        0x489 => "SiFive",
        0x5b7 => "T-Head",
        0x602 => "Codasip",
        0x61f => "Ventana",
        0x710 => "SpacemiT",
        _ => return None,
    })
}
