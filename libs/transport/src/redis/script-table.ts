import { backlog2 } from './scripts/backlog-2.lua.js';
import { due1 } from './scripts/due-1.lua.js';
import { finish7 } from './scripts/finish-7.lua.js';
import { follow1 } from './scripts/follow-1.lua.js';
import { handBack1 } from './scripts/hand-back-1.lua.js';
import { leave3 } from './scripts/leave-3.lua.js';
import { mark2 } from './scripts/mark-2.lua.js';
import { publish1 } from './scripts/publish-1.lua.js';
import { rebuild4 } from './scripts/rebuild-4.lua.js';
import { recover3 } from './scripts/recover-3.lua.js';
import { settle1 } from './scripts/settle-1.lua.js';
import { tend6 } from './scripts/tend-6.lua.js';
import { orderScripts } from './order-scripts.js';
import { senderScripts } from './sender-scripts.js';

/** What the members of a group use. */
const groupScripts = {
  nxTend: { numberOfKeys: 5, lua: tend6 },
  nxRebuild: { numberOfKeys: 4, lua: rebuild4 },
  nxRecover: { numberOfKeys: 3, lua: recover3 },
  nxMark: { numberOfKeys: 2, lua: mark2 },
  nxFinish: { numberOfKeys: 5, lua: finish7 },
  nxHandBack: { numberOfKeys: 1, lua: handBack1 },
  nxSettle: { lua: settle1 },
  nxLeave: { numberOfKeys: 3, lua: leave3 },
  nxPublish: { numberOfKeys: 1, lua: publish1 },
  nxBacklog: { lua: backlog2 },
  nxFollow: { numberOfKeys: 1, lua: follow1 },
  nxDue: { numberOfKeys: 4, lua: due1 },
} satisfies Record<string, { numberOfKeys?: number; lua: string }>;

/** The script of each command; one without a number of keys is told it with each call. */
export const scripts = { ...senderScripts, ...groupScripts, ...orderScripts };
