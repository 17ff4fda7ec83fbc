//! The YAML importer as a plugin: what the parity test compares with the built-in one.

use netweight_plugin::core::ImporterInfo;
use netweight_yaml::YamlImporter;

const INFO: ImporterInfo = ImporterInfo {
    id: "yaml-plugin",
    name: "YAML spec by plugin",
    summary: "networks written by hand, through a plugin",
    extensions: &[],
};

netweight_plugin::export!(YamlImporter, info: INFO);
