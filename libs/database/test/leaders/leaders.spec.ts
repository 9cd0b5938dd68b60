import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDataSource, fenceTable, migrate, sqlMigration } from '@courtside/database';
import { aCluster, aDatabase, eventually, type TestDatabase } from '@courtside/testing';
import type { DataSource } from 'typeorm';
import { Candidates, type CandidateOptions } from './candidates.js';

const LEASE_MS = 3_000;
/** Besides the lease: the machine is busy while specs run. */
const LATE_MS = 20_000;
const SPEC_MS = 180_000;
const tables = sqlMigration(
  1764000000001,
  'create tables',
  `${fenceTable} CREATE TABLE work (id serial PRIMARY KEY, fence int, worker text);`,
);

/** All that an app with one lease needs; `create` only where no chart makes the lease. */
const leases = { apiGroups: ['coordination.k8s.io'], resources: ['leases'] };
const rights = [
  { ...leases, verbs: ['get', 'update'], resourceNames: ['spec-users-work'] },
  { ...leases, verbs: ['create'] },
];

type Place = Pick<CandidateOptions, 'folder' | 'cluster'> & { readonly close: () => Promise<void> };
const places: Readonly<Record<string, () => Promise<Place>>> = {
  'files of a folder': async () => {
    const folder = await mkdtemp(join(tmpdir(), 'leases-'));
    return { folder, close: () => rm(folder, { recursive: true }) };
  },
  'a cluster': async () => {
    const cluster = await aCluster(rights);
    return { cluster: cluster.env, close: () => cluster.close() };
  },
};

describe.each(Object.entries(places))('leaders by leases in %s', (_, open) => {
  let database: TestDatabase;
  let source: DataSource;
  let place: Place;
  let candidates: Candidates;

  beforeAll(async () => {
    database = await aDatabase();
    const databaseUrl = database.urlOf('users');
    const connection = { url: databaseUrl, poolMax: 2, statementTimeoutMs: 5_000 };
    source = createDataSource({ schema: 'users', entities: [], migrations: [tables] }, connection);
    await source.initialize();
    await migrate(source);
    place = await open();
    const { folder, cluster } = place;
    candidates = new Candidates({
      ...{ leaseMs: LEASE_MS, databaseUrl },
      ...(folder && { folder }),
      ...(cluster && { cluster }),
    });
    await candidates.start(['ada', 'bob', 'cid', 'dan']);
  }, SPEC_MS);
  afterAll(async () => {
    await candidates.kill();
    await source.destroy();
    await database.drop();
    await place.close();
  });

  it(
    'are one at a time, also when they are killed, frozen and stopped; late writes are refused',
    async () => {
      const killed = await candidates.leaderAfter(0, LEASE_MS + LATE_MS);
      await candidates.kill([killed.name]);

      const frozen = await candidates.leaderAfter(killed.fence, LEASE_MS + LATE_MS);
      candidates.send(frozen.name, 'SIGSTOP');
      const stopped = await candidates.leaderAfter(frozen.fence, LEASE_MS + LATE_MS);
      const writtenBy = (fence: number) =>
        source.query<unknown[]>('SELECT 1 FROM work WHERE fence = $1', [fence]);
      await eventually('a write of the next', async () => (await writtenBy(stopped.fence)).length);
      candidates.send(frozen.name, 'SIGCONT');
      for (const did of ['refused', 'lost']) {
        const has = () =>
          candidates.said.some((each) => each.did === did && each.name === frozen.name);
        await eventually(`the frozen one is ${did}`, has);
      }

      expect(await candidates.stop(stopped.name)).toBe(0);
      const last = await candidates.leaderAfter(stopped.fence, LEASE_MS + LATE_MS);
      await candidates.kill();

      const steps = candidates.said.filter(({ did }) => did === 'step');
      const inTime = [...steps].sort((one, other) => one.at - other.at).map(({ fence }) => fence);
      const rising = (fences: number[]) => [...fences].sort((one, other) => one - other);
      expect(inTime).toEqual(rising(inTime));
      const fences = [killed, frozen, stopped, last].map(({ fence }) => fence);
      expect([...new Set(inTime)]).toEqual(expect.arrayContaining(fences));
      for (const fence of new Set(inTime)) {
        const names = new Set(steps.filter((step) => step.fence === fence).map(({ name }) => name));
        expect([fence, names.size]).toEqual([fence, 1]);
      }
      const work = await source.query<{ fence: number }[]>('SELECT fence FROM work ORDER BY id');
      const written = work.map(({ fence }) => fence);
      expect(written).toEqual(rising(written));
    },
    SPEC_MS,
  );
});
