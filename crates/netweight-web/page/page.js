"use strict";
// Hands files and questions to the worker, and shows its answers; nothing is counted here.
(() => {
  const at = (id) => document.getElementById(id);
  const text = (id) => at(id).textContent;
  const bytes = (base64) => Uint8Array.fromBase64?.(base64) ?? Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const unpacked = new Blob([bytes(text("program"))]).stream().pipeThrough(new DecompressionStream("gzip"));
  const program = WebAssembly.compileStreaming(new Response(unpacked, { headers: { "content-type": "application/wasm" } }));
  const code = URL.createObjectURL(new Blob([text("worker")], { type: "text/javascript" }));
  let worker = null;
  let asked = 0;
  const waiting = new Map();

  // A new worker in the place of the old one, of which nothing is expected any more.
  const start = () => {
    worker?.terminate();
    waiting.forEach((done) => done(null));
    waiting.clear();
    const started = (worker = new Worker(code));
    started.addEventListener("message", ({ data: { id, answer } }) => {
      const done = waiting.get(id);
      waiting.delete(id);
      // A crash costs its own files only.
      if (done && answer === undefined) start();
      done?.(answer ?? null);
    });
    program.then((module) => started.postMessage({ module }));
  };
  // Text is as wide as there is room for it in the narrowest place, the dialog.
  const letter = document.createElement("canvas").getContext("2d");
  letter.font = getComputedStyle(at("explained")).font;
  const columns = () => Math.max(30, Math.min(90, Math.floor((0.94 * innerWidth - 40) / letter.measureText("0").width)));

  let schemes = [];
  const written = async (question, files) => {
    await program;
    return new Promise((done) => {
      waiting.set(++asked, done);
      worker.postMessage({ id: asked, question: { ...question, schemes, columns: columns() }, files });
    });
  };
  const ask = async (question, files) => JSON.parse(await written(question, files));

  const frame = at("report");
  let shown = null;
  let models = [];
  let latest = 0;
  let reading = 0;

  // What is being read is not wanted when something else is to be read.
  const cancel = () => {
    if (!reading) return;
    reading = 0;
    start();
  };

  // What the report looks like within the page, whose layers can be asked about.
  const STYLE = `body { padding: 0; }
    td.name button { background: none; border: 0; padding: 0; text-align: start; overflow-wrap: anywhere; cursor: pointer; text-decoration: underline dotted; text-underline-offset: 3px; }
    `;

  // Puts a report into the frame, and waits until it stands there.
  const framed = (html) =>
    new Promise((done) => {
      frame.addEventListener("load", done, { once: true });
      frame.srcdoc = html.replace("</style>", (end) => STYLE + end);
    });

  // Asks for a report and shows it, unless something newer was asked for meanwhile.
  const show = async (question, files, names) => {
    const turn = ++latest;
    if (question.ask !== "report") {
      cancel();
      reading = turn;
    }
    at("state").textContent = `Reading ${names}…`;
    const began = performance.now();
    const answer = await ask(question, files);
    if (reading === turn) reading = 0;
    if (turn !== latest) return;
    const failures = answer ? answer.failures : `error: ${names}: netweight stumbled over this file; please report it with the file\n`;
    at("failures").hidden = !failures;
    at("failures").textContent = failures;
    document.title = `${names} · netweight`;
    const counted = Boolean(answer?.html);
    // What was typed last counted until a letter ago: it stays in sight.
    if (counted || question.ask === "open") {
      shown = counted ? answer.html : null;
      at("tools").hidden = frame.hidden = !counted;
      at("diff-part").hidden = !answer?.diff;
      at("diff").textContent = answer?.diff ?? "";
    }
    if (!counted) return void (at("state").textContent = `${names}: not read`);
    await framed(shown);
    if (turn !== latest) return;
    ({ models } = JSON.parse(frame.contentDocument.getElementById("data").textContent));
    const told = models.map(({ source, totals }) => `${source}: ${totals[0][1]} parameters`).join("; ");
    at("state").textContent = `${told}; counted in ${(performance.now() - began).toFixed(0)} ms`;
  };

  const opened = (files) => [{ ask: "open", files: files.map(({ name, size }) => ({ name, size })) }, files];
  const open = (list) => {
    const files = [...list];
    if (!files.length) return;
    show(...opened(files), files.map(({ name }) => name).join(", "));
    const spec = files.length === 1 && /\.ya?ml$/i.test(files[0].name) && files[0].size < 1 << 20;
    if (spec) files[0].text().then((text) => (at("spec").value = text));
  };

  // A frame does not hand on what is dropped on it.
  const takesFiles = (target) => {
    for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
      target.addEventListener(kind, (event) => {
        event.preventDefault();
        const leaves = kind === "drop" || (kind === "dragleave" && !event.relatedTarget);
        at("drop").classList.toggle("over", !leaves);
        if (kind === "drop") open(event.dataTransfer.files);
      });
    }
  };

  const explain = async (path) => {
    const told = await ask({ ask: "explain", path });
    if (told === null) return;
    at("explained").textContent = told;
    if (at("explain").open) return;
    // The focus goes back to where it was, which the browser does not know of a frame.
    const before = frame.contentDocument.activeElement;
    at("explain").addEventListener("close", () => before.focus(), { once: true });
    at("explain").showModal();
  };

  // The report is as tall as it is, and its layers can be asked about.
  frame.addEventListener("load", () => {
    const page = frame.contentDocument;
    const layers = page.getElementById("layers");
    if (!layers) return;
    takesFiles(page);
    const fit = () => (frame.style.height = `${page.documentElement.offsetHeight + 4}px`);
    new ResizeObserver(fit).observe(page.documentElement);
    const name = (row) => row?.querySelector("td.name")?.textContent;
    const reachable = () =>
      layers.querySelectorAll("td.name").forEach((cell) => {
        if (cell.firstElementChild) return;
        const button = page.createElement("button");
        button.type = "button";
        button.title = "explain";
        button.append(...cell.childNodes);
        cell.append(button);
      });
    new MutationObserver(reachable).observe(layers, { childList: true });
    reachable();
    const told = (event) => {
      const path = name(event.target.closest("tbody tr"));
      if (path !== undefined) explain(path);
    };
    layers.addEventListener("click", told);
    // A part of the picture that nothing lies in is a layer; which, the models say.
    const drawn = (event) => {
      const part = event.target.closest("g[tabindex]")?.dataset.part;
      const tabs = [...page.querySelectorAll("#models button")];
      const model = models[Math.max(0, tabs.findIndex((tab) => tab.ariaCurrent))];
      const { layer, children } = model.parts[part] ?? {};
      if (layer !== undefined && layer !== null && !children.length) explain(model.layers[layer].path);
    };
    const map = page.getElementById("map");
    map.addEventListener("click", drawn, true);
    map.addEventListener("keydown", (event) => event.key === "Enter" && drawn(event), true);
  });

  const pick = (next) => {
    schemes = next;
    at("picked").replaceChildren(
      ...schemes.map((scheme) => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = `${scheme} ×`;
        button.setAttribute("aria-label", `Remove ${scheme}`);
        button.addEventListener("click", () => (pick(schemes.filter((other) => other !== scheme)), at("scheme").focus()));
        const item = document.createElement("li");
        item.append(button);
        return item;
      }),
    );
    show({ ask: "report" }, [], "sizes");
  };
  at("scheme").addEventListener("focus", async () => {
    if (at("schemes").children.length) return;
    const rows = (await ask({ ask: "schemes" })) ?? [];
    const options = rows.map(([id, , summary]) => Object.assign(document.createElement("option"), { value: id, label: summary }));
    at("schemes").replaceChildren(...options);
  });
  at("pick").addEventListener("submit", (event) => {
    event.preventDefault();
    const wanted = at("scheme").value.trim();
    at("scheme").value = "";
    if (wanted && !schemes.includes(wanted)) pick([...schemes, wanted]);
  });

  const save = (name, type, content) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([content], { type }));
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  at("save-html").addEventListener("click", () => save("report.html", "text/html", shown));
  at("save-json").addEventListener("click", async () => {
    // As it was written: numbers beyond 2^53 would lose digits here.
    const report = await written({ ask: "json" });
    if (report !== null) save("report.json", "application/json", report);
  });

  let pause = 0;
  const count = () => show({ ask: "spec", text: at("spec").value }, [], "spec.yaml");
  at("spec").addEventListener("input", () => {
    cancel();
    clearTimeout(pause);
    pause = setTimeout(count, 120);
  });
  at("spec-part").addEventListener("toggle", () => at("spec-part").open && !shown && count());

  at("files").addEventListener("change", () => {
    open(at("files").files);
    // The same file chosen again is read again.
    at("files").value = "";
  });
  takesFiles(window);

  // The first count is for nobody: behind it the browser has compiled what counting takes. A spec,
  // and in ONNX a MatMul by one weight.
  const first = [["a.yaml", at("spec").value], ["a.onnx", bytes("CAhCAhAROiQKEQoBeAoBdxIBeSIGTWF0TXVsKg8IAQgBEAFCAXdKBAAAAAA=")]];
  start();
  ask(...opened(first.map(([name, content]) => new File([content], name))))
    .then(() => latest || (at("state").textContent = "Ready."))
    .catch((error) => (at("state").textContent = `This browser cannot run the page: ${error}`));
})();
