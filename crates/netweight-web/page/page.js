"use strict";
// Hands files and questions to the worker, and shows its answers; nothing is counted here.
(() => {
  const at = (id) => document.getElementById(id);
  const text = (id) => at(id).textContent;
  const program = WebAssembly.compile(Uint8Array.from(atob(text("program")), (c) => c.charCodeAt(0)));
  const code = URL.createObjectURL(new Blob([text("worker")], { type: "text/javascript" }));
  let worker = null;
  let asked = 0;
  const waiting = new Map();

  // A crash costs its own files only: the next question finds a new worker.
  const start = async () => {
    worker?.terminate();
    waiting.forEach((done) => done(null));
    waiting.clear();
    worker = new Worker(code);
    worker.addEventListener("message", ({ data }) => {
      const done = waiting.get(data.id);
      waiting.delete(data.id);
      if (data.crashed) start();
      done?.(data.crashed ? null : data.answer);
    });
    const module = await program;
    worker.postMessage({ module });
  };
  const written = (question, files) =>
    new Promise((done) => {
      waiting.set(++asked, done);
      worker.postMessage({ id: asked, question, files });
    });
  const ask = async (question, files) => JSON.parse(await written(question, files));

  let schemes = [];
  let shown = null;
  let latest = 0;

  // Asks for a report and shows it, unless something newer was asked for meanwhile.
  const show = async (question, names, files) => {
    const turn = ++latest;
    at("state").textContent = `Reading ${names}…`;
    const began = performance.now();
    const answer = await ask({ ...question, schemes }, files);
    if (turn !== latest) return;
    const failures = answer ? answer.failures : `error: ${names}: netweight stumbled over this file; please report it with the file\n`;
    at("failures").textContent = failures;
    at("failures").hidden = !failures;
    const counted = Boolean(answer?.html);
    // What was typed last counted until a letter ago: it stays in sight.
    if (counted || question.ask !== "spec") {
      shown = counted ? answer.html : null;
      at("tools").hidden = at("report").hidden = !counted;
      at("diff-part").hidden = !answer?.diff;
      at("diff").textContent = answer?.diff ?? "";
      if (counted) at("report").srcdoc = shown;
    }
    const time = `${(performance.now() - began).toFixed(0)} ms`;
    at("state").textContent = counted ? `${names}: read in ${time}` : `${names}: not read`;
    document.title = `${names} · netweight`;
  };

  const open = (list) => {
    const files = [...list];
    if (!files.length) return;
    const named = files.map((file) => ({ name: file.webkitRelativePath || file.name, size: file.size }));
    show({ ask: "open", files: named }, files.map((file) => file.name).join(", "), files);
    const spec = files.length === 1 && /\.ya?ml$/i.test(files[0].name) && files[0].size < 1 << 20;
    if (spec) files[0].text().then((text) => (at("spec").value = text));
  };

  const explain = async (path) => {
    const told = await ask({ ask: "explain", path, schemes });
    if (told === null) return;
    at("explained").textContent = told;
    if (!at("explain").open) at("explain").showModal();
  };

  // The report is as tall as it is, and its layers can be asked about.
  const frame = at("report");
  frame.addEventListener("load", () => {
    const page = frame.contentDocument;
    const layers = page.getElementById("layers");
    if (!layers) return;
    const fit = () => (frame.style.height = `${page.documentElement.offsetHeight + 4}px`);
    new ResizeObserver(fit).observe(page.documentElement);
    page.body.style.padding = "0";
    const name = (row) => row?.querySelector("td.name")?.textContent;
    const reachable = () =>
      layers.querySelectorAll("td.name").forEach((cell) => {
        if (cell.hasAttribute("tabindex")) return;
        cell.setAttribute("tabindex", 0);
        cell.setAttribute("role", "button");
        cell.setAttribute("title", "explain");
        cell.style.cssText = "cursor: pointer; text-decoration: underline dotted; text-underline-offset: 3px";
      });
    new MutationObserver(reachable).observe(layers, { childList: true });
    reachable();
    const told = (event) => {
      const path = name(event.target.closest("tbody tr"));
      if (path !== undefined) explain(path);
    };
    layers.addEventListener("click", told);
    layers.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.matches("td.name")) told(event);
    });
    // A part of the picture that nothing lies in is a layer; which, its data say.
    const { models } = JSON.parse(page.getElementById("data").textContent);
    const drawn = (event) => {
      const part = event.target.closest("g[tabindex]")?.dataset.part;
      const model = models.find(({ source }) => source === page.getElementById("source").textContent);
      const { layer, children } = model?.parts[part] ?? {};
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
    show({ ask: "report" }, "sizes");
  };
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
    const report = await written({ ask: "json", schemes });
    if (report !== null) save("report.json", "application/json", report);
  });

  let pause = 0;
  const count = () => show({ ask: "spec", text: at("spec").value }, "spec.yaml");
  at("spec").addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(count, 120);
  });
  at("spec-part").addEventListener("toggle", () => at("spec-part").open && !shown && count());

  at("files").addEventListener("change", () => {
    open(at("files").files);
    // The same file chosen again is read again.
    at("files").value = "";
  });
  for (const kind of ["dragenter", "dragover"]) {
    addEventListener(kind, (event) => {
      event.preventDefault();
      at("drop").classList.add("over");
    });
  }
  addEventListener("dragleave", (event) => event.relatedTarget || at("drop").classList.remove("over"));
  addEventListener("drop", (event) => {
    event.preventDefault();
    at("drop").classList.remove("over");
    open(event.dataTransfer.files);
  });

  start()
    .then(() => ask({ ask: "schemes" }))
    .then((rows) => {
      const options = rows.map(([id, , summary]) => Object.assign(document.createElement("option"), { value: id, label: summary }));
      at("schemes").replaceChildren(...options);
      if (!latest) at("state").textContent = "Ready.";
    })
    .catch((error) => (at("state").textContent = `This browser cannot run the page: ${error}`));
})();
