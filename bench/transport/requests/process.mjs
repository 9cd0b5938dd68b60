/**
 * One side of a contender in a process of its own, driven by messages: the server tells how much it
 * handled, a client warms up or drives a load.
 */
import 'reflect-metadata';
import { contenders } from './contenders.mjs';
import { drive, replyTo, warmUp } from './work.mjs';

const CLOSE_MS = 3_000;
const [, , name, side, address] = process.argv;
const contender = contenders[name];
let handled = 0;
const handle = (request) => {
  handled += 1;
  return replyTo(request);
};
const where = JSON.parse(address);
const { call, close } =
  side === 'server'
    ? { close: await contender.serve(handle, where) }
    : await contender.connect(where);

const answers = {
  handled: () => handled,
  warm: () => warmUp(call),
  drive: ({ load }) => drive(call, load),
  async end() {
    const late = new Promise((resolve) => void setTimeout(resolve, CLOSE_MS));
    await Promise.race([close(), late]);
    process.exit(0);
  },
};
process.on('message', async (order) => process.send(await answers[order.ask](order)));
process.on('disconnect', () => process.exit(0));
process.send('ready');
