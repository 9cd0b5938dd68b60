import { backlog1 } from './scripts/backlog-1.lua.js';
import { finish5 } from './scripts/finish-5.lua.js';
import { finishFull1 } from './scripts/finish-full-1.lua.js';
import { handBack1 } from './scripts/hand-back-1.lua.js';
import { leave3 } from './scripts/leave-3.lua.js';
import { mark2 } from './scripts/mark-2.lua.js';
import { order1 } from './scripts/order-1.lua.js';
import { orderSweep1 } from './scripts/order-sweep-1.lua.js';
import { publish1 } from './scripts/publish-1.lua.js';
import { rebuild4 } from './scripts/rebuild-4.lua.js';
import { recover3 } from './scripts/recover-3.lua.js';
import { settle1 } from './scripts/settle-1.lua.js';
import { tend6 } from './scripts/tend-6.lua.js';
import { senderScripts } from './sender-scripts.js';

/** What the members of a group use. */
const groupScripts = {
  nxTend: { numberOfKeys: 5, lua: tend6 },
  nxRebuild: { numberOfKeys: 4, lua: rebuild4 },
  nxRecover: { numberOfKeys: 3, lua: recover3 },
  nxMark: { numberOfKeys: 2, lua: mark2 },
  nxFinish: { numberOfKeys: 5, lua: finish5 },
  nxFinishFull: { numberOfKeys: 7, lua: finishFull1 },
  nxOrder: { numberOfKeys: 2, lua: order1 },
  nxOrderSweep: { numberOfKeys: 4, lua: orderSweep1 },
  nxHandBack: { numberOfKeys: 1, lua: handBack1 },
  nxSettle: { lua: settle1 },
  nxLeave: { numberOfKeys: 3, lua: leave3 },
  nxPublish: { numberOfKeys: 1, lua: publish1 },
  nxBacklog: { numberOfKeys: 2, lua: backlog1 },
} satisfies Record<string, { numberOfKeys?: number; lua: string }>;

/** The script of each command; one without a number of keys is told it with each call. */
export const scripts = { ...senderScripts, ...groupScripts };
