import type { IncomingMessage } from 'node:http';
import { Transform } from 'node:stream';
import { tooLarge } from '../http/read-body.js';

/** The body of a request, which fails once it is larger than the route takes. */
export function limited(request: IncomingMessage, bytesMax: number): Transform {
  let length = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      length += chunk.length;
      if (length > bytesMax) done(tooLarge(bytesMax));
      else done(null, chunk);
    },
  });
  request.once('error', (error) => stream.destroy(error));
  request.once('aborted', () => stream.destroy(new Error('the client went away')));
  return request.pipe(stream);
}
