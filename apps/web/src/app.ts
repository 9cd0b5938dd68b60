import { config } from './config.js';

/** What is known of every app by its name; this one is reached over HTTP alone and has no module. */
export const app = { name: 'web', config } as const;
