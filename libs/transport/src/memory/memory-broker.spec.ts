import { conformance } from '../conformance/conformance.js';
import type { Harness } from '../conformance/harness.js';
import { MemoryBroker } from './memory-broker.js';
import { MemoryHub } from './memory-hub.js';

function memoryHarness(): Harness {
  const hub = new MemoryHub();
  return {
    broker: ({ deadAfterMs }) => new MemoryBroker({ hub, deadAfterMs }),
    wipe: async () => hub.wipe(),
    dropConnections: async (broker) => (broker as MemoryBroker).interruptConnection(),
    deadLetters: async (queue) =>
      hub
        .deadLetters(queue)
        .map(({ group, reason, attempts, body }) => ({ group, reason, attempts, body })),
    queueSize: async (queue) => hub.queue(queue).size,
    close: async () => {},
  };
}

describe('the in-process driver', () => {
  conformance({ describe, it, expect }, memoryHarness);
});
