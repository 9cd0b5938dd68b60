import { deprecationHeaders, isGone, planDeprecation } from './deprecation.js';
import { routePath, type RoutePath } from './route-path.js';

const pathOf = (text: string) => routePath(text) as RoutePath;
const days = { since: '2026-12-01', sunset: '2027-06-01' };
const plan = (path: string, more: object = {}) =>
  planDeprecation({ ...days, ...more }, pathOf(path), (sentence) => {
    throw new Error(sentence);
  });

describe('what a deprecated route says in its headers', () => {
  it('[4.26] is the day since as a structured date, and the sunset as an HTTP date', () => {
    expect(deprecationHeaders(plan('/v1/x', { successor: '/v2/x' }), {})).toEqual({
      deprecation: '@1796083200',
      sunset: 'Tue, 01 Jun 2027 00:00:00 GMT',
      link: '</v2/x>; rel="successor-version"',
    });
    expect(new Date(1_796_083_200_000).toISOString()).toBe('2026-12-01T00:00:00.000Z');
  });

  it('[4.26] leads to the successor of the very thing that was asked for', () => {
    const linkOf = (successor: string, path: string, params: Record<string, string>) =>
      deprecationHeaders(plan(path, { successor }), params)['link'];
    expect(linkOf('/v2/{id}/lines/{line}', '/v1/{id}/{line}', { id: 'ä/b', line: '>"' })).toBe(
      '</v2/%C3%A4%2Fb/lines/%3E%22>; rel="successor-version"',
    );
    expect(linkOf('/v2/files/*', '/v1/files/*', { '*': 'a b/c' })).toBe(
      '</v2/files/a%20b/c>; rel="successor-version"',
    );
  });

  it('[4.26] names what explains the move, also where nothing comes next', () => {
    const { link } = deprecationHeaders(plan('/v1/x', { docs: 'https://a.example/v2' }), {});
    expect(link).toBe(
      '<https://a.example/v2>; rel="deprecation", <https://a.example/v2>; rel="sunset"',
    );
  });
});

describe('a route that says gone', () => {
  const lastMoment = Date.parse('2027-05-31T23:59:59.999Z');

  it('[4.26] is served until the day of its sunset begins, and no longer', () => {
    const gone = plan('/v1/x', { successor: '/v2/x', gone: true });
    expect([isGone(gone, lastMoment), isGone(gone, lastMoment + 1)]).toEqual([false, true]);
  });

  it('[4.26] is the only one that ends by itself', () => {
    const kept = plan('/v1/x', { successor: '/v2/x' });
    expect(isGone(kept, lastMoment + 1)).toBe(false);
  });
});
