//! `config.json` and `adapter_config.json` beside a checkpoint: evidence where a header is silent.

use netweight_core::Source;
use serde_json::Value;

use crate::limits;

/// What the files beside a checkpoint say; empty where there are none.
#[derive(Debug, Default)]
pub(crate) struct Config {
    model: Value,
    adapter: Value,
}

impl Config {
    /// Reads what lies beside a file.
    pub(crate) fn beside(source: &dyn Source) -> Self {
        let read = |name| sibling(source, name).unwrap_or_default();
        Self { model: read("config.json"), adapter: read("adapter_config.json") }
    }

    /// The model's class: `LlamaForCausalLM`, `UNet2DConditionModel`.
    pub(crate) fn architecture(&self) -> Option<&str> {
        let listed = self.model.get("architectures").and_then(|list| list.get(0));
        listed.or_else(|| self.model.get("_class_name"))?.as_str()
    }

    /// The library that wrote the configuration, with its version.
    pub(crate) fn producer(&self) -> Option<String> {
        let libraries =
            [("transformers", "transformers_version"), ("diffusers", "_diffusers_version")];
        libraries.iter().find_map(|(library, key)| {
            Some(format!("{library} {}", self.model.get(key)?.as_str()?))
        })
    }

    /// An adapter in words: `LoRA adapter of rank 8 for base/model`.
    pub(crate) fn adapter(&self) -> Option<String> {
        let method = match self.adapter.get("peft_type")?.as_str()? {
            "LORA" => "LoRA",
            other => other,
        };
        let rank = self.adapter.get("r").and_then(Value::as_u64);
        let rank = rank.map(|rank| format!(" of rank {rank}")).unwrap_or_default();
        let base = self.adapter.get("base_model_name_or_path").and_then(Value::as_str);
        let base = base.filter(|base| !base.is_empty()).map(|base| format!(" for {base}"));
        Some(format!("{method} adapter{rank}{}", base.unwrap_or_default()))
    }

    /// Bits of a packed value as `quantization_config` states them.
    pub(crate) fn packed_bits(&self) -> Option<u64> {
        let quantization = self.model.get("quantization_config")?;
        let groups = quantization.get("config_groups").and_then(Value::as_object);
        let grouped =
            groups.and_then(|groups| groups.values().next()?.get("weights")?.get("num_bits"));
        quantization.get("bits").or(grouped)?.as_u64().filter(|bits| (1..=32).contains(bits))
    }

    /// Bits of a module's values as MLX states them: its own entry, else the one for all.
    pub(crate) fn mlx_bits(&self, path: &str) -> Option<u64> {
        let quantization = self.model.get("quantization")?;
        let own = quantization.get(path).and_then(|own| own.get("bits"));
        own.or_else(|| quantization.get("bits"))?.as_u64().filter(|bits| (1..=32).contains(bits))
    }
}

fn sibling(source: &dyn Source, name: &str) -> Option<Value> {
    let file = source.sibling(name).ok().filter(|file| file.len() <= limits::CONFIG)?;
    let bytes = file.read_vec(0, usize::try_from(limits::CONFIG).unwrap_or(usize::MAX)).ok()?;
    serde_json::from_slice(&bytes).ok()
}
