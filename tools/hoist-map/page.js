/* SPDX-License-Identifier: BSD-2-Clause */
/* What moves on the page that `hoist-map --html` writes: highlights, zoom, light and dark. Without it the page is whole. */
"use strict";
(function () {
  const SIZES = [["1G", 1n << 30n], ["2M", 1n << 21n], ["4K", 1n << 12n]];
  const LEAVES_SHOWN = 1024;
  const picture = document.getElementById("picture");
  const zoom = document.getElementById("zoom");
  const ranges = Array.from(document.querySelectorAll("g.range"));
  const hex = (number) => number.toString(16).padStart(16, "0");
  const place = (group) => ({ va: BigInt(group.dataset.va), pa: BigInt(group.dataset.pa), size: BigInt(group.dataset.size) });

  function meet(one, other) {
    const a = place(one), b = place(other);
    return one !== other && one.dataset.leaves && other.dataset.leaves && a.pa < b.pa + b.size && b.pa < a.pa + a.size;
  }

  function light(group, on) {
    picture.classList.toggle("busy", on);
    for (const link of picture.querySelectorAll(".link")) {
      link.classList.toggle("on", on && link.dataset.range === group.dataset.range);
    }
    for (const other of ranges) {
      other.classList.toggle("on", on && other === group);
      other.classList.toggle("alias", on && meet(group, other));
    }
  }

  /* The leaves of a range: at each place the largest that is among those counted and fits. */
  function* leavesOf(group) {
    const counts = group.dataset.leaves.split(" ").map(BigInt);
    let { va, pa, size } = place(group);
    while (size > 0n) {
      const found = SIZES.findIndex(([, bytes], i) => counts[i] > 0n && (va | pa) % bytes === 0n && bytes <= size);
      if (found < 0) { return; }
      const [name, bytes] = SIZES[found];
      counts[found]--;
      yield { name, va, pa };
      va += bytes; pa += bytes; size -= bytes;
    }
  }

  function show(group) {
    const body = zoom.querySelector(".leaves");
    const widths = { "1G": "5.2rem", "2M": "2.4rem", "4K": ".8rem" };
    let shown = 0, left = 0;
    body.replaceChildren();
    body.className = "leaves " + group.dataset.colour;
    for (const leaf of group.dataset.leaves ? leavesOf(group) : []) {
      if (shown === LEAVES_SHOWN) { left++; if (left > 100000) { break; } continue; }
      const box = document.createElement("span");
      box.className = "leaf";
      box.style.width = widths[leaf.name];
      box.title = `${leaf.name} at ${hex(leaf.va)} to ${hex(leaf.pa)}`;
      body.append(box);
      shown++;
    }
    zoom.querySelector("h3").textContent = group.querySelector("title").textContent;
    zoom.querySelector(".more").textContent = left === 0 ? `${shown} leaves; each tells its addresses under the pointer`
      : `the first ${shown} leaves of ${group.dataset.leaves.split(" ").map(Number).reduce((a, b) => a + b)}`;
    zoom.hidden = false;
    zoom.dataset.range = group.dataset.range;
    for (const row of document.querySelectorAll("#ranges tr")) { row.classList.toggle("on", row.id === "r" + group.dataset.range); }
    zoom.scrollIntoView({ block: "nearest" });
    zoom.querySelector("button").focus();
  }

  function back() {
    const group = ranges.find((one) => one.dataset.range === zoom.dataset.range);
    if (zoom.hidden) { return; }
    zoom.hidden = true;
    if (group) { group.focus(); }
  }

  for (const group of ranges) {
    group.addEventListener("mouseenter", () => light(group, true));
    group.addEventListener("mouseleave", () => light(group, false));
    group.addEventListener("focus", () => light(group, true));
    group.addEventListener("blur", () => light(group, false));
    group.addEventListener("click", () => show(group));
    group.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); show(group); } });
  }
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") { back(); } });
  zoom.querySelector("button").addEventListener("click", back);

  const scheme = document.getElementById("scheme");
  scheme.hidden = false;
  scheme.addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.scheme ? root.dataset.scheme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.scheme = dark ? "light" : "dark";
  });
})();
