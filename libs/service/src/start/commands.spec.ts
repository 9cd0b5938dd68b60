import { ConfigError } from '../config/load-config.js';
import { serviceConfig } from '../config/service-config.js';
import { defineApp, type AppDefinition } from './app-definition.js';
import { awaited, sentenceOf, SetupError } from './awaiting.js';
import { runCommand } from './commands.js';

const time = defineApp({ name: 'time', config: serviceConfig, module: () => Object });
const good = {
  REDIS_URL: 'redis://localhost',
  SERVICE_KEY: '{}',
  SERVICE_JWKS: '{}',
  LOG_LEVEL: 'error',
};

async function run(app: AppDefinition, args: string[], environment: object = good) {
  const [said, complaints]: string[][] = [[], []];
  const output = {
    say: (line: string) => void said!.push(line),
    complain: (line: string) => void complaints!.push(line),
  };
  const code = await runCommand(app, args, environment as never, output);
  return { code, said: said!.join('\n'), complaints: complaints!.join('\n') };
}

describe('the commands of an app', () => {
  it('check its settings and open nothing', async () => {
    expect(await run(time, ['check'])).toMatchObject({
      code: 0,
      said: 'the settings of time are well',
    });
    await expect(run(time, ['check'], { LOG_LEVEL: 'loud' })).rejects.toThrow(
      /LOG_LEVEL: .*loud[^]*REDIS_URL: .*not set[^]*SERVICE_KEY/,
    );
    const laptop = { ...good, NODE_ENV: 'production', REDIS_URL: 'memory:' };
    await expect(run(time, ['check'], laptop)).rejects.toThrow(ConfigError);
  });

  it('migrate what has a database, with its settings', async () => {
    const seen: unknown[] = [];
    const app = { ...time, migrate: (config: object) => Promise.resolve(void seen.push(config)) };
    expect(await run(app, ['migrate'])).toMatchObject({ code: 0 });
    expect(seen).toEqual([expect.objectContaining({ REDIS_URL: 'redis://localhost' })]);
    await expect(run(app, ['migrate'], {})).rejects.toThrow(ConfigError);
  });

  it.each([[['migrate']], [['begin']], [['check', '--fast']], [['--fast']], [['constructor']]])(
    'are refused with the help when they are unknown: %j',
    async (args) => {
      const { code, complaints } = await run(time, args);
      expect([code, complaints]).toEqual([2, expect.stringContaining('Usage: node main.js')]);
    },
  );

  it('tell of each other, and of migrating only where there is a database', async () => {
    const { code, said } = await run(time, ['--help']);
    expect([code, said.includes('check'), said.includes('migrate')]).toEqual([0, true, false]);
    const app = { ...time, migrate: () => Promise.resolve() };
    expect((await run(app, ['-h'])).said).toMatch(/migrate +waits for its database/);
  });
});

describe('what an app waits for', () => {
  const lines: object[] = [];
  const tell = (missing: object) => void lines.push(missing);
  const looking = (look: () => Promise<string>, deadlineMs = 60_000) =>
    awaited({ what: 'the rain', deadlineMs, tell, look });
  beforeEach(() => (lines.length = 0));

  it('is told once for each reason, however often it looks', async () => {
    const answers = ['no cloud', 'no cloud', 'too warm', 'too warm'];
    const look = () => {
      const because = answers.shift();
      return because ? Promise.reject(new Error(because)) : Promise.resolve('rain');
    };
    expect(await looking(look)).toBe('rain');
    expect(lines).toEqual([
      { what: 'the rain', because: 'no cloud' },
      { what: 'the rain', because: 'too warm' },
    ]);
  });

  it('ends at its deadline, and at once when it can never come', async () => {
    const never = () => Promise.reject(new Error('no cloud'));
    await expect(looking(never, 0)).rejects.toThrow('the rain: not there within 0 s: no cloud');
    const sun = () => Promise.reject(new SetupError('the sun has gone'));
    await expect(looking(sun)).rejects.toThrow('the sun has gone');
    expect(lines).toEqual([]);
  });

  it('is told with the cause, where that says more', () => {
    const refused = new AggregateError([new Error('connect ECONNREFUSED'), new Error('other')]);
    expect(sentenceOf(new TypeError('fetch failed', { cause: refused }))).toBe(
      'fetch failed: connect ECONNREFUSED',
    );
    expect(sentenceOf(new Error('no: it rains', { cause: new Error('it rains') }))).toBe(
      'no: it rains',
    );
    expect(sentenceOf('rain')).toBe('rain');
  });
});
