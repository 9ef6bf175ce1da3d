import { make, say, size, unseen } from "./dom.js";

// Each file goes in a request of its own, so that one failure costs one file. Two at a time keep a slow line busy
// between files without sharing it so thinly that nothing ends.
const AT_ONCE = 2;

/**
 * A form with `data-upload` and a file input sends each chosen or dropped file alone, and shows how far it is.
 *
 * The server answers the form's own address: 201 with `{name, href, note?}`, or 4xx and 5xx with `{problem}`
 * and, where something can be done about it elsewhere, `{href, link}`.
 */
export function uploading() {
  for (const form of document.querySelectorAll("form[data-upload]")) {
    const input = form.querySelector('input[type="file"]');
    if (input) new Upload(form, input);
  }
}

class Upload {
  constructor(form, input) {
    this.form = form;
    this.input = input;
    this.items = [];
    this.drop = form.querySelector("[data-upload-drop]") || form;
    this.lists = {};
    this.summary = make("p", { class: "govuk-body-l", role: "status", tabindex: "-1", hidden: true });
    form.append(this.summary);
    for (const [state, title] of [["failed", "Need you"], ["going", "On their way"], ["done", "Done"]]) {
      const list = make("ul", { class: "govuk-list ch-files" });
      const section = make("section", { hidden: true }, make("h2", { class: "govuk-heading-m" }, title), list);
      this.lists[state] = { section, list };
      form.append(section);
    }
    // Choosing is sending, so the button has nothing left to do.
    for (const button of form.querySelectorAll("[data-upload-send]")) button.hidden = true;
    this.drop.classList.add("ch-drop--ready");
    input.addEventListener("change", () => {
      this.add([...input.files]);
      input.value = "";
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    this.dropping();
    window.addEventListener("beforeunload", (event) => {
      if (this.items.some((item) => item.state === "going")) {
        event.preventDefault();
        // Older browsers ask only when this is set.
        event.returnValue = "";
      }
    });
  }

  dropping() {
    let depth = 0;
    const mark = () => this.drop.classList.toggle("ch-drop--over", depth > 0);
    const files = (event) => [...(event.dataTransfer?.types || [])].includes("Files");
    this.drop.addEventListener("dragenter", (event) => {
      if (!files(event)) return;
      event.preventDefault();
      depth += 1;
      mark();
    });
    this.drop.addEventListener("dragover", (event) => {
      if (files(event)) event.preventDefault();
    });
    this.drop.addEventListener("dragleave", () => {
      depth = Math.max(0, depth - 1);
      mark();
    });
    this.drop.addEventListener("drop", (event) => {
      if (!files(event)) return;
      event.preventDefault();
      depth = 0;
      mark();
      const chosen = [];
      const folders = [];
      for (const entry of event.dataTransfer.items) {
        const file = entry.kind === "file" && entry.getAsFile();
        if (!file) continue;
        (entry.webkitGetAsEntry?.()?.isDirectory ? folders : chosen).push(file);
      }
      this.add(this.input.multiple ? chosen : chosen.slice(0, 1));
      for (const folder of folders) {
        this.add([folder], "This is a folder. Open it and drop the files in it instead.");
      }
    });
  }

  add(files, problem) {
    for (const file of files) {
      const item = new Item(this, file);
      this.items.push(item);
      if (problem) item.fail(problem, false);
      else item.queue();
    }
    this.next();
  }

  /** Starts as many waiting files as may go at once. */
  next() {
    const going = this.items.filter((item) => item.state === "going");
    let free = AT_ONCE - going.filter((item) => item.request).length;
    for (const item of going) {
      if (free <= 0) break;
      if (!item.request) {
        item.send();
        free -= 1;
      }
    }
    this.tell();
  }

  tell() {
    const count = (state) => this.items.filter((item) => item.state === state).length;
    const [failed, going, done] = [count("failed"), count("going"), count("done")];
    for (const [state, number] of [["failed", failed], ["going", going], ["done", done]]) {
      this.lists[state].section.hidden = number === 0;
    }
    const total = failed + going + done;
    this.summary.hidden = total === 0;
    const parts = [
      failed && `${failed} ${failed === 1 ? "needs" : "need"} you`,
      going && `${going} ${going === 1 ? "is" : "are"} on ${going === 1 ? "its" : "their"} way`,
      done && `${done} ${done === 1 ? "is" : "are"} done`,
    ].filter(Boolean);
    const words = `${total} ${total === 1 ? "file" : "files"}: ${parts.join(", ")}`;
    // Set only when it changed, or a screen reader says it again.
    if (total > 0 && this.summary.textContent !== words) this.summary.textContent = words;
  }

  remove(item) {
    this.items = this.items.filter((other) => other !== item);
    item.element.remove();
    this.next();
    // The button that had the focus is gone; without this a keyboard would be sent to the top of the page.
    (this.summary.hidden ? this.input : this.summary).focus();
  }
}

class Item {
  constructor(upload, file) {
    this.upload = upload;
    this.file = file;
    this.what = make("div");
    this.actions = make("div", { class: "ch-row" });
    this.heading = make(
      "h3",
      { class: "govuk-heading-s", tabindex: "-1" },
      file.name,
      " ",
      make("span", { class: "govuk-!-font-weight-regular ch-quiet ch-small" }, size(file.size)),
    );
    this.element = make("li", { class: "ch-file" }, make("div", {}, this.heading, this.what), this.actions);
  }

  /** Shows what the file has come to, in the list of its state. */
  show(state, what, actions) {
    // An element that moves, or whose button goes, loses the focus, and a keyboard would start again at the top.
    const held = this.element.contains(document.activeElement);
    this.state = state;
    this.what.replaceChildren(...what);
    this.actions.replaceChildren(...actions);
    const { section, list } = this.upload.lists[state];
    section.hidden = false;
    if (this.element.parentNode !== list) list.append(this.element);
    if (held) this.heading.focus({ preventScroll: true });
  }

  button(text, act) {
    const button = make(
      "button",
      { type: "button", class: "govuk-button govuk-button--secondary ch-button" },
      text,
      unseen(` ${this.file.name}`),
    );
    button.addEventListener("click", act);
    return button;
  }

  queue() {
    this.request = undefined;
    this.bar = make("progress", { max: "1", value: "0", "aria-label": this.file.name });
    this.far = make("p", { class: "govuk-body ch-small ch-quiet" }, "Waiting");
    this.show(
      "going",
      [make("p", { class: "govuk-body" }, this.bar), this.far],
      [this.button("Cancel", () => this.cancel())],
    );
  }

  send() {
    const { form, input } = this.upload;
    // The server reads a request as it comes, so what it must check stands before the file.
    const body = new FormData();
    for (const [name, value] of new FormData(form)) {
      if (name !== input.name) body.append(name, value);
    }
    body.append("file", this.file, this.file.name);
    const request = new XMLHttpRequest();
    this.request = request;
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "text";
    request.upload.addEventListener("progress", (event) => this.progress(event));
    request.addEventListener("load", () => this.answer(request));
    request.addEventListener("error", () => this.fail("The connection was lost before this file was whole. Nothing of it was kept."));
    request.addEventListener("timeout", () => this.fail("The realm took too long to answer. Nothing of this file was kept."));
    this.far.textContent = "Starting";
    request.send(body);
  }

  progress(event) {
    if (!event.lengthComputable) return;
    this.bar.max = event.total;
    this.bar.value = event.loaded;
    const whole = event.loaded >= event.total;
    this.far.textContent = whole
      ? "Sent, being checked and stored"
      : `${size(Math.min(event.loaded, this.file.size))} of ${size(this.file.size)}`;
  }

  answer(request) {
    let reply = {};
    try {
      reply = JSON.parse(request.responseText);
    } catch {
      // Not JSON: a proxy's page, or the page to sign in. Explained by its status below.
    }
    if (request.status === 201 && typeof reply.href === "string") this.done(reply);
    else this.fail(typeof reply.problem === "string" ? reply.problem : explain(request.status), true, this.link(reply, reply.link));
  }

  done(reply) {
    this.request = undefined;
    const said = make("p", { class: "govuk-body" });
    said.append(typeof reply.note === "string" && reply.note ? `${reply.note} ` : "In the library. ");
    const link = this.link(reply, "Open");
    if (link) said.append(link);
    this.show("done", [said], []);
    this.upload.next();
  }

  /** A link to what the server named. Only an address of this realm becomes one. */
  link(reply, text) {
    if (typeof reply.href !== "string" || typeof text !== "string") return undefined;
    const address = new URL(reply.href, location.href);
    if (address.origin !== location.origin) return undefined;
    return make("a", { class: "govuk-link", href: address.href }, text, unseen(` ${reply.name || this.file.name}`));
  }

  fail(problem, again = true, wayOut = undefined) {
    this.request = undefined;
    const buttons = [this.button("Remove", () => this.upload.remove(this))];
    if (again) {
      buttons.unshift(
        this.button("Try again", () => {
          this.queue();
          this.upload.next();
        }),
      );
    }
    const said = [make("p", { class: "govuk-error-message" }, unseen("Error: "), problem)];
    if (wayOut) said.push(make("p", { class: "govuk-body" }, wayOut));
    this.show("failed", said, buttons);
    say(`${this.file.name} was not uploaded. ${problem}`);
    this.upload.next();
  }

  cancel() {
    const request = this.request;
    this.request = undefined;
    request?.abort();
    this.upload.remove(this);
    say(`${this.file.name} was cancelled.`);
  }
}

function explain(status) {
  if (status === 413) return "This file is larger than this realm takes.";
  if (status === 401 || status === 403 || (status >= 200 && status < 400)) {
    return "You are no longer signed in here. Sign in again in another tab, then try again.";
  }
  if (status === 404) return "This library is no longer open to you.";
  return "The realm could not store this file. Try again in a few minutes.";
}
