import { readFileSync } from 'node:fs';
import { parse, parseAllDocuments } from 'yaml';
import { Harness } from './harness.js';

const ROW = '[4.22 by substitute: the pipelines run in a Groovy harness, no controller can be had]';
const text = (file: string): string => readFileSync(file, 'utf8');
const yaml = (file: string): Record<string, never> => parse(text(file), { merge: true }) as never;

/** Which plugin brings what our pipelines say. */
const broughtBy: Record<string, string> = {
  sh: 'workflow-durable-task-step',
  withEnv: 'workflow-basic-steps',
  withCredentials: 'credentials-binding',
  archiveArtifacts: 'workflow-basic-steps',
  copyArtifacts: 'copyartifact',
  copyArtifactPermission: 'copyartifact',
  container: 'kubernetes',
  kubernetes: 'kubernetes',
  lock: 'lockable-resources',
  milestone: 'pipeline-milestone-step',
  input: 'pipeline-input-step',
  build: 'pipeline-build-step',
  timestamps: 'timestamper',
  pipeline: 'pipeline-model-definition',
  branch: 'workflow-multibranch',
  disableConcurrentBuilds: 'workflow-job',
};
/** What Jenkins itself and the declarative language know. */
const OWN =
  /^(agent|options|parameters|stages|stage|steps|when|post|always|script|parallel|expression|yamlFile|defaultContainer|retries|timeout|buildDiscarder|logRotator|booleanParam|choice|string|file|usernamePassword|lastSuccessful|specific|rollOut|trim|if|def)$/;

describe(`${ROW} the controller`, () => {
  const plugins = text('Jenkins/jenkins-master/plugins.txt')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));

  it('has every plugin of its pipelines, each at one version', () => {
    for (const plugin of plugins) expect(plugin).toMatch(/^[a-z-]+:\d[\w.-]*$/);
    const names = new Set(plugins.map((plugin) => plugin.split(':')[0]));
    for (const file of ['Jenkinsfile', 'Jenkins/deploy/Jenkinsfile']) {
      const code = text(file)
        .replace(/\/\/.*/g, '')
        .replace(/'[^']*'/g, "''");
      for (const [, word = ''] of code.matchAll(/\b([a-z][A-Za-z]+)(?= ?[({'])/g)) {
        if (!OWN.test(word)) expect([word, names.has(broughtBy[word] ?? '')]).toEqual([word, true]);
      }
    }
  });

  it('builds nothing itself, fetches nothing at its start and holds no secret', () => {
    const { controller, rbac } = yaml('Jenkins/jenkins-master/values.yaml') as never as {
      controller: Record<string, unknown>;
      rbac: Record<string, unknown>;
    };
    expect(controller).toMatchObject({
      numExecutors: 0,
      installPlugins: false,
      admin: { createSecret: false, existingSecret: 'jenkins-admin' },
      podSecurityContextOverride: {
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containerSecurityContext: {
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
      },
    });
    expect(rbac).toEqual({ create: true, readSecrets: true });
    expect(text('Jenkins/jenkins-master/casc.yaml')).not.toMatch(/password|token|secret:/i);
  });

  it('makes both jobs by its seed, of the two Jenkinsfiles', async () => {
    const harness = new Harness();
    const report = await harness.ask({ jobs: 'Jenkins/jenkins-master/jobs.groovy', answers: [] });
    await harness.close();
    expect(report.result).toBe('SUCCESS');
    const said = report.steps.map(({ name, text: value }) => `${name} ${value}`.trim());
    expect(said).toEqual(
      expect.arrayContaining([
        'multibranchPipelineJob courtside',
        'multibranchPipelineJob.factory.workflowBranchProjectFactory.scriptPath Jenkinsfile',
        'pipelineJob courtside-deploy',
        'pipelineJob.definition.cpsScm.scriptPath Jenkins/deploy/Jenkinsfile',
      ]),
    );
  });

  it('declares every lock that a pipeline takes', () => {
    const { unclassified } = yaml('Jenkins/jenkins-master/casc.yaml') as never as {
      unclassified: { lockableResourcesManager: { declaredResources: { name: string }[] } };
    };
    const names = unclassified.lockableResourcesManager.declaredResources.map(({ name }) => name);
    expect(names).toEqual(['dev', 'stage', 'prod'].map((name) => `courtside-${name}`));
  });
});

interface Container {
  readonly name: string;
  readonly resources: object;
  readonly securityContext: Record<string, unknown>;
}

describe(`${ROW} the pods of agents`, () => {
  const pod = (file: string) =>
    (yaml(file) as never as { spec: Record<string, unknown> & { containers: Container[] } }).spec;

  it.each(['Jenkins/build/pod.yaml', 'Jenkins/deploy/pod.yaml'])(
    '%s has no token, no root, no socket, and limits',
    (file) => {
      const spec = pod(file);
      expect(spec).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 1000 },
      });
      expect(text(file)).not.toMatch(/privileged: true|hostPath|docker\.sock|hostNetwork/);
      for (const { resources } of spec.containers) {
        expect(resources).toMatchObject({
          requests: expect.anything(),
          limits: { memory: expect.anything() },
        });
      }
    },
  );

  it('keep Pod Security restricted, but for the container that builds images', () => {
    const all = ['build', 'deploy'].flatMap((place) => pod(`Jenkins/${place}/pod.yaml`).containers);
    const restricted = {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    };
    for (const { name, securityContext } of all) {
      if (name !== 'images') expect(securityContext).toMatchObject(restricted);
    }
    const builder = all.find(({ name }) => name === 'images')?.securityContext;
    expect(builder).toEqual({
      allowPrivilegeEscalation: true,
      capabilities: { drop: ['ALL'], add: ['SETUID', 'SETGID'] },
    });
  });

  it('run in a namespace that enforces what they keep', () => {
    const labels = parseAllDocuments(text('Jenkins/jenkins-master/namespaces.yaml'))
      .map((document) => document.toJS() as { metadata: { name: string; labels?: object } })
      .flatMap(({ metadata }) => (metadata.labels ? [[metadata.name, metadata.labels]] : []));
    expect(Object.fromEntries(labels)).toMatchObject({
      jenkins: { 'pod-security.kubernetes.io/enforce': 'restricted' },
      'jenkins-agents': { 'pod-security.kubernetes.io/enforce': 'baseline' },
    });
  });
});
