//! Whatever happens to a file's bytes, there is an answer.

use netweight_core::{Bytes, ImportOptions, Importer, analyze};
use netweight_onnx::OnnxImporter;

use crate::files::models;

/// Marsaglia's xorshift from a fixed seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap()
    }
}

#[test]
fn changed_bytes_never_bring_the_importer_down() {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for (path, _) in models() {
        let bytes = std::fs::read(&path).unwrap();
        if bytes.len() > 100_000 {
            continue;
        }
        for _ in 0..60 {
            let mut changed = bytes.clone();
            for _ in 0..=random.below(8) {
                let place = random.below(changed.len());
                match random.below(3) {
                    0 => changed[place] = u8::try_from(random.below(256)).unwrap(),
                    1 => changed[place] ^= 1 << random.below(8),
                    _ => {
                        let from = random.below(changed.len());
                        changed[place] = changed[from];
                    }
                }
            }
            if random.below(10) == 0 {
                changed.truncate(random.below(changed.len()));
            }
            let source = Bytes::new("changed.onnx", changed);
            if let Ok(model) = OnnxImporter.import(&source, &ImportOptions::default()) {
                analyze(&model);
            }
        }
    }
}
