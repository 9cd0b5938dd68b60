/** Numbers that look random and are the same for the same seed (mulberry32). */
export function randomFrom(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const upTo = (limit) => Math.floor(next() * limit);
  return {
    /** A whole number from `from` to `to`, both included. */
    between: (from, to) => from + upTo(to - from + 1),
    chance: (share) => next() < share,
    oneOf: (list) => list[upTo(list.length)],
    /** Some of a list, in any order. */
    some(list, count) {
      const rest = [...list];
      return Array.from({ length: Math.min(count, rest.length) }, () =>
        rest.splice(upTo(rest.length), 1),
      ).flat();
    },
  };
}
