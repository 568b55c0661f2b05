// The answer as it is released: lines of JSON from the form's own address, whose HTML the server rendered and escaped.
// Without this file the same form gives the whole answer as a page.
"use strict";
(() => {
  const form = document.getElementById("ask");
  const place = document.getElementById("conversation");
  const state = document.getElementById("ask-state");
  if (!form || !window.ReadableStream) return;
  const button = form.querySelector("button[type=submit]");

  const put = (target, html) => {
    const made = document.createElement("template");
    made.innerHTML = html;
    target.append(made.content);
  };
  const take = {
    begun(line) { place.replaceChildren(); put(place, line.html); place.scrollIntoView({ block: "nearest" }); },
    sentence(line) { put(document.getElementById("said"), line.html); },
    refused(line) { place.replaceChildren(); put(place, line.html); },
    done(line) {
      place.replaceChildren();
      put(place, line.html);
      history.replaceState(null, "", line.place);
      form.reset();
      form.question.value = "";
      state.textContent = "The answer is complete.";
      renew();
    },
  };
  // Another question is another form: it needs a mark of its own.
  function renew() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    form.once.value = [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
  }
  async function read(answer) {
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "", complete = false;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return complete;
      const lines = (rest + value).split("\n");
      rest = lines.pop();
      for (const text of lines) {
        const line = JSON.parse(text);
        take[line.kind](line);
        complete ||= line.kind === "done" || line.kind === "refused";
        if (line.kind === "refused") renew();
      }
    }
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    state.textContent = "Asking.";
    try {
      const answer = await fetch(form.action, {
        method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin",
        headers: { accept: "application/x-ndjson" },
      });
      if (answer.status === 401) {
        const told = await answer.json();
        document.dispatchEvent(new CustomEvent("phiward:ended", { detail: told.kept ? "kept" : "" }));
        return;
      }
      if (answer.redirected) { location.assign(answer.url); return; }
      if (!(answer.headers.get("content-type") || "").startsWith("application/x-ndjson")) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        place.replaceChildren(...page.querySelectorAll("main .note"));
        state.textContent = "";
        renew();
        return;
      }
      if (!await read(answer)) throw new Error("cut off");
      if (state.textContent === "Asking.") state.textContent = "";
    } catch {
      state.textContent = "The connection broke off. If the question was sent, its answer waits under “Asked in the last day”.";
    } finally {
      button.disabled = false;
    }
  });
})();
