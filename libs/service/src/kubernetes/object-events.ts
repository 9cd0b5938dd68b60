import { createHash } from 'node:crypto';
import type { Logger } from '../log/logger.js';
import { Trouble } from '../operations/trouble.js';
import type { Kubernetes } from './kubernetes.js';
import { isConflict, kubernetesError } from './kubernetes-error.js';
import type { KubernetesObject } from './watchable.js';

/** What is told of an object, for `kubectl describe` and `kubectl events`. */
export interface ObjectEvent {
  readonly regarding: { readonly apiVersion: string; readonly kind: string } & KubernetesObject;
  readonly type: 'Normal' | 'Warning';
  /** Why, in one word of upper camel case. */
  readonly reason: string;
  /** What was done or tried, in one word of upper camel case. */
  readonly action: string;
  /** Sentences for a person; cut at the kilobyte that the API allows. */
  readonly note: string;
}

const CREATE_DEADLINE_MS = 10_000;
/** The API refuses longer ones. */
const NOTE_BYTES_MAX = 1_024;
/** A name of 253 characters less a dot and the hash. */
const NAME_PREFIX_MAX = 236;
const HASH_LENGTH = 16;

/**
 * Tells of objects by Events (events.k8s.io/v1). An Event's name is made of the object's version, the
 * reason and the note: however many replicas tell the same, there is one.
 */
export class ObjectEvents {
  readonly #api;
  readonly #trouble: Trouble;

  constructor(
    private readonly kubernetes: Kubernetes,
    /** Who tells, as a qualified name: `courtside.dev/gateway`. */
    private readonly reportingController: string,
    logger: Logger,
  ) {
    this.#api = kubernetes.api(({ EventsV1Api }) => EventsV1Api, CREATE_DEADLINE_MS);
    this.#trouble = new Trouble(logger, 'Events cannot be created', () => undefined);
  }

  /** Never rejects: what cannot be told is logged once. */
  async tell(event: ObjectEvent): Promise<void> {
    const { regarding, type, reason, action } = event;
    const { name = '', uid, resourceVersion } = regarding.metadata ?? {};
    const { namespace, podName, library } = this.kubernetes;
    const { apiVersion, kind } = regarding;
    const body = {
      metadata: { name: nameOf(event), namespace },
      eventTime: new library.V1MicroTime(),
      regarding: { apiVersion, kind, name, namespace, uid, resourceVersion },
      ...{ type, reason, action, note: cut(event.note) },
      reportingController: this.reportingController,
      reportingInstance: podName,
    };
    try {
      await this.#api.createNamespacedEvent({ namespace, body });
    } catch (error) {
      const failure = kubernetesError(`${kind} ${name} gets no Event ${reason}`, error);
      if (!isConflict(failure)) return this.#trouble.met(failure);
    }
    this.#trouble.over();
  }
}

function nameOf({ regarding, reason, note }: ObjectEvent): string {
  const { name = '', uid = '', resourceVersion = '' } = regarding.metadata ?? {};
  const hash = createHash('sha256')
    .update([uid, resourceVersion, reason, note].join('\n'))
    .digest('hex');
  return `${name.slice(0, NAME_PREFIX_MAX)}.${hash.slice(0, HASH_LENGTH)}`;
}

function cut(note: string): string {
  if (Buffer.byteLength(note) <= NOTE_BYTES_MAX) return note;
  const end = '…';
  const room = NOTE_BYTES_MAX - Buffer.byteLength(end);
  // A character that the cut would split decodes to U+FFFD, which may be longer than what is left of it.
  const kept = Buffer.from(note)
    .subarray(0, room)
    .toString('utf8')
    .replace(/\uFFFD+$/, '');
  return kept + end;
}
