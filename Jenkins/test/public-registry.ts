/** What a registry tells anybody who asks, with no credentials, of an image by its digest. */
export interface Manifest {
  readonly digest: string;
  readonly os: string;
  readonly architecture: string;
  readonly layers: number;
}

const KINDS = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');
const DEADLINE_MS = 10_000;

/** @param reference HOST/REPOSITORY@DIGEST, in a registry on this machine */
export async function fromRegistry(reference: string): Promise<Manifest> {
  const [, host = '', repository = '', digest = ''] = /^([^/]+)\/(.+)@(.+)$/.exec(reference) ?? [];
  const get = async (path: string): Promise<Response> => {
    const url = `http://${host}/v2/${repository}/${path}`;
    const answer = await fetch(url, {
      headers: { accept: KINDS },
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
    return answer;
  };
  const answer = await get(`manifests/${digest}`);
  const { config, layers } = (await answer.json()) as {
    config: { digest: string };
    layers: { digest: string }[];
  };
  const { os, architecture } = (await (await get(`blobs/${config.digest}`)).json()) as Manifest;
  for (const { digest: layer } of layers) {
    const blob = await get(`blobs/${layer}`);
    await blob.body?.cancel();
  }
  const named = answer.headers.get('docker-content-digest') ?? '';
  return { digest: named, os, architecture, layers: layers.length };
}
