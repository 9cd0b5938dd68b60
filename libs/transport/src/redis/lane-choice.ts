import { requestsOf, type Priority, type Queue } from '../broker/queue.js';
import { TransportError } from '../errors.js';

/**
 * Sends requests to the lane that they ask for. Urgent ones that no member takes there go the way of all
 * others: members of the release before know one lane only, and so do its access lists.
 */
export class LaneChoice {
  /** Services whose urgent lane is forbidden to this one. */
  readonly #forbidden = new Set<string>();

  /** `send` is given all that is to be sent, then at most once more what nobody takes on the first lane. */
  async send<Item, Answer>(
    { service, priority }: { service: string; priority: Priority | undefined },
    items: readonly Item[],
    send: (queue: Queue, items: readonly Item[]) => Promise<Answer>,
    { untaken, merge }: Fallback<Item, Answer>,
  ): Promise<Answer> {
    const normal = requestsOf(service);
    if (priority !== 'high' || this.#forbidden.has(service)) return send(normal, items);
    let answer: Answer;
    try {
      answer = await send(requestsOf(service, 'high'), items);
    } catch (error) {
      if (!(error instanceof TransportError) || error.code !== 'DENIED') throw error;
      this.#forbidden.add(service);
      return send(normal, items);
    }
    const rest = untaken(answer, items);
    return rest.length === 0 ? answer : merge(answer, await send(normal, rest));
  }
}

/** How the answers for two lanes become one. */
export interface Fallback<Item, Answer> {
  /** What no member would take. */
  readonly untaken: (answer: Answer, items: readonly Item[]) => readonly Item[];
  readonly merge: (answer: Answer, forUntaken: Answer) => Answer;
}
