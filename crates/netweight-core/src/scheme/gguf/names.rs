//! llama.cpp's names for a model's tensors: as the file has them, else by kind, role and path.

use std::collections::HashMap;

use super::super::subject::{Piece, Subject};
use super::{Named, part};
use crate::Role;
use crate::model::own_name;

/// A model's tensors under llama.cpp's names.
pub(super) struct Translated<'a> {
    pub(super) tensors: Vec<Named<'a>>,
    /// Whether the names are the file's own.
    pub(super) is_native: bool,
    pub(super) assumed: Vec<String>,
}

pub(super) fn translate<'a>(subject: &Subject<'a>) -> Translated<'a> {
    let pieces: Vec<Piece<'a>> = subject.pieces().collect();
    let is_native = pieces.iter().any(|piece| {
        part::block(&piece.tensor.name).is_some() || piece.tensor.name == "token_embd.weight"
    });
    if is_native {
        let tensors = pieces.into_iter().map(native).collect();
        return Translated { tensors, is_native, assumed: Vec::new() };
    }
    let mut translator = Translator::new(subject);
    let used = pieces.into_iter().filter(|piece| piece.is_parameter() && piece.is_used());
    let tensors = used.map(|piece| translator.translate(piece)).collect();
    let assumed = vec![
        "tensor names of llama.cpp by kind, role and path, as its converter would give them"
            .to_owned(),
    ];
    Translated { tensors, is_native, assumed }
}

fn native(piece: Piece<'_>) -> Named<'_> {
    let sizes = rows_first(piece.shape);
    Named { name: piece.tensor.name.to_string(), sizes, piece }
}

/// Sizes with the row's length first; ones at the end say nothing.
fn rows_first(shape: &[u64]) -> Vec<u64> {
    let mut sizes: Vec<u64> = shape.iter().rev().copied().collect();
    while sizes.len() > 1 && sizes.last() == Some(&1) {
        sizes.pop();
    }
    sizes
}

struct Translator {
    head: Option<usize>,
    /// The layer numbers of paths in the order in which they come.
    blocks: HashMap<String, u64>,
    embeddings: usize,
    /// Widening matrices of each block, by which the first of two is the gate.
    widening: HashMap<u64, u64>,
    gated: HashMap<u64, bool>,
}

/// What projections are called, and what llama.cpp calls them.
const PROJECTIONS: &[(&str, &[&str])] = &[
    ("attn_qkv", &["c_attn", "qkv", "query_key_value", "in_proj", "wqkv"]),
    ("attn_q", &["q_proj", "query", "wq", "q_lin", "to_q"]),
    ("attn_k", &["k_proj", "key", "wk", "k_lin", "to_k"]),
    ("attn_v", &["v_proj", "value", "wv", "v_lin", "to_v"]),
    ("attn_output", &["o_proj", "out_proj", "wo", "out_lin", "to_out"]),
    ("ffn_gate", &["gate_proj", "gate", "w1"]),
    (
        "ffn_up",
        &[
            "up_proj",
            "up",
            "w3",
            "fc1",
            "c_fc",
            "fc_in",
            "intermediate",
            "dense_h_to_4h",
            "lin1",
            "wi",
        ],
    ),
    ("ffn_down", &["down_proj", "down", "w2", "fc2", "fc_out", "dense_4h_to_h", "lin2"]),
];

impl Translator {
    fn new(subject: &Subject<'_>) -> Self {
        let head = subject.head();
        let mut translator = Self {
            head,
            blocks: HashMap::new(),
            embeddings: 0,
            widening: HashMap::new(),
            gated: HashMap::new(),
        };
        let mut widening: HashMap<u64, u64> = HashMap::new();
        for piece in subject.pieces().filter(|piece| is_widening(piece, head)) {
            if let Some(block) = translator.block(piece.path) {
                *widening.entry(block).or_default() += 1;
            }
        }
        translator.gated = widening.into_iter().map(|(block, count)| (block, count > 1)).collect();
        translator
    }

    fn translate<'a>(&mut self, piece: Piece<'a>) -> Named<'a> {
        let sizes = match piece.matrix() {
            Some([inputs, outputs]) => rows_first(&[outputs, inputs]),
            None => rows_first(piece.shape),
        };
        let suffix = if piece.role() == Role::Bias { "bias" } else { "weight" };
        let name = match self.place(&piece) {
            Place::Whole(name) => format!("{name}.{suffix}"),
            Place::Block(block, name) => format!("blk.{block}.{name}.{suffix}"),
        };
        Named { name, sizes, piece }
    }

    fn place(&mut self, piece: &Piece<'_>) -> Place {
        if self.head == Some(piece.layer) {
            return Place::Whole("output".to_owned());
        }
        let vector = matches!(piece.role(), Role::Gamma | Role::Beta | Role::Mean | Role::Variance);
        let part = match piece.role() {
            Role::Embedding if piece.kind == "position_embedding" => "position_embd".to_owned(),
            Role::Embedding => self.embedding(),
            _ if vector => format!("{}_norm", own_name(piece.path)),
            _ => self.projection(piece),
        };
        match self.block(piece.path).filter(|_| piece.role() != Role::Embedding) {
            Some(block) => Place::Block(block, part),
            None => Place::Whole(part),
        }
    }

    /// The first table holds the tokens, the later ones positions and segments.
    fn embedding(&mut self) -> String {
        self.embeddings += 1;
        let names = ["token_embd", "position_embd", "token_types"];
        names.get(self.embeddings.saturating_sub(1)).unwrap_or(&"other_embd").to_string()
    }

    fn projection(&mut self, piece: &Piece<'_>) -> String {
        let own = &*piece.tensor.name;
        let in_attention = matches!(piece.kind, "multi_head_attention" | "grouped_query_attention");
        if in_attention {
            let parts = [
                ("query", "attn_q"),
                ("key", "attn_k"),
                ("value", "attn_v"),
                ("output", "attn_output"),
            ];
            if let Some((_, part)) = parts.into_iter().find(|(word, _)| own.starts_with(word)) {
                return part.to_owned();
            }
        }
        if let Some(part) = by_word(piece.path).or_else(|| by_word(own)) {
            return part.to_owned();
        }
        self.by_size(piece)
    }

    /// Behind attention a matrix that widens is the gate or `up`, one that narrows is `down`.
    fn by_size(&mut self, piece: &Piece<'_>) -> String {
        let block = self.block(piece.path).unwrap_or(0);
        match piece.matrix() {
            Some([inputs, outputs]) if piece.kind == "dense" && outputs > inputs => {
                let seen = self.widening.entry(block).or_default();
                *seen += 1;
                let is_gate = *seen == 1 && self.gated.get(&block) == Some(&true);
                if is_gate { "ffn_gate" } else { "ffn_up" }.to_owned()
            }
            Some([inputs, outputs]) if piece.kind == "dense" && outputs < inputs => {
                "ffn_down".to_owned()
            }
            _ => own_name(piece.path).to_owned(),
        }
    }

    /// The layer that a path is in: the place of what stands up to its first number.
    fn block(&mut self, path: &str) -> Option<u64> {
        let digits = |segment: &str| segment.chars().any(|c| c.is_ascii_digit());
        let mut up_to = 0;
        for segment in path.split_inclusive(['.', '/']) {
            up_to += segment.len();
            if digits(segment) {
                let key = path.get(..up_to)?.trim_end_matches(['.', '/']);
                let next = self.blocks.len() as u64;
                return Some(*self.blocks.entry(key.to_owned()).or_insert(next));
            }
        }
        None
    }
}

enum Place {
    Whole(String),
    Block(u64, String),
}

fn is_widening(piece: &Piece<'_>, head: Option<usize>) -> bool {
    piece.kind == "dense"
        && head != Some(piece.layer)
        && piece.role() == Role::Kernel
        && piece.matrix().is_some_and(|[inputs, outputs]| outputs > inputs)
}

/// The part that one of a path's words names.
fn by_word(path: &str) -> Option<&'static str> {
    let words: Vec<&str> = path.split(['.', '/']).collect();
    let in_attention = words.iter().any(|word| word.contains("attn") || word.contains("attention"));
    let last = words.iter().rev().find(|word| !matches!(**word, "weight" | "bias" | "kernel"))?;
    if *last == "c_proj" || (*last == "dense" && words.contains(&"output")) {
        return Some(if in_attention { "attn_output" } else { "ffn_down" });
    }
    if *last == "dense" && in_attention {
        return Some("attn_output");
    }
    let named = |word: &&str| PROJECTIONS.iter().find(|(_, names)| names.contains(word));
    words.iter().rev().find_map(named).map(|(part, _)| *part)
}
