import { randomBytes } from 'node:crypto';
import { signInAsAdmin } from '../journeys.js';
import type { Platform } from '../platform.js';
import { throughIngress, type Asking } from '../through-ingress.js';

const PASSWORD = 'correct horse battery staple';
const SHOPPERS = 8;
const PRODUCTS = 5;
/** More than any load buys. */
export const STOCK = 1_000_000;

/** Somebody who buys. */
export interface Shopper {
  readonly username: string;
  readonly password: string;
  /** That of the newest sign-in. */
  token: string;
}

/** Who buys what under load: made for it, so that its books are its own. */
export interface Market {
  readonly shoppers: readonly Shopper[];
  readonly productIds: readonly string[];
}

export async function openMarket(platform: Platform): Promise<Market> {
  const ask = async <T>(operation: string, asking: Asking): Promise<T> => {
    const answer = await throughIngress(platform, operation, asking);
    if (answer.status >= 300) throw new Error(`${operation}: ${answer.status} ${answer.text}`);
    return (answer.text === '' ? {} : JSON.parse(answer.text)) as T;
  };
  const mark = randomBytes(4).toString('hex');
  const token = await signInAsAdmin(platform);
  const productIds: string[] = [];
  for (let n = 1; n <= PRODUCTS; n += 1) {
    const price = { amount: 100 * n, currency: 'EUR' };
    const body = { name: `Ball ${mark} ${n}`, price, stock: STOCK };
    productIds.push((await ask<{ id: string }>('POST /api/products', { token, body })).id);
  }
  const shoppers: Shopper[] = [];
  for (let n = 1; n <= SHOPPERS; n += 1) {
    const body = { username: `shopper-${mark}-${n}`, password: PASSWORD };
    const { id } = await ask<{ id: string }>('POST /api/users', { body });
    await ask(`PUT /api/v1/users/${id}/permissions/time:read`, { token });
    const { access_token } = await ask<{ access_token: string }>('POST /api/login', { body });
    shoppers.push({ ...body, token: access_token });
  }
  return { shoppers, productIds };
}
