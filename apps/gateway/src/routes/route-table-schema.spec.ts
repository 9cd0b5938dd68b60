import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { routeTableSchema, SCHEMA_FILE } from './route-table-schema.js';

describe('the JSON Schema of route files', () => {
  it('[4.3] is published as the model says it: make it anew by `npm run generate`', () => {
    const published = join('apps/gateway/routes', SCHEMA_FILE);
    expect(readFileSync(published, 'utf8')).toBe(routeTableSchema());
  });

  it('refuses unknown keys in an editor too', () => {
    const schema = JSON.parse(routeTableSchema()) as { additionalProperties: boolean };
    expect(schema.additionalProperties).toBe(false);
  });
});
