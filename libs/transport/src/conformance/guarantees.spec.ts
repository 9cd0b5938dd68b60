import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { conformance } from './conformance.js';
import type { Harness } from './harness.js';

/** Defines the suite without running any of it. */
function promises(): string[] {
  const titles: string[] = [];
  let subject = '';
  conformance(
    {
      describe: (title, define) => {
        subject = title;
        define();
      },
      it: (title) => void titles.push(`${subject} ${title}`),
      expect,
    },
    () => ({}) as Harness,
    { canLoseGroups: true, canFreeze: true, canFailOver: true },
  );
  return titles;
}

const read = (path: string) => readFileSync(resolve('libs/transport', path), 'utf8');

describe('the guide', () => {
  it('names for each guarantee tests that there are', () => {
    const guide = read('docs/guarantees.md');
    const named = [...guide.matchAll(/^- `(.+)`$/gm)].map(([, title]) => title);
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter((title) => !promises().includes(title ?? ''))).toEqual([]);
  });

  it('tells of every code of an error, and of no other', () => {
    const codes = (text: string, form: RegExp) => [...text.matchAll(form)].map(([, code]) => code);
    const told = codes(read('docs/errors.md'), /^\| `([A-Z_]+)`/gm);
    expect(told.toSorted()).toEqual(codes(read('src/errors.ts'), /^ {2}\| '(\w+)'/gm).toSorted());
  });
});
