// How long it is asked what became of a file, in milliseconds: reading takes seconds, and its page says it later too.
const PATIENCE = 120000;
// How long to wait between asking, in milliseconds, at first and at most.
const SOON = 500;
const LATE = 5000;

/** Asks what became of files that are read for their markings, one at a time, until that is known or a while is over. */
export class Checking {
  constructor() {
    this.waiting = [];
  }

  /** Asks about this item from now on, and tells it. */
  add(item) {
    this.waiting.push({ item, until: Date.now() + PATIENCE });
    if (!this.asking) this.ask();
  }

  async ask() {
    this.asking = true;
    let pause = SOON;
    while (this.waiting.length > 0) {
      await new Promise((done) => {
        setTimeout(done, pause);
      });
      const round = this.waiting;
      this.waiting = [];
      let news = false;
      for (const one of round) {
        const answer = await stands(one.item.href);
        if (answer) {
          news = true;
          one.item.stands(answer);
        } else if (Date.now() < one.until) this.waiting.push(one);
        else one.item.stands(undefined);
      }
      pause = news ? SOON : Math.min(pause * 2, LATE);
    }
    this.asking = false;
  }
}

/** How a document stands; nothing while it is being read, or cannot be asked. */
async function stands(document) {
  try {
    const reply = await fetch(`${document}/sealed`, { headers: { Accept: "application/json" } });
    if (reply.status === 404) {
      return {
        state: "gone",
        says: "You do not see it any more. If it carries a marking that you are not cleared for, only people who are cleared for that see it.",
      };
    }
    const answer = reply.ok ? await reply.json() : undefined;
    return typeof answer?.says === "string" && answer.state !== "being_read" ? answer : undefined;
  } catch {
    return undefined;
  }
}
