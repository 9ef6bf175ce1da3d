import { Upload } from "./upload.js";

/**
 * A form with `data-upload-version` and a file input, whose address is that of a document, sends its file piece by piece
 * (tus 1.0) when it is submitted, and goes to the document when the file has become its next version.
 */
export function versions() {
  for (const form of document.querySelectorAll("form[data-upload-version]")) {
    const input = form.querySelector('input[type="file"]');
    const document_ = /^\/documents\/([^/]+)\/upload$/.exec(new URL(form.action, location.href).pathname);
    if (input && document_) new Version(form, input, document_[1]);
  }
}

class Version extends Upload {
  /** What was typed goes along, so it is the button that sends. */
  wire() {
    this.form.addEventListener("submit", (event) => {
      // Without a file the server says what is missing.
      if (this.input.files.length === 0) return;
      event.preventDefault();
      if (this.items.going.size > 0) return;
      for (const item of [...this.items.failed]) item.cancel();
      this.add([{ file: this.input.files[0], path: "" }]);
    });
  }

  metadata(file) {
    const typed = new FormData(this.form);
    const said = { filename: file.name, document: this.place };
    for (const name of ["seen", "comment"]) if (typed.get(name)) said[name] = typed.get(name);
    return said;
  }

  /** The page of the document says it. */
  check() {}

  moved(item, state) {
    super.moved(item, state);
    if (state === "done" && item.href) location.assign(item.href);
  }
}
