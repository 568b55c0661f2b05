// The session on every page: how long it lasts, one warning before its end, and what was typed, kept when it is over.
// Asking how long is no activity; only the button is. Every page works without this file.
"use strict";
(() => {
  const ending = document.getElementById("ending");
  if (!ending) return;
  const warning = Number(ending.dataset.warning), csrf = ending.dataset.csrf;
  const ASK = 30, CLOSE = 5, TYPED = 2000;
  let endsAt = Date.now() + Number(ending.dataset.left) * 1000, over = false, waiting = 0, warned = false;
  const left = () => Math.max(0, Math.round((endsAt - Date.now()) / 1000));

  const send = (path, fields) => fetch(path, {
    method: "POST", credentials: "same-origin", keepalive: true,
    body: new URLSearchParams({ csrf, ...fields }),
  });

  // Forms marked with data-draft: their text is sealed for a day.
  const drafts = () => [...document.querySelectorAll("form[data-draft]")];
  const unsent = new Set();
  async function keep(form) {
    const fields = {};
    for (const [name, value] of new FormData(form))
      if (name !== "csrf" && name !== "once" && typeof value === "string") fields[name] = value;
    try {
      const answer = await send("/draft", { ...fields, draft_place: new URL(form.action).pathname });
      if (answer.ok) { unsent.delete(form); return true; }
    } catch { /* the next key tries again */ }
    return false;
  }
  async function keepAll() {
    const kept = await Promise.all([...unsent].map(keep));
    return kept.length > 0 && kept.every(Boolean);
  }
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-draft]");
    if (!form) return;
    unsent.add(form);
    clearTimeout(waiting);
    waiting = setTimeout(keepAll, TYPED);
  });
  document.addEventListener("submit", (event) => unsent.delete(event.target));

  async function clear(kept) {
    if (over) return;
    over = true;
    const typed = drafts().length > 0;
    const safe = kept || (unsent.size > 0 && await keepAll()) || (typed && unsent.size === 0);
    const page = document.getElementById("ended").content.cloneNode(true);
    if (typed) page.querySelector("[data-kept]").textContent =
      safe ? "What you typed is kept, encrypted, for a day." : "What you typed could not be kept.";
    const way = page.querySelector("a");
    way.href = "/login?because=ended&return_to=" + encodeURIComponent(location.pathname);
    document.querySelectorAll(".stay, .who, .bar nav ul").forEach((one) => one.remove());
    ending.replaceChildren();
    document.title = "Signed out · phiward";
    document.getElementById("main").replaceChildren(page);
    way.focus();
  }

  function show() {
    if (over) return;
    const seconds = left();
    const minutes = Math.floor(seconds / 60);
    const told = document.getElementById("left"), bar = document.getElementById("left-bar");
    if (told) told.textContent = minutes >= 1 ? `${minutes} min left` : `${seconds} s left`;
    if (bar) bar.value = minutes;
    if (seconds <= warning && !warned) {
      warned = true;
      const note = document.getElementById("ending-soon").content.cloneNode(true);
      note.querySelector("[data-minutes]").textContent = seconds > 60 ? "2 minutes" : `${seconds} seconds`;
      note.querySelector("[data-clock]").textContent =
        `${new Date(endsAt).toISOString().slice(11, 16)} UTC`;
      note.querySelector("[data-stay]").addEventListener("click", stay);
      ending.replaceChildren(note);
      keepAll();
    } else if (seconds > warning && warned) {
      warned = false;
      ending.replaceChildren();
    }
    if (seconds === 0) ask();
  }

  function take(told) {
    endsAt = Date.now() + told.seconds_left * 1000;
    const time = document.getElementById("ends");
    if (time) { time.dateTime = told.ends_at; time.textContent = `${told.ends_at.slice(11, 16)} UTC`; }
    show();
  }

  async function stay() {
    try {
      const answer = await send("/session/stay", {});
      if (answer.ok) take(await answer.json()); else if (answer.status === 401) clear(false);
    } catch { /* the page says so when it ends */ }
  }

  let asking = false;
  async function ask() {
    if (over || asking) return;
    asking = true;
    try {
      const answer = await fetch("/session", { credentials: "same-origin", cache: "no-store" });
      if (answer.status === 401) await clear(false);
      else if (answer.ok) {
        const told = await answer.json();
        if (told.seconds_left === 0 && left() === 0) await clear(false); else take(told);
      }
    } catch { if (left() === 0) await clear(false); }
    asking = false;
  }

  let ticks = 0;
  setInterval(() => { ticks += 1; show(); if (ticks % (left() <= warning ? CLOSE : ASK) === 0) ask(); }, 1000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
  addEventListener("pageshow", (event) => { if (event.persisted) ask(); });
  document.addEventListener("phiward:ended", (event) => clear(event.detail === "kept"));
  show();
})();
