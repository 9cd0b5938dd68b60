import type { Clock, Mounted } from '@courtside/service';
import { LRUCache } from 'lru-cache';
import { signJws } from './jws.js';
import type { SigningKey } from './keys.js';

/** How long a signed word lives, and how early it is made anew, seconds. */
const LIFE_SECONDS = 60;
const RENEW_BEFORE_SECONDS = 15;
/** Users times services whose token is kept. */
const KEPT_MAX = 20_000;

/**
 * Signs one kind of token with the key that is mounted. Signing costs more than a hop, so a token
 * that may be used again is kept while it lives, and dropped with its key.
 */
export class Signer {
  private readonly tokens = new LRUCache<string, { token: string; renewAt: number }>({
    max: KEPT_MAX,
  });
  private signedWith: SigningKey;

  constructor(
    private readonly typ: string,
    private readonly key: Mounted<SigningKey>,
    private readonly clock: Clock,
  ) {
    this.signedWith = key.value;
  }

  /** A token of its own. */
  sign(claims: object): string {
    const iat = Math.floor(this.clock.now() / 1_000);
    return signJws(this.typ, { ...claims, iat, exp: iat + LIFE_SECONDS }, this.key.value);
  }

  /** The token that is kept under `name`, which must tell all that its claims say. */
  kept(name: string, claims: () => object): string {
    const key = this.key.value;
    if (key !== this.signedWith) {
      this.tokens.clear();
      this.signedWith = key;
    }
    const now = this.clock.now();
    const known = this.tokens.get(name);
    if (known && known.renewAt > now) return known.token;
    const token = this.sign(claims());
    const renewAt = now + (LIFE_SECONDS - RENEW_BEFORE_SECONDS) * 1_000;
    this.tokens.set(name, { token, renewAt });
    return token;
  }
}
