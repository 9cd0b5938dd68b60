import { z } from 'zod';

/** The settings of an app that asks the API server of its cluster, beside those that every app has. */
export const kubernetesConfig = {
  KUBECONFIG: z.string().min(1).optional().meta({
    description: "one kubeconfig file; without it a pod's own service account is used",
  }),
  KUBERNETES_NAMESPACE: z
    .string()
    .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'must be a DNS label')
    .optional()
    .meta({ description: 'where the objects are; the namespace of the pod when not given' }),
  KUBERNETES_DEADLINE_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(300_000)
    .default(20_000)
    .meta({ description: 'how long a start waits for the API server to answer, milliseconds' }),
};

export type KubernetesConfig = z.output<z.ZodObject<typeof kubernetesConfig>>;
