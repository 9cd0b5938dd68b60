/** What would break, for a person: each fault with its pointer, and the way out once for each thing. */
export function report(found, { version, date }) {
  const lines = [];
  for (const subject of new Set(found.map((each) => each.subject))) {
    const faults = found.filter((each) => each.subject === subject);
    lines.push(`${subject} would break what was built on ${version} (${date}):`);
    for (const { pointer, sentence } of faults) lines.push(`  ${pointer}: ${sentence}`);
    for (const remedy of new Set(faults.map((each) => each.remedy))) lines.push(`  -> ${remedy}`);
  }
  return [
    ...lines,
    'docs/versioning.md tells how contracts change without breaking anybody. Where the recorded state',
    'was never released at all: npm run release:contracts -- --replace',
  ].join('\n');
}
