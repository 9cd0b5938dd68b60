import { randomBytes } from 'node:crypto';
import { kubectl, until } from './cluster.js';
import { platform } from './installation.js';
import { ask, PASSWORD, signIn, signInAsAdmin } from './journeys.js';
import { RELEASE } from './platform.js';
import { throughIngress } from './through-ingress.js';

/** The longest that a data store and a service may take to be back, milliseconds. */
const BACK_WITHIN_MS = 120_000;

export const kept = (): void =>
  describe('whose pods are replaced', () => {
    it('[2.3] has a product that was added before, and takes none from whoever may not add', async () => {
      const name = `Net ${randomBytes(4).toString('hex')}`;
      const body = { name, price: { amount: 2_500, currency: 'EUR' } };
      const username = `guest-${randomBytes(4).toString('hex')}`;
      await ask(201, 'POST /api/users', { body: { username, password: PASSWORD } });
      const guest = await signIn(username, PASSWORD);
      await ask(403, 'POST /api/v1/products', { token: guest, body });
      const token = await signInAsAdmin();
      const added = await throughIngress(platform, 'POST /api/v1/products', { token, body });
      const { location } = added.headers;
      expect([added.status, location]).toEqual([
        201,
        expect.stringMatching(/^\/api\/v1\/products\//),
      ]);

      const pods = ['products', 'postgres'].map((app) => `app.kubernetes.io/name=${app}`);
      for (const label of pods) {
        await kubectl(['-n', platform.namespace, 'delete', 'pod', '-l', label, '--wait=true']);
      }
      const found = await until(
        'the product is there',
        async () => {
          const answer = await throughIngress(platform, `GET ${location as string}`);
          return answer.status === 200 ? answer.text : undefined;
        },
        BACK_WITHIN_MS,
      );
      expect(JSON.parse(found)).toMatchObject(body);
      const deployment = `deployment/${RELEASE}-products`;
      await kubectl(['-n', platform.namespace, 'rollout', 'status', deployment, '--timeout=60s']);
    });
  });
