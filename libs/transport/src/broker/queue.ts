/** Which requests go first. */
export type Priority = 'high' | 'normal';

/** Two queues of requests per service, one for each priority; one of events per topic. */
export interface Queue {
  /** Whether they are answered. */
  readonly kind: 'requests' | 'events';
  /** Of the service that answers, or the topic. */
  readonly name: string;
  /** Of the requests that go first. */
  readonly lane?: 'high';
}

const queueKeys = new WeakMap<Queue, string>();

/** One key for a queue, for maps and batches. */
export function queueKey(queue: Queue): string {
  // Asked several times for each message, mostly of the same few objects.
  let key = queueKeys.get(queue);
  if (key === undefined) {
    const { kind, name, lane } = queue;
    key = lane ? `${kind}:${name}:${lane}` : `${kind}:${name}`;
    queueKeys.set(queue, key);
  }
  return key;
}

/** The queue in which the requests to a service wait. */
export function requestsOf(service: string, priority?: Priority): Queue {
  if (priority !== 'high') return { kind: 'requests', name: service };
  return { kind: 'requests', name: service, lane: 'high' };
}

/** One key for an entry of any queue. */
export function entryKey(queue: Queue, id: string): string {
  return `${queueKey(queue)} ${id}`;
}
