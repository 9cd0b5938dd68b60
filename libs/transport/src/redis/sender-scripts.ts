import { ask1 } from './scripts/ask-1.lua.js';
import { emit3 } from './scripts/emit-3.lua.js';
import { emitFull1 } from './scripts/emit-full-1.lua.js';
import { enqueue3 } from './scripts/enqueue-3.lua.js';
import { finished1 } from './scripts/finished-1.lua.js';
import { format2 } from './scripts/format-2.lua.js';
import { redrive3 } from './scripts/redrive-3.lua.js';
import { schedule1 } from './scripts/schedule-1.lua.js';
import { unschedule1 } from './scripts/unschedule-1.lua.js';

/** What those use who send, and who mend. One without a number of keys is told it with each call. */
export const senderScripts = {
  nxEnqueue: { numberOfKeys: 3, lua: enqueue3 },
  nxAsk: { lua: ask1 },
  nxEmit: { numberOfKeys: 2, lua: emit3 },
  nxEmitFull: { numberOfKeys: 4, lua: emitFull1 },
  nxSchedule: { numberOfKeys: 3, lua: schedule1 },
  nxUnschedule: { numberOfKeys: 3, lua: unschedule1 },
  nxFinished: { numberOfKeys: 1, lua: finished1 },
  nxFormat: { numberOfKeys: 1, lua: format2 },
  nxRedrive: { numberOfKeys: 3, lua: redrive3 },
} satisfies Record<string, { numberOfKeys?: number; lua: string }>;
