import { parseArgs } from 'node:util';
import type { Queue } from '../broker/queue.js';
import { isRedisUrl } from '../redis/addresses.js';
import { DeadLetters } from '../redis/dead-letters.js';
import type { DeadLetterFilter } from '../redis/dead-letters.js';

/** Where the words of the command go. */
export interface Output {
  say(line: string): void;
  complain(line: string): void;
}

const help = `courtside-transport dead-letters list|redrive --url URL (--topic NAME | --service NAME)

  list               prints each dead letter as a line of JSON
  redrive            puts them back before the group that gave them up

  --url URL          redis://…, redis+sentinel://… or redis+cluster://…
  --prefix TEXT      first part of every key (default: nx)
  --topic NAME       dead letters of events
  --service NAME     dead letters of requests to a service
  --group NAME       only those of this group
  --reason TEXT      only those whose reason has this text in it
  --pattern NAME     only those of this pattern
  --rate NUMBER      redrive at most so many per second
  --dry-run          redrive nothing, say how many it would be
  --help             this text`;

const text = { type: 'string' } as const;
const options = {
  url: text,
  prefix: text,
  topic: text,
  service: text,
  group: text,
  reason: text,
  pattern: text,
  rate: text,
  'dry-run': { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

/** The command was used wrongly, in a sentence. */
class Misused extends Error {}

interface Order {
  readonly act: 'list' | 'redrive';
  readonly address: { readonly url: string; readonly prefix?: string };
  readonly queue: Queue;
  readonly filter: DeadLetterFilter;
  readonly rate: number | undefined;
  readonly isDry: boolean;
}

/** Runs `courtside-transport …`. @returns the exit code: 2 for wrong input, 1 when it failed. */
export async function deadLetters(args: readonly string[], output: Output): Promise<0 | 1 | 2> {
  try {
    const order = orderOf(args);
    if (!order) output.say(help);
    else await carryOut(order, output);
    return 0;
  } catch (error) {
    output.complain(error instanceof Error ? error.message : String(error));
    return error instanceof Misused ? 2 : 1;
  }
}

function orderOf(args: readonly string[]): Order | undefined {
  const { values, positionals } = parsed(args);
  if (values.help) return undefined;
  const { url, prefix, topic, service, group, reason, pattern } = values;
  const [subject, act, ...rest] = positionals;
  if (subject !== 'dead-letters' || (act !== 'list' && act !== 'redrive') || rest.length > 0) {
    throw new Misused('it is dead-letters list or dead-letters redrive: --help tells more');
  }
  if (!url || !isRedisUrl(url)) throw new Misused('--url must be the URL of a Redis');
  if (!topic === !service) throw new Misused('either --topic or --service names the dead letters');
  if (act === 'list' && (values.rate !== undefined || values['dry-run'])) {
    throw new Misused('--rate and --dry-run are for redrive');
  }
  return {
    act,
    address: { url, ...(prefix && { prefix }) },
    queue: topic ? { kind: 'events', name: topic } : { kind: 'requests', name: service ?? '' },
    filter: {
      ...(group !== undefined && { group }),
      ...(reason !== undefined && { reason }),
      ...(pattern !== undefined && { pattern }),
    },
    rate: rateOf(values.rate),
    isDry: values['dry-run'] ?? false,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    // Node goes on with advice after the first sentence.
    const [sentence] = (error as Error).message.split('. ');
    throw new Misused(sentence, { cause: error });
  }
}

function rateOf(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const rate = Number(given);
  if (given.trim() === '' || !(rate > 0 && rate < Infinity)) {
    throw new Misused(`--rate must be a number above 0, not '${given}'`);
  }
  return rate;
}

async function carryOut(order: Order, output: Output): Promise<void> {
  const letters = new DeadLetters(order.address);
  try {
    await letters.connect();
  } catch (error) {
    letters.destroy();
    throw error;
  }
  try {
    if (order.act === 'list') await list(letters, order, output);
    else await redrive(letters, order, output);
  } finally {
    await letters.close();
  }
}

async function list(letters: DeadLetters, { queue, filter }: Order, output: Output) {
  for await (const letter of letters.list(queue, filter)) output.say(JSON.stringify(letter));
}

async function redrive(letters: DeadLetters, order: Order, output: Output): Promise<void> {
  const { queue, filter, rate, isDry } = order;
  if (isDry) {
    let count = 0;
    for await (const _ of letters.list(queue, filter)) count += 1;
    output.say(`${count} would be redriven`);
    return;
  }
  const all = { ...filter, ...(rate !== undefined && { rate }) };
  const { moved, gone, noGroup } = await letters.redrive(queue, all);
  output.say(`${moved} redriven, ${gone} already gone, ${noGroup} kept: their group is not there`);
}
