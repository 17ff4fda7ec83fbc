//! Which type a tensor gets: the mixtures of llama.cpp, tensor by tensor in its order.

use super::FileType as F;
use super::block::Type as T;
use super::part::Part;

/// What the mixtures look at besides the tensor.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    /// Layers.
    pub(super) layers: u64,
    /// Query heads for each key head; 0 where there are no heads.
    pub(super) grouping: u64,
    pub(super) experts: u64,
    pub(super) is_falcon: bool,
    /// Whether keys and values get more, as in the 80-layer models.
    pub(super) is_large: bool,
    /// Whether there is no output matrix of its own.
    pub(super) is_tied: bool,
    /// Tensors that hold values: `attn_v`, `attn_qkv`, `attn_kv_b`.
    pub(super) values: u64,
    pub(super) imatrix: bool,
    pub(super) pure: bool,
}

/// Walks over the tensors with llama.cpp's counters.
pub(super) struct Chooser<'a> {
    facts: &'a Facts,
    file: F,
    values: u64,
    downs: u64,
    gates: u64,
    ups: u64,
}

/// A tensor that may be quantized.
pub(super) struct Candidate<'a> {
    pub(super) part: Part,
    /// Its sizes, the row's length first.
    pub(super) sizes: &'a [u64],
    /// The layer that its name states.
    pub(super) block: Option<u64>,
}

impl<'a> Chooser<'a> {
    pub(super) fn new(facts: &'a Facts, file: F) -> Self {
        Self { facts, file, values: 0, downs: 0, gates: 0, ups: 0 }
    }

    /// The tensor's type, or why llama.cpp gives up.
    pub(super) fn choose(&mut self, tensor: &Candidate<'_>) -> Result<T, String> {
        let base = self.file.base();
        if matches!(base, T::F32 | T::F16 | T::BF16) {
            return Ok(base);
        }
        let wanted = if self.facts.pure { base } else { self.mixed(tensor) };
        fitting(wanted, tensor.sizes.first().copied().unwrap_or(1))
    }

    fn mixed(&mut self, tensor: &Candidate<'_>) -> T {
        let part = tensor.part;
        if part == Part::Output || (self.facts.is_tied && part == Part::Embedding) {
            return self.output(tensor);
        }
        if self.file == F::MXFP4_MOE {
            let is_expert = tensor.sizes.get(2).is_some_and(|experts| *experts > 1);
            return if is_expert { T::MXFP4 } else { T::Q8_0 };
        }
        match part {
            Part::Embedding => self.embedding(),
            _ if self.is_low() => self.low(part),
            Part::Value | Part::Fused => self.value(),
            Part::Key | Part::Query => self.key_or_query(part),
            Part::Down => self.down(tensor),
            Part::AttentionOutput => self.attention_output(),
            Part::Gate | Part::Up => self.gate_or_up(tensor),
            Part::Output | Part::Other => self.file.base(),
        }
    }

    /// File types of less than three bits, which have rules of their own.
    fn is_low(&self) -> bool {
        matches!(self.file, F::IQ1_S | F::IQ1_M | F::IQ2_XXS | F::IQ2_XS | F::IQ2_S | F::IQ2_M)
    }

    fn output(&self, tensor: &Candidate<'_>) -> T {
        let base = self.file.base();
        let row = tensor.sizes.first().copied().unwrap_or(1);
        match self.file {
            F::MXFP4_MOE => T::Q8_0,
            _ if self.facts.is_falcon || !row.is_multiple_of(base.block()) => T::Q8_0,
            F::IQ3_XXS => T::Q5_K,
            _ if self.is_low() => T::Q5_K,
            _ if base == T::Q8_0 => T::Q8_0,
            _ => T::Q6_K,
        }
    }

    fn embedding(&self) -> T {
        match self.file {
            F::IQ2_XXS | F::IQ2_XS | F::IQ1_S | F::IQ1_M => T::Q2_K,
            F::IQ2_S | F::IQ2_M | F::IQ3_XXS => T::IQ3_S,
            F::TQ1_0 | F::TQ2_0 | F::Q2_0 => T::Q4_K,
            _ => self.file.base(),
        }
    }

    fn low(&mut self, part: Part) -> T {
        let (facts, base) = (self.facts, self.file.base());
        let small = matches!(self.file, F::IQ2_S | F::IQ2_M);
        let raised = if small { T::IQ3_S } else { T::Q2_K };
        match part {
            Part::Value | Part::Fused if facts.grouping >= 4 || facts.experts >= 4 => T::Q4_K,
            Part::Value | Part::Fused => raised,
            Part::Key if facts.experts == 8 => T::Q4_K,
            Part::Down => {
                let early = count(&mut self.downs) < facts.layers / 8;
                if early { raised } else { base }
            }
            Part::AttentionOutput => match self.file {
                _ if facts.experts == 8 => T::Q5_K,
                F::IQ1_S | F::IQ1_M => T::IQ2_XXS,
                _ if small => T::IQ3_S,
                _ => base,
            },
            _ => base,
        }
    }

    fn value(&mut self) -> T {
        let facts = self.facts;
        let index = count(&mut self.values);
        let grouped = facts.grouping >= 4;
        let mixed = match self.file {
            F::Q2_K | F::Q2_K_S | F::IQ3_XXS | F::IQ3_XS | F::IQ3_S if grouped => T::Q4_K,
            F::Q2_K => T::Q3_K,
            F::IQ3_XXS if facts.imatrix => T::IQ3_XXS,
            F::IQ3_XXS => T::IQ3_S,
            F::IQ3_M => T::Q4_K,
            F::Q3_K_M if index < 2 => T::Q5_K,
            F::Q3_K_M => T::Q4_K,
            F::Q3_K_L => T::Q5_K,
            F::IQ4_NL | F::IQ4_XS if grouped => T::Q5_K,
            F::Q4_K_M | F::Q5_K_M if more(index, facts.values) => T::Q6_K,
            F::Q4_K_S if index < 4 => T::Q5_K,
            _ => self.file.base(),
        };
        match mixed {
            _ if facts.experts == 8 => T::Q8_0,
            T::Q3_K | T::Q4_K if facts.is_large => T::Q5_K,
            mixed => mixed,
        }
    }

    fn key_or_query(&self, part: Part) -> T {
        match self.file {
            _ if part == Part::Key && self.facts.experts == 8 => T::Q8_0,
            F::IQ3_XS => T::IQ3_XXS,
            F::IQ3_XXS => T::IQ2_S,
            _ => self.file.base(),
        }
    }

    fn down(&mut self, tensor: &Candidate<'_>) -> T {
        let facts = self.facts;
        let counted = count(&mut self.downs);
        let index = self.place(counted, tensor);
        let (layers, falcon, imatrix) = (facts.layers, facts.is_falcon, facts.imatrix);
        let (early, more) = (index < layers / 8, more(index, layers));
        match self.file {
            F::Q2_K => T::Q3_K,
            F::Q2_K_S if early => T::Q4_K,
            F::IQ3_XXS if early && !imatrix => T::Q4_K,
            F::IQ3_XXS if !imatrix => T::Q3_K,
            F::Q3_K_M if index < layers / 16 => T::Q5_K,
            F::Q3_K_M if falcon && !more => T::Q3_K,
            F::Q3_K_M => T::Q4_K,
            F::IQ3_M if early || (facts.experts == 8 && more) => T::Q4_K,
            F::Q3_K_L if falcon => T::Q4_K,
            F::Q3_K_L => T::Q5_K,
            F::Q4_K_M if falcon && index < layers / 16 => T::Q6_K,
            F::Q4_K_M if falcon && more => T::Q5_K,
            F::Q4_K_M if more => T::Q6_K,
            F::IQ4_NL | F::IQ4_XS if early && !imatrix => T::Q5_K,
            F::Q5_K_M if more => T::Q6_K,
            F::Q4_K_S if !falcon && early => T::Q5_K,
            F::Q4_0 if imatrix && early => T::Q4_1,
            F::Q5_0 if imatrix && early => T::Q5_1,
            _ => self.file.base(),
        }
    }

    fn attention_output(&self) -> T {
        let base = self.file.base();
        match self.file {
            F::Q3_K_L if self.facts.is_falcon => T::Q4_K,
            _ if self.facts.is_falcon => base,
            F::Q2_K
            | F::Q3_K_S
            | F::Q3_K_M
            | F::Q4_K_S
            | F::Q4_K_M
            | F::IQ3_XS
            | F::IQ3_XXS
            | F::IQ3_S
            | F::IQ3_M
            | F::IQ4_NL
            | F::IQ4_XS
                if self.facts.experts == 8 =>
            {
                T::Q5_K
            }
            _ if self.facts.experts == 8 => base,
            F::Q2_K => T::Q3_K,
            F::IQ3_XXS => T::IQ3_S,
            F::Q3_K_M | F::IQ3_M => T::Q4_K,
            F::Q3_K_L => T::Q5_K,
            _ => base,
        }
    }

    fn gate_or_up(&mut self, tensor: &Candidate<'_>) -> T {
        let counter = if tensor.part == Part::Gate { &mut self.gates } else { &mut self.ups };
        let counted = count(counter);
        let index = self.place(counted, tensor);
        let layers = self.facts.layers;
        let middle = index >= layers / 8 && index < layers.saturating_mul(7) / 8;
        if self.file == F::IQ3_XS && middle { T::IQ3_XXS } else { self.file.base() }
    }

    /// With experts the layer is the one that the name states.
    fn place(&self, counted: u64, tensor: &Candidate<'_>) -> u64 {
        match tensor.block {
            Some(block) if self.facts.experts > 1 => block,
            _ => counted,
        }
    }
}

fn count(counter: &mut u64) -> u64 {
    let counted = *counter;
    *counter = counted.saturating_add(1);
    counted
}

/// The first and last eighth of the layers, and every third one between.
fn more(index: u64, layers: u64) -> bool {
    let eighth = layers / 8;
    index < eighth || index >= layers.saturating_mul(7) / 8 || (index - eighth) % 3 == 2
}

/// The type itself, or what takes its place for rows of that length.
fn fitting(wanted: T, row: u64) -> Result<T, String> {
    if row.is_multiple_of(wanted.block()) {
        return Ok(wanted);
    }
    let instead = match wanted.fallback() {
        Some(instead) => instead,
        None if wanted.block() > 32 => {
            return Err(format!(
                "rows of {row} values do not divide into blocks of {}, and llama.cpp has no fallback for {}",
                wanted.block(),
                wanted.name()
            ));
        }
        None => wanted,
    };
    Ok(if row.is_multiple_of(instead.block()) { instead } else { T::F16 })
}
