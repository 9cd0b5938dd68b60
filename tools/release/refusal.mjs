/** A release that is not made, and why, in one sentence. `isMisuse`: the command line cannot be meant. */
export class Refusal extends Error {
  constructor(message, { isMisuse = false } = {}) {
    super(message);
    this.isMisuse = isMisuse;
  }
}
