/** Compares all contracts with those of the last release: what would break whoever was built on it. */
import { stricterAccess, strongerEffect } from './access.mjs';
import { operationFaults, shapeOf, untimelyRemoval } from './operations.mjs';
import { inputFaults, outputFaults } from './schema.mjs';
import { sentenceOf } from './sentences.mjs';

/**
 * @typedef {{ subject: string, pointer: string, sentence: string, remedy: string }} Break
 * @param {object} released what `npm run release:contracts` recorded
 * @param {object} now what `npm run generate` made
 * @param {string} today a day, `2026-11-25`: what has had its sunset by then may be gone
 * @returns {Break[]}
 */
export function breaks(released, now, today) {
  return [
    ...roleBreaks(released.roles, now.roles),
    ...messageBreaks(released.bus, now.bus),
    ...eventBreaks(released.bus, now.bus),
    ...operationBreaks(released, now, today),
  ];
}

const step = (name) => name.replaceAll('~', '~0').replaceAll('/', '~1');

function roleBreaks(released, now) {
  return Object.entries(released).flatMap(([role, permissions]) =>
    permissions
      .filter((permission) => !now[role]?.includes(permission))
      .map((permission) => ({
        subject: `the role ${role}`,
        pointer: `/roles/${step(role)}`,
        sentence: `no longer permits ${permission}`,
        remedy: 'leave it with the role: its users lose what they can do today',
      })),
  );
}

/** The name of the version after: `orders.create.v2` after `orders.create`. */
function nextVersion(name) {
  const [, plain, version] = /^(.*?)(?:\.v(\d+))?$/.exec(name);
  return `${plain}.v${Number(version ?? 1) + 1}`;
}

/** Adds to each fault of a thing where it stands and what to do instead. */
const about = (subject, base, remedy, faults) =>
  faults.map(({ pointer, sentence }) => ({ subject, pointer: base + pointer, sentence, remedy }));

const GONE = [{ pointer: '', sentence: 'is gone, and no release has said that it would go' }];
const KEEP =
  'keep it and say deprecated: { since, successor } in its contract; the release after that may ' +
  'remove it';

function messageBreaks(released, now) {
  return Object.entries(released.messages).flatMap(([name, was]) => {
    const base = `/bus/messages/${step(name)}`;
    const is = now.messages[name];
    if (!is) return was.deprecated ? [] : about(name, base, KEEP, GONE);
    const remedy = `leave ${name} as it is and answer ${nextVersion(name)} beside it`;
    return about(name, base, remedy, messageFaults(was, is, { released, now }));
  });
}

function messageFaults(was, is, roots) {
  const sides = (kind) => [
    { schema: was[kind], root: roots.released },
    { schema: is[kind], root: roots.now },
  ];
  const words = [
    { pointer: '/access', sentence: stricterAccess(was.access, is.access) },
    { pointer: '/effect', sentence: strongerEffect(was.effect, is.effect) },
    { pointer: '/guards', sentence: is.guards && !was.guards ? FRESH : undefined },
  ].filter(({ sentence }) => sentence !== undefined);
  return [
    ...words,
    ...told('/input', inputFaults(...sides('input')), 'input'),
    ...told('/output', outputFaults(...sides('output')), 'output'),
  ];
}

const FRESH =
  'needs a proof made for each message alone now, which callers of the release do not send';

const told = (base, faults, direction) =>
  faults.map((fault) => ({
    pointer: base + fault.pointer,
    sentence: sentenceOf(fault, direction),
  }));

function eventBreaks(released, now) {
  return Object.entries(released.events).flatMap(([name, was]) => {
    const base = `/bus/events/${step(name)}`;
    const is = now.events[name];
    if (!is) return was.deprecated ? [] : about(name, base, KEEP, GONE);
    const sides = [
      { schema: was.data, root: released },
      { schema: is.data, root: now },
    ];
    const remedy =
      `leave ${name} as it is, define ${nextVersion(name)} with the raised version beside it, ` +
      `publish both, and let subscribers move before ${name} goes`;
    const faults = outputFaults(...sides, { readerChecks: true });
    return about(name, base, remedy, told('/data', faults, 'output'));
  });
}

const UNTIL_SUNSET =
  'keep its route and say deprecated: { since, sunset, successor } in it; after the sunset it may go';
const NEXT_PREFIX =
  'let this route answer as it did (its input and response can be reshaped), serve the new shape under ' +
  'the next prefix, and say deprecated in this one';

function operationBreaks(released, now, today) {
  const roots = { released: released.http, now: now.http };
  const present = new Map(
    Object.entries(now.http.operations).map(([name, each]) => [shapeOf(name), each]),
  );
  return Object.entries(released.http.operations).flatMap(([name, was]) => {
    const base = `/http/operations/${step(name)}`;
    const is = present.get(shapeOf(name));
    if (is) {
      return about(name, base, NEXT_PREFIX, operationFaults(was, is, roots, released.date));
    }
    const sentence = untimelyRemoval(was, today);
    return sentence ? about(name, base, UNTIL_SUNSET, [{ pointer: '', sentence }]) : [];
  });
}
