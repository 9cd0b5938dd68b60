/**
 * Which cluster, registry and ingress the suite uses, from the environment. The defaults suit kind with
 * a local registry: see docs/operations/install.md.
 */
const given = (name: string, initially: string): string => process.env[name] || initially;

export const settings = {
  /** Where images are pushed to, and where nodes pull them from. */
  registry: given('REGISTRY', 'localhost:5000'),
  pullRegistry: given('PULL_REGISTRY', given('REGISTRY', 'localhost:5000')),
  /** What `npm run images` is told beside that, such as `--builder buildah`. */
  imageOptions: given('IMAGE_OPTIONS', '').split(' ').filter(Boolean),
  /** The file of digests of images that are there already: of this release, and of the one before. */
  digests: given('DIGESTS', ''),
  previousDigests: given('PREVIOUS_DIGESTS', ''),
  /** Where the ingress controller listens for HTTPS, and the namespace it runs in. */
  ingressUrl: given('INGRESS_URL', 'https://localhost:443'),
  ingressNamespace: given('INGRESS_NAMESPACE', 'ingress-nginx'),
  /** What all namespaces of this run begin with; they are deleted at the end. */
  namespace: given('NAMESPACE', 'courtside-e2e'),
} as const;
