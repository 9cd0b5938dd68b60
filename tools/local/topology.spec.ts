import { join } from 'node:path';
import { chosenApps, databaseServices, readTopology } from './topology.mjs';

const topology = readTopology(join(__dirname, '..', '..', 'topology.yaml'));

describe('the topology of a local start', () => {
  it('gives a database to those that keep data', () => {
    expect(databaseServices(topology)).toEqual(['auth', 'users', 'products', 'orders']);
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
