/** Clients that sign up, sign in and delete, and come again with their keys until they are answered. */
import { randomBytes, randomUUID } from 'node:crypto';
import { until } from '../until.mjs';

const PASSWORD = 'correct horse battery staple';
/** How long a client waits for one answer, and for any at all, milliseconds. */
const PATIENCE_MS = 3_000;
const PERSISTS_MS = 30_000;

/** Problems after which a client sends the same again. */
const passing = new Set(['service.unavailable', 'service.late', 'service.overloaded', 'auth.busy']);

const aName = () => `crash-${randomBytes(6).toString('hex')}`;

/**
 * @typedef {{ username: string, is: 'kept' | 'deleted' | 'refused' | 'given-up', id?: string }} Outcome
 *   what became of an account as far as its client knows; `given-up`: failed once, never came again
 */
export class Clients {
  constructor({ platform, contracts, admin }) {
    Object.assign(this, { platform, contracts, admin });
  }

  /** Several at once, so that a death meets all that can be under way. @returns {Promise<Outcome[]>} */
  journeys() {
    const contested = aName();
    return Promise.all([
      this.keeps(aName()),
      this.deletes(aName()),
      this.givesUp(aName()),
      this.keeps(contested),
      this.keeps(contested),
    ]);
  }

  /** Asks as clients would whether all is as they were told. @returns {Promise<string[]>} faults */
  async verify(outcomes) {
    const faults = await Promise.all(outcomes.map((outcome) => this.faultOf(outcome)));
    return faults.filter(Boolean);
  }

  async keeps(username) {
    const user = await this.signUp(username);
    if (!user) return { username, is: 'refused' };
    await this.persist(() => this.signIn(username));
    return { username, is: 'kept', id: user.id };
  }

  async deletes(username) {
    const user = await this.signUp(username);
    if (!user) return { username, is: 'refused' };
    await this.delete(user.id);
    return { username, is: 'deleted', id: user.id };
  }

  async givesUp(username) {
    try {
      const { id } = await this.create(username, randomUUID());
      return { username, is: 'kept', id };
    } catch (problem) {
      if (!passing.has(problem.code)) throw problem;
      return { username, is: 'given-up' };
    }
  }

  /** Undefined when the name is somebody else's. */
  async signUp(username) {
    const key = randomUUID();
    try {
      return await this.persist(() => this.create(username, key));
    } catch (problem) {
      if (problem.code === 'users.username-taken') return undefined;
      throw problem;
    }
  }

  async faultOf({ username, is, id }) {
    const isIn = await this.persist(() => this.canSignIn(username));
    if (is === 'kept') return isIn ? undefined : `cannot sign in: ${username}`;
    // Of a contested name that one lost, the other is asked for itself.
    if (is === 'refused' || (is === 'given-up' && isIn)) return undefined;
    if (isIn) return `can still sign in: ${username} ${id}`;
    const successor = await this.signUp(username);
    if (!successor) return `its name is not free: ${username}`;
    await this.delete(successor.id);
    return undefined;
  }

  async canSignIn(username) {
    try {
      await this.signIn(username);
      return true;
    } catch (problem) {
      if (problem.code === 'auth.credentials-wrong') return false;
      throw problem;
    }
  }

  create(username, key) {
    return this.ask('users', 'create', { username, password: PASSWORD }, { key });
  }

  signIn(username) {
    return this.ask('auth', 'createSession', { username, password: PASSWORD });
  }

  delete(id) {
    const key = randomUUID();
    return this.persist(() => this.ask('users', 'delete', { id }, { key, as: this.admin }));
  }

  ask(service, message, input, { key, ...options } = {}) {
    return this.platform.ask(this.contracts[service][message], input, {
      deadlineMs: PATIENCE_MS,
      ...(key && { metadata: { 'idempotency-key': key } }),
      ...options,
    });
  }

  /** Asks again while there is no answer. */
  async persist(ask) {
    let answer;
    let passed;
    const isAnswered = async () => {
      try {
        answer = await ask();
        return true;
      } catch (problem) {
        if (!passing.has(problem.code)) throw problem;
        passed = problem;
        return false;
      }
    };
    await until('an answer to a client that persists', isAnswered, PERSISTS_MS).catch((error) => {
      throw error.code ? error : new Error(error.message, { cause: passed });
    });
    return answer;
  }
}
