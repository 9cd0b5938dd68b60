import type { KeyNames } from '../broker/key-names.js';
import type { Queue } from '../broker/queue.js';
import type { CarefulSender } from './careful-sender.js';
import type { CommandConnection } from './commands.js';
import type { Denials } from './denials.js';
import type { Deployment } from './deployment.js';

/** What a broker sends with. */
export interface SenderParts {
  readonly keys: KeyNames;
  readonly denials: Denials;
  readonly deployment: Deployment;
  readonly careful: CarefulSender;
  /** Its name in the keys that remember what it sent. */
  readonly producer: string;
  readonly deadAfterMs: number;
  /** Copies that everything must have at least. */
  readonly copies: number;
}

/** Sends to a queue, and waits for copies where the call or its broker wants them. */
export function sending<Answer>(
  { keys, deployment, careful, copies: least }: SenderParts,
  queue: Queue,
  copies: number | undefined,
  act: (commands: CommandConnection) => Promise<Answer>,
): Promise<Answer> {
  const wanted = Math.max(copies ?? 0, least);
  if (wanted === 0) return act(deployment.commands);
  return careful.send(keys.stream(queue), wanted, act);
}
