import { IdempotentWrites, idempotencyTable } from '@courtside/database';
import { inRequest, newId } from '@courtside/service';
import type { DataSource, EntityManager } from 'typeorm';
import { aDatabaseWith, type Migrated } from './migrated.js';

const tables = `CREATE TABLE thing (id uuid PRIMARY KEY, name text NOT NULL); ${idempotencyTable}`;

describe('a write with an idempotency key', () => {
  let database: Migrated;
  let source: DataSource;
  let writes: IdempotentWrites;

  beforeAll(async () => {
    database = await aDatabaseWith(tables);
    source = database.source;
    writes = new IdempotentWrites(source);
  });
  afterAll(() => database.end());

  const addThing = (name: string) => async (manager: EntityManager) => {
    const id = newId();
    await manager.query('INSERT INTO thing (id, name) VALUES ($1, $2)', [id, name]);
    return { id, name };
  };
  const withKey = <T>(key: string | undefined, work: () => Promise<T>): Promise<T> =>
    inRequest(
      {
        requestId: newId(),
        traceparent: '',
        deadline: 0,
        metadata: key === undefined ? {} : { 'idempotency-key': key },
      },
      work,
    );
  const write = (key: string | undefined, name: string, owner = 'me') =>
    withKey(key, () =>
      writes.run({ owner, message: 'things.add', input: { name } }, addThing(name)),
    );
  const count = async (name: string): Promise<number> => {
    const rows: unknown[] = await source.query('SELECT 1 FROM thing WHERE name = $1', [name]);
    return rows.length;
  };

  it('happens once, and everyone gets the one answer', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => write('k1', 'one')));
    expect(new Set(answers.map((answer) => answer.id)).size).toBe(1);
    expect(await count('one')).toBe(1);
  });

  it('is refused when the key stands for something else', async () => {
    await write('k2', 'two');
    await expect(write('k2', 'three')).rejects.toMatchObject({ code: 'idempotency.key-reused' });
    expect(await count('three')).toBe(0);
  });

  it('keeps the keys of different owners apart', async () => {
    const [mine, yours] = [await write('k3', 'ours', 'me'), await write('k3', 'ours', 'you')];
    expect(mine.id).not.toBe(yours.id);
  });

  it('that failed has not burnt its key', async () => {
    const failing = withKey('k4', () =>
      writes.run(
        { owner: 'me', message: 'things.add', input: { name: 'four' } },
        async (manager) => {
          await addThing('four')(manager);
          throw new Error('the process died here');
        },
      ),
    );
    await expect(failing).rejects.toThrow('died');
    expect(await count('four')).toBe(0);
    await write('k4', 'four');
    expect(await count('four')).toBe(1);
  });

  it('that goes on elsewhere is found again by its key, and by nobody else', async () => {
    const recall = (key: string | undefined, name: string, owner = 'me') =>
      withKey(key, () => writes.recall({ owner, message: 'things.add', input: { name } }));
    expect(await recall('k5', 'begun')).toBeUndefined();
    const begun = await write('k5', 'begun');
    expect(await recall('k5', 'begun')).toEqual(begun);
    expect(await recall('k5', 'begun', 'you')).toBeUndefined();
    expect(await recall(undefined, 'begun')).toBeUndefined();
    await expect(recall('k5', 'other')).rejects.toMatchObject({ code: 'idempotency.key-reused' });
    await expect(recall('no good', 'begun')).rejects.toMatchObject({
      code: 'idempotency.key-invalid',
    });
  });

  it('is done each time where no key is sent', async () => {
    await write(undefined, 'five');
    await write(undefined, 'five');
    expect(await count('five')).toBe(2);
  });

  it.each(['', 'with space', 'ümlaut', 'x'.repeat(256)])('refuses the key %p', async (key) => {
    await expect(write(key, 'six')).rejects.toMatchObject({ code: 'idempotency.key-invalid' });
  });
});
