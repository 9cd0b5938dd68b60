import { Logger } from '@nestjs/common';
import { Schedule } from './schedule.js';

Logger.overrideLogger(false);

describe('sim', () => {
  it('explores', async () => {
    const from = Number(process.env['FROM'] ?? 1);
    const count = Number(process.env['COUNT'] ?? 1000);
    const t = performance.now();
    let bad = 0;
    const b1 = new RegExp(process.env['ONLY'] ?? 'zzz');
    const kinds = new Map<string, number>();
    let ran = 0;
    for (let seed = from; seed < from + count; seed++) {
      const trace: string[] | undefined = process.env['TRACE'] ? [] : undefined;
      const schedule = new Schedule(seed, { trace });
      const broken = await schedule.run();
      ran++;
      if (broken.length) {
        bad++;
        for (const b of broken) {
          const kind = b.replace(/\d+/g, 'N').slice(0, 110);
          kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
        }
        if (trace)
          console.log(JSON.stringify(schedule.plan, null, 1).slice(0, 6000), trace.join('\n'));
        if (bad <= 6 || b1.test(broken.join()))
          console.log(seed, schedule.plan.faults.map((f) => f.kind).join(), broken);
      }
      if (seed % 100 === 0) await new Promise((r) => setImmediate(r));
      if (performance.now() - t > 100000) break;
    }
    const s = (performance.now() - t) / 1000;
    console.log(
      `${ran} schedules in ${s.toFixed(1)} s = ${(ran / s).toFixed(0)}/s, ${bad} bad`,
      [...kinds].sort((a, b) => b[1] - a[1]).slice(0, 25),
    );
  }, 200000);
});
