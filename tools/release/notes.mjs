/** What people read of a release: its section in the changelog, and the notes on its tag. */

const NEWEST = /^## /m;
const HEADING = `# Changelog

What each release changed, by what it concerns: made from the commits by \`npm run release\`
([how](docs/operations/releasing.md)).
`;

/** Title, and the type of commits that it gathers; what is made faster is told once there was a before. */
const SECTIONS = [
  { title: 'New', type: 'feat' },
  { title: 'Fixed', type: 'fix' },
  { title: 'Faster', type: 'perf', isAfterFirst: true },
  { title: 'Taken back', type: 'revert', isAfterFirst: true },
];

/** No word of a commit is markup. */
const plain = (text) => text.replace(/[<*]/g, String.raw`\$&`);

const ofProject = 'the project';

/** What only those notice who work on Courtside; it comes after the rest. */
const INNER = new Set(['bench', 'check', 'ci', 'e2e', 'testing', 'tools', ofProject]);
const rank = (scope) => (INNER.has(scope) ? 1 : 0);

/** One that concerns more than one part stands at the first, and names the others. */
function entry({ scopes, subject }) {
  const others = scopes.slice(1);
  return plain(others.length === 0 ? subject : `${subject} (also ${others.join(', ')})`);
}

function byScope(changes) {
  const scopes = [...new Set(changes.map(({ scopes: [first = ofProject] }) => first))].toSorted(
    (one, other) => rank(one) - rank(other) || (one < other ? -1 : 1),
  );
  return scopes.map((scope) => {
    const own = changes.filter(({ scopes: [first = ofProject] }) => first === scope);
    return [`- **${scope}**`, ...own.map((change) => `  - ${entry(change)}`)].join('\n');
  });
}

/** How the changes of everything are told, and how those of one library, which is its own scope. */
const layouts = {
  all: { list: byScope, broken: ([scope = ofProject], text) => `- **${scope}**: ${plain(text)}` },
  library: {
    list: (changes) => changes.map(({ subject }) => `- ${plain(subject)}`),
    broken: (_, text) => `- ${plain(text)}`,
  },
};

function breakingSection(changes, { broken: line }) {
  const broken = changes.filter(({ breaking }) => breaking.length > 0);
  if (broken.length === 0) return [];
  const lines = broken.flatMap(({ scopes, breaking }) =>
    breaking.map((text) => line(scopes, text)),
  );
  return [`### Breaking\n\n${lines.join('\n')}`];
}

/** Which apps change the schema of their database, so that operators know before they upgrade. */
function migratedLine({ migrations }) {
  const apps = [...new Set(migrations.map((path) => path.split('/')[1]))].toSorted();
  return apps.length === 0 ? [] : [`Databases change in: ${apps.join(', ')}.`];
}

function body(plan, layout) {
  const { changes, isFirst } = plan;
  const sections = SECTIONS.filter(({ isAfterFirst }) => !(isFirst && isAfterFirst)).flatMap(
    ({ title, type }) => {
      const own = changes.filter((change) => change.type === type);
      return own.length === 0 ? [] : [`### ${title}\n\n${layout.list(own).join('\n')}`];
    },
  );
  const all = [
    ...migratedLine(plan),
    ...(isFirst ? [] : breakingSection(changes, layout)),
    ...sections,
  ];
  return all.length === 0 ? 'Nothing that its users would notice.' : all.join('\n\n');
}

/** The changelog with the section of this release above all others. */
export function withSection(text, plan, layout = layouts.all) {
  const section = `## ${plan.version} (${plan.date})\n\n${body(plan, layout)}\n`;
  if (text === undefined) return `${HEADING}\n${section}`;
  const at = text.search(NEWEST);
  return at < 0
    ? `${text.trimEnd()}\n\n${section}`
    : `${text.slice(0, at)}${section}\n${text.slice(at)}`;
}

/** The same for the changelog of one library: what the commits of its scope say. */
export function withSectionOfLibrary(text, plan, scope) {
  const changes = plan.changes.filter(({ scopes }) => scopes.includes(scope));
  return withSection(text, { ...plan, changes, migrations: [] }, layouts.library);
}

/** @returns {string} what the changelog says of this release; empty where it says nothing */
export function sectionOf(text, version) {
  const sections = text.split(/^(?=## )/m);
  const own = sections.find((section) => section.startsWith(`## ${version} `)) ?? '';
  return own.replace(/^## .*/, '').trim();
}

/** The text of the tag, for whoever decides whether to upgrade. */
export const releaseNotes = (changelog, version) => `Courtside ${version}

${sectionOf(changelog, version)}

To install it: docs/operations/install.md. To upgrade to it: docs/operations/upgrade.md.
`;
