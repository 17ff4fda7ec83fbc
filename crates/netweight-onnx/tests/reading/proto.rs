//! A writer of protobuf messages, as small as the wire format is.

/// A message being written.
#[derive(Clone, Default)]
pub(crate) struct Message(pub(crate) Vec<u8>);

impl Message {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn varint(mut self, mut number: u64) -> Self {
        while number >= 0x80 {
            self.0.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
        self
    }

    pub(crate) fn key(self, field: u64, wire: u64) -> Self {
        self.varint(field << 3 | wire)
    }

    pub(crate) fn int(self, field: u64, number: i64) -> Self {
        self.key(field, 0).varint(number as u64)
    }

    pub(crate) fn float(mut self, field: u64, number: f32) -> Self {
        self = self.key(field, 5);
        self.0.extend(number.to_le_bytes());
        self
    }

    pub(crate) fn double(mut self, field: u64, number: f64) -> Self {
        self = self.key(field, 1);
        self.0.extend(number.to_le_bytes());
        self
    }

    pub(crate) fn bytes(mut self, field: u64, bytes: &[u8]) -> Self {
        self = self.key(field, 2).varint(bytes.len() as u64);
        self.0.extend(bytes);
        self
    }

    pub(crate) fn text(self, field: u64, text: &str) -> Self {
        self.bytes(field, text.as_bytes())
    }

    pub(crate) fn message(self, field: u64, message: Message) -> Self {
        self.bytes(field, &message.0)
    }

    pub(crate) fn packed(self, field: u64, numbers: &[i64]) -> Self {
        let packed = numbers.iter().fold(Message::new(), |packed, &n| packed.varint(n as u64));
        self.message(field, packed)
    }

    pub(crate) fn entry(self, field: u64, key: &str, value: &str) -> Self {
        self.message(field, Message::new().text(1, key).text(2, value))
    }
}

/// A model of IR version 8 around a graph.
pub(crate) fn model(graph: Message) -> Message {
    Message::new().int(1, 8).message(7, graph).message(8, Message::new().int(2, 17))
}

/// A node with one input, one output and a name.
pub(crate) fn node(op_type: &str, input: &str, output: &str) -> Message {
    Message::new().text(1, input).text(2, output).text(3, &format!("n_{output}")).text(4, op_type)
}

/// A float tensor with its raw payload.
pub(crate) fn tensor(name: &str, dims: &[i64], payload: &[u8]) -> Message {
    let dims = dims.iter().fold(Message::new(), |message, &dim| message.int(1, dim));
    dims.int(2, 1).text(8, name).bytes(9, payload)
}
