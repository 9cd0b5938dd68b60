import { Client } from 'pg';
import { Redis } from 'ioredis';

describe('the servers for tests', () => {
  it('are a PostgreSQL with a superuser', async () => {
    const client = new Client({ connectionString: process.env.TEST_DATABASE_URL });
    await client.connect();
    const { rows } = await client.query(
      'SELECT usesuper FROM pg_user WHERE usename = current_user',
    );
    await client.end();
    expect(rows).toEqual([{ usesuper: true }]);
  });

  it('are a Redis with streams and consumer groups', async () => {
    const redis = new Redis(process.env.TEST_REDIS_URL ?? '');
    const answer = await redis.xgroup('CREATE', 'nx:spec', 'group', '$', 'MKSTREAM');
    await redis.quit();
    expect(answer).toBe('OK');
  });
});
