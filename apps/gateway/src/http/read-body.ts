import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { Problem } from '@courtside/contracts';
import { parseJson } from './parse-json.js';

/** `application/json`, alone or with the one charset that JSON has. */
const JSON_TYPE = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

/**
 * Reads the JSON body of a request.
 * @throws Problem when it is larger than the route takes, another type, encoded, or no JSON.
 */
export async function readJsonBody(request: IncomingMessage, bytesMax: number): Promise<unknown> {
  const { headers } = request;
  if (!JSON_TYPE.test(headers['content-type'] ?? '') && hasBody(request)) {
    throw new Problem('request.media-type');
  }
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new Problem('request.media-type', 'the body must not be compressed');
  }
  const bytes = await readBytes(request, bytesMax);
  if (!isUtf8(bytes)) throw new Problem('request.malformed', 'the body is not UTF-8');
  return parseJson(bytes.toString('utf8'));
}

export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

export const tooLarge = (bytesMax: number): Problem =>
  new Problem('request.too-large', `this route takes at most ${bytesMax} bytes`);

function readBytes(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) throw tooLarge(bytesMax);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= bytesMax) return void chunks.push(chunk);
      request.removeAllListeners('data');
      request.resume();
      reject(tooLarge(bytesMax));
    });
    request.once('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    const broken = () => reject(new Problem('request.malformed', 'the body ended too early'));
    request.once('error', broken);
    request.once('close', broken);
  });
}
