/** Injection tokens of what an app gets from outside itself. */
export const LOGGER = Symbol('logger');
export const CONFIG = Symbol('config');
export const BROKER = Symbol('broker');
/** What a fault of the database amounts to: a `ProblemOfFault`, where there is a database. */
export const FAULTS = Symbol('faults');
/** The name of this app. */
export const SERVICE_NAME = Symbol('service name');
