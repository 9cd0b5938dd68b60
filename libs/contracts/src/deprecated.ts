/**
 * Said of a message or an event that will go. A release tells it; only a later one may take the
 * message or event away, so that every caller and subscriber can move in between.
 */
export interface Deprecated {
  /** The day from which nobody should begin to use it, `2027-05-01`. */
  readonly since: string;
  /** The message or event to use instead. */
  readonly successor: string;
}
