import type { CurrentTime } from '@courtside/contracts';

/** One instant in both forms that clients ask for. */
export const currentTime = (epochMillis: number): CurrentTime => ({
  iso: new Date(epochMillis).toISOString(),
  timestamp: epochMillis / 1_000,
});
