/** What the commits since a release say they change. */
import { filterRevertedCommitsSync } from 'conventional-commits-filter';
import { CommitParser } from 'conventional-commits-parser';

/** `type(scope, other scope)!: subject` */
const HEADER = /^(\w+)(?:\(([\w,. -]+)\))?!?: (.+)$/;
const BREAKING = /^(\w+)(?:\(([\w,. -]+)\))?!: (.+)$/;

const parser = new CommitParser({
  headerPattern: HEADER,
  breakingHeaderPattern: BREAKING,
  noteKeywords: ['BREAKING CHANGE', 'BREAKING-CHANGE'],
});

function parsed(text) {
  const [hash, ...message] = text.split('\n');
  return { ...parser.parse(message.join('\n').trim() || '-'), hash };
}

/**
 * @typedef {{ type: string, scopes: string[], subject: string, breaking: string[] }} Change
 *   `breaking`: what it breaks, a sentence each
 */
function changeOf({ type, scope, subject, notes, revert, header }) {
  if (revert && !type) return { type: 'revert', scopes: [], subject: header, breaking: [] };
  return {
    type,
    scopes: (scope ?? '')
      .split(',')
      .map((each) => each.trim())
      .filter(Boolean),
    subject: subject ?? header,
    breaking: notes.map(({ text }) => text.replace(/\s+/g, ' ')),
  };
}

/** A commit that was brought to two branches says the same twice. */
function withoutRepeats(changes) {
  const key = ({ type, scopes, subject }) => `${type}(${scopes})${subject}`;
  return [...new Map(changes.map((change) => [key(change), change])).values()];
}

/**
 * What was reverted since, and its revert, are no changes.
 * @returns {Promise<{ count: number, changes: Change[] }>} the oldest first; `count` of all commits
 */
export async function readCommits(repository, last) {
  const texts = repository.messagesSince(last && `v${last}`);
  const standing = [...filterRevertedCommitsSync(texts.map(parsed))];
  const changes = standing.map(changeOf).toReversed();
  return { count: texts.length, changes: withoutRepeats(changes) };
}
