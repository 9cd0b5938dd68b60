import { SingleUseStore, singleUseTable } from '@courtside/database';
import { newId } from '@courtside/service';
import { aDatabaseWith, type Migrated } from './migrated.js';

const inAMinute = () => new Date(Date.now() + 60_000);

describe('an id that may be used once', () => {
  let database: Migrated;
  let uses: SingleUseStore;

  beforeAll(async () => {
    database = await aDatabaseWith(singleUseTable);
    uses = new SingleUseStore(database.source);
  });
  afterAll(() => database.end());

  it('is unused once, and used ever after', async () => {
    const id = newId();
    expect(await uses.claim(id, inAMinute())).toBe(true);
    expect(await uses.claim(id, inAMinute())).toBe(false);
  });

  it('goes to one alone of many who claim it at the same time', async () => {
    const id = newId();
    const claims = await Promise.all(Array.from({ length: 20 }, () => uses.claim(id, inAMinute())));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  it('leaves every other id alone', async () => {
    expect(await uses.claim(newId(), inAMinute())).toBe(true);
    expect(await uses.claim(newId(), inAMinute())).toBe(true);
  });
});
