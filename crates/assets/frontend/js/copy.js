import { say } from "./dom.js";

/** Buttons with `data-copy` put its value on the clipboard and say so. They stay hidden where that cannot work. */
export function copying() {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("[data-copy]")) {
    const label = button.textContent;
    let back;
    button.hidden = false;
    button.addEventListener("click", async () => {
      clearTimeout(back);
      try {
        await navigator.clipboard.writeText(button.dataset.copy);
        button.textContent = "Copied";
        say("Copied");
      } catch {
        button.textContent = "Not copied";
        say("The browser did not allow copying. Select it and copy it instead.");
      }
      back = setTimeout(() => {
        button.textContent = label;
      }, 4000);
    });
  }
}
