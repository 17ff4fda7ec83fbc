//! Quantized weights count their values, not their bytes.

use netweight_core::{Category, analyze};

use crate::sketch::{at, check, sketch, told, values_of};

#[test]
fn packed_bits_count_what_they_stand_for() {
    // 64 outputs on 32 inputs in one block of 32 each: 16 bytes hold 32 values.
    let lines = "input x 1x32\nweight B 64x1x16 uint8\nweight s 64\nweight z 32 uint8\nweight b 64
        t = MatMulNBits(x, B, s, z) K=32 N=64 bits=4 block_size=32 domain=com.microsoft name=fc
        y = Add(t, b)";
    let model = sketch(lines).import();
    assert_eq!(told(&model), "fc dense 2112");
    assert_eq!(values_of(&model, Category::Quantization), 64 + 32);
    let analysis = analyze(&model);
    let kernel = &at(&analysis, "fc").tensors[0];
    assert_eq!((kernel.elements, kernel.stored_bytes), (Some(2_048), Some(1_024)));
}

#[test]
fn an_integer_product_and_its_dequantization_are_one_layer() {
    let lines = "input x 1x4\nweight W 4x3 int8\nweight ws 3\nweight wz 3 int8\nweight b 3
        xq, xs, xz = DynamicQuantizeLinear(x)
        scale = Mul(xs, ws)
        i = MatMulInteger(xq, W, xz, wz) name=fc
        f = Cast(i) to=1
        d = Mul(f, scale)
        y = Add(d, b)";
    let model = sketch(lines).import();
    assert_eq!(told(&model), "fc dense 15");
    assert_eq!(values_of(&model, Category::Quantization), 6);
}

#[test]
fn a_bias_that_is_quantized_at_run_time_belongs_to_its_product() {
    let lines = |bias: u64| {
        format!(
            "input x 1x3x8x8\nweight W 4x3x3x3 uint8\nweight ws 1\nweight wz 1 uint8\nweight b {bias}\nints s 1,4,1,1
            xq, xs, xz = DynamicQuantizeLinear(x)
            scale = Mul(xs, ws)
            q = Div(b, scale)
            r = Floor(q)
            n = Cast(r) to=6
            c = Reshape(n, s)
            i = ConvInteger(xq, W, xz, wz) name=conv kernel_shape=[3,3]
            a = Add(i, c)
            f = Cast(a) to=1
            y = Mul(f, scale)"
        )
    };
    assert_eq!(told(&sketch(&lines(4)).import()), "conv conv 112");
    assert_eq!(told(&sketch(&lines(8)).import()), "b parameter 8\nconv conv 108");
}

#[test]
fn a_bias_in_integers_is_a_bias() {
    let lines = "input x 1x3x8x8\nweight W 4x3x3x3 int8\nweight s 4\nweight z 4 int8\nweight b 4 int32\nweight bs 4\nweight bz 4 int32
        w = DequantizeLinear(W, s, z) axis=0
        c = DequantizeLinear(b, bs, bz) axis=0
        y = Conv(x, w, c) kernel_shape=[3,3] name=conv";
    let model = sketch(lines).import();
    assert_eq!(told(&model), "conv conv 112");
    assert_eq!(values_of(&model, Category::Quantization), 16);
}

#[test]
fn a_quantized_table_behind_its_lookup_counts() {
    let lines = "input ids 1x5\nweight T 30x8 uint8\nweight s 1\nweight z 1 uint8
        rows = Gather(T, ids) name=embed
        y = DequantizeLinear(rows, s, z)";
    assert_eq!(told(&sketch(lines).import()), "embed embedding 240");
}

#[test]
fn a_quantized_operator_stands_with_its_scales() {
    let lines = "input x 1x3x8x8 \nweight xs 1\nweight xz 1 uint8\nweight W 4x3x3x3 uint8\nweight ws 1\nweight wz 1 uint8\nweight ys 1\nweight yz 1 uint8\nweight b 4 int32
        y = QLinearConv(x, xs, xz, W, ws, wz, ys, yz, b) kernel_shape=[3,3] name=conv";
    let model = sketch(lines).import();
    assert_eq!(told(&model), "conv conv 112");
    assert_eq!(values_of(&model, Category::Quantization), 6);
    assert_eq!(check(&model, "conv"), netweight_core::Check::ByConstruction);
}

#[test]
fn scales_of_a_quantized_table_and_of_the_product_behind_it_are_scales() {
    let lines = "input ids 1x5\nweight E 30x4 uint8\nfloats es 0.5\nweight W 4x3 int8\nweight ws 3\nweight b 3
        scale = Mul(es, ws)
        e = Gather(E, ids)
        i = MatMulInteger(e, W) name=fc
        f = Cast(i) to=1
        d = Mul(f, scale)
        y = Add(b, d)";
    let model = sketch(lines).import();
    assert_eq!(values_of(&model, Category::Quantization), 1 + 3);
    assert_eq!(values_of(&model, Category::Trainable), 30 * 4 + 4 * 3 + 3);
}
