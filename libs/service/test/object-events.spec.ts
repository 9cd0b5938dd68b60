import { createLogger, ObjectEvents, type ObjectEvent } from '@courtside/service';
import { ApiServer, ApiStatus, standIn, type TestCluster } from '@courtside/testing';

describe('an Event at an object', () => {
  let server: ApiServer;
  let cluster: TestCluster;
  const lines: string[] = [];
  const logger = createLogger({
    ...{ app: 'gateway', level: 'debug', format: 'json' },
    destination: { write: (line) => void lines.push(line) },
  });
  const replica = () => new ObjectEvents(cluster.kubernetes, 'courtside.dev/spec', logger);
  const event = (note: string, resourceVersion = '1', name = 'sports'): ObjectEvent => ({
    regarding: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, uid: 'u-1', resourceVersion },
    },
    ...{ type: 'Warning', reason: 'Refused', action: 'Load', note },
  });

  beforeEach(async () => {
    lines.length = 0;
    server = await ApiServer.start();
    cluster = await standIn(server);
  });
  afterEach(() => cluster.close());

  it('is one for each version, however many replicas tell it', async () => {
    await Promise.all([replica().tell(event('bad')), replica().tell(event('bad'))]);
    await replica().tell(event('bad'));
    expect(await cluster.events()).toHaveLength(1);
    await replica().tell(event('bad', '2'));
    await replica().tell(event('worse', '2'));
    expect(await cluster.events()).toHaveLength(3);
    expect(lines).toEqual([]);
  });

  it('is cut at what the API takes, between characters, with a name that it takes', async () => {
    await replica().tell(event(`x${'é'.repeat(2_000)}`, '1', 'n'.repeat(253)));
    const [told] = await cluster.events();
    expect(told?.note).toMatch(/^xé+…$/);
    expect(Buffer.byteLength(told?.note ?? '')).toBe(1_024);
    const created = server.store.list('events.k8s.io/v1/events/spec');
    expect(created[0]?.metadata.name).toHaveLength(253);
  });

  it('that may not be created is logged once and disturbs nobody', async () => {
    const events = replica();
    server.fault = () => new ApiStatus(403, 'events.events.k8s.io is forbidden');
    await events.tell(event('bad'));
    await events.tell(event('worse'));
    expect(lines.filter((line) => line.includes('Events cannot be created'))).toHaveLength(1);
    expect(lines.join()).toContain('403 events.events.k8s.io is forbidden');
  });
});
