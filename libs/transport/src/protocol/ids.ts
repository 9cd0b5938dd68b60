import { randomBytes } from 'node:crypto';

/** 128 bits: whoever sees one id of a client learns nothing about the next. */
const idBytes = 16;
const poolBytes = idBytes * 256;

/** Makes unguessable ids out of a pool, because one system call per message is dear. */
export function idSource(random: (size: number) => Buffer = randomBytes): () => string {
  let pool = random(poolBytes);
  let offset = 0;
  return () => {
    if (offset === poolBytes) {
      pool = random(poolBytes);
      offset = 0;
    }
    offset += idBytes;
    return pool.toString('base64url', offset - idBytes, offset);
  };
}
