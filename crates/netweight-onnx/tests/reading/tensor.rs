//! Stored tensors.

use netweight_onnx::{OnnxFile, Storage, Tensor, Values};

use crate::proto::{Message, model};
use crate::{codes, good, main_graph, read};

fn file_with(tensor: Message) -> OnnxFile {
    good(&model(Message::new().message(5, tensor)))
}

fn tensor(fields: Message) -> Tensor {
    main_graph(&file_with(fields)).initializers[0].clone()
}

/// A tensor of a data type and one dimension.
fn typed(data_type: i64, length: i64) -> Message {
    Message::new().int(1, length).int(2, data_type).text(8, "w")
}

fn ints(values: &[i64]) -> Option<Values> {
    Some(Values::Ints(values.to_vec()))
}

fn floats(values: &[f64]) -> Option<Values> {
    Some(Values::Floats(values.to_vec()))
}

#[test]
fn dims_may_be_packed_or_not() {
    let fields = Message::new().int(1, 3).packed(1, &[4, 5]).int(1, 6).int(2, 1);
    let tensor = tensor(fields);
    assert_eq!(tensor.dims, [3, 4, 5, 6]);
    assert_eq!(tensor.elements(), Some(360));
}

#[test]
fn a_tensor_without_dims_is_a_scalar() {
    assert_eq!(tensor(Message::new().int(2, 1)).elements(), Some(1));
}

#[test]
fn dims_that_are_no_size_are_a_problem() {
    let odd: [&[i64]; 3] = [&[-1, 4], &[1 << 40, 1 << 40], &[1 << 32, 1 << 32]];
    for dims in odd {
        let file = file_with(Message::new().packed(1, dims).int(2, 1).text(8, "w"));
        assert_eq!(main_graph(&file).initializers[0].elements(), None, "{dims:?}");
        assert_eq!(codes(&file), ["onnx/bad-dimensions"], "{dims:?}");
        assert_eq!(file.problems[0].place.as_deref(), Some("tensor `w`"));
    }
    let empty = file_with(Message::new().packed(1, &[1 << 40, 1 << 40, 0]));
    assert_eq!((main_graph(&empty).initializers[0].elements(), codes(&empty).len()), (Some(0), 0));
}

#[test]
fn more_than_64_dims_are_refused() {
    assert_eq!(tensor(Message::new().packed(1, &[1; 64])).dims.len(), 64);
    let error = read(&model(Message::new().message(5, Message::new().packed(1, &[1; 65]))));
    let error = error.unwrap_err();
    assert_eq!(error.class, netweight_core::Class::Limit);
    assert_eq!(error.to_string(), "initializer 0: a shape of more than 64 dimensions");
}

#[test]
fn an_enumeration_may_be_negative() {
    assert_eq!(tensor(Message::new().int(2, -1)).data_type, -1);
}

#[test]
fn storage_is_measured() {
    assert_eq!(tensor(typed(1, 9).bytes(9, &[0; 36])).storage, Storage::Inline { bytes: 36 });
    assert_eq!(tensor(typed(1, 9)).storage, Storage::Missing);
    assert_eq!(tensor(typed(1, 9).bytes(4, &[0; 36])).storage, Storage::Typed { bytes: 36 });
    // Seven bits a byte: 16,384 = 2^14 takes three bytes and 1 takes one, packed or not.
    assert_eq!(tensor(typed(7, 2).packed(7, &[1 << 14, 1])).storage, Storage::Typed { bytes: 4 });
    assert_eq!(tensor(typed(7, 2).int(7, 1 << 14).int(7, 1)).storage, Storage::Typed { bytes: 4 });
    assert_eq!(tensor(typed(8, 2).text(6, "ab").text(6, "c")).storage, Storage::Typed { bytes: 3 });
    let both = typed(1, 1).float(4, 1.0).bytes(9, &[0; 4]);
    assert_eq!(tensor(both).storage, Storage::Inline { bytes: 4 });
}

#[test]
fn external_data_is_noted() {
    let fields = typed(1, 9)
        .entry(13, "location", "weights.bin")
        .entry(13, "offset", "4096")
        .entry(13, "length", "36")
        .entry(13, "checksum", "abc")
        .int(14, 1);
    let file = file_with(fields);
    let location = file.names.find("weights.bin").unwrap();
    let expected = Storage::External { location, offset: Some(4096), length: Some(36) };
    assert_eq!(main_graph(&file).initializers[0].storage, expected);
    assert_eq!(file.problems, []);
}

#[test]
fn external_numbers_that_are_none_are_a_problem() {
    let fields = typed(1, 9).entry(13, "offset", "-5").entry(13, "length", "many").int(14, 1);
    let file = file_with(fields);
    let expected = Storage::External { location: Default::default(), offset: None, length: None };
    assert_eq!(main_graph(&file).initializers[0].storage, expected);
    assert_eq!(codes(&file), ["onnx/external-data"; 2]);
}

#[test]
fn the_data_location_decides() {
    let inline = file_with(typed(6, 1).entry(13, "location", "w.bin").bytes(9, &[7, 0, 0, 0]));
    let tensor = &main_graph(&inline).initializers[0];
    assert_eq!((&tensor.storage, &tensor.values), (&Storage::Inline { bytes: 4 }, &ints(&[7])));
    assert_eq!(codes(&inline), ["onnx/data-location"]);
    let external = file_with(typed(6, 1).bytes(9, &[7, 0, 0, 0]).int(14, 1));
    let tensor = &main_graph(&external).initializers[0];
    assert!(matches!(tensor.storage, Storage::External { .. }) && tensor.values.is_none());
}

#[test]
fn small_integers_are_kept() {
    let raw: Vec<u8> = [1_i64, -1, 64].iter().flat_map(|int| int.to_le_bytes()).collect();
    assert_eq!(tensor(typed(7, 3).bytes(9, &raw)).values, ints(&[1, -1, 64]));
    let raw: Vec<u8> = [-3_i32, 3].iter().flat_map(|int| int.to_le_bytes()).collect();
    assert_eq!(tensor(typed(6, 2).bytes(9, &raw)).values, ints(&[-3, 3]));
    assert_eq!(tensor(typed(7, 3).packed(7, &[1, -1]).int(7, 64)).values, ints(&[1, -1, 64]));
    assert_eq!(tensor(typed(6, 2).packed(5, &[-3, 3])).values, ints(&[-3, 3]));
    assert_eq!(tensor(typed(7, 0)).values, ints(&[]));
    // The payload may come before the shape.
    let late = Message::new().bytes(9, &5_i64.to_le_bytes()).int(2, 7).int(1, 1);
    assert_eq!(tensor(late).values, ints(&[5]));
}

#[test]
fn small_floats_are_kept() {
    assert_eq!(tensor(typed(1, 1).bytes(9, &1.5_f32.to_le_bytes())).values, floats(&[1.5]));
    assert_eq!(tensor(typed(1, 2).float(4, 1.5).float(4, -2.0)).values, floats(&[1.5, -2.0]));
    assert_eq!(tensor(typed(1, 1).bytes(4, &1.5_f32.to_le_bytes())).values, floats(&[1.5]));
    assert_eq!(tensor(typed(11, 1).bytes(9, &0.1_f64.to_le_bytes())).values, floats(&[0.1]));
    assert_eq!(tensor(typed(11, 1).double(10, 0.1)).values, floats(&[0.1]));
    // 0x3c00 is 1, 0xc000 is -2, 0x0001 the smallest of all, 0x7bff the largest, 0x7c00 infinite.
    let halves: Vec<u8> =
        [0x3c00_u16, 0xc000, 0x0001, 0x7bff, 0x7c00].iter().flat_map(|h| h.to_le_bytes()).collect();
    let expected = floats(&[1.0, -2.0, 1.0 / 16_777_216.0, 65_504.0, f64::INFINITY]);
    assert_eq!(tensor(typed(10, 5).bytes(9, &halves)).values, expected);
    assert_eq!(tensor(typed(10, 1).packed(5, &[0x3c00])).values, floats(&[1.0]));
    assert_eq!(tensor(typed(16, 1).bytes(9, &[0x80, 0x3f])).values, floats(&[1.0]));
}

#[test]
fn values_beyond_a_few_are_not_kept() {
    assert_eq!(tensor(typed(7, 64).bytes(9, &[0; 512])).values, ints(&[0; 64]));
    assert_eq!(tensor(typed(7, 65).bytes(9, &[0; 520])).values, None);
    assert_eq!(tensor(typed(7, 65).packed(7, &[0; 65])).values, None);
    assert_eq!(tensor(typed(1, 16).bytes(9, &[0; 64])).values, floats(&[0.0; 16]));
    assert_eq!(tensor(typed(1, 17).bytes(9, &[0; 68])).values, None);
    assert_eq!(tensor(typed(1, 17).bytes(4, &[0; 68])).values, None);
    assert_eq!(tensor(typed(2, 1).bytes(9, &[1])).values, None, "no uint8");
}

#[test]
fn values_that_do_not_fill_the_shape_are_not_kept() {
    assert_eq!(tensor(typed(7, 2).packed(7, &[1])).values, None);
    assert_eq!(tensor(typed(6, 2).bytes(9, &[0; 4])).values, None);
    assert_eq!(tensor(typed(7, 2)).values, None);
}

#[test]
fn a_sparse_initializer_has_its_values_name() {
    let sparse = Message::new()
        .message(1, typed(1, 2).bytes(9, &[0; 8]))
        .message(2, Message::new().int(1, 2).int(2, 7).packed(7, &[0, 9]))
        .packed(3, &[4, 4]);
    let file = good(&model(Message::new().message(15, sparse)));
    let sparse = &main_graph(&file).sparse_initializers[0];
    assert_eq!(file.names.text(sparse.values.name), "w");
    assert_eq!((&sparse.dims[..], sparse.values.elements()), (&[4, 4][..], Some(2)));
}
