/** A program that servers of a spec's own are started with. */
export interface Program {
  readonly name: string;
  /** Missing where this machine has none. */
  readonly path: string | undefined;
}

export const redis: Program = { name: 'Redis 7', path: process.env['TEST_PROGRAM_REDIS'] };
export const valkey: Program = { name: 'Valkey 9', path: process.env['TEST_PROGRAM_VALKEY'] };

/** `npm run conformance` puts every promise to the test on every kind of server. */
export const isThorough = process.env['CONFORMANCE'] === 'all';

/** One kind of server for what costs time, unless every one was asked for. */
export const programs: readonly Program[] = isThorough ? [redis, valkey] : [anyOf(redis, valkey)];

/** Defines the tests of a server, or says that they are not run. */
export function withProgram(
  title: string,
  { name, path }: Program,
  define: (path: string) => void,
): void {
  if (path !== undefined) {
    describe(`${title}, ${name}`, () => define(path));
    return;
  }
  describe.skip(`${title}, ${name} (not run: there is no such program)`, () => {
    it('keeps every promise of the suite', () => {});
  });
}

function anyOf(...all: Program[]): Program {
  return all.find(({ path }) => path !== undefined) ?? redis;
}
