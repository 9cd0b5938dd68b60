/** The charts that are one app each: what they share, and what makes each of them different. */
import { z } from 'zod';
import { choice, cidrs, flag, group, labels, pieces, text, whole } from './values.mjs';
import { appValues, image, resources } from './pod.mjs';
import { globalValues } from './platform.mjs';

/** What the charts themselves set. */
const FIXED = new Set([
  ...['ADMIN_HOST', 'ADMIN_PORT', 'HOST', 'PORT', 'BUS_PREFIX', 'MIGRATE_ON_START'],
  ...[
    'ROUTES_DIR',
    'PAGES_DIR',
    'ROUTES_CONFIGMAP_SELECTOR',
    'KUBERNETES_NAMESPACE',
    'WEB_URL',
    'FIRST_ADMIN',
  ],
]);

const service = group('how it is reached', {
  type: choice('LoadBalancer gives it an address of its own', [
    'ClusterIP',
    'LoadBalancer',
    'NodePort',
  ]),
  port: whole('where the Service listens', 80, { min: 1, max: 65_535 }),
  loadBalancerSourceRanges: cidrs('whom a load balancer lets in'),
  annotations: labels('annotations of the Service'),
});

const tls = group('HTTPS', {
  enabled: flag('with a certificate', false),
  secretName: text(
    'a Secret with tls.crt and tls.key; cert-manager makes it where an issuer is named',
  ),
  issuer: text('an issuer of cert-manager'),
  issuerKind: choice('what kind of issuer', ['ClusterIssuer', 'Issuer']),
});

const gateway = {
  service,
  host: z
    .string()
    .regex(/^((\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?)?$/)
    .default('')
    .meta({
      description: 'the name that clients use, such as courtside.example.org; empty is any',
    }),
  ingress: group('the way in by an Ingress', {
    enabled: flag('Ingress', false),
    className: text('IngressClass; empty is the cluster’s own'),
    annotations: labels('annotations of the Ingress'),
    tls,
  }),
  httpRoute: group('the way in by the Gateway API', {
    enabled: flag('HTTPRoute', false),
    parentRefs: pieces('the Gateways it belongs to', 'ParentReference'),
    annotations: labels('annotations of the HTTPRoute'),
  }),
  routes: group('route tables, read by the gateway while it runs', {
    web: flag('the pages of web, at /web', true),
    extra: z
      .record(z.string().regex(/^[a-z0-9][a-z0-9.-]*\.yaml$/), z.string())
      .default({})
      .meta({ description: 'more tables: file name to its text' }),
  }),
};

/** By app, what is not as everywhere. */
const own = {
  gateway: {
    values: gateway,
    resources: { limits: { memory: '384Mi' } },
    nodeOptions: '--enable-source-maps --max-old-space-size=256',
  },
  web: { values: { service }, resources: { requests: { cpu: '10m', memory: '64Mi' } } },
};

/** The settings that whoever installs may set: all but secrets, and what a pod needs as it is. */
function settings(app) {
  const { properties } = z.toJSONSchema(app.config, { io: 'input', unrepresentable: 'any' });
  const free = Object.entries(properties).filter(([key, { secret }]) => !secret && !FIXED.has(key));
  return Object.fromEntries(free);
}

/** What a chart sets otherwise than the code, which suits a laptop. */
const production = { NODE_ENV: 'production', CLOSING_NOTICE_MS: 2_000 };

/** Settings keep their names; a number or a flag of the environment may be written as one. */
function configValues(app) {
  const shape = Object.entries(settings(app)).map(([key, schema]) => {
    const { default: initially, ...rest } = schema;
    const isFlag = rest.enum?.join() === 'true,false';
    const field = isFlag
      ? z.union([z.boolean(), z.enum(['true', 'false'])])
      : z.fromJSONSchema(rest);
    const { description = key } = rest;
    if (production[key]) return [key, field.default(production[key]).meta({ description })];
    const unset = initially === undefined || initially === '' ? '' : `; ${initially} when not set`;
    return [key, field.optional().meta({ description: `${description}${unset}` })];
  });
  return group('settings of the app, by their names', Object.fromEntries(shape));
}

/**
 * @param {string} name
 * @param {{ config: z.ZodObject }} app as built
 */
export function appChart(name, app) {
  const special = own[name] ?? {};
  const model = z.strictObject({
    image: image(`courtside/${name}`),
    ...appValues,
    ...(special.nodeOptions && {
      nodeOptions: text('NODE_OPTIONS of the process', special.nodeOptions),
    }),
    resources: resources(special.resources ?? {}),
    config: configValues(app),
    ...special.values,
    global: globalValues,
  });
  return { name, model };
}
