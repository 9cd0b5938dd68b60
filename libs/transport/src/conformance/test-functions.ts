/** What the suite uses of a test runner; Jest, Vitest and others fit. */
export interface TestFunctions {
  /** Groups the tests that `define` defines. */
  describe(title: string, define: () => void): void;
  /** Defines a test; it passes when `run` resolves in time. */
  it(title: string, run: () => Promise<void>, timeoutMs?: number): void;
  /** What is claimed of a value. */
  expect(value: unknown): Expectation;
}

/** Each throws where it does not hold. */
export interface Expectation {
  /** The same by `Object.is`. */
  toBe(expected: unknown): void;
  /** Equal in all its parts. */
  toEqual(expected: unknown): void;
  /** Has these parts, and maybe others. */
  toMatchObject(expected: object): void;
  /** A number below another. */
  toBeLessThan(expected: number): void;
  /** A number above another. */
  toBeGreaterThan(expected: number): void;
}
