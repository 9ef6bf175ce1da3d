import { make, say } from "./dom.js";
import { Checking } from "./checking.js";
import { Item } from "./sending.js";
import { choosing, dropping } from "./chosen.js";

// Three at a time keep a slow line busy between files without sharing it so thinly that nothing ends.
const AT_ONCE = 3;
// Of thousands of files only so many have a line of their own on the page at a time.
const SHOWN = { failed: 50, stopped: 50, going: 12, done: 20 };
const TITLES = [["failed", "Need you"], ["stopped", "Held or sealed"], ["going", "On their way"], ["done", "Done"]];
// How often the page is drawn again while files go, in milliseconds.
const BETWEEN = 250;

/**
 * A form with `data-upload` and a file input, whose address is that of a library, sends each chosen or dropped
 * file by itself, piece by piece (tus 1.0), and shows how far it is. Folders go with their files.
 */
export function uploading() {
  for (const form of document.querySelectorAll("form[data-upload]")) {
    const input = form.querySelector('input[type="file"]');
    const library = /^\/libraries\/([^/]+)\/upload$/.exec(new URL(form.action, location.href).pathname);
    if (input && library) new Upload(form, input, library[1]);
  }
}

export class Upload {
  constructor(form, input, place) {
    this.form = form;
    this.input = input;
    // The library that files go to, or the document whose versions they become.
    this.place = place;
    // In each state the files in the order in which they came to it.
    this.items = { failed: new Set(), stopped: new Set(), going: new Set(), done: new Set() };
    this.checking = new Checking();
    this.active = new Set();
    this.held = false;
    this.summary = make("p", { class: "govuk-body-l", role: "status", tabindex: "-1", hidden: true });
    this.overall = make("div", { class: "ch-row", hidden: true });
    this.pause = this.button("Pause all", () => this.hold(!this.held));
    this.stop = this.button("Cancel all", () => this.cancelAll());
    this.overall.append(this.pause, this.stop);
    form.append(this.summary, this.overall);
    this.lists = Object.fromEntries(TITLES.map(([state, title]) => [state, this.list(state, title)]));
    this.wire();
    window.addEventListener("online", () => this.again((item) => item.byLine));
    window.addEventListener("beforeunload", (event) => {
      if (this.items.going.size > 0) {
        event.preventDefault();
        // Older browsers ask only when this is set.
        event.returnValue = "";
      }
    });
  }

  /** Choosing is sending, so the button has nothing left to do. */
  wire() {
    const { form, input } = this;
    for (const button of form.querySelectorAll("[data-upload-send]")) button.hidden = true;
    const drop = form.querySelector("[data-upload-drop]") || form;
    choosing(input, drop, (files) => this.add(files));
    dropping(drop, (files) => this.add(files));
    form.addEventListener("submit", (event) => event.preventDefault());
  }

  button(text, act) {
    const attributes = { type: "button", class: "govuk-button govuk-button--secondary ch-button" };
    const button = make("button", attributes, text);
    button.addEventListener("click", act);
    return button;
  }

  list(state, title) {
    const list = make("ul", { class: "govuk-list ch-files" });
    const more = make("p", { class: "govuk-body", hidden: true });
    const head = make("div", { class: "ch-row" }, make("h2", { class: "govuk-heading-m" }, title));
    const retry = state === "failed" && this.button("Try all of them again", () => this.again((item) => !item.asked));
    if (retry) head.append(retry);
    const section = make("section", { hidden: true }, head, list, more);
    this.form.append(section);
    return { section, list, more, retry };
  }

  /** What a file is sent with besides itself. */
  metadata(file, path) {
    const folder = new FormData(this.form).get("folder");
    // What is in the way is asked about when the file is there, so that it is sent once.
    const said = { filename: file.name, library: this.place, asks: "yes" };
    if (folder) said.folder = folder;
    if (path) said.path = path;
    return said;
  }

  /** Takes the token from this page as it would be now. */
  async renew() {
    try {
      const page = await (await fetch(location.href)).text();
      const now = new DOMParser().parseFromString(page, "text/html").querySelector('input[name="csrf"]');
      if (now) this.form.querySelector('input[name="csrf"]').value = now.value;
    } catch {
      // The old one is refused again, and that is said.
    }
  }

  get token() {
    return this.form.querySelector('input[name="csrf"]').value;
  }

  /** Takes files, each with the folder that it is in below what was chosen. */
  add(files) {
    for (const { file, path } of files) this.items.going.add(new Item(this, file, path));
    this.next();
  }

  /** Starts as many waiting files as may go at once. */
  next() {
    if (!this.held) {
      for (const item of this.items.going) {
        if (this.active.size >= AT_ONCE) break;
        if (item.waits) {
          this.active.add(item);
          item.send();
        }
      }
    }
    this.draw();
  }

  /** A file has come to another state, or does not go any more. */
  moved(item, state) {
    this.active.delete(item);
    for (const set of Object.values(this.items)) set.delete(item);
    if (state) this.items[state].add(item);
    else item.element?.remove();
    this.next();
  }

  /** Tries again those of the failed ones. */
  async again(which) {
    // Whoever has signed in again meanwhile has another token for forms.
    if ([...this.items.failed].some((item) => which(item) && item.signedOut)) await this.renew();
    for (const item of [...this.items.failed].filter(which)) {
      this.items.failed.delete(item);
      item.queue();
      this.items.going.add(item);
    }
    this.next();
  }

  /** It is asked what was found in it. */
  check(item) {
    this.checking.add(item);
  }

  hold(held) {
    this.held = held;
    this.pause.textContent = held ? "Continue all" : "Pause all";
    if (held) for (const item of [...this.active]) item.pause();
    else for (const item of this.items.going) item.resume();
    say(held ? "All files are paused." : "All files go on.");
    this.next();
  }

  cancelAll() {
    const all = [...this.items.going];
    for (const item of all) item.give();
    this.active.clear();
    this.items.going.clear();
    say(`${all.length} ${all.length === 1 ? "file was" : "files were"} cancelled.`);
    this.next();
    this.focus();
  }

  /** Where a keyboard goes on when the button that had the focus is gone. */
  focus() {
    (this.summary.hidden ? this.input : this.summary).focus();
  }

  /** Draws what has changed, soon and not more often than is of use. */
  draw() {
    if (this.drawing) return;
    this.drawing = setTimeout(() => {
      this.drawing = undefined;
      for (const [state] of TITLES) this.drawList(state);
      this.tell();
    }, this.drawn ? BETWEEN : 0);
    this.drawn = true;
  }

  drawList(state) {
    const { section, list, more, retry } = this.lists[state];
    const items = this.items[state];
    const shown = new Set();
    // Of what is done the latest, of what goes those that go.
    const all = state === "done" ? [...items].slice(-SHOWN.done) : items;
    for (const item of all) {
      if (shown.size >= SHOWN[state]) break;
      shown.add(item);
    }
    for (const active of this.active) if (state === "going") shown.add(active);
    for (const element of [...list.children]) {
      if (!shown.has(element.item)) element.remove();
    }
    for (const item of shown) {
      const element = item.draw();
      if (element.parentNode !== list) {
        const held = element.contains(document.activeElement);
        list.append(element);
        if (held) item.heading.focus({ preventScroll: true });
      }
    }
    const rest = items.size - shown.size;
    more.hidden = rest <= 0;
    more.textContent = `And ${rest} more ${rest === 1 ? "file" : "files"}.`;
    section.hidden = items.size === 0;
    // What waits there for an answer is answered there, and not sent once more.
    if (state === "failed") retry.hidden = [...items].every((item) => item.asked);
  }

  tell() {
    const { failed: { size: failed }, stopped: { size: stopped }, going: { size: going }, done: { size: done } } = this.items;
    const total = failed + stopped + going + done;
    const checked = [...this.items.done].filter((item) => !item.checked).length;
    this.summary.hidden = total === 0;
    this.overall.hidden = going < 2;
    const parts = [
      failed && `${failed} ${failed === 1 ? "needs" : "need"} you`,
      stopped && `${stopped} ${stopped === 1 ? "is" : "are"} held or sealed`,
      going && `${going} ${going === 1 ? "is" : "are"} ${this.held ? "paused" : `on ${going === 1 ? "its" : "their"} way`}`,
      done && `${done} ${done === 1 ? "is" : "are"} done${checked > 0 ? `, of which ${checked} ${checked === 1 ? "is" : "are"} being checked` : ""}`,
    ].filter(Boolean);
    const words = `${total} ${total === 1 ? "file" : "files"}: ${parts.join(", ")}`;
    // Set only when it changed, or a screen reader says it again.
    if (total > 0 && this.summary.textContent !== words) this.summary.textContent = words;
  }
}
