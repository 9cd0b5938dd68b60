import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { createLogger } from '../log/logger.js';
import { loadConfig, secret } from './load-config.js';
import { MountedSettings } from './mounted-settings.js';

const schema = z.object({ KEY: secret(z.string(), 'a key'), NAME: z.string().default('n') });

/** Only what begins with `key` is one. */
function parse(text: string): { readonly key: string } {
  if (!text.startsWith('key')) throw new Error('not a key');
  return { key: text };
}

function aMountedKey(environment: Record<string, string> = {}) {
  const path = join(mkdtempSync(join(tmpdir(), 'mounted-')), 'key');
  writeFileSync(path, 'key 1\n');
  const lines: { level: string; msg: string }[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[number]);
  const logger = createLogger({
    app: 'auth',
    level: 'info',
    format: 'json',
    destination: { write },
  });
  const config = loadConfig('auth', schema, { KEY_FILE: path, ...environment });
  const settings = new MountedSettings(config, logger);
  const warnings = () => lines.filter(({ level }) => level === 'warn');
  return { path, settings, key: settings.read('KEY', parse), warnings };
}

/** As long as the promise says that it may take. */
const pass = (milliseconds: number) => jest.advanceTimersByTime(milliseconds);

describe('a setting that is mounted as a file', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('[1.3] is the new one within a second of its replacement', () => {
    const { path, key } = aMountedKey();
    const before = key.value;
    pass(5_000);
    expect(key.value).toBe(before);
    writeFileSync(path, 'key 2');
    pass(1_000);
    expect(key.value).toEqual({ key: 'key 2' });
  });

  it('is looked at at once when somebody asks for it, but once a second', () => {
    const { path, key } = aMountedKey();
    writeFileSync(path, 'key 2');
    key.refresh();
    expect(key.value.key).toBe('key 2');
    writeFileSync(path, 'key 3');
    key.refresh();
    expect(key.value.key).toBe('key 2');
    pass(1_000);
    expect(key.value.key).toBe('key 3');
  });

  it('stays what it was while the file is broken or gone, and one line says so', () => {
    const { path, key, warnings } = aMountedKey();
    for (const damage of [() => writeFileSync(path, 'k'), () => rmSync(path)]) {
      damage();
      pass(3_000);
      expect(key.value.key).toBe('key 1');
    }
    expect(warnings()).toHaveLength(1);
    writeFileSync(path, 'key 2');
    pass(1_000);
    expect(key.value.key).toBe('key 2');
    rmSync(path);
    pass(1_000);
    expect(warnings()).toHaveLength(2);
    expect(JSON.stringify(warnings())).not.toContain('key 2');
  });

  it('is not looked at any more once the app has stopped', () => {
    const { path, key, settings } = aMountedKey();
    settings.onApplicationShutdown();
    writeFileSync(path, 'key 2');
    pass(5_000);
    expect(key.value.key).toBe('key 1');
  });

  it('stays what the environment says where that holds the value itself', () => {
    const { path, key } = aMountedKey({ KEY: 'key of the environment' });
    writeFileSync(path, 'key 2');
    key.refresh();
    pass(5_000);
    expect(key.value.key).toBe('key of the environment');
  });

  it('that makes no sense at the start is refused', () => {
    const { settings } = aMountedKey();
    expect(() => settings.read('NAME', parse)).toThrow('not a key');
  });
});
