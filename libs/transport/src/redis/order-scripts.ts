import { finishFull1 } from './scripts/finish-full-1.lua.js';
import { order1 } from './scripts/order-1.lua.js';
import { orderSweep1 } from './scripts/order-sweep-1.lua.js';

/** What the members of a group use for events in order, and for those whose payloads lie apart. */
export const orderScripts = {
  nxFinishFull: { numberOfKeys: 7, lua: finishFull1 },
  nxOrder: { numberOfKeys: 2, lua: order1 },
  nxOrderSweep: { numberOfKeys: 4, lua: orderSweep1 },
} satisfies Record<string, { numberOfKeys?: number; lua: string }>;
