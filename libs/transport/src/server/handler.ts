import type { MessageContext } from './message-context.js';

/** Runs the handlers of a message and resolves with the answer; `onPart` takes earlier values. */
export type Handler = (
  data: unknown,
  context: MessageContext,
  onPart: (value: unknown) => void,
) => Promise<unknown>;

/** One of the handlers of an event, by a name that stays the same from run to run. */
export interface EventHandler {
  readonly name: string;
  readonly run: Handler;
}
