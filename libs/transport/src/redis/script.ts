import { createHash } from 'node:crypto';
import { Command, type Cluster, type Redis } from 'ioredis';

type Connection = Pick<Redis | Cluster, 'sendCommand'>;
type Argument = string | number;

const noScript = /^NOSCRIPT\b/;

/**
 * Sends a command, which lets go of what it carries once it is answered. ioredis assigns function literals to
 * each command, and V8 puts a literal that is assigned to a property into the old space at once: whatever such
 * a one reaches is copied there too and stays until the next full collection, as all messages would.
 */
export async function sendCommand(connection: Connection, command: Command): Promise<unknown> {
  try {
    return await connection.sendCommand(command);
  } finally {
    command.args = [];
  }
}

/** Lets go of an answer, for the same reason: the command that brought it holds it. */
export function release(answer: unknown[] | null): void {
  answer?.splice(0);
}

/** A script, which each connection is told once and names by its digest from then on. */
export class Script {
  readonly #lua: string;
  readonly #digest: string;
  readonly #numberOfKeys: number | undefined;
  #told = new WeakSet<object>();

  /** @param numberOfKeys missing where each call begins with it */
  constructor({ lua, numberOfKeys }: { readonly lua: string; readonly numberOfKeys?: number }) {
    this.#lua = lua;
    this.#digest = createHash('sha1').update(lua).digest('hex');
    this.#numberOfKeys = numberOfKeys;
  }

  async run(connection: Connection, keysAndArguments: readonly Argument[]): Promise<unknown> {
    const count = this.#numberOfKeys === undefined ? [] : [this.#numberOfKeys];
    const all = [this.#digest, ...count, ...keysAndArguments];
    try {
      return await sendCommand(connection, new ScriptCommand(this, all));
    } catch (error) {
      if (!(error instanceof Error && noScript.test(error.message))) throw error;
      this.#told = new WeakSet();
      return sendCommand(connection, new ScriptCommand(this, all));
    }
  }

  /** How it is called on a connection: the first call, which runs before all others, brings its text. */
  callOn(socket: object): [name: 'eval' | 'evalsha', script: string] {
    if (this.#told.has(socket)) return ['evalsha', this.#digest];
    this.#told.add(socket);
    return ['eval', this.#lua];
  }
}

/** A call of a script: which one depends on the connection that it is written to, at last. */
class ScriptCommand extends Command {
  readonly #script: Script;

  constructor(script: Script, all: Argument[]) {
    super('evalsha', all, { replyEncoding: 'utf8' });
    this.#script = script;
  }

  override toWritable(socket: object): string | Buffer {
    [this.name, this.args[0]] = this.#script.callOn(socket);
    return super.toWritable(socket);
  }
}
