/** Every app of the platform that takes part on the bus. */
export const serviceNames = ['gateway', 'auth', 'users', 'products', 'orders', 'time'] as const;

export type ServiceName = (typeof serviceNames)[number];
