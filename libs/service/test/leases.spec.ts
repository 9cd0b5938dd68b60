import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  FileLeases,
  KubernetesLeases,
  type LeaseRecord,
  type LeaseStore,
} from '@courtside/service';
import { aCluster } from '@courtside/testing';

const record = (holder: string, transitions: number): LeaseRecord => ({
  holder,
  transitions,
  durationMs: 15_000,
  acquiredAt: new Date('2026-11-28T10:00:00.123Z'),
  renewedAt: new Date('2026-11-28T10:00:02.456Z'),
});

interface Opened {
  readonly store: LeaseStore;
  readonly remove: (name: string) => Promise<unknown>;
  readonly close: () => Promise<void>;
}
const stores: Readonly<Record<string, () => Promise<Opened>>> = {
  'a folder': async () => {
    const folder = await mkdtemp(join(tmpdir(), 'leases-'));
    const close = () => rm(folder, { recursive: true });
    const remove = (name: string) => rm(join(folder, 'below', name), { recursive: true });
    return { store: new FileLeases(join(folder, 'below')), remove, close };
  },
  'a cluster': async () => {
    const cluster = await aCluster([]);
    const store = new KubernetesLeases(cluster.kubernetes, 5_000);
    const { kubernetes } = cluster;
    const { namespace } = kubernetes;
    const api = kubernetes.api(({ CoordinationV1Api }) => CoordinationV1Api, 5_000);
    const remove = (name: string) => api.deleteNamespacedLease({ namespace, name });
    return { store, remove, close: () => cluster.close() };
  },
};

describe.each(Object.entries(stores))('a lease in %s', (_, open) => {
  let store: LeaseStore;
  let remove: Opened['remove'];
  let close: Opened['close'];
  beforeAll(async () => ({ store, remove, close } = await open()));
  afterAll(() => close());

  it('is read as it was written', async () => {
    expect(await store.read('read')).toBeUndefined();
    await store.create('read', record('one', 1));
    expect((await store.read('read'))?.record).toEqual(record('one', 1));
  });

  it('is made by one alone of many', async () => {
    const makers = ['one', 'two', 'three', 'four', 'five'];
    const made = await Promise.all(makers.map((maker) => store.create('made', record(maker, 1))));
    const winners = made.flatMap((each) => (each ? [each.record.holder] : []));
    expect(winners).toEqual([(await store.read('made'))?.record.holder]);
  });

  it('is changed by one alone of those who read the same version', async () => {
    const first = (await store.create('changed', record('one', 1)))!;
    const changers = ['two', 'three', 'four', 'five'];
    const changed = await Promise.all(
      changers.map((changer) => store.update('changed', record(changer, 2), first)),
    );
    const winners = changed.flatMap((each) => (each ? [each.record.holder] : []));
    expect(winners).toEqual([(await store.read('changed'))?.record.holder]);
  });

  it('is never changed by who read a version of long ago', async () => {
    const first = (await store.create('old', record('one', 1)))!;
    let latest = first;
    for (let turn = 2; turn < 10; turn += 1) {
      latest = (await store.update('old', record('one', turn), latest))!;
    }
    expect(await store.update('old', record('two', 99), first)).toBeUndefined();
    expect(await store.create('old', record('two', 99))).toBeUndefined();
    expect((await store.read('old'))?.record).toEqual(record('one', 9));
    expect(await store.update('old', record('one', 10), latest)).toBeDefined();
  });

  it('is not changed when it is gone', async () => {
    const read = (await store.create('gone', record('one', 1)))!;
    await remove('gone');
    expect(await store.update('gone', record('one', 2), read)).toBeUndefined();
    expect(await store.read('gone')).toBeUndefined();
  });
});
