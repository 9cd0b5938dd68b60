import { join } from 'node:path';
import { messages } from '@courtside/contracts';
import { chosenApps, databaseServices, parseTopology, readTopology } from './topology.mjs';

const topology = readTopology(join(__dirname, '..', '..', 'topology.yaml'));
const withServices = (services: string) => `apiVersion: topology/v1\nservices: ${services}`;

describe('the topology', () => {
  it('gives a database to those that keep data', () => {
    expect(databaseServices(topology)).toEqual(['auth', 'users', 'products', 'orders']);
  });

  it('allows every call that the contract of a message allows', () => {
    const calls = Object.values(messages).flatMap(({ service, access }) =>
      access.by === 'service' ? access.callers.map((caller: string) => ({ caller, service })) : [],
    );
    const forbidden = calls.filter(
      ({ caller, service }) => !topology.services[caller].calls.includes(service),
    );
    expect(forbidden).toEqual([]);
  });

  it('names every fault at once', () => {
    const text = withServices('{ a: { calls: [b], database: true }, c: { tables: 1 } }');
    expect(() => parseTopology(text)).toThrow(
      'topology.yaml: a calls b, which is no service; c has an unknown key tables; ' +
        'c.database is not true or false.',
    );
  });

  it('refuses to listen to what no one tells', () => {
    const text = withServices('{ a: { subscribes: [b.done], database: false } }');
    expect(() => parseTopology(text)).toThrow('a subscribes to b.done, which no service publishes');
  });

  it('is of one version', () => {
    expect(() => parseTopology('apiVersion: topology/v2')).toThrow(
      'apiVersion is topology/v2 and ought to be topology/v1',
    );
  });
});

describe('APPS', () => {
  it('picks some, or all when it is empty', () => {
    expect(chosenApps(topology, ' users, gateway,users')).toEqual(['users', 'gateway']);
    expect(chosenApps(topology, '')).toHaveLength(6);
  });

  it('is refused when it names an app that there is not', () => {
    expect(() => chosenApps(topology, 'users,user')).toThrow(
      'APPS names user; there are gateway, auth, users, products, orders, time.',
    );
  });
});
