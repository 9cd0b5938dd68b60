import { z } from 'zod';
import { RouteTable } from './route-table.js';

/** Where the published schema stands, seen from the folder of the routes. */
export const SCHEMA_FILE = 'generated/route-table.v1.schema.json';

/** The JSON Schema of a route file, for editors; made from the model that also refuses bad files. */
export function routeTableSchema(): string {
  const schema = z.toJSONSchema(RouteTable, { io: 'input' });
  return `${JSON.stringify({ title: 'Gateway route table, version 1', ...schema }, null, 2)}\n`;
}
