import * as contracts from '@courtside/contracts';
import { readdirSync, readFileSync } from 'node:fs';

/** What the decorators of an app's sources name: `@Subscribes(userEvents.deleted)` → users.deleted. */
function namedBy(decorator: 'Subscribes' | 'Hears', app: string): string[] {
  const root = `apps/${app}/src`;
  const text = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(`${root}/${file}`, 'utf8'))
    .join('\n');
  return [...text.matchAll(new RegExp(`^\\s*@${decorator}\\(([\\w.]+)\\)`, 'gm'))].map(
    ([, path]) => {
      const named = path!
        .split('.')
        .reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], contracts);
      return typeof named === 'string' ? named : (named as contracts.EventContract).name;
    },
  );
}

describe('what topology.yaml says an app listens to', () => {
  const apps = Object.keys(contracts.topology) as contracts.ServiceName[];

  it.each(apps)('is handled by %s: an event that nobody handles would wait forever', (app) => {
    const { subscribes, hears } = contracts.topology[app];
    expect({
      subscribes: namedBy('Subscribes', app).toSorted(),
      hears: namedBy('Hears', app).toSorted(),
    }).toEqual({ subscribes: subscribes.toSorted(), hears: hears.toSorted() });
  });
});
