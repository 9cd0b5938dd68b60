/** The contenders by name; those of other projects are installed apart. */
import { existsSync } from 'node:fs';

export const names = [
  'nest-redis',
  'courtside-send',
  'courtside-request',
  'nest-tcp',
  'nest-nats',
  'moleculer',
];

const installed = new URL('../../peers/node_modules/', import.meta.url);
export const hasPeers = () => existsSync(installed);
