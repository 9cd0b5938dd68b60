/** What runs: programs, users and surroundings, and the same as units of systemd. */
import { join } from 'node:path';
import * as at from './layout.mjs';

/**
 * @typedef {{ name: string, user: string, command: string[], environment: Record<string, string>,
 *   environmentFile?: string, opensDoors?: boolean, memory: string, is: string }} Unit
 */

/** @returns {Unit[]} in the order of a start */
export function unitsOf(environments, { domain, http, https }) {
  const redis = {
    name: 'courtside-redis',
    is: 'the bus',
    user: at.userOf('redis'),
    command: [`${at.current}/start-redis`, '--bind', '127.0.0.1', '--protected-mode', 'yes'],
    environment: {
      REDIS_PORT: String(at.redisPort),
      REDIS_MAXMEMORY: '400mb',
      REDIS_DATA: `${at.state}/redis`,
      REDIS_RUN: `${at.run}/redis`,
      REDIS_ACL_TEMPLATE: `${at.current}/redis-users.acl`,
      REDIS_PASSWORDS: `${at.secrets}/redis`,
    },
    memory: '512M',
  };
  const apps = at.apps.map((app) => ({
    name: `courtside-${app}`,
    is: app,
    user: at.userOf(app),
    command: [process.execPath, `${at.current}/${app}/app/main.js`],
    environment: environments[app],
    environmentFile: join(at.etc, 'apps', `${app}.env`),
    memory: '384M',
  }));
  const caddy = {
    name: 'courtside-caddy',
    is: 'the way in',
    user: at.userOf('caddy'),
    command: [
      '/usr/bin/caddy',
      'run',
      '--config',
      `${at.current}/Caddyfile`,
      '--adapter',
      'caddyfile',
    ],
    environment: {
      DOMAIN: domain,
      GATEWAY: `127.0.0.1:${at.gatewayPort}`,
      CADDY_HTTP_PORT: http,
      CADDY_HTTPS_PORT: https,
      XDG_DATA_HOME: `${at.state}/caddy`,
      XDG_CONFIG_HOME: `${at.state}/caddy`,
    },
    opensDoors: true,
    memory: '256M',
  };
  return [redis, ...apps, caddy];
}

const quoted = (word) => (/^[\w./:=-]+$/.test(word) ? word : `"${word}"`);

/** A unit may write where its data are, and nowhere else. */
export function unitText(unit) {
  const { name, is, user, command, environment, environmentFile, opensDoors, memory } = unit;
  const settings = environmentFile
    ? [`EnvironmentFile=${environmentFile}`]
    : Object.entries(environment).map(([key, value]) => `Environment=${quoted(`${key}=${value}`)}`);
  const port = 'CAP_NET_BIND_SERVICE';
  return `# Made by deploy/debian.sh, which writes it anew: changes go to ${name}.service.d/.
[Unit]
Description=Courtside: ${is}
After=network-online.target postgresql.service${name === 'courtside-redis' ? '' : ' courtside-redis.service'}
Wants=network-online.target

[Service]
User=${user}
Group=${user}
${settings.join('\n')}
ExecStart=${command.map(quoted).join(' ')}
Restart=on-failure
RestartSec=1
TimeoutStopSec=45
MemoryMax=${memory}
TasksMax=256
LimitNOFILE=65536
UMask=0077
RuntimeDirectory=courtside/${name.replace('courtside-', '')}
ReadWritePaths=-${at.state}/${name.replace('courtside-', '')}
NoNewPrivileges=yes
CapabilityBoundingSet=${opensDoors ? port : ''}
AmbientCapabilities=${opensDoors ? port : ''}
ProtectSystem=strict
ProtectHome=yes
ProtectProc=invisible
ProtectClock=yes
ProtectHostname=yes
ProtectControlGroups=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
PrivateDevices=yes
PrivateTmp=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service

[Install]
WantedBy=multi-user.target
`;
}
