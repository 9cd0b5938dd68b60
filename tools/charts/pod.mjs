/** What every chart with pods takes, whatever runs in them. */
import { z } from 'zod';
import { choice, flag, group, labels, piece, pieces, text, texts, whole } from './values.mjs';

const DIGEST = /^(sha256:[a-f0-9]{64})?$/;

export const image = (repository) =>
  group('what runs in the pods', {
    registry: text('where images come from; global.imageRegistry wins'),
    repository: text('the name of the image', repository),
    tag: text('a release; empty is the version of the chart'),
    digest: z
      .string()
      .regex(DIGEST)
      .default('')
      .meta({ description: 'sha256:… of the image; wins over the tag, and the pipeline sets it' }),
    pullPolicy: choice('when the image is fetched', ['Always', 'IfNotPresent', 'Never']),
  });

const quantity = z.union([z.string().regex(/^\d+(\.\d+)?(m|[KMGT]i?)?$/), z.number()]);
const amounts = (what, initially) =>
  group(what, {
    cpu: quantity.default(initially.cpu).meta({ description: 'processors' }),
    memory: quantity.default(initially.memory).meta({ description: 'memory' }),
    'ephemeral-storage': quantity
      .default(initially.storage)
      .meta({ description: 'disk of the node' }),
  });

export const resources = ({ requests, limits }) =>
  group('what a pod asks for, and what it may take', {
    requests: amounts('reserved', { cpu: '50m', memory: '128Mi', storage: '32Mi', ...requests }),
    limits: amounts('at most', { cpu: '1', memory: '256Mi', storage: '128Mi', ...limits }),
  });

/** Where pods may run. */
export const placing = {
  imagePullSecrets: texts('names of Secrets that open the registry'),
  priorityClassName: text('PriorityClass of the pods'),
  nodeSelector: labels('labels of the nodes that pods may run on'),
  tolerations: pieces('taints that pods bear', 'Toleration'),
  affinity: piece('instead of our own, which keeps replicas on different nodes', 'Affinity'),
  podLabels: labels('more labels of the pods'),
  podAnnotations: labels('more annotations of the pods'),
};

export const networkPolicy = group('what the pods may reach, and who reaches them', {
  enabled: flag('deny what topology.yaml does not name', true),
  extraIngress: pieces('more that may come in', 'NetworkPolicyIngressRule'),
  extraEgress: pieces('more that may go out', 'NetworkPolicyEgressRule'),
});

/**
 * More pods at once, as they start in seconds; fewer only after the load has been away for a while, and
 * one by one. Kubernetes by itself waits five minutes, and then takes all.
 */
const behavior = {
  scaleUp: {
    stabilizationWindowSeconds: 0,
    policies: [{ type: 'Pods', value: 2, periodSeconds: 15 }],
  },
  scaleDown: {
    stabilizationWindowSeconds: 120,
    policies: [{ type: 'Pods', value: 1, periodSeconds: 30 }],
  },
};

const scaling = {
  minReplicas: whole('pods at least', 2, { min: 1, max: 100 }),
  maxReplicas: whole('pods at most', 6, { min: 1, max: 1_000 }),
};

/** The values of a chart that is one app. */
export const appValues = {
  replicas: whole('pods; not rendered where autoscaling or keda sets it', 2, { max: 100 }),
  existingSecret: text('a Secret with a key for each secret setting, instead of the one made here'),
  nodeOptions: text('NODE_OPTIONS of the process', '--enable-source-maps --max-old-space-size=160'),
  extraEnv: pieces('more environment variables', 'EnvVar'),
  extraEnvFrom: pieces('more sources of the environment', 'EnvFromSource'),
  extraVolumes: pieces('more volumes', 'Volume'),
  extraVolumeMounts: pieces('where they are mounted', 'VolumeMount'),
  extraObjects: pieces('more objects of the release, as they are', 'any object'),
  annotations: labels('annotations of the Deployment'),
  serviceAccount: group('the identity of the pods in the cluster', {
    annotations: labels('annotations, such as a cloud role'),
  }),
  ...placing,
  topologySpread: group('how replicas are spread', {
    keys: texts('over what', ['kubernetes.io/hostname', 'topology.kubernetes.io/zone']),
    whenUnsatisfiable: choice('when that cannot be', ['ScheduleAnyway', 'DoNotSchedule']),
  }),
  minReadySeconds: whole('how long a new pod has to be ready before the next is replaced', 3),
  preStopSeconds: whole(
    'how long a pod that ends still serves, for proxies that do not know yet',
    5,
  ),
  terminationGracePeriodSeconds: whole('how long it may take to finish what it has', 40),
  probes: group('when a pod is started, alive, ready', {
    startupSeconds: whole('how long a start may take; it waits for migrations', 180, { min: 10 }),
    timeoutSeconds: whole('how long an answer may take', 3, { min: 1, max: 60 }),
  }),
  autoscaling: group('more pods when they have much to do', {
    enabled: flag('HorizontalPodAutoscaler on CPU', false),
    ...scaling,
    targetCPUUtilizationPercentage: whole('of what is requested', 200, { min: 1, max: 10_000 }),
    behavior: piece('how fast it scales', 'HorizontalPodAutoscalerBehavior', behavior),
  }),
  keda: group('more pods when messages wait', {
    enabled: flag('ScaledObject on what waits in the streams of the bus; takes KEDA', false),
    ...scaling,
    lag: whole('messages that may wait for each pod', 100, { min: 1 }),
    pollingInterval: whole('how often it looks, seconds', 5, { min: 1 }),
    cooldownPeriod: whole('how long it waits before it scales down, seconds', 120),
  }),
  podDisruptionBudget: group('how many pods an eviction may take at once', {
    enabled: flag('PodDisruptionBudget', true),
    maxUnavailable: whole('pods at once', 1, { min: 1 }),
  }),
  networkPolicy,
  metrics: group('who reads /metrics', {
    serviceMonitor: group('for the Prometheus Operator', {
      enabled: flag('ServiceMonitor', false),
      interval: text('how often', '15s'),
      labels: labels('what the operator selects it by'),
    }),
  }),
};
