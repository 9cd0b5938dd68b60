/** The AsyncAPI document of the bus, as the gateway serves it at `/docs/events.json`. */
import { built } from './built.mjs';

export async function files() {
  const { asyncApi } = await built('apps/gateway', 'docs/events/async-api');
  const text = JSON.stringify(asyncApi());
  return [{ path: 'docs/generated/asyncapi.json', text, parser: 'json' }];
}
