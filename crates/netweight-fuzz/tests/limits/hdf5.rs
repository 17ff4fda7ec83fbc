//! Limits on HDF5 files, which are put together here: no library writes such.

use std::io;

use netweight::core::limits::keras::{
    HDF5_DEPTH, HDF5_HEADER, HDF5_OBJECTS, HDF5_RANGE, HDF5_READ, HDF5_TEXT,
};
use netweight::{Bytes, Source};

use crate::{Endless, told};

/// An address that leads nowhere.
const NOWHERE: [u8; 8] = [0xFF; 8];

/// Bytes of the oldest superblock, which come first.
const SUPERBLOCK: usize = 96;

/// A file in the making: objects one behind the other, in the oldest layout, which has no
/// checksums.
struct File(Vec<u8>);

impl File {
    fn new() -> Self {
        Self(vec![0; SUPERBLOCK])
    }

    fn put(&mut self, bytes: &[u8]) -> u64 {
        let address = self.0.len() as u64;
        self.0.extend(bytes);
        self.0.resize(self.0.len().next_multiple_of(8), 0);
        address
    }

    /// An object: its messages, in so many bytes as it says.
    fn object_of(&mut self, messages: &[u8], length: u32) -> u64 {
        let head = [&[1, 0, 1, 0, 1, 0, 0, 0], &length.to_le_bytes()[..], &[0; 4]].concat();
        self.put(&[&head, messages].concat())
    }

    fn object(&mut self, messages: &[u8]) -> u64 {
        self.object_of(messages, u32::try_from(messages.len()).unwrap())
    }

    /// A group of members by address; without any it still is one.
    fn group(&mut self, members: impl Iterator<Item = u64>) -> u64 {
        let links = members.enumerate().flat_map(|(number, address)| {
            let name = number.to_string();
            let head = [1, 0, u8::try_from(name.len()).unwrap()];
            message(0x06, &[&head, name.as_bytes(), &address.to_le_bytes()].concat())
        });
        let messages: Vec<u8> = message(0x0A, &[0, 0]).into_iter().chain(links).collect();
        self.object(&messages)
    }

    /// A group of one member in the oldest layout: a tree, a node, and a heap that says how long
    /// it is.
    fn old_group(&mut self, heap: u64) -> u64 {
        let entry = [&[0; 8], &0_u64.to_le_bytes()[..], &[0; 24]].concat();
        let node = self.put(&[&b"SNOD\x01\0\x01\0"[..], &entry].concat());
        let (left, right) = (NOWHERE, NOWHERE);
        let key = [0; 8];
        let tree = [&b"TREE\0\0\x01\0"[..], &left, &right, &key, &node.to_le_bytes(), &key];
        let tree = self.put(&tree.concat());
        let heap = [&b"HEAP\0\0\0\0"[..], &heap.to_le_bytes(), &[0; 8], &[0; 8]].concat();
        let heap = self.put(&heap);
        self.object(&message(0x11, &[tree.to_le_bytes(), heap.to_le_bytes()].concat()))
    }

    /// What is said of the file, as long as that, with this group as its root.
    fn told(self, root: u64, length: u64) -> String {
        told(&self.long(root, length))
    }

    fn long(mut self, root: u64, length: u64) -> Endless {
        let begin = b"\x89HDF\r\n\x1a\n\0\0\0\0\0\x08\x08\0\x04\0\x10\0\0\0\0\0";
        let end = self.0.len() as u64;
        let addresses = [[0; 8], NOWHERE, end.to_le_bytes(), NOWHERE].concat();
        let entry = [&[0; 8], &root.to_le_bytes()[..], &[0; 24]].concat();
        let superblock = [&begin[..], &addresses, &entry].concat();
        self.0[..SUPERBLOCK].copy_from_slice(&superblock);
        let piece = vec![0; 64 << 10];
        let times = length / piece.len() as u64;
        Endless { name: "m.h5", head: self.0, piece, times }
    }
}

fn message(kind: u16, data: &[u8]) -> Vec<u8> {
    let length = data.len().next_multiple_of(8);
    let mut message = kind.to_le_bytes().to_vec();
    message.extend(u16::try_from(length).unwrap().to_le_bytes());
    message.extend([0; 4]);
    message.extend(data);
    message.resize(8 + length, 0);
    message
}

#[track_caller]
fn says(found: &str, expected: &str) {
    assert!(found.contains(expected), "{expected}\nbut {found}");
}

#[test]
fn groups_lie_so_deep_in_one_another() {
    let mut file = File::new();
    let mut group = file.group(std::iter::empty());
    for _ in 0..HDF5_DEPTH {
        group = file.group(std::iter::once(group));
    }
    says(&file.told(group, 0), "groups more than 64 deep");
}

#[test]
fn files_have_so_many_objects() {
    let mut file = File::new();
    let members: Vec<u64> = (0..=HDF5_OBJECTS).map(|_| file.group(std::iter::empty())).collect();
    let root = file.group(members.into_iter());
    says(&file.told(root, 0), "more than 200000 objects");
}

#[test]
fn headers_have_a_length() {
    let mut file = File::new();
    let long = u32::try_from(HDF5_HEADER).unwrap();
    let object = file.object_of(&message(0x0A, &[0, 0]), long);
    let root = file.group(std::iter::once(object));
    says(
        &file.told(root, 2 * u64::from(long)),
        "object header exceeds the 8388608 byte header limit",
    );
}

#[test]
fn little_is_read_in_one_go() {
    let heap = HDF5_RANGE + 1;
    let mut file = File::new();
    let group = file.old_group(heap);
    let root = file.group(std::iter::once(group));
    says(&file.told(root, 2 * heap), "67108865 bytes are more than is read");
}

#[test]
fn little_is_read_in_all() {
    let heap = HDF5_RANGE - (1 << 20);
    let mut file = File::new();
    let groups: Vec<u64> = (0..=HDF5_READ / heap).map(|_| file.old_group(heap)).collect();
    let root = file.group(groups.into_iter());
    says(&file.told(root, 2 * heap), "66060288 bytes are more than is read");
}

/// An index beside which one file lies under every name.
struct Shards {
    index: Bytes,
    shard: Endless,
}

impl Source for Shards {
    fn name(&self) -> &str {
        self.index.name()
    }

    fn len(&self) -> u64 {
        self.index.len()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.index.read_at(offset, buffer)
    }

    fn sibling(&self, _: &str) -> io::Result<Box<dyn Source>> {
        self.shard.another()
    }
}

#[test]
fn little_is_read_of_all_shards() {
    let heap = HDF5_RANGE - (1 << 20);
    let mut file = File::new();
    let group = file.old_group(heap);
    let root = file.group(std::iter::once(group));
    let names: Vec<String> = (0..=HDF5_READ / heap).map(|number| format!("{number}.h5")).collect();
    let index = format!(r#"{{"weight_map": {{"/layers": {names:?}}}}}"#);
    let shards = Shards { index: Bytes::new("m.json", index), shard: file.long(root, 2 * heap) };
    says(&told(&shards), "66060288 bytes are more than is read");
}

#[test]
fn texts_have_a_length() {
    let of = |length: usize| {
        let mut file = File::new();
        // A text of variable length: its type, of which the letters' type is a part; no
        // dimensions; how long it is, and where.
        let kind = [0x19, 1, 0, 0, 16, 0, 0, 0, 0x13, 0, 0, 0, 1, 0, 0, 0];
        let length = u32::try_from(length).unwrap();
        let value = [&length.to_le_bytes()[..], &NOWHERE, &[0; 4]].concat();
        let parts = [
            &[1, 0, 13, 0, 16, 0, 8, 0][..],
            b"model_config\0\0\0\0",
            &kind,
            &[1, 0, 0, 0, 0, 0, 0, 0],
            &value,
        ];
        let root = file.object(&message(0x0C, &parts.concat()));
        file.told(root, 0)
    };
    says(&of(HDF5_TEXT + 1), "the attribute `model_config` holds no text of at most 64 MiB");
    // Read, and found to be nothing.
    says(&of(HDF5_TEXT), "empty");
}
