//! Quantities, dates and addresses as tools write them for people, as one number or one spelling.
//!
//! Pure functions of short texts. What is not understood is none, never zero; a number that does not fit is none too.

mod address;
mod date;
mod electric;
mod hardware_address;
mod number;
mod size;
mod speed;
mod text;

pub use address::{hexadecimal_ip4, ip6_in_full, mask4, mask6, prefix_of_mask4, same_network4, subnet4, subnet6};
pub use date::{day_first, month_first, month_number, spelled};
pub use electric::{millivolts, milliwatt_hours, watts};
pub use hardware_address::hardware_address;
pub use number::Number;
pub use size::{Base, megabytes};
pub use speed::{link_speed, megahertz};
pub use text::{cut, hexadecimal, single_spaced};
