/** Reverse proxies with the configuration of the repository, on ports of this suite. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { freePort, Program } from './programs.js';

/** One that runs. */
export interface Door {
  readonly name: string;
  readonly http: number;
  readonly https: number;
  /** Plain HTTP for development; nginx has none. */
  readonly plain: number | undefined;
  /** The certificate of the authority that signed its own. */
  readonly authority: string;
  stop(): Promise<void>;
}

const MODULE = '/usr/lib/nginx/modules/ngx_http_headers_more_filter_module.so';

/** Resolves once a certificate for localhost is served. */
const handshakes = (port: number, authority: string) => async () => {
  if (!existsSync(authority)) return false;
  return new Promise<boolean>((resolve) => {
    const ca = readFileSync(authority);
    const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
};

/** Settings of the Caddyfile, for a Caddy in `folder`. */
export async function startCaddy(folder: string, gateway: string): Promise<Door> {
  const [http, https, plain] = [await freePort(), await freePort(), await freePort()];
  const data = join(folder, 'caddy');
  mkdirSync(data, { recursive: true });
  const program = new Program(['caddy', 'run', '--config', 'Caddyfile', '--adapter', 'caddyfile'], {
    XDG_DATA_HOME: data,
    XDG_CONFIG_HOME: data,
    GATEWAY: gateway,
    CADDY_HTTP_PORT: String(http),
    CADDY_HTTPS_PORT: String(https),
    PLAIN_PORT: String(plain),
  });
  const authority = join(data, 'caddy/pki/authorities/local/root.crt');
  await program.until('Caddy serves', handshakes(https, authority));
  return { name: 'Caddy', http, https, plain, authority, stop: () => program.stop() };
}

/** Writes what nginx of Debian includes as a site, and what it has around it. */
export function nginxFiles(
  folder: string,
  { gateway, http, https }: { gateway: string; http: number; https: number },
): string {
  mkdirSync(folder, { recursive: true });
  const key = join(folder, 'tls.key');
  const authority = join(folder, 'tls.crt');
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
      ...['-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
      ...['-keyout', key, '-out', authority],
    ],
    { stdio: 'ignore' },
  );
  const site = readFileSync('deploy/nginx/courtside.conf', 'utf8')
    .replaceAll('127.0.0.1:8080', gateway)
    .replaceAll(/listen (\[::\]:)?80\b/g, `listen $1${http}`)
    .replaceAll(/listen (\[::\]:)?443\b/g, `listen $1${https}`)
    .replaceAll('/etc/courtside/tls', folder);
  writeFileSync(join(folder, 'courtside.conf'), site);
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `  ${name}_temp_path ${join(folder, name)};`,
  );
  const main = join(folder, 'nginx.conf');
  const user = process.getuid?.() === 0 ? 'user root;\n' : '';
  writeFileSync(
    main,
    `load_module ${MODULE};\n${user}pid ${folder}/nginx.pid;\nerror_log stderr;\ndaemon off;\nevents {}\n` +
      `http {\n  access_log off;\n${places.join('\n')}\n  include ${folder}/courtside.conf;\n}\n`,
  );
  return main;
}

export async function startNginx(folder: string, gateway: string): Promise<Door> {
  const [http, https] = [await freePort(), await freePort()];
  const own = join(folder, 'nginx');
  const main = nginxFiles(own, { gateway, http, https });
  const program = new Program(['nginx', '-c', main]);
  const authority = join(own, 'tls.crt');
  await program.until('nginx serves', handshakes(https, authority));
  const stop = () => program.stop('SIGQUIT');
  return { name: 'nginx', http, https, plain: undefined, authority, stop };
}
