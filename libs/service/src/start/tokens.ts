/** Injection tokens of what an app gets from outside itself. */
export const LOGGER = Symbol('logger');
export const CONFIG = Symbol('config');
export const BROKER = Symbol('broker');
/** The name of this app. */
export const SERVICE_NAME = Symbol('service name');
