#!/usr/bin/env node
import 'reflect-metadata';
import { checkCommand } from './check-routes.js';

process.exitCode = checkCommand(process.argv.slice(2), {
  out: (line) => console.log(line),
  err: (line) => console.error(line),
});
