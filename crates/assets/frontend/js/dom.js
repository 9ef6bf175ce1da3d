/**
 * Makes an element. Text is set as text, so no name of a file can become markup.
 *
 * @param {string} name - the element's name
 * @param {Record<string, string | boolean>} [attributes] - its attributes; `false` leaves one out
 * @param {...(Node | string)} children - what it holds
 * @returns {HTMLElement} the element
 */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

/**
 * Words that are heard and not seen.
 *
 * @param {string} words - the words
 * @returns {HTMLElement} a span
 */
export const unseen = (words) => make("span", { class: "govuk-visually-hidden" }, words);

let voice;

/**
 * Says something to those who hear the page.
 *
 * @param {string} words - what to say
 */
export function say(words) {
  if (!voice) {
    voice = make("div", { class: "govuk-visually-hidden", role: "status", "aria-live": "polite" });
    document.body.append(voice);
  }
  // The region must be there, and empty, a moment before its text changes, or the change is not announced.
  voice.textContent = "";
  setTimeout(() => {
    voice.textContent = words;
  }, 100);
}

/**
 * A length in bytes as the pages write it: "86 KB", "1.2 MB".
 *
 * @param {number} bytes - the length
 * @returns {string} the length in words
 */
export function size(bytes) {
  if (bytes < 1000) return bytes === 1 ? "1 byte" : `${bytes} bytes`;
  const units = ["KB", "MB", "GB", "TB"];
  let amount = bytes / 1000;
  let unit = 0;
  while (amount >= 999.5 && unit < units.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  return `${amount < 9.95 ? Number(amount.toFixed(1)) : Math.round(amount)} ${units[unit]}`;
}
