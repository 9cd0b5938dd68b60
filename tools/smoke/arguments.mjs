/** What `npm run smoke` is told. */
import { accessSync, constants, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

/** It was called wrongly: nothing was asked yet. */
export class Misused extends Error {}

const options = {
  url: { type: 'string' },
  'admin-username': { type: 'string' },
  'admin-password-file': { type: 'string' },
  'insecure-ca': { type: 'string' },
  operations: { type: 'boolean', default: false },
  within: { type: 'string' },
};

/** How long it may take where nobody says it, seconds. */
const WITHIN_S = 120;
const OPERATIONS_WITHIN_S = 300;
const WITHIN_S_MAX = 3_600;

/** @throws Misused with what is wrong and what would be right */
export function settingsOf(given) {
  const values = parsed(given);
  const admin = adminOf(values);
  if (values.operations && !admin) {
    throw new Misused(
      '--operations needs an administrator: --admin-username, --admin-password-file',
    );
  }
  const initially = values.operations ? OPERATIONS_WITHIN_S : WITHIN_S;
  return {
    url: origin(values.url),
    admin,
    authority: readable('insecure-ca', values['insecure-ca']),
    withOperations: values.operations,
    withinMs: 1_000 * secondsIn(values.within ?? `${initially}`),
  };
}

function parsed(given) {
  try {
    return parseArgs({ args: given, options }).values;
  } catch (error) {
    throw new Misused(error.message);
  }
}

function origin(text) {
  if (text === undefined) throw new Misused('--url is missing');
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOrigin = url && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search;
  if (isOrigin && !url.username) return url.origin;
  throw new Misused(`--url must be like https://sports.example.org, not ${text}`);
}

function adminOf({ 'admin-username': username, 'admin-password-file': file }) {
  if (username === undefined && file === undefined) return undefined;
  if (username === undefined || file === undefined) {
    throw new Misused('--admin-username and --admin-password-file are given together');
  }
  const password = readFileSync(readable('admin-password-file', file), 'utf8').trim();
  if (password === '') throw new Misused(`--admin-password-file: ${file} is empty`);
  return { username, password };
}

function readable(name, file) {
  if (file === undefined) return undefined;
  try {
    accessSync(file, constants.R_OK);
    return file;
  } catch (error) {
    throw new Misused(`--${name}: ${error.message}`);
  }
}

function secondsIn(text) {
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= WITHIN_S_MAX) return seconds;
  throw new Misused(`--within must be 1 to ${WITHIN_S_MAX} seconds, not ${text}`);
}
