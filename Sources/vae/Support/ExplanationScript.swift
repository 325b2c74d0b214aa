/// Draws the page. Names of units are those of the explanation: a letter or two, and a number.
let pageScript = #"""
  "use strict";
  const {explanation: e, network, error} = JSON.parse(document.getElementById("content").textContent);
  const main = document.querySelector("main");
  const parts = e.samples.map((s, i) => ({
    title: `Sample ${i + 1}`, symbol: "E", sum: s.paths, stages: s.stages,
    note: `ε = ${vector(s.noise)}, z = ${vector(s.z)}, E = ${number(s.error)}`,
  }));
  if (e.kl) parts.push({
    title: "KL divergence", symbol: "KL", sum: e.kl, stages: e.samples[0].stages,
    note: `the same for all samples, KL = ${number(e.loss.kl)}`,
  });
  let part = 0, path = 0;

  function number(x) {
    const text = x !== 0 && Math.abs(x) < 1e-3 ? x.toExponential(4) : Number(x.toPrecision(5)).toString();
    return text.replaceAll("-", "−");
  }
  function vector(v) {
    return v.length === 1 ? number(v[0]) : `(${v.slice(0, 4).map(number).join(", ")}${v.length > 4 ? ", …" : ""})`;
  }
  function make(parent, name, attributes = {}, text) {
    const spaces = {svg: "http://www.w3.org/2000/svg", math: "http://www.w3.org/1998/Math/MathML"};
    const space = spaces[name] ?? (parent.namespaceURI === document.body.namespaceURI ? null : parent.namespaceURI);
    const node = space ? document.createElementNS(space, name) : document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    if (text !== undefined) node.textContent = text;
    parent.append(node);
    return node;
  }

  // x_j and e^s, as they are set.
  function prose(parent, text) {
    for (const piece of text.split(/(_\([^)]*\)|_\w|\^−?\w+)/)) {
      if (piece.startsWith("_")) make(parent, "sub", {}, piece.replace(/^_\(?|\)$/g, ""));
      else if (piece.startsWith("^")) prose(make(parent, "sup"), piece.slice(1));
      else parent.append(piece);
    }
  }

  // The network: a column for each stage. μ stands in two of them and is drawn in the second.
  const limit = 12;
  function columns(stages) {
    const shown = new Set([e.from, ...parts.flatMap(p => p.sum.paths.flatMap(q => q.through))]);
    return stages.map((stage, i) => {
      const later = new Set(stages.slice(i + 1).flatMap(s => s.names));
      const all = stage.names.map((name, j) => ({name, value: stage.values[j]})).filter(u => !later.has(u.name));
      const some = all.length > limit ? all.filter(u => shown.has(u.name)).slice(0, limit) : all;
      return {units: some, hidden: all.length - some.length};
    }).filter(c => c.units.length + c.hidden > 0);
  }
  function links(stages) {
    return stages.slice(0, -1).flatMap((stage, i) => {
      const next = stages[i + 1].names;
      return stage.names.flatMap((from, j) => {
        const to = stage.link === "all" ? next : [next[j % next.length]];
        return to.filter(name => name !== from).map(name => [from, name]);
      });
    });
  }
  function draw(parent, {stages}) {
    const all = columns(stages), width = 1060, height = 60 + 52 * Math.max(...all.map(c => c.units.length + (c.hidden ? 1 : 0)));
    const svg = make(make(parent, "div", {class: "network"}), "svg", {viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": "The network"});
    const places = new Map(), lines = make(svg, "g"), nodes = make(svg, "g");
    all.forEach((column, i) => {
      const x = 35 + i * (width - 70) / Math.max(all.length - 1, 1);
      const count = column.units.length + (column.hidden ? 1 : 0);
      const y = j => height / 2 + (j - (count - 1) / 2) * 52;
      column.units.forEach((unit, j) => {
        places.set(unit.name, [x, y(j)]);
        const circle = make(nodes, "circle", {cx: x, cy: y(j), r: 17, "data-unit": unit.name});
        circle.onmouseenter = () => point(p => p.flat().includes(unit.name));
        label(nodes, unit.name, x, y(j) + 4);
        make(nodes, "text", {x, y: y(j) + 29, class: "value"}, number(unit.value));
      });
      if (column.hidden) make(nodes, "text", {x, y: y(count - 1), class: "value"}, `${column.hidden} more`);
    });
    const drawn = stages.reduce((n, s) => Math.max(n, s.names.length), 0) > limit
      ? parts[part].sum.paths.flatMap(steps) : links(stages);
    for (const link of new Set(drawn.map(d => d.join(" ")))) {
      const [from, to] = link.split(" ");
      const [a, b] = [places.get(from), places.get(to)];
      if (!a || !b) continue;
      make(lines, "line", {x1: a[0] + 17, y1: a[1], x2: b[0] - 17, y2: b[1], "data-link": link});
      // The line is too thin to be pointed at.
      const near = make(lines, "path", {d: `M${a[0] + 17} ${a[1]} L${b[0] - 17} ${b[1]}`});
      near.onmouseenter = () => point(p => p.some(s => s.join(" ") === link));
    }
  }
  function label(parent, name, x, y) {
    const [, letters, index] = name.match(/^(\D+)(\d*)$/);
    const text = make(parent, "text", name.length > 4 ? {x, y, class: "long"} : {x, y}, letters);
    if (index) make(text, "tspan", {dy: 3, class: "index"}, index);
  }
  // The units of a path in pairs, with the parameter's own at the beginning and the error at the end.
  function steps(p) {
    const first = e.from === "1" ? [] : [[e.from, p.through[0]]];
    const rest = p.through.slice(1).map((name, i) => [p.through[i], name]);
    return [...first, ...rest, [p.through.at(-1), parts[part].symbol]];
  }

  // ∂a/∂b, with its value underneath.
  function symbol(parent, name) {
    const [, letters, index] = name.match(/^(\D+)(\d*)$/);
    const place = index ? make(parent, "msub") : parent;
    make(place, "mi", {mathvariant: "normal"}, letters);
    if (index) make(place, "mn", {}, index);
  }
  function formula(parent, p) {
    const math = make(parent, "math", {display: "block"});
    const row = make(math, "mrow");
    p.factors.forEach((factor, i) => {
      if (i) make(row, "mo", {lspace: ".25em", rspace: ".25em"}, "·");
      const under = make(row, "munder");
      const fraction = make(under, "mfrac");
      for (const name of [factor.of, factor.by]) {
        const side = make(fraction, "mrow");
        make(side, "mspace", {height: ".9em", depth: ".4em"});
        make(side, "mo", {}, "∂");
        symbol(side, name);
      }
      const value = make(under, "mrow");
      make(value, "mspace", {height: "1.1em"});
      make(value, "mtext", {}, number(factor.value));
    });
    make(row, "mo", {}, "=");
    make(row, "mn", {}, number(p.product));
  }

  function choose(index) {
    path = index;
    const p = parts[part].sum.paths[path];
    const on = new Set(steps(p).map(s => s.join(" ")));
    for (const line of document.querySelectorAll("line")) line.classList.toggle("on", on.has(line.dataset.link));
    const units = new Set(steps(p).flat());
    for (const circle of document.querySelectorAll("circle")) circle.classList.toggle("on", units.has(circle.dataset.unit));
    document.querySelectorAll(".paths tr[data-path]").forEach((row, i) => {
      row.classList.toggle("chosen", i === path);
      const box = row.closest(".paths"), from = row.offsetTop, to = from + row.offsetHeight;
      if (i === path && (from < box.scrollTop || to > box.scrollTop + box.clientHeight)) box.scrollTop = from - box.clientHeight / 2;
    });
    const place = document.querySelector(".formula");
    place.replaceChildren();
    formula(place, p);
  }
  // Of the paths through what the pointer is on, the one that shares most with the chosen path, then the largest.
  function point(isThrough) {
    const paths = parts[part].sum.paths, chosen = new Set(steps(paths[path]).map(s => s.join(" ")));
    const near = paths.map((p, index) => ({index, steps: steps(p), product: Math.abs(p.product)})).filter(p => isThrough(p.steps));
    const shared = p => p.steps.filter(s => chosen.has(s.join(" "))).length;
    near.sort((a, b) => shared(b) - shared(a) || b.product - a.product);
    if (near.length) choose(near[0].index);
  }
  function table(parent, rows) {
    const body = make(make(parent, "table"), "tbody");
    for (const cells of rows) {
      const row = make(body, "tr");
      cells.forEach((cell, i) => make(row, "td", i ? {class: "number"} : {}, cell));
    }
  }

  function show() {
    main.replaceChildren();
    const role = e.from === "1" ? `the bias of ${e.to}` : `the weight from ${e.from} to ${e.to}`;
    make(main, "h1", {}, `How ∂loss/∂${e.parameter} comes about`);
    make(main, "p", {}, `${e.parameter} = ${e.tensor}[${e.index.join(", ")}] of ${network} is ${role}; its value is ${number(e.value)}. `
      + `H and O are pre-activations, HA and OA their activations, G a gate's pre-activation; z = μ + σε with s = log σ².`);
    const loss = make(main, "p", {}, "Error of a sample: E = ");
    prose(loss, error);
    loss.append(`. Loss: ${e.samples.length > 1 ? `the mean of E over ${e.samples.length} samples` : "E"}`
      + `${e.kl_weight ? ` + ${e.kl_weight === 1 ? "" : `${e.kl_weight}·`}KL` : ""} = ${number(e.loss.loss)}.`);
    const nav = make(main, "nav");
    parts.forEach((p, i) => {
      const button = make(nav, "button", {"aria-pressed": i === part}, p.title);
      button.onclick = () => { part = i; show(); };
    });
    const {sum, note, symbol} = parts[part];
    make(main, "p", {class: "note"}, note);
    draw(main, parts[part]);
    make(main, "div", {class: "formula"});
    const isComplete = sum.paths.length === sum.count;
    make(main, "h2", {}, `∂${symbol}/∂${e.parameter} = ${number(sum.total)}, the sum over ${sum.count.toLocaleString("en")} path${sum.count === 1 ? "" : "s"}`
      + (isComplete ? "" : `, the largest ${sum.paths.length} of them listed`));
    const list = make(make(make(main, "div", {class: "paths"}), "table"), "tbody");
    sum.paths.forEach((p, i) => {
      const row = make(list, "tr", {"data-path": i, tabindex: 0});
      make(row, "td", {}, [...(e.from === "1" ? [] : [e.from]), ...p.through, symbol].join(" → "));
      make(row, "td", {class: "number"}, number(p.product));
      row.onmouseenter = row.onfocus = row.onclick = () => choose(i);
    });
    if (!isComplete) {
      const row = make(list, "tr");
      make(row, "td", {}, "all other paths together");
      make(row, "td", {class: "number"}, number(sum.rest));
    }
    if (e.samples.some(s => s.paths.paths.length < s.paths.count)) {
      make(main, "h2", {}, "The sum by the units of each layer, averaged over the samples");
      const layers = make(main, "div", {class: "layers"});
      for (const layer of e.layers) {
        const box = make(layers, "div");
        make(box, "p", {}, layer.name);
        const others = layer.count - layer.units.length;
        table(box, [...layer.units.map(u => [u.name, number(u.sum)]),
          ...(others ? [[`the other ${others}`, number(layer.rest)]] : []), [`all ${layer.count}`, number(layer.total)]]);
      }
    }
    const g = e.gradient, signed = x => x < 0 ? `(${number(x)})` : number(x), n = e.samples.length;
    make(main, "h2", {}, `∂loss/∂${e.parameter}, found in four ways`);
    const terms = e.samples.slice(0, 4).map(s => signed(s.paths.total)).join(" + ") + (n > 4 ? " + …" : "");
    make(main, "p", {}, `∂loss/∂${e.parameter} = ${n > 1 ? `(${terms}) / ${n}` : terms}`
      + `${e.kl ? ` + ${e.kl_weight === 1 ? "" : `${e.kl_weight}·`}${signed(e.kl.total)}` : ""} = ${number(g.sum_over_paths)}`);
    table(main, [
      ["back-propagation, all samples in one batch (option 1)", g.back_propagation],
      ["mean of the samples’ own gradients (option 2)", g.mean_over_samples],
      ["sum over all paths", g.sum_over_paths], [`central difference of the loss${g.settles ? "" : ", at a kink"}`, g.central_difference],
    ].map(([name, value]) => [name, value.toExponential(14).replaceAll("-", "−")]));
    choose(Math.min(path, sum.paths.length - 1));
  }
  // #sample=2&path=3 begins there.
  const start = new URLSearchParams(location.hash.slice(1));
  const given = name => Math.max((parseInt(start.get(name), 10) || 1) - 1, 0);
  part = Math.min(given("sample"), parts.length - 1);
  path = given("path");
  show();

  """#
