import {
  aclRulesOf,
  aclUserOf,
  operatorRulesOf,
  type BusRights,
  type BusTopology,
} from './access-rules.js';
import { backlog2 } from './scripts/backlog-2.lua.js';
import { due1 } from './scripts/due-1.lua.js';
import { ask1 } from './scripts/ask-1.lua.js';
import { emit3 } from './scripts/emit-3.lua.js';
import { enqueue3 } from './scripts/enqueue-3.lua.js';
import { format2 } from './scripts/format-2.lua.js';
import { emitFull1 } from './scripts/emit-full-1.lua.js';
import { finish7 } from './scripts/finish-7.lua.js';
import { finishFull1 } from './scripts/finish-full-1.lua.js';
import { follow1 } from './scripts/follow-1.lua.js';
import { finished1 } from './scripts/finished-1.lua.js';
import { handBack1 } from './scripts/hand-back-1.lua.js';
import { leave3 } from './scripts/leave-3.lua.js';
import { mark2 } from './scripts/mark-2.lua.js';
import { order1 } from './scripts/order-1.lua.js';
import { orderSweep1 } from './scripts/order-sweep-1.lua.js';
import { rebuild4 } from './scripts/rebuild-4.lua.js';
import { recover3 } from './scripts/recover-3.lua.js';
import { schedule1 } from './scripts/schedule-1.lua.js';
import { settle1 } from './scripts/settle-1.lua.js';
import { take1 } from './scripts/take-1.lua.js';
import { tend6 } from './scripts/tend-6.lua.js';
import { unschedule1 } from './scripts/unschedule-1.lua.js';

const nothing: BusRights = {
  calls: [],
  publishes: [],
  subscribes: [],
  broadcasts: [],
  hears: [],
};
const topology: BusTopology = {
  gateway: { ...nothing, calls: ['orders'], hears: ['prices'] },
  orders: { ...nothing, calls: ['stock'], publishes: ['orders.paid'] },
  stock: { ...nothing, subscribes: ['orders.paid'], broadcasts: ['prices'] },
};
const rulesOf = (service: string) => aclRulesOf(service, topology, 'spec');
/** The one selector that begins with these commands. */
const selector = (service: string, commands: string) =>
  rulesOf(service).filter((rule) => rule.startsWith(`(resetchannels -@all ${commands} `));

describe('the access rules of a service', () => {
  it('allow nothing by default, and no key or channel outside a selector', () => {
    const rules = rulesOf('orders');
    expect(rules.slice(0, 3)).toEqual(['resetkeys', 'resetchannels', '-@all']);
    const open = rules.slice(3).filter((rule) => !rule.startsWith('('));
    expect(open.filter((rule) => !/^\+[a-z]+(\|[a-z]+)?$/.test(rule))).toEqual([]);
    expect(rules.join(' ')).not.toMatch(/\+@|allkeys|allcommands|~\*|&\*/);
  });

  it('let it publish its own topics, and on inboxes only when somebody may ask it', () => {
    expect(
      selector(
        'orders',
        '+exists +xadd +xlen +xtrim +xinfo|groups +xinfo|consumers +xpending +xrange',
      ),
    ).toEqual([
      '(resetchannels -@all +exists +xadd +xlen +xtrim +xinfo|groups +xinfo|consumers +xpending +xrange ~spec:{ev.orders.paid.0}:s)',
    ]);
    expect(selector('orders', '+publish')).toEqual([
      '(resetchannels -@all +publish &spec:w:orders &spec:r:* &spec:b:cancel.stock)',
    ]);
    expect(selector('gateway', '+publish')).toEqual([
      '(resetchannels -@all +publish &spec:b:cancel.orders)',
    ]);
  });

  it('let it subscribe to its own inbox, its cancellations and what it hears, in one selector', () => {
    expect(selector('gateway', '+subscribe')).toEqual([
      '(resetchannels -@all +subscribe &spec:r:gateway:* &spec:b:cancel.gateway &spec:b:prices)',
    ]);
  });

  it('let a caller add to the queue of another and see who is alive, under its own name', () => {
    const rules = rulesOf('orders').filter((rule) => rule.includes('{stock.0}'));
    expect(rules.filter((rule) => rule.includes('{stock.0}:q'))).toEqual([
      expect.stringMatching(/\+eval \+evalsha .*~spec:\{stock\.0\}:sent:orders\.\*/),
      '(resetchannels -@all +xadd +xlen ~spec:{stock.0}:q.hi ~spec:{stock.0}:q)',
    ]);
    expect(rules).toContain(
      '(resetchannels -@all +zcount ~spec:{stock.0}:hb.hi ~spec:{stock.0}:hb)',
    );
    expect(rules).toContain(
      '(resetchannels -@all +get ~spec:{stock.0}:reads.hi ~spec:{stock.0}:reads)',
    );
  });

  it('let a subscriber read a topic and add to none but its dead letters', () => {
    const adding = rulesOf('stock').filter((rule) => rule.includes('+xadd'));
    expect(adding).toEqual([
      '(resetchannels -@all +xadd ~spec:{stock.0}:dlq ~spec:{ev.orders.paid.0}:dlq)',
    ]);
  });

  it('let the subscribers of a topic that is scheduled add to it, and those of others see no more', () => {
    const scheduled = {
      ...topology,
      orders: { ...nothing, publishes: ['orders.paid', 'orders.due'], schedules: ['orders.due'] },
      stock: { ...nothing, subscribes: ['orders.paid', 'orders.due'] },
    };
    const reaching = (service: string, command: string) =>
      aclRulesOf(service, scheduled, 'spec').filter((rule) => rule.includes(` +${command} `));
    expect(
      reaching('stock', 'xadd')
        .join(' ')
        .match(/~[^ )]*/g),
    ).toEqual([
      '~spec:{ev.orders.paid.0}:dlq',
      '~spec:{ev.orders.due.0}:dlq',
      '~spec:{ev.orders.due.0}:s',
    ]);
    expect(reaching('stock', 'zrangebyscore').join(' ')).toContain('~spec:{ev.orders.paid.0}:due');
    expect(reaching('stock', 'hset').join(' ')).not.toContain(':due');
    expect(reaching('orders', 'hset').join(' ')).toContain('~spec:{ev.orders.due.0}:due:events');
    expect(reaching('orders', 'hset').join(' ')).not.toContain('{ev.orders.paid.0}:due');
    const lacking = { ...topology, orders: { ...nothing, schedules: ['orders.due'] } };
    expect(() => aclRulesOf('orders', lacking)).toThrow(
      "'orders' schedules 'orders.due' and does not publish it",
    );
  });

  it('hold every command that the scripts call', () => {
    const called = (script: string) =>
      [...script.matchAll(/redis\.p?call\('(\w+)'(?:, '([A-Z]+)')?/g)].map(([, name, sub]) =>
        ['XINFO', 'XGROUP'].includes(name ?? '') ? `+${name}|${sub}` : `+${name}`,
      );
    const due = {
      ...topology,
      orders: { ...nothing, publishes: ['orders.due'], schedules: ['orders.due'] },
      stock: { ...nothing, subscribes: ['orders.due'] },
    };
    const lacking = (service: string, scripts: string[], on: BusTopology = topology) => {
      const held = new Set(
        aclRulesOf(service, on, 'spec').flatMap((rule) => rule.replace(/[()]/g, '').split(' ')),
      );
      return scripts
        .flatMap(called)
        .map((command) => command.toLowerCase())
        .filter((command) => !held.has(command));
    };
    expect(called(tend6).length).toBeGreaterThan(10);
    const member = [tend6, take1, rebuild4, recover3, mark2, finish7, handBack1, leave3, backlog2];
    const inOrder = [emitFull1, order1, orderSweep1, finishFull1];
    expect(
      lacking('orders', [
        enqueue3,
        ask1,
        emit3,
        format2,
        finished1,
        settle1,
        ...member,
        ...inOrder,
      ]),
    ).toEqual([]);
    expect(lacking('orders', [schedule1, unschedule1], due)).toEqual([]);
    expect(lacking('stock', [due1, follow1], due)).toEqual([]);
    // Who is asked by nobody deletes nothing.
    expect(lacking('gateway', [enqueue3, ask1])).toEqual([]);
  });

  it('let a caller see the kept replies of its own keys only', () => {
    const rules = rulesOf('gateway').filter((rule) => rule.includes(':idem:'));
    expect(rules.join(' ').match(/~spec:\{orders\.0\}:idem:[^ )]*/g)).toEqual([
      '~spec:{orders.0}:idem:gateway:*',
      '~spec:{orders.0}:idem:gateway:*',
    ]);
  });

  it('let the operator reach dead letters and the queues they go back to, and no service be named so', () => {
    const rules = operatorRulesOf(topology, 'spec');
    expect(rules.filter((rule) => rule.includes('+xadd'))).toEqual([
      expect.stringMatching(/ \+exists \+xadd \+xinfo\|groups ~spec:\{gateway\.0\}:q /),
    ]);
    expect(rules.join(' ')).toContain('~spec:{ev.orders.paid.0}:dlq');
    expect(rules.join(' ')).not.toMatch(/xreadgroup|xack|[+]publish|[+]subscribe|~\*|&/);
    const taken = { ...topology, operator: nothing };
    expect(() => operatorRulesOf(taken)).toThrow("'operator' is the operator's");
  });

  it('refuse names that would open more than they say', () => {
    const star = { ...topology, orders: { ...nothing, publishes: ['orders.*'] } };
    expect(() => aclRulesOf('orders', star)).toThrow("'nx:{ev.orders.*.0}:s' cannot stand");
    expect(() => aclRulesOf('orders', topology, 'a b')).toThrow('cannot stand');
    expect(() => aclRulesOf('nobody', topology)).toThrow("no service 'nobody'");
  });

  it('belong to a user of that bus alone', () => {
    expect([aclUserOf('orders'), aclUserOf('orders', 'spec')]).toEqual([
      'nx-orders',
      'spec-orders',
    ]);
  });
});
