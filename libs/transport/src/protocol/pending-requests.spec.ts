import { PendingRequests } from './pending-requests.js';

const request = (id: string, deadline: number) => ({ id, deadline });

describe('the table of pending requests', () => {
  it('gives a request to its first reply only', () => {
    const table = new PendingRequests();
    table.add(request('a', 100), 0);
    expect(table.take('a')?.id).toBe('a');
    expect(table.take('a')).toBeUndefined();
    expect(table.size).toBe(0);
  });

  it('expires what is due, in any order of adding, and nothing early', () => {
    const table = new PendingRequests();
    for (const deadline of [500, 20, 90, 5_000]) table.add(request(`d${deadline}`, deadline), 0);
    expect(table.takeExpired(19)).toEqual([]);
    const expired = table.takeExpired(600).map(({ id }) => id);
    expect(expired.sort()).toEqual(['d20', 'd500', 'd90']);
    expect(table.size).toBe(1);
  });

  it('expires after a long idle time without walking through it', () => {
    const table = new PendingRequests();
    table.add(request('a', 1_000), 0);
    expect(table.takeExpired(10 ** 12).map(({ id }) => id)).toEqual(['a']);
  });

  it('still expires a request that was added after the clock went back', () => {
    const table = new PendingRequests();
    table.add(request('first', 10_000), 0);
    table.takeExpired(5_000);
    table.add(request('back', 1_000), 900);
    expect(table.takeExpired(6_000).map(({ id }) => id)).toEqual(['back']);
  });
});
