/** The names of all tests of the conformance suite, which are what the transport promises. */
import { built } from './built.mjs';

/** Runs nothing: the suite only defines its tests. */
async function promises() {
  const { conformance } = await built('libs/transport', 'conformance/conformance');
  const found = new Map();
  let subject = '';
  const describe = (title, define) => {
    subject = title;
    define();
  };
  const it = (title) => found.set(subject, [...(found.get(subject) ?? []), title]);
  const able = { canLoseGroups: true, canFreeze: true, canFailOver: true };
  conformance({ describe, it, expect: () => ({}) }, () => ({}), able);
  return found;
}

export async function files() {
  const sections = [...(await promises())].map(([subject, titles]) =>
    [
      `## ${subject[0].toUpperCase()}${subject.slice(1)}`,
      titles.map((title) => `- ${title}`).join('\n'),
    ].join('\n\n'),
  );
  const text = `# Every promise

The tests of the conformance suite by their names, as every driver and server runs them; those of lost groups, of a server that
answers nothing and of failovers where there can be any. [The guarantees](../guarantees.md) tell what they amount to.

${sections.join('\n\n')}
`;
  return [{ path: 'libs/transport/docs/generated/promises.md', text, parser: 'markdown' }];
}
