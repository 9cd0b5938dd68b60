/** Holds rendered objects against the schemas of the Kubernetes API. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './helm.mjs';

/**
 * Objects of other APIs, such as KEDA's, are not looked at.
 * @param {string} program kubeconform
 * @param {string} schemas a folder or an address with `{{.ResourceKind}}` in it, as kubeconform takes it
 * @returns {Promise<string[]>} what is wrong with each object
 */
export async function invalidObjects({ program, schemas }, rendered) {
  const folder = mkdtempSync(join(tmpdir(), 'kubeconform-'));
  try {
    const file = join(folder, 'rendered.yaml');
    writeFileSync(file, rendered);
    const location = schemas ? ['-schema-location', schemas] : [];
    const { output, errors } = await run(program, [
      ...['-strict', '-ignore-missing-schemas', '-output', 'json', ...location],
      file,
    ]);
    if (errors) return [errors];
    const { resources = [] } = JSON.parse(output);
    return resources.map(({ kind, name, msg }) => `${kind} ${name}: ${msg}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
