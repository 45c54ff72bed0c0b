// Asks for the open page again every few seconds and swaps what is inside [data-refresh], so that an old browser on a
// closed network needs no library. A page that cannot be fetched says so: silence is never shown as fine.
(function () {
  "use strict";
  const main = document.querySelector("[data-refresh]");
  const lost = document.querySelector("[data-lost]");
  if (!main) { return; }
  const everyMs = Number(main.dataset.refresh) * 1000;

  async function again() {
    try {
      const answer = await fetch(location.href, { credentials: "same-origin", signal: AbortSignal.timeout(everyMs * 2) });
      if (answer.redirected) { location.assign(answer.url); return; }
      if (!answer.ok) { throw new Error(String(answer.status)); }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-refresh]");
      const typing = main.contains(document.activeElement) && document.activeElement.matches("input, select, textarea");
      const reading = main.querySelector("details[open]") !== null;
      if (fresh && !typing && !reading && fresh.innerHTML !== main.innerHTML) { main.innerHTML = fresh.innerHTML; }
      lost.hidden = true;
    } catch {
      lost.hidden = false;
    }
    setTimeout(again, everyMs);
  }

  setTimeout(again, everyMs);
})();
