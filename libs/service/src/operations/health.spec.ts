import { AdminServer } from './admin-server.js';
import { Health } from './health.js';

async function anAdminServer(health: Health) {
  const server = new AdminServer();
  server.add('orders', health);
  const port = await server.listen(0, '127.0.0.1');
  const ask = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: answer.status, text: await answer.text() };
  };
  return { server, ask };
}

describe('the admin port', () => {
  it('says ready only when the app takes work and every dependency is up', async () => {
    const health = new Health();
    let up = true;
    health.register('database', async () => {
      if (!up) throw new Error('connection refused');
    });
    const { server, ask } = await anAdminServer(health);
    expect((await ask('/orders/startupz')).status).toBe(503);
    expect((await ask('/orders/readyz')).status).toBe(503);
    health.started();
    expect((await ask('/orders/startupz')).status).toBe(200);
    expect((await ask('/orders/readyz')).status).toBe(200);
    up = false;
    expect(await ask('/orders/readyz')).toMatchObject({
      status: 503,
      text: expect.stringContaining('connection refused'),
    });
    expect((await ask('/orders/livez')).status).toBe(200);
    up = true;
    health.stopping();
    expect((await ask('/orders/readyz')).status).toBe(503);
    await server.close();
  });

  it('counts a dependency that does not answer as down', async () => {
    const health = new Health();
    health.register('bus', () => new Promise(() => undefined));
    const [check] = await health.run();
    expect(check).toMatchObject({
      name: 'bus',
      up: false,
      detail: expect.stringContaining('1000'),
    });
  });

  it('[1.4] [4.5] exports how late the event loop is', async () => {
    const { server, ask } = await anAdminServer(new Health());
    expect((await ask('/orders/metrics')).text).toMatch(/nodejs_eventloop_lag_p99_seconds \d/);
    await server.close();
  });

  it('knows no other app and no other path', async () => {
    const { server, ask } = await anAdminServer(new Health());
    expect((await ask('/users/livez')).status).toBe(404);
    expect((await ask('/orders/env')).status).toBe(404);
    expect((await ask('/')).status).toBe(404);
    await server.close();
  });
});
