import type { KeyNames } from '../broker/key-names.js';
import type { KeyedAnswer, KeyedEnd, KeyedEntry, KeptReply } from '../broker/port.js';
import type { Queue } from '../broker/queue.js';
import { keptMax, runMsMax, waitersMax } from '../protocol/idempotency.js';
import type { TransportCommands } from './commands.js';

interface Asking {
  readonly queue: Queue;
  readonly producer: string;
  readonly batch: number;
  readonly deadAfterMs: number;
  readonly queueMax: number;
}

/** Sends requests with idempotency keys as one call. */
export async function askKeyed(
  commands: TransportCommands,
  keys: KeyNames,
  { queue, producer, batch, deadAfterMs, queueMax }: Asking,
  entries: readonly KeyedEntry[],
): Promise<KeyedAnswer[]> {
  const service = queue.name;
  const answers = await commands.nxAsk(
    3 + entries.length,
    keys.stream(queue),
    keys.presence(queue, service),
    keys.sent(queue, producer),
    ...entries.map(({ key }) => keys.request(service, key.sender, key)),
    batch,
    deadAfterMs,
    queueMax,
    waitersMax,
    runMsMax,
    ...entries.flatMap(({ header, body, id, inbox, key, whenUnknown }) => {
      return [header, body, id, inbox, key.print, whenUnknown];
    }),
  );
  return answers.map(toAnswer);
}

/** An entry with what its end leaves behind. */
export interface Settlement {
  readonly entry: string;
  readonly keyed: KeyedEnd;
}

/** Ends requests with idempotency keys as one call; answers the inboxes that were refused. */
export async function settleKeyed(
  commands: TransportCommands,
  keys: KeyNames,
  queue: Queue,
  ends: readonly Settlement[],
): Promise<string[]> {
  const service = queue.name;
  const [, ...refused] = await commands.nxSettle(
    2 + ends.length,
    keys.stream(queue),
    keys.kept(service),
    ...ends.map(({ keyed: { key } }) => keys.request(service, key.sender, key)),
    service,
    keptMax,
    keys.inboxes(),
    ...ends.flatMap(({ entry, keyed: { id, inbox, key, reply, kept } }) => {
      return [entry, id, inbox, key.print, key.keepMs, toText(reply), toText(kept) || runAgain];
    }),
  );
  return refused;
}

const refusals = {
  N: 'NO_CONSUMER',
  O: 'OVERLOADED',
  '!': 'KEY_REUSED',
  '?': 'UNKNOWN_OUTCOME',
} as const;

function toAnswer(text: string): KeyedAnswer {
  if (text === '+') return { kind: 'queued' };
  if (text in refusals) {
    return { kind: 'refused', reason: refusals[text as keyof typeof refusals] };
  }
  const kind = text.charAt(0) as KeptReply['kind'];
  return { kind: 'answered', reply: { kind, body: text.slice(1) } };
}

/** What is kept when nothing is. */
const runAgain = 'A';

function toText(reply: KeptReply | undefined): string {
  return reply ? reply.kind + reply.body : '';
}
