import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { apply, deleteNamespaces, helm, kubectl } from '../../e2e/cluster/cluster.js';
import { aCheckout, type Checkout } from './checkout.js';
import { Harness, type Report } from './harness.js';
import { fromRegistry, type Manifest } from './public-registry.js';

jest.setTimeout(600_000);

/** Only where there is a cluster: the commands that scenarios record, now for real. */
const onCluster = process.env['KUBECONFIG'] ? describe : describe.skip;
const ROW =
  '[4.22 by substitute: the commands that the pipelines record run for real, no controller can be had]';

/** One line of the app that changes, and stays in its bundle; seconds are what a person waits for. */
const CHANGED = 'apps/time/src/main.ts';
const aLine = (): string => `\nperformance.mark('${Date.now()}');\n`;
const report = (what: string, seconds: number): void => {
  process.stderr.write(`    ${what}: ${seconds.toFixed(1)} s\n`);
};

onCluster(`${ROW} a build of main`, () => {
  let harness: Harness;
  let checkout: Checkout;
  let first: Report;

  beforeAll(async () => {
    harness = new Harness();
    checkout = await aCheckout();
    first = await checkout.build(harness);
  }, 1_500_000);
  afterAll(async () => {
    await harness.close();
    checkout.remove();
    await deleteNamespaces([checkout.namespace, agents()]);
  });

  const agents = () => `${checkout.namespace}-agents`;
  const digests = () => checkout.digests();
  const revisions = async () =>
    JSON.parse(await helm(['history', 'courtside', '-n', checkout.namespace, '-o', 'json'])) as {
      revision: number;
      status: string;
      description: string;
    }[];
  /** What pods of an app run, by digest. */
  const runningDigest = async (app: string) => {
    const image = await kubectl([
      ...['-n', checkout.namespace, 'get', `deployment/courtside-${app}`],
      ...['-o', 'jsonpath={.spec.template.spec.containers[0].image}'],
    ]);
    return image.split('@')[1];
  };

  it('rolls everything out on an empty environment, by somebody who may do so there alone', async () => {
    expect([first.result, first.result === 'SUCCESS' ? '' : first.log]).toEqual(['SUCCESS', '']);
    expect(first.leaks).toEqual([]);
    expect(await runningDigest('time')).toBe(digests()['time']);
    const may = (namespace: string) =>
      kubectl(['auth', 'can-i', 'list', 'secrets', '-n', namespace], {
        env: { KUBECONFIG: checkout.kubeconfig },
      }).catch(() => 'no');
    expect([(await may(checkout.namespace)).trim(), await may('default')]).toEqual(['yes', 'no']);
  });

  it('[3.14] goes from a commit to a smoke on the new pods, building one image and no other', async () => {
    const before = digests();
    checkout.commit(CHANGED, aLine());
    const since = performance.now();
    const run = await checkout.build(harness);
    report('from the commit until it was rolled out', (performance.now() - since) / 1_000);
    expect([run.result, run.result === 'SUCCESS' ? '' : run.log]).toEqual(['SUCCESS', '']);
    const { time, ...others } = digests();
    const { time: old, ...same } = before;
    expect(others).toEqual(same);
    expect(time).not.toEqual(old);
    expect(await runningDigest('time')).toBe(digests()['time']);
  });

  it('[2.10] builds one changed line within seconds, and pushes it by digest', async () => {
    checkout.commit(CHANGED, aLine());
    const { wall, cpu } = checkout.buildImage('time');
    report('one image after one changed line, built and pushed', wall);
    report('of which processors worked', cpu);
    expect(checkout.reference('time')).toMatch(/@sha256:[0-9a-f]{64}$/);
    const { digest } = await fromRegistry(checkout.reference('time'));
    expect(checkout.reference('time')).toContain(digest);
  });

  it('[2.21] leaves every image that the README names where anybody can fetch it by digest', async () => {
    const named = [...readFileSync('README.md', 'utf8').matchAll(/`courtside\/([a-z]+)`/g)];
    const names = named.map(([, name = '']) => name);
    expect(names.toSorted()).toEqual(Object.keys(digests()).toSorted());
    for (const name of names) {
      const { layers } = await fromRegistry(checkout.reference(name));
      expect([name, layers > 0]).toEqual([name, true]);
    }
  });

  it('[3.7] makes images of linux/amd64, as their manifests say', async () => {
    for (const name of Object.keys(digests())) {
      const { os, architecture }: Manifest = await fromRegistry(checkout.reference(name));
      expect([name, os, architecture]).toEqual([name, 'linux', 'amd64']);
    }
  });

  it('has pods that the API server lets in: restricted all but the builder, and that one baseline', async () => {
    const labels = { 'pod-security.kubernetes.io/enforce': 'baseline' };
    const metadata = { name: agents(), labels };
    await apply([{ apiVersion: 'v1', kind: 'Namespace', metadata }]);
    const [build, deploy] = [podOf('build'), podOf('deploy')];
    const containers = build.spec.containers.filter(({ name }) => name !== 'images');
    const letIn = (namespace: string, pod: Pod) =>
      kubectl(['apply', '--dry-run=server', '-n', namespace, '-f', '-'], {
        stdin: JSON.stringify(pod),
      });
    await letIn(checkout.namespace, deploy);
    await letIn(checkout.namespace, { ...build, spec: { ...build.spec, containers } });
    await letIn(agents(), build);
    await expect(letIn(checkout.namespace, build)).rejects.toThrow(
      'violates PodSecurity "restricted',
    );
  });

  it('[1.18] takes back what its smoke does not like, and the pods before serve on', async () => {
    const good = await runningDigest('time');
    checkout.commit(CHANGED, aLine());
    checkout.answer('npm run --silent smoke', 1);
    const since = performance.now();
    const run = await checkout.build(harness);
    report('from the commit until it was taken back', (performance.now() - since) / 1_000);
    expect([run.result, run.leaks]).toEqual(['FAILURE', []]);
    expect(await runningDigest('time')).toBe(good);
    expect((await revisions()).at(-1)).toMatchObject({
      status: 'deployed',
      description: expect.stringMatching(/^Rollback to/),
    });
  });
});

interface Pod {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly containers: readonly { readonly name: string }[] };
}

/** As the Kubernetes plugin makes it: with a name, and the image of what connects the agent. */
function podOf(place: string): Pod {
  const text = readFileSync(`Jenkins/${place}/pod.yaml`, 'utf8');
  const pod = parse(text, { merge: true }) as Pod;
  const containers = pod.spec.containers.map((one) => ({ image: 'jenkins/inbound-agent', ...one }));
  return { ...pod, metadata: { name: place }, spec: { ...pod.spec, containers } };
}
