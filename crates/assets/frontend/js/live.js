import { say } from "./dom.js";

// How long it is looked again without anybody doing anything: what is left open must not keep its session alive for ever.
const PATIENCE = 30 * 60 * 1000;

/**
 * An element with an id and `data-live` says how far something is. It is looked again every so many seconds, as its page has it,
 * until the page has it without `data-live`: then it is over, and that is said.
 */
export function living() {
  for (const place of document.querySelectorAll("[data-live][id]")) follow(place);
}

function follow(place) {
  const seconds = Math.max(2, Number(place.dataset.live) || 5);
  const until = Date.now() + PATIENCE;
  const again = () => setTimeout(look, seconds * 1000);
  const look = async () => {
    if (Date.now() > until) return;
    // Nobody sees it, or somebody is about to follow a link in it.
    if (document.hidden || place.contains(document.activeElement)) {
      again();
      return;
    }
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" }, redirect: "error" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const now = page.getElementById(place.id);
      if (!answer.ok || !now) return;
      place.replaceChildren(...now.childNodes);
      if (now.dataset.live) {
        again();
        return;
      }
      say(`It is finished. ${place.textContent.trim()}`);
      const all = document.createElement("a");
      all.className = "govuk-link";
      all.href = location.href;
      all.textContent = "Show the whole report";
      const line = document.createElement("p");
      line.className = "govuk-body";
      line.append(all);
      place.append(line);
    } catch {
      // The line is broken, or nobody is signed in any more: the link is there all the same.
      again();
    }
  };
  again();
}
