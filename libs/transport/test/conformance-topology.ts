import type { BusRights, BusTopology } from '../src/index.js';

const nothing: BusRights = {
  calls: [],
  publishes: [],
  subscribes: [],
  broadcasts: [],
  hears: [],
};

/** What the services of the conformance suite do on the bus, so that each has these rights alone. */
export const conformanceTopology: BusTopology = {
  asker: {
    ...nothing,
    calls: ['big', 'busy', 'echo', 'nobody', 'orders', 'shop', 'slow', 'sums'],
    publishes: ['orders.paid'],
  },
  other: { ...nothing, calls: ['shop', 'slow'] },
  gateway: { ...nothing, calls: ['echo'], broadcasts: ['roles'], hears: ['roles'] },
  orders: {
    ...nothing,
    publishes: ['orders.created', 'orders.due', 'orders.paid'],
    schedules: ['orders.due'],
  },
  mail: { ...nothing, subscribes: ['orders.created', 'orders.due', 'orders.paid'] },
  stock: { ...nothing, subscribes: ['orders.created', 'orders.due', 'orders.paid'] },
  shop: { ...nothing, subscribes: ['orders.paid'] },
  echo: nothing,
  slow: nothing,
  busy: nothing,
  big: nothing,
  sums: nothing,
  nobody: nothing,
};
