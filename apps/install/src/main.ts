#!/usr/bin/env node
import { processOutput } from '@courtside/service';
import { install } from './install.js';

// The first process of a container hears no signal that it does not listen to.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1));
process.exitCode = await install(process.argv.slice(2), process.env, processOutput);
