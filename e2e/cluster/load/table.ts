import type { Case } from './load.js';

const heads = [
  'case',
  ...['seconds', 'sent', 'failed'],
  ...['p99 before', 'during', 'after', 'p50 during'],
  ...['lost', 'doubled'],
];

/** What people saw, case by case, as a table of Markdown. Times are milliseconds. */
export function tableOf(cases: readonly Case[]): string {
  const rows = cases.flatMap(({ steps, ...seen }) => [
    [
      seen.name,
      ...[secondsOf(seen), seen.all.sent, seen.all.failures.length],
      ...[seen.before.p99, seen.during.p99, seen.after.p99, seen.during.p50],
      ...[seen.lost.length, seen.doubled.length],
    ],
    ...steps.map(({ span, figures }) => {
      const { sent, failures, p99, p50 } = figures;
      return [`– ${span.what}`, secondsOf(span), sent, failures.length, '', p99, '', p50, '', ''];
    }),
  ]);
  const lines = [heads, heads.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const secondsOf = ({ from, to }: { from: number; to: number }): string =>
  ((to - from) / 1_000).toFixed(1);
