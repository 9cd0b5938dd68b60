/** Compares the operations that clients reach over HTTP. */
import { inputFaults, outputFaults } from './schema.mjs';
import { sentenceOf } from './sentences.mjs';

/** What users of an operation have at least to move, counted from the release that did not say so. */
export const NOTICE_DAYS = 180;
const DAY_MS = 24 * 60 * 60 * 1_000;

/** Paths that match the same requests are one operation, whatever they call their parts. */
export const shapeOf = (name) => name.replace(/\{(\w+)\}/g, '{}');

/** A sentence when an operation may not be removed yet. */
export function untimelyRemoval({ deprecation }, today) {
  if (!deprecation) return 'is gone, and no release has said that it would go';
  return deprecation.sunset <= today
    ? undefined
    : `is gone before ${deprecation.sunset}, until which the release promises to serve it`;
}

/** @returns {{ pointer: string, sentence: string }[]} */
export function operationFaults(released, now, roots, recorded) {
  const faults = [];
  const say = (pointer, sentence) => faults.push({ pointer, sentence });
  if (released.auth === 'none' && now.auth === 'user') say('/auth', 'needs a token now');
  noticeFaults(released, now, recorded, say);
  parameterFaults(released, now, roots, say);
  bodyFaults(released.body, now.body, roots, say);
  for (const [status, answer] of Object.entries(released.answers)) {
    const same = now.answers[status];
    if (!same) {
      say(
        `/answers/${status}`,
        `answers ${Object.keys(now.answers).join(', ')} and not ${status} now`,
      );
      continue;
    }
    const gone = answer.headers.filter((name) => !same.headers.includes(name));
    for (const name of gone) say(`/answers/${status}/headers`, `${name} is no longer sent`);
    const sides = [side(answer, roots.released), side(same, roots.now)];
    tell(`/answers/${status}/schema`, outputFaults(...sides), 'output', say);
  }
  return faults;
}

const side = ({ schema }, root) => ({ schema, root });

const tell = (pointer, faults, direction, say) =>
  faults.forEach((fault) => say(pointer + fault.pointer, sentenceOf(fault, direction)));

function noticeFaults({ deprecation: was }, { deprecation: is }, recorded, say) {
  if (!is) return;
  if (was) {
    if (is.sunset < was.sunset) {
      say('/deprecation/sunset', `was promised as ${was.sunset} and is ${is.sunset} now`);
    }
    return;
  }
  const earliest = new Date(Date.parse(recorded) + NOTICE_DAYS * DAY_MS).toISOString().slice(0, 10);
  if (is.sunset < earliest) {
    say(
      '/deprecation/sunset',
      `is ${is.sunset}: the release of ${recorded} did not say that it would end, so not before ${earliest}`,
    );
  }
}

function parameterFaults(released, now, roots, say) {
  const [was, is] = [byPlace(released.parameters), byPlace(now.parameters)];
  for (const [place, { name, ...parameter }] of was) {
    const same = is.get(place);
    if (!same) {
      say(`/parameters/${name}`, `the ${name} is no longer taken`);
      continue;
    }
    const sides = [side(parameter, roots.released), side(same, roots.now)];
    tell(`/parameters/${name}/schema`, inputFaults(...sides), 'input', say);
  }
  for (const [place, { name, required }] of is) {
    const isNew = required && !was.get(place)?.required;
    if (isNew) say(`/parameters/${name}`, `the ${name} is required now`);
  }
}

/** Parts of a path are known by their place, since clients never see their names. */
function byPlace(parameters) {
  const places = new Map();
  for (const [name, parameter] of Object.entries(parameters)) {
    const place = name.startsWith('path ') ? `path ${places.size}` : name;
    places.set(place, { name, ...parameter });
  }
  return places;
}

function bodyFaults(was, is, roots, say) {
  if (was && !is) say('/body', 'takes no body any more');
  if (!was && is?.required) say('/body', 'needs a body now');
  if (!was || !is) return;
  if (!was.required && is.required) say('/body', 'needs a body now');
  tell('/body/schema', inputFaults(side(was, roots.released), side(is, roots.now)), 'input', say);
}
