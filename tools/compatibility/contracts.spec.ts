import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { breaks } from './contracts.mjs';

const text = { type: 'string' };
const fields = (properties: object, required: string[] = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

/** A small platform; each test changes what it is about. */
const aState = () => ({
  version: '1.0.0',
  date: '2026-11-25',
  roles: { user: ['orders:create', 'orders:read'] },
  bus: {
    messages: {
      'orders.create': {
        effect: 'idempotent',
        access: { by: 'permission', permission: 'orders:create', orSelf: 'id' } as object,
        guards: undefined as string | undefined,
        deprecated: undefined as object | undefined,
        input: fields({ name: text }),
        output: fields({ id: text }) as object,
      },
    } as Record<string, Record<string, unknown>>,
    events: {
      'orders.created': { version: 1, data: fields({ id: text }), deprecated: undefined },
      'orders.created.v2': { version: 2, data: fields({ id: text }) },
    } as Record<string, Record<string, unknown>>,
    components: { schemas: {} },
  },
  http: {
    operations: {
      'GET /api/v1/orders/{id}': anOperation(),
    } as Record<string, ReturnType<typeof anOperation>>,
    components: { schemas: {} },
  },
});
function anOperation() {
  return {
    auth: 'none',
    deprecation: undefined as object | undefined,
    parameters: {
      'path id': { required: true, schema: text },
      'query size': { required: false, schema: text },
    } as Record<string, { required: boolean; schema: object }>,
    body: undefined as { required: boolean; schema: object } | undefined,
    answers: { 200: { headers: ['ETag'], schema: fields({ id: text }) } } as Record<string, object>,
  };
}
type State = ReturnType<typeof aState>;
type Change = (now: State, released: State) => void;

/** What a change breaks, on some day before every sunset. */
function broken(change: Change, today = '2027-01-01'): string[] {
  const [released, now] = [aState(), aState()];
  change(now, released);
  return breaks(released, now, today).map(
    ({ pointer, sentence }: { pointer: string; sentence: string }) => `${pointer}: ${sentence}`,
  );
}

const create = ({ bus }: State) => bus.messages['orders.create']!;
const read = ({ http }: State) => http.operations['GET /api/v1/orders/{id}']!;
const MESSAGE = '/bus/messages/orders.create';
const OPERATION = '/http/operations/GET ~1api~1v1~1orders~1{id}';

describe('contracts beside those of the release', () => {
  it('break nothing while they are the same', () => {
    expect(broken(() => undefined)).toEqual([]);
  });

  it.each<[string, Change]>([
    ['a new message', (now) => (now.bus.messages['orders.list'] = create(aState()))],
    ['a new event', (now) => (now.bus.events['orders.paid'] = { version: 1, data: fields({}) })],
    ['a new operation', (now) => (now.http.operations['GET /new'] = anOperation())],
    ['a further permission of a role', (now) => now.roles.user.push('orders:list')],
    ['access for everyone', (now) => (create(now)['access'] = { by: 'anyone' })],
    ['access for whoever is signed in', (now) => (create(now)['access'] = { by: 'signed-in' })],
    ['a weaker effect', (now) => (create(now)['effect'] = 'none')],
    ['another name of a part of a path', (now) => renamePart(now)],
    ['a new optional parameter', (now) => (read(now).parameters['query q'] = given(false))],
    ['a new header', (now) => (read(now).answers = { 200: answer(['ETag', 'Link']) })],
    ['a further answer', (now) => (read(now).answers = { 200: answer(), 202: answer() })],
    ['no need for a token', (_now, released) => (read(released).auth = 'user')],
    ['a body that may be sent', (now) => (read(now).body = given(false))],
    ['an end after half a year', (now) => (read(now).deprecation = endsOn('2027-05-24'))],
    ['a later sunset', (now, released) => postpone(now, released)],
  ])('break nothing by %s', (_name, change) => {
    expect(broken(change)).toEqual([]);
  });

  it.each<[string, Change, string]>([
    [
      'a role that permits less',
      (now) => now.roles.user.pop(),
      '/roles/user: no longer permits orders:read',
    ],
    [
      'a removed message',
      (now) => delete now.bus.messages['orders.create'],
      `${MESSAGE}: is gone, and no release has said that it would go`,
    ],
    [
      'an input that demands more',
      (now) => (create(now)['input'] = fields({ name: text, size: text })),
      `${MESSAGE}/input: the field size is required now`,
    ],
    [
      'an output that tells less',
      (now) => (create(now)['output'] = fields({})),
      `${MESSAGE}/output/properties/id: the field is no longer given`,
    ],
    [
      'a stronger effect',
      (now) => (create(now)['effect'] = 'once'),
      `${MESSAGE}/effect: its effect was idempotent and is once: callers of the release repeat it too freely`,
    ],
    [
      'a proof for each message',
      (now) => (create(now)['guards'] = 'money'),
      `${MESSAGE}/guards: needs a proof made for each message alone now, which callers of the release do not send`,
    ],
    [
      'a removed event',
      (now) => delete now.bus.events['orders.created'],
      '/bus/events/orders.created: is gone, and no release has said that it would go',
    ],
    [
      'an event that tells less',
      (now) => (now.bus.events['orders.created']!['data'] = fields({ id: text }, [])),
      '/bus/events/orders.created/data: the field id was always there and may be absent now',
    ],
    [
      'an event with a value that readers refuse',
      (now, released) => openList(now, released),
      '/bus/events/orders.created/data/properties/id: may be "b" now, which a reader does not know',
    ],
    [
      'a removed operation',
      (now) => delete now.http.operations['GET /api/v1/orders/{id}'],
      `${OPERATION}: is gone, and no release has said that it would go`,
    ],
    [
      'a token that is needed now',
      (now) => (read(now).auth = 'user'),
      `${OPERATION}/auth: needs a token now`,
    ],
    [
      'a parameter that is not taken',
      (now) => delete read(now).parameters['query size'],
      `${OPERATION}/parameters/query size: the query size is no longer taken`,
    ],
    [
      'a parameter that is required now',
      (now) => (read(now).parameters['query size'] = given(true)),
      `${OPERATION}/parameters/query size: the query size is required now`,
    ],
    [
      'a new header that is required',
      (now) => (read(now).parameters['header If-Match'] = given(true)),
      `${OPERATION}/parameters/header If-Match: the header If-Match is required now`,
    ],
    [
      'a narrower part of the path under another name',
      (now) => renamePart(now, { type: 'string', maxLength: 5 }),
      `${OPERATION}/parameters/path id/schema: maxLength was none and is 5: less is taken`,
    ],
    [
      'a body that is needed now',
      (now) => (read(now).body = given(true)),
      `${OPERATION}/body: needs a body now`,
    ],
    [
      'a body that is not taken',
      (_now, released) => (read(released).body = given(false)),
      `${OPERATION}/body: takes no body any more`,
    ],
    [
      'a body that must be there',
      (now, released) => ((read(released).body = given(false)), (read(now).body = given(true))),
      `${OPERATION}/body: needs a body now`,
    ],
    [
      'another status',
      (now) => (read(now).answers = { 201: answer() }),
      `${OPERATION}/answers/200: answers 201 and not 200 now`,
    ],
    [
      'a header that is not sent',
      (now) => (read(now).answers = { 200: answer([]) }),
      `${OPERATION}/answers/200/headers: ETag is no longer sent`,
    ],
    [
      'an answer that tells less',
      (now) => (read(now).answers = { 200: { headers: ['ETag'], schema: fields({}) } }),
      `${OPERATION}/answers/200/schema/properties/id: the field is no longer given`,
    ],
    [
      'an end that no release announced in time',
      (now) => (read(now).deprecation = endsOn('2027-05-23')),
      `${OPERATION}/deprecation/sunset: is 2027-05-23: the release of 2026-11-25 did not say that it would end, so not before 2027-05-24`,
    ],
    [
      'an earlier sunset than promised',
      (now, released) => postpone(released, now),
      `${OPERATION}/deprecation/sunset: was promised as 2028-01-01 and is 2027-06-01 now`,
    ],
  ])('break by %s', (_name, change, sentence) => {
    expect(broken(change)).toEqual([sentence]);
  });
});

const given = (required: boolean) => ({ required, schema: text });
const answer = (headers = ['ETag']) => ({ headers, schema: fields({ id: text }) });
const endsOn = (sunset: string) => ({ since: '2026-12-01', sunset, gone: true });

function renamePart({ http }: State, schema: object = text): void {
  const { 'path id': _id, ...parameters } = anOperation().parameters;
  const renamed = {
    ...anOperation(),
    parameters: { 'path no': { required: true, schema }, ...parameters },
  };
  http.operations = { 'GET /api/v1/orders/{no}': renamed };
}

function postpone(later: State, earlier: State): void {
  read(later).deprecation = endsOn('2028-01-01');
  read(earlier).deprecation = endsOn('2027-06-01');
}

function openList(now: State, released: State): void {
  const list = (values: string[]) => fields({ id: { enum: values, 'x-open': true } });
  released.bus.events['orders.created']!['data'] = list(['a']);
  now.bus.events['orders.created']!['data'] = list(['a', 'b']);
}

describe('access that becomes stricter', () => {
  const may = (permission: string, orSelf?: string) => ({ by: 'permission', permission, orSelf });
  const services = (...callers: string[]) => ({ by: 'service', callers });

  it.each<[object, object, string | undefined]>([
    [{ by: 'anyone' }, { by: 'signed-in' }, 'everyone could ask and only users may now'],
    [{ by: 'signed-in' }, may('a:b'), 'needs the permission a:b now'],
    [may('a:b'), may('a:c'), 'needs the permission a:c and not a:b now'],
    [may('a:b', 'id'), may('a:b'), 'users may not ask about themselves any more'],
    [may('a:b', 'id'), may('a:b', 'name'), 'users may not ask about themselves any more'],
    [may('a:b'), may('a:b', 'id'), undefined],
    [{ by: 'signed-in' }, services('auth'), 'is for auth alone now'],
    [services('auth', 'users'), services('users'), 'auth may not ask any more'],
    [services('auth'), services('auth', 'users'), undefined],
    [services('auth'), { by: 'signed-in' }, 'was for auth and needs a user now'],
    [services('auth'), { by: 'anyone' }, undefined],
  ])('%j, now %j', (was, is, sentence) => {
    const found = broken((now, released) => {
      create(released)['access'] = was;
      create(now)['access'] = is;
    });
    expect(found).toEqual(sentence === undefined ? [] : [`${MESSAGE}/access: ${sentence}`]);
  });
});

describe('what may be removed', () => {
  const deprecated = { since: '2026-12-01', successor: 'x' };

  it('is a message or event that a release has called deprecated', () => {
    const change: Change = (now, released) => {
      create(released)['deprecated'] = deprecated;
      released.bus.events['orders.created']!['deprecated'] = deprecated;
      now.bus.messages = {};
      delete now.bus.events['orders.created'];
    };
    expect(broken(change)).toEqual([]);
  });

  it('is not one that says so only now', () => {
    const change: Change = (now, released) => {
      create(now)['deprecated'] = deprecated;
      released.bus.messages['orders.other'] = create(aState());
    };
    expect(broken(change)).toEqual([
      '/bus/messages/orders.other: is gone, and no release has said that it would go',
    ]);
  });

  it('is an operation from the day of its sunset on', () => {
    const change: Change = (now, released) => {
      read(released).deprecation = endsOn('2027-06-01');
      now.http.operations = {};
    };
    expect(broken(change, '2027-06-01')).toEqual([]);
    expect(broken(change, '2027-05-31')).toEqual([
      `${OPERATION}: is gone before 2027-06-01, until which the release promises to serve it`,
    ]);
  });
});

const RELEASED = 'docs/released/contracts.json';
const NOW = 'docs/generated/contracts.json';

/** A folder with these files. */
function aProject(files: Record<string, unknown>): string {
  const root = mkdtempSync(join(tmpdir(), 'contracts-'));
  for (const [path, value] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), typeof value === 'string' ? value : JSON.stringify(value));
  }
  return root;
}
const run = (script: string, cwd: string, ...args: string[]) =>
  spawnSync(process.execPath, [resolve(script), ...args], { encoding: 'utf8', cwd });

describe('npm run check -- --only contracts', () => {
  const check = (files: Record<string, unknown>) =>
    run('tools/check/contracts.mjs', aProject(files));

  it('says nothing while nothing breaks', () => {
    const state = aState();
    expect(check({ [RELEASED]: state, [NOW]: state })).toMatchObject({ status: 0, stdout: '' });
  });

  it('tells each fault with its pointer, the way out once, and how to begin anew', () => {
    const now = aState();
    now.bus.events['orders.created']!['data'] = fields({});
    now.bus.events['orders.created.v2']!['data'] = fields({ id: { type: 'integer' } });
    const { status, stdout } = check({ [RELEASED]: aState(), [NOW]: now });
    expect(status).toBe(1);
    expect(stdout.split('\n').slice(0, 6)).toEqual([
      'orders.created would break what was built on 1.0.0 (2026-11-25):',
      '  /bus/events/orders.created/data/properties/id: the field is no longer given',
      '  -> leave orders.created as it is, define orders.created.v2 with the raised version beside it, publish both, and let subscribers move before orders.created goes',
      'orders.created.v2 would break what was built on 1.0.0 (2026-11-25):',
      '  /bus/events/orders.created.v2/data/properties/id: was string and may be integer now',
      expect.stringContaining('define orders.created.v3 with the raised version'),
    ]);
    expect(stdout).toContain('npm run release:contracts -- --replace');
  });

  it('names the command that makes what is missing', () => {
    const { status, stdout } = check({ [NOW]: aState() });
    expect([status, stdout]).toEqual([1, `${RELEASED} is missing: npm run release:contracts\n`]);
  });

  it('has a release to compare with, of all messages, events and operations', () => {
    const released = JSON.parse(readFileSync(RELEASED, 'utf8')) as State;
    expect(released.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(released.date).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(Object.keys(released.bus.messages)).toContain('orders.create');
    expect(Object.keys(released.bus.events)).toContain('orders.created');
    expect(Object.keys(released.http.operations)).toContain('POST /api/v1/orders');
  });
});

describe('npm run release:contracts', () => {
  // What it makes anew first is made here already.
  const project = (now: State) =>
    aProject({ [NOW]: { ...now, date: undefined }, 'tools/generate.mjs': '' });
  const release = (root: string, ...args: string[]) =>
    run('tools/release-contracts.mjs', root, ...args);
  const recorded = (root: string) =>
    JSON.parse(readFileSync(join(root, RELEASED), 'utf8')) as State;

  it('records what is here now with its version and day', () => {
    const root = project(aState());
    const { status, stdout } = release(root);
    expect([status, stdout]).toEqual([0, expect.stringMatching(/is what 1\.0\.0 of \d{4}-/)]);
    const { date, ...state } = recorded(root);
    expect(date).toBe(new Date().toISOString().slice(0, 10));
    const { date: _own, ...made } = JSON.parse(JSON.stringify(aState())) as State;
    expect(state).toEqual(made);
  });

  it('refuses to record over what it would break, unless that was never released', () => {
    const root = project(aState());
    release(root);
    const now = aState();
    delete now.bus.events['orders.created'];
    writeFileSync(join(root, NOW), JSON.stringify({ ...now, version: '1.1.0' }));
    const refused = release(root);
    expect([refused.status, refused.stdout]).toEqual([1, expect.stringContaining('is gone, and')]);
    expect(recorded(root).version).toBe('1.0.0');
    expect(release(root, '--replace').status).toBe(0);
    expect(recorded(root).version).toBe('1.1.0');
  });

  it('tells how it is used', () => {
    const root = project(aState());
    expect(release(root, '--help').stdout).toContain('--replace');
    const { status, stderr } = release(root, '--force');
    expect([status, stderr]).toEqual([2, expect.stringContaining('--force')]);
  });
});
