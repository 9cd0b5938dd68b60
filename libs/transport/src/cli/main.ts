#!/usr/bin/env node
import { deadLetters } from './dead-letters.js';

process.exitCode = await deadLetters(process.argv.slice(2), {
  say: (line) => process.stdout.write(`${line}\n`),
  complain: (line) => process.stderr.write(`${line}\n`),
});
