/** Copies of the record: when they are taken, where they are kept, and how one is put back. */
import { z } from 'zod';
import { image, networkPolicy, placing, resources } from './pod.mjs';
import { choice, flag, group, labels, text, whole } from './values.mjs';

const volume = group('where they are kept by store volume', {
  existingClaim: text('a claim of yours; else one is made, which stays when the release goes'),
  size: text('how large', '8Gi'),
  storageClassName: text('of which class; empty is the cluster’s own'),
  accessMode: choice('how it is attached', ['ReadWriteOnce', 'ReadWriteMany', 'ReadWriteOncePod']),
  annotations: labels('annotations of the claim'),
});

const s3 = group('where they are kept by store s3', {
  endpoint: text('such as https://minio.example.org; empty is Amazon’s own'),
  region: text('its region', 'us-east-1'),
  bucket: text('its bucket, which has to be there'),
  prefix: text('first part of the name of every object', 'courtside'),
  pathStyle: flag('the bucket stands in the path, not in the name of the host', true),
  existingSecret: text('a Secret with ACCESS_KEY_ID and SECRET_ACCESS_KEY'),
});

export const backup = group('copies of the record, taken by a CronJob', {
  enabled: flag('take them, and be ready to put one back', false),
  schedule: text('when, as cron says it', '17 2 * * *'),
  timeZone: text('of which zone that is', 'Etc/UTC'),
  keepDays: whole('days that keep their newest one', 7, { min: 1, max: 3_650 }),
  deadlineSeconds: whole('how long one may take, and putting one back', 3_600, { min: 60 }),
  store: choice('where they are kept: on a volume, or in a store that speaks S3', ['volume', 's3']),
  volume,
  s3,
  workSize: z
    .string()
    .regex(/^\d+[MGT]i$/)
    .default('4Gi')
    .meta({ description: 'disk of the node that one may take on its way: more than a dump' }),
  image: image('courtside/postgres'),
  resources: resources({ limits: { memory: '512Mi' } }),
  ...placing,
  lateAfterHours: whole('after how long without one there is an alert', 26, { min: 1 }),
  networkPolicy: networkPolicy
    .pick({ enabled: true, extraEgress: true })
    .meta({ description: 'what the pods may reach: the database, and the internet for store s3' }),
});
