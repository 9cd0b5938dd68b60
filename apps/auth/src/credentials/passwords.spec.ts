import { inRequest } from '@courtside/service';
import { hash } from '@node-rs/argon2';
import { Passwords } from './passwords.js';

/** How many times each case is measured. */
const ROUNDS = 15;

async function passwords(): Promise<Passwords> {
  const made = new Passwords();
  await made.onModuleInit();
  return made;
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[ROUNDS >> 1] ?? 0;

describe('passwords', () => {
  it('are hashed with Argon2id at the parameters of today, never twice alike', async () => {
    const subject = await passwords();
    const [one, two] = await Promise.all([subject.hash('secret'), subject.hash('secret')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
    expect(await subject.matches(one, 'secret')).toBe(true);
    expect(await subject.matches(one, 'Secret')).toBe(false);
    expect(subject.isOutdated(one)).toBe(false);
    expect(subject.isOutdated(await hash('secret', { timeCost: 3 }))).toBe(true);
  });

  it('take as long to refuse for nobody as for somebody', async () => {
    const subject = await passwords();
    const known = await subject.hash('secret');
    const times = { known: [] as number[], unknown: [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      for (const [kind, stored] of [['known', known] as const, ['unknown', undefined] as const]) {
        const start = performance.now();
        expect(await subject.matches(stored, 'wrong')).toBe(false);
        times[kind].push(performance.now() - start);
      }
    }
    const ratio = median(times.unknown) / median(times.known);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });

  it('are not hashed for whom nobody waits any more', async () => {
    const subject = await passwords();
    const late = { requestId: 'r', traceparent: '', deadline: Date.now() - 1, metadata: {} };
    await expect(inRequest(late, () => subject.hash('secret'))).rejects.toMatchObject({
      code: 'service.late',
    });
  });
});
