// Sends the files of a stick one after the other, so that none is larger than a request may be, and says what became of
// them. The manifest goes last: only then is it known what is missing. Sending a file again does no harm.
(function () {
  "use strict";
  const bring = document.querySelector("[data-carry]");
  if (!bring) { return; }
  const words = bring.dataset;
  const said = bring.querySelector("[data-said]");
  const inputs = bring.querySelectorAll("input[type=file]");
  const TRIES = 3;
  const DEADLINE_MS = 60000;

  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, function (whole, name) { return name in values ? String(values[name]) : whole; });
  }

  function say(lines) {
    said.replaceChildren(...lines.map(function ([text, kind]) {
      const line = document.createElement("p");
      line.textContent = text;
      line.className = kind;
      return line;
    }));
  }

  function ofTerminals(files) {
    const ours = Array.from(files).filter(function (one) { return one.name.endsWith(".zzc") && !one.name.startsWith("answers-"); });
    const last = function (one) { return one.name === "manifest.zzc" ? 1 : 0; };
    return ours.sort(function (one, other) { return last(one) - last(other) || (one.name < other.name ? -1 : 1); });
  }

  async function send(file) {
    for (let n = 1; ; n += 1) {
      try {
        const answer = await fetch(words.carry, {
          method: "POST", body: file, credentials: "same-origin", signal: AbortSignal.timeout(DEADLINE_MS),
          headers: { "Content-Type": "application/vnd.zhizhu.carry", "Zhizhu-Csrf": words.csrf },
        });
        const told = await answer.json();
        return answer.ok ? told : { refused: told.detail };
      } catch (broken) {
        if (n === TRIES) { throw broken; }
      }
    }
  }

  async function bringAll(chosen) {
    const files = ofTerminals(chosen);
    if (files.length === 0) { say([[words.nothing, "trouble"]]); return; }
    const sum = { fresh: 0, known: 0, parked: 0, later: 0, pictures: 0, pictures_refused: 0 };
    const refused = [];
    for (let n = 0; n < files.length; n += 1) {
      say([[fill(words.sending, { n: n + 1, all: files.length }), "hint"]]);
      try {
        const told = await send(files[n]);
        if (told.refused) { refused.push([files[n].name + "：" + told.refused, "trouble"]); continue; }
        Object.keys(sum).forEach(function (key) { sum[key] += told[key]; });
      } catch {
        say([...refused, [fill(words.broken, { n: n }), "trouble"]]);
        return;
      }
    }
    const lines = [...refused];
    if (refused.length < files.length) { lines.push([fill(words.done, sum), "fine"]); }
    if (sum.later) { lines.push([fill(words.later, sum), "trouble"]); }
    if (sum.pictures_refused) { lines.push([fill(words.without, sum), "trouble"]); }
    if (refused.length < files.length) { lines.push([words.next, "hint"]); }
    say(lines);
  }

  inputs.forEach(function (input) {
    input.addEventListener("change", async function () {
      const chosen = Array.from(input.files);
      inputs.forEach(function (one) { one.disabled = true; });
      await bringAll(chosen);
      inputs.forEach(function (one) { one.disabled = false; one.value = ""; });
    });
  });
})();
