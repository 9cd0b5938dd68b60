import { httpConfig, kubernetesConfig, port, secret, serviceConfig } from '@courtside/service';
import { z } from 'zod';
import { upstreamKeys, type UpstreamKey } from './upstream/upstream-keys.js';

const upstreamUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
  .optional();

/** The settings of the gateway. */
export const config = serviceConfig
  .extend({
    PORT: port.default(8001).meta({ description: 'where the platform is reached; 0 takes any' }),
    HOST: z
      .string()
      .default('127.0.0.1')
      .meta({ description: 'address the gateway listens at; a pod sets 0.0.0.0' }),
    ROUTES_DIR: z
      .string()
      .default('apps/gateway/routes')
      .meta({ description: 'folder of the route tables; a changed file is live within 2 s' }),
    ROUTES_CONFIGMAP_SELECTOR: z.string().min(1).max(512).optional().meta({
      description:
        'label selector: route tables are the *.yaml keys of these ConfigMaps, not files of ROUTES_DIR',
    }),
    ...httpConfig,
    ...kubernetesConfig,
    TOKEN_JWKS: secret(z.string().min(1), 'public JWKS that access tokens are verified with, JSON'),
    TOKEN_ISSUER: z.string().default('courtside').meta({ description: '`iss` of access tokens' }),
    TOKEN_AUDIENCE: z.string().default('courtside').meta({ description: '`aud` of access tokens' }),
    TRUSTED_HOPS: z.coerce
      .number()
      .int()
      .min(0)
      .max(10)
      .default(0)
      .meta({ description: 'proxies in front whose X-Forwarded-For entries are believed' }),
    HTTPS_PORT: port
      .min(1)
      .optional()
      .meta({
        description:
          'where clients find HTTPS at the proxies in front: who came to the counted one by http is sent there (308), ' +
          'who came by https gets HSTS; off when not given; needs TRUSTED_HOPS',
      }),
    ACCESS_CACHE_MS: z.coerce
      .number()
      .int()
      .min(0)
      .max(60_000)
      .default(5_000)
      .meta({ description: 'how long what a session may do is remembered, milliseconds' }),
    WEB_URL: upstreamUrl.meta({ description: 'the web container; needed by routes to it only' }),
  } satisfies Record<UpstreamKey, z.ZodType> & Record<string, z.ZodType>)
  .refine(({ HTTPS_PORT, TRUSTED_HOPS }) => HTTPS_PORT === undefined || TRUSTED_HOPS > 0, {
    path: ['HTTPS_PORT'],
    error: 'needs TRUSTED_HOPS of 1 or more: nobody is believed without',
  });

export type GatewayConfig = z.output<typeof config>;

/** Where each upstream is, as far as the environment says. */
export const upstreamUrls = (settings: GatewayConfig): Partial<Record<UpstreamKey, string>> =>
  Object.fromEntries(
    upstreamKeys.flatMap((key) => (settings[key] === undefined ? [] : [[key, settings[key]]])),
  );
