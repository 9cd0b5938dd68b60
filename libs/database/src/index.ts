export * from './data-source.js';
export * from './database-config.js';
export * from './database.module.js';
export * from './idempotent-writes.js';
export * from './migration.js';
export * from './page.js';
export * from './provision.js';
