/** The JSON Schema of route tables, for editors. */
import { built } from './built.mjs';

export async function files() {
  const { routeTableSchema, SCHEMA_FILE } = await built(
    'apps/gateway',
    'routes/route-table-schema',
  );
  return [{ path: `apps/gateway/routes/${SCHEMA_FILE}`, text: routeTableSchema() }];
}
