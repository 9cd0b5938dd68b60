import { runUntilSignal } from '@courtside/service';
import { startWeb } from './start-web.js';

await runUntilSignal(() => startWeb(process.env));
