import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError, loadConfig, redactedConfig, secret } from './load-config.js';

const schema = z.object({
  PORT: z.coerce.number().int().default(8001),
  MODE: z.enum(['fast', 'safe']).default('safe'),
  API_KEY: secret(z.string().min(8), 'the key of the provider'),
  DATABASE_URL: z.string().optional(),
});

const messageOf = (environment: Record<string, string>): string => {
  try {
    loadConfig('events', schema, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
  }
  return '';
};

describe('[4.19] settings', () => {
  it('come from the environment, typed and with defaults', () => {
    const config = loadConfig('events', schema, { PORT: '80', API_KEY: 'long enough' });
    expect(config).toEqual({ PORT: 80, MODE: 'safe', API_KEY: 'long enough' });
  });

  it('cannot be changed once read', () => {
    const config = loadConfig('events', schema, { API_KEY: 'long enough' });
    expect(() => Object.assign(config, { PORT: 1 })).toThrow(TypeError);
  });

  it('that are wrong are all named at once', () => {
    const message = messageOf({ PORT: 'many', MODE: 'slow' });
    for (const part of ['events', 'PORT', '"many"', 'MODE', '"slow"', 'API_KEY', 'not set']) {
      expect(message).toContain(part);
    }
  });

  it('count as not set when they are empty', () => {
    expect(loadConfig('events', schema, { PORT: '', API_KEY: 'long enough' }).PORT).toBe(8001);
  });

  it('never show a secret, neither when wrong nor when right', () => {
    expect(messageOf({ API_KEY: 'short' })).not.toContain('short)');
    const config = loadConfig('events', schema, {
      API_KEY: 'long enough',
      DATABASE_URL: 'postgres://events:pw@db/courtside',
    });
    expect(redactedConfig(schema, config)).toMatchObject({
      API_KEY: '***',
      DATABASE_URL: 'postgres://events:***@db/courtside',
    });
  });

  it('that are secret may stand in a file', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'config-')), 'key');
    writeFileSync(path, 'from a file\n');
    expect(loadConfig('events', schema, { API_KEY_FILE: path }).API_KEY).toBe('from a file');
  });

  it('name the file that cannot be read', () => {
    expect(messageOf({ API_KEY_FILE: '/nowhere/key' })).toContain('/nowhere/key');
  });
});
