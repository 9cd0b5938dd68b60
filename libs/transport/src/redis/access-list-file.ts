/**
 * Files of users as Redis reads them (`aclfile`): a line for each, `user NAME rule … (rule …)`. A password
 * that is written elsewhere stands in them as `>${NAME}`.
 */

/** What one line gives. */
interface ListedUser {
  /** On or off, and its passwords. */
  readonly login: readonly string[];
  /** Its own rules: what it may do, unless a selector lets it. */
  readonly rules: readonly string[];
  /** Sets of rules beside its own, in parentheses; one of them that allows something is enough. */
  readonly selectors: readonly string[];
}

export type AccessListFile = ReadonlyMap<string, ListedUser>;

const isLogin = (rule: string): boolean => /^(on|off|nopass|resetpass|[><#!].*)$/.test(rule);
const isSelector = (rule: string): boolean => rule.startsWith('(');

/** @throws Error naming the line that gives no user anything. */
export function parseAccessList(text: string): AccessListFile {
  const users = new Map<string, ListedUser>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [first, name, ...rules] = line.match(/\([^()]*\)|[^\s()]+/g) ?? [];
    if (first !== 'user' || name === undefined) {
      throw new Error(`line ${index + 1} of the access list does not begin with user NAME`);
    }
    users.set(name, {
      login: rules.filter(isLogin),
      rules: rules.filter((rule) => !isLogin(rule) && !isSelector(rule)),
      selectors: rules.filter(isSelector),
    });
  }
  return users;
}

/**
 * The users whom `next` gives something else than `installed` does, each with all rules of `next` and what
 * it had before as selectors beside them: it may do what either lets it, and nothing else.
 */
export function bothAccessLists(
  installed: AccessListFile,
  next: AccessListFile,
): ReadonlyMap<string, readonly string[]> {
  const both = new Map<string, readonly string[]>();
  for (const [name, user] of next) {
    const before = installed.get(name);
    const had = before ? [selectorOf(before.rules), ...before.selectors] : [];
    const has = [selectorOf(user.rules), ...user.selectors];
    const kept = had.filter((selector) => !has.includes(selector));
    const isSame = kept.length === 0 && has.every((selector) => had.includes(selector));
    if (isSame && String(before?.login) === String(user.login)) continue;
    both.set(name, [...user.login, ...user.rules, ...user.selectors, ...new Set(kept)]);
  }
  return both;
}

const selectorOf = (rules: readonly string[]): string => `(${rules.join(' ')})`;
