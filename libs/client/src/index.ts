export * from './client.js';
export type { components, paths } from './generated/api.js';
export * from './problem.js';
