"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const data = JSON.parse($("data").textContent);
  const nodes = data.nodes, NS = "http://www.w3.org/2000/svg";
  const stage = $("stage"), world = $("world"), svg = world.querySelector("svg"), details = $("details"), find = $("find"), hits = $("hits");
  const links = nodes.map(() => []);  // per node: indices of its lines
  data.lines.forEach(([s, t], i) => { links[s].push(i); if (t !== s) links[t].push(i); });
  const boxes = [], paths = [];  // elements of drawn nodes and lines
  svg.querySelectorAll("g.box").forEach((g) => { boxes[+g.dataset.i] = g; });
  svg.querySelectorAll("path.line").forEach((p, i) => { paths[data.drawn[i]] = p; });
  let k = 1, x = 0, y = 0, picked = -1;

  // ---- moving and zooming
  let idle = 0;
  const show = () => {
    world.style.transform = `translate(${x}px, ${y}px) scale(${k})`;
    world.classList.toggle("far", k < 0.5); world.classList.toggle("away", k < 0.2);
    world.classList.add("live");  // moved by the compositor; drawn sharp again once it rests
    clearTimeout(idle); idle = setTimeout(() => world.classList.remove("live"), 180);
  };
  const glide = () => { world.classList.add("gliding"); setTimeout(() => world.classList.remove("gliding"), 260); };
  const zoom = (factor, cx = stage.clientWidth / 2, cy = stage.clientHeight / 2) => {
    const next = Math.min(Math.max(k * factor, 0.03), 4);
    x = cx - (cx - x) * next / k; y = cy - (cy - y) * next / k; k = next; show();
  };
  const room = () => details.hidden || details.offsetLeft < 40 ? stage.clientWidth : details.offsetLeft;
  const extent = () => nodes.reduce((e, n, i) => boxes[i] ? [Math.min(e[0], n.x), Math.min(e[1], n.y), Math.max(e[2], n.x + n.w), Math.max(e[3], n.y + n.h)] : e, [Infinity, Infinity, -Infinity, -Infinity]);
  const fit = () => {
    const [l, t, r, b] = extent(), pad = 28;
    if (!(r > l)) return;
    k = Math.min((room() - 2 * pad) / (r - l), (stage.clientHeight - 2 * pad) / (b - t), 1.15);
    x = (room() - (r + l) * k) / 2; y = (stage.clientHeight - (b + t) * k) / 2;
    show();
  };
  const centre = (i) => { const n = nodes[i]; x = room() / 2 - (n.x + n.w / 2) * k; y = stage.clientHeight / 2 - (n.y + n.h / 2) * k; show(); };
  const reveal = (i) => {  // move as little as shows the box whole, and its neighbours where they fit
    const pad = 24, low = details.hidden || details.offsetLeft >= 40 ? stage.clientHeight : details.offsetTop;
    if (k < 0.45) { k = 0.8; centre(i); }
    const around = (all) => all.reduce((e, n) => [Math.min(e[0], n.x), Math.min(e[1], n.y), Math.max(e[2], n.x + n.w), Math.max(e[3], n.y + n.h)], [Infinity, Infinity, -Infinity, -Infinity]);
    const near = around(nodes.filter((n, j) => boxes[j] && boxes[j].classList.contains("near"))), own = around([nodes[i]]);
    const along = (now, from, to, whole) => now + from * k < pad ? pad - from * k : now + to * k > whole - pad ? whole - pad - to * k : now;
    const wide = (near[2] - near[0]) * k <= room() - 2 * pad ? near : own, tall = (near[3] - near[1]) * k <= low - 2 * pad ? near : own;
    x = along(x, wide[0], wide[2], room()); y = along(y, tall[1], tall[3], low);
    show();
  };
  const pointers = new Map();
  let moved = 0, from = null;
  stage.addEventListener("wheel", (e) => {
    if (e.target.closest("#details, #legend")) return;
    e.preventDefault();
    const r = stage.getBoundingClientRect(), step = Math.max(-60, Math.min(60, e.deltaY * (e.deltaMode ? 20 : 1)));
    zoom(Math.exp(-step * 0.004), e.clientX - r.left, e.clientY - r.top);
  }, { passive: false });
  stage.addEventListener("pointerdown", (e) => {
    if (e.target.closest("#details, #legend, #keys") || e.button > 0) return;
    pointers.set(e.pointerId, e); moved = 0; from = e.target.closest("g.box"); stage.classList.add("moving");
  });
  addEventListener("pointermove", (e) => {
    const before = pointers.get(e.pointerId);
    if (!before) return;
    const dx = e.clientX - before.clientX, dy = e.clientY - before.clientY;
    if (pointers.size === 2) {
      const other = [...pointers.values()].find((p) => p.pointerId !== e.pointerId), r = stage.getBoundingClientRect();
      const far = (p) => Math.hypot(p.clientX - other.clientX, p.clientY - other.clientY) || 1;
      zoom(far(e) / far(before), (e.clientX + other.clientX) / 2 - r.left, (e.clientY + other.clientY) / 2 - r.top);
    } else { x += dx; y += dy; }
    moved += Math.abs(dx) + Math.abs(dy); pointers.set(e.pointerId, e);
    if (moved > 4) show();
  });
  const released = (e) => {
    if (!pointers.delete(e.pointerId)) return;
    stage.classList.remove("moving");
    if (moved <= 4 && e.type === "pointerup") pick(from ? +from.dataset.i : -1);
  };
  addEventListener("pointerup", released); addEventListener("pointercancel", released);

  // ---- boxes and lines that were not drawn at first
  const make = (name, attributes, text) => {
    const e = document.createElementNS(NS, name);
    for (const a in attributes) e.setAttribute(a, attributes[a]);
    if (text !== undefined) e.textContent = text;
    return e;
  };
  const free = (n, i) => !nodes.some((o, j) => j !== i && boxes[j] && n.x < o.x + o.w + 8 && o.x < n.x + n.w + 8 && n.y < o.y + o.h + 8 && o.y < n.y + n.h + 8);
  const way = (a, b) => {
    if (a === b) return `M${a.x + a.w} ${a.y + 8}c34 -18 34 ${a.h} 0 ${a.h - 16}`;
    const right = b.x > a.x + a.w - 1, left = b.x + b.w < a.x + 1;
    const x1 = left ? a.x : a.x + a.w, x2 = right ? b.x : b.x + b.w, y1 = a.y + a.h / 2, y2 = b.y + b.h / 2;
    const c = right || left ? (x2 - x1) / 2 : 60, d = right || left ? -c : 60;
    return `M${x1} ${y1}C${x1 + c} ${y1} ${x2 + d} ${y2} ${x2} ${y2}`;
  };
  const drawLine = (i, passing) => {
    const [s, t, kind, count, guessed] = data.lines[i], p = make("path", {
      class: `line ${data.kinds[kind]}${guessed ? " guessed" : ""}${passing ? " passing" : ""}`, "data-s": s, "data-t": t,
      "marker-end": `url(#tip-${data.kinds[kind]})`, d: way(nodes[s], nodes[t]),
    });
    p.append(make("title", {}, `${nodes[s].id} ${data.kinds[kind]} ${nodes[t].id}${count > 1 ? ` (${count} times)` : ""}`));
    p.style.display = hidden.has(data.kinds[kind]) ? "none" : "";
    svg.insertBefore(p, svg.querySelector("g.box")); paths[i] = p;
    return p;
  };
  const drawBox = (i, beside, onRight) => {
    const n = nodes[i], a = nodes[beside];
    n.x = onRight ? a.x + a.w + 90 : a.x - n.w - 90; n.y = a.y + a.h / 2 - n.h / 2;
    for (let step = 1, home = n.y; !free(n, i) && step < 400; step++) n.y = home + (step % 2 ? 1 : -1) * Math.ceil(step / 2) * (n.h + 10);
    const g = make("g", { class: `box ${n.kind}${n.test ? " test" : ""}`, "data-i": i, transform: `translate(${n.x} ${n.y})` });
    g.append(make("title", {}, `${n.label} (${n.kind}) ${n.note}`), make("rect", { class: "card", width: n.w, height: n.h, rx: 6 }),
      make("rect", { class: "tint", width: n.w, height: n.h, rx: 6 }),
      make("text", { class: "glyph", x: 15, y: 20 }, n.glyph), make("text", { class: "label", x: 28, y: 20 }, n.short));
    if (n.note) g.append(make("text", { class: "note", x: 28, y: 35 }, n.place));
    svg.append(g); boxes[i] = g;
    links[i].forEach((l) => { const [s, t] = data.lines[l]; if (boxes[s] && boxes[t] && !paths[l]) drawLine(l, false); });
  };

  // ---- choosing a box
  const element = (name, text, attributes = {}) => Object.assign(document.createElement(name), { textContent: text }, attributes);
  const passing = () => { svg.querySelectorAll(".passing").forEach((p) => p.remove()); paths.forEach((p, i) => { if (!p.isConnected) delete paths[i]; }); };
  const pick = (i, beside = -1, onRight = true) => {
    if (i >= 0 && !boxes[i]) {
      const drawn = links[i].map((n) => data.lines[n]).filter(([s, t]) => boxes[s === i ? t : s]);
      const l = drawn.find((line) => data.kinds[line[2]] !== "defines") || drawn[0];
      if (beside >= 0) drawBox(i, beside, onRight);
      else if (l) drawBox(i, l[0] === i ? l[1] : l[0], l[0] !== i);
      else drawBox(i, Math.max(data.focus, boxes.findIndex(Boolean)), true);
    }
    passing();
    svg.querySelectorAll(".near, .on, .picked").forEach((e) => e.classList.remove("near", "on", "picked"));
    world.classList.toggle("picked", i >= 0); picked = i;
    if (i < 0) { details.hidden = true; return; }
    boxes[i].classList.add("near", "picked");
    links[i].forEach((l) => {
      const [s, t] = data.lines[l], other = s === i ? t : s;
      if (!boxes[other]) return;
      (paths[l] || drawLine(l, true)).classList.add("on"); boxes[other].classList.add("near");
    });
    tell(i); reveal(i);
  };
  const list = (names, row, most = 24) => {
    const ul = element("ul", "");
    const more = (start, count) => {
      names.slice(start, start + count).forEach((n) => ul.append(row(n)));
      if (start + count >= names.length) return;
      const li = element("li", ""), b = element("button", `and ${names.length - start - count} more`);
      b.addEventListener("click", () => { li.remove(); more(start + count, 10000); }); li.append(b); ul.append(li);
    };
    more(0, most);
    return ul;
  };
  const tell = (i) => {
    const n = nodes[i], close = element("button", "×", { className: "close", title: "close (Esc)" });
    close.addEventListener("click", () => { pick(-1); stage.focus(); });
    details.replaceChildren(element("div", n.test ? `${n.kind}, test` : n.kind, { className: "kind" }), element("h2", n.label), close);
    if (n.note) details.append(element("code", n.note));
    if (n.signature) details.append(element("pre", n.signature));
    if (n.doc) details.append(element("p", n.doc));
    n.rows.forEach((r) => details.append(element("p", r)));
    data.kinds.forEach((kind, number) => [[0, data.words[number][0]], [1, data.words[number][1]]].forEach(([end, words]) => {
      const rows = links[i].filter((l) => data.lines[l][2] === number && data.lines[l][end] === i).map((l) => ({ other: data.lines[l][1 - end], count: data.lines[l][3], guessed: data.lines[l][4] }));
      if (!rows.length) return;
      rows.sort((a, b) => b.count - a.count);
      details.append(element("h3", `${words} (${rows.length})`), list(rows, ({ other, count, guessed }) => {
        const li = element("li", ""), b = element("button", nodes[other].label);
        const said = [count > 1 ? `${count}×` : "", guessed ? "guessed" : "", boxes[other] ? "" : "+"].filter(Boolean).join(" ");
        if (said) b.append(element("small", `  ${said}`));
        b.addEventListener("click", () => { glide(); pick(other, i, end === 0); });
        li.append(b); return li;
      }));
    }));
    if (n.inside.length) details.append(element("h3", `modules (${n.inside.length})`), list(n.inside, (m) => element("li", m, { className: "plain" }), 40));
    details.hidden = false; details.scrollTop = 0;
  };

  // ---- search
  let chosen = 0;
  const matches = (q) => {
    const words = q.toLowerCase().split(/\s+/).filter(Boolean), found = [];
    if (!words.length) return found;
    nodes.forEach((n, i) => {
      const label = n.label.toLowerCase(), whole = `${label} ${n.id.toLowerCase()} ${n.inside.join(" ").toLowerCase()}`;
      if (words.every((w) => whole.includes(w))) found.push([label === q.toLowerCase() ? 0 : label.includes(words[0]) ? 1 : 2, boxes[i] ? 0 : 1, label.length, i]);
    });
    return found.sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3]).map((f) => f[3]);
  };
  const search = () => {
    const found = matches(find.value), word = find.value.trim().toLowerCase().split(/\s+/)[0];
    const named = found.filter((i) => nodes[i].label.toLowerCase().includes(word)), all = new Set(named.length ? named : found);
    boxes.forEach((b, i) => b.classList.toggle("found", all.has(i)));
    chosen = 0;
    hits.replaceChildren(...found.slice(0, 12).map((i, at) => {
      const li = element("li", nodes[i].label, { id: `hit${at}` });
      li.setAttribute("role", "option"); li.dataset.i = i; li.setAttribute("aria-selected", at === 0);
      li.append(element("small", `${nodes[i].note}${boxes[i] ? "" : " · not drawn yet"}`));
      li.addEventListener("pointerdown", (e) => { e.preventDefault(); go(i); });
      return li;
    }));
    if (found.length > 12) hits.append(element("li", `and ${found.length - 12} more`, { className: "none" }));
    if (!found.length && find.value.trim()) hits.append(element("li", "nothing of that name in this picture", { className: "none" }));
    find.setAttribute("aria-expanded", found.length > 0); find.setAttribute("aria-activedescendant", found.length ? "hit0" : "");
  };
  const choose = (step) => {
    const rows = hits.querySelectorAll("li[data-i]");
    if (!rows.length) return;
    rows[chosen].setAttribute("aria-selected", false); chosen = (chosen + step + rows.length) % rows.length;
    rows[chosen].setAttribute("aria-selected", true); rows[chosen].scrollIntoView({ block: "nearest" });
    find.setAttribute("aria-activedescendant", rows[chosen].id);
  };
  const close = () => { hits.replaceChildren(); find.setAttribute("aria-expanded", false); };
  const go = (i) => { close(); boxes.forEach((b) => b.classList.remove("found")); glide(); pick(i); stage.focus(); };
  find.addEventListener("input", search); find.addEventListener("focus", search); find.addEventListener("blur", close);
  find.addEventListener("keydown", (e) => {
    const row = hits.querySelectorAll("li[data-i]")[chosen];
    if (e.key === "ArrowDown") choose(1); else if (e.key === "ArrowUp") choose(-1);
    else if (e.key === "Enter" && row) go(+row.dataset.i);
    else if (e.key === "Escape") { find.value = ""; search(); close(); stage.focus(); } else return;
    e.preventDefault(); e.stopPropagation();
  });

  // ---- kinds of lines, theme, keys
  const hidden = new Set();
  document.querySelectorAll("#legend input").forEach((c) => c.addEventListener("change", () => {
    if (c.checked) hidden.delete(c.value); else hidden.add(c.value);
    svg.querySelectorAll(`path.line.${c.value}`).forEach((p) => { p.style.display = c.checked ? "" : "none"; });
  }));
  const themed = (name) => [document.documentElement, ...document.querySelectorAll("svg.graph")].forEach((e) => { e.classList.remove("light", "dark"); e.classList.add(name); });
  const isDark = () => document.documentElement.classList.contains("dark") || (!document.documentElement.classList.contains("light") && matchMedia("(prefers-color-scheme: dark)").matches);
  $("theme").addEventListener("click", () => themed(isDark() ? "light" : "dark"));
  $("in").addEventListener("click", () => { glide(); zoom(1.35); });
  $("out").addEventListener("click", () => { glide(); zoom(1 / 1.35); });
  $("fit").addEventListener("click", () => { glide(); fit(); });
  $("help").addEventListener("click", () => { $("keys").hidden = !$("keys").hidden; });
  const towards = (dx, dy) => {  // the box that lies most in that direction, of the linked ones if there is one
    const a = nodes[picked];
    const best = (wanted) => nodes.reduce((found, n, i) => {
      if (i === picked || !boxes[i] || !wanted(i)) return found;
      const ex = n.x + n.w / 2 - a.x - a.w / 2, ey = n.y + n.h / 2 - a.y - a.h / 2, along = ex * dx + ey * dy;
      const aside = Math.abs(ex * dy - ey * dx), cost = along + 3 * aside;
      return along > aside / 2 && cost < found[1] ? [i, cost] : found;
    }, [-1, Infinity])[0];
    const linked = best((i) => boxes[i].classList.contains("near")), next = linked >= 0 && dx ? linked : best(() => true);
    if (next >= 0) { glide(); pick(next); }
  };
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  addEventListener("keydown", (e) => {
    if (e.target === find || e.ctrlKey || e.metaKey || e.altKey) return;
    const arrow = ARROWS[e.key];
    if (e.key === "/") find.focus();
    else if (e.key === "Escape") { $("keys").hidden = true; pick(-1); }
    else if (e.key === "+" || e.key === "=") zoom(1.25); else if (e.key === "-") zoom(0.8); else if (e.key === "0") { glide(); fit(); }
    else if (e.key === "t") $("theme").click(); else if (e.key === "?") $("help").click();
    else if (arrow && e.target === stage && picked >= 0) towards(...arrow);
    else if (arrow && e.target === stage) { x -= arrow[0] * 60; y -= arrow[1] * 60; show(); }
    else if (e.key === "Enter" && e.target === stage && picked < 0) { const first = data.focus >= 0 ? data.focus : boxes.findIndex(Boolean); if (first >= 0) pick(first); }
    else return;
    e.preventDefault();
  });
  addEventListener("resize", show);
  if (innerWidth <= 640 && $("legend")) $("legend").open = false;
  fit();
})();
