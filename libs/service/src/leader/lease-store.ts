/** A lease as everybody sees it. Its times of day are for people: nobody decides by them. */
export interface LeaseRecord {
  /** Who holds it; empty when it was released. */
  readonly holder: string;
  /** How long everybody else leaves it alone after each change that they see, milliseconds. */
  readonly durationMs: number;
  /** How often it changed hands: the fence of who holds it. Undefined while nobody ever did. */
  readonly transitions: number | undefined;
  readonly acquiredAt: Date;
  readonly renewedAt: Date;
}

/** A record as it was read, with the version that a write has to name. */
export interface StoredLease {
  readonly record: LeaseRecord;
  readonly version: string;
}

/** Where leases are. Writes name the version that they change, so that of two only one succeeds. */
export interface LeaseStore {
  read(name: string): Promise<StoredLease | undefined>;
  /** @returns undefined when somebody else made it first. */
  create(name: string, record: LeaseRecord): Promise<StoredLease | undefined>;
  /** @returns undefined when somebody else changed or removed it first. */
  update(name: string, record: LeaseRecord, read: StoredLease): Promise<StoredLease | undefined>;
}
