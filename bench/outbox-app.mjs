/**
 * One app of `bench:outbox` in a process of its own: `outbox-app.mjs orders` writes events on demand,
 * `outbox-app.mjs products` handles them through its inbox. Both are made of the real libraries.
 */
import 'reflect-metadata';
import { createRequire } from 'node:module';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const require = createRequire(new URL('../libs/database/package.json', import.meta.url));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const library = (name) => import(new URL(`../libs/${name}/dist/index.js`, import.meta.url).href);

const [{ Controller, Inject, Module }, { Payload }, { DataSource }] = await Promise.all(
  ['@nestjs/common', '@nestjs/microservices', 'typeorm'].map(load),
);
const [contracts, service, database, identity] = await Promise.all(
  ['contracts', 'service', 'database', 'identity'].map(library),
);
const { orderEvents } = contracts;
const role = process.argv[2];
/** Writes under way: as many as there are connections. */
const WRITERS = 10;
/** How often a wave of writes begins, milliseconds. */
const WAVE_MS = 10;
/** The same for every process of this machine, milliseconds with fractions. */
const now = () => performance.timeOrigin + performance.now();
const handled = [];

class StockController {
  constructor(inbox) {
    this.inbox = inbox;
  }

  async cancelled(event) {
    await this.inbox.once(event, (manager) =>
      manager.query('INSERT INTO given_back VALUES ($1)', [event.subject]),
    );
    handled.push([event.subject, now()]);
  }
}
const at = [StockController.prototype, 'cancelled'];
Controller()(StockController);
Inject(database.Inbox)(StockController, undefined, 0);
service.Subscribes(orderEvents.cancelled)(...at, Object.getOwnPropertyDescriptor(...at));
Payload({ schema: orderEvents.cancelled.envelope })(...at, 0);

const tables =
  role === 'orders'
    ? `${database.outboxTable} ${database.outboxRepeats}`
    : `CREATE TABLE given_back (id uuid NOT NULL); ${database.outboxTable} ${database.outboxRepeats} ${database.inboxTable}`;
const migrations = [database.sqlMigration(1764000000001, 'tables', tables)];

/** Nest keeps a module's parts on its class. */
function AppModule() {}
Module({
  imports: [
    identity.IdentityModule.forService(),
    database.DatabaseModule.with({ schema: role, entities: [], migrations }),
  ],
  controllers: role === 'products' ? [StockController] : [],
})(AppModule);

/** Writes single events at a steady pace; answers each one's id and when it was committed. */
async function writeAtPace(app, { perSecond, seconds }) {
  const source = app.context.get(DataSource);
  const outbox = app.context.get(database.Outbox, { strict: false });
  const written = [];
  const write = async () => {
    const id = service.newId();
    await source.transaction((manager) =>
      outbox.add(manager, orderEvents.cancelled, {
        subject: id,
        data: { orderId: id, userId: id, reason: 'expired' },
      }),
    );
    written.push([id, now()]);
  };
  const started = now();
  let begun = 0;
  const writer = async () => {
    while (begun < perSecond * seconds) {
      if (begun++ <= ((now() - started) / 1_000) * perSecond) await write();
      else if (begun--) await pause(WAVE_MS);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
  return { written, seconds: (now() - started) / 1_000 };
}

const [{ env }] = await once(process, 'message');
const { serviceConfig } = service;
const config = serviceConfig.extend(database.databaseConfig);
const app = await service.startApp(
  service.defineApp({ name: role, config, module: () => AppModule }),
  env,
);
process.on('message', async ({ pace, take, end }) => {
  if (pace) process.send({ wrote: await writeAtPace(app, pace) });
  if (take) process.send({ handled: handled.splice(0) });
  if (end) {
    await app.close();
    process.exit(0);
  }
});
process.on('disconnect', () => process.exit(0));
process.send({ ready: true });
