import { serviceNames, type ServiceName } from '@courtside/contracts';
import { makeKey, publicJwk, type PrivateJwk, type PublicJwk } from '@courtside/identity';

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
export function jwkPair(kid: string): { secret: PrivateJwk; open: PublicJwk } {
  const secret = makeKey(kid);
  return { secret, open: publicJwk(secret) };
}

const jwks = (keys: PublicJwk[]): string => JSON.stringify({ keys });
