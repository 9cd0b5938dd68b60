import { Problem } from '@courtside/contracts';
import { metadataKeys } from '../bus/metadata.js';
import { currentRequest } from '../request/request-context.js';

/**
 * Holds the `If-Match` of the request at hand against a version; without one all is well. Weak tags
 * count too: a proxy that compresses makes them of ours, and a version is the same in any encoding.
 * @throws Problem `request.precondition-failed`.
 */
export function demandVersion(version: number): void {
  const header = currentRequest()?.metadata[metadataKeys.ifMatch]?.trim();
  if (header === undefined || header === '*') return;
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (tags.includes(`"${version}"`)) return;
  throw new Problem(
    'request.precondition-failed',
    `the version is now "${version}", If-Match asks for ${header.slice(0, 40)}`,
  );
}
