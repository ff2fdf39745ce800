//! `airlock:facts/facts`.

use crate::bindings::facts::{FieldInfo, Host, Reading, SectionInfo};
use crate::convert::table_to_wit;
use crate::state::State;
use airlock_gate::CallError;
use airlock_gate::calls::{FactsExpect, FactsRead, FactsSections};

impl Host for State {
    async fn sections(&mut self) -> Result<Vec<SectionInfo>, CallError> {
        let known = self.gate.call(FactsSections {}).await?;
        Ok(known.into_iter().map(section_to_wit).collect())
    }

    async fn expect(&mut self, sections: Vec<String>) -> Result<(), CallError> {
        self.gate.call(FactsExpect { sections }).await
    }

    async fn read(&mut self, section: String) -> Result<Reading, CallError> {
        let reading = self.gate.call(FactsRead { section }).await?;
        Ok(Reading { rows: table_to_wit(&reading.rows), missing: reading.missing.clone() })
    }
}

fn section_to_wit(info: airlock_gate::calls::SectionInfo) -> SectionInfo {
    let fields = info.fields.into_iter().map(|f| FieldInfo { name: f.name, category: f.category }).collect();
    SectionInfo { name: info.name, category: info.category, fields }
}
