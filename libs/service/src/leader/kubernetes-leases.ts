import type { V1Lease } from '@kubernetes/client-node';
import type { Kubernetes } from '../kubernetes/kubernetes.js';
import { isConflict, isMissing, kubernetesError } from '../kubernetes/kubernetes-error.js';
import type { LeaseRecord, LeaseStore, StoredLease } from './lease-store.js';

const SECOND_MS = 1_000;

/**
 * Leases of a cluster (coordination.k8s.io/v1). Needs get and update of the named ones, and create where
 * they are not made by somebody else.
 */
export class KubernetesLeases implements LeaseStore {
  readonly #api;
  /** Whole objects as they were read, since an update sends all of it. */
  readonly #objects = new WeakMap<StoredLease, V1Lease>();

  /** @param deadlineMs how long one request may take, milliseconds. */
  constructor(
    private readonly kubernetes: Kubernetes,
    deadlineMs: number,
  ) {
    this.#api = kubernetes.api(({ CoordinationV1Api }) => CoordinationV1Api, deadlineMs);
  }

  async read(name: string): Promise<StoredLease | undefined> {
    const { namespace } = this.kubernetes;
    return this.#ask(name, isMissing, () => this.#api.readNamespacedLease({ namespace, name }));
  }

  async create(name: string, record: LeaseRecord): Promise<StoredLease | undefined> {
    const { namespace } = this.kubernetes;
    const body = { metadata: { name, namespace }, spec: this.#spec(record) };
    return this.#ask(name, isConflict, () => this.#api.createNamespacedLease({ namespace, body }));
  }

  async update(
    name: string,
    record: LeaseRecord,
    read: StoredLease,
  ): Promise<StoredLease | undefined> {
    const { namespace } = this.kubernetes;
    const body = { ...this.#objects.get(read), spec: this.#spec(record) };
    const isLate = (error: unknown) => isConflict(error) || isMissing(error);
    return this.#ask(name, isLate, () =>
      this.#api.replaceNamespacedLease({ namespace, name, body }),
    );
  }

  async #ask(
    name: string,
    isNothing: (error: unknown) => boolean,
    request: () => Promise<V1Lease>,
  ): Promise<StoredLease | undefined> {
    try {
      const object = await request();
      const version = object.metadata?.resourceVersion ?? '';
      const stored = { record: recordOf(object), version };
      this.#objects.set(stored, object);
      return stored;
    } catch (error) {
      const failure = kubernetesError(`Lease ${name} of ${this.kubernetes.namespace}`, error);
      if (isNothing(failure)) return undefined;
      throw failure;
    }
  }

  #spec(record: LeaseRecord): V1Lease['spec'] {
    const { V1MicroTime } = this.kubernetes.library;
    return {
      holderIdentity: record.holder,
      leaseDurationSeconds: Math.max(1, Math.ceil(record.durationMs / SECOND_MS)),
      ...(record.transitions !== undefined && { leaseTransitions: record.transitions }),
      acquireTime: new V1MicroTime(record.acquiredAt),
      renewTime: new V1MicroTime(record.renewedAt),
    };
  }
}

/** Times come as text, whatever the library's types say. */
function recordOf({ spec = {} }: V1Lease): LeaseRecord {
  return {
    holder: spec.holderIdentity ?? '',
    durationMs: (spec.leaseDurationSeconds ?? 0) * SECOND_MS,
    transitions: spec.leaseTransitions,
    acquiredAt: new Date(spec.acquireTime ?? 0),
    renewedAt: new Date(spec.renewTime ?? 0),
  };
}
