import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../log/logger.js';
import { counter, gauge } from '../operations/metrics.js';
import { Trouble } from '../operations/trouble.js';
import { Backoff } from './backoff.js';
import { isGone, KubernetesError } from './kubernetes-error.js';
import type { KubernetesObject, ListedObjects, ObjectChange, Watchable } from './watchable.js';

const FIRST_WAIT_MS = 100;
const WAIT_MAX_MS = 10_000;
/** Whoever ends watches sooner than this again and again is left alone for a while. */
const WATCH_MIN_MS = 2_000;
/** Everything is listed anew this often, whatever the watches have told. */
const RESYNC_MS = 300_000;

export interface ObjectWatchOptions<T> {
  readonly app: string;
  /** What is watched, in the plural, for log and metrics: `ConfigMaps`. */
  readonly resource: string;
  readonly logger: Logger;
  /** Told of all objects after every change. */
  readonly changed: (objects: readonly T[]) => void;
}

/**
 * Knows all objects that a list gives, and what a watch tells of them from there on (what others call
 * a reflector). Lost connections, versions that are too old and silence end in a new list; meanwhile
 * what was known stays.
 */
export class ObjectWatch<T extends KubernetesObject> {
  readonly #objects = new Map<string, T>();
  readonly #stopping = new AbortController();
  readonly #backoff = new Backoff({ firstMs: FIRST_WAIT_MS, maxMs: WAIT_MAX_MS });
  readonly #trouble: Trouble;
  #listedAt = 0;
  #following: Promise<void> = Promise.resolve();

  constructor(
    private readonly source: Watchable<T>,
    private readonly options: ObjectWatchOptions<T>,
  ) {
    const { app, resource, logger } = options;
    const restarts = watchFailures();
    this.#trouble = new Trouble(logger, `${resource} are not watched: what was known stays`, () =>
      restarts.inc({ app, resource }),
    );
  }

  /**
   * Lists, trying again until the deadline, and follows from there.
   * @returns what is there now; `changed` tells of everything later.
   * @throws KubernetesError with why the last try failed.
   */
  async start(deadlineMs: number): Promise<readonly T[]> {
    const end = performance.now() + deadlineMs;
    for (;;) {
      try {
        const { version, items } = await this.source.list();
        this.#know(items);
        this.#following = this.#follow(version);
        return items;
      } catch (error) {
        const wait = this.#backoff.next();
        if (performance.now() + wait < end) await pause(wait);
        else throw triedFor(deadlineMs, error);
      }
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#following;
  }

  async #follow(listed: string): Promise<void> {
    const { signal } = this.#stopping;
    let version: string | undefined = listed;
    while (!signal.aborted) {
      const since = performance.now();
      let wait = 0;
      try {
        version = await this.#watch(version ?? (await this.#list()));
        if (performance.now() - this.#listedAt > RESYNC_MS) version = undefined;
        if (performance.now() - since < WATCH_MIN_MS) wait = this.#backoff.next();
        else this.#backoff.reset();
      } catch (error) {
        if (signal.aborted) break;
        version = undefined;
        wait = this.#backoff.next();
        if (!isGone(error)) this.#trouble.met(error);
      }
      await pause(wait, undefined, { signal }).catch(() => undefined);
    }
    this.#isUp(false);
  }

  async #list(): Promise<string> {
    const { version, items }: ListedObjects<T> = await this.source.list();
    this.#know(items);
    this.options.changed(items);
    return version;
  }

  #know(items: readonly T[]): void {
    this.#listedAt = performance.now();
    this.#objects.clear();
    for (const item of items) this.#objects.set(item.metadata?.name ?? '', item);
  }

  /** @returns the version that was last told of. */
  async #watch(from: string): Promise<string> {
    let version = from;
    const watch = new AbortController();
    const { signal } = watch;
    this.#stopping.signal.addEventListener('abort', () => watch.abort(), { signal });
    if (this.#stopping.signal.aborted) watch.abort();
    let failure: KubernetesError | undefined;
    const change = (told: ObjectChange<T>) => {
      if (signal.aborted) return;
      if (told.type === 'ERROR') {
        failure = errorOf(told.object);
        watch.abort();
        return;
      }
      version = told.object.metadata?.resourceVersion ?? version;
      if (told.type !== 'BOOKMARK') this.#change(told);
    };
    const opened = () => {
      this.#isUp(true);
      this.#trouble.over();
    };
    try {
      await this.source.watch(from, { opened, change }, signal);
    } catch (error) {
      this.#isUp(false);
      throw error;
    } finally {
      watch.abort();
    }
    if (failure) throw failure;
    return version;
  }

  #change({ type, object }: ObjectChange<T>): void {
    const name = object.metadata?.name ?? '';
    if (type === 'DELETED') this.#objects.delete(name);
    else this.#objects.set(name, object);
    this.options.changed([...this.#objects.values()]);
  }

  #isUp(isUp: boolean): void {
    const { app, resource } = this.options;
    watchUp().set({ app, resource }, isUp ? 1 : 0);
  }
}

const watchUp = () =>
  gauge({
    name: 'kubernetes_watch_up',
    help: 'Whether the API server tells this app of changes, 0 or 1',
    labelNames: ['app', 'resource'],
  });

const watchFailures = () =>
  counter({
    name: 'kubernetes_watch_failures_total',
    help: 'Lists and watches that failed, by app and resource',
    labelNames: ['app', 'resource'],
  });

/** A watch reports its own end as a `Status` among the changes. */
function errorOf(object: unknown): KubernetesError {
  const { code, message } = object as { readonly code?: number; readonly message?: string };
  return new KubernetesError(code, `the watch was ended: ${code} ${message ?? ''}`.trimEnd());
}

function triedFor(deadlineMs: number, error: unknown): KubernetesError {
  const { message, status } = error as KubernetesError;
  return new KubernetesError(status, `${message} (tried for ${deadlineMs / 1_000} s)`, error);
}
