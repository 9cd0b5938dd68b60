import { randomBytes } from 'node:crypto';

/** 128 bits: whoever sees one id of a client learns nothing about the next. */
const idBytes = 16;
const poolBytes = idBytes * 256;
let pool: Buffer | undefined;
let offset = poolBytes;

/** Makes unguessable ids out of one pool, because one system call per message is dear. */
export function idSource(): () => string {
  return newId;
}

function newId(): string {
  if (!pool || offset === poolBytes) {
    pool = randomBytes(poolBytes);
    offset = 0;
  }
  offset += idBytes;
  return pool.toString('base64url', offset - idBytes, offset);
}
