import { IdentityModule } from '@courtside/identity';
import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Authenticator } from './auth/authenticator.js';
import { CutOff } from './auth/cut-off.js';
import { SessionAccesses } from './auth/session-access.js';
import { builtInControllers } from './built-in-controllers.js';
import { Door } from './http/door.js';
import { HttpsOnly } from './http/https-only.js';
import { Smoke } from './operations/smoke.js';
import { routeSource } from './route-files/choose-source.js';
import { DiscoveredRoutes } from './routes/discovered-routes.js';
import { LiveTable } from './routes/live-table.js';
import { RouteServer } from './routes/route-server.js';
import { Upstreams } from './upstream/upstreams.js';

@Module({
  imports: [IdentityModule.forGateway(), DiscoveryModule],
  controllers: builtInControllers,
  providers: [
    Authenticator,
    CutOff,
    DiscoveredRoutes,
    Door,
    HttpsOnly,
    LiveTable,
    RouteServer,
    routeSource,
    SessionAccesses,
    Smoke,
    Upstreams,
  ],
})
export class AppModule {}
