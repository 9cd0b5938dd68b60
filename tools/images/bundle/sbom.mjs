/** The software bill of materials of one image: what npm knows of the packages that are in it. */
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';

/** Everything in the lock file, as CycloneDX. */
export function sbomOfLockFile(root) {
  const args = [
    'sbom',
    '--package-lock-only',
    '--sbom-format',
    'cyclonedx',
    '--no-update-notifier',
  ];
  const text = execFileSync('npm', args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 });
  return JSON.parse(text);
}

/**
 * Only what is packed, with the app as what the bill is about. Neither the time nor a random number is
 * in it, so that the same packages give the same bill.
 * @param {object} sbom of the whole lock file
 * @param {string} app `name@version` of the app
 * @param {Set<string>} packed `name@version` of every package with a file in the image
 */
export function sbomOfApp(sbom, app, packed) {
  const component = sbom.components.find((each) => each['bom-ref'] === app);
  const components = sbom.components.filter(
    (each) => packed.has(each['bom-ref']) && each !== component,
  );
  const known = new Set(components.map((each) => each['bom-ref']));
  const unknown = [...packed].filter((ref) => ref !== app && !known.has(ref));
  if (!component || unknown.length > 0) {
    throw new Error(
      `not in the lock file: ${[...(component ? [] : [app]), ...unknown].join(', ')}`,
    );
  }
  const dependencies = sbom.dependencies
    .filter(({ ref }) => ref === app || known.has(ref))
    .map(({ ref, dependsOn = [] }) => ({
      ref,
      dependsOn: dependsOn.filter((on) => known.has(on)),
    }));
  const { timestamp: _now, ...metadata } = sbom.metadata;
  const bill = {
    ...sbom,
    metadata: { ...metadata, component: { ...component, type: 'application' } },
    components: components.sort((one, other) => (one['bom-ref'] < other['bom-ref'] ? -1 : 1)),
    dependencies: dependencies.sort((one, other) => (one.ref < other.ref ? -1 : 1)),
  };
  return { ...bill, serialNumber: `urn:uuid:${uuidOf({ ...bill, serialNumber: '' })}` };
}

/** A UUID of version 8 that follows from the content. */
function uuidOf(value) {
  const hex = createHash('sha256').update(JSON.stringify(value)).digest('hex');
  const variant = ((parseInt(hex[16], 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
