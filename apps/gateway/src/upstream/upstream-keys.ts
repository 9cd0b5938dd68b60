/** The settings that name an HTTP upstream; a route refers to one of them. */
export const upstreamKeys = ['WEB_URL'] as const;

export type UpstreamKey = (typeof upstreamKeys)[number];
