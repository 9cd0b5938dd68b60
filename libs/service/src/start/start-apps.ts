import type { Environment } from '../config/load-config.js';
import { AdminServer } from '../operations/admin-server.js';
import type { AppDefinition } from './app-definition.js';
import { startApp, type RunningApp } from './start-app.js';

export interface RunningApps {
  readonly apps: readonly RunningApp[];
  /** The port that health and metrics are served at. */
  readonly adminPort: number;
  close(): Promise<void>;
}

/**
 * Starts apps side by side in this process: one in a pod, all of them on a laptop. They share the
 * process and its admin port, nothing else. Whoever has an HTTP door opens it last.
 */
export async function startApps(
  list: readonly { readonly app: AppDefinition; readonly env: Environment }[],
): Promise<RunningApps> {
  const inside = list.filter(({ app }) => !app.http).map(({ app, env }) => startApp(app, env));
  const opensAfter = Promise.all(inside);
  const doors = list
    .filter(({ app }) => app.http)
    .map(({ app, env }) => startApp(app, env, { opensAfter }));
  const results = await Promise.allSettled([...inside, ...doors]);
  const apps = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = results.find((result) => result.status === 'rejected');
  const admin = new AdminServer();
  const close = async () => {
    await closeInOrder(apps);
    await admin.close();
  };
  try {
    if (failed) throw failed.reason;
    for (const app of apps) admin.add(app.name, app.health);
    const { ADMIN_PORT = 0, ADMIN_HOST = '127.0.0.1' } = apps[0]?.config ?? {};
    return { apps, adminPort: await admin.listen(ADMIN_PORT, ADMIN_HOST), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Who has the door closes first, so that what it still asks is answered. */
async function closeInOrder(apps: readonly RunningApp[]): Promise<void> {
  const withDoor = apps.filter((app) => app.url !== undefined);
  const others = apps.filter((app) => app.url === undefined);
  await Promise.all(withDoor.map((app) => app.close()));
  await Promise.all(others.map((app) => app.close()));
}
