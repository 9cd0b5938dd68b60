import { FencedWrites, fenceTable, StaleFenceError } from '@courtside/database';
import { eventually } from '@courtside/testing';
import type { DataSource, EntityManager } from 'typeorm';
import { aDatabaseWith, type Migrated } from './migrated.js';

const first = { name: 'scores', fence: 1 };
const tables = `${fenceTable} CREATE TABLE score (fence int NOT NULL);`;

describe('the write of a leader', () => {
  let database: Migrated;
  let source: DataSource;
  let writes: FencedWrites;

  beforeAll(async () => {
    database = await aDatabaseWith(tables);
    source = database.source;
    writes = new FencedWrites(source);
  });
  beforeEach(() => source.query('TRUNCATE fence, score'));
  afterAll(() => database.end());

  const score = (fence: number, name = 'scores') =>
    writes.run({ name, fence, marginMs: 5_000 }, (manager) => put(manager, fence));
  const put = (manager: EntityManager, fence: number) =>
    manager.query('INSERT INTO score VALUES ($1)', [fence]);
  const scores = async () =>
    (await source.query<{ fence: number }[]>('SELECT fence FROM score')).map(({ fence }) => fence);

  it('is taken as often as it comes while no later one has written', async () => {
    await score(7);
    await score(7);
    await score(9);
    expect(await scores()).toEqual([7, 7, 9]);
  });

  it('is refused whole once a later one has written', async () => {
    await score(9);
    await expect(score(8)).rejects.toThrow(StaleFenceError);
    expect(await scores()).toEqual([9]);
  });

  it('is measured against writes of the same name alone', async () => {
    await score(9);
    await score(1, 'weather');
    expect(await scores()).toEqual([9, 1]);
  });

  it('holds up the next leader until it is done, whose own follows it', async () => {
    const happened: string[] = [];
    let finish = () => {};
    const finished = new Promise<void>((resolve) => (finish = resolve));
    const slow = writes.run({ ...first, marginMs: 5_000 }, async (manager) => {
      happened.push('first begun');
      await finished;
      await put(manager, 1);
      happened.push('first done');
    });
    await eventually('the first write', () => happened.length === 1);
    const next = score(2).then(() => happened.push('second done'));
    const waits = `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
    await eventually(
      'the second waits',
      async () => (await source.query<unknown[]>(waits)).length === 1,
    );
    finish();
    await Promise.all([slow, next]);
    expect(happened).toEqual(['first begun', 'first done', 'second done']);
    expect(await scores()).toEqual([1, 2]);
  });

  it('that stands still is ended by the database, which then takes the next one', async () => {
    let hasBegun = false;
    let isEnded = false;
    const frozen = writes.run({ ...first, marginMs: 100 }, async (manager) => {
      hasBegun = true;
      await eventually('the next leader has written', () => isEnded);
      await put(manager, 1);
    });
    const outcome = frozen.catch((error: Error) => error.message);
    await eventually('the first write', () => hasBegun);
    await eventually('the next leader writes', async () => {
      isEnded = await score(2).then(
        () => true,
        () => false,
      );
      return isEnded;
    });
    expect(await outcome).toMatch(/released|terminat|timeout/);
    expect(await scores()).toEqual([2]);
  });
});
