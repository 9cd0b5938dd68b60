/** `npm run test:doors`: the platform behind the reverse proxies that stand in front of it without a cluster. */
import { existsSync } from 'node:fs';
import { missingPrograms, runSuite } from './local/jest-suite.mjs';

const help = `npm run test:doors -- [any argument of jest]

Starts the platform on this machine and asks it everything through Caddy with the Caddyfile, and through
nginx with deploy/nginx/courtside.conf. What it needs, by its Debian package:

  apt-get install caddy nginx-light libnginx-mod-http-headers-more-filter openssl curl`;

/** Where Debian and Ubuntu keep the module that takes the Server header away. */
const MODULE = '/usr/lib/nginx/modules/ngx_http_headers_more_filter_module.so';

function missing() {
  const faults = missingPrograms(['caddy', 'nginx', 'openssl', 'curl']);
  if (!existsSync(MODULE)) faults.push(`the module of nginx ${MODULE} is not there`);
  return faults;
}

const suite = { project: 'doors', help, missing, env: { E2E_DOORS: '1' } };
process.exit(await runSuite(suite, process.argv.slice(2)));
