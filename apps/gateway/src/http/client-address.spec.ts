import type { IncomingMessage } from 'node:http';
import { clientAddress, clientScheme } from './client-address.js';

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

describe('the scheme of a client', () => {
  const cameBy = (proto?: string | string[]) =>
    ({ socket: {}, headers: { 'x-forwarded-proto': proto } }) as unknown as IncomingMessage;

  it('is what the counted proxy saw, and unknown where none is trusted or it says nothing', () => {
    expect(clientScheme(cameBy('https'), 0)).toBeUndefined();
    expect(clientScheme(cameBy('https'), 1)).toBe('https');
    expect(clientScheme(cameBy('HTTP'), 1)).toBe('http');
    expect(clientScheme(cameBy(), 1)).toBeUndefined();
    expect(clientScheme(cameBy('ws'), 1)).toBeUndefined();
  });

  it('is not what a client wrote before it', () => {
    expect(clientScheme(cameBy('https, http'), 1)).toBe('http');
    expect(clientScheme(cameBy(['https', 'http', 'https']), 2)).toBe('http');
  });
});
