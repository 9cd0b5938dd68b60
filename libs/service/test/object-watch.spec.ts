import { configMaps, createLogger, ObjectWatch, type ConfigMap } from '@courtside/service';
import { ApiServer, ApiStatus, eventually, standIn } from '@courtside/testing';

const LABEL = 'courtside.dev/spec';
const labels = { [LABEL]: 'yes' };

/** A watch on a stand-in, and what it has told. */
async function aWatch(options: { watchSeconds?: number; silenceMs?: number } = {}) {
  const server = await ApiServer.start();
  const cluster = await standIn(server);
  const told: string[] = [];
  const lines: string[] = [];
  const logger = createLogger({
    app: 'gateway',
    level: 'debug',
    format: 'json',
    destination: { write: (line) => void lines.push(line) },
  });
  const source = configMaps(cluster.kubernetes, `${LABEL}=yes`, options);
  const changed = (all: readonly ConfigMap[]) => void told.push(namesOf(all));
  const watch = new ObjectWatch(source, {
    app: 'gateway',
    resource: 'ConfigMaps',
    logger,
    changed,
  });
  const put = (name: string, more: object = {}) =>
    cluster.apply({ metadata: { name, labels, ...more }, data: { 'a.yaml': name } });
  const stop = async () => {
    await watch.stop();
    await cluster.close();
  };
  return { server, cluster, watch, told, lines, put, stop };
}

const namesOf = (all: readonly ConfigMap[]): string =>
  all
    .map(({ metadata }) => metadata?.name)
    .sort()
    .join(' ');
const watchesOf = (server: ApiServer) =>
  server.requests.filter((each) => each.endsWith('?watch')).length;
const listsOf = (server: ApiServer) =>
  server.requests.filter((each) => each === 'GET /api/v1/namespaces/spec/configmaps').length;

describe('objects that are watched', () => {
  let stop: () => Promise<void> = async () => undefined;
  afterEach(() => stop());

  const started = async (options?: Parameters<typeof aWatch>[0]) => {
    const watched = await aWatch(options);
    stop = watched.stop;
    await watched.put('one');
    expect(namesOf(await watched.watch.start(5_000))).toBe('one');
    await eventually('a watch', () => watched.server.watches.size === 1);
    return watched;
  };

  it('are told of when they come, change, go, or lose the label', async () => {
    const { told, put, cluster } = await started();
    await put('two');
    await eventually('two', () => told.at(-1) === 'one two');
    await put('one', { annotations: { changed: 'yes' } });
    await eventually('the change', () => told.length === 2);
    await put('two', { labels: {} });
    await eventually('its label gone', () => told.at(-1) === 'one');
    await cluster.removeConfigMap('one');
    await eventually('none', () => told.at(-1) === '');
  });

  it('are watched on from where a watch ended in order, without a new list', async () => {
    const { told, put, server } = await started({ watchSeconds: 1 });
    const lists = listsOf(server);
    await eventually('a second watch', () => watchesOf(server) >= 2);
    await put('two');
    await eventually('two', () => told.at(-1) === 'one two');
    // One is the list of `apply` itself.
    expect(listsOf(server)).toBe(lists + 1);
  });

  it('are listed anew when the connection breaks, and nothing is missed', async () => {
    const { told, put, server, lines } = await started();
    for (const watch of server.watches) watch.drop();
    await put('two');
    await eventually('two', () => told.at(-1) === 'one two', 2_000);
    const said = () => lines.filter((line) => line.includes('are not watched')).length;
    await eventually('trouble and its end are logged', () => said() === 2);
  });

  it('are listed anew when the version is too old, told within the watch or by a status', async () => {
    const { told, put, server, lines } = await started();
    server.store.forget();
    for (const watch of server.watches) watch.end();
    await put('two');
    await eventually('two', () => told.at(-1) === 'one two');
    let refusals = 1;
    server.fault = ({ path }) =>
      path.endsWith('configmaps') && refusals-- > 0 ? new ApiStatus(410, 'too old') : undefined;
    for (const watch of server.watches) watch.end();
    await eventually('the refusal', () => refusals < 0);
    await put('three');
    await eventually('three', () => told.at(-1) === 'one three two');
    expect(lines).toEqual([]);
  });

  it('are listed anew when a watch stays silent beyond its time', async () => {
    const { told, put, server } = await started({ watchSeconds: 1, silenceMs: 200 });
    for (const watch of server.watches) watch.isSilent = true;
    await put('two');
    await eventually('two', () => told.at(-1) === 'one two');
  });

  it('stay known while the API server is away, which is said once', async () => {
    const { told, put, server, lines } = await started();
    await server.offline();
    await eventually('trouble', () => lines.some((line) => line.includes('are not watched')));
    const requests = server.requests.length;
    await server.online();
    await put('two');
    await eventually('two', () => told.at(-1) === 'one two');
    expect(server.requests.length).toBeGreaterThan(requests);
    await eventually('the end of it', () => lines.some((line) => line.includes('over: ')));
    expect(lines.filter((line) => line.includes('"warn"'))).toHaveLength(1);
  });
});

describe('a start without an API server', () => {
  it('waits for it, and says why it gave up', async () => {
    const { server, watch, stop } = await aWatch();
    server.fault = () => new ApiStatus(403, 'configmaps is forbidden: User "x" cannot list');
    await expect(watch.start(300)).rejects.toThrow(
      /cannot be read: 403 configmaps is forbidden.*tried for 0.3 s/,
    );
    await server.offline();
    await expect(watch.start(300)).rejects.toThrow(/ECONNREFUSED.*tried for 0.3 s/);
    await stop();
  });

  it('goes on once it is there', async () => {
    const { server, watch, put, stop } = await aWatch();
    await put('one');
    let refusals = 2;
    server.fault = () => (refusals-- > 0 ? new ApiStatus(503, 'starting') : undefined);
    expect(namesOf(await watch.start(5_000))).toBe('one');
    await stop();
  });
});
