/** What a registry says of an image, by the distribution API of the OCI. */

/** A registry on this machine is spoken to without TLS, as Docker does. */
export const isLocal = (reference) => /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?\//.test(reference);

const manifests = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];
const DEADLINE_MS = 10_000;

/**
 * @param {string} reference HOST/REPOSITORY:TAG, in a registry that anyone may read
 * @returns {Promise<string>} like `sha256:…`
 */
export async function digestInRegistry(reference) {
  const [, host, repository, tag] = /^([^/]+)\/(.+):([^:/]+)$/.exec(reference) ?? [];
  const scheme = isLocal(reference) ? 'http' : 'https';
  const url = `${scheme}://${host}/v2/${repository}/manifests/${tag}`;
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const answer = await fetch(url, {
    method: 'HEAD',
    headers: { accept: manifests.join(', ') },
    signal,
  });
  const digest = answer.headers.get('docker-content-digest');
  if (!answer.ok || !digest) {
    throw new Error(`${url} answers ${answer.status} and no digest: is ${reference} there?`);
  }
  return digest;
}
