export * from './bus.js';
export * from './databases.js';
export * from './eventually.js';
export * from './fake-service.js';
export * from './identities.js';
export * from './keys.js';
<<<<<<< HEAD
export * from './kubernetes/api-server.js';
export * from './kubernetes/api-status.js';
export * from './kubernetes/cluster.js';
=======
export * from './kubernetes/secrets-server.js';
>>>>>>> install
export * from './platform.js';
export * from './redis-server.js';
export * from './sentinel-servers.js';
