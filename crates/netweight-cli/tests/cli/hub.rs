//! Forecasts beside the int8 files that the ONNX model hub publishes.

use serde_json::Value;

use crate::program::netweight;

#[test]
fn forecasts_come_near_the_published_files() {
    // The network; the scheme; bytes in the hub's manifest, of float32 and of int8; by how many
    // per mille the forecast may lie under the file, whose graph and names it leaves out.
    for (network, scheme, float32, int8, per_mille) in [
        ("resnet50-v1-12", "ort-static-qop-u8i8-pc", 102_576_593, 25_816_052, 4),
        ("mobilenetv2-12", "ort-static-qop-u8i8-pc", 13_964_571, 3_655_033, 16),
        ("bertsquad-12", "ort-dyn-int8", 435_852_736, 124_565_601, 123),
    ] {
        let file = format!("hub/{network}.yaml");
        let said = netweight(
            80,
            &["sizes", &file, "--scheme", "float32", "--scheme", scheme, "--format", "json"],
        );
        assert_eq!(said.code, 0, "{}", said.err);
        let report: Value = serde_json::from_str(&said.out).unwrap();
        let bytes =
            |row: usize| report["models"][0]["sizes"][row]["weights_bytes"].as_u64().unwrap();
        assert!(under(bytes(0), float32, 1), "{network}: {} of float32", bytes(0));
        assert!(under(bytes(1), int8, per_mille), "{network}: {} of int8", bytes(1));
        let quarter = float32 / 4;
        assert!(bytes(1).abs_diff(int8) < quarter.abs_diff(int8), "{network}: a quarter is nearer");
    }
}

/// Whether so many bytes of weights fit into a file and fill it but for a part.
fn under(weights: u64, file: u64, per_mille: u64) -> bool {
    weights < file && (file - weights) * 1000 <= file * per_mille
}
