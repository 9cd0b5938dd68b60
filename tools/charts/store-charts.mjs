/** The charts of the bundled data stores: one server each, for a start and for small installs. */
import { z } from 'zod';
import { image, networkPolicy, placing, resources } from './pod.mjs';
import { globalValues } from './platform.mjs';
import { choice, group, labels, pieces, text, whole } from './values.mjs';

const persistence = (size) =>
  group('the volume that outlives its pod', {
    size: text('how large', size),
    storageClassName: text('of which class; empty is the cluster’s own'),
    accessMode: choice('how it is attached', ['ReadWriteOnce', 'ReadWriteOncePod']),
    annotations: labels('annotations of the claim'),
  });

const storeValues = {
  ...placing,
  networkPolicy,
  extraObjects: pieces('more objects of the release, as they are', 'any object'),
  terminationGracePeriodSeconds: whole('how long it may take to write what it has', 60),
};

const redis = z.strictObject({
  image: image('courtside/redis'),
  resources: resources({ requests: { memory: '64Mi' }, limits: { memory: '512Mi' } }),
  persistence: persistence('2Gi'),
  maxMemory: text('when it refuses writes, below the limit of memory', '400mb'),
  usersRevision: text(
    'another one is another start; empty: one for each access list, which is read at the start',
  ),
  ...storeValues,
  global: globalValues,
});

const postgres = z.strictObject({
  image: image('courtside/postgres'),
  resources: resources({ limits: { memory: '512Mi' } }),
  persistence: persistence('8Gi'),
  ...storeValues,
  global: globalValues,
});

export const storeCharts = [
  { name: 'redis', model: redis },
  { name: 'postgres', model: postgres },
];
