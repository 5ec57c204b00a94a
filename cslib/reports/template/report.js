// Draws the charts and makes tables sortable and searchable. Colours follow the reader's scheme by CSS alone, so nothing is drawn twice.
(function () {
  "use strict";

  function json(element) {
    return JSON.parse(element.textContent);
  }

  // `ast` has Vega interpret its expressions instead of compiling them, which the page's policy forbids.
  function options(theme, mode) {
    return {
      mode: mode || "vega-lite",
      renderer: "svg",
      actions: false,
      ast: true,
      defaultStyle: false,
      tooltip: { disableDefaultStyle: true },
      config: theme,
    };
  }

  async function draw(theme) {
    for (const script of document.querySelectorAll("script.spec")) {
      const plot = script.previousElementSibling;
      try {
        await window.vegaEmbed(plot, json(script), options(theme, plot.dataset.mode));
        plot.querySelector("svg").setAttribute("aria-hidden", "true"); // the plot itself is the image, and is described
        plot.classList.add("drawn");
      } catch (error) {
        plot.removeAttribute("role");
        plot.textContent = plot.dataset.failed;
        plot.classList.add("failed");
        console.error(error);
      }
    }
    document.documentElement.dataset.drawn = String(Math.round(performance.now()));
  }

  function sortable(cell) {
    const text = cell.dataset.sort === undefined ? cell.textContent.trim() : cell.dataset.sort;
    const number = text === "" ? NaN : Number(text);
    return { text, number, missing: text === "" || text === "–" };
  }

  function compare(one, other, down, collator) {
    if (one.missing || other.missing) return one.missing - other.missing; // what is missing stays last
    const numeric = !Number.isNaN(one.number) && !Number.isNaN(other.number);
    const order = numeric ? one.number - other.number : collator.compare(one.text, other.text);
    return down ? -order : order;
  }

  function sort(table, heading, at, collator) {
    const down = heading.getAttribute("aria-sort") !== "descending" && (heading.classList.contains("num") || heading.getAttribute("aria-sort") === "ascending");
    const body = table.tBodies[0];
    const rows = Array.from(body.rows, (row) => ({ row, key: sortable(row.cells[at]) }));
    rows.sort((one, other) => compare(one.key, other.key, down, collator));
    body.append(...rows.map((each) => each.row));
    const folded = rows.filter((each) => each.row.classList.contains("folded")).length; // now the last of the new order
    rows.forEach((each, at) => each.row.classList.toggle("folded", at >= rows.length - folded));
    for (const other of heading.parentElement.cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
  }

  function makeSortable(table) {
    const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });
    Array.from(table.tHead.rows[0].cells).forEach((heading, at) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      button.addEventListener("click", () => sort(table, heading, at, collator));
      heading.append(button);
    });
  }

  // A list of some length can be searched, and be narrowed to one value of a column that offers a choice, such as the CSM.
  function searchable(table) {
    const box = table.closest(".scroll");
    const rows = Array.from(table.tBodies[0].rows);
    if (!box || !box.dataset.search || rows.length <= 8) return;
    const words = document.createElement("input");
    words.type = "search";
    words.setAttribute("aria-label", box.dataset.search + ": " + table.caption.textContent);
    words.placeholder = box.dataset.search;
    const found = document.createElement("output");
    const choices = Array.from(table.tHead.rows[0].cells).filter((heading) => offersChoice(heading, rows)).map((heading) => choice(heading, rows, box.dataset.all));
    const unfold = foldedRows(rows, box);
    const narrow = () => {
      unfold();
      const wanted = words.value.normalize("NFKC").toLowerCase().split(/\s+/);
      let shown = 0;
      for (const row of rows) {
        const text = row.textContent.normalize("NFKC").toLowerCase();
        row.hidden = !wanted.every((word) => text.includes(word)) || !choices.every((one) => one.select.value === "" || one.of(row) === one.select.value);
        shown += !row.hidden;
      }
      found.textContent = shown === rows.length ? "" : box.dataset.found.replace("{shown}", shown).replace("{total}", rows.length);
    };
    const controls = document.createElement("div");
    controls.className = "narrow";
    controls.append(words, ...choices.map((one) => one.select), found);
    controls.addEventListener("input", narrow);
    box.before(controls);
  }

  // A long list begins with its first rows, on a phone with fewer; the others come when they are asked or searched for.
  function foldedRows(rows, box) {
    const first = phone ? 10 : 20;
    if (rows.length <= first) return () => {};
    const button = document.createElement("button");
    const unfold = () => {
      rows.forEach((row) => row.classList.remove("folded"));
      button.remove();
    };
    rows.slice(first).forEach((row) => row.classList.add("folded"));
    button.type = "button";
    button.className = "more";
    button.textContent = box.dataset.more.replace("{count}", rows.length - first);
    button.addEventListener("click", unfold);
    box.after(button);
    return unfold;
  }

  // Where every row has a value of its own, to choose one is to choose a row.
  function offersChoice(heading, rows) {
    return "choice" in heading.dataset && new Set(rows.map((row) => row.cells[heading.cellIndex].textContent)).size < rows.length;
  }

  function choice(heading, rows, all) {
    const of = (row) => row.cells[heading.cellIndex].textContent;
    const select = document.createElement("select");
    select.setAttribute("aria-label", heading.textContent);
    select.append(new Option(heading.textContent + ": " + all, ""));
    const collator = new Intl.Collator(document.documentElement.lang);
    for (const value of Array.from(new Set(rows.map(of))).sort(collator.compare)) select.append(new Option(value, value));
    return { select, of };
  }

  // What does not scroll is no stop for the tab key.
  function stops() {
    for (const box of document.querySelectorAll(".scroll")) {
      if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  }

  // A long card folds by stage: folded at first on a phone, and whole on paper.
  function foldable(row, narrow) {
    const button = document.createElement("button");
    const rows = [];
    for (let next = row.nextElementSibling; next && !next.classList.contains("group"); next = next.nextElementSibling) rows.push(next);
    const fold = (folded) => {
      button.setAttribute("aria-expanded", String(!folded));
      rows.forEach((each) => each.classList.toggle("folded", folded));
    };
    button.type = "button";
    button.append(...row.cells[0].childNodes);
    button.addEventListener("click", () => fold(button.getAttribute("aria-expanded") === "true"));
    row.cells[0].append(button);
    fold(narrow);
  }

  // On a phone a page begins with its answer, and below it the headings of what else there is; whole on paper. What is folded keeps
  // its width, or charts would be drawn in none.
  function foldableSection(heading) {
    const text = heading.parentElement;
    const parts = Array.from(text.children).filter((each) => each !== heading);
    for (let next = text.nextElementSibling; next && !next.querySelector(":scope > " + heading.tagName); next = next.nextElementSibling) parts.push(next);
    const button = document.createElement("button");
    const fold = (folded) => {
      button.setAttribute("aria-expanded", String(!folded));
      parts.forEach((each) => each.classList.toggle("away", folded));
    };
    button.type = "button";
    button.append(...heading.childNodes);
    button.addEventListener("click", () => fold(button.getAttribute("aria-expanded") === "true"));
    heading.append(button);
    fold(true);
    return { fold, holds: (one) => text.contains(one) || parts.some((each) => each.contains(one)) };
  }

  function foldSections() {
    const headings = document.querySelectorAll(document.querySelector(".stage") ? ".stage .flow > .prose > h3:first-child" : ".with-contents > .flow > .prose > h2:first-child");
    const answers = new Set(Array.from(headings, (each) => each.closest(".flow")).map((flow) => flow.querySelector(":scope > .prose > :is(h2, h3):first-child")));
    const sections = Array.from(headings).filter((each) => !answers.has(each)).map((each) => foldableSection(each));
    const show = () => {
      const wanted = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      const found = wanted && sections.find((each) => each.holds(wanted));
      if (!found) return;
      found.fold(false);
      wanted.scrollIntoView();
    };
    window.addEventListener("hashchange", show);
    show();
  }

  // A page in one file holds its data, and hands them out itself.
  function offer(button) {
    const data = button.nextElementSibling;
    button.hidden = false;
    button.addEventListener("click", () => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob(["\ufeff", json(data)], { type: "text/csv;charset=utf-8" }));
      link.download = button.dataset.file;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    });
  }

  function closeMenus(event) {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      const escaped = event.key === "Escape";
      if (escaped) menu.querySelector("summary").focus();
      if (escaped || (event.type === "click" && !menu.contains(event.target))) menu.open = false;
    }
  }

  // The way to the same page a month earlier: runs lie side by side in runs/, and the newest is reached through latest as well.
  function earlier(link) {
    const { own, run, earlier } = link.dataset;
    const here = decodeURIComponent(location.pathname).replace(/\/$/, "/index.html");
    const beside = here.endsWith("/runs/" + run + "/" + own) ? "../" : here.endsWith("/latest/" + own) ? "../runs/" : "";
    link.hidden = !beside;
    if (beside) link.href = "../".repeat(own.split("/").length - 1) + beside + earlier;
  }

  const phone = window.matchMedia("(max-width: 44rem)").matches;
  document.querySelectorAll("table.listing").forEach(searchable);
  document.querySelectorAll("table.sortable").forEach(makeSortable);
  stops();
  window.addEventListener("resize", stops);
  document.addEventListener("toggle", stops, true); // of a table that was folded away
  document.querySelectorAll("a[data-earlier]").forEach(earlier);
  document.querySelectorAll("button.csv").forEach(offer);
  document.querySelectorAll(".scorecard tr.group").forEach((row) => foldable(row, phone));
  if (phone) foldSections();
  document.addEventListener("click", closeMenus);
  document.addEventListener("keydown", closeMenus);
  const current = document.querySelector(".stages [aria-current]");
  if (current) current.parentElement.parentElement.scrollLeft = current.offsetLeft - 48;
  const theme = document.getElementById("chart-theme");
  if (theme && window.vegaEmbed) draw(json(theme));
})();
