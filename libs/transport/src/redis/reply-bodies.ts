import type { KeyNames } from '../broker/key-names.js';
import type { Frame, KeyedEnd } from '../broker/port.js';
import { idSource } from '../protocol/ids.js';
import { decodeFrame, encodeReply, type Reply } from '../wire/reply-frame.js';
import { apartLengthMin } from '../wire/reference.js';
import type { CommandConnection } from './commands.js';
import type { Settlement } from './keyed-requests.js';

/** Who waits fetches it at once, or has gone. */
const keepMs = 60_000;
/** What the address of an inbox ends in whose client fetches replies that lie apart. */
const fetchingInboxSuffix = '~r';
/** Callers of a release that fetches none may wait for a reply to a key: it took up to 1 MiB. */
const keyedLengthMin = 1024 * 1024;
/** The name of a reply that several may fetch: it goes when its time is over. */
const sharedPrefix = 'k.';

/** Puts large replies where their inboxes find them: a subscriber that is slow for a moment is cut off. */
export class ReplyBodies {
  readonly #keys: KeyNames;
  readonly #commands: CommandConnection;
  readonly #nextId = idSource();
  /** Inboxes that something large is on its way to: what comes later for them must not overtake it. */
  readonly #underWay = new Map<string, Promise<unknown>>();

  constructor(keys: KeyNames, commands: CommandConnection) {
    this.#keys = keys;
    this.#commands = commands;
  }

  /** Of an inbox that fetches replies. */
  inboxAddress(service: string, instance: string): string {
    return this.#keys.inbox(service, instance + fetchingInboxSuffix);
  }

  inbox(address: string, onFrame: (text: string) => void): FetchingInbox {
    return new FetchingInbox(address, { keys: this.#keys, commands: this.#commands }, onFrame);
  }

  /** Whether these frames may be sent as they are, and at once. */
  isPlain(frames: readonly Frame[]): boolean {
    return this.#underWay.size === 0 && !frames.some(isLarge);
  }

  /** Sends the frames with references in place of what is large, after all that came before them. */
  inTurn<Answer>(
    frames: readonly Frame[],
    send: (frames: readonly Frame[]) => Promise<Answer>,
  ): Promise<Answer> {
    const inboxes = frames.map(({ inbox }) => inbox);
    const before = this.whenClear(inboxes);
    const work = Promise.all([this.#apart(frames), before]).then(([whole]) => send(whole));
    this.#heed(inboxes, work);
    return work;
  }

  /** Resolves when nothing is on its way any more that came for these inboxes so far. */
  async whenClear(inboxes: readonly string[]): Promise<void> {
    await Promise.allSettled(inboxes.map((inbox) => this.#underWay.get(inbox)));
  }

  #heed(inboxes: readonly string[], work: Promise<unknown>): void {
    const end = () => {
      for (const inbox of inboxes) {
        if (this.#underWay.get(inbox) === work) this.#underWay.delete(inbox);
      }
    };
    for (const inbox of inboxes) this.#underWay.set(inbox, work);
    work.then(end, end);
  }

  async #apart(frames: readonly Frame[]): Promise<readonly Frame[]> {
    const parts = await Promise.all(frames.map((frame) => this.#split(frame)));
    return parts.flat();
  }

  /** The same ends, when it is their turn: a reply for all who wait for one key lies apart once. */
  async apartKeyed(settlements: readonly Settlement[]): Promise<readonly Settlement[]> {
    const isLargeEnd = ({ keyed }: Settlement) => isLargeKeyed(keyed);
    if (this.#underWay.size > 0) await this.whenClear(settlements.map(({ keyed }) => keyed.inbox));
    if (!settlements.some(isLargeEnd)) return settlements;
    return Promise.all(
      settlements.map(async (settlement) => {
        const { keyed } = settlement;
        if (!keyed.reply || !isLargeKeyed(keyed)) return settlement;
        const { kind, body } = keyed.reply;
        const reference = await this.#put(sharedBy(keyed.inbox), { kind, body }, sharedPrefix);
        // A script puts the kind before the rest, as it is.
        const reply = { kind: '@' as 'V', body: reference };
        return reference ? { ...settlement, keyed: { ...keyed, reply } } : settlement;
      }),
    );
  }

  async #split(frame: Frame): Promise<Frame[]> {
    const { inbox, text } = frame;
    if (!isLarge(frame) || !inbox.endsWith(fetchingInboxSuffix)) return [frame];
    const split = decodeFrame(text).map(async (reply) => {
      const { id, kind, body } = reply;
      const isShort = kind === 'A' || body.length <= apartLengthMin;
      const reference = isShort ? '' : await this.#put(inbox, { kind, body });
      return { reference: reference && `${id} @\n${reference}\n`, text: encodeReply(reply) };
    });
    const frames: Frame[] = [];
    let small = '';
    const flush = () => {
      if (small) frames.push({ inbox, text: small });
      small = '';
    };
    for (const { reference, text: whole } of await Promise.all(split)) {
      if (!reference) {
        small += whole;
        continue;
      }
      flush();
      frames.push({ inbox, text: reference });
    }
    flush();
    return frames;
  }

  /** `<kind> <name> <bytes>`; empty where it may not be put there: then it travels as it is. */
  async #put(
    inbox: string,
    { kind, body }: Pick<Reply, 'kind' | 'body'>,
    prefix = '',
  ): Promise<string> {
    const name = prefix + this.#nextId();
    try {
      await this.#commands.set(this.#keys.reply(inbox, name), body, 'PX', keepMs, 'NX');
    } catch {
      return '';
    }
    return `${kind} ${name} ${Buffer.byteLength(body)}`;
  }
}

/**
 * Whether a reply in it has to lie apart. A line that is too long holds one of the places that are so far
 * from each other: so the many replies of a busy moment cost a look at few of them.
 */
export function isLarge({ text }: Frame): boolean {
  for (let at = apartLengthMin; at < text.length; at += apartLengthMin) {
    const begin = text.lastIndexOf('\n', at - 1) + 1;
    const end = text.indexOf('\n', at);
    if (end - begin > apartLengthMin) return true;
  }
  return false;
}

const isLargeKeyed = ({ reply, inbox }: KeyedEnd): boolean =>
  reply !== undefined && reply.body.length > keyedLengthMin && inbox.endsWith(fetchingInboxSuffix);

/** Fetches the replies to one inbox that lie apart, and hands all on in the order they came. */
class FetchingInbox {
  readonly #address: string;
  readonly #keys: KeyNames;
  readonly #commands: CommandConnection;
  readonly #onFrame: (text: string) => void;
  /** Ends when all that came so far is handed on; missing while nothing is fetched. */
  #last: Promise<void> | undefined;

  constructor(
    address: string,
    { keys, commands }: { readonly keys: KeyNames; readonly commands: CommandConnection },
    onFrame: (text: string) => void,
  ) {
    this.#address = address;
    this.#keys = keys;
    this.#commands = commands;
    this.#onFrame = onFrame;
  }

  hear(text: string): void {
    const isApart = text.charCodeAt(text.indexOf('\n') - 1) === at;
    if (!isApart && !this.#last) return this.#onFrame(text);
    const whole = isApart ? this.#fetch(text) : text;
    const mine = Promise.all([whole, this.#last]).then(([frame]) => {
      this.#onFrame(frame);
      if (this.#last === mine) this.#last = undefined;
    });
    this.#last = mine;
  }

  async #fetch(text: string): Promise<string> {
    const [, id = '', kind = '', name = ''] = form.exec(text) ?? [];
    const isShared = name.startsWith(sharedPrefix);
    const key = this.#keys.reply(isShared ? sharedBy(this.#address) : this.#address, name);
    const body = await this.#commands.get(key).catch(() => null);
    if (body === null) return encodeReply({ id, kind: 'T', body: lost });
    if (!isShared) this.#commands.unlink(key).catch(() => {});
    return encodeReply({ id, kind: kind as Reply['kind'], body });
  }
}

/** The inbox without its instance: all of one service find it there. */
const sharedBy = (inbox: string): string => inbox.slice(0, inbox.lastIndexOf(':'));

const at = '@'.charCodeAt(0);
const form = /^(\S+) @\n([VNET]) ([\w.-]+) \d+\n$/;
const lost = JSON.stringify({
  code: 'UNKNOWN_OUTCOME',
  message: 'it was done, but the reply was gone before it was read',
});
