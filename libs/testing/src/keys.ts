import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { serviceNames, type ServiceName } from '@courtside/contracts';

/** Keys as the launcher and the charts hand them to apps, made anew for each spec file. */
export interface TestKeys {
  /** Private JWK of each app. */
  readonly serviceKey: Readonly<Record<ServiceName, string>>;
  /** Public JWKS of all apps. */
  readonly serviceJwks: string;
  /** Private JWKS with which auth signs access tokens. */
  readonly tokenKeys: string;
  /** Its public half. */
  readonly tokenJwks: string;
}

export function testKeys(): TestKeys {
  const services = serviceNames.map((name) => [name, jwkPair(`${name}.1`)] as const);
  const token = jwkPair('token.1');
  return {
    serviceKey: Object.fromEntries(
      services.map(([name, pair]) => [name, JSON.stringify(pair.secret)]),
    ) as Record<ServiceName, string>,
    serviceJwks: jwks(services.map(([, pair]) => pair.open)),
    tokenKeys: jwks([token.secret]),
    tokenJwks: jwks([token.open]),
  };
}

/** An ES256 key pair as JWKs (RFC 7517). */
export function jwkPair(kid: string): { secret: JsonWebKey; open: JsonWebKey } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const about = { kid, alg: 'ES256', use: 'sig' };
  return {
    secret: { ...privateKey.export({ format: 'jwk' }), ...about },
    open: { ...publicKey.export({ format: 'jwk' }), ...about },
  };
}

const jwks = (keys: JsonWebKey[]): string => JSON.stringify({ keys });
