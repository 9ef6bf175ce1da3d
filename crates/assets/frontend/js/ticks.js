import { make, unseen } from "./dom.js";

/**
 * A form with `data-bulk` and an id acts on ticked rows. This says how many are ticked, in the element with
 * `data-bulk-count`, and puts a box that ticks them all where the table has `data-tick-all`.
 */
export function ticking() {
  for (const form of document.querySelectorAll("form[data-bulk][id]")) {
    const boxes = [...document.querySelectorAll(`input[type="checkbox"][form="${CSS.escape(form.id)}"]`)];
    if (boxes.length > 0) bulk(form, boxes);
  }
}

function bulk(form, boxes) {
  const count = form.querySelector("[data-bulk-count]");
  const place = document.querySelector(`[data-tick-all="${CSS.escape(form.id)}"]`);
  let all;

  const tell = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    if (count) count.textContent = ticked === 0 ? "None ticked:" : `${ticked} ticked:`;
    if (all) {
      all.checked = ticked === boxes.length;
      all.indeterminate = ticked > 0 && ticked < boxes.length;
    }
  };

  if (count) count.setAttribute("role", "status");
  if (place) {
    const id = `${form.id}-all`;
    all = make("input", { class: "govuk-checkboxes__input", type: "checkbox", id });
    all.addEventListener("change", () => {
      for (const box of boxes) box.checked = all.checked;
      tell();
    });
    place.append(
      make(
        "div",
        { class: "govuk-checkboxes govuk-checkboxes--small" },
        make(
          "div",
          { class: "govuk-checkboxes__item" },
          all,
          make("label", { class: "govuk-label govuk-checkboxes__label", for: id }, unseen("Tick all on this page")),
        ),
      ),
    );
  }
  for (const box of boxes) box.addEventListener("change", tell);
  // A browser keeps ticks when somebody comes back to a page, and tells nobody; `pageshow` comes after that.
  window.addEventListener("pageshow", tell);
  tell();
}
