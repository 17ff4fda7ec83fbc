"use strict";
// Runs netweight apart from the page, where files may be read at positions without waiting.
const reader = new FileReaderSync();
let files = [];
let program = null;

const read = (file, offset, into, length) => {
  try {
    const bytes = new Uint8Array(reader.readAsArrayBuffer(files[file].slice(offset, offset + length)));
    new Uint8Array(program.memory.buffer, into, length).set(bytes);
    return bytes.length;
  } catch {
    return -1;
  }
};

// A dependency brings bindings that nothing here calls; were one called, that is a crash.
const imports = (module) => {
  const given = { worker: { read } };
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    given[from] ??= {};
    given[from][name] ??= () => {
      throw new Error(`${name} was called`);
    };
  }
  return given;
};

const answer = (question) => {
  const bytes = new TextEncoder().encode(JSON.stringify(question));
  const place = program.question(bytes.length);
  new Uint8Array(program.memory.buffer, place, bytes.length).set(bytes);
  const length = program.answer();
  const found = new Uint8Array(program.memory.buffer, program.answered(), length);
  return new TextDecoder().decode(found);
};

addEventListener("message", ({ data: { id, module, files: given, question } }) => {
  if (module) program = new WebAssembly.Instance(module, imports(module)).exports;
  if (given) files = given;
  if (!question) return;
  try {
    postMessage({ id, answer: answer(question) });
  } catch {
    // A crash: there is no answer.
    postMessage({ id });
  }
});
