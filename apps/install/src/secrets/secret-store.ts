/** A Secret as it is kept. */
export interface StoredSecret {
  readonly name: string;
  readonly version: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** Values by key, as text. */
  readonly data: Readonly<Record<string, string>>;
}

/** What a write adds; nothing is ever taken away. */
export interface Additions {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, string>>;
}

/** Where the Secrets of one installation are kept. */
export interface SecretStore {
  /** Undefined when there is none. */
  read(name: string): Promise<StoredSecret | undefined>;
  /** @returns false when there is one by now. */
  create(name: string, additions: Additions): Promise<boolean>;
  /** @returns false when it is not as it was read. */
  add(secret: StoredSecret, additions: Additions): Promise<boolean>;
}
