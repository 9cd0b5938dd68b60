import { CONFIG, LOGGER, type Logger } from '@courtside/service';
import type { Provider } from '@nestjs/common';
import type { GatewayConfig } from '../config.js';
import { ConfigMapSource } from './config-map-source.js';
import { FolderSource } from './folder-source.js';
import { ROUTE_SOURCE, type RouteSource } from './route-source.js';

/** ConfigMaps where the settings name a label, the folder otherwise. */
export const routeSource: Provider = {
  provide: ROUTE_SOURCE,
  useFactory: (config: GatewayConfig, logger: Logger): RouteSource => {
    const { ROUTES_CONFIGMAP_SELECTOR: selector, ROUTES_DIR } = config;
    return selector === undefined
      ? new FolderSource(ROUTES_DIR, logger)
      : new ConfigMapSource(selector, config, logger);
  },
  inject: [CONFIG, LOGGER],
};
