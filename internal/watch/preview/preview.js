// Keeps the page in step with the files: hears of runs, fetches what changed,
// and puts it in place without losing where the reader is.
(() => {
  "use strict";
  const $ = (id) => document.getElementById(id);
  const find = $("find"), live = $("live");
  let busy = false, again = false, ended = false;

  const params = () => new URLSearchParams(location.search);
  const say = (state, words) => { live.dataset.state = state; live.textContent = words; };

  // What the reader opened and closed stays so: those attributes are theirs.
  const theirs = (el, name) => name === "open" && el.nodeName === "DETAILS";

  function attributes(old, now) {
    for (const a of [...old.attributes]) if (!now.hasAttribute(a.name) && !theirs(old, a.name) && a.name !== "class") old.removeAttribute(a.name);
    for (const a of now.attributes) if (old.getAttribute(a.name) !== a.value && !theirs(old, a.name)) old.setAttribute(a.name, a.value);
    if (!now.hasAttribute("class")) old.removeAttribute("class");
  }

  // Makes old what now is, keeping every element that is still there: so
  // focus, selection and scroll position stay.
  function morph(old, now, fresh) {
    if (old.isEqualNode(now)) return;
    if (old.nodeType !== now.nodeType || old.nodeName !== now.nodeName || (old.id || "") !== (now.id || "")) {
      old.replaceWith(now);
      if (now.nodeType === 1) fresh.add(now);
      return;
    }
    if (old.nodeType !== 1) {
      if (old.parentElement && old.nodeValue.trim() !== now.nodeValue.trim()) fresh.add(old.parentElement);
      old.nodeValue = now.nodeValue;
      return;
    }
    attributes(old, now);
    const rest = new Map();
    for (const c of old.children) if (c.id) rest.set(c.id, c);
    const wanted = new Set([...now.children].map((c) => c.id).filter(Boolean));
    let at = old.firstChild;
    for (const c of [...now.childNodes]) {
      const same = c.nodeType === 1 && c.id ? rest.get(c.id) : null;
      // What stands before it and is gone is taken out: moving an element would
      // lose its scroll position and its focus.
      while (same && at && at !== same && !wanted.has(at.id || "")) { const next = at.nextSibling; at.remove(); at = next; }
      if (same && same !== at) old.insertBefore(same, at);
      const here = same || at;
      if (!here || (!same && here.nodeType === 1 && here.id && wanted.has(here.id))) {
        old.insertBefore(c, at);
        if (c.nodeType === 1) fresh.add(c);
        continue;
      }
      const next = here.nextSibling;
      morph(here, c, fresh);
      at = next;
    }
    while (at) { const next = at.nextSibling; at.remove(); at = next; }
  }

  function put(id, html, mark) {
    const el = $(id), now = el.cloneNode(false), fresh = new Set();
    now.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
    morph(el, now, fresh);
    if (!mark) return;
    for (const f of fresh) {
      if (!f.isConnected) continue;
      f.classList.add("fresh");
      setTimeout(() => f.classList.remove("fresh"), 1700);
    }
  }

  const wanted = () => { const q = params(); q.set("q", find.value); return q.toString(); };

  async function refresh(mark) {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const q = wanted();
      const answer = await fetch("/parts?" + q, { cache: "no-store" });
      if (!answer.ok) throw new Error(answer.status);
      const parts = await answer.json();
      if (q !== wanted()) { again = true; return; } // the reader has chosen something else meanwhile
      for (const id of ["status", "list", "character"]) put(id, parts[id], mark && id === "character");
      document.title = parts.title;
    } catch { /* the events say when there is someone to ask again */ } finally {
      busy = false;
      if (again) { again = false; refresh(mark); }
    }
  }

  function go(c, t) {
    const q = params();
    if (c !== null) { if (c !== q.get("c")) scrollTo(0, 0); q.set("c", c); }
    if (t !== null) q.set("t", t);
    history.pushState(null, "", "/?" + q);
    return refresh(false).then(show);
  }

  function choose(tab) {
    for (const t of document.querySelectorAll("[role=tab]")) {
      const chosen = t === tab;
      t.setAttribute("aria-selected", chosen);
      t.tabIndex = chosen ? 0 : -1;
      $(t.getAttribute("aria-controls")).hidden = !chosen;
    }
    const q = params();
    q.set("t", tab.dataset.t);
    history.replaceState(null, "", "/?" + q);
  }

  document.addEventListener("click", (e) => {
    if (e.ctrlKey || e.metaKey || e.shiftKey || e.button) return;
    const a = e.target.closest("a.go, a[role=tab]");
    if (!a) return;
    e.preventDefault();
    if (a.dataset.c !== undefined) go(a.dataset.c, null);
    else choose(a);
  });

  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const at = document.activeElement;
    if (e.key === "/" && at !== find) { e.preventDefault(); find.select(); return; }
    const tab = at.closest("[role=tab]");
    const row = at === find || at.closest("#list a");
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[e.key];
    if (tab && step && e.key.match(/Left|Right/)) {
      const tabs = [...document.querySelectorAll("[role=tab]")];
      const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
      choose(next); next.focus(); e.preventDefault();
    } else if (tab && e.key === " ") {
      choose(tab); e.preventDefault();
    } else if (row && step && e.key.match(/Up|Down/)) {
      const stops = [find, ...document.querySelectorAll("#list a")];
      const next = stops[Math.min(Math.max(stops.indexOf(at) + step, 0), stops.length - 1)];
      next.focus(); e.preventDefault();
    } else if (at === find && e.key === "Enter") {
      const first = document.querySelector("#list a");
      if (first) first.click();
    } else if (at === find && e.key === "Escape") {
      find.value = ""; refresh(false);
    }
  });

  const show = () => document.querySelector("#list [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  show();

  find.addEventListener("input", () => refresh(false));
  addEventListener("popstate", () => refresh(false));

  const events = new EventSource("/events");
  let first = true;
  events.addEventListener("run", () => { say("live", "live"); refresh(!first); first = false; });
  events.addEventListener("end", () => { ended = true; });
  events.onerror = () => {
    if (events.readyState === EventSource.CLOSED) say("lost", "this watch has ended: open the address that charsync watch prints");
    else say("lost", ended ? "charsync watch has ended" : "connection lost, trying again");
  };
})();
