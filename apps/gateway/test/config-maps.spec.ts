import { anAdmin, ApiServer, aCluster, eventually, standIn } from '@courtside/testing';
import type { TestCluster } from '@courtside/testing';
import { aGateway, tableOf, type TestGateway } from './a-gateway.js';

/** What issue and contract promise. */
const LIVE_WITHIN_MS = 2_000;
const LABEL = 'courtside.dev/route-table';
const selector = `${LABEL}=gateway`;

const route = (path: string) => `
- get: ${path}
  auth: user
  to: { message: time.read }
`;
const table = (name: string, path: string) =>
  tableOf(route(`/prod${path}`)).replace('name: spec', `name: ${name}`);
const bad = (name: string) => table(name, '/bad').replace('auth:', 'auht:');

const put = (cluster: TestCluster, name: string, data: Readonly<Record<string, string>>) =>
  cluster.apply({ metadata: { name, labels: { [LABEL]: 'gateway' } }, data });
const start = (cluster: TestCluster, more: Readonly<Record<string, string>> = {}) =>
  aGateway({ env: { ...cluster.env, ROUTES_CONFIGMAP_SELECTOR: selector, ...more } });

/** The reasons of the Events at a ConfigMap, and their notes. */
async function eventsAt(cluster: TestCluster, name: string): Promise<string[]> {
  const events = await cluster.events();
  return events
    .filter(({ regarding }) => regarding?.kind === 'ConfigMap' && regarding.name === name)
    .map(({ type, reason, note }) => `${type} ${reason}: ${note}`);
}

/** Waits until a path answers with a status, as it must within 2 s of a change. */
async function live(gateway: TestGateway, path: string, status: number): Promise<void> {
  const token = gateway.signIn(anAdmin());
  const isLive = async () => (await gateway.call(`GET ${path}`, { token })).status === status;
  await eventually(`${path} answers ${status}`, isLive, LIVE_WITHIN_MS);
}

/** All that a gateway needs. A label cannot be said in a rule, so it may list every ConfigMap there is. */
const rights = [
  { apiGroups: [''], resources: ['configmaps'], verbs: ['list', 'watch'] },
  { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create'] },
];
const where = process.env['TEST_KUBECONFIG'] ? 'a true cluster' : 'a stand-in';

describe(`routes in ConfigMaps of ${where}`, () => {
  let cluster: TestCluster;
  let gateway: TestGateway;
  let replica: TestGateway;
  beforeAll(async () => {
    cluster = await aCluster(rights);
    await put(cluster, 'sports', { 'sports.yaml': table('sports', '/sports'), 'README.md': 'no' });
    await put(cluster, 'shop', { 'a.yaml': table('a', '/a'), 'b.yml': table('b', '/b') });
    await cluster.apply({ metadata: { name: 'other' }, data: { 'o.yaml': table('o', '/other') } });
    [gateway, replica] = await Promise.all([start(cluster), start(cluster)]);
  });
  afterAll(async () => {
    await Promise.all([gateway?.close(), replica?.close()]);
    await cluster.close();
  });

  it('[3.3] are those of all keys *.yaml of all ConfigMaps with the label', async () => {
    const token = gateway.signIn(anAdmin());
    for (const path of ['/prod/sports', '/prod/a', '/prod/b']) {
      expect([path, (await gateway.call(`GET ${path}`, { token })).status]).toEqual([path, 200]);
    }
    expect((await gateway.call('GET /prod/other', { token })).status).toBe(404);
    const other = await gateway.call('DELETE /prod/sports', { token });
    expect([other.status, other.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('[3.3] [4.3] are live within 2 s without a restart, which one Event tells', async () => {
    await put(cluster, 'sports', { 'sports.yaml': table('sports', '/games') });
    await Promise.all([live(gateway, '/prod/games', 200), live(replica, '/prod/games', 200)]);
    await live(gateway, '/prod/sports', 404);
    const told = 'Normal RouteTableServed: the gateway serves these routes';
    const isTold = async () => (await eventsAt(cluster, 'sports')).length === 2;
    await eventually('an Event for the start and one for the change', isTold);
    expect(await eventsAt(cluster, 'sports')).toEqual([told, told]);
    expect(await eventsAt(cluster, 'shop')).toEqual([told]);
  });

  it('[3.3] [4.3] are refused with an Event at the object when they are bad, and the old ones stay', async () => {
    await put(cluster, 'sports', { 'sports.yaml': bad('sports') });
    const warnings = async () =>
      (await eventsAt(cluster, 'sports')).filter((each) => each.startsWith('Warning'));
    const [warning] = await eventually('a warning', async () => {
      const found = await warnings();
      return found.length > 0 && found;
    });
    expect(warning).toContain('Warning RouteTableRefused: refused, what was served before stays');
    expect(warning).toContain('configmap/sports/sports.yaml:7:7 spec.routes.0 has no key auht');
    const isSaid = () =>
      [gateway, replica].every(({ platform }) => platform.logLines.join().includes('auht'));
    await eventually('both have seen it', isSaid);
    // A good change elsewhere is not taken either: what is served is one whole, and was checked so.
    await put(cluster, 'shop', { 'a.yaml': table('a', '/a2') });
    await live(gateway, '/prod/a', 200);
    await live(replica, '/prod/games', 200);
    expect(await warnings()).toHaveLength(1);
    await put(cluster, 'sports', { 'sports.yaml': table('sports', '/sports') });
    await Promise.all([live(gateway, '/prod/sports', 200), live(replica, '/prod/a2', 200)]);
  });

  it('[4.3] that clash over two ConfigMaps are refused, as is one without any table', async () => {
    await put(cluster, 'more', { 'more.yaml': table('more', '/sports') });
    const clash =
      'GET /prod/sports can never match: /prod/sports of configmap/more/more.yaml takes';
    const isTold = async () => (await eventsAt(cluster, 'sports')).join().includes(clash);
    await eventually('the clash is told', isTold);
    await put(cluster, 'more', { 'README.md': 'nothing' });
    const isEmpty = async () =>
      (await eventsAt(cluster, 'more')).join().includes('configmap/more:1:1');
    await eventually('the empty one is told', isEmpty);
    await cluster.removeConfigMap('more');
    await put(cluster, 'shop', { 'a.yaml': table('a', '/a3') });
    await live(gateway, '/prod/a3', 200);
  });

  it('[4.3] stay when the last ConfigMap goes', async () => {
    await cluster.removeConfigMap('shop');
    await live(gateway, '/prod/a3', 404);
    await cluster.removeConfigMap('sports');
    const isSaid = () =>
      gateway.platform.logLines.some((line) => line.includes('no ConfigMap has'));
    await eventually('it is logged', isSaid, LIVE_WITHIN_MS);
    await live(gateway, '/prod/sports', 200);
  });
});

describe(`a start with ROUTES_CONFIGMAP_SELECTOR in ${where}`, () => {
  let cluster: TestCluster;
  beforeAll(async () => (cluster = await aCluster(rights)));
  afterAll(() => cluster.close());

  it('[4.3] fails when no ConfigMap has the label', async () => {
    await expect(start(cluster)).rejects.toThrow(
      `no ConfigMap of namespace ${cluster.kubernetes.namespace} has the label ${selector}`,
    );
  });

  it('[4.3] fails with the faults, told at the object too, when the tables are bad', async () => {
    await put(cluster, 'sports', { 'sports.yaml': bad('sports') });
    await expect(start(cluster)).rejects.toThrow(/configmap\/sports\/sports.yaml:7:7 .* auht/);
    expect((await eventsAt(cluster, 'sports')).join()).toContain('Warning RouteTableRefused');
  });
});

describe('an API server', () => {
  it('[4.3] that cannot be reached ends the start after a deadline', async () => {
    const server = await ApiServer.start();
    const cluster = await standIn(server);
    await server.offline();
    await expect(start(cluster, { KUBERNETES_DEADLINE_MS: '300' })).rejects.toThrow(
      /ConfigMaps of spec with .* cannot be read: .*ECONNREFUSED.* \(tried for 0.3 s\)/,
    );
    await cluster.close();
  });

  it('[4.3] that goes away takes no route with it, and what changed meanwhile is live after', async () => {
    const server = await ApiServer.start();
    const cluster = await standIn(server);
    await put(cluster, 'sports', { 'sports.yaml': table('sports', '/sports') });
    const gateway = await start(cluster);
    await server.offline();
    const lines = () =>
      gateway.platform.logLines.filter((line) => line.includes('are not watched'));
    await eventually('a warning', () => lines().length === 1);
    await live(gateway, '/prod/sports', 200);
    await server.online();
    await put(cluster, 'sports', { 'sports.yaml': table('sports', '/games') });
    const token = gateway.signIn(anAdmin());
    const isLive = async () => (await gateway.call('GET /prod/games', { token })).status === 200;
    await eventually('the change', isLive);
    await gateway.close();
    await cluster.close();
  });
});
