import { nextVersion } from './version.mjs';

const change = (type: string, ...breaking: string[]) => ({
  type,
  scopes: [],
  subject: 'x',
  breaking,
});
const next = (last: string, changes: object[], wanted?: string) =>
  nextVersion({ last, current: last, count: changes.length, changes, wanted });

describe('the next version', () => {
  it.each([
    ['1.2.3', [change('fix')], '1.2.4'],
    ['1.2.3', [change('perf')], '1.2.4'],
    ['1.2.3', [change('revert')], '1.2.4'],
    ['1.2.3', [change('fix'), change('feat')], '1.3.0'],
    ['1.2.3', [change('chore', 'all of it')], '2.0.0'],
    ['0.2.3', [change('feat', 'all of it')], '0.3.0'],
    ['0.2.3', [change('fix')], '0.2.4'],
    ['1.0.0-rc.1', [change('fix')], '1.0.0'],
  ])('[3.14] after %s is what the largest change asks for', (last, changes, expected) => {
    expect(next(last, changes)).toBe(expected);
  });

  it('may be more than that, and a prerelease on the way to it', () => {
    expect(next('0.9.0', [change('fix')], '1.0.0')).toBe('1.0.0');
    expect(next('1.2.3', [change('feat')], '1.3.0-rc.1')).toBe('1.3.0-rc.1');
    expect(next('1.3.0-rc.1', [change('fix')], '1.3.0-rc.2')).toBe('1.3.0-rc.2');
    expect(() => next('1.2.3', [change('feat', 'x')], '1.3.0-rc.1')).toThrow('at least 2.0.0');
  });

  it('is refused where somebody set another by hand', () => {
    const state = { last: '1.2.3', current: '1.3.0', count: 1, changes: [change('fix')] };
    expect(() => nextVersion(state)).toThrow('only a release sets versions');
  });
});
