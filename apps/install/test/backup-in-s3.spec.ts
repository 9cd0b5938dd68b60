import { aDump } from './a-backup.js';
import { run } from './a-plan.js';
import { ObjectStore, Refusal } from './an-object-store.js';

let store: ObjectStore;
beforeEach(async () => (store = await ObjectStore.start()));
afterEach(() => store.close());

const backUp = (work = aDump(), environment = {}) =>
  run(['backup', '--work', work], { ...store.environment, ...environment });

/** More than one part of an upload. */
const LARGE = Buffer.alloc(40 * 1_024 * 1_024, 'courtside');

describe('a backup in a store that speaks S3', () => {
  it('is a dump that was read back, then a manifest, below the prefix', async () => {
    const { code, said, complaints } = await backUp();
    expect([code, complaints]).toEqual([0, '']);
    const name = said.slice(0, 16);
    expect(store.asked.slice(0, 3)).toEqual([
      `PUT ${name}/dump`,
      `GET ${name}/dump`,
      `PUT ${name}/manifest.json`,
    ]);
    expect([...store.objects.keys()]).toEqual([
      `club/courtside/${name}/dump`,
      `club/courtside/${name}/manifest.json`,
    ]);
    expect(said).toContain(`kept: ${name}`);
  });

  it('is uploaded in parts when it is large', async () => {
    const { code } = await backUp(aDump(undefined, LARGE));
    expect(code).toBe(0);
    const [dump] = store.objects.values();
    expect(dump?.equals(LARGE)).toBe(true);
    expect(store.asked.filter((asked) => asked.startsWith('PUT partNumber'))).toHaveLength(3);
  });

  it('is not there when a part of it is refused, and nothing of it is left', async () => {
    store.fault = ({ query }) =>
      query.get('partNumber') === '2' ? new Refusal(403, 'AccessDenied') : undefined;
    const { code, complaints } = await backUp(aDump(undefined, LARGE));
    expect([code, complaints]).toEqual([1, expect.stringContaining('does not take')]);
    expect([store.objects.size, store.uploads.size]).toEqual([0, 0]);
  });

  it('is tried again where the store has trouble, and counts once', async () => {
    let troubles = 2;
    store.fault = ({ operation }) =>
      operation === 'PUT' && troubles-- > 0 ? new Refusal(503, 'SlowDown') : undefined;
    expect((await backUp()).code).toBe(0);
    expect(store.objects.size).toBe(2);
  });

  it('does not count when the store gives back other bytes', async () => {
    store.fault = ({ operation, key }) => {
      if (operation === 'GET') store.objects.set(key, Buffer.from('other bytes'));
      return undefined;
    };
    const { code, complaints } = await backUp();
    expect([code, complaints]).toEqual([1, expect.stringContaining('gives back other bytes')]);
    expect(store.objects.size).toBe(0);
  });

  it('never tells the keys, also when they are refused', async () => {
    const { code, said, complaints } = await backUp(aDump(), { BACKUP_S3_ACCESS_KEY_ID: 'other' });
    expect([code, complaints]).toEqual([1, expect.stringContaining('InvalidAccessKeyId')]);
    expect(said + complaints).not.toContain('secret-of-keeper');
  });
});
