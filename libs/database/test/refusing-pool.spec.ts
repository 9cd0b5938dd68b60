import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { createDataSource } from '@courtside/database';
import { aDatabase, eventually, type TestDatabase } from '@courtside/testing';
import { isDatabaseLost } from '../src/lost-database.js';
import { CONNECT_WITHIN_MS, RefusingPool } from '../src/refusing-pool.js';

/** A message of PostgreSQL's protocol: type, length of the rest, the rest. */
function message(type: string, ...fields: (Buffer | string)[]): Buffer {
  const rest = Buffer.concat(fields.map((field) => Buffer.from(field)));
  const length = Buffer.alloc(4);
  length.writeInt32BE(rest.length + 4);
  return Buffer.concat([Buffer.from(type), length, rest]);
}
const AUTHENTICATED = message('R', Buffer.alloc(4));
const READY = message('Z', 'I');
const DONE = message('C', 'SELECT 0\0');
const QUERY = 'Q'.charCodeAt(0);
const DYING = message('E', 'SFATAL\0C57P01\0Mterminating connection\0\0');

/** Serves whoever has connected. */
function welcome(socket: Socket): void {
  socket.write(Buffer.concat([AUTHENTICATED, READY]));
  socket.on('data', ([type]) => type === QUERY && socket.write(Buffer.concat([DONE, READY])));
}

/** What greets those who connect by their number, from 1 on; all others are left waiting. */
function greetingOnly(greeted: readonly number[], late: Socket[] = []): (socket: Socket) => void {
  let connected = 0;
  return (socket) =>
    socket.once('data', () => {
      connected += 1;
      if (greeted.includes(connected)) welcome(socket);
      else late.push(socket);
    });
}

/** A pool of a server that does what `greet` does with whoever connects. */
async function withServer(
  greet: (socket: Socket) => void,
  look: (pool: RefusingPool) => Promise<void>,
): Promise<void> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    greet(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const pool = new RefusingPool({ host: '127.0.0.1', port, connectionTimeoutMillis: 10_000 });
  try {
    await look(pool);
  } finally {
    if (!pool.ending) await pool.end();
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('who waits for a connection to the database', () => {
  let database: TestDatabase;
  beforeAll(async () => (database = await aDatabase()));
  afterAll(() => database.drop());

  it('is refused as overload when none comes free in time, and served when one does', async () => {
    const pool = new RefusingPool({
      connectionString: database.urlOf('users'),
      max: 1,
      connectionTimeoutMillis: 100,
    });
    const only = await pool.connect();
    const overloaded = { code: 'service.overloaded', status: 503, retryAfter: 1 };
    await expect(pool.connect()).rejects.toMatchObject(overloaded);
    await expect(pool.query('SELECT 1')).rejects.toMatchObject(overloaded);
    only.release();
    expect((await pool.query('SELECT 1')).rowCount).toBe(1);
    await pool.end();
  });

  it('is told soon that the database is away when a server takes the connection and says nothing', () =>
    withServer(
      () => {},
      async (pool) => {
        const startedAt = performance.now();
        expect(isDatabaseLost(await thrownBy(pool.connect()))).toBe(true);
        expect(performance.now() - startedAt).toBeLessThan(CONNECT_WITHIN_MS + 1_000);
      },
    ));

  it('gets the connection that is free first, while another is greeted late', () =>
    withServer(greetingOnly([1]), async (pool) => {
      const first = await pool.connect();
      const waiting = [pool.connect(), pool.connect()];
      first.release();
      const second = await waiting[0]!;
      expect(second).toBe(first);
      second.release();
      (await waiting[1]!).release();
      expect(pool.totalCount).toBe(2);
    }));

  it('waits on for a greeting that is late while the server answers others', async () => {
    const late: Socket[] = [];
    const greet = greetingOnly([1], late);
    await withServer(greet, async (pool) => {
      const first = await pool.connect();
      const asking = setInterval(() => void first.query('SELECT 1'), 50);
      try {
        const second = pool.connect();
        await pause(CONNECT_WITHIN_MS + 500);
        late.forEach(welcome);
        expect(late).toHaveLength(1);
        (await second).release();
      } finally {
        clearInterval(asking);
        first.release();
      }
    });
  });

  it('has connections opened for it one after the other', async () => {
    const late: Socket[] = [];
    await withServer(greetingOnly([], late), async (pool) => {
      const waiting = Array.from({ length: 3 }, () => pool.connect());
      for (let nth = 0; nth < waiting.length; nth += 1) {
        await eventually('the next one connects', () => late.length > nth);
        expect(pool.totalCount).toBe(nth + 1);
        welcome(late[nth]!);
        await waiting[nth]!;
      }
      for (const client of await Promise.all(waiting)) client.release();
    });
  });

  it('is refused when its pool ends', () =>
    withServer(greetingOnly([1]), async (pool) => {
      const first = await pool.connect();
      const second = thrownBy(pool.connect());
      const ended = pool.end();
      first.release();
      expect(await second).toBeInstanceOf(Error);
      await ended;
    }));

  it('is told that the database is away when its server dies with its greeting', () =>
    withServer(
      (socket) =>
        socket.once('data', () => socket.end(Buffer.concat([AUTHENTICATED, READY, DYING]))),
      async (pool) => {
        const client = await pool.connect();
        expect(isDatabaseLost(await thrownBy(client.query('SELECT 1')))).toBe(true);
        client.release(true);
      },
    ));

  it('waits in such a pool in every service', async () => {
    const connection = { url: database.urlOf('users'), poolMax: 1, statementTimeoutMs: 5_000 };
    const definition = { schema: 'users', entities: [], migrations: [] };
    const source = await createDataSource(definition, connection).initialize();
    const { master } = source.driver as unknown as { master: unknown };
    expect(master).toBeInstanceOf(RefusingPool);
    await source.destroy();
  });
});
