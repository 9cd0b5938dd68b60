/** A start that cannot be, for a reason that its message tells in full: it is shown without a stack. */
export class StartError extends Error {}
