/** What one changed path touches by itself. */

/**
 * Of these no app, no chart and no image of a chart is made (those of compose.yaml are built where it runs);
 * `npm run check` looks at them whatever changed.
 */
const nothing = [
  /\.md$/,
  /^(docs|bench|e2e|postman|deploy|k8s|Jenkins|\.ci|\.github)\//,
  /^(Jenkinsfile|LICENSE|Caddyfile|compose\.yaml|env\.example|topology\.yaml|nest-cli\.json)$/,
  /^(knip\.json|\.oxlintrc\.json|\.prettierignore|\.gitignore|\.dependency-cruiser\.cjs)$/,
];
/** What every image is made of, besides its app and its libraries. */
const ofEveryImage = /^tools\/images(\/|\.mjs$)/;
const isSpec = /^[^/]+\/[^/]+\/(.*\.spec\.tsx?$|(test(-[^/]+)?|example)\/)/;

/**
 * @typedef {object} Touched
 * @property {string} [product] a part whose product changed
 * @property {string} [specs] a place of which specs alone changed
 * @property {string} [charts] @property {string} [stores]
 * @property {true} [everything] also what is in no known place: too much is built, never too little
 * @returns {Touched}
 */
export function touchedBy(path) {
  if (nothing.some((pattern) => pattern.test(path))) return {};
  const [part] = /^(apps|libs)\/[^/]+(?=\/)/.exec(path) ?? [];
  if (part) return isSpec.test(path) ? { specs: part } : { product: part };
  const [, chart, rest] = /^helm\/([^/]+)\/(.+)$/.exec(path) ?? [];
  if (chart && rest.startsWith('tests/')) return { charts: chart };
  if (chart) return rest.startsWith('image/') ? { stores: chart } : { charts: chart };
  if (path.startsWith('tools/') && !ofEveryImage.test(path)) return { specs: 'tools' };
  return { everything: true };
}
