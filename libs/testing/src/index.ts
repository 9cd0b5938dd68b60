export * from './bus.js';
export * from './databases.js';
export * from './eventually.js';
export * from './fake-service.js';
export * from './identities.js';
export * from './keys.js';
export * from './platform.js';
export * from './redis-server.js';
