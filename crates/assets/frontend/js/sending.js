import { Upload as Tus } from "tus-js-client";

import { make, say, size, unseen } from "./dom.js";

// How much goes in one request. What arrived of it stays when the line breaks; several requests also keep a
// long file from outliving the session that sends it.
const PIECE = 32 * 1024 * 1024;
// Files of up to this many bytes go along with the request that announces them.
const AT_ONCE = 1024 * 1024;
// How long to wait before each new attempt, in milliseconds: a server that restarts is back within these.
const PAUSES = [0, 1000, 2000, 4000, 8000, 15000, 30000, 60000];

// What is said until it is known what was found.
const READING = "Only you can open it yet. It is being read for its marking. Others can open it when that is done, usually within seconds.";

/** A name that no other upload has. Browsers have no other way to it on a page that did not come over TLS. */
const key = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** One file on its way. */
export class Item {
  constructor(upload, file, path) {
    this.upload = upload;
    this.file = file;
    this.path = path;
    this.queue();
  }

  /** Waits for its turn, from where it stopped. */
  queue() {
    this.state = "waiting";
    // What waits there for an answer is given up: it was asked to begin again.
    if (this.asked) {
      this.tus?.abort(Boolean(this.tus.url)).catch(() => undefined);
      this.forget();
    }
    this.asked = false;
    this.problem = undefined;
    this.byLine = false;
    this.changed = true;
  }

  get headers() {
    return { "Chancery-Form": this.upload.token, Accept: "application/json" };
  }

  get waits() {
    return this.state === "waiting";
  }

  send() {
    this.state = "sending";
    this.said = this.sent > 0 ? "Going on where it stopped" : "Starting";
    this.changed = true;
    this.tus ||= this.sender();
    this.tus.options.headers = this.headers;
    this.tus.start();
  }

  sender() {
    const { upload, file, path } = this;
    return new Tus(file, {
      endpoint: "/uploads",
      headers: this.headers,
      // Begun again after an answer that was lost, it is the same upload.
      metadata: { ...upload.metadata(file, path), once: key() },
      chunkSize: PIECE,
      uploadDataDuringCreation: file.size <= AT_ONCE,
      retryDelays: PAUSES,
      // What was sent from a machine that others use is not written down on it.
      storeFingerprintForResuming: false,
      onShouldRetry: (error) => this.mayPass(error),
      onProgress: (sent) => this.progress(sent),
      onChunkComplete: (_, accepted) => this.progress(accepted),
      onSuccess: ({ lastResponse }) => this.whole(lastResponse),
      onError: (error) => this.broke(error),
    });
  }

  /** Whether it is worth while to try again by itself. */
  mayPass(error) {
    const status = error.originalResponse?.getStatus() || 0;
    const passes = status === 0 || status === 409 || status === 429 || status === 460 || status >= 500;
    if (passes) {
      this.said = "The line is broken. Trying again";
      this.changed = true;
      this.upload.draw();
    }
    return passes;
  }

  progress(sent) {
    this.sent = sent;
    const whole = sent >= this.file.size;
    this.said = whole ? "Sent, being checked and stored" : `${size(sent)} of ${size(this.file.size)}`;
    this.changed = true;
    this.upload.draw();
  }

  /** All of it is there; the answer says what it became, unless that answer was lost or something is in the way. */
  async whole(answer) {
    let document = answer?.getHeader("Chancery-Document");
    let note = answer?.getHeader("Chancery-Note");
    let reads = answer?.getHeader("Chancery-Reads");
    if (!document) {
      let reply;
      try {
        reply = await fetch(this.tus.url, {
          method: "PATCH",
          headers: {
            ...this.headers,
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": String(this.file.size),
            "Content-Type": "application/offset+octet-stream",
          },
        });
      } catch {
        this.fail("The connection was lost. What was sent is kept, and goes on from there.", undefined, true);
        return;
      }
      if (!reply.ok) {
        this.refused(reply.status, await reply.text());
        return;
      }
      document = reply.headers.get("Chancery-Document");
      note = reply.headers.get("Chancery-Note");
      reads = reply.headers.get("Chancery-Reads");
    }
    // It was given up while the answer was on its way.
    if (this.state === "gone") return;
    this.state = "done";
    this.note = note ? ` ${decodeURIComponent(note)}` : "";
    this.said = reads ? READING : "In the library.";
    this.checked = !reads;
    this.href = document;
    this.changed = true;
    if (reads) this.upload.check(this);
    this.upload.moved(this, "done");
  }

  /** What was found when it was read; nothing where that takes longer than it is asked. */
  stands(answer) {
    if (this.state === "gone") return;
    this.checked = true;
    if (!answer) {
      this.said = `${READING} Its page says when it is done.`;
      this.again();
      this.upload.draw();
      return;
    }
    this.said = answer.says;
    if (answer.state === "open") {
      this.again();
      this.upload.draw();
      return;
    }
    this.state = "stopped";
    this.wayOut = this.link(answer.href, answer.link);
    this.changed = true;
    if (this.upload.items.stopped.size < 3) say(`${this.file.name}: ${answer.says}`);
    this.upload.moved(this, "stopped");
  }

  /** What it says is another, although it is where it was. */
  again() {
    this.drawn = undefined;
    this.changed = true;
  }

  broke(error) {
    const answer = error.originalResponse;
    if (answer) this.refused(answer.getStatus(), answer.getBody());
    else this.fail("The connection was lost. What was sent is kept, and goes on from there.", undefined, true);
  }

  refused(status, body) {
    if (this.state === "gone") return;
    let reply = {};
    try {
      reply = JSON.parse(body);
    } catch {
      // Not JSON: a proxy's page. Explained by its status below.
    }
    // What is not there any more begins anew.
    if (status === 404 || !this.tus?.url) this.forget();
    this.asked = reply.waits === true;
    this.signedOut = status === 401 || status === 403;
    const problem = typeof reply.problem === "string" && status !== 404 ? reply.problem : explain(status);
    this.fail(problem, this.link(reply.href, reply.link), status >= 500);
  }

  fail(problem, wayOut, byLine = false) {
    if (this.state === "gone") return;
    this.state = "failed";
    this.problem = problem;
    this.wayOut = wayOut;
    this.byLine = byLine;
    this.changed = true;
    // Of many that fail at once the summary says how many.
    if (this.upload.items.failed.size < 3) say(`${this.file.name} was not uploaded. ${problem}`);
    this.upload.moved(this, "failed");
  }

  forget() {
    this.tus = undefined;
    this.sent = 0;
  }

  pause() {
    if (this.state === "sending") this.tus.abort();
    this.state = "paused";
    this.said = "Paused";
    this.changed = true;
    this.upload.active.delete(this);
  }

  resume() {
    if (this.state === "paused") this.queue();
  }

  /** Gives it up, here and there. */
  give() {
    const { tus } = this;
    this.state = "gone";
    this.tus = undefined;
    this.element?.remove();
    // Whoever cannot be told now clears it away by themselves, when its time is over.
    tus?.abort(Boolean(tus.url)).catch(() => undefined);
  }

  cancel() {
    this.give();
    this.upload.moved(this);
    say(`${this.file.name} was cancelled.`);
    this.upload.focus();
  }

  /** A link to what the server named. Only an address of this realm becomes one. */
  link(href, text) {
    if (typeof href !== "string" || typeof text !== "string") return undefined;
    const address = new URL(href, location.href);
    if (address.origin !== location.origin) return undefined;
    return make("a", { class: "govuk-link", href: address.href }, text, unseen(` ${this.file.name}`));
  }

  button(text, act) {
    const attributes = { type: "button", class: "govuk-button govuk-button--secondary ch-button" };
    const button = make("button", attributes, text, unseen(` ${this.file.name}`));
    button.addEventListener("click", act);
    return button;
  }

  /** Its line on the page, made when it is shown for the first time. */
  draw() {
    if (!this.element) this.make();
    if (!this.changed) return this.element;
    this.changed = false;
    if (this.drawn !== this.state) {
      // An element whose button goes loses the focus, and a keyboard would start again at the top.
      const held = this.element.contains(document.activeElement);
      this.drawn = this.state;
      this.what.replaceChildren(...this.parts());
      this.actions.replaceChildren(...this.buttons());
      if (held) this.heading.focus({ preventScroll: true });
    }
    if (this.bar) {
      this.bar.value = this.file.size > 0 ? (this.sent || 0) / this.file.size : 0;
      this.far.textContent = this.state === "waiting" ? "Waiting" : this.said;
    }
    return this.element;
  }

  make() {
    this.what = make("div");
    this.actions = make("div", { class: "ch-row" });
    const about = this.path ? `${this.path}, ${size(this.file.size)}` : size(this.file.size);
    this.heading = make(
      "h3",
      { class: "govuk-heading-s", tabindex: "-1" },
      this.file.name,
      " ",
      make("span", { class: "govuk-!-font-weight-regular ch-quiet ch-small" }, about),
    );
    this.element = make("li", { class: "ch-file" }, make("div", {}, this.heading, this.what), this.actions);
    this.element.item = this;
  }

  parts() {
    this.bar = undefined;
    if (this.state === "stopped") {
      const said = make("p", { class: "govuk-body" }, `${this.said} `);
      if (this.wayOut) said.append(this.wayOut);
      return [said];
    }
    if (this.state === "done") {
      const said = make("p", { class: "govuk-body" }, `${this.said}${this.note} `);
      const link = this.link(this.href, "Open");
      if (link) said.append(link);
      return [said];
    }
    if (this.state === "failed") {
      const said = [make("p", { class: "govuk-error-message" }, unseen("Error: "), this.problem)];
      if (this.wayOut) said.push(make("p", { class: "govuk-body" }, this.wayOut));
      return said;
    }
    this.bar = make("progress", { max: "1", value: "0", "aria-label": this.file.name });
    this.far = make("p", { class: "govuk-body ch-small ch-quiet" });
    return [make("p", { class: "govuk-body" }, this.bar), this.far];
  }

  buttons() {
    const cancel = this.button("Cancel", () => this.cancel());
    switch (this.state) {
      case "sending":
        return [
          this.button("Pause", () => {
            this.pause();
            this.upload.next();
          }),
          cancel,
        ];
      case "paused":
        return [
          this.button("Continue", () => {
            this.resume();
            if (this.upload.held) this.upload.hold(false);
            else this.upload.next();
          }),
          cancel,
        ];
      case "failed":
        return [
          this.button("Try again", () => this.upload.again((item) => item === this)),
          this.button("Remove", () => this.cancel()),
        ];
      case "done":
      case "stopped":
        return [];
      default:
        return [cancel];
    }
  }
}

function explain(status) {
  if (status === 413) return "This file is larger than this realm takes.";
  if (status === 401 || status === 403) {
    return "You are no longer signed in here. Sign in again in another tab, then try again.";
  }
  if (status === 404) return "This library is no longer open to you, or the upload took too long. Try again.";
  return "The realm could not store this file. What was sent is kept, and goes on from there.";
}
