import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IdentityModule } from '@courtside/identity';
import {
  defineApp,
  kubernetesConfig,
  leaderConfig,
  LeaderModule,
  Leaders,
  openLeases,
  electionTimes,
  serviceConfig,
  FileLeases,
  KubernetesLeases,
} from '@courtside/service';
import { aPlatform, ApiServer, eventually } from '@courtside/testing';
import { Injectable, Module, type OnApplicationBootstrap } from '@nestjs/common';

const config = serviceConfig.extend({ ...kubernetesConfig, ...leaderConfig });
const settings = {
  NODE_ENV: 'development',
  LEASES_DIR: '.courtside/leases',
  LEASE_PREFIX: 'courtside',
  LEASE_SECONDS: 15,
  KUBERNETES_DEADLINE_MS: 20_000,
} as const;

/** Each fence that a job of this process led with, and when it stopped. */
const happened: string[] = [];

@Injectable()
class Work implements OnApplicationBootstrap {
  constructor(private readonly leaders: Leaders) {}

  onApplicationBootstrap(): void {
    this.leaders.run('work', async ({ name, signal }) => {
      happened.push(`${name} led`);
      await new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      happened.push('stopped');
    });
  }
}

@Module({ imports: [IdentityModule.forService(), LeaderModule.forApp()], providers: [Work] })
class WorkModule {}
const app = defineApp({ name: 'time', config, module: () => WorkModule });

describe('an app with a job for a leader', () => {
  it('leads by files on a laptop, and lets go when it stops', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'leases-'));
    const env = { LEASES_DIR: folder, LEASE_SECONDS: '3' };
    const platform = await aPlatform([app], { env: { time: env } });
    await eventually('the lead', () => happened.length === 1, 15_000);
    await platform.stop('time');
    expect(happened).toEqual(['courtside-time-work led', 'stopped']);
    const left = await new FileLeases(folder).read('courtside-time-work');
    expect(left?.record.holder).toBe('');
    await platform.close();
    await rm(folder, { recursive: true });
  });

  it('finds its leases where its settings say, and production has to say it', async () => {
    const times = electionTimes(15_000);
    expect(await openLeases(settings, times)).toBeInstanceOf(FileLeases);
    const production = { ...settings, NODE_ENV: 'production' } as const;
    await expect(openLeases(production, times)).rejects.toThrow('LEASES is not set: kubernetes in');
    const server = await ApiServer.start();
    const inCluster = {
      ...production,
      LEASES: 'kubernetes',
      KUBECONFIG: server.kubeconfig,
    } as const;
    expect(await openLeases(inCluster, times)).toBeInstanceOf(KubernetesLeases);
    await server.close();
  });

  it('does not start without credentials, and says which', async () => {
    const times = electionTimes(15_000);
    const inCluster = { ...settings, LEASES: 'kubernetes' } as const;
    await expect(openLeases(inCluster, times)).rejects.toThrow(
      'there is no service account at /var/run/secrets/kubernetes.io/serviceaccount: mount its token or set KUBECONFIG',
    );
    const missing = { ...inCluster, KUBECONFIG: '/nowhere/config' };
    await expect(openLeases(missing, times)).rejects.toThrow(
      /^KUBECONFIG \/nowhere\/config cannot be read: ENOENT/,
    );
  });
});
