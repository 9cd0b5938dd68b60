/** Where everything of an installation is on this machine. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const clone = fileURLToPath(new URL('../..', import.meta.url));
export const prefix = '/opt/courtside';
export const current = `${prefix}/current`;
export const etc = '/etc/courtside';
export const secrets = `${etc}/secrets`;
export const operatorsSettings = `${etc}/settings.env`;
export const state = '/var/lib/courtside';
export const run = '/run/courtside';
export const log = '/var/log/courtside';

export const planFile = `${clone}deploy/generated/host-plan.json`;
const plan = JSON.parse(readFileSync(planFile, 'utf8'));

/** Who answers on the bus, by name, and whether it stores. */
export const services = plan.services;
export const databaseApps = Object.keys(services).filter((name) => services[name].database);
/** In the order of a start: who is asked before who asks; the door opens last. */
export const apps = [
  ...Object.keys(services).filter((name) => name !== 'gateway'),
  'web',
  'gateway',
];
/** What is built: the apps, and what installs them. */
export const programs = [...apps, 'install'];

export const gatewayPort = 8080;
export const webPort = 8081;
export const redisPort = Number(new URL(plan.bus.url).port);
export const adminPort = (app) => 9001 + apps.indexOf(app);

/** Each has a user of its own, so that none reads what another may. */
export const userOf = (name) => `courtside-${name}`;
