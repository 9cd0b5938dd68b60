import { randomBytes } from 'node:crypto';
import { busTopology, type ServiceName } from '@courtside/contracts';
import { AccessLists, type LoggedDenial } from '@courtside/transport';

/** A bus of its own for one spec file, where each service may do what topology.yaml says. */
export interface TestBus {
  /** What every key on it starts with. */
  readonly prefix: string;
  /** Connects as the user of a service. */
  urlOf(service: ServiceName): string;
  /** What the server refused to its users so far; always nothing in memory. */
  denied(): Promise<LoggedDenial[]>;
  /** Removes its users. */
  remove(): Promise<void>;
}

/** Makes an empty bus on the given server; with `none` or `memory:` one in this process. */
export async function aBus(redisUrl = process.env['TEST_REDIS_URL']): Promise<TestBus> {
  if (!redisUrl) throw new Error('TEST_REDIS_URL is not set: run specs by `npm test`');
  const prefix = `spec-${randomBytes(6).toString('hex')}`;
  if (redisUrl === 'none' || redisUrl.startsWith('memory:')) return inMemory(prefix);
  const password = randomBytes(12).toString('hex');
  const lists = new AccessLists({
    url: redisUrl,
    prefix,
    topology: busTopology,
    passwordOf: () => password,
  });
  await lists.give();
  return {
    prefix,
    urlOf: (service) => lists.urlOf(service),
    denied: () => lists.denied(),
    remove: async () => {
      await lists.takeBack();
      lists.close();
    },
  };
}

const inMemory = (prefix: string): TestBus => ({
  prefix,
  urlOf: () => `memory:${prefix}`,
  denied: async () => [],
  remove: async () => undefined,
});
