import { randomBytes, randomInt } from 'node:crypto';

/** 192 bits, of characters that mean nothing in a URL, a shell, an access list or SQL. */
export const machinePassword = (): string => randomBytes(24).toString('hex');

/** Without the characters that people take for one another: 0 and O, 1, l and I. */
const LEGIBLE = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const LEGIBLE_LENGTH = 24;

/** A password that somebody reads and types once: 139 bits. */
export const personPassword = (): string =>
  Array.from({ length: LEGIBLE_LENGTH }, () => LEGIBLE[randomInt(LEGIBLE.length)]).join('');
