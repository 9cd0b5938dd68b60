export * from './crash/crashable-app.js';
export * from './crash/seeded-random.js';
export * from './databases.js';
export * from './eventually.js';
export * from './fake-service.js';
export * from './identities.js';
export * from './keys.js';
export * from './platform.js';
