/**
 * From paths to what they affect. Whom a part uses is said by its package.json; that this is what its code
 * imports is checked (`declared-dependencies`, knip, and the spec of this file).
 */
import { touchedBy } from './paths.mjs';

/**
 * @typedef {object} Packages
 * @property {Record<string, { product: string[], specs: string[] }>} parts libraries used, by folder
 * @property {string[]} apps those that have an image
 * @property {string[]} charts
 * @property {string[]} stores data stores that have an image
 */

/** The chart that has all others in it, and the one that all others use. */
const [UMBRELLA, LIBRARY_CHART] = ['microservices-app', 'library'];

/** Every library that these use, through others too. */
function reach(libraries, parts) {
  const reached = new Set();
  const visit = (name) => {
    if (reached.has(name)) return;
    reached.add(name);
    for (const next of parts[`libs/${name}`]?.product ?? []) visit(next);
  };
  for (const name of libraries) visit(name);
  return reached;
}

/** A part of which something changed, or that uses a library of which something did. */
function isAffected(folder, libraries, changed, parts) {
  return (
    changed.has(folder) || [...reach(libraries, parts)].some((name) => changed.has(`libs/${name}`))
  );
}

function chartsOf(changed, charts) {
  if (changed.size === 0) return [];
  if (changed.has(LIBRARY_CHART)) return charts;
  return charts.filter((name) => name === UMBRELLA || changed.has(name));
}

/**
 * @param {string[] | undefined} paths undefined is everything
 * @param {Packages} packages
 * @returns {Record<'apps' | 'images' | 'libs' | 'charts' | 'tests', string[]>}
 */
export function affectedBy(paths, { parts, apps, charts, stores }) {
  const touched = (paths ?? []).map(touchedBy);
  const isAll = paths === undefined || touched.some(({ everything }) => everything);
  const every = Object.keys(parts).toSorted();
  const collect = (key) => new Set(touched.flatMap((one) => one[key] ?? []));
  const [product, specs] = [collect('product'), collect('specs')];
  const affected = every.filter(
    (folder) => isAll || isAffected(folder, parts[folder].product, product, parts),
  );
  const namesIn = (place) =>
    affected.flatMap((folder) => (folder.startsWith(place) ? folder.slice(place.length) : []));
  const tested = every.filter((folder) => {
    const used = [...parts[folder].product, ...parts[folder].specs];
    return isAll || specs.has(folder) || isAffected(folder, used, product, parts);
  });
  const places = [...specs].filter((place) => !Object.hasOwn(parts, place) && !/\//.test(place));
  const imaged = new Set(namesIn('apps/').filter((name) => apps.includes(name)));
  const storeImages = collect('stores');
  return {
    apps: namesIn('apps/'),
    libs: namesIn('libs/'),
    images: [...imaged, ...stores.toSorted().filter((name) => isAll || storeImages.has(name))],
    charts: isAll ? charts.toSorted() : chartsOf(collect('charts'), charts.toSorted()),
    tests: [...tested, ...(isAll ? ['tools'] : places)].toSorted(),
  };
}
