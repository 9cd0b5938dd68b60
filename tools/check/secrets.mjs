/** Refuses what must never be committed: keys, tokens, passwords in addresses, an `.env`. */
import { lstatSync, readFileSync } from 'node:fs';
import { projectFiles } from './sources.mjs';

const BYTES_MAX = 1024 * 1024;

const patterns = {
  'a private key': /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/,
  'a private JWK': /"d"\s*:\s*"[A-Za-z0-9_-]{40,}"/,
  'a signed token': /\beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{20,}/,
  'an AWS key': /\bAKIA[0-9A-Z]{16}\b/,
  'a GitHub token': /\bgh[pousr]_[A-Za-z0-9]{36}\b/,
  'a password in an address':
    /\b[a-z]+:\/\/[\w.-]+:(?!\*\*\*|\$|<|\{|password@)[^\s:@/'"`]{6,}@[\w.-]+/,
};

function described(path) {
  const stat = lstatSync(path);
  return { size: stat.size, isSymbolicLink: stat.isSymbolicLink() };
}

const faults = [];
for (const path of projectFiles()) {
  if (/(^|\/)\.env$/.test(path)) faults.push(`${path}: settings of one machine`);
  const { size, isSymbolicLink } = described(path);
  // A link is what it leads to, which is looked at under its own name.
  if (isSymbolicLink || size > BYTES_MAX || path === 'package-lock.json') continue;
  const text = readFileSync(path, 'utf8');
  for (const [what, pattern] of Object.entries(patterns)) {
    const match = pattern.exec(text);
    if (match) faults.push(`${path}:${text.slice(0, match.index).split('\n').length}: ${what}`);
  }
}
for (const fault of faults) console.log(fault);
process.exit(faults.length === 0 ? 0 : 1);
