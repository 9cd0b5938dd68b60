import { serviceConfig, startApps, defineApp, type AppDefinition } from '@courtside/service';
import { IdentityModule } from '@courtside/identity';
import { aPlatform, eventually, type TestPlatform } from '@courtside/testing';
import { Injectable, Module, type OnApplicationBootstrap } from '@nestjs/common';
import { app as gateway } from '../src/app.js';

/** How long the slow service gives the gateway to open its door too early, milliseconds. */
const TOO_EARLY_MS = 500;

let platform: TestPlatform;
beforeAll(async () => (platform = await aPlatform([])));
afterAll(() => platform.close());

/** The gateway, and when its door opened. */
function theGateway(happened: string[]): AppDefinition {
  return {
    ...gateway,
    http: (config) => {
      const door = gateway.http!(config);
      const listen = door.adapter.listen.bind(door.adapter) as (...given: unknown[]) => unknown;
      door.adapter.listen = (...given: unknown[]) => {
        happened.push('door open');
        return listen(...given);
      };
      return door;
    },
  };
}

function aSlowService(happened: string[], outcome: () => void): AppDefinition {
  @Injectable()
  class Slow implements OnApplicationBootstrap {
    async onApplicationBootstrap(): Promise<void> {
      const isOpen = () => happened.includes('door open');
      await eventually('an open door', isOpen, TOO_EARLY_MS).catch(() => undefined);
      happened.push('service ready');
      outcome();
    }
  }
  @Module({ imports: [IdentityModule.forService()], providers: [Slow] })
  class SlowModule {}
  return defineApp({ name: 'time', config: serviceConfig, module: () => SlowModule });
}

const start = (happened: string[], outcome: () => void) =>
  startApps(
    [theGateway(happened), aSlowService(happened, outcome)].map((app) => {
      const env = { ...platform.environmentOf(app.name), LOG_LEVEL: 'error' };
      return { app, env: { ...env, ROUTES_DIR: 'apps/gateway/routes' } };
    }),
  );

describe('the door of the gateway', () => {
  it('opens once every app of its process is ready', async () => {
    const happened: string[] = [];
    const running = await start(happened, () => undefined);
    await running.close();
    expect(happened).toEqual(['service ready', 'door open']);
  });

  it('stays shut when another app of its process cannot start', async () => {
    const happened: string[] = [];
    const failing = start(happened, () => {
      throw new Error('no disk');
    });
    await expect(failing).rejects.toThrow('no disk');
    expect(happened).toEqual(['service ready']);
  });
});
