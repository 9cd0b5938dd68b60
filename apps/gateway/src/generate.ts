/** Writes what is made from the code: the JSON Schema of route files, or OpenAPI to standard output. */
import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { routesOfFiles } from './check-routes.js';
import { platformApi } from './docs/platform-api.js';
import { routeTableSchema, SCHEMA_FILE } from './routes/route-table-schema.js';

const ROUTES = 'apps/gateway/routes';

if (process.argv.includes('--openapi')) {
  const { routes } = routesOfFiles([`${ROUTES}/public.yaml`]);
  console.log(JSON.stringify(platformApi(routes), null, 2));
} else {
  writeFileSync(`${ROUTES}/${SCHEMA_FILE}`, routeTableSchema());
}
