import type { IncomingMessage } from 'node:http';
import { clientAddress } from './client-address.js';

const request = (forwarded?: string) =>
  ({
    socket: { remoteAddress: '10.0.0.1' },
    headers: { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage;

describe('the address of a client', () => {
  it('is the peer where no proxy is trusted, whatever the header says', () => {
    expect(clientAddress(request('1.1.1.1'), 0)).toBe('10.0.0.1');
  });

  it('is what the outermost trusted proxy saw; what the client wrote before it does not count', () => {
    const header = request('6.6.6.6, 2.2.2.2, 10.0.0.2');
    expect(clientAddress(header, 1)).toBe('10.0.0.2');
    expect(clientAddress(header, 2)).toBe('2.2.2.2');
    expect(clientAddress(request('2.2.2.2'), 5)).toBe('2.2.2.2');
    expect(clientAddress(request(), 1)).toBe('10.0.0.1');
  });
});
