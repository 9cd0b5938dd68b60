import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Problem } from '@courtside/contracts';
import { currentRequest } from '@courtside/service';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { hash, parseOptions, verify } from '@node-rs/argon2';
import { BoundedPool } from './bounded-pool.js';

/** Argon2id as OWASP's Password Storage Cheat Sheet gives it: 19 MiB, 2 passes, 1 lane. */
const parameters = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** Who waits behind this many waits longer than a person does. */
const WAITING_MAX = 50;

/** Hashes and compares passwords, as many at once as there are cores. */
@Injectable()
export class Passwords implements OnModuleInit {
  private readonly pool = new BoundedPool({
    runningMax: availableParallelism(),
    waitingMax: WAITING_MAX,
  });
  /** The hash of a password that nobody knows. */
  private nobodys = '';

  async onModuleInit(): Promise<void> {
    this.nobodys = await this.hash(randomBytes(32).toString('base64url'));
  }

  /** @throws Problem `auth.busy`. */
  hash(password: string): Promise<string> {
    return this.pool.run(() => {
      refuseLate();
      return hash(password.normalize('NFC'), parameters);
    });
  }

  /**
   * Compares with a known hash; where there is none it takes as long and is false, so that nobody
   * learns from the time which accounts exist.
   * @throws Problem `auth.busy`.
   */
  async matches(known: string | undefined, password: string): Promise<boolean> {
    const isSame = await this.pool.run(() => {
      refuseLate();
      return verify(known ?? this.nobodys, password.normalize('NFC'));
    });
    return isSame && known !== undefined;
  }

  /** Whether a hash was made with other parameters than today's. */
  isOutdated(known: string): boolean {
    const made = parseOptions(known);
    return Object.entries(parameters).some(
      ([key, value]) => made[key as keyof typeof made] !== value,
    );
  }
}

/** Nobody waits for the answer any more: the work would only keep others waiting. */
function refuseLate(): void {
  const request = currentRequest();
  if (request && request.deadline <= Date.now()) throw new Problem('service.late');
}
