// A model that TensorFlow.js itself saves, and what it counts in it. Run alone, with
// @tensorflow/tfjs-layers, -core and -backend-cpu 4.22.0 in reach of `require`.
"use strict";
const fs = require("fs");
const path = require("path");
require("@tensorflow/tfjs-backend-cpu");
const core = require("@tensorflow/tfjs-core");
const { input, layers, model, sequential, version_layers: version } = require("@tensorflow/tfjs-layers");

const CASE = path.join(__dirname, "..", "keras", "tensorflow-js");
// An orthogonal start takes an operation that the backend lacks.
const recurrent = { recurrentInitializer: "zeros" };

function build() {
  const words = input({ shape: [20], name: "words" });
  const image = input({ shape: [5, 5, 2], name: "image" });
  const embedded = layers.embedding({ inputDim: 50, outputDim: 8, name: "embedding" }).apply(words);
  const lstm = layers.lstm({ units: 7, returnSequences: true, name: "lstm", ...recurrent });
  const both = layers.bidirectional({ layer: lstm, mergeMode: "concat", name: "both" }).apply(embedded);
  const gru = layers.gru({ units: 6, name: "gru", ...recurrent }).apply(both);
  const each = layers.timeDistributed({ layer: layers.dense({ units: 4 }), name: "each" }).apply(both);
  const norm = layers.layerNormalization({ name: "norm" }).apply(each);
  const mean = layers.globalAveragePooling1d({ name: "mean" }).apply(norm);
  const cell = [
    layers.lstmCell({ units: 4, ...recurrent }),
    layers.gruCell({ units: 3, ...recurrent }),
    layers.simpleRNNCell({ units: 5, ...recurrent }),
  ];
  const stacked = layers.rnn({ cell, name: "stacked" }).apply(embedded);
  const conv = layers.conv2d({ kernelSize: [2, 3], filters: 2, trainable: false, name: "conv" }).apply(image);
  const batch = layers.batchNormalization({ name: "batch" }).apply(conv);
  const pool = layers.globalMaxPooling2d({ dataFormat: "channelsLast", name: "pool" }).apply(batch);
  const head = sequential({ name: "head" });
  head.add(layers.dense({ units: 3, inputShape: [2], name: "linear" }));
  head.add(layers.prelu({ name: "prelu" }));
  const parts = [gru, mean, stacked, head.apply(pool), head.apply(pool)];
  const all = layers.concatenate({ name: "all" }).apply(parts);
  return model({ inputs: [words, image], outputs: layers.dense({ units: 2, name: "output" }).apply(all), name: "m" });
}

const size = (shape) => shape.reduce((product, dim) => product * dim, 1);
const elements = (weights) => weights.reduce((sum, weight) => sum + size(weight.shape), 0);

function* records(layer, prefix) {
  const inner = layer.getClassName() === "Sequential" ? layer.layers : [];
  const weights = inner.length ? [] : layer.weights;
  const trainable = inner.length ? 0 : elements(layer.trainableWeights);
  const parameters = elements(weights);
  yield {
    path: prefix + layer.name,
    type: layer.getClassName(),
    parameters,
    trainable,
    non_trainable: parameters - trainable,
    output_shape: layer.outputShape,
    weights: weights.map((weight) => ({ name: weight.originalName, shape: weight.shape })),
  };
  for (const one of inner) yield* records(one, `${prefix}${layer.name}/`);
}

async function save() {
  const made = build();
  await made.save(core.io.withSaveHandler(async ({ modelTopology, format, generatedBy, weightSpecs: weights }) => {
    const weightsManifest = [{ paths: ["./model.weights.bin"], weights }];
    fs.writeFileSync(`${CASE}.json`, JSON.stringify({ modelTopology, format, generatedBy, weightsManifest }));
    return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
  }));
  const rows = made.layers.flatMap((layer) => [...records(layer, "")]);
  const total = (key) => rows.reduce((sum, row) => sum + row[key], 0);
  const record = {
    made_by: path.basename(__filename),
    framework: `tfjs-layers ${version}`,
    shows: "a model of TensorFlow.js: cells as the layer's own, a list of weights",
    name: made.name,
    parameters: total("parameters"),
    trainable: total("trainable"),
    non_trainable: total("non_trainable"),
  };
  if (record.parameters !== made.countParams()) throw new Error("rows do not add up");
  const head = Object.entries(record).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},`);
  const lines = rows.map((row) => `    ${JSON.stringify(row)}`).join(",\n");
  fs.writeFileSync(`${CASE}.truth.json`, `{\n${head.join("\n")}\n  "layers": [\n${lines}\n  ]\n}\n`);
}

save();
