import { ApiStatus } from './api-status.js';
import type { StoredObject } from './object-store.js';

export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  /** @throws ApiStatus 422 when the object breaks a rule of the true API server. */
  readonly validate?: (object: StoredObject) => void;
}

/** What the stand-in keeps, by group, version and plural name. */
export const resources: Readonly<Record<string, Resource>> = {
  'v1/configmaps': { apiVersion: 'v1', kind: 'ConfigMap' },
  'v1/secrets': { apiVersion: 'v1', kind: 'Secret' },
  'coordination.k8s.io/v1/leases': {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    validate: validateLease,
  },
  'events.k8s.io/v1/events': {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    validate: validateEvent,
  },
};

const NOTE_BYTES_MAX = 1_024;
const TEXT_BYTES_MAX = 128;
const MICRO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

function validateEvent(event: StoredObject): void {
  const text = (key: string) => (typeof event[key] === 'string' ? (event[key] as string) : '');
  const demand = (isRight: boolean, what: string) => {
    if (!isRight) throw new ApiStatus(422, `Event "${event.metadata.name}" is invalid: ${what}`);
  };
  demand(MICRO_TIME.test(text('eventTime')), 'eventTime: Required value');
  for (const key of ['action', 'reason', 'reportingInstance', 'reportingController']) {
    demand(text(key) !== '', `${key}: Required value`);
    demand(
      Buffer.byteLength(text(key)) <= TEXT_BYTES_MAX,
      `${key}: can have at most 128 characters`,
    );
  }
  demand(text('reportingController').includes('/'), 'reportingController: a qualified name');
  demand(['Normal', 'Warning'].includes(text('type')), 'type: has invalid value');
  demand(
    Buffer.byteLength(text('note')) <= NOTE_BYTES_MAX,
    'note: can have at most 1024 characters',
  );
  const { namespace } = (event['regarding'] ?? {}) as { namespace?: string };
  demand(namespace === event.metadata.namespace, 'regarding.namespace: does not match');
}

function validateLease(lease: StoredObject): void {
  const spec = (lease['spec'] ?? {}) as Readonly<Record<string, unknown>>;
  const demand = (isRight: boolean, what: string) => {
    if (!isRight) throw new ApiStatus(422, `Lease "${lease.metadata.name}" is invalid: ${what}`);
  };
  const { leaseDurationSeconds: seconds, leaseTransitions: transitions } = spec;
  demand(seconds === undefined || Number(seconds) > 0, 'leaseDurationSeconds: must be above 0');
  demand(
    transitions === undefined || Number(transitions) >= 0,
    'leaseTransitions: must be 0 or more',
  );
  for (const key of ['acquireTime', 'renewTime']) {
    demand(spec[key] === undefined || MICRO_TIME.test(String(spec[key])), `${key}: no MicroTime`);
  }
}
