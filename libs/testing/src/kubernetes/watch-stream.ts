import type { ServerResponse } from 'node:http';
import { ApiStatus } from './api-status.js';
import type { Happened, ObjectStore, StoredObject } from './object-store.js';

/** Says whether an object has the labels that a selector asks for: `key=value` and `key`, by commas. */
export function selects(selector: string | null): (object: StoredObject | undefined) => boolean {
  const wanted = (selector ?? '').split(',').filter(Boolean);
  return (object) =>
    object !== undefined &&
    wanted.every((each) => {
      const [key = '', value] = each.split('=');
      const label = object.metadata.labels?.[key];
      return value === undefined ? label !== undefined : label === value;
    });
}

export interface WatchRequest {
  readonly store: ObjectStore;
  readonly folder: string;
  readonly query: URLSearchParams;
  readonly response: ServerResponse;
  /** What a bookmark is a bookmark of. */
  readonly kind: { readonly apiVersion: string; readonly kind: string };
}

/** One watch: tells what happened since a version, then what happens, in lines of JSON. */
export class WatchStream {
  /** Keeps the connection open and tells nothing: what a dead network looks like. */
  isSilent = false;
  readonly #isSelected: (object: StoredObject | undefined) => boolean;
  readonly #unlisten: () => void;
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly request: WatchRequest) {
    const { store, folder, query, response } = request;
    this.#isSelected = selects(query.get('labelSelector'));
    response.writeHead(200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' });
    response.flushHeaders();
    this.#unlisten = store.listen((happened) => this.#tell(happened));
    const seconds = Number(query.get('timeoutSeconds') ?? 1_800);
    this.#timer = setTimeout(() => this.end(), seconds * 1_000);
    response.on('close', () => this.#close());
    try {
      for (const happened of store.since(folder, Number(query.get('resourceVersion') ?? 0))) {
        this.#tell(happened);
      }
    } catch (error) {
      this.#line('ERROR', error as ApiStatus);
      response.end();
    }
  }

  /** Ends in order, as a watch does whose time is over. */
  end(): void {
    if (this.isSilent) return;
    this.bookmark();
    this.request.response.end();
  }

  /** Breaks the connection. */
  drop(): void {
    this.request.response.destroy();
  }

  bookmark(): void {
    const { store, query, kind } = this.request;
    const metadata = { resourceVersion: String(store.revision), creationTimestamp: null };
    if (query.get('allowWatchBookmarks') === 'true') this.#line('BOOKMARK', { ...kind, metadata });
  }

  #tell({ folder, before, after, revision }: Happened): void {
    if (folder !== this.request.folder) return;
    const was = this.#isSelected(before);
    if (this.#isSelected(after)) this.#line(was ? 'MODIFIED' : 'ADDED', after);
    else if (was && before) {
      const metadata = { ...before.metadata, resourceVersion: String(revision) };
      this.#line('DELETED', { ...before, metadata });
    }
  }

  #line(type: string, object: unknown): void {
    if (!this.isSilent) this.request.response.write(`${JSON.stringify({ type, object })}\n`);
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#unlisten();
  }
}
