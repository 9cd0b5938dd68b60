import { generateKeyPairSync } from 'node:crypto';
import { ConfigError, loadConfig } from '@courtside/service';
import { authConfig } from './config.js';

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwks = (key: 'privateKey' | 'publicKey') =>
  JSON.stringify({ keys: [{ ...pair[key].export({ format: 'jwk' }), kid: 'token.1' }] });
const environment = {
  REDIS_URL: 'memory:',
  DATABASE_URL: 'postgres://auth@localhost/courtside',
  SERVICE_KEY: 'key',
  SERVICE_JWKS: 'jwks',
  TOKEN_KEYS: jwks('privateKey'),
};
const load = (more: Record<string, string>) =>
  loadConfig('auth', authConfig, { ...environment, ...more });

describe('the settings of auth', () => {
  it.each([
    ['600', 600],
    ['45s', 45],
    ['10m', 600],
    ['1h', 3_600],
  ])('[4.27] take %s as a JWT_TTL', (text, seconds) => {
    expect(load({ JWT_TTL: text }).JWT_TTL).toBe(seconds);
  });

  it.each(['0', '61m', '3601', '-1', '1.5', 'ten', '10 m', '1e3'])(
    '[4.27] refuse %s as a JWT_TTL',
    (text) => expect(() => load({ JWT_TTL: text })).toThrow(/JWT_TTL/),
  );

  it('give tokens 10 minutes and sessions 30 days when nothing is said', () => {
    expect(load({})).toMatchObject({ JWT_TTL: 600, SESSION_TTL: 30 * 86_400 });
  });

  it('refuse keys that cannot sign, without showing them', () => {
    for (const given of ['text', '{"keys":[]}', jwks('publicKey')]) {
      const act = () => load({ TOKEN_KEYS: given });
      expect(act).toThrow(ConfigError);
      expect(act).toThrow(/TOKEN_KEYS: must be a JWKS .*given, not shown/);
    }
  });

  it('[4.13] refuse the demo profile in production', () => {
    expect(() => load({ NODE_ENV: 'production', DEMO: 'true' })).toThrow(/DEMO: .* refused/);
  });
});
