import { apply, kubectl, objects, until, type ClusterObject } from './cluster.js';
import { platform } from './installation.js';
import { RELEASE } from './platform.js';
import { throughIngress } from './through-ingress.js';

const NAME = 'extra-routes';

const configMap = (text: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name: NAME,
    namespace: platform.namespace,
    labels: { 'courtside.dev/route-table': RELEASE },
  },
  data: { 'extra.yaml': text },
});

const table = (path: string) => `apiVersion: gateway/v1
kind: RouteTable
metadata: { name: extra, revision: '1' }
spec:
  routes:
    - get: ${path}
      auth: none
      to: { message: products.list, input: $query }
`;

interface EventObject extends ClusterObject {
  readonly reason: string;
  readonly regarding: { readonly name: string };
  readonly note: string;
}

const status = async (path: string): Promise<number> =>
  (await throughIngress(platform, `GET ${path}`)).status;

/** A change has to be live by then, milliseconds. */
const LIVE_WITHIN_MS = 2_000;

export const routeTables = (): void =>
  describe('given other routes while it runs', () => {
    afterAll(() =>
      kubectl(['-n', platform.namespace, 'delete', 'configmap', NAME, '--ignore-not-found']),
    );

    it('[3.3] serves a new table within 2 s, without a restart, and below its stage', async () => {
      expect(await status('/api/v1/extra')).toBe(404);
      await apply([configMap(table('/api/v1/extra'))]);
      const isLive = async () => ((await status('/api/v1/extra')) === 200 ? true : undefined);
      await until('the new route answers', isLive, LIVE_WITHIN_MS);
      expect(await status('/prod/extra')).toBe(404);
      expect(await status('/prod/products')).toBe(200);
      const other = await throughIngress(platform, 'DELETE /prod/products');
      expect([other.status, other.headers['allow']]).toEqual([405, expect.stringContaining('GET')]);
    });

    it('[4.3] refuses a table that is wrong with an Event on it, and serves on as before', async () => {
      await apply([configMap(table('/api/v1/extra').replace('products.list', 'products.lost'))]);
      const refusal = await until('an event on the ConfigMap', async () => {
        const events = await objects<EventObject>(platform.namespace, 'events.events.k8s.io');
        return events.find(
          ({ regarding, reason }) => regarding.name === NAME && /refused/i.test(reason),
        );
      });
      expect(refusal.note).toContain('products.lost');
      expect(await status('/api/v1/extra')).toBe(200);
    });

    it('forgets a table that is taken away', async () => {
      await kubectl(['-n', platform.namespace, 'delete', 'configmap', NAME]);
      const isGone = async () => ((await status('/api/v1/extra')) === 404 ? true : undefined);
      await until('the route is gone', isGone, LIVE_WITHIN_MS);
    });
  });
