import { randomUUID } from 'node:crypto';
import { ApiStatus } from './api-status.js';

export interface StoredObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly creationTimestamp: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly [key: string]: unknown;
}

/** What happened to one object; without `before` it was made, without `after` removed. */
export interface Happened {
  readonly revision: number;
  /** The folder that the object is in: `v1/configmaps/default`. */
  readonly folder: string;
  readonly before?: StoredObject;
  readonly after?: StoredObject;
}

/** The objects of an API server, one revision for all, and its memory of what happened to them. */
export class ObjectStore {
  readonly #objects = new Map<string, StoredObject>();
  #happened: Happened[] = [];
  #revision = 1_000;
  #forgotten = 0;
  readonly #listeners = new Set<(happened: Happened) => void>();

  get revision(): number {
    return this.#revision;
  }

  list(folder: string): StoredObject[] {
    return [...this.#objects].flatMap(([key, object]) =>
      key.startsWith(`${folder}/`) ? [object] : [],
    );
  }

  get(folder: string, name: string): StoredObject {
    const found = this.#objects.get(`${folder}/${name}`);
    if (!found) throw new ApiStatus(404, `${folder.split('/').at(-2)} "${name}" not found`);
    return found;
  }

  create(folder: string, given: StoredObject): StoredObject {
    const { name } = given.metadata;
    if (this.#objects.has(`${folder}/${name}`)) {
      throw new ApiStatus(409, `"${name}" already exists`, 'AlreadyExists');
    }
    const made = { uid: randomUUID(), creationTimestamp: new Date().toISOString() };
    return this.#put(folder, { ...given, metadata: { ...given.metadata, ...made } });
  }

  /** Refused when the given object was read before the last change. */
  replace(folder: string, given: StoredObject): StoredObject {
    const { name, resourceVersion } = given.metadata;
    const before = this.get(folder, name);
    if (resourceVersion && resourceVersion !== before.metadata.resourceVersion) {
      throw new ApiStatus(
        409,
        `Operation cannot be fulfilled on "${name}": the object has been modified`,
      );
    }
    const { uid, creationTimestamp } = before.metadata;
    const metadata = { ...given.metadata, uid, creationTimestamp };
    return this.#put(folder, { ...given, metadata }, before);
  }

  /** A merge patch (RFC 7396). One that changes nothing makes no version. */
  merge(folder: string, name: string, patch: object): StoredObject {
    const before = this.get(folder, name);
    const after = merged(before, patch as Fields);
    const isSame = JSON.stringify(after) === JSON.stringify(before);
    return isSame ? before : this.replace(folder, after as StoredObject);
  }

  remove(folder: string, name: string): StoredObject {
    const before = this.get(folder, name);
    this.#objects.delete(`${folder}/${name}`);
    this.#tell({ revision: ++this.#revision, folder, before });
    return before;
  }

  /** What happened after a version. @throws ApiStatus 410 when that is not known any more. */
  since(folder: string, version: number): Happened[] {
    if (version < this.#forgotten) {
      throw new ApiStatus(410, `too old resource version: ${version} (${this.#forgotten})`);
    }
    return this.#happened.filter((each) => each.folder === folder && each.revision > version);
  }

  /** Forgets what happened, as the API server does after some minutes. */
  forget(): void {
    this.#happened = [];
    this.#forgotten = ++this.#revision;
  }

  /** @returns how to listen no longer. */
  listen(listener: (happened: Happened) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #put(folder: string, object: StoredObject, before?: StoredObject): StoredObject {
    const revision = ++this.#revision;
    const metadata = { ...object.metadata, resourceVersion: String(revision) };
    const after = { ...object, metadata };
    this.#objects.set(`${folder}/${metadata.name}`, after);
    this.#tell({ revision, folder, after, ...(before && { before }) });
    return after;
  }

  #tell(happened: Happened): void {
    this.#happened.push(happened);
    for (const listener of this.#listeners) listener(happened);
  }
}

type Fields = Readonly<Record<string, unknown>>;

function merged(target: Fields, patch: Fields): Fields {
  const result: Record<string, unknown> = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else if (typeof value === 'object' && !Array.isArray(value)) {
      result[key] = merged((target[key] ?? {}) as Fields, value as Fields);
    } else result[key] = value;
  }
  return result;
}
