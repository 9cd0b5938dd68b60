/** The Postman collection, from the OpenAPI document that the gateway serves and the journey in `postman`. */
import { collection } from '../../postman/collection.mjs';
import { built } from './built.mjs';

/** Schemas of an OpenAPI document stand elsewhere than those of a single message. */
const local = (schema) =>
  JSON.parse(JSON.stringify(schema).replaceAll('#/components/schemas/', '#/$defs/'));

export async function files() {
  const [{ routesOfFiles }, { platformApi }, { exampleOf }, { rolePermissions }] =
    await Promise.all([
      built('apps/gateway', 'check-routes'),
      built('apps/gateway', 'docs/platform-api'),
      built('apps/gateway', 'docs/events/example'),
      built('libs/contracts'),
    ]);
  const { routes } = routesOfFiles(['apps/gateway/routes/public.yaml']);
  const access = new Map(
    routes.flatMap(({ target }) =>
      target.kind === 'message' ? [[target.message.name, target.message.access]] : [],
    ),
  );
  /** A user asks for what users may; for the rest, an administrator. */
  const tokenFor = (message) => {
    const { by, permission } = access.get(message);
    return by === 'permission' && !rolePermissions.user.includes(permission)
      ? 'adminToken'
      : 'userToken';
  };
  const document = platformApi(routes);
  const root = local({ $defs: document.components.schemas });
  const about = { tokenFor, exampleOf: (schema) => exampleOf(local(schema), root) };
  const text = JSON.stringify(collection(document, about));
  return [{ path: 'postman/generated/courtside.postman_collection.json', text, parser: 'json' }];
}
