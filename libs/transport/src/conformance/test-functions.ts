/** What the suite uses of a test runner; Jest, Vitest and others fit. */
export interface TestFunctions {
  describe(title: string, define: () => void): void;
  it(title: string, run: () => Promise<void>, timeoutMs?: number): void;
  expect(value: unknown): Expectation;
}

export interface Expectation {
  toBe(expected: unknown): void;
  toEqual(expected: unknown): void;
  toMatchObject(expected: object): void;
  toBeLessThan(expected: number): void;
  toBeGreaterThan(expected: number): void;
}
