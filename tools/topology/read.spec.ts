import { readFileSync } from 'node:fs';
import * as contracts from '@courtside/contracts';
import { contractFaults } from './contracts.mjs';
import { topologySchema } from './model.mjs';
import { parseTopology } from './read.mjs';
import { faultText } from './yaml-file.mjs';

const real = readFileSync('topology.yaml', 'utf8');
const head = 'apiVersion: topology/v1\nservices:\n';
const service = (name: string, ...lines: string[]) =>
  [`  ${name}:`, `    is: does ${name}`, ...lines.map((line) => `    ${line}`), ''].join('\n');

function faultsOf(text: string): string[] {
  try {
    parseTopology(text);
  } catch (error) {
    return (error as Error).message.split('\n');
  }
  return [];
}
const contractFaultsOf = (text: string) =>
  contractFaults(parseTopology(text), contracts).map(faultText);

describe('topology.yaml', () => {
  it('is read with every list, empty where it says nothing', () => {
    const { topology } = parseTopology(`${head}${service('orders', 'database: true')}`);
    expect(topology.services).toEqual({
      orders: {
        is: 'does orders',
        calls: [],
        publishes: [],
        subscribes: [],
        broadcasts: [],
        hears: [],
        database: true,
        forwards: [],
        outside: [],
      },
    });
  });

  it('is refused with the line and column of every fault of its keys, all at once', () => {
    const text = `${head}${service('a', 'calls: b', 'tables: 1')}${service('B', 'database: true')}`;
    expect(faultsOf(text)).toEqual([
      'topology.yaml:5:12 services.a.calls: Invalid input: expected array, received string',
      'topology.yaml:4:5 services.a.database is missing',
      'topology.yaml:6:5 services.a has no key tables',
      'topology.yaml:7:3 services.B: must be a name in lower case such as orders',
    ]);
    expect(faultsOf('a: [')[0]).toMatch(/^topology\.yaml:1:5 Flow sequence/);
    expect(faultsOf('apiVersion: topology/v2\nservices: {}')).toEqual([
      'topology.yaml:1:13 apiVersion: must be topology/v1',
    ]);
    expect(faultsOf(`${head}${service('a', 'database: true', 'calls: [b, b]')}`)).toEqual([
      'topology.yaml:6:12 services.a.calls: names something twice',
    ]);
  });

  it('is refused where an upstream or a place outside is named that it does not describe', () => {
    const text = `${head}${service('a', 'database: false', 'forwards: [web]', 'outside: [mail]')}`;
    expect(faultsOf(text)).toEqual([
      'topology.yaml:6:16 a forwards to web, which upstreams does not name',
      'topology.yaml:7:15 a reaches mail, which outside does not name',
    ]);
    const described = `upstreams:\n  web: { is: files, url: WEB_URL }\noutside:\n  mail: { is: letters, lies: on-internet }\n`;
    expect(faultsOf(`${text}${described}`)).toEqual([]);
  });

  it('is refused where services, topics and channels do not agree', () => {
    const text =
      head +
      service('a', 'database: false', 'calls: [b, a]', 'publishes: [c.done]') +
      service('c', 'database: true', 'subscribes: [a.done, d.done]', 'hears: [news]') +
      service('outbox', 'database: true');
    expect(faultsOf(text)).toEqual([
      'topology.yaml:6:13 a calls b, which is no service: there are a, c, outbox',
      'topology.yaml:6:16 a calls itself',
      'topology.yaml:7:17 a publishes c.done, which is not its own: its topics begin with a.',
      'topology.yaml:5:15 a publishes events, which takes a database for its outbox and inbox',
      'topology.yaml:11:18 c subscribes to a.done, which no service publishes',
      'topology.yaml:11:26 c subscribes to d.done, which no service publishes',
      'topology.yaml:12:13 c hears news, which no service broadcasts on',
      'topology.yaml:13:3 outbox is no name for a service: it is reserved',
    ]);
  });

  it('agrees with the contracts', () => {
    expect(contractFaultsOf(real)).toEqual([]);
  });

  it('is refused where it and the contracts do not agree', () => {
    const changed = real
      .replace('orders, time]', 'orders, clock]')
      .replace('calls: [users]', 'calls: [users, clock]')
      .replace('publishes: [orders.created', 'publishes: [orders.paid')
      .replace('calls: [products]', 'calls: []')
      .replace('  time:\n', '  clock:\n');
    /** Where `word` stands on the first line that has `mark`. */
    const at = (mark: string, word: string) => {
      const lines = changed.split('\n');
      const number = lines.findIndex((each) => each.includes(mark));
      return `topology.yaml:${number + 1}:${(lines[number] ?? '').indexOf(word) + 1}`;
    };
    expect(contractFaultsOf(changed)).toEqual([
      `${at('orders, clock]', 'clock')} gateway calls clock, which answers no message that gateway may send`,
      `${at('[users, clock]', 'clock')} auth calls clock, which answers no message that auth may send`,
      `${at('[orders.paid', 'orders.paid')} orders publishes orders.paid, an event that libs/contracts does not know`,
      `${at('  clock:', 'clock')} clock is no service of libs/contracts`,
      `${at('  gateway:', 'gateway')} time of libs/contracts is missing`,
      `${at('[orders.paid', '[')} libs/contracts has the event orders.created, which orders does not publish`,
      `${at('calls: []', '[')} the contract of products.quote is for orders, which does not call products`,
      `${at('orders, clock]', '[')} the contract of time.smoke is for gateway, which does not call time`,
    ]);
  });

  it('has a schema for editors that knows the same keys and no others', () => {
    const schema = JSON.parse(topologySchema()) as {
      additionalProperties: boolean;
      properties: { services: { additionalProperties: { properties: object } } };
    };
    expect(schema.additionalProperties).toBe(false);
    const known = schema.properties.services.additionalProperties.properties;
    expect(Object.keys(known)).toEqual(
      Object.keys(parseTopology(real).topology.services['orders']!),
    );
  });
});
