import type { KeyNames } from '../broker/key-names.js';
import type { Queue } from '../broker/port.js';
import type { CarefulSender } from './careful-sender.js';
import type { CommandConnection } from './commands.js';
import type { Deployment } from './deployment.js';

interface SendingParts {
  readonly keys: KeyNames;
  readonly deployment: Deployment;
  readonly careful: CarefulSender;
  /** Copies that everything must have at least. */
  readonly copies: number;
}

/** Sends to a queue, and waits for copies where the call or its broker wants them. */
export function sending<Answer>(
  { keys, deployment, careful, copies: least }: SendingParts,
  queue: Queue,
  copies: number | undefined,
  act: (commands: CommandConnection) => Promise<Answer>,
): Promise<Answer> {
  const wanted = Math.max(copies ?? 0, least);
  if (wanted === 0) return act(deployment.commands);
  return careful.send(keys.stream(queue), wanted, act);
}
