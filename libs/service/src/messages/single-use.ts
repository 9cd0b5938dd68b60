/**
 * Remembers what may be used once, for every process of a service together: the ids of assertions
 * that were made for one write alone.
 */
export interface SingleUse {
  /**
   * Uses an id up.
   * @param expiresAt from when on nobody would accept it anyway, so that it may be forgotten.
   * @returns whether it was unused; of many who claim it at the same time one alone gets `true`.
   */
  claim(id: string, expiresAt: Date): Promise<boolean>;
}

/** Injection token of `SingleUse`; an app that keeps no data has none. */
export const SINGLE_USE = Symbol('single use');
