/**
 * One replica in a process of its own, which may be killed at any time. What it does is written to a
 * file that no Redis knows of, at once: a line when a handler begins, another when its effect is there.
 */
import 'reflect-metadata';
import { openSync, writeSync } from 'node:fs';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { contenders, load } from './contenders.mjs';

const [{ Controller, Module }, { NestFactory }, microservices] = await Promise.all(
  ['@nestjs/common', '@nestjs/core', '@nestjs/microservices'].map(load),
);
const { Ctx, EventPattern, MessagePattern, Payload } = microservices;

// Whoever forked it is gone, in whatever way: then it has nobody to run for.
process.on('disconnect', () => process.exit());
process.send('warm');
const [{ contender, address, consumer, journal, workMs }] = await once(process, 'message');
const file = openSync(journal, 'a');
const write = (...words) => writeSync(file, `${words.join(' ')}\n`);

async function work(kind, { id }, { attempt = 1 }) {
  write('began', kind, id, Date.now(), consumer, attempt);
  await pause(workMs);
  write('effect', kind, id, Date.now(), consumer, attempt);
  return { id };
}

class WorkController {
  read(data, context) {
    return work('read', data, context);
  }

  pay(data, context) {
    return work('pay', data, context);
  }

  async happened(data, context) {
    await work('event', data, context);
  }
}
Controller()(WorkController);
const patterns = { read: MessagePattern, pay: MessagePattern, happened: EventPattern };
for (const [name, pattern] of Object.entries(patterns)) {
  const at = [WorkController.prototype, name];
  pattern(`${address.service}.${name}`)(...at, Object.getOwnPropertyDescriptor(...at));
  Payload()(...at, 0);
  Ctx()(...at, 1);
}
/** Nest keeps a module's parts on its class. */
function WorkModule() {}
Module({ controllers: [WorkController] })(WorkModule);

const options = contenders[contender].serve(address, consumer);
const app = await NestFactory.createMicroservice(WorkModule, { ...options, logger: false });
await app.listen();
process.send('ready');
