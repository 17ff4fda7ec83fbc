"use strict";
// Everything that is counted stands in the data; this script only places and shows it.
(() => {
  const { models } = JSON.parse(document.getElementById("data").textContent);
  const SVG = "http://www.w3.org/2000/svg";
  const ROWS = 1000;
  const at = (id) => document.getElementById(id);

  // An element with attributes and children; text always as text, never as markup.
  const make = (tag, attributes = {}, ...children) => {
    const svg = ["svg", "g", "rect", "text", "title"].includes(tag);
    const element = svg ? document.createElementNS(SVG, tag) : document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };
  const cell = (text, kind = "") => make("td", kind ? { class: kind } : {}, text);

  // Counts beyond 2^53 come as text, so that they stay exact.
  const grouped = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");
  const bytes = (n) => {
    let [value, unit] = [Number(n), "B"];
    for (const next of ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]) {
      if (Math.round(value * 10) < 10240 && (unit !== "B" || value < 1024)) break;
      [value, unit] = [value / 1024, next];
    }
    return unit === "B" ? `${value} B` : `${value.toFixed(1)} ${unit}`;
  };
  const percent = (part, whole) => {
    if (!Number(whole)) return "";
    const share = (100 * Number(part)) / Number(whole);
    return share > 0 && share < 0.05 ? "<0.1%" : `${share.toFixed(1)}%`;
  };
  const shorten = (text, room) => {
    if (text.length <= room) return text;
    const head = Math.floor((room - 1) / 2);
    return `${text.slice(0, head)}…${text.slice(text.length - (room - 1 - head))}`;
  };

  let model = models[0];
  let measure = 0;
  let inside = 0;
  let sorted = { column: null, down: false };
  let shown = ROWS;

  const figure = (part) => model.measures[measure].values[part];
  const told = (n) => (model.measures[measure].bytes ? `${grouped(n)} bytes (${bytes(n)})` : `${grouped(n)} parameters`);

  // Squarified treemap (Bruls, Huizing, van Wijk 2000): an area for every value.
  const squarified = (values, { x, y, w, h }) => {
    const areas = values.map(() => null);
    const total = values.reduce((sum, value) => sum + value, 0);
    if (!(total > 0) || w <= 0 || h <= 0) return areas;
    const scale = (w * h) / total;
    let rest = values.map((value, index) => [index, value * scale]).filter(([, value]) => value > 0);
    rest.sort((a, b) => b[1] - a[1]);
    while (rest.length && Math.min(w, h) > 0) {
      const side = Math.min(w, h);
      let [sum, best, count] = [0, Infinity, 0];
      for (const [, value] of rest) {
        const next = sum + value;
        const worst = Math.max((side * side * rest[0][1]) / (next * next), (next * next) / (side * side * value));
        if (worst > best) break;
        [sum, best, count] = [next, worst, count + 1];
      }
      const [depth, upright] = [sum / side, w >= h];
      let along = 0;
      for (const [index, value] of rest.slice(0, count)) {
        const length = value / depth;
        areas[index] = upright ? { x, y: y + along, w: depth, h: length } : { x: x + along, y, w: length, h: depth };
        along += length;
      }
      if (upright) [x, w] = [x + depth, Math.max(0, w - depth)];
      else [y, h] = [y + depth, Math.max(0, h - depth)];
      rest = rest.slice(count);
    }
    return areas;
  };

  const describe = (part) => {
    const { path, layer } = model.parts[part];
    const row = layer === null ? null : model.layers[layer];
    const name = row ? row.path : path || model.source;
    const words = [`${name}: ${told(figure(part))}`, percent(figure(part), figure(0))];
    if (row) words.push(row.type, row.by_hand && (row.parameters === null ? "" : `${row.by_hand} = ${grouped(row.parameters)}`));
    return words.filter(Boolean).join(" · ");
  };

  const label = (group, text, area, line) => {
    const room = Math.floor((area.w - 8) / 7);
    if (room < 6 && text.length > room) return;
    if (line > 0 && text.length > room) return;
    const place = { x: area.x + 4, y: area.y + 13 * (line + 1) };
    group.append(make("text", line > 0 ? { ...place, class: "quiet" } : place, shorten(text, room)));
  };

  // Draws what is in a part, the largest first; only the first level takes the keyboard.
  const draw = (part, area, group, first) => {
    const children = [...model.parts[part].children].sort((a, b) => Number(figure(b)) - Number(figure(a)));
    const areas = squarified(children.map((child) => Number(figure(child))), area);
    children.forEach((child, i) => {
      const place = areas[i];
      if (!place || place.w <= 0.05 || place.h <= 0.05) return;
      const { name, layer, children: inner } = model.parts[child];
      const titled = place.w > 46 && place.h > 34;
      const kind = layer === null ? "module" : `k${model.layers[layer].colour}`;
      const node = first
        ? make("g", { tabindex: -1, role: "button", "aria-label": describe(child), "data-part": child })
        : make("g", { "data-part": child });
      node.append(make("rect", { class: kind, x: place.x, y: place.y, width: place.w, height: place.h }));
      if (titled || (layer !== null && place.w > 30 && place.h > 15)) {
        label(node, name, place, 0);
        const size = model.measures[measure].bytes ? bytes(figure(child)) : grouped(figure(child));
        if (layer !== null && place.h > 32) label(node, size, place, 1);
      }
      group.append(node);
      const [margin, title] = titled ? [2, 15] : [0.5, 0];
      const room = { x: place.x + margin, y: place.y + title + margin, w: place.w - 2 * margin, h: place.h - title - 2 * margin };
      if (inner.length && room.w > 0 && room.h > 0 && room.w * room.h > 9) draw(child, room, node, false);
    });
  };

  const drawMap = () => {
    const map = at("map");
    const box = map.getBoundingClientRect();
    const [w, h] = [box.width || 960, box.height || 480];
    map.setAttribute("viewBox", `0 0 ${w} ${h}`);
    map.replaceChildren();
    draw(inside, { x: 0, y: 0, w, h }, map, true);
    map.querySelector("g[tabindex]")?.setAttribute("tabindex", 0);
    at("told").textContent = describe(inside);
    const trail = [];
    for (let part = inside; ; part = model.parts[part].parent) {
      trail.unshift(part);
      if (part === 0) break;
    }
    at("trail").replaceChildren(
      ...trail.map((part) => {
        const button = make("button", { type: "button" }, model.parts[part].name || "all");
        if (part === inside) button.setAttribute("aria-current", "location");
        else button.addEventListener("click", () => enter(part));
        return button;
      }),
    );
  };

  const enter = (part, focus = false) => {
    if (!model.parts[part].children.length) {
      at("told").textContent = describe(part);
      return;
    }
    const from = inside;
    inside = part;
    drawMap();
    if (focus) (at("map").querySelector(`g[data-part="${from}"]`) ?? at("map").querySelector("g[tabindex]"))?.focus();
  };

  const watchMap = () => {
    const map = at("map");
    const under = (event) => event.target.closest("g[data-part]");
    const top = (event) => event.target.closest("g[tabindex]");
    map.addEventListener("click", (event) => top(event) && enter(Number(top(event).dataset.part)));
    map.addEventListener("mouseover", (event) => {
      const node = under(event);
      if (node) at("told").textContent = describe(Number(node.dataset.part));
    });
    map.addEventListener("mouseleave", () => (at("told").textContent = describe(inside)));
    // Not on the picture itself: an SVG element that listens for focus is a stop of its own.
    map.parentElement.addEventListener("focusin", (event) => {
      const node = top(event);
      if (!node) return;
      map.querySelectorAll('g[tabindex="0"]').forEach((other) => other.setAttribute("tabindex", -1));
      node.setAttribute("tabindex", 0);
      at("told").textContent = describe(Number(node.dataset.part));
    });
    map.addEventListener("keydown", (event) => {
      const node = top(event);
      if (!node) return;
      const all = [...map.querySelectorAll("g[tabindex]")];
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (step) all[(all.indexOf(node) + step + all.length) % all.length].focus();
      else if (event.key === "Enter" || event.key === " ") enter(Number(node.dataset.part), true);
      else if (event.key === "Escape" || event.key === "Backspace") enter(model.parts[inside].parent, true);
      else return;
      event.preventDefault();
    });
    new ResizeObserver(() => {
      const { width, height } = map.getBoundingClientRect();
      if (map.getAttribute("viewBox") !== `0 0 ${width} ${height}`) drawMap();
    }).observe(map);
  };

  const COLUMNS = [
    ["layer", "path", "name"],
    ["type", "type", ""],
    ["kind", "kind", ""],
    ["output", "output", ""],
    ["parameters", "parameters", "number"],
    ["share", "parameters", "number"],
    ["by hand", "by_hand", "by-hand"],
  ];

  const compare = (a, b) => {
    if (typeof a === "string" && typeof b === "string") return a.localeCompare(b, "en", { numeric: true });
    return Number(a ?? -1) - Number(b ?? -1);
  };

  const listLayers = () => {
    const words = at("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const all = at("weightless").checked || words.length > 0;
    let rows = model.layers.filter((row) => {
      const text = `${row.path} ${row.type} ${row.kind}`.toLowerCase();
      return (all || row.parameters !== 0 || row.shared) && words.every((word) => text.includes(word));
    });
    if (sorted.column !== null) {
      const key = COLUMNS[sorted.column][1];
      rows = [...rows].sort((a, b) => compare(a[key], b[key]) * (sorted.down ? -1 : 1));
    }
    at("found").textContent = `${grouped(rows.length)} of ${grouped(model.layers.length)} layers`;
    const head = make("tr");
    COLUMNS.forEach(([title, , kind], index) => {
      const button = make("button", { type: "button" }, title);
      button.addEventListener("click", () => {
        const again = sorted.column === index;
        sorted = { column: index, down: again ? !sorted.down : kind === "number" };
        listLayers();
        at("layers").querySelectorAll("th button")[index].focus();
      });
      const th = make("th", { scope: "col", class: kind }, button);
      if (sorted.column === index) {
        th.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
        button.append(sorted.down ? " ▾" : " ▴");
      }
      head.append(th);
    });
    const body = make("tbody");
    for (const row of rows.slice(0, shown)) {
      const count = row.shared ? "" : row.parameters === null ? "?" : grouped(row.parameters);
      const share = row.parameters && !row.shared && model.complete ? percent(row.parameters, model.measures[0].values[0]) : "";
      const cells = [cell(row.path, "name"), cell(row.type), cell(row.kind), cell(row.output)];
      cells.push(cell(count, "number"), cell(share, "number"), cell(row.by_hand, "by-hand"));
      body.append(make("tr", {}, ...cells));
    }
    at("layers").replaceChildren(make("thead", {}, head), body);
    at("more").hidden = rows.length <= shown;
    at("more").textContent = `Show all ${grouped(rows.length)} layers`;
  };

  const listSizes = () => {
    const largest = Math.max(1, ...model.sizes.map((size) => Number(size.bytes)));
    const titles = ["size", "bytes", "rounded", "of float32"].map((title, i) => make("th", { scope: "col", class: i ? "number" : "" }, title));
    const head = make("tr", {}, ...titles, make("td"));
    const rows = model.sizes.map((size) => {
      if (size.refused) return make("tr", {}, cell(size.name), make("td", { colspan: 4 }, `refused: ${size.refused}`));
      const bar = make("span", { class: "bar", style: `width:${(100 * Number(size.bytes)) / largest}%` });
      return make("tr", {}, cell(size.name), cell(grouped(size.bytes), "number"), cell(bytes(size.bytes), "number"), cell(size.ratio, "number"), make("td", { class: "drawn" }, bar));
    });
    at("sizes").replaceChildren(make("thead", {}, head), make("tbody", {}, ...rows));
    at("sizes-part").hidden = rows.length === 0;
  };

  const listTotals = () => {
    const rows = model.totals.map(([name, sum, note], i) => make("tr", { class: i ? "" : "sum" }, make("th", { scope: "row" }, name), cell(sum, "number"), cell(note)));
    at("totals").replaceChildren(make("tbody", {}, ...rows));
  };

  const listKinds = () => {
    const used = new Set(model.layers.filter((row) => row.parameters).map((row) => row.colour));
    const names = [...model.kinds.entries()].concat(used.has(8) ? [[8, "other"]] : []);
    const mark = (colour) => make("svg", { "aria-hidden": "true" }, make("rect", { class: `k${colour}`, width: 12, height: 12 }));
    at("legend").replaceChildren(...names.map(([colour, name]) => make("li", {}, mark(colour), name)));
  };

  const listModels = () => {
    at("models").hidden = at("comparison-part").hidden = models.length < 2;
    if (models.length < 2) return;
    at("models").replaceChildren(
      ...models.map((other) => {
        const button = make("button", { type: "button" }, other.source);
        if (other === model) button.setAttribute("aria-current", "true");
        button.addEventListener("click", () => show(other));
        return button;
      }),
    );
    const sizes = [...new Set(models.flatMap((other) => other.sizes.map((size) => size.name)))];
    const head = ["model", "parameters", "layers", ...sizes];
    const rows = models.map((other) => {
      const size = (name) => other.sizes.find((found) => found.name === name && !found.refused);
      return make("tr", {}, make("th", { scope: "row" }, other.source), cell(other.totals[0][1], "number"), cell(grouped(other.layers.length), "number"), ...sizes.map((name) => cell(size(name) ? bytes(size(name).bytes) : "–", "number")));
    });
    const titles = head.map((title, i) => make("th", { scope: "col", class: i ? "number" : "" }, title));
    at("comparison").replaceChildren(make("thead", {}, make("tr", {}, ...titles)), make("tbody", {}, ...rows));
  };

  const show = (next) => {
    [model, inside, shown] = [next, 0, ROWS];
    measure = Math.min(measure, model.measures.length - 1);
    at("source").textContent = model.source;
    at("about").textContent = model.about;
    at("measure").replaceChildren(...model.measures.map(({ name, bytes }, i) => make("option", { value: i }, bytes ? `bytes: ${name}` : name)));
    at("measure").value = measure;
    at("notes").replaceChildren(...model.notes.map((note) => make("li", {}, note)));
    at("notes-part").hidden = model.notes.length === 0;
    listModels();
    listTotals();
    listKinds();
    listSizes();
    drawMap();
    listLayers();
  };

  at("measure").addEventListener("change", (event) => {
    measure = Number(event.target.value);
    drawMap();
  });
  at("search").addEventListener("input", listLayers);
  at("weightless").addEventListener("change", listLayers);
  at("more").addEventListener("click", () => {
    shown = Infinity;
    listLayers();
  });
  watchMap();
  show(models[0]);
})();
