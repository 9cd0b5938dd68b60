import { ask1 } from './scripts/ask-1.lua.js';
import { backlog1 } from './scripts/backlog-1.lua.js';
import { emit3 } from './scripts/emit-3.lua.js';
import { enqueue3 } from './scripts/enqueue-3.lua.js';
import { finish5 } from './scripts/finish-5.lua.js';
import { finished1 } from './scripts/finished-1.lua.js';
import { format1 } from './scripts/format-1.lua.js';
import { handBack1 } from './scripts/hand-back-1.lua.js';
import { leave3 } from './scripts/leave-3.lua.js';
import { mark2 } from './scripts/mark-2.lua.js';
import { publish1 } from './scripts/publish-1.lua.js';
import { rebuild4 } from './scripts/rebuild-4.lua.js';
import { recover3 } from './scripts/recover-3.lua.js';
import { redrive2 } from './scripts/redrive-2.lua.js';
import { settle1 } from './scripts/settle-1.lua.js';
import { tend5 } from './scripts/tend-5.lua.js';

/** The script of each command; one without a number of keys is told it with each call. */
export const scripts = {
  nxEnqueue: { numberOfKeys: 3, lua: enqueue3 },
  nxAsk: { lua: ask1 },
  nxEmit: { numberOfKeys: 2, lua: emit3 },
  nxTend: { numberOfKeys: 5, lua: tend5 },
  nxRebuild: { numberOfKeys: 4, lua: rebuild4 },
  nxRecover: { numberOfKeys: 3, lua: recover3 },
  nxMark: { numberOfKeys: 2, lua: mark2 },
  nxFinish: { numberOfKeys: 5, lua: finish5 },
  nxFinished: { numberOfKeys: 1, lua: finished1 },
  nxFormat: { numberOfKeys: 1, lua: format1 },
  nxHandBack: { numberOfKeys: 1, lua: handBack1 },
  nxSettle: { lua: settle1 },
  nxLeave: { numberOfKeys: 3, lua: leave3 },
  nxRedrive: { numberOfKeys: 2, lua: redrive2 },
  nxPublish: { numberOfKeys: 1, lua: publish1 },
  nxBacklog: { numberOfKeys: 2, lua: backlog1 },
} satisfies Record<string, { numberOfKeys?: number; lua: string }>;
